//! Which kinds of work stand below the user's code, and at which of its lines.
//!
//! ```text
//!   leaf ── collected ──────────────────── first frame of the user's ── root
//!   mallocgc  growslice                    shop.Parse:42                main.main
//!   └ alloc   └ slice.grow                 └ the line that is charged
//! ```
//! A sample belongs to every family that one of its collected frames matches. Where a sample may count once only it
//! counts for the first of them in the order of [`FAMILIES`]. Work that the compiler inlined leaves no frame: a
//! family without samples is not disproved.

mod families;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use families::{FAMILIES, Family, FamilySet, MARKS, families_of};

use super::entry::mine;
use super::{Granularity, NodeId, Nodes};
use crate::profile::Profile;

/// What is below the user's code in one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SymptomSample {
    /// The families and marks of the frames below the user's line; of all frames where there is none.
    pub families: FamilySet,
    /// The user's line nearest to the leaf, in the nodes of [`SymptomSamples`].
    pub line: Option<NodeId>,
    /// Number of frames below that line; 0 where the user's own code was running.
    pub below: u32,
}

/// What is below the user's code in every sample of a profile.
#[derive(Debug, Clone)]
pub struct SymptomSamples {
    /// One for each sample.
    pub samples: Vec<SymptomSample>,
    /// The lines of the profile.
    pub lines: Nodes,
}

/// The weight of a family in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyWeight {
    /// Which one.
    pub family: &'static Family,
    /// Weight of all samples that belong to it; one may count for several families.
    pub inclusive: i64,
    /// Weight of those that belong to it before all others: these parts do not overlap.
    pub exclusive: i64,
    /// Number of sample records behind `inclusive`.
    pub samples: u64,
    /// The inclusive weight and its records by the user's line, heaviest first, then by place; `None` for what the
    /// runtime does in the background.
    pub lines: Vec<(Option<NodeId>, i64, u64)>,
}

/// Finds the families of all samples: every function is matched once, every frame is looked at once.
pub fn symptoms(profile: &Profile, prefix: Option<&str>) -> SymptomSamples {
    let lines = Nodes::of(profile, Granularity::Lines);
    let own = mine(&lines, prefix);
    let families = families_of_nodes(&lines);
    let sample = |sample: usize| {
        let mut found = SymptomSample {
            families: FamilySet::default(),
            line: None,
            below: 0,
        };
        let frames = profile.samples.stack(sample).flat_map(|l| lines.frames(l));
        for node in frames {
            if own[node.index()] {
                found.line = Some(*node);
                break;
            }
            found.families = found.families.with(families[node.index()]);
            found.below += 1;
        }
        found
    };
    let samples = (0..profile.samples.len()).map(sample).collect();
    SymptomSamples { samples, lines }
}

/// The families of every line, each function matched once.
fn families_of_nodes(lines: &Nodes) -> Vec<FamilySet> {
    let mut known: BTreeMap<&[u8], FamilySet> = BTreeMap::new();
    let of = |name: &[u8]| families_of(name);
    lines
        .nodes
        .iter()
        .map(|n| *known.entry(&n.function).or_insert_with(|| of(&n.function)))
        .collect()
}

impl SymptomSamples {
    /// The weights of all families that occur, largest exclusive weight first, then in the order of [`FAMILIES`].
    pub fn weights(&self, profile: &Profile, index: usize) -> Vec<FamilyWeight> {
        let mut sums = vec![Sum::default(); FAMILIES.len()];
        for (at, sample) in self.samples.iter().enumerate() {
            let value = profile.samples.value(at, index);
            if value == 0 {
                continue;
            }
            if let Some(first) = sample.families.first() {
                sums[first].exclusive += value;
            }
            for family in sample.families.places() {
                let line = sums[family].lines.entry(sample.line).or_default();
                line.0 += value;
                line.1 += 1;
            }
        }
        let families = FAMILIES.iter().zip(sums);
        let occurring = families.filter(|(_, sum)| !sum.lines.is_empty());
        let mut weights: Vec<_> = occurring.map(|(family, sum)| self.weight(family, sum)).collect();
        weights.sort_by_key(|w| std::cmp::Reverse(w.exclusive));
        weights
    }

    fn weight(&self, family: &'static Family, sum: Sum) -> FamilyWeight {
        let mut lines: Vec<_> = sum.lines.into_iter().map(|(l, (v, n))| (l, v, n)).collect();
        let place = |line: Option<NodeId>| line.map(|id| self.lines.get(id));
        lines.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| place(a.0).cmp(&place(b.0))));
        FamilyWeight {
            family,
            inclusive: lines.iter().map(|l| l.1).sum(),
            exclusive: sum.exclusive,
            samples: lines.iter().map(|l| l.2).sum(),
            lines,
        }
    }

    /// The names of the functions of a sample from the user's line down to the leaf, at most `most` of them; the line
    /// itself first.
    pub fn chain(&self, profile: &Profile, sample: usize, most: usize) -> Vec<String> {
        let below = self.samples[sample].below as usize;
        let frames = profile.samples.stack(sample).flat_map(|l| self.lines.frames(l));
        let name = |n: &NodeId| crate::error::printable(&self.lines.get(*n).function);
        let mut names: Vec<String> = frames.take(below.saturating_add(1)).map(name).collect();
        names.reverse();
        names.truncate(most);
        names
    }
}

#[derive(Clone, Default)]
struct Sum {
    exclusive: i64,
    lines: BTreeMap<Option<NodeId>, (i64, u64)>,
}
