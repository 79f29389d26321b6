//! What follows from many lines.

use super::{GcCycle, RuntimeTrace, SchedState};

/// Bytes of the runtime's `MB`.
const MIB: f64 = 1_048_576.0;
/// Fewest cycles through which a line is laid.
const FEWEST: usize = 8;

/// The collections of each process that wrote into a text, in its order: a new one begins where the numbers or the
/// times start again.
pub fn processes(trace: &RuntimeTrace) -> Vec<&[GcCycle]> {
    let goes_on = |a: &GcCycle, b: &GcCycle| b.number > a.number && b.at_seconds >= a.at_seconds;
    trace.collections.chunk_by(goes_on).collect()
}

/// The collections of one process together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GcFacts {
    /// Number of lines.
    pub cycles: u64,
    /// Those that the program asked for.
    pub forced: u64,
    /// Seconds since the start of the process at the last line.
    pub seconds: f64,
    /// Part of the processor time since the start that went into collecting, as the last line tells it.
    pub cpu_share: f64,
    /// Unforced collections per second between the first line and the last; `None` for fewer than two.
    pub per_second: Option<f64>,
    /// Bytes per second allocated between the lines; `None` where no two lines follow each other.
    pub allocation_rate: Option<f64>,
    /// How far the rounding to MiB may put that off, in bytes per second.
    pub allocation_rate_error: f64,
    /// The longest pause in seconds, and the number of its cycle.
    pub longest_pause_seconds: f64,
    /// Its cycle.
    pub longest_pause_cycle: u64,
    /// Part of the processor time of marking that goroutines paid because they allocated, 0 to 1; `None` where no
    /// marking took time.
    pub assist_of_mark: Option<f64>,
    /// The same as a part of all processor time since the start.
    pub assist_of_cpu: Option<f64>,
    /// Largest live heap in bytes.
    pub live_bytes_max: f64,
    /// Median of the live heap over all cycles in bytes.
    pub live_bytes_median: f64,
    /// Live heap of the last cycle in bytes.
    pub live_bytes_last: f64,
    /// Goal of the last cycle in bytes.
    pub goal_bytes_last: f64,
    /// How the live heap moves; `None` for fewer than eight unforced cycles.
    pub growth: Option<LiveGrowth>,
    /// GOMAXPROCS at the last line.
    pub processors: u64,
}

/// A straight line by least squares through the live heap of unforced cycles over time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LiveGrowth {
    /// Slope in bytes per second.
    pub bytes_per_second: f64,
    /// Its standard error, at the least that of the rounding to MiB.
    pub standard_error: f64,
    /// The same slope for the later half of the cycles alone: a program that has warmed up is flat there.
    pub later_bytes_per_second: f64,
    /// Its standard error.
    pub later_standard_error: f64,
    /// Seconds from the first of the cycles to the last.
    pub seconds: f64,
}

/// The facts of the cycles of one process; `None` without cycles.
pub fn gc_facts(cycles: &[GcCycle]) -> Option<GcFacts> {
    let last = cycles.last()?;
    let unforced: Vec<&GcCycle> = cycles.iter().filter(|c| !c.forced).collect();
    let worst = cycles
        .iter()
        .max_by(|a, b| a.longest_pause_ms().total_cmp(&b.longest_pause_ms()))?;
    let (allocation_rate, allocation_rate_error) = allocation_rate(cycles).unzip();
    let live = |c: &GcCycle| c.heap_live_mib as f64 * MIB;
    Some(GcFacts {
        cycles: cycles.len() as u64,
        forced: (cycles.len() - unforced.len()) as u64,
        seconds: last.at_seconds,
        cpu_share: last.cpu_share,
        per_second: per_second(&unforced),
        allocation_rate,
        allocation_rate_error: allocation_rate_error.unwrap_or(0.0),
        longest_pause_seconds: worst.longest_pause_ms() / 1e3,
        longest_pause_cycle: worst.number,
        assist_of_mark: assist_of_mark(cycles),
        assist_of_cpu: assist_of_cpu(cycles),
        live_bytes_max: cycles.iter().map(live).fold(0.0, f64::max),
        live_bytes_median: crate::stats::median(&cycles.iter().map(live).collect::<Vec<_>>()),
        live_bytes_last: live(last),
        goal_bytes_last: last.goal_mib as f64 * MIB,
        growth: growth(&unforced),
        processors: last.processors,
    })
}

fn per_second(unforced: &[&GcCycle]) -> Option<f64> {
    let (first, last) = (unforced.first()?, unforced.last()?);
    let seconds = last.at_seconds - first.at_seconds;
    // The numbers count cycles whose lines are missing, but forced ones too.
    (seconds > 0.0).then(|| (unforced.len() - 1) as f64 / seconds)
}

