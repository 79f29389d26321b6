//! Which finding of the new review is which of the last one.

use crate::review::Issue;

/// For each old finding the new one of the same rule and function: first those at the same text of source, then the
/// nearest lines. Each is taken once. `same` says whether an old and a new one can be the same.
pub(super) fn pairs(
    old: &[&Issue],
    new: &[&Issue],
    same: impl Fn(&Issue, &Issue) -> bool,
) -> Vec<Option<usize>> {
    let mut found = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    let mut possible: Vec<(bool, u64, usize, usize)> = Vec::new();
    for (i, before) in old.iter().enumerate() {
        for (j, after) in new.iter().enumerate().filter(|(_, after)| same(before, after)) {
            let text = before.current_code.trim();
            let is_other_text = text.is_empty() || text != after.current_code.trim();
            possible.push((is_other_text, before.line.abs_diff(after.line), i, j));
        }
    }
    possible.sort_unstable();
    for (_, _, i, j) in possible {
        if found[i].is_none() && !taken[j] {
            found[i] = Some(j);
            taken[j] = true;
        }
    }
    found
}
