//! Logging, reading whole, parsing.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// What a hot path should not do for each item.
pub(super) const LOGGING: &[Symptom] = &[
    Symptom {
        id: "caller",
        title: "stacks are walked for the line of the caller",
        families: &["caller"],
        levels: percent(1.0, 3.0, 8.0),
        saving: saves(80.0, 100.0),
        diagnosis: "runtime.Caller unwinds the stack and looks symbols up; log.Lshortfile does so for \
            each line",
        advice: "Drop log.Lshortfile and AddSource, or keep them for errors",
        target: "none on hot paths",
        unless: "the place is needed to find a bug",
        effort: Effort::S,
        source: "documentation of packages log and runtime",
        ..BASE
    },
    Symptom {
        id: "log",
        title: "lines are logged",
        families: &["log"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(50.0, 100.0),
        diagnosis: "each line is formatted, locked and written, whether or not anybody reads it",
        advice: "Test the level first, sample, or use typed slog attributes",
        target: "under 2 % of the CPU time",
        unless: "the lines are the product",
        effort: Effort::S,
        source: "documentation of log/slog",
        ..BASE
    },
    Symptom {
        id: "rand.seed",
        title: "random sources are made again and again",
        families: &["rand.seed"],
        levels: percent(0.5, 2.0, 5.0),
        saving: saves(99.0, 100.0),
        diagnosis: "math/rand.NewSource fills 607 words of state for each source",
        advice: "Use the global functions or math/rand/v2",
        target: "none",
        unless: "the sequence must be reproducible: then keep one source",
        effort: Effort::S,
        source: "measured: rand.New(NewSource) 15.5 µs and 5.4 KB, global 13 ns",
        ..BASE
    },
];

/// Reading whole bodies; what the system calls below cost is theirs.
pub(super) const READING: &[Symptom] = &[Symptom {
    id: "readall",
    title: "whole bodies are read at once",
    families: &["readall"],
    levels: percent(2.0, 5.0, 10.0),
    saving: saves(50.0, 96.0),
    diagnosis: "io.ReadAll starts small and grows, which copies the body several times",
    advice: "Decode from the stream, or read into a buffer of the known size",
    target: "under 1 % of the CPU time",
    unless: "the body is small or its size unknown and it is needed whole",
    effort: Effort::S,
    source: "measured: 1 MiB by io.ReadAll 821 µs and 25 allocations, into a buffer 33 µs",
    ..BASE
}];

/// Package strings, bytes and strconv.
pub(super) const PARSING: &[Symptom] = &[
    Symptom {
        id: "strconv",
        title: "numbers are parsed and formatted",
        families: &["strconv"],
        levels: percent(5.0, 15.0, 30.0),
        saving: saves(10.0, 90.0),
        diagnosis: "each call that returns a string allocates it; errors of failed parses are built",
        advice: "Use the Append functions on a reused buffer, and test before a parse that often fails",
        target: "a tenth to nine tenths of the share",
        unless: "parsing is the work itself",
        effort: Effort::S,
        source: "measured: AppendInt 14 ns, Itoa 30 ns, Sprintf 78 ns",
        ..BASE
    },
    Symptom {
        id: "strings",
        title: "strings are searched, split and changed",
        families: &["strings"],
        levels: percent(5.0, 15.0, 30.0),
        saving: saves(10.0, 90.0),
        diagnosis: "Split, Fields, ToLower and Replace allocate their results",
        advice: "Use Cut, SplitSeq, EqualFold or Index, which allocate nothing",
        target: "a tenth to nine tenths of the share",
        unless: "the parts are kept",
        effort: Effort::S,
        choice: algorithm(
            "functions that return new strings",
            "Cut, SplitSeq, EqualFold, Index over the same memory",
            "time O(n), space O(1) instead of O(n)",
            "one pass by hand over the bytes where several calls follow each other",
        ),
        source: "measured: ToLower == 98 ns, EqualFold 12 ns; Split[0] 72 ns, Cut 8 ns; range Split 2355 \
            ns, SplitSeq 601 ns",
        ..BASE
    },
];
