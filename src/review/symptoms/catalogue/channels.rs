//! Channels.

use super::{BASE, Effort, Symptom, concurrency, percent, saves};

/// Sending, receiving, selecting.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "chan.select",
        title: "goroutines select over channels",
        families: &["chan.select"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(40.0, 80.0),
        diagnosis: "a select locks all its channels; one with a default in a loop is polling",
        advice: "Block on the channel instead of polling, batch the items, or give the channel a buffer",
        target: "under 3 % of the CPU time",
        unless: "each item is large work by itself",
        effort: Effort::M,
        choice: concurrency(
            "select for each item, or polling with default",
            "a blocking receive of batches",
            "one wake-up for each batch",
            "one channel for each worker instead of a shared one",
        ),
        source: "measured: select of 2 85 ns, with default taken 6 ns, buffered hand-off 74 ns",
        ..BASE
    },
    Symptom {
        id: "chan.send",
        title: "items are sent one at a time",
        families: &["chan.send"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(40.0, 80.0),
        diagnosis: "each item takes the channel's lock and may wake a goroutine",
        advice: "Send batches, or give the channel a buffer",
        target: "under 3 % of the CPU time",
        unless: "each item is large work by itself",
        effort: Effort::M,
        choice: concurrency(
            "a channel with an item for each send",
            "a channel of batches, with a buffer",
            "one hand-off for each batch, space one batch in flight for each slot",
            "a slice under a mutex that the receiver swaps out",
        ),
        source: "measured: unbuffered between goroutines 224 ns, buffered 74 ns",
        ..BASE
    },
    Symptom {
        id: "chan.recv",
        title: "items are received one at a time",
        families: &["chan.recv"],
        levels: percent(3.0, 8.0, 15.0),
        saving: saves(40.0, 80.0),
        diagnosis: "each item takes the channel's lock and may park the goroutine",
        advice: "Receive batches, or give the channel a buffer",
        target: "under 3 % of the CPU time",
        unless: "each item is large work by itself",
        effort: Effort::M,
        choice: concurrency(
            "a channel with an item for each receive",
            "a channel of batches, with a buffer",
            "one hand-off for each batch, space one batch in flight for each slot",
            "a slice under a mutex that the receiver swaps out",
        ),
        source: "measured: unbuffered between goroutines 224 ns, buffered 74 ns",
        ..BASE
    },
];
