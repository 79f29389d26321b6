//! Connections of clients.

use super::{BASE, Effort, Symptom, percent, saves};

/// Dialling and names.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "net.dial",
        title: "connections are dialled again and again",
        families: &["net.dial"],
        behalf: &["net.dial"],
        levels: percent(1.0, 3.0, 10.0),
        saving: saves(90.0, 100.0),
        diagnosis: "the client makes a connection for each request, or keeps too few idle",
        advice: "Share one http.Client, read and close each body, and set MaxIdleConnsPerHost to the \
            number of parallel requests",
        target: "about none",
        unless: "every request goes to another host",
        effort: Effort::S,
        source: "documentation of net/http.Transport",
        ..BASE
    },
    Symptom {
        id: "net.dns",
        title: "names are looked up again and again",
        families: &["net.dns"],
        behalf: &["net.dns"],
        levels: percent(1.0, 3.0, 10.0),
        saving: saves(90.0, 100.0),
        diagnosis: "each dial resolves the name",
        advice: "Keep connections alive, or cache the addresses",
        target: "about none",
        unless: "addresses change by the second",
        effort: Effort::S,
        source: "documentation of package net",
        ..BASE
    },
];
