//! The calls of a profile as the Go compiler counts them for profile-guided optimization.

use std::collections::{BTreeMap, HashMap};

use crate::error::printable;
use crate::profile::{Line, LocationId, Profile, StringId, clean_path};

/// A call of one function at one line of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEdge {
    /// The function that calls.
    pub caller: String,
    /// The function that is called.
    pub callee: String,
    /// File of the caller as the profile names it.
    pub file: String,
    /// Line of the call.
    pub line: i64,
    /// Lines from the caller's declaration to the call: what the compiler knows the call by.
    pub offset: i64,
    /// Weight of the samples at whose leaf it is, once per sample.
    pub weight: i64,
}

/// Places that count for a sample, leaf first: calls further up are seldom made again and again, so the compiler leaves
/// them out.
const PLACES: usize = 2;

/// A frame as the compiler tells frames apart: address, function, line, start line.
type Frame = (u64, StringId, i64, i64);

/// All calls at the leaves, those that were inlined there among them, heaviest first, then by caller, callee and
/// offset. Frames without a name are in none.
///
/// Source of the method: `cmd/internal/pgo` and `internal/profile/graph.go` of Go 1.26.
pub fn call_edges(profile: &Profile, index: usize) -> Vec<CallEdge> {
    let mut sums: HashMap<(Frame, Frame), (i64, usize)> = HashMap::new();
    let mut files: HashMap<Frame, StringId> = HashMap::new();
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        let mut callee = None;
        for location in profile.samples.stack(sample).take(PLACES) {
            for line in profile.lines_of(location) {
                let (caller, file) = frame(profile, location, line);
                files.entry(caller).or_insert(file);
                let Some(callee) = callee.replace(caller).filter(|callee| *callee != caller) else {
                    continue;
                };
                let sum = sums.entry((caller, callee)).or_default();
                if sum.1 != sample + 1 {
                    *sum = (sum.0.saturating_add(value), sample + 1);
                }
            }
        }
    }
    by_name(
        profile,
        sums.into_iter().map(|(edge, (weight, _))| (edge, weight)),
        &files,
    )
}

fn frame(profile: &Profile, location: LocationId, line: &Line) -> (Frame, StringId) {
    let address = profile.locations[location.index()].address;
    let function = &profile.functions[line.function.index()];
    (
        (address, function.name, line.line, function.start_line),
        function.filename,
    )
}

/// Edges between places of the program as edges between lines of functions.
fn by_name(
    profile: &Profile,
    edges: impl Iterator<Item = ((Frame, Frame), i64)>,
    files: &HashMap<Frame, StringId>,
) -> Vec<CallEdge> {
    let mut sums: BTreeMap<(&[u8], &[u8], i64), CallEdge> = BTreeMap::new();
    for ((caller, callee), weight) in edges {
        let (name, called) = (profile.text(caller.1), profile.text(callee.1));
        if name.is_empty() || called.is_empty() || weight == 0 {
            continue;
        }
        let offset = caller.2.saturating_sub(caller.3);
        let file = files
            .get(&caller)
            .map_or_else(String::new, |f| clean_path(&profile.printable(*f)));
        let edge = sums.entry((name, called, offset)).or_insert_with(|| CallEdge {
            caller: printable(name),
            callee: printable(called),
            file: String::new(),
            line: 0,
            offset,
            weight: 0,
        });
        edge.weight = edge.weight.saturating_add(weight);
        // One call is at one place, unless functions of one name are in several files.
        if edge.line == 0 || (&file, caller.2) < (&edge.file, edge.line) {
            (edge.file, edge.line) = (file, caller.2);
        }
    }
    let mut edges: Vec<CallEdge> = sums.into_values().collect();
    edges.sort_by_key(|e| std::cmp::Reverse(e.weight));
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    #[test]
    fn the_calls_nearest_to_the_leaf_count() {
        let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
        let main = b.frame("main.main", "m.go", 12);
        let [work, again, leaf] =
            [("m.Work", 20), ("m.Work", 25), ("m.Leaf", 30)].map(|(f, l)| b.frame(f, "m.go", l));
        let other_leaf = b.frame("m.Leaf", "m.go", 31);
        b.sample([leaf, again, work, main], &[4], []);
        b.sample([other_leaf, again, main], &[2], []);
        b.sample([again, work, main], &[1], []);
        b.sample([work, work, main], &[8], []);
        let mut profile = b.finish();
        for f in &mut profile.functions {
            f.start_line = 10;
        }
        let edges = call_edges(&profile, 0);
        let told: Vec<_> = edges
            .iter()
            .map(|e| (e.caller.as_str(), e.callee.as_str(), e.line, e.offset, e.weight))
            .collect();
        assert_eq!(
            told,
            [("m.Work", "m.Leaf", 25, 15, 6), ("m.Work", "m.Work", 20, 10, 1)]
        );
    }
}
