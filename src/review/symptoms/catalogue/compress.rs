//! Compression.

use super::{BASE, Effort, Symptom, percent, saves};

/// Compressing.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "compress",
    title: "data is compressed",
    families: &["compress"],
    levels: percent(5.0, 15.0, 30.0),
    saving: saves(30.0, 99.0),
    diagnosis: "a new writer allocates and clears about 1 MB of tables; the rest grows with bytes and \
            level",
    advice: "Keep writers in a sync.Pool and Reset them, use level 1 to 5, and skip what is small",
    target: "a third of the share or less",
    unless: "the ratio matters more than the time",
    effort: Effort::M,
    source: "measured: gzip.NewWriter for each call 608 µs and 1.08 MB, pooled 3.1 µs",
    ..BASE
}];
