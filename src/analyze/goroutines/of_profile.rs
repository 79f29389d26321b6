//! Groups of a goroutine or goroutineleak profile.

use super::state::state_of;
use super::{CodePlace, GoroutineGroup, MOST_FRAMES, entry_at, grouped, place_of, wrapped};
use crate::analyze::{Granularity, Nodes};
use crate::error::printable;
use crate::profile::{Format, Kind, LabelValue, Profile};

/// The groups of a goroutine or goroutineleak profile, the largest first, then by state, place and first function.
/// There are no waiting times and no numbers of goroutines in a profile.
pub fn groups_of_profile(profile: &Profile, prefix: Option<&str>) -> Vec<GoroutineGroup> {
    let nodes = Nodes::of(profile, Granularity::Lines);
    let places: Vec<CodePlace> = nodes
        .nodes
        .iter()
        .map(|n| CodePlace::new(&n.function, &n.file, n.line))
        .collect();
    let index = profile.default_type();
    let one = |sample: usize| {
        let count = u64::try_from(profile.samples.value(sample, index)).ok()?;
        let stack = profile.samples.stack(sample).flat_map(|l| nodes.frames(l));
        let frames: Vec<CodePlace> = stack.map(|n| places[n.index()].clone()).collect();
        (count > 0).then(|| group(profile, sample, count, frames, prefix))
    };
    grouped((0..profile.samples.len()).filter_map(one))
}

fn group(
    profile: &Profile,
    sample: usize,
    count: u64,
    frames: Vec<CodePlace>,
    prefix: Option<&str>,
) -> GoroutineGroup {
    let (place, side) = place_of(&frames, prefix);
    let is_text = profile.format != Format::Proto;
    let is_leak = profile.kind() == Kind::Goroutineleak;
    GoroutineGroup {
        state: state_of(&frames, is_text).to_string(),
        place,
        side,
        creator: frames.iter().find_map(creator),
        entry: frames.get(entry_at(&frames)).cloned().unwrap_or_default(),
        count,
        leaked: if is_leak { count } else { 0 },
        locked_to_thread: 0,
        wait_minutes: Vec::new(),
        labels: labels(profile, sample),
        example: None,
        stack: frames.into_iter().take(MOST_FRAMES).collect(),
    }
}

/// The wrapper of a `go` statement stands at the line of that statement.
fn creator(frame: &CodePlace) -> Option<CodePlace> {
    Some(CodePlace {
        function: wrapped(&frame.function)?.to_string(),
        ..frame.clone()
    })
}

fn labels(profile: &Profile, sample: usize) -> Vec<(String, String)> {
    let text = |label: &crate::profile::Label| match label.value {
        LabelValue::Text(value) => Some((profile.printable(label.key), profile.printable(value))),
        _ => None,
    };
    let mut labels: Vec<_> = profile.samples.labels(sample).iter().filter_map(text).collect();
    labels.sort();
    labels
        .iter_mut()
        .for_each(|(key, _)| *key = printable(key.as_bytes()));
    labels
}
