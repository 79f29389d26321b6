//! TLS and crypto.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Handshakes, then bulk work.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "net.tls",
        title: "TLS shakes hands",
        families: &["net.tls", "crypto.handshake"],
        levels: percent(3.0, 8.0, 20.0),
        saving: saves(80.0, 100.0),
        diagnosis: "a handshake signs and multiplies on curves for every new connection",
        advice: "Keep connections alive and share one client, use session tickets, ECDSA certificates and \
            TLS 1.3",
        target: "far fewer handshakes than requests",
        unless: "connections are long-lived already: then the time is that of the records",
        effort: Effort::M,
        source: "documentation of crypto/tls",
        ..BASE
    },
    Symptom {
        id: "crypto",
        title: "data is hashed or encrypted",
        families: &["crypto"],
        without: &["net.tls"],
        levels: percent(10.0, 25.0, 50.0),
        saving: saves(10.0, 50.0),
        diagnosis: "the work grows with the bytes",
        advice: "Choose an algorithm that the processor helps with (AES-GCM, SHA-256), hash once, or a \
            hash that is not cryptographic where that is allowed",
        target: "half to nine tenths of the share",
        unless: "the algorithm is prescribed",
        effort: Effort::M,
        choice: algorithm(
            "a cryptographic hash or cipher",
            "an algorithm with instructions of its own, or hash/maphash where no attacker chooses the input",
            "time O(n) with a smaller constant",
            "keep the digest beside the data",
        ),
        source: "Go's assembly in crypto/internal/fips140",
        ..BASE
    },
];
