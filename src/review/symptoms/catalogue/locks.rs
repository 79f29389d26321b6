//! Locks, by CPU time and by delay.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Mutexes.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "lock.rwmutex",
        title: "a read-write lock is fought for",
        families: &["lock.rwmutex"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(30.0, 90.0),
        diagnosis: "readers count themselves on one shared word, and a writer waits for all of them",
        advice: "Copy on write behind atomic.Pointer for rare writes, or a plain Mutex for short sections",
        target: "under 1 % of the CPU time and of the delay",
        unless: "reads are long and many: then it fits",
        effort: Effort::M,
        choice: concurrency(
            "sync.RWMutex",
            "atomic.Pointer to a value that is replaced as a whole",
            "readers O(1) without waiting, a write copies the value",
            "shards by key for many writers; sync.Map for keys written once",
        ),
        source: "measured: Mutex 21 ns, RWMutex for reading 16 ns: it pays for long reads only",
        ..BASE
    },
    Symptom {
        id: "lock.mutex",
        title: "a mutex is fought for",
        families: &["lock.mutex"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(30.0, 90.0),
        diagnosis: "goroutines spin and sleep for a lock that others hold",
        advice: "Shorten the section under the lock, shard the data by key, or use an atomic for a counter",
        target: "under 1 % of the CPU time and of the delay",
        unless: "the mutex profile shows no delay here: then the sections are only many and short",
        effort: Effort::M,
        choice: concurrency(
            "sync.Mutex",
            "shards by key, each with its own mutex; an atomic for counters",
            "delay falls by the number of shards, space one lock a shard",
            "lock-free structures only above 10 % of the wall time, after the sharded version is measured",
        ),
        source: "measured: Mutex 21 ns uncontended, atomic add 9.5 ns",
        ..BASE
    },
];
