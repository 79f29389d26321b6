//! System calls.

use super::{BASE, Effort, Symptom, percent, saves};

/// Input and output.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "syscall",
    title: "system calls are made",
    families: &["syscall"],
    levels: percent(15.0, 30.0, 50.0),
    saving: saves(50.0, 98.0),
    diagnosis: "each unbuffered read or write enters the kernel",
    advice: "Put a bufio.Reader or Writer of 64 KiB in front, batch, and stat or open less",
    target: "half of the share or less",
    unless: "the calls move large blocks already",
    effort: Effort::S,
    source: "documentation of package bufio",
    ..BASE
}];
