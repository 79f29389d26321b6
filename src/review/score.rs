//! The score, its arithmetic, and the verdict.

use super::resource::columns;
use super::{Context, Issues, MemorySite, Resource, Status};
use crate::error::counted;
use crate::profile::Kind;
use crate::unit::share;

/// What each resource weighs among those that were measured.
const WEIGHTS: [(Resource, &str, f64); 5] = [
    (Resource::Cpu, "CPU", 0.5),
    (Resource::AllocatedBytes, "allocated bytes", 0.2),
    (Resource::LiveBytes, "live bytes", 0.1),
    (Resource::MutexDelay, "contention", 0.1),
    (Resource::LeakedGoroutines, "goroutines", 0.1),
];

/// Points, verdict and how the points come about.
pub(super) struct Score {
    pub points: f64,
    pub status: Status,
    pub arithmetic: String,
}

/// `100 × (1 − R)`: R is the recoverable share of the measured resources, weighted, the middle of each interval.
pub(super) fn score(
    context: &Context<'_>,
    issues: &Issues,
    memory: &[MemorySite],
    allocation_cpu: Option<f64>,
    shows_leaks: bool,
) -> Score {
    let profiles = || context.evidence.profiles.iter().map(|input| &input.profile);
    let mut measured: Vec<Resource> = profiles().flat_map(columns).map(|c| c.resource).collect();
    // Waiting of either kind is contention; what found no leak has measured them.
    measured.extend(profiles().filter_map(|p| match p.kind() {
        Kind::Block | Kind::Mutex => Some(Resource::MutexDelay),
        _ => None,
    }));
    measured.extend(shows_leaks.then_some(Resource::LeakedGoroutines));
    let present: Vec<_> = WEIGHTS.iter().filter(|w| measured.contains(&w.0)).collect();
    let sum: f64 = present.iter().map(|w| w.2).sum();
    let mut recoverable = 0.0;
    let mut parts = Vec::new();
    for (resource, name, weight) in present {
        let part = recoverable_share(*resource, issues, memory, allocation_cpu);
        recoverable += weight / sum * part;
        parts.push(format!("{name} {} × {:.3}", share(part), weight / sum));
    }
    let points = (100.0 * (1.0 - recoverable)).round().clamp(0.0, 100.0);
    let arithmetic = if parts.is_empty() {
        "no profile with samples of a weighed resource was given, so nothing recoverable was measured: 100 × (1 − 0)"
            .to_string()
    } else {
        format!(
            "100 × (1 − R), rounded, R = {} = {:.2} %",
            parts.join(" + "),
            recoverable * 100.0
        )
    };
    let severe = !issues.critical.is_empty() || !issues.high.is_empty();
    let status = if severe {
        Status::NeedsOptimization
    } else {
        Status::Pass
    };
    Score {
        points,
        status,
        arithmetic,
    }
}

/// The middle of what the findings would save of a resource; each sample stands behind one of them.
fn recoverable_share(
    resource: Resource,
    issues: &Issues,
    memory: &[MemorySite],
    allocation_cpu: Option<f64>,
) -> f64 {
    match resource {
        Resource::Cpu => middle(cpu_gain(issues, memory, allocation_cpu)),
        _ => middle(gain(issues, resource)),
    }
}

fn middle((low, high): (f64, f64)) -> f64 {
    f64::midpoint(low, high)
}

/// What all findings of a resource save together, low and high.
fn gain(issues: &Issues, resource: Resource) -> (f64, f64) {
    // Leaks are a part of the leaked goroutines, or of all where these are known.
    let is_meant = |found: Resource| {
        found == resource || (resource == Resource::LeakedGoroutines && found == Resource::Goroutines)
    };
    let of_resource = || issues.all().filter(|i| is_meant(i.heat.resource));
    let low: f64 = of_resource().map(|i| i.expected_gain.low).sum();
    let high: f64 = of_resource().map(|i| i.expected_gain.high).sum();
    (low.min(1.0), high.min(1.0))
}

/// What the symptoms save, and that fewer objects are allocated in less time: the part of the objects that the findings
/// save, of the processor time below the allocator that no symptom counts.
fn cpu_gain(issues: &Issues, memory: &[MemorySite], allocation_cpu: Option<f64>) -> (f64, f64) {
    let saved = |pick: fn(&super::Interval) -> f64| -> f64 {
        let of_issue = |i: &super::Issue| {
            let site = memory
                .iter()
                .find(|s| s.function == i.function && s.line == i.line && s.file == i.file);
            let part = if i.heat.share > 0.0 {
                pick(&i.expected_gain) / i.heat.share
            } else {
                0.0
            };
            site.map_or(0.0, |s| s.objects_share * part)
        };
        issues
            .all()
            .filter(|i| i.rule == "alloc-churn")
            .map(of_issue)
            .sum()
    };
    let cpu = allocation_cpu.unwrap_or(0.0);
    let (low, high) = gain(issues, Resource::Cpu);
    (
        (low + saved(|i| i.low) * cpu).min(1.0),
        (high + saved(|i| i.high) * cpu).min(1.0),
    )
}

/// `35–60 % fewer allocated bytes`, lower end first. `unclaimed` is the part of the CPU time that allocates and that no
/// symptom counts: the same that the score is made from.
pub(super) fn estimate(issues: &Issues, memory: &[MemorySite], unclaimed: Option<f64>) -> String {
    let (low, high) = gain(issues, Resource::AllocatedBytes);
    let count = |rule: &str| issues.all().filter(|i| i.rule == rule).count();
    let leaked = count("goroutine-leak");
    let suspected = count("goroutine-growth") + count("goroutine-stuck");
    let mut parts = Vec::new();
    if high > 0.0 {
        parts.push(format!(
            "{:.0}–{:.0} % fewer allocated bytes",
            low * 100.0,
            high * 100.0
        ));
    }
    let (low, high) = cpu_gain(issues, memory, unclaimed);
    // The collector as a whole is a finding only where no CPU profile tells more.
    match super::gc::estimate(issues) {
        Some(of_collector) => parts.push(of_collector),
        None if high > 0.0 => parts.push(format!("{:.0}–{:.0} % less CPU time", low * 100.0, high * 100.0)),
        None => {}
    }
    if leaked > 0 {
        parts.push(format!("{} mended", counted(leaked as u64, "leaking line")));
    }
    if suspected > 0 {
        parts.push(format!(
            "{} to look into",
            counted(suspected as u64, "suspected leak")
        ));
    }
    if parts.is_empty() {
        "none that was measured".to_string()
    } else {
        parts.join(", ")
    }
}
