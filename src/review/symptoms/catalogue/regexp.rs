//! Regular expressions.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Compiling and matching.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "regexp.compile",
        title: "regular expressions are compiled on the way",
        families: &["regexp.compile"],
        levels: percent(0.5, 2.0, 5.0),
        saving: saves(95.0, 100.0),
        diagnosis: "compiling parses the expression and allocates its program each time",
        advice: "Compile once in a package variable, regexp.MustCompile",
        target: "none after the start",
        unless: "the expression comes from the user: then keep the compiled ones in a bounded cache",
        effort: Effort::S,
        source: "measured: compile 3.2 µs and 35 allocations, match 90 ns",
        ..BASE
    },
    Symptom {
        id: "regexp.match",
        title: "regular expressions are matched",
        families: &["regexp.match"],
        without: &["regexp.compile"],
        levels: percent(5.0, 15.0, 30.0),
        saving: saves(30.0, 95.0),
        diagnosis: "the engine is linear in the text, but has no machine code of its own",
        advice: "Use functions of package strings for fixed parts, anchor the expression, and drop captures",
        target: "two thirds of the share or less",
        unless: "the expression is needed as it is",
        effort: Effort::M,
        choice: algorithm(
            "a regular expression",
            "strings.Cut, HasPrefix, Index or a hand-written scan",
            "time O(n) with a smaller constant, space O(1)",
            "a generated lexer where the grammar is large",
        ),
        source: "measured: a match of a short text 90 ns",
        ..BASE
    },
];
