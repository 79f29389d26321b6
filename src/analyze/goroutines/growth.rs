//! Which groups grow from moment to moment.

use std::collections::BTreeMap;

use super::{CodePlace, GoroutineGroup, Key};
use crate::analyze::Side;

/// How all groups change over the moments of one process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Growth {
    /// Number of moments that differ in more than what runs: two files of one moment are one.
    pub moments: usize,
    /// All groups that there ever were: the one that grew most first, then the largest, then by state and names.
    pub rows: Vec<GroupGrowth>,
}

/// How a group changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupGrowth {
    /// As of [`GoroutineGroup`].
    pub state: String,
    /// As of [`GoroutineGroup`].
    pub place: CodePlace,
    /// As of [`GoroutineGroup`].
    pub side: Side,
    /// As of [`GoroutineGroup`].
    pub creator: Option<CodePlace>,
    /// As of [`GoroutineGroup`].
    pub entry: CodePlace,
    /// How many there were at each of the given moments, 0 where there was no such group.
    pub counts: Vec<u64>,
    /// The last count less the first.
    pub delta: i64,
    /// More at each moment than at the one before, moments that do not differ at all left out.
    pub rises: bool,
}

/// Compares moments of one process in the order of time. What is given must be of one form: states of a text with
/// `debug=1` are not those of a dump.
pub fn growth(moments: &[&[GoroutineGroup]]) -> Growth {
    let mut rows: BTreeMap<Key, GroupGrowth> = BTreeMap::new();
    for (at, groups) in moments.iter().enumerate() {
        for group in *groups {
            let row = rows
                .entry(group.key())
                .or_insert_with(|| empty(group, moments.len()));
            row.counts[at] = group.count;
        }
    }
    let mut rows: Vec<GroupGrowth> = rows.into_values().collect();
    let distinct = distinct(&rows, moments.len());
    for row in &mut rows {
        let first = row.counts.first().copied().unwrap_or_default();
        let last = row.counts.last().copied().unwrap_or_default();
        row.delta = i64::try_from(last).unwrap_or(i64::MAX) - i64::try_from(first).unwrap_or(i64::MAX);
        row.rises = distinct.len() > 1 && distinct.windows(2).all(|w| row.counts[w[0]] < row.counts[w[1]]);
    }
    // Equal ones keep the order of their keys.
    rows.sort_by_key(|r| std::cmp::Reverse((r.delta, r.counts.last().copied())));
    Growth {
        moments: distinct.len(),
        rows,
    }
}

fn empty(group: &GoroutineGroup, moments: usize) -> GroupGrowth {
    GroupGrowth {
        state: group.state.clone(),
        place: group.place.clone(),
        side: group.side,
        creator: group.creator.clone(),
        entry: group.entry.clone(),
        counts: vec![0; moments],
        delta: 0,
        rises: false,
    }
}

/// The moments that differ from the one before them in a group that waits.
fn distinct(rows: &[GroupGrowth], moments: usize) -> Vec<usize> {
    let waits: Vec<&GroupGrowth> = rows.iter().filter(|r| r.state != "running").collect();
    let differs = |at: &usize| *at == 0 || waits.iter().any(|r| r.counts[*at] != r.counts[at - 1]);
    (0..moments).filter(differs).collect()
}
