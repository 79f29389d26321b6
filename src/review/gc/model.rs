//! What collecting garbage, starting up and waiting for a processor cost, as data.

use serde::{Deserialize, Serialize};

use crate::review::Share;

/// How much a number calls for action.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Fine,
    Warn,
    High,
    Critical,
}

/// From where on numbers of the collector are named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GcLimits {
    /// Part of the CPU time that collecting takes, from gctrace or MemStats: high, critical.
    pub share: [f64; 2],
    /// The same of the samples of a CPU profile: warn, high, critical.
    pub sampled_share: [f64; 3],
    /// Part of all CPU time that goroutines pay for marking: warn, high, critical.
    pub assist: [f64; 3],
    /// Collections per second that are high while the live heap is small.
    pub per_second: f64,
    /// Fewest unforced collections from which that follows.
    pub fewest_cycles: u64,
    /// Bytes under which a live heap is small, and from which free ones that are held back are worth a word.
    pub small_heap: f64,
    /// Bytes allocated per second: high, critical.
    pub allocation_rate: [f64; 2],
    /// Seconds of a pause: warn, high.
    pub pause: [f64; 2],
    /// Standard errors by which the slope of the live heap must differ from zero, of all cycles and of the later half.
    pub growth_errors: f64,
    /// Part of the live heap that must have been added.
    pub growth_share: f64,
    /// Milliseconds of a package's initialisation.
    pub init_ms: f64,
    /// Bytes of a package's initialisation.
    pub init_bytes: u64,
    /// Difference between what the runtime counted and what the samples stand for, as a part of the former.
    pub memstats_difference: f64,
}

impl GcLimits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        share: [0.10, 0.25],
        sampled_share: [0.10, 0.20, 0.30],
        assist: [0.02, 0.05, 0.10],
        per_second: 10.0,
        fewest_cycles: 8,
        small_heap: 67_108_864.0,
        allocation_rate: [209_715_200.0, 1_073_741_824.0],
        pause: [0.001, 0.010],
        growth_errors: 3.0,
        growth_share: 0.2,
        init_ms: 10.0,
        init_bytes: 1_048_576,
        memstats_difference: 0.2,
    };
}

/// All that is known of the runtime's own work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuntimeFacts {
    /// What collecting takes of the CPU time, by each source that tells it.
    pub gc_shares: Vec<GcShare>,
    /// Each gctrace.
    pub traces: Vec<GcTrace>,
    /// Each MemStats block.
    pub memstats: Vec<MemoryStats>,
    /// Settings to try, and what else to do, most important first.
    pub advice: Vec<String>,
    /// Each schedtrace.
    pub scheduler: Vec<SchedulerTrace>,
    /// Each inittrace.
    pub inits: Vec<InitTrace>,
    /// The thresholds in force.
    pub limits: GcLimits,
}

/// Where a share comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GcSource {
    /// Samples below functions of the collector, idle workers left out.
    CpuProfile,
    /// The last line of a gctrace: since the start of the process.
    GcTrace,
    /// `GCCPUFraction`: since the start of the process.
    MemStats,
}

/// What collecting takes of the CPU time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct GcShare {
    pub file: String,
    pub source: GcSource,
    pub share: Share,
    pub level: Level,
}

/// The collections of a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GcTrace {
    /// The input.
    pub file: String,
    /// Processes that wrote into it; the one with the most collections is told of.
    pub processes: u64,
    /// Lines of it.
    pub cycles: u64,
    /// Those that the program asked for.
    pub forced: u64,
    /// Seconds since its start at the last line.
    pub seconds: f64,
    /// Unforced collections per second.
    pub per_second: Option<f64>,
    /// How bad that is.
    pub per_second_level: Level,
    /// Bytes per second.
    pub allocation_rate: Option<f64>,
    /// How far the rounding of the trace may put that off.
    pub allocation_rate_error: f64,
    /// How bad that is, at the least that the rounding allows.
    pub allocation_level: Level,
    /// Seconds.
    pub longest_pause_seconds: f64,
    /// Number of the cycle with it.
    pub longest_pause_cycle: u64,
    /// How bad that is.
    pub pause_level: Level,
    /// Part of the time of marking that goroutines paid.
    pub assist_of_mark: Option<f64>,
    /// The same of all CPU time.
    pub assist_of_cpu: Option<f64>,
    /// How bad that is.
    pub assist_level: Level,
    /// Largest live heap in bytes.
    pub live_bytes_max: f64,
    /// Median of the live heap.
    pub live_bytes_median: f64,
    /// Live heap at the last line.
    pub live_bytes_last: f64,
    /// Heap goal at the last line.
    pub goal_bytes_last: f64,
    /// How the live heap moves; none where there are too few cycles.
    pub growth: Option<HeapGrowth>,
    /// GOMAXPROCS.
    pub processors: u64,
}

/// A straight line through the live heap of unforced cycles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeapGrowth {
    /// Its slope.
    pub bytes_per_second: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// What was added over the time of the trace by that slope, as a part of the live heap at its end.
    pub added_share: f64,
    /// Whether it passes the thresholds, in the later half of the cycles too.
    pub suspected: bool,
}

/// What the runtime counted when a heap text was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryStats {
    /// The input.
    pub file: String,
    /// Bytes allocated since the start, exactly.
    pub allocated_bytes: Option<u64>,
    /// What the samples of the profile stand for.
    pub sampled_bytes: Option<i64>,
    /// Bytes of live objects, and of dead ones that are not swept yet.
    pub heap_bytes: Option<u64>,
    /// Heap that is free, but not given back to the system: HeapIdle − HeapReleased.
    pub held_back_bytes: Option<u64>,
    /// All that the runtime took from the system.
    pub system_bytes: Option<u64>,
    /// Most that the process had in memory.
    pub resident_bytes_max: Option<u64>,
    /// Heap goal of the next collection.
    pub next_goal_bytes: Option<u64>,
    /// Collections.
    pub cycles: Option<u64>,
    /// Those that the program asked for.
    pub forced: Option<u64>,
    /// Longest of the last 256 pauses in seconds.
    pub longest_pause_seconds: Option<f64>,
    /// How bad that is.
    pub pause_level: Level,
}

/// The scheduler over the time of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchedulerTrace {
    /// The input.
    pub file: String,
    /// Lines.
    pub lines: u64,
    /// Lines in which more goroutines wait in the global queue than there are processors.
    pub crowded: u64,
    /// Lines in which no processor is idle.
    pub busy: u64,
    /// Longest global queue.
    pub longest_queue: u64,
    /// Most threads.
    pub threads_max: u64,
    /// GOMAXPROCS.
    pub processors: u64,
    /// Most lines are crowded: the process starves for processors.
    pub starved: bool,
}

/// What starting up costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitTrace {
    /// The input.
    pub file: String,
    /// Milliseconds of all packages.
    pub clock_ms: f64,
    /// Bytes of all packages.
    pub bytes: u64,
    /// Packages of the standard library and the runtime.
    pub standard_packages: u64,
    /// Milliseconds of those.
    pub standard_ms: f64,
    /// Other packages over a threshold, slowest first.
    pub packages: Vec<InitPackage>,
}

/// A package whose initialisation costs much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct InitPackage {
    pub package: String,
    pub clock_ms: f64,
    pub bytes: u64,
    pub objects: u64,
}
