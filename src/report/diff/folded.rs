//! Two sides as folded stacks: `root;…;leaf BEFORE AFTER`.

use std::collections::BTreeMap;

use crate::analyze::Recording;
use crate::flame::folded_sums;

/// All stacks of both sides, sorted by their bytes, with the sums of each side; what other tools draw differential
/// flame graphs of. The rules for names are those of [`folded_stacks`](crate::flame::folded_stacks).
pub fn folded_diff(before: &[Recording<'_>], after: &[Recording<'_>]) -> String {
    let mut stacks: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for (side, recordings) in [before, after].into_iter().enumerate() {
        for recording in recordings {
            for (stack, value) in folded_sums(recording.profile, recording.index) {
                let sums = stacks.entry(stack).or_default();
                sums[side] = sums[side].saturating_add(value);
            }
        }
    }
    let lines = stacks
        .into_iter()
        .map(|(stack, [before, after])| format!("{stack} {before} {after}\n"));
    lines.collect()
}
