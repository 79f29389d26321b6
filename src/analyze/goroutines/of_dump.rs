//! Groups of a dump.

use std::collections::{BTreeMap, BTreeSet};

use super::{CodePlace, GoroutineGroup, MOST_FRAMES, entry_at, grouped, place_of};
use crate::analyze::entry::{is_std, modal_prefix};
use crate::error::printable;
use crate::goroutine::{Frame, Goroutine, GoroutineDump};
use crate::profile::package_of;

/// The groups of a dump, the largest first, then by state, place and creator. `prefix` as [`crate::analyze::my_code`]
/// tells it.
pub fn groups_of_dump(dump: &GoroutineDump, prefix: Option<&str>) -> Vec<GoroutineGroup> {
    grouped(dump.goroutines.iter().map(|g| one(g, prefix)))
}

fn one(goroutine: &Goroutine, prefix: Option<&str>) -> GoroutineGroup {
    let frames: Vec<CodePlace> = goroutine.frames.iter().map(place).collect();
    let (place, side) = place_of(&frames, prefix);
    let mut labels: Vec<_> = goroutine
        .labels
        .iter()
        .map(|(key, value)| (printable(key.as_bytes()), printable(value.as_bytes())))
        .collect();
    labels.sort();
    let creator = goroutine.created_by.as_ref();
    GoroutineGroup {
        state: printable(goroutine.state.as_bytes()),
        place,
        side,
        creator: creator.map(|c| CodePlace::new(c.function.as_bytes(), c.file.as_bytes(), c.line)),
        entry: frames.get(entry_at(&frames)).cloned().unwrap_or_default(),
        count: 1,
        leaked: u64::from(goroutine.leaked),
        locked_to_thread: u64::from(goroutine.locked_to_thread),
        wait_minutes: goroutine.wait_minutes.into_iter().collect(),
        labels,
        example: Some(goroutine.id),
        stack: frames.into_iter().take(MOST_FRAMES).collect(),
    }
}

fn place(frame: &Frame) -> CodePlace {
    CodePlace::new(frame.function.as_bytes(), frame.file.as_bytes(), frame.line)
}

/// The prefix of the packages that are likely the user's own: among those that are not the standard library's the
/// module-like prefix that is on the most stacks; `None` where there is none.
pub fn my_code_of_dump(dump: &GoroutineDump) -> Option<String> {
    let mut goroutines: BTreeMap<String, u64> = BTreeMap::new();
    for goroutine in &dump.goroutines {
        let packages = goroutine.frames.iter().filter_map(|f| package_of(&f.function));
        let foreign: BTreeSet<String> = packages.filter(|p| !p.is_empty() && !is_std(p)).collect();
        for package in foreign {
            *goroutines.entry(printable(package.as_bytes())).or_default() += 1;
        }
    }
    modal_prefix(goroutines)
}
