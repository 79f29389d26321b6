//! The `runtime.MemStats` block of a heap text: exact where its profile samples.

use super::{Level, MemoryStats, RuntimeFacts, traces::pause_level};
use crate::profile::{MemStats, MemValue};
use crate::review::{Context, MemStatsInput, ProfileInput, is_filtered};
use crate::unit::{human, share};

/// From this part on that more is resident than Go took from the system, memory outside of Go is named.
const OUTSIDE: f64 = 0.2;

/// A block with what its samples stand for.
struct Counted<'a> {
    file: &'a str,
    block: &'a MemStats,
    sampled_bytes: Option<i64>,
}

/// Each block, and its `GCCPUFraction`.
pub(super) fn all(context: &Context<'_>) -> Vec<(MemoryStats, Option<f64>)> {
    let found = counted(context);
    let limits = context.policy.gc.pause;
    found
        .iter()
        .map(|c| (stats(c, limits), fraction(c.block)))
        .collect()
}

/// The blocks of the heap texts as they were read; where none were given so, those of the profiles. A block counts the
/// whole process, so it says nothing of how far the samples are off that filters left.
fn counted<'a>(context: &'a Context<'_>) -> Vec<Counted<'a>> {
    if !context.evidence.memstats.is_empty() {
        let of_input = |input: &'a MemStatsInput| Counted {
            file: &input.name,
            block: &input.stats,
            sampled_bytes: input.sampled_bytes,
        };
        return context.evidence.memstats.iter().map(of_input).collect();
    }
    let inputs = context.evidence.profiles.iter();
    let with_block = inputs.filter(|input| !input.profile.memstats.is_empty());
    let of_profile = |input: &'a ProfileInput| {
        let profile = &input.profile;
        let sampled = profile
            .type_named("alloc_space")
            .filter(|_| !is_filtered(profile));
        Counted {
            file: &input.name,
            block: &profile.memstats,
            sampled_bytes: sampled.map(|index| profile.total(index)),
        }
    };
    with_block.map(of_profile).collect()
}

fn stats(counted: &Counted<'_>, limits: [f64; 2]) -> MemoryStats {
    let block = counted.block;
    let integer = |name| integer(block, name);
    let longest_pause_seconds = longest_pause(block);
    MemoryStats {
        file: counted.file.to_string(),
        allocated_bytes: integer("TotalAlloc"),
        sampled_bytes: counted.sampled_bytes,
        heap_bytes: integer("HeapAlloc"),
        held_back_bytes: integer("HeapIdle")
            .zip(integer("HeapReleased"))
            .map(|(idle, released)| idle.saturating_sub(released)),
        system_bytes: integer("Sys"),
        resident_bytes_max: integer("MaxRSS"),
        next_goal_bytes: integer("NextGC"),
        cycles: integer("NumGC"),
        forced: integer("NumForcedGC"),
        longest_pause_seconds,
        pause_level: longest_pause_seconds.map_or(Level::Fine, |pause| pause_level(pause, limits)),
    }
}

fn integer(block: &MemStats, name: &str) -> Option<u64> {
    match block.get(name)? {
        MemValue::Integer(value) => Some(*value),
        _ => None,
    }
}

/// Negative before the first collection of some versions.
fn fraction(block: &MemStats) -> Option<f64> {
    let value = match block.get("GCCPUFraction")? {
        MemValue::Number(value) => *value,
        MemValue::Integer(value) => *value as f64,
        _ => return None,
    };
    (0.0..=1.0).contains(&value).then_some(value)
}

fn longest_pause(block: &MemStats) -> Option<f64> {
    match block.get("PauseNs")? {
        MemValue::Ring(pauses) => pauses.iter().max().map(|ns| *ns as f64 / 1e9),
        _ => None,
    }
}

/// Where the runtime's counts and the samples differ, and what lies outside of Go.
pub(in crate::review) fn caveats(facts: Option<&RuntimeFacts>) -> Vec<String> {
    let Some(facts) = facts else { return Vec::new() };
    let mut caveats = Vec::new();
    for stats in &facts.memstats {
        caveats.extend(difference(stats, facts.limits.memstats_difference));
        caveats.extend(outside(stats));
    }
    let several = facts.traces.iter().filter(|t| t.processes > 1);
    caveats.extend(several.map(|t| {
        format!(
            "{}: {} processes wrote collections into this text; the numbers are those of the one with the most",
            t.file, t.processes
        )
    }));
    caveats
}

fn difference(stats: &MemoryStats, limit: f64) -> Option<String> {
    let (exact, sampled) = (stats.allocated_bytes? as f64, stats.sampled_bytes? as f64);
    let apart = (sampled - exact) / exact;
    (exact > 0.0 && apart.abs() > limit).then(|| {
        format!(
            "{}: the runtime counted {} allocated in all, the samples stand for {}, {} {}: shares of sites are good, their \
             bytes are off by as much",
            stats.file,
            human(exact, "B"),
            human(sampled, "B"),
            share(apart.abs()),
            if apart < 0.0 { "less" } else { "more" },
        )
    })
}

fn outside(stats: &MemoryStats) -> Option<String> {
    let (resident, system) = (stats.resident_bytes_max? as f64, stats.system_bytes? as f64);
    (resident > system * (1.0 + OUTSIDE)).then(|| {
        format!(
            "{}: at its peak the process had {} in memory, {} more than Go took from the system: memory of C or mapped files, \
             which no Go profile shows",
            stats.file,
            human(resident, "B"),
            human(resident - system, "B"),
        )
    })
}
