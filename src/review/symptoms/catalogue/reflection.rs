//! Reflection.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Library calls that reflect.
pub(super) const CALLS: &[Symptom] = &[
    Symptom {
        id: "binary.reflect",
        title: "encoding/binary reflects over values",
        families: &["binary.reflect"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(50.0, 95.0),
        diagnosis: "binary.Read and binary.Write look at every field by reflection",
        advice: "Use binary.LittleEndian and its like on byte slices",
        target: "under 2 % of the CPU time",
        unless: "the layout changes often and the path is cold",
        effort: Effort::M,
        source: "measured: binary.Read 120 ns, LittleEndian.Uint32 2.2 ns",
        ..BASE
    },
    Symptom {
        id: "sort.reflect",
        title: "sort.Slice swaps by reflection",
        families: &["sort.reflect"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(50.0, 95.0),
        diagnosis: "sort.Slice calls a swapper made by reflection and a closure for each comparison",
        advice: "Use slices.SortFunc or slices.Sort",
        target: "under 2 % of the CPU time",
        unless: "Go before 1.21",
        effort: Effort::S,
        choice: algorithm(
            "sort.Slice",
            "slices.SortFunc, or slices.Sort for ordered types",
            "time O(n log n) with a fifth of the constant, space O(1)",
            "keep the data sorted; container/heap for the first k",
        ),
        source: "measured: 1000 ints by sort.Slice 72 µs, by slices.Sort 14.5 µs",
        ..BASE
    },
];

/// Reflection as such.
pub(super) const REFLECT: &[Symptom] = &[Symptom {
    id: "reflect",
    title: "values are reflected upon",
    families: &["reflect"],
    levels: percent(3.0, 8.0, 15.0),
    saving: saves(50.0, 95.0),
    diagnosis: "reflection checks kinds at run time and often allocates",
    advice: "Write typed code or generate it; slices.Equal or a method instead of reflect.DeepEqual",
    target: "under 2 % of the CPU time",
    unless: "the types are not known when the program is built",
    effort: Effort::M,
    source: "measured: reflect.DeepEqual 152 ns, slices.Equal 5 ns",
    ..BASE
}];
