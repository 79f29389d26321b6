//! What Go's runtime prints on standard error when `GODEBUG` asks for it: collections, the scheduler's state, the
//! cost of package initialisation.
//!
//! ```text
//! GODEBUG=gctrace=1     gc 2 @0.015s 5%: 0.12+6.9+0.005 ms clock, …, 5->6->4 MB, 7 MB goal, …, 2 P  ─▶ GcCycle
//! GODEBUG=schedtrace=N  SCHED 58ms: gomaxprocs=2 idleprocs=0 threads=4 … runqueue=2 [ 0 0 ]         ─▶ SchedState
//! GODEBUG=inittrace=1   init example.com/run @3.8 ms, 21 ms clock, 7717504 bytes, 80613 allocs      ─▶ InitCost
//! ```
//! The lines stand among the program's own output and may be glued behind it; what is none of them is counted, not
//! refused. gcpacertrace and scavtrace are recognised and skipped. Source of the forms: `runtime.printGCtrace`,
//! `runtime.schedtrace` and `runtime.doInit1` of Go 1.27, and the docs of package runtime.
//!
//! ```
//! use perfplan::runtime_trace::parse;
//! let text = "listening\ngc 1 @0.005s 9%: 0.19+4.9+0.066 ms clock, 0.38+0.014/2.1/0.097+0.13 ms cpu, \
//!             3->5->3 MB, 4 MB goal, 2 P\n";
//! let trace = parse(text.as_bytes());
//! assert_eq!((trace.collections[0].heap_live_mib, trace.other_lines), (3, 1));
//! ```

mod cursor;
mod execution;
mod facts;
mod lines;
#[cfg(test)]
mod tests;

pub use execution::{ExecutionTrace, looks_like_execution_trace, parse_execution_trace};
pub use facts::{GcFacts, LiveGrowth, SchedFacts, gc_facts, processes, sched_facts};
pub use lines::{looks_like_runtime_trace, parse};

/// All that was found in a text, each kind in the order of the text. Several processes may have written it: see
/// [`processes`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuntimeTrace {
    /// From gctrace.
    pub collections: Vec<GcCycle>,
    /// From schedtrace.
    pub scheduler: Vec<SchedState>,
    /// From inittrace.
    pub inits: Vec<InitCost>,
    /// Lines of gcpacertrace and scavtrace, which are not read.
    pub skipped_lines: u64,
    /// Lines that are not blank and hold nothing of the runtime's.
    pub other_lines: u64,
}

/// A collection as gctrace tells it. The runtime rounds: times to two or three digits, heaps down to whole MiB, the
/// share to whole percents.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GcCycle {
    /// From 1; lines of some cycles may be missing.
    pub number: u64,
    /// Seconds since the start of the process.
    pub at_seconds: f64,
    /// Part of the available processor time since the start that went into collecting, 0 to 1; work of idle
    /// processors is not in it.
    pub cpu_share: f64,
    /// Wall time of the pause that ends sweeping, in milliseconds.
    pub sweep_pause_ms: f64,
    /// Wall time of marking beside the program.
    pub mark_ms: f64,
    /// Wall time of the pause that ends marking.
    pub mark_pause_ms: f64,
    /// Processor time of ending the sweep.
    pub cpu_sweep_ms: f64,
    /// Processor time of goroutines that had to help marking because they allocated.
    pub cpu_assist_ms: f64,
    /// Processor time of the workers that mark.
    pub cpu_background_ms: f64,
    /// Processor time of processors that had nothing else to do.
    pub cpu_idle_ms: f64,
    /// Processor time of ending the mark.
    pub cpu_mark_end_ms: f64,
    /// Heap when the cycle began.
    pub heap_start_mib: u64,
    /// Heap when it ended.
    pub heap_end_mib: u64,
    /// What was found alive.
    pub heap_live_mib: u64,
    /// The size at which it should end.
    pub goal_mib: u64,
    /// Stacks to be scanned; since Go 1.19.
    pub stacks_mib: Option<u64>,
    /// Global variables to be scanned; since Go 1.19.
    pub globals_mib: Option<u64>,
    /// Processors: GOMAXPROCS.
    pub processors: u64,
    /// The program asked for it: `runtime.GC`, `debug.FreeOSMemory`.
    pub forced: bool,
}

impl GcCycle {
    /// The longer one of its two pauses, in milliseconds.
    pub fn longest_pause_ms(&self) -> f64 {
        self.sweep_pause_ms.max(self.mark_pause_ms)
    }
}

/// The scheduler at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchedState {
    /// Milliseconds since the start.
    pub at_ms: u64,
    /// GOMAXPROCS.
    pub processors: u64,
    /// Processors without work.
    pub idle_processors: u64,
    /// Threads of the operating system.
    pub threads: u64,
    /// Goroutines in the global queue that are ready to run.
    pub run_queue: u64,
    /// Those in the queue of each processor.
    pub local_queues: Vec<u64>,
}

/// What the initialisation of a package cost.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InitCost {
    /// Import path.
    pub package: String,
    /// Milliseconds since the start of the runtime.
    pub at_ms: f64,
    /// Wall time in milliseconds.
    pub clock_ms: f64,
    /// Allocated bytes.
    pub bytes: u64,
    /// Allocated objects.
    pub objects: u64,
}
