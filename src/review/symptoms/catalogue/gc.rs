//! The collector: its whole cost, what requests pay of it, and who calls it.

use super::{BASE, Effort, Symptom, percent, saves};

/// Calls of the collector.
pub(super) const FORCED: &[Symptom] = &[Symptom {
    id: "gc.forced",
    title: "the collector is called by hand",
    families: &["gc.forced"],
    without: &["alloc"],
    levels: percent(1.0, 3.0, 10.0),
    saving: saves(100.0, 100.0),
    diagnosis: "runtime.GC and debug.FreeOSMemory run a whole collection, and ReadMemStats stops the \
            program",
    advice: "Remove the call; read runtime/metrics instead of ReadMemStats",
    target: "no such call outside of tests",
    unless: "a benchmark calls it between measurements on purpose",
    effort: Effort::S,
    source: "documentation of packages runtime and runtime/metrics",
    ..BASE
}];

/// What collecting costs.
pub(super) const COLLECTOR: &[Symptom] = &[
    Symptom {
        id: "gc.assist",
        title: "requests help the collector to mark",
        families: &["gc.assist"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 100.0),
        diagnosis: "the program allocates faster than the background workers mark, so goroutines that \
            allocate have to help, which shows in their tail latency",
        advice: "Allocate less at the sites with most bytes; spread bursts of allocation",
        target: "under 1 % of the CPU time",
        unless: "a short benchmark of a tiny heap collects far more often than a server does; try \
            GOGC=200 first",
        effort: Effort::M,
        source: "Go's guide to the garbage collector, go.dev/doc/gc-guide",
        ..BASE
    },
    Symptom {
        id: "gc",
        title: "the collector works",
        families: &["gc.mark", "gc.assist", "gc.sweep", "gc.scavenge"],
        focus: r"^runtime\.(gcBgMarkWorker|gcAssistAlloc|bgsweep|bgscavenge)",
        behalf: &["alloc"],
        levels: percent(10.0, 20.0, 30.0),
        saving: saves(30.0, 50.0),
        diagnosis: "collecting costs the allocation rate times the live heap that is marked in each cycle",
        advice: "Cut the sites with most allocated bytes, then pointers (values and indices instead of \
            pointers), then set GOGC=200, which about halves it for twice the heap overhead, with GOMEMLIMIT \
            at 90 to 95 % of the memory limit",
        target: "under 10 % of the CPU time",
        unless: "GOGC trades memory for time: not where memory is the limit",
        effort: Effort::M,
        without: &["gc.idle"],
        source: "Go's guide to the garbage collector, go.dev/doc/gc-guide",
        ..BASE
    },
    Symptom {
        id: "gc.scavenge",
        title: "memory is given back to the system",
        families: &["gc.scavenge"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(50.0, 95.0),
        diagnosis: "the heap is close to GOMEMLIMIT, or grows and shrinks in waves",
        advice: "Raise the memory limit, or flatten the waves by reusing the large buffers",
        target: "under 2 % of the CPU time",
        unless: "a limit that is too low turns into collecting without end; raise it before tuning \
            anything else",
        effort: Effort::M,
        source: "Go's guide to the garbage collector, go.dev/doc/gc-guide",
        ..BASE
    },
];
