//! What merged profiles have in common: sample types, units, times.

use std::collections::HashSet;

use super::super::{MemStats, Profile, ProfileBuilder, Samples, StringId, ValueType};
use crate::error::{Place, Problem, Warning, counted, printable};

/// Which columns of one input are kept, in which order, and what their values are multiplied by.
pub(super) struct Columns {
    /// Index in the input, factor, name for errors.
    picks: Vec<(usize, i64, String)>,
}

impl Columns {
    /// Puts the values of a sample into `values`, in the unit of the result.
    pub(super) fn select(
        &self,
        samples: &Samples,
        sample: usize,
        values: &mut Vec<i64>,
    ) -> Result<(), Problem> {
        values.clear();
        for (index, factor, sample_type) in &self.picks {
            let scaled = samples.value(sample, *index).checked_mul(*factor);
            values.push(scaled.ok_or_else(|| overflow(sample_type, sample))?);
        }
        Ok(())
    }
}

fn overflow(sample_type: &str, sample: usize) -> Problem {
    Problem::Overflow {
        sample_type: sample_type.into(),
        sample: sample + 1,
    }
}

/// Adds values to those of a sample that is already there.
pub(super) fn add_values(profile: &mut Profile, sample: usize, values: &[i64]) -> Result<(), Problem> {
    let sums = profile.samples.values_mut(sample);
    let overflowing = sums.iter_mut().zip(values).position(|(sum, value)| {
        let added = sum.checked_add(*value);
        *sum = added.unwrap_or(*sum);
        added.is_none()
    });
    overflowing.map_or(Ok(()), |index| {
        let name = format!("{}/{}", profile.type_name(index), profile.unit_name(index));
        Err(overflow(&name, sample))
    })
}

/// A profile without samples that has the head of all, and which columns to take from each.
pub(super) fn combine(profiles: &[(&str, &Profile)]) -> Result<(ProfileBuilder, Vec<Columns>), Problem> {
    let Some(((_, first), rest)) = profiles.split_first() else {
        return Err(wrong("no profiles to merge"));
    };
    let kinds: Vec<&[u8]> = first.sample_types.iter().map(|t| first.text(t.kind)).collect();
    let is_common = |kind: &&[u8]| rest.iter().all(|(_, p)| column(p, kind).is_some());
    let common: Vec<&[u8]> = kinds.into_iter().filter(is_common).collect();
    if common.is_empty() {
        return Err(wrong("the inputs have no sample type in common"));
    }
    let units = common
        .iter()
        .map(|kind| finest_unit(profiles, kind))
        .collect::<Result<Vec<_>, _>>()?;
    let mut builder = ProfileBuilder::new(first.format, &[]);
    set_types(&mut builder, &common, &units);
    set_period(&mut builder, profiles)?;
    set_rest(&mut builder, profiles);
    let lost = lost_types(profiles, &common);
    set_default_type(&mut builder, profiles, &common, !lost.is_empty());
    builder.head().warnings.extend(lost);
    let columns = profiles.iter().map(|(_, p)| columns(p, &common, &units));
    Ok((builder, columns.collect()))
}

fn wrong(what: impl Into<String>) -> Problem {
    Problem::Merge { what: what.into() }
}

fn column(profile: &Profile, kind: &[u8]) -> Option<usize> {
    profile
        .sample_types
        .iter()
        .position(|t| profile.text(t.kind) == kind)
}

fn columns(profile: &Profile, common: &[&[u8]], units: &[&[u8]]) -> Columns {
    let picks = common.iter().zip(units).filter_map(|(kind, unit)| {
        let index = column(profile, kind)?;
        let factor = ratio(profile.text(profile.sample_types[index].unit), unit)?;
        Some((index, factor, format!("{}/{}", printable(kind), printable(unit))))
    });
    Columns {
        picks: picks.collect(),
    }
}

fn set_types(builder: &mut ProfileBuilder, common: &[&[u8]], units: &[&[u8]]) {
    for (kind, unit) in common.iter().zip(units) {
        let kind = builder.string(kind);
        let unit = builder.string(unit);
        builder.head().sample_types.push(ValueType { kind, unit });
    }
    builder.head().samples = Samples::new(common.len());
}

fn lost_types(profiles: &[(&str, &Profile)], common: &[&[u8]]) -> Vec<Warning> {
    let mut lost = Vec::new();
    for (input, profile) in profiles {
        for (index, t) in profile.sample_types.iter().enumerate() {
            if !common.contains(&profile.text(t.kind)) {
                let name = profile.type_name(index);
                let text = format!("sample type {name} is not in every input and is left out");
                lost.push(Warning::new("sample-type-lost", Place::input(*input), text));
            }
        }
    }
    lost
}

