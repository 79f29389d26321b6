//! Targets: numbers to be reached, with the arithmetic that leads to them.

use super::{BenchmarkFacts, Context, Issues, LineFacts, Target};
use crate::unit::{human, share};

/// For each benchmark whose lines carry findings: the allocations, bytes and time that are left when each
/// finding saves what it saves at least.
pub(super) fn targets(
    context: &Context<'_>,
    benchmarks: &[BenchmarkFacts],
    issues: &Issues,
    allocation_cpu: Option<f64>,
) -> Vec<Target> {
    let low = context.policy.allocation_saving.low;
    let mut targets = Vec::new();
    for benchmark in benchmarks {
        let charged = |l: &&LineFacts| {
            issues.all().any(|i| {
                i.rule == "alloc-churn" && i.line == l.line && i.file == l.file && i.function == l.function
            })
        };

        let lines: Vec<&LineFacts> = benchmark.lines.iter().filter(charged).collect();
        let objects: f64 = lines.iter().filter_map(|l| l.objects).map(|e| e.value).sum();
        let bytes: f64 = lines.iter().filter_map(|l| l.bytes).map(|e| e.value).sum();
        targets.extend(saved(benchmark, "allocs/op", objects, low));
        targets.extend(saved(benchmark, "B/op", bytes, low));
        targets.extend(faster(benchmark, objects, low, allocation_cpu));
    }
    targets
}

fn saved(benchmark: &BenchmarkFacts, unit: &str, found: f64, low: f64) -> Option<Target> {
    let now = median(benchmark, unit).filter(|now| *now > 0.0 && found > 0.0)?;
    // Objects and bytes per operation are whole numbers.
    let goal = (now - found * low).max(0.0).ceil();
    let arithmetic = format!(
        "{} are allocated at lines with findings; saving {} of that, the lower end of the rule of thumb: {} − {} × {low}",
        amount(found, unit),
        share(low),
        amount(now, unit),
        amount(found, unit),
    );
    Some(target(benchmark, unit, now, goal, arithmetic))
}

/// Time falls with the objects: their saved part of the measured time below the allocator.
fn faster(benchmark: &BenchmarkFacts, objects: f64, low: f64, allocation_cpu: Option<f64>) -> Option<Target> {
    let now = median(benchmark, "sec/op").filter(|now| *now > 0.0)?;
    let all = median(benchmark, "allocs/op").filter(|all| *all > 0.0 && objects > 0.0)?;
    let cpu = allocation_cpu.filter(|cpu| *cpu > 0.0)?;
    let part = (objects / all).min(1.0) * low * cpu;
    // A gain that drowns in the noise between runs is no target.
    benchmark.log_sd.filter(|noise| part >= *noise)?;
    let arithmetic = format!(
        "allocating takes {} of the CPU time; saving {} of the objects, the lower end of the rule of thumb, saves {} of the time",
        share(cpu),
        share((objects / all).min(1.0) * low),
        share(part)
    );
    Some(target(benchmark, "sec/op", now, now * (1.0 - part), arithmetic))
}

fn target(benchmark: &BenchmarkFacts, unit: &str, now: f64, goal: f64, mut arithmetic: String) -> Target {
    if benchmark.shared_by > 1 {
        arithmetic.push_str(&format!(
            "; the lines' parts are those of all {} benchmarks that run this function",
            benchmark.shared_by
        ));
    }
    Target {
        subject: format!("Benchmark{}", benchmark.name),
        package: benchmark.package.clone(),
        unit: unit.to_string(),
        now,
        goal,
        arithmetic,
        check: if unit == "sec/op" {
            "old and new code measured in turn on one machine, without profiles: the new median is at or below the goal, \
             and the difference to the old one is significant"
                .to_string()
        } else {
            "the new median is at or below the goal".to_string()
        },
        met: false,
    }
}

fn amount(value: f64, unit: &str) -> String {
    format!(
        "{}{}",
        human(value, unit),
        if unit == "allocs/op" { " objects" } else { "" }
    )
}

fn median(benchmark: &BenchmarkFacts, unit: &str) -> Option<f64> {
    benchmark
        .metrics
        .iter()
        .find(|m| m.unit == unit)
        .map(|m| m.median)
}
