//! The share of the collector in a CPU profile.

use super::{GcShare, GcSource, level3};
use crate::analyze::{Granularity, Nodes};
use crate::profile::{Kind, Profile};
use crate::review::Context;
use crate::review::resource::columns;

/// Functions of the collector by the start of their names, from Go 1.18 to 1.27: marking, helping to mark, sweeping,
/// giving memory back.
const COLLECTS: [&str; 14] = [
    "runtime.gcBgMarkWorker",
    "runtime.gcAssistAlloc",
    "runtime.gcParkAssist",
    "runtime.gcDrain",
    "runtime.gcMark",
    "runtime.gcStart",
    "runtime.gcmarknewobject",
    "runtime.wbBufFlush",
    "runtime.markroot",
    "runtime.bgsweep",
    "runtime.sweepone",
    "runtime.deductSweepCredit",
    "runtime.bgscavenge",
    "gcWriteBarrier",
];
/// Marking by processors that had nothing else to do costs nobody anything.
const IDLE: &str = "runtime.gcDrainMarkWorkerIdle";

/// What the samples say; `None` without a CPU profile.
pub(super) fn share(context: &Context<'_>) -> Option<GcShare> {
    let of_cpu = |p: &&crate::review::ProfileInput| p.profile.kind() == Kind::Cpu;
    let input = context.evidence.profiles.iter().find(of_cpu)?;
    let column = *columns(&input.profile).first()?;
    let share = column.share(collecting(&input.profile, column.index));
    let level = level3(share.share, context.policy.gc.sampled_share);
    Some(GcShare {
        file: input.name.clone(),
        source: GcSource::CpuProfile,
        share,
        level,
    })
}

/// The weight of the samples below the collector.
fn collecting(profile: &Profile, index: usize) -> i64 {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let is = |start: &str| -> Vec<bool> {
        let starts = nodes
            .nodes
            .iter()
            .map(|n| n.function.starts_with(start.as_bytes()));
        starts.collect()
    };
    let idle = is(IDLE);
    let collects: Vec<Vec<bool>> = COLLECTS.iter().map(|start| is(start)).collect();
    let meant = |node: usize| collects.iter().any(|of| of.get(node) == Some(&true));
    let counts = |sample: &usize| {
        let frames = || profile.samples.stack(*sample).flat_map(|l| nodes.frames(l));
        frames().any(|n| meant(n.index())) && !frames().any(|n| idle.get(n.index()) == Some(&true))
    };
    let samples = (0..profile.samples.len()).filter(counts);
    samples
        .map(|s| profile.samples.value(s, index))
        .fold(0, i64::saturating_add)
}