/// The first default type that is still there. Where types were lost the last one may be another than before,
/// so without a default it is the first common type.
fn set_default_type(
    builder: &mut ProfileBuilder,
    profiles: &[(&str, &Profile)],
    common: &[&[u8]],
    lost: bool,
) {
    let named = profiles.iter().map(|(_, p)| p.text(p.default_sample_type));
    let surviving = named.into_iter().find(|name| common.contains(name));
    let fallback = common.first().copied().filter(|_| lost);
    let id = surviving
        .or(fallback)
        .map_or(StringId::EMPTY, |name| builder.string(name));
    builder.head().default_sample_type = id;
}

/// The longest period of the inputs, in the finest unit.
fn set_period(builder: &mut ProfileBuilder, profiles: &[(&str, &Profile)]) -> Result<(), Problem> {
    let periods: Vec<(&[u8], &[u8], i64)> = profiles
        .iter()
        .filter_map(|(_, p)| p.period_type.map(|t| (p.text(t.kind), p.text(t.unit), p.period)))
        .collect();
    let Some((kind, ..)) = periods.first() else {
        let longest = profiles.iter().map(|(_, p)| p.period).max();
        builder.head().period = longest.unwrap_or(0);
        return Ok(());
    };
    if let Some((other, ..)) = periods.iter().find(|(k, ..)| singular(k) != singular(kind)) {
        let (kind, other) = (printable(kind), printable(other));
        return Err(wrong(format!("the period types {kind} and {other} do not fit")));
    }
    let unit = finest(periods.iter().map(|(_, unit, _)| *unit))?;
    let scaled = periods
        .iter()
        .map(|(_, u, p)| p.saturating_mul(ratio(u, unit).unwrap_or(1)));
    let period = scaled.max().unwrap_or(0);
    let (kind, unit) = (builder.string(kind), builder.string(unit));
    builder.head().period_type = Some(ValueType { kind, unit });
    builder.head().period = period;
    Ok(())
}

fn set_rest(builder: &mut ProfileBuilder, profiles: &[(&str, &Profile)]) {
    let mut seen = HashSet::new();
    for (_, profile) in profiles {
        for comment in &profile.comments {
            let comment = builder.string(profile.text(*comment));
            if seen.insert(comment) {
                builder.head().comments.push(comment);
            }
        }
        let doc_url = builder.string(profile.text(profile.doc_url));
        let head = builder.head();
        if head.doc_url.is_empty() {
            head.doc_url = doc_url;
        }
        head.duration_nanos = head.duration_nanos.saturating_add(profile.duration_nanos);
        head.warnings.extend(profile.warnings.iter().cloned());
    }
    builder.head().memstats = match profiles {
        [(_, one)] => one.memstats.clone(),
        _ => MemStats::default(),
    };
    let blocks = profiles.iter().filter(|(_, p)| !p.memstats.is_empty()).count();
    if let (Some((first, _)), true) = (profiles.first(), profiles.len() > 1 && blocks > 0) {
        let text = format!(
            "the MemStats of {} count a process each and cannot be added up: they are left out",
            counted(blocks as u64, "input")
        );
        let warning = Warning::new("memstats-left-out", Place::input(*first), text);
        builder.head().warnings.push(warning);
    }
    let times = profiles.iter().map(|(_, p)| p.time_nanos).filter(|t| *t != 0);
    builder.head().time_nanos = times.min().unwrap_or(0);
    if let Some((_, first)) = profiles.first() {
        let drop = builder.string(first.text(first.drop_frames));
        let keep = builder.string(first.text(first.keep_frames));
        (builder.head().drop_frames, builder.head().keep_frames) = (drop, keep);
    }
}

fn finest_unit<'a>(profiles: &[(&str, &'a Profile)], kind: &[u8]) -> Result<&'a [u8], Problem> {
    let units = profiles
        .iter()
        .filter_map(|(_, p)| column(p, kind).map(|i| p.text(p.sample_types[i].unit)));
    finest(units)
}

/// The finest of some units.
fn finest<'a>(units: impl Iterator<Item = &'a [u8]>) -> Result<&'a [u8], Problem> {
    let mut finest: Option<&[u8]> = None;
    for unit in units {
        finest = Some(match finest {
            None => unit,
            Some(f) if ratio(unit, f).is_some() => f,
            Some(f) if ratio(f, unit).is_some() => unit,
            Some(f) => {
                let (f, unit) = (printable(f), printable(unit));
                return Err(wrong(format!("the units {f} and {unit} do not fit")));
            }
        });
    }
    Ok(finest.unwrap_or_default())
}

fn singular(name: &[u8]) -> &[u8] {
    name.strip_suffix(b"s").unwrap_or(name)
}

/// By what a value in `from` is multiplied to be one in `to`; `None` if the dimension differs or `to` is coarser.
fn ratio(from: &[u8], to: &[u8]) -> Option<i64> {
    if singular(from) == singular(to) {
        return Some(1);
    }
    let text = String::from_utf8_lossy;
    let ratio = crate::unit::ratio(&text(from), &text(to))?;
    // The factors of finer units are whole, and the largest is 2^50.
    (ratio >= 1.0).then_some(ratio as i64)
}
