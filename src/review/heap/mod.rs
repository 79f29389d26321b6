//! The heap as a whole: how fast it is filled, what it holds, what grows.

mod findings;
mod growth;
mod model;
#[cfg(test)]
mod tests;

use super::resource::{Column, columns};
use super::{BenchmarkFacts, Context, Level, MemorySite, ProfileInput, Resource};
use crate::analyze::{AllocSite, FamilySet, alloc_sites, families_of};
use crate::error::printable;
use crate::profile::{Kind, MemValue, Profile};
use crate::unit::human;

pub(super) use findings::{caveats, issues, recommendation};
pub use model::*;

/// GOGC when nobody sets it.
const GOGC: f64 = 100.0;
/// The least stack of a goroutine in bytes.
const LEAST_STACK: f64 = 2048.0;

/// What the heap profile with the most in use tells; `None` without one.
pub(super) fn facts(
    context: &Context<'_>,
    memory: &[MemorySite],
    benchmarks: &[BenchmarkFacts],
) -> Option<HeapFacts> {
    let (input, live) = heap_input(context)?;
    let profile = &input.profile;
    let allocated_bytes = profile.type_named("alloc_space").map_or(0, |i| profile.total(i));
    let limits = context.policy.heap;
    let per_live = (live.total > 0).then(|| allocated_bytes as f64 / live.total as f64);
    let series = growth::series(context);
    // Of next to nothing in use shares say nothing, and the least heap goal rules.
    let matters = live.total >= context.policy.symptoms.least_live_bytes;
    Some(HeapFacts {
        file: input.name.clone(),
        allocated_bytes,
        live_bytes: live.total,
        allocated_per_live: per_live,
        reading: reading(per_live, &limits),
        rates: rates(context, benchmarks),
        live_sites: if matters {
            live_sites(context, profile, &live)
        } else {
            Vec::new()
        },
        tiny_sites: tiny_sites(memory, &limits),
        resident: matters.then(|| resident(context, live.total)),
        series,
        limits,
    })
}

fn heap_input<'a>(context: &'a Context<'_>) -> Option<(&'a ProfileInput, Column)> {
    let of_heap = context.evidence.profiles.iter().filter_map(|input| {
        let live = |c: &Column| c.resource == Resource::LiveBytes;
        Some((input, columns(&input.profile).into_iter().find(live)?))
    });
    of_heap.max_by_key(|(_, live)| live.total)
}

fn reading(per_live: Option<f64>, limits: &HeapLimits) -> HeapReading {
    match per_live {
        Some(ratio) if ratio <= limits.kept => HeapReading::Kept,
        Some(ratio) if ratio < limits.short_lived => HeapReading::Mixed,
        _ => HeapReading::ShortLived,
    }
}

/// How fast memory is allocated: each benchmark, and each stretch between profiles of one process.
fn rates(context: &Context<'_>, benchmarks: &[BenchmarkFacts]) -> Vec<AllocationRate> {
    let of_benchmarks = benchmarks.iter().filter_map(|b| {
        let metric = |unit: &str| b.metrics.iter().find(|m| m.unit == unit).map(|m| m.median);
        let (bytes, seconds) = metric("B/op").zip(metric("sec/op"))?;
        let arithmetic = format!("{} per operation ÷ {}", human(bytes, "B"), human(seconds, "sec"));
        (seconds > 0.0).then(|| {
            rate(
                context,
                format!("Benchmark{}", b.name),
                arithmetic,
                bytes / seconds,
            )
        })
    });
    let pairs = context.evidence.heap_profiles.windows(2);
    let between = pairs.filter_map(|pair| {
        let seconds = growth::seconds(&pair[0].profile, &pair[1].profile)?;
        let total = |p: &Profile| Some(p.total(p.type_named("alloc_space")?));
        let bytes = total(&pair[1].profile)?.saturating_sub(total(&pair[0].profile)?) as f64;
        let of = format!("{} to {}", pair[0].name, pair[1].name);
        let arithmetic = format!("{} more in {}", human(bytes, "B"), human(seconds, "sec"));
        Some(rate(context, of, arithmetic, bytes / seconds))
    });
    between.chain(of_benchmarks).collect()
}

