//! Interfaces.

use super::{BASE, Effort, Symptom, percent, saves};

/// Boxing and assertion.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "iface.box",
        title: "values are boxed into interfaces",
        families: &["iface.box"],
        levels: percent(1.0, 3.0, 8.0),
        saving: saves(80.0, 100.0),
        diagnosis: "a value that is no pointer is copied to the heap when it becomes an interface",
        advice: "Take the concrete type or a type parameter instead of any",
        target: "none on hot paths",
        unless: "constants and integers under 256 are boxed for nothing, and the profile does not show them",
        effort: Effort::M,
        source: "measured: an int over 255 23 ns, a struct of 80 B 144 ns",
        ..BASE
    },
    Symptom {
        id: "iface.assert",
        title: "values are asserted to interface types",
        families: &["iface.assert"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 95.0),
        diagnosis: "an assertion to an interface type looks the pair of types up in a table",
        advice: "Assert to a concrete type, or decide once outside of the loop",
        target: "half of the share or less",
        unless: "the set of types is open",
        effort: Effort::M,
        source: "Go's source of runtime/iface.go",
        ..BASE
    },
];
