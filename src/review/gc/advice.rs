//! What to set, with numbers.

use super::{GcTrace, Level, RuntimeFacts};
use crate::error::counted;
use crate::unit::{human, share};

/// GOGC when nobody sets it.
const DEFAULT_GOGC: f64 = 100.0;
/// The least heap goal at that setting in bytes.
const LEAST_GOAL: f64 = 4_194_304.0;
/// The GOGC that is worth a first try.
const TRIED_GOGC: f64 = 200.0;

/// Settings and hints, most important first; empty where nothing is called for.
pub(super) fn advice(facts: &RuntimeFacts) -> Vec<String> {
    let mut advice = Vec::new();
    if let Some(trace) = facts.tiny_heap() {
        advice.push(tiny_heap(trace, facts.limits.small_heap));
    } else if let Some(found) = facts.gc_share().filter(|s| s.level >= Level::Warn) {
        advice.push(costly(found.share.share, live_and_goal(facts)));
    }
    advice.extend(facts.traces.iter().filter_map(pauses));
    advice.extend(facts.traces.iter().filter_map(assists));
    advice.extend(forced(facts));
    advice.extend(held_back(facts));
    advice
}

/// A heap so small that it fills up all the time: the largest round GOGC that keeps it small. The least goal is 4 MiB
/// at GOGC=100 and grows with it.
fn tiny_heap(trace: &GcTrace, small: f64) -> String {
    let live = trace.live_bytes_median;
    let most = (small / LEAST_GOAL).min(small / live.max(1.0) - 1.0);
    let gogc = (most.floor() * 100.0).max(TRIED_GOGC);
    let goal = (live * (1.0 + gogc / 100.0)).max(LEAST_GOAL * gogc / 100.0);
    let room = (trace.goal_bytes_last - live).max(LEAST_GOAL / 4.0);
    format!(
        "The heap is tiny: {} collections per second with {} alive (median). GOGC={gogc} collects about {:.0} times less often \
         and lets the heap grow to about {}; GOGC=off with GOMEMLIMIT at the container's limit less 10 % collects only when \
         memory runs out.",
        human(trace.per_second.unwrap_or(0.0), ""),
        human(live, "B"),
        ((goal - live) / room).max(1.0),
        human(goal, "B"),
    )
}

/// Live heap and goal in bytes, from a trace or a MemStats block.
fn live_and_goal(facts: &RuntimeFacts) -> Option<(f64, f64)> {
    let of_trace = facts
        .traces
        .first()
        .map(|t| (t.live_bytes_last, t.goal_bytes_last));
    let of_stats = || {
        let goal = facts.memstats.iter().find_map(|m| m.next_goal_bytes)? as f64;
        Some((goal / (1.0 + DEFAULT_GOGC / 100.0), goal))
    };
    of_trace.or_else(of_stats).filter(|(live, _)| *live > 0.0)
}

/// Collecting costs much. GOGC=G makes the collector's work 100/G of that at 100 (the Go GC guide).
fn costly(gc: f64, heap: Option<(f64, f64)>) -> String {
    let saved = gc * (1.0 - DEFAULT_GOGC / TRIED_GOGC);
    let cost = match heap {
        Some((live, goal)) => format!(
            "a heap that grows to about {} instead of {}",
            human(live * (1.0 + TRIED_GOGC / 100.0), "B"),
            human(goal, "B")
        ),
        None => {
            "twice the memory above the live heap, which is not measured here: GODEBUG=gctrace=1 tells it"
                .to_string()
        }
    };
    format!(
        "Collecting takes {} of the CPU time. Allocating less comes first; without changing code, GOGC={TRIED_GOGC} saves up to {} \
         of the CPU time, if GOGC is 100 now, for {cost}. GOMEMLIMIT at the container's limit less 10 % keeps that safe.",
        share(gc),
        share(saved)
    )
}

fn pauses(trace: &GcTrace) -> Option<String> {
    (trace.pause_level >= Level::Warn).then(|| {
        format!(
            "The longest pause is {} (cycle {}). Pauses of more than a millisecond mostly mean that threads could not be stopped \
             or started in time: look for a machine with fewer free processors than GOMAXPROCS ({}).",
            human(trace.longest_pause_seconds, "sec"),
            trace.longest_pause_cycle,
            trace.processors
        )
    })
}

fn assists(trace: &GcTrace) -> Option<String> {
    let (of_mark, of_cpu) = trace.assist_of_mark.zip(trace.assist_of_cpu)?;
    (trace.assist_level >= Level::Warn).then(|| {
        format!(
            "Goroutines that allocate pay {} of the marking themselves, {} of all CPU time: requests wait for it. Spread bursts \
             of allocation, or give the heap more room by GOGC.",
            share(of_mark),
            share(of_cpu)
        )
    })
}

/// Somebody calls the collector.
fn forced(facts: &RuntimeFacts) -> Option<String> {
    let of_traces = facts.traces.iter().map(|t| (t.forced, t.cycles));
    let of_stats = facts.memstats.iter().filter_map(|m| m.forced.zip(m.cycles));
    let (forced, cycles) = of_traces.chain(of_stats).find(|(forced, _)| *forced > 0)?;
    Some(format!(
        "{} of {} were forced by `runtime.GC` or `debug.FreeOSMemory`. The testing package does so before each benchmark, and \
         /debug/pprof/heap?gc=1 at each request; any other caller should go.",
        forced,
        counted(cycles, "collection")
    ))
}

/// Free heap that the system does not have back: worth a word when it is large, and more than the heap in use.
fn held_back(facts: &RuntimeFacts) -> Option<String> {
    let large = |held: u64| held as f64 >= facts.limits.small_heap;
    let stats = facts.memstats.iter().find(|m| {
        m.held_back_bytes
            .zip(m.heap_bytes)
            .is_some_and(|(held, heap)| held > heap && large(held))
    })?;
    Some(format!(
        "{} of heap are free, but not given back to the system, more than the {} in use: a peak is behind it; flatten it, or set \
         GOMEMLIMIT so that memory goes back earlier.",
        human(stats.held_back_bytes? as f64, "B"),
        human(stats.heap_bytes? as f64, "B")
    ))
}
