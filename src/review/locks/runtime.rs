//! Locks of the runtime itself: a mutex profile has them since Go 1.23.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analyze::{Granularity, Node, Nodes};
use crate::profile::{Kind, Profile};
use crate::review::Context;
use crate::review::symptoms::{delay_scale, wall_seconds};

/// Locks of the runtime itself in a mutex profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuntimeLocks {
    /// The input.
    pub file: String,
    /// What they guard: `scheduler`, `heap`, `timers`, `channels`, `others`.
    pub of: String,
    /// Part of all delay in the profile.
    pub share: f64,
    /// Delay in seconds.
    pub delay_seconds: f64,
    /// The same for each second of wall time; none where it is not known.
    pub delay_per_second: Option<f64>,
    /// How often somebody had to wait.
    pub contentions: i64,
    /// What that says, a sentence without full stop.
    pub reading: String,
}

/// What guards what in the runtime, by functions on the stack, innermost first.
const GUARDED: [(&str, &[&str], &str); 4] = [
    (
        "channels",
        &[
            "runtime.selectgo",
            "runtime.chansend",
            "runtime.chanrecv",
            "runtime.closechan",
        ],
        "many goroutines share one channel: shard it, or hand over batches",
    ),
    (
        "timers",
        &[
            "runtime.(*timer",
            "runtime.checkTimers",
            "runtime.addtimer",
            "runtime.deltimer",
            "runtime.modtimer",
        ],
        "many timers are made and dropped: reuse one with Reset, or use one ticker",
    ),
    (
        "heap",
        &[
            "runtime.mallocgc",
            "runtime.(*mheap",
            "runtime.(*mcentral",
            "runtime.(*mcache",
            "runtime.gc",
            "runtime.bgsweep",
        ],
        "goroutines meet in the allocator: allocate less and smaller",
    ),
    (
        "scheduler",
        &[
            "runtime.findRunnable",
            "runtime.schedule",
            "runtime.park_m",
            "runtime.ready",
            "runtime.goready",
            "runtime.newproc",
        ],
        "goroutines are parked and woken all the time: fewer hand-offs, batches",
    ),
];

/// The runtime's own locks of every mutex profile that reach the least share and delay, largest delay first.
pub(in crate::review) fn runtime_locks(context: &Context<'_>) -> Vec<RuntimeLocks> {
    let inputs = context
        .evidence
        .profiles
        .iter()
        .filter(|p| p.profile.kind() == Kind::Mutex);
    let mut found = Vec::new();
    for input in inputs {
        let profile = &input.profile;
        let Some(index) = profile.type_named("delay") else {
            continue;
        };
        let total = profile.total(index) as f64;
        let wall = wall_seconds(context, profile);
        for (of, (delay, contentions)) in sums(profile, index) {
            let part = delay as f64 / total.max(1.0);
            let delay_seconds = delay as f64 * delay_scale(profile, index);
            let guarded = GUARDED.iter().find(|g| g.0 == of);
            let per_second = wall.map(|wall| delay_seconds / wall);
            let matters = per_second.is_none_or(|d| d >= context.policy.symptoms.least_delay);
            if matters && part >= context.policy.symptoms.delay_share {
                found.push(RuntimeLocks {
                    file: input.name.clone(),
                    of: of.to_string(),
                    share: part,
                    delay_seconds,
                    delay_per_second: per_second,
                    contentions,
                    reading: guarded.map_or(String::new(), |g| g.2.to_string()),
                });
            }
        }
    }
    found.sort_by(|a, b| {
        b.delay_seconds
            .total_cmp(&a.delay_seconds)
            .then_with(|| a.of.cmp(&b.of))
    });
    found
}

/// Delay and contentions of samples that release a lock of the runtime, by what it guards.
fn sums(profile: &Profile, index: usize) -> BTreeMap<&'static str, (i64, i64)> {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let contentions = profile.type_named("contentions");
    let names: Vec<String> = nodes.nodes.iter().map(Node::printable).collect();
    let mut sums: BTreeMap<&'static str, (i64, i64)> = BTreeMap::new();
    for sample in 0..profile.samples.len() {
        let frames = profile.samples.stack(sample).flat_map(|l| nodes.frames(l));
        let mut frames = frames.filter_map(|n| names.get(n.index())).peekable();
        let releases =
            |name: &&String| name.starts_with("runtime.unlock") || name.starts_with("runtime._LostContended");
        if !frames.peek().is_some_and(releases) {
            continue;
        }
        let guarded = frames.find_map(|name| {
            let begins = |mark: &&str| name.starts_with(*mark);
            GUARDED.iter().find(|g| g.1.iter().any(begins)).map(|g| g.0)
        });
        let sum = sums.entry(guarded.unwrap_or("others")).or_default();
        sum.0 = sum.0.saturating_add(profile.samples.value(sample, index).max(0));
        let often = contentions.map_or(0, |i| profile.samples.value(sample, i).max(0));
        sum.1 = sum.1.saturating_add(often);
    }
    sums
}
