//! Clearing and copying.

use super::{BASE, Effort, Symptom, percent, saves};

/// memclr and memmove.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "mem.clear",
        title: "memory is cleared",
        families: &["mem.clear"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(50.0, 95.0),
        diagnosis: "large fresh buffers are zeroed before use",
        advice: "Reuse the buffer, or take a smaller one",
        target: "half of the share or less",
        unless: "the buffers are needed at the same time",
        effort: Effort::S,
        source: "measured: 4 KiB from the heap 1862 ns, from a pool 14 ns",
        ..BASE
    },
    Symptom {
        id: "mem.copy",
        title: "memory is copied",
        families: &["mem.copy"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(30.0, 90.0),
        diagnosis: "large values are passed by value, or slices are copied to grow",
        advice: "Range by index, pass pointers to large structs, or presize",
        target: "two thirds of the share or less",
        unless: "the copy is the purpose",
        effort: Effort::M,
        source: "Go's source of runtime/memmove",
        ..BASE
    },
];
