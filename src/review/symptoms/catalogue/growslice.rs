//! Slices that grow.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Growing by append.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "slice.grow",
    title: "slices grow by append",
    families: &["slice.grow"],
    levels: percent(2.0, 5.0, 10.0),
    saving: saves(45.0, 90.0),
    diagnosis: "each growth allocates a larger array and copies the old one, and the old one becomes \
            garbage",
    advice: "Give the slice its capacity before the loop, make([]T, 0, n)",
    target: "under 1 % of the CPU time",
    unless: "no bound is known beforehand: then an estimate or a reused slice[:0] does most of it",
    effort: Effort::S,
    choice: algorithm(
        "a slice that append grows",
        "a slice made with its capacity",
        "time O(n) without the copies, space the final length at once",
        "a reused slice[:0] where calls follow each other; a linked list loses the locality",
    ),
    source: "measured: append of 100 ints 762 ns, with capacity 394 ns; of 10 000 ints 199 µs and 18.8 µs",
    ..BASE
}];
