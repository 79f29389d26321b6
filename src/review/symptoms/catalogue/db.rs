//! Databases.

use super::{BASE, Effort, Symptom, percent, saves};

/// Connections, then the driver's work.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "db.conn",
        title: "database connections are opened again and again",
        families: &["db.conn"],
        behalf: &["db.conn"],
        levels: percent(1.0, 3.0, 10.0),
        saving: saves(80.0, 100.0),
        diagnosis: "more goroutines want a connection than are kept idle, so connections are opened and closed",
        advice: "Raise SetMaxIdleConns to SetMaxOpenConns and give connections a lifetime",
        target: "about none",
        unless: "the server limits connections",
        effort: Effort::S,
        source: "documentation of database/sql",
        ..BASE
    },
    Symptom {
        id: "db",
        title: "the database driver works",
        families: &["db"],
        levels: percent(5.0, 15.0, 30.0),
        saving: saves(30.0, 95.0),
        diagnosis: "each statement is prepared, sent and scanned by itself",
        advice: "Batch rows, prepare statements once, and select only the columns needed",
        target: "a third of the share or less",
        unless: "the time is the server's: this is CPU time of the client alone",
        effort: Effort::M,
        source: "documentation of database/sql",
        ..BASE
    },
];
