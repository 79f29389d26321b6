//! Clocks, layouts, timers, contexts.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Time.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "time.format",
        title: "times are formatted and parsed by layout",
        families: &["time.format"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 90.0),
        diagnosis: "the layout is parsed for each call",
        advice: "Use AppendFormat on a reused buffer, numbers of Unix time, or one string for each second",
        target: "half of the share or less",
        unless: "each time differs and must be read by people",
        effort: Effort::S,
        source: "measured: Format as RFC 3339 49 ns",
        ..BASE
    },
    Symptom {
        id: "timer",
        title: "timers are made and dropped",
        families: &["timer"],
        behalf: &["timer"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(40.0, 90.0),
        diagnosis: "each timer is allocated and put into its processor's heap; sleeping goroutines are \
            timers too",
        advice: "Keep one timer and Reset it, use one ticker for all, or time.AfterFunc instead of a \
            goroutine that sleeps",
        target: "half of the share or less",
        unless: "the timers are few and long",
        effort: Effort::M,
        choice: concurrency(
            "a timer or a sleep for each operation",
            "one timer that is Reset, or one ticker that serves all",
            "time O(1) a tick, space one timer",
            "a timing wheel for very many deadlines",
        ),
        source: "measured: select with time.After 319 ns and 248 B, with a reset timer 144 ns",
        ..BASE
    },
    Symptom {
        id: "context",
        title: "contexts are made and searched",
        families: &["context"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(30.0, 90.0),
        diagnosis: "each WithTimeout makes a context and a timer, and Value walks the chain",
        advice: "Make the context once for each request and pass values as arguments",
        target: "under 2 % of the CPU time",
        unless: "each operation has its own deadline",
        effort: Effort::M,
        source: "documentation of package context",
        ..BASE
    },
    Symptom {
        id: "time.now",
        title: "the clock is read",
        families: &["time.now"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(50.0, 95.0),
        diagnosis: "a reading costs 38 ns by vDSO, and a system call where the clock source is not tsc",
        advice: "Read the clock once for each batch, or keep a coarse time",
        target: "under 1 % of the CPU time",
        unless: "the measurement itself is the purpose; check /sys/devices/system/clocksource first",
        effort: Effort::S,
        source: "measured: time.Now 38 ns",
        ..BASE
    },
];
