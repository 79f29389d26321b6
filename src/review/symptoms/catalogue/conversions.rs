//! Strings, bytes and runes.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Concatenation and conversion.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "string.concat",
        title: "strings are concatenated",
        families: &["string.concat"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(70.0, 99.0),
        diagnosis: "each + makes a new string and copies both sides; in a loop that is quadratic",
        advice: "Build the string in a strings.Builder with Grow",
        target: "under 1 % of the CPU time",
        unless: "one expression with several + is one allocation and is fine",
        effort: Effort::S,
        choice: algorithm(
            "+ in a loop, O(n²) bytes copied",
            "strings.Builder with Grow",
            "time O(n), space the final length",
            "strings.Join where all parts are known; append to a []byte that is reused",
        ),
        source: "measured: 100 strings by += 21 µs, by a grown Builder 0.8 µs",
        ..BASE
    },
    Symptom {
        id: "string.from_bytes",
        title: "bytes are copied into strings",
        families: &["string.from_bytes"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 100.0),
        diagnosis: "the conversion allocates and copies: 20 ns and 0.8 ns for each byte",
        advice: "Use the twin function of package bytes, look the key up as m[string(b)], or intern the \
            values that repeat",
        target: "under 1 % of the CPU time",
        unless: "the string has to outlive the buffer; unsafe.String only above 5 % of the CPU time, and \
            only if the bytes never change after",
        effort: Effort::S,
        source: "measured: 8 B 25 ns, 64 B 70 ns, 1 KiB 797 ns, as map key inline 12 to 28 ns",
        ..BASE
    },
    Symptom {
        id: "bytes.from_string",
        title: "strings are copied into bytes",
        families: &["bytes.from_string"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 100.0),
        diagnosis: "the conversion allocates and copies: 20 ns and 0.8 ns for each byte",
        advice: "Use the twin function of package strings, append(b, s...), or io.WriteString",
        target: "under 1 % of the CPU time",
        unless: "the callee changes the bytes",
        effort: Effort::S,
        source: "measured: 8 B 25 ns, 64 B 70 ns, 1 KiB 797 ns",
        ..BASE
    },
    Symptom {
        id: "runes.conv",
        title: "strings are converted to runes and back",
        families: &["runes.conv"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 100.0),
        diagnosis: "[]rune(s) decodes and allocates four bytes for each rune",
        advice: "Range over the string, or use utf8.DecodeRuneInString",
        target: "under 1 % of the CPU time",
        unless: "runes are indexed at random",
        effort: Effort::S,
        source: "documentation of package unicode/utf8",
        ..BASE
    },
];
