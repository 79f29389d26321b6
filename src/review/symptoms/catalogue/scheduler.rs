//! The scheduler, and what nothing else explains of it.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Yielding, waking, parking.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "sched.gosched",
        title: "goroutines yield in a loop",
        families: &["sched.gosched"],
        levels: percent(5.0, 15.0, 30.0),
        saving: saves(90.0, 100.0),
        diagnosis: "a loop that calls runtime.Gosched until something happens burns a processor",
        advice: "Wait on a channel, a sync.Cond or a timer",
        target: "none",
        unless: "the yields are those of runtime.GC or of sweeping, where the collector is called by hand \
            or many large objects are allocated",
        effort: Effort::M,
        choice: concurrency(
            "a loop that yields",
            "a channel or sync.Cond that wakes the waiter",
            "no work while waiting, one wake-up of about 224 ns",
            "spinning pays below 1 µs only, and Mutex does that by itself",
        ),
        source: "documentation of package runtime",
        ..BASE
    },
    Symptom {
        id: "sema",
        title: "goroutines are woken by semaphores",
        families: &["sema"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(30.0, 80.0),
        diagnosis: "locks and groups of package sync wake many goroutines",
        advice: "Shorten what is under the lock, and wake fewer",
        target: "half of the share or less",
        unless: "the locks are not the user's",
        effort: Effort::M,
        alone: true,
        source: "documentation of package sync",
        ..BASE
    },
    Symptom {
        id: "sched",
        title: "the scheduler parks and wakes goroutines",
        families: &["sched"],
        without: &["preempted"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(30.0, 80.0),
        diagnosis: "goroutines wait for each other in turns, or more processors are allowed than there is work",
        advice: "Batch the hand-offs, wait on fewer channels, and set GOMAXPROCS to the CPU quota (Go \
            1.25 does)",
        target: "under 10 % of the CPU time",
        unless: "the program is idle most of the time: then this is cheap searching for work",
        effort: Effort::M,
        alone: true,
        source: "release notes of Go 1.25",
        ..BASE
    },
];
