//! Calls of C.

use super::{BASE, Effort, Symptom, percent, saves};

/// Crossings.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "cgo",
    title: "calls cross into C",
    families: &["cgo"],
    levels: percent(3.0, 8.0, 20.0),
    saving: saves(50.0, 95.0),
    diagnosis: "a crossing costs 30 to 60 ns and binds a thread",
    advice: "Make one call for many items, or use a version in Go",
    target: "half of the share or less",
    unless: "the time is spent in C itself, which this profile may not show",
    effort: Effort::M,
    source: "documentation of cmd/cgo",
    ..BASE
}];
