//! Primitives as the work.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Finalizers, pools, sync.Map, groups.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "finalizer",
        title: "finalizers are set on objects",
        families: &["finalizer"],
        levels: percent(1.0, 3.0, 8.0),
        saving: saves(80.0, 100.0),
        diagnosis: "a finalizer is a special record under a lock, and its object lives for one more cycle",
        advice: "Close explicitly, or runtime.AddCleanup for few",
        target: "none on hot paths",
        unless: "the object wraps memory of C",
        effort: Effort::M,
        source: "documentation of package runtime",
        ..BASE
    },
    Symptom {
        id: "pool",
        title: "sync.Pool is the work",
        families: &["pool"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(20.0, 60.0),
        diagnosis: "Get and Put cost as much as what they save",
        advice: "Pool larger things, by pointer, or keep one for each worker",
        target: "two fifths to four fifths of the share",
        unless: "what is pooled is over 1 KiB",
        effort: Effort::S,
        source: "measured: by pointer 14 ns, a slice by value 69 ns and 24 B",
        ..BASE
    },
    Symptom {
        id: "syncmap",
        title: "sync.Map is the work",
        families: &["syncmap"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(20.0, 60.0),
        diagnosis: "sync.Map boxes keys and values and serves many readers; writers pay",
        advice: "Use a map with a mutex, sharded where it is contended",
        target: "two fifths to four fifths of the share",
        unless: "keys are written once and read by many",
        effort: Effort::M,
        choice: concurrency(
            "sync.Map",
            "a map with a mutex, in shards by key where contended",
            "time O(1), space that of the entries without boxes",
            "copy on write behind atomic.Pointer where writes are rare",
        ),
        source: "measured: sync.Map 17 ns, map with mutex 24 ns, map 10 ns",
        ..BASE
    },
    Symptom {
        id: "waitgroup",
        title: "sync.WaitGroup is the work",
        families: &["waitgroup"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(20.0, 60.0),
        diagnosis: "the work between Add and Done is too small",
        advice: "Give each goroutine a batch",
        target: "two fifths to four fifths of the share",
        unless: "tasks are long: then this waits, and does not work",
        effort: Effort::M,
        source: "measured: a goroutine started and awaited 426 ns",
        ..BASE
    },
    Symptom {
        id: "cond",
        title: "sync.Cond is the work",
        families: &["cond"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(20.0, 60.0),
        diagnosis: "goroutines are woken to find that they have to wait again",
        advice: "Signal one instead of Broadcast, or hand work over a channel",
        target: "two fifths to four fifths of the share",
        unless: "all waiters can go on",
        effort: Effort::M,
        choice: concurrency(
            "sync.Cond with Broadcast",
            "Signal for one waiter, or a buffered channel",
            "time O(1) wake-ups for each item",
            "a semaphore of package golang.org/x/sync",
        ),
        source: "documentation of package sync",
        ..BASE
    },
];
