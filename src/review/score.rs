//! The score, its arithmetic, and the verdict.

use super::resource::columns;
use super::{Context, Issue, Issues, MemorySite, Resource, Status, Target};
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

/// `unlisted` are points of hits of the audit that the review does not list.
/// `100 × (1 − R)`: R is the recoverable share of the measured resources, weighted, the middle of each interval.
pub(super) fn score(
    context: &Context<'_>,
    issues: &Issues,
    memory: &[MemorySite],
    allocation_cpu: Option<f64>,
    shows_leaks: bool,
    unlisted: f64,
) -> Score {
    let profiles = || context.evidence.profiles.iter().map(|input| &input.profile);
    let mut measured: Vec<Resource> = profiles().flat_map(columns).map(|c| c.resource).collect();
    // Waiting of either kind is contention; what found no leak has measured them.
    measured.extend(profiles().filter_map(|p| match p.kind() {
        Kind::Block | Kind::Mutex => Some(Resource::MutexDelay),
        _ => None,
    }));
    measured.extend(shows_leaks.then_some(Resource::LeakedGoroutines));
    // What a finding weighs was measured, by what the runtime printed if by no profile.
    let weighed = issues.all().filter(|i| i.heat.share > 0.0);
    measured.extend(weighed.map(|i| match i.heat.resource {
        // Those that hang are counted with those that leak.
        Resource::Goroutines => Resource::LeakedGoroutines,
        resource => resource,
    }));
    let present: Vec<_> = WEIGHTS.iter().filter(|w| measured.contains(&w.0)).collect();
    let sum: f64 = present.iter().map(|w| w.2).sum();
    let mut recoverable = 0.0;
    let mut parts = Vec::new();
    for (resource, name, weight) in present {
        let part = recoverable_share(*resource, issues, memory, allocation_cpu);
        recoverable += weight / sum * part;
        parts.push(format!("{name} {} × {:.3}", share(part), weight / sum));
    }
    let lost = points_without_heat(issues) + unlisted;
    let points = ((100.0 * (1.0 - recoverable)).round() - lost).clamp(0.0, 100.0);
    let less = match lost {
        0.0 => String::new(),
        lost => format!(
            "; less {lost} points for findings without a measured share (7, 3, 2, 0 for each that is critical, high, medium, low)"
        ),
    };
    let arithmetic = if parts.is_empty() {
        format!(
            "no profile with samples of a weighed resource was given, so nothing recoverable was measured: 100 × (1 − 0){less}"
        )
    } else {
        format!(
            "100 × (1 − R), rounded, R = {} = {:.2} %{less}",
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

/// Points for findings that no measurement weighs.
fn points_without_heat(issues: &Issues) -> f64 {
    let count = |list: &[Issue]| list.iter().filter(|i| i.heat.share == 0.0).count() as f64;
    7.0 * count(&issues.critical) + 3.0 * count(&issues.high) + 2.0 * count(&issues.medium)
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
        let of_issue = |i: &Issue| {
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

/// `1.3x–1.9x throughput (23–47 % less time per operation), 35–60 % memory reduction`, lower end first: of the benchmarks
/// where targets tell it, else of the whole CPU time and all allocated bytes. The lower end is the first finding alone; the
/// upper one is `at_most` of the CPU time. `unclaimed` is the part of it that allocates and that no symptom counts: the same
/// that the score is made from.
pub(super) fn estimate(
    issues: &Issues,
    memory: &[MemorySite],
    unclaimed: Option<f64>,
    at_most: Option<f64>,
    targets: &[Target],
) -> String {
    let mut parts = Vec::new();
    let of_collector = super::gc::estimate(issues);
    let time = of_targets(targets, "sec/op").map(|saved| (saved, "time per operation"));
    let cpu = || {
        let (all_low, all_high) = cpu_gain(issues, memory, unclaimed);
        let first = issues
            .all()
            .find(|i| i.heat.resource == Resource::Cpu && i.expected_gain.low > 0.0);
        let low = first.map_or(all_low, |i| i.expected_gain.low);
        ((low, all_high.max(at_most.unwrap_or(0.0))), "CPU time")
    };
    let (saved, what) = time.unwrap_or_else(cpu);
    match of_collector {
        // The collector as a whole is a finding only where no CPU profile tells more.
        Some(of_collector) if what == "CPU time" => parts.push(of_collector),
        _ if saved.1 >= LEAST_TOLD => parts.push(format!(
            "{} throughput ({} less {what})",
            factors(saved),
            percents(saved)
        )),
        _ => {}
    }
    let bytes = of_targets(targets, "B/op").unwrap_or_else(|| gain(issues, Resource::AllocatedBytes));
    if bytes.1 >= LEAST_TOLD {
        parts.push(format!("{} memory reduction (allocated bytes)", percents(bytes)));
    }
    parts.extend(of_goroutines(issues));
    if parts.is_empty() {
        "none that was measured".to_string()
    } else {
        parts.join(", ")
    }
}

/// Parts below this are not told.
const LEAST_TOLD: f64 = 0.005;

/// The smallest and the largest saved part among the benchmarks.
fn of_targets(targets: &[Target], unit: &str) -> Option<(f64, f64)> {
    let expected = |t: &Target| t.expected.map(|e| (1.0 - e.high / t.now, 1.0 - e.low / t.now));
    let all = targets.iter().filter(|t| t.unit == unit && t.now > 0.0);
    let widest = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
    all.filter_map(expected).reduce(widest)
}

/// How many times as much is done in the same time.
fn factors((low, high): (f64, f64)) -> String {
    let factor = |saved: f64| match 1.0 / (1.0 - saved).max(0.001) {
        large if large >= 10.0 => format!("{large:.0}x"),
        small => format!("{small:.1}x"),
    };
    format!("{}–{}", factor(low), factor(high))
}

fn percents((low, high): (f64, f64)) -> String {
    format!("{:.0}–{:.0} %", low * 100.0, high * 100.0)
}

fn of_goroutines(issues: &Issues) -> Vec<String> {
    let count = |rule: &str| issues.all().filter(|i| i.rule == rule).count() as u64;
    let leaked = count("goroutine-leak");
    let suspected = count("goroutine-growth") + count("goroutine-stuck");
    let mended = (leaked > 0).then(|| format!("{} mended", counted(leaked, "leaking line")));
    let to_see = (suspected > 0).then(|| format!("{} to look into", counted(suspected, "suspected leak")));
    mended.into_iter().chain(to_see).collect()
}
