//! New columns of a profile whose stacks or labels change.

use super::super::{Line, LocationId, Profile, Samples};

/// Keeps the lines that `keep` tells, by location and line; a location may lose all of them.
pub(super) fn retain_lines(profile: &mut Profile, keep: impl Fn(LocationId, &[Line], usize) -> bool) {
    let mut kept = Vec::with_capacity(profile.lines.len());
    for (row, location) in profile.locations.iter_mut().enumerate() {
        let lines = &profile.lines[location.first_line as usize..location.end_line as usize];
        let first = kept.len();
        let wanted = (0..lines.len()).filter(|i| keep(LocationId(row as u32), lines, *i));
        kept.extend(wanted.map(|i| lines[i]));
        (location.first_line, location.end_line) = (first as u32, kept.len() as u32);
    }
    profile.lines = kept;
}

/// Rewrites every stack, leaf first; a sample goes when `edit` says so.
pub(super) fn edit_stacks(profile: &mut Profile, mut edit: impl FnMut(&mut Vec<LocationId>) -> bool) {
    let samples = &profile.samples;
    let mut edited = Samples::new(samples.width());
    let mut stack = Vec::new();
    for sample in 0..samples.len() {
        stack.clear();
        stack.extend(samples.stack(sample));
        if edit(&mut stack) {
            let labels = samples.labels(sample).iter().map(|l| (l.key, l.value));
            edited.push(stack.iter().copied(), samples.values(sample), labels);
        }
    }
    profile.samples = edited;
}
