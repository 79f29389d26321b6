//! The user's own code.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// A line that is hot by itself.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "user",
    title: "own code computes",
    families: &[],
    levels: percent(30.0, 100.0, 100.0),
    saving: saves(0.0, 0.0),
    diagnosis: "no function of the runtime or of a library stands below this line: the time goes into \
            its own instructions, and into what the compiler inlined (map fast paths, type switches, copies \
            of large values)",
    advice: "Look at the algorithm first, a search in a loop or a copy for each item; then see bounds \
            checks by go build -gcflags=-d=ssa/check_bce, and try a profile-guided build, which gains 2 to \
            14 %",
    target: "what the algorithm needs",
    unless: "the line is the work of the program and its algorithm fits",
    effort: Effort::M,
    choice: algorithm(
        "the loop as it stands",
        "a set or an index instead of a search in a loop from 20 to 30 ints or 8 to 10 strings on",
        "time O(1) for each lookup instead of O(n), space that of the set",
        "a sorted slice; a standard routine such as bytes.IndexByte, measured 29 times as fast as a \
                byte loop over 1 KiB",
    ),
    source: "Go's documentation of profile-guided optimization",
    ..BASE
}];
