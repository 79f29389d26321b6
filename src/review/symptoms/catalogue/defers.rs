//! Defer and panic.

use super::{BASE, Effort, Symptom, percent, saves};

/// Panics first, for they run deferred calls.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "panic",
        title: "panics are thrown and recovered",
        families: &["panic"],
        levels: percent(1.0, 2.0, 5.0),
        saving: saves(80.0, 100.0),
        diagnosis: "a panic unwinds the stack frame by frame",
        advice: "Return an error instead",
        target: "none on hot paths",
        unless: "the panic is a bug that has yet to be found: then find it",
        effort: Effort::M,
        source: "measured: panic and recover 158 ns and what is unwound",
        ..BASE
    },
    Symptom {
        id: "defer",
        title: "deferred calls are kept on the heap",
        families: &["defer"],
        levels: percent(1.0, 2.0, 5.0),
        saving: saves(80.0, 100.0),
        diagnosis: "a defer in a loop, or more than eight in a function, allocates its record",
        advice: "Move the body of the loop into a function of its own, or call without defer",
        target: "none in loops",
        unless: "a single defer is free, and leaves no such frame",
        effort: Effort::S,
        source: "measured: a defer 3.1 ns, in a loop 61 ns and 16 B",
        ..BASE
    },
];
