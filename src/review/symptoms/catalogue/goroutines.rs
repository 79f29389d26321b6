//! Goroutines and their stacks.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Starting, growing.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "goroutine.spawn",
        title: "a goroutine is started for each tiny task",
        families: &["goroutine.spawn"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(50.0, 90.0),
        diagnosis: "starting and awaiting a goroutine costs more than the task",
        advice: "Start a fixed number of workers and give them batches",
        target: "half of the share or less",
        unless: "the task takes 5 µs or more",
        effort: Effort::M,
        choice: concurrency(
            "a goroutine for each task",
            "workers, as many as processors, that take batches",
            "start-up O(workers), space a stack for each worker",
            "errgroup with SetLimit where tasks are few and long",
        ),
        source: "measured: started and awaited 426 ns and 40 B",
        ..BASE
    },
    Symptom {
        id: "stack.grow",
        title: "stacks grow",
        families: &["stack.grow"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 95.0),
        diagnosis: "a goroutine starts with a few KiB and copies its stack each time it outgrows it",
        advice: "Reuse goroutines as workers, iterate instead of recursing, or make the frames smaller",
        target: "under 1 % of the CPU time",
        unless: "goroutines are long-lived: then it happens once",
        effort: Effort::M,
        source: "Go's source of runtime/stack.go",
        ..BASE
    },
];
