//! Goroutines in groups, from dumps and from profiles alike, and which groups grow.
//!
//! ```text
//! GoroutineDump ─▶ of_dump ────┐
//!                              ├─▶ GoroutineGroup {state, place, creator, count, waits}… ─▶ growth over moments
//! Profile ──────▶ of_profile ──┘
//! ```
//! A group is what waits in the same state, at the same line of the user's code, started by the same `go`
//! statement. A profile does not tell who started a goroutine, only its first function; that takes the creator's
//! place there.

mod growth;
mod of_dump;
mod of_profile;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Side;
use super::entry::within_own;
use crate::error::printable;
use crate::profile::package_of;

pub use growth::{GroupGrowth, Growth, growth};
pub use of_dump::{groups_of_dump, my_code_of_dump};
pub use of_profile::groups_of_profile;

/// A line of code by names that are safe to print.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct CodePlace {
    /// Full name of the function.
    pub function: String,
    /// Source file as the compiler saw it; empty where it is not known.
    pub file: String,
    /// Line from 1, 0 where it is not known.
    pub line: i64,
}

impl CodePlace {
    fn new(function: &[u8], file: &[u8], line: i64) -> Self {
        Self {
            function: printable(function),
            file: printable(file),
            line,
        }
    }
}

/// Goroutines that do the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoroutineGroup {
    /// What they wait for, as dumps word it; of a profile it is inferred from the runtime's functions at the leaf.
    /// Empty where nothing tells it: Go's text with `debug=1` leaves those functions out.
    pub state: String,
    /// The frame of the user's own code nearest to the leaf; else of another module; else, where all is the
    /// standard library's, the goroutine's first function.
    pub place: CodePlace,
    /// Whose code `place` is.
    pub side: Side,
    /// The `go` statement that started them. Of a profile it is known only where the compiler wrapped the call.
    pub creator: Option<CodePlace>,
    /// The first function of the goroutine, at the line that it has reached.
    pub entry: CodePlace,
    /// How many.
    pub count: u64,
    /// How many of them the runtime found to be leaked: in dumps those marked, in a goroutineleak profile all.
    pub leaked: u64,
    /// How many may run on one thread only.
    pub locked_to_thread: u64,
    /// Minutes that each has waited, ascending; those under one, and those of profiles, are not in it.
    pub wait_minutes: Vec<u64>,
    /// Labels that all of them have, sorted.
    pub labels: Vec<(String, String)>,
    /// Number of the first of them, of a dump.
    pub example: Option<u64>,
    /// Its stack, leaf first, at most 64 frames.
    pub stack: Vec<CodePlace>,
}

impl GoroutineGroup {
    /// Minutes of the one that has waited longest.
    pub fn longest_wait(&self) -> Option<u64> {
        self.wait_minutes.last().copied()
    }

    /// Minutes of all together.
    pub fn total_wait(&self) -> u64 {
        self.wait_minutes.iter().fold(0, |sum, m| sum.saturating_add(*m))
    }

    /// What makes two groups of two moments the same.
    fn key(&self) -> Key {
        let start = match &self.creator {
            Some(creator) => (creator.clone(), true),
            // The line that the first function has reached says nothing of its start.
            None => (
                CodePlace {
                    line: 0,
                    ..self.entry.clone()
                },
                false,
            ),
        };
        (self.state.clone(), self.place.clone(), start)
    }
}

type Key = (String, CodePlace, (CodePlace, bool));

/// Frames of an example stack that are kept.
const MOST_FRAMES: usize = 64;

/// Puts goroutines that are alike together: the largest group first, then by state, place and start.
fn grouped(goroutines: impl Iterator<Item = GoroutineGroup>) -> Vec<GoroutineGroup> {
    let mut groups: BTreeMap<Key, GoroutineGroup> = BTreeMap::new();
    for one in goroutines {
        match groups.get_mut(&one.key()) {
            Some(group) => join(group, &one),
            None => {
                groups.insert(one.key(), one);
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.iter_mut().for_each(|g| g.wait_minutes.sort_unstable());
    groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key().cmp(&b.key())));
    groups
}

fn join(group: &mut GoroutineGroup, one: &GoroutineGroup) {
    group.count = group.count.saturating_add(one.count);
    group.leaked = group.leaked.saturating_add(one.leaked);
    group.locked_to_thread += one.locked_to_thread;
    group.wait_minutes.extend(&one.wait_minutes);
    // Sorted, so that many labels take no more than n log n.
    group
        .labels
        .retain(|label| one.labels.binary_search(label).is_ok());
}

/// The frame that a goroutine is known by, and whose code it is. Frames leaf first.
fn place_of(frames: &[CodePlace], prefix: Option<&str>) -> (CodePlace, Side) {
    let sides: Vec<Side> = frames.iter().map(|f| side_of(&f.function, prefix)).collect();
    let nearest = |side| sides.iter().position(|s| *s == side).map(|at| (at, side));
    let found = nearest(Side::Own).or_else(|| nearest(Side::Other));
    let (at, side) = found.unwrap_or_else(|| {
        let entry = entry_at(frames);
        let side = sides.get(entry).copied().unwrap_or(Side::Runtime);
        (entry, side)
    });
    (frames.get(at).cloned().unwrap_or_default(), side)
}

fn side_of(function: &str, prefix: Option<&str>) -> Side {
    match package_of(function) {
        Some(package) if within_own(&package, prefix) => Side::Own,
        Some(package) => Side::of_foreign(&package),
        None => Side::Other,
    }
}

/// Index of the goroutine's first function in frames that stand leaf first: not what the runtime begins a
/// goroutine with, nor the wrapper that the compiler makes for `go f(x)`. 0 where there is none.
fn entry_at(frames: &[CodePlace]) -> usize {
    let begins = |f: &CodePlace| matches!(f.function.as_str(), "runtime.goexit" | "runtime.main");
    let is_wrapper = |f: &CodePlace| wrapped(&f.function).is_some();
    let mut at = frames.len();
    while at > 0 && begins(&frames[at - 1]) {
        at -= 1;
    }
    while at > 1 && is_wrapper(&frames[at - 1]) {
        at -= 1;
    }
    at.saturating_sub(1)
}

/// The function in which the compiler wrapped a `go` statement: `shop.Run` of `shop.Run.gowrap2`.
fn wrapped(function: &str) -> Option<&str> {
    let (outer, last) = function.rsplit_once('.')?;
    let digits = last.strip_prefix("gowrap")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(outer)
}
