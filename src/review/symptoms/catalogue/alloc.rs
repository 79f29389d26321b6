//! The allocator.

use super::{BASE, Effort, Symptom, percent, saves};

/// Allocating.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "alloc",
    title: "memory is allocated",
    families: &["alloc"],
    levels: percent(10.0, 15.0, 25.0),
    saving: saves(30.0, 80.0),
    diagnosis: "each object costs its allocation, its clearing and its part of the collector's work; \
            measured about 90 ns for 64 to 80 bytes",
    advice: "Keep the object on the stack, allocate once with the final size, or reuse a buffer",
    target: "under 10 % of the CPU time",
    unless: "a pool helps large buffers that do not leave the function; small objects are cheaper to \
            allocate than to pool by value",
    effort: Effort::M,
    source: "measured: 64 to 80 B 89 ns, 4 KiB 1862 ns, sync.Pool by pointer 14 ns",
    ..BASE
}];