/// Σ (start of a cycle − live heap of the one before) ÷ Δt, over cycles that follow each other, and its rounding
/// error: a start and a live heap are rounded down each, so that a difference is off by less than a MiB.
fn allocation_rate(cycles: &[GcCycle]) -> Option<(f64, f64)> {
    let pairs = cycles.windows(2).filter_map(|pair| match pair {
        [a, b] if b.number == a.number.saturating_add(1) => Some((a, b)),
        _ => None,
    });
    let (mut bytes, mut seconds, mut count) = (0.0, 0.0, 0_u64);
    for (a, b) in pairs {
        bytes += b.heap_start_mib.saturating_sub(a.heap_live_mib) as f64 * MIB;
        seconds += b.at_seconds - a.at_seconds;
        count += 1;
    }
    (seconds > 0.0).then(|| (bytes / seconds, (count as f64).sqrt() * MIB / seconds))
}

fn assist_of_mark(cycles: &[GcCycle]) -> Option<f64> {
    let assist: f64 = cycles.iter().map(|c| c.cpu_assist_ms).sum();
    let others: f64 = cycles.iter().map(|c| c.cpu_background_ms + c.cpu_idle_ms).sum();
    (assist + others > 0.0).then(|| assist / (assist + others))
}

fn assist_of_cpu(cycles: &[GcCycle]) -> Option<f64> {
    let last = cycles.last()?;
    let assist: f64 = cycles.iter().map(|c| c.cpu_assist_ms).sum();
    let available = last.at_seconds * 1e3 * last.processors as f64;
    (available > 0.0).then(|| (assist / available).min(1.0))
}

fn growth(unforced: &[&GcCycle]) -> Option<LiveGrowth> {
    if unforced.len() < FEWEST {
        return None;
    }
    let (bytes_per_second, standard_error) = slope(unforced)?;
    let later = unforced.get(unforced.len() / 2..)?;
    let (later_bytes_per_second, later_standard_error) = slope(later)?;
    let (first, last) = (unforced.first()?, unforced.last()?);
    Some(LiveGrowth {
        bytes_per_second,
        standard_error,
        later_bytes_per_second,
        later_standard_error,
        seconds: last.at_seconds - first.at_seconds,
    })
}

/// Slope of the live heap over time and its standard error, in bytes per second. `None` where all stand at one time.
fn slope(cycles: &[&GcCycle]) -> Option<(f64, f64)> {
    let n = cycles.len() as f64;
    let points = || cycles.iter().map(|c| (c.at_seconds, c.heap_live_mib as f64));
    let (mean_x, mean_y) = (
        points().map(|p| p.0).sum::<f64>() / n,
        points().map(|p| p.1).sum::<f64>() / n,
    );
    let sxx: f64 = points().map(|p| (p.0 - mean_x).powi(2)).sum();
    let sxy: f64 = points().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    if sxx <= 0.0 || n < 3.0 {
        return None;
    }
    let slope = sxy / sxx;
    let residual = |p: (f64, f64)| (p.1 - mean_y - slope * (p.0 - mean_x)).powi(2);
    // The rounding alone has a variance of 1/12 MiB².
    let variance = (points().map(residual).sum::<f64>() / (n - 2.0)).max(1.0 / 12.0);
    Some((slope * MIB, (variance / sxx).sqrt() * MIB))
}

/// The lines of schedtrace together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SchedFacts {
    /// Number of lines.
    pub lines: u64,
    /// Lines in which the global queue is longer than there are processors.
    pub crowded: u64,
    /// Lines in which no processor is idle.
    pub busy: u64,
    /// The longest global queue.
    pub longest_queue: u64,
    /// Most threads.
    pub threads_max: u64,
    /// GOMAXPROCS at the last line.
    pub processors: u64,
    /// Milliseconds since the start at the last line.
    pub at_ms: u64,
}

/// The facts of all lines; `None` without lines.
pub fn sched_facts(states: &[SchedState]) -> Option<SchedFacts> {
    let last = states.last()?;
    let count = |is: fn(&&SchedState) -> bool| states.iter().filter(is).count() as u64;
    let most = |of: fn(&SchedState) -> u64| states.iter().map(of).max().unwrap_or(0);
    Some(SchedFacts {
        lines: states.len() as u64,
        crowded: count(|s| s.run_queue > s.processors),
        busy: count(|s| s.idle_processors == 0),
        longest_queue: most(|s| s.run_queue),
        threads_max: most(|s| s.threads),
        processors: last.processors,
        at_ms: last.at_ms,
    })
}
