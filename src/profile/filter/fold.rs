//! Foreign frames folded into the own code that called them.

use std::collections::HashMap;

use super::super::{Location, LocationId, Profile};
use super::rewrite::{edit_stacks, retain_lines};

/// Keeps only the lines of functions whose flag in `mine`, by row of the functions, is set; weight of what they
/// call falls on them. A stack without such a line keeps the function by which it was entered.
pub fn fold_foreign(profile: &mut Profile, mine: &[bool]) {
    let is_mine = |profile: &Profile, id| {
        profile
            .lines_of(id)
            .iter()
            .any(|l| mine.get(l.function.index()).is_some_and(|m| *m))
    };
    let kept: Vec<bool> = (0..profile.locations.len())
        .map(|row| is_mine(profile, LocationId(row as u32)))
        .collect();
    let entries = add_entries(profile, &kept);
    retain_lines(profile, |id, lines, i| {
        let is_own = mine.get(lines[i].function.index()).is_some_and(|m| *m);
        is_own || !kept.get(id.index()).is_some_and(|k| *k)
    });
    edit_stacks(profile, |stack| {
        let root = stack.last().copied();
        stack.retain(|id| kept[id.index()]);
        if let (true, Some(entry)) = (stack.is_empty(), root.and_then(|root| entries.get(&root))) {
            stack.push(*entry);
        }
        true
    });
}

/// For the root of every stack without own frames a location with its outermost line alone.
fn add_entries(profile: &mut Profile, kept: &[bool]) -> HashMap<LocationId, LocationId> {
    let mut entries = HashMap::new();
    for sample in 0..profile.samples.len() {
        let root = profile.samples.stack(sample).pop_root();
        if let Some(root) = root.filter(|root| !kept[root.index()]) {
            entries.entry(root).or_insert_with(|| {
                let location = profile.locations[root.index()];
                let outermost = profile.lines_of(root).last().copied();
                let start = profile.lines.len() as u32;
                profile.lines.extend(outermost);
                let end = profile.lines.len() as u32;
                profile.locations.push(Location {
                    first_line: start,
                    end_line: end,
                    ..location
                });
                LocationId(profile.locations.len() as u32 - 1)
            });
        }
    }
    entries
}
