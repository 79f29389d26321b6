//! Sorting.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Package sort and slices.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "sort",
    title: "data is sorted",
    families: &["sort"],
    without: &["sort.reflect"],
    levels: percent(5.0, 15.0, 30.0),
    saving: saves(30.0, 90.0),
    diagnosis: "sorting costs n log n comparisons each time",
    advice: "Use slices.Sort, keep the data sorted, or take a heap for the first k",
    target: "two thirds of the share or less",
    unless: "the data is new each time and needed in order",
    effort: Effort::M,
    choice: algorithm(
        "a full sort for each use",
        "data kept sorted, or a heap of the first k",
        "insertion O(log n) to find, heap O(n log k)",
        "a radix sort for large sets of integers",
    ),
    source: "measured: 1000 ints by sort.Slice 72 µs, by slices.Sort 14.5 µs",
    ..BASE
}];