fn rate(context: &Context<'_>, of: String, arithmetic: String, bytes_per_second: f64) -> AllocationRate {
    let [high, critical] = context.policy.gc.allocation_rate;
    AllocationRate {
        of,
        arithmetic,
        bytes_per_second,
        level: match bytes_per_second {
            rate if rate >= critical => Level::Critical,
            rate if rate >= high => Level::High,
            _ => Level::Fine,
        },
    }
}

fn live_sites(context: &Context<'_>, profile: &Profile, live: &Column) -> Vec<LiveSite> {
    let source = context.source_lines();
    let limits = context.policy.heap;
    let mut sites = alloc_sites(profile, context.prefix.as_deref());
    sites.sort_by(|a, b| b.live_bytes.cmp(&a.live_bytes).then_with(|| a.node.cmp(&b.node)));
    let site = |site: &AllocSite| {
        let share = live.share(site.live_bytes);
        let through = site.through.first().map_or_else(String::new, |t| t.0.clone());
        LiveSite {
            function: printable(&site.node.function),
            file: printable(&site.node.file),
            line: site.node.line,
            source: source.text(&site.node),
            meaning: meaning(&through),
            through,
            bytes: site.live_bytes,
            objects: site.live_objects,
            level: level(share.share, limits.live_levels),
            share,
        }
    };
    let all = sites.iter().filter(|s| s.live_bytes > 0).map(site);
    all.take_while(|s| s.level > Level::Fine)
        .take(context.policy.most_lines)
        .collect()
}

fn level(share: f64, [warn, high, critical]: [f64; 3]) -> Level {
    match share {
        s if s >= critical => Level::Critical,
        s if s >= high => Level::High,
        s if s >= warn => Level::Warn,
        _ => Level::Fine,
    }
}

/// What it means that memory made by a function is held, by the catalogue.
fn meaning(through: &str) -> String {
    let families = families_of(through.as_bytes());
    let known = super::held().find(|s| families.meets(FamilySet::of(s.families)));
    known.map_or_else(String::new, |s| format!("{}: {}", s.title, s.diagnosis))
}

/// Sites whose share of the objects is far above that of the bytes.
fn tiny_sites(memory: &[MemorySite], limits: &HeapLimits) -> Vec<TinySite> {
    let is_tiny = |s: &&MemorySite| {
        s.objects_share >= limits.tiny_share && s.objects_share >= limits.tiny_ratio * s.share.share
    };
    let mut sites: Vec<TinySite> = memory.iter().filter(is_tiny).map(tiny).collect();
    sites.sort_by(|a, b| {
        b.objects
            .cmp(&a.objects)
            .then_with(|| (&a.file, a.line).cmp(&(&b.file, b.line)))
    });
    sites
}

fn tiny(site: &MemorySite) -> TinySite {
    TinySite {
        function: site.function.clone(),
        file: site.file.clone(),
        line: site.line,
        source: site.source.clone(),
        objects_share: site.objects_share,
        bytes_share: site.share.share,
        objects: site.objects,
        mean_size: site.mean_size,
    }
}

/// Bytes in use and what may be added to them before the next collection, and stacks.
fn resident(context: &Context<'_>, live: i64) -> ResidentEstimate {
    let goroutines = goroutines(context);
    let counted = context
        .evidence
        .profiles
        .iter()
        .find_map(|p| match p.profile.memstats.get("MaxRSS") {
            Some(MemValue::Integer(bytes)) => Some(*bytes),
            _ => None,
        });
    ResidentEstimate {
        gogc: GOGC,
        heap_bytes: live as f64 * (1.0 + GOGC / 100.0),
        goroutines,
        stack_bytes: goroutines.map_or(0.0, |n| n as f64 * LEAST_STACK),
        counted_bytes: counted,
    }
}

/// Goroutines at the last moment that an input tells.
fn goroutines(context: &Context<'_>) -> Option<u64> {
    let evidence = context.evidence;
    let is_meant = |p: &&ProfileInput| p.profile.kind() == Kind::Goroutine;
    let single = evidence.goroutine_profiles.iter().rfind(is_meant);
    let profile = single
        .or_else(|| evidence.profiles.iter().find(is_meant))
        .map(|p| &p.profile);
    let of_dump = evidence.dumps.last().map(|d| d.dump.goroutines.len() as u64);
    let of_profile = profile.and_then(|p| u64::try_from(p.total(p.default_type())).ok());
    of_dump.or(of_profile)
}
