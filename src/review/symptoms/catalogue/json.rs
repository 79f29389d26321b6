//! Encoding and decoding: JSON, XML, gob.

use super::{BASE, Effort, Symptom, percent, saves};

/// Encoders.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "json",
        title: "JSON is encoded and decoded",
        families: &["json"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(30.0, 70.0),
        diagnosis: "encoding/json reflects over types and copies every token",
        advice: "Decode into typed structs instead of any, reuse encoders and buffers, or generate the code",
        target: "three tenths to seven tenths of the share",
        unless: "the format is fixed by others and the path is cold",
        effort: Effort::M,
        source: "measured: into any 1051 ns and 12 allocations, into a struct 302 ns and 1",
        ..BASE
    },
    Symptom {
        id: "xml",
        title: "XML is encoded and decoded",
        families: &["xml"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(30.0, 70.0),
        diagnosis: "encoding/xml reflects over types and allocates each token",
        advice: "Read tokens instead of whole structs, or use another format between own services",
        target: "three tenths to seven tenths of the share",
        unless: "the format is fixed by others",
        effort: Effort::M,
        source: "Go's source of encoding/xml",
        ..BASE
    },
    Symptom {
        id: "gob",
        title: "gob is encoded and decoded",
        families: &["gob"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(30.0, 70.0),
        diagnosis: "each new Encoder or Decoder sends and compiles the types again",
        advice: "Keep one Encoder for each stream, or generate the code",
        target: "three tenths to seven tenths of the share",
        unless: "streams are short by nature",
        effort: Effort::M,
        source: "documentation of encoding/gob",
        ..BASE
    },
];
