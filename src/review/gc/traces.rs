//! gctrace, schedtrace and inittrace as facts with levels.

use super::{GcTrace, HeapGrowth, InitPackage, InitTrace, Level, SchedulerTrace, level, level3};
use crate::analyze::is_std;
use crate::review::{Context, GcLimits};
use crate::runtime_trace::{GcFacts, InitCost, LiveGrowth, gc_facts, processes, sched_facts};

/// The process with the most collections of each input, and the share that its last line tells.
pub(super) fn collections(context: &Context<'_>) -> Vec<(GcTrace, f64)> {
    let limits = context.policy.gc;
    let of_input = |input: &crate::review::RuntimeInput| {
        let processes = processes(&input.trace);
        let longest = processes.iter().rev().max_by_key(|p| p.len())?;
        let facts = gc_facts(longest)?;
        let trace = trace(&input.name, processes.len() as u64, &facts, &limits);
        Some((trace, facts.cpu_share))
    };
    context.evidence.runtime.iter().filter_map(of_input).collect()
}

fn trace(file: &str, processes: u64, facts: &GcFacts, limits: &GcLimits) -> GcTrace {
    let small = facts.live_bytes_max < limits.small_heap;
    let enough = facts.cycles.saturating_sub(facts.forced) >= limits.fewest_cycles;
    let often = enough && facts.per_second.is_some_and(|rate| rate >= limits.per_second);
    let [warn, high] = limits.pause;
    GcTrace {
        file: file.to_string(),
        processes,
        cycles: facts.cycles,
        forced: facts.forced,
        seconds: facts.seconds,
        per_second: facts.per_second,
        per_second_level: if often && small { Level::High } else { Level::Fine },
        allocation_rate: facts.allocation_rate,
        allocation_rate_error: facts.allocation_rate_error,
        allocation_level: allocation_level(facts, limits),
        longest_pause_seconds: facts.longest_pause_seconds,
        longest_pause_cycle: facts.longest_pause_cycle,
        pause_level: pause_level(facts.longest_pause_seconds, [warn, high]),
        assist_of_mark: facts.assist_of_mark,
        assist_of_cpu: facts.assist_of_cpu,
        assist_level: level3(facts.assist_of_cpu.unwrap_or(0.0), limits.assist),
        live_bytes_max: facts.live_bytes_max,
        live_bytes_median: facts.live_bytes_median,
        live_bytes_last: facts.live_bytes_last,
        goal_bytes_last: facts.goal_bytes_last,
        growth: facts.growth.map(|g| growth(&g, facts.live_bytes_last, limits)),
        processors: facts.processors,
    }
}

/// Of the least rate that the rounding of the trace allows.
fn allocation_level(facts: &GcFacts, limits: &GcLimits) -> Level {
    let least = facts.allocation_rate.unwrap_or(0.0) - facts.allocation_rate_error;
    let [high, critical] = limits.allocation_rate;
    level(least, &[(critical, Level::Critical), (high, Level::High)])
}

/// Longer than the threshold, not equal to it.
pub(super) fn pause_level(seconds: f64, [warn, high]: [f64; 2]) -> Level {
    level(
        seconds,
        &[(high.next_up(), Level::High), (warn.next_up(), Level::Warn)],
    )
}

fn growth(line: &LiveGrowth, live: f64, limits: &GcLimits) -> HeapGrowth {
    let added_share = if live > 0.0 {
        line.bytes_per_second * line.seconds / live
    } else {
        0.0
    };
    let clear = |slope: f64, error: f64| slope > limits.growth_errors * error;
    HeapGrowth {
        bytes_per_second: line.bytes_per_second,
        standard_error: line.standard_error,
        added_share,
        suspected: clear(line.bytes_per_second, line.standard_error)
            && clear(line.later_bytes_per_second, line.later_standard_error)
            && added_share >= limits.growth_share,
    }
}

/// The scheduler of each input that tells of it.
pub(super) fn scheduler(context: &Context<'_>) -> Vec<SchedulerTrace> {
    let inputs = context.evidence.runtime.iter();
    let of_input = |input: &crate::review::RuntimeInput| {
        let facts = sched_facts(&input.trace.scheduler)?;
        Some(SchedulerTrace {
            file: input.name.clone(),
            lines: facts.lines,
            crowded: facts.crowded,
            busy: facts.busy,
            longest_queue: facts.longest_queue,
            threads_max: facts.threads_max,
            processors: facts.processors,
            starved: facts.crowded > facts.lines / 2,
        })
    };
    inputs.filter_map(of_input).collect()
}

/// The start-up of each input that tells of it.
pub(super) fn inits(context: &Context<'_>) -> Vec<InitTrace> {
    let inputs = context.evidence.runtime.iter();
    let told = inputs.filter(|input| !input.trace.inits.is_empty());
    told.map(|input| init(&input.name, &input.trace.inits, &context.policy.gc))
        .collect()
}

fn init(file: &str, costs: &[InitCost], limits: &GcLimits) -> InitTrace {
    let standard = || costs.iter().filter(|c| is_std(&c.package));
    let is_dear =
        |c: &&InitCost| !is_std(&c.package) && (c.clock_ms >= limits.init_ms || c.bytes >= limits.init_bytes);
    let mut packages: Vec<InitPackage> = costs
        .iter()
        .filter(is_dear)
        .map(|c| InitPackage {
            package: c.package.clone(),
            clock_ms: c.clock_ms,
            bytes: c.bytes,
            objects: c.objects,
        })
        .collect();
    packages.sort_by(|a, b| {
        b.clock_ms
            .total_cmp(&a.clock_ms)
            .then_with(|| a.package.cmp(&b.package))
    });
    InitTrace {
        file: file.to_string(),
        clock_ms: costs.iter().map(|c| c.clock_ms).sum(),
        bytes: costs.iter().map(|c| c.bytes).fold(0, u64::saturating_add),
        standard_packages: standard().count() as u64,
        standard_ms: standard().map(|c| c.clock_ms).sum(),
        packages,
    }
}
