//! What makes two sides hard to compare, as facts; the words are in `report`.

use super::gather::Gathered;
use super::{Model, Recording};
use crate::profile::{Kind, Profile};

/// Something that a reader of the comparison must know.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// One profile a side: how much runs differ from each other was not measured.
    SamplingOnly,
    /// Nothing is known of the noise, and there are fewer than two profiles on a side: nothing was tested.
    NothingTested,
    /// One side was recorded so many times longer than the other, per recording.
    Durations {
        /// The factor, above 2.
        factor: f64,
    },
    /// The sides are of different kinds.
    Kinds {
        /// Kind before.
        before: Kind,
        /// Kind after.
        after: Kind,
    },
    /// Profiles were sampled at different periods.
    Periods {
        /// Smallest.
        least: i64,
        /// Largest.
        most: i64,
    },
    /// Memory profiles were sampled at different rates, in bytes.
    MemoryRates {
        /// Smallest.
        least: i64,
        /// Largest.
        most: i64,
    },
    /// The profiles are of different programs.
    Binaries {
        /// Program before.
        before: String,
        /// Program after.
        after: String,
    },
    /// Stacks that are as deep as the runtime keeps them have lost their root, so cumulative values are too low.
    StacksCut {
        /// Input as given.
        input: String,
        /// How many records.
        records: usize,
        /// Frames kept.
        depth: usize,
    },
    /// Values that are no whole number of periods: the counts are rounded.
    Uneven {
        /// Input as given.
        input: String,
        /// How many records.
        records: usize,
    },
    /// The sides have different numbers of profiles, and the amounts themselves are compared: per profile.
    UnequalSides {
        /// Profiles before.
        before: usize,
        /// Profiles after.
        after: usize,
    },
    /// A profile without any weight.
    Empty {
        /// Input as given.
        input: String,
    },
}

/// All doubts, in the order of [`Doubt`].
pub(super) fn doubts(sides: [&[Recording<'_>]; 2], gathered: &Gathered, by_value: bool) -> Vec<Doubt> {
    let mut found: Vec<Doubt> = of_the_design(sides, gathered.model).into_iter().collect();
    found.extend(of_the_heads(sides));
    for (side, columns) in sides.into_iter().zip(&gathered.sides) {
        for (recording, column) in side.iter().zip(columns) {
            found.extend(of_one(recording, column.uneven, column.total.value == 0));
        }
    }
    let [before, after] = sides.map(<[_]>::len);
    if by_value && before != after {
        found.push(Doubt::UnequalSides { before, after });
    }
    found
}

fn of_the_design(sides: [&[Recording<'_>]; 2], model: Model) -> Option<Doubt> {
    let least = sides.map(<[_]>::len).into_iter().min().unwrap_or(0);
    match model {
        Model::Census => None,
        Model::None => (least < 2).then_some(Doubt::NothingTested),
        Model::Poisson | Model::Weighted => {
            (sides[0].len() + sides[1].len() < 3).then_some(Doubt::SamplingOnly)
        }
    }
}

fn of_the_heads(sides: [&[Recording<'_>]; 2]) -> Vec<Doubt> {
    let mut found = Vec::new();
    let [Some(before), Some(after)] = sides.map(|side| side.first().map(|r| r.profile)) else {
        return found;
    };
    let durations = sides
        .map(|side| side.iter().map(|r| r.profile.duration_nanos as f64).sum::<f64>() / side.len() as f64);
    let factor = durations[0].max(durations[1]) / durations[0].min(durations[1]);
    if durations.iter().all(|d| *d > 0.0) && factor > 2.0 {
        found.push(Doubt::Durations { factor });
    }
    let kinds = (before.kind(), after.kind());
    if kinds.0 != kinds.1 && !is_memory(kinds) {
        found.push(Doubt::Kinds {
            before: kinds.0,
            after: kinds.1,
        });
    }
    found.extend(periods(sides));
    let (one, other) = (before.binary(), after.binary());
    if one != other && !one.is_empty() && !other.is_empty() {
        found.push(Doubt::Binaries {
            before: one,
            after: other,
        });
    }
    found
}

/// heap and allocs are the same profile with another type shown first.
fn is_memory((before, after): (Kind, Kind)) -> bool {
    [before, after]
        .iter()
        .all(|kind| matches!(kind, Kind::Heap | Kind::Allocs))
}

fn periods(sides: [&[Recording<'_>]; 2]) -> Option<Doubt> {
    let all = || sides.into_iter().flatten().map(|r| r.profile);
    let (least, most) = (all().map(|p| p.period).min()?, all().map(|p| p.period).max()?);
    let memory = all().all(|p| matches!(p.kind(), Kind::Heap | Kind::Allocs));
    match (least == most, memory) {
        (true, _) => None,
        (false, true) => Some(Doubt::MemoryRates { least, most }),
        (false, false) => Some(Doubt::Periods { least, most }),
    }
}

fn of_one(recording: &Recording<'_>, uneven: usize, is_empty: bool) -> Vec<Doubt> {
    let mut found = Vec::new();
    let input = || recording.name.to_string();
    let depth = depth_limit(recording.profile.kind());
    let records = cut_stacks(recording.profile, depth);
    if records > 0 {
        found.push(Doubt::StacksCut {
            input: input(),
            records,
            depth,
        });
    }
    if uneven > 0 {
        found.push(Doubt::Uneven {
            input: input(),
            records: uneven,
        });
    }
    if is_empty {
        found.push(Doubt::Empty { input: input() });
    }
    found
}

/// How deep Go's runtime keeps stacks.
fn depth_limit(kind: Kind) -> usize {
    if kind == Kind::Cpu { 64 } else { 128 }
}

/// Records whose stack is exactly as deep as the limit.
fn cut_stacks(profile: &Profile, depth: usize) -> usize {
    let is_cut = |sample: &usize| profile.samples.stack(*sample).take(depth + 1).count() == depth;
    (0..profile.samples.len()).filter(is_cut).count()
}
