//! Encoding and decoding: JSON, XML, gob.

use super::{BASE, Effort, Symptom, percent, saves};

/// Encoders.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "json.any",
        title: "JSON of maps and values without type is encoded and decoded",
        families: &["json.any"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(50.0, 90.0),
        diagnosis: "each value is looked up by its dynamic type, keys are sorted, every number and string is boxed",
        advice: "Decode into and encode from typed structs instead of any and maps; keep the encoder and its buffer",
        target: "half to a tenth of the share",
        unless: "the fields are not known before run time",
        effort: Effort::M,
        source: "measured: into any 1051 ns and 12 allocations, into a struct 302 ns and 1; a kept buffer saves more",
        ..BASE
    },
    Symptom {
        id: "json",
        title: "JSON is encoded and decoded",
        families: &["json"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(30.0, 70.0),
        diagnosis: "encoding/json reflects over types and copies every token",
        advice: "Reuse encoders and buffers, encode less, or generate the code",
        target: "three tenths to seven tenths of the share",
        unless: "the format is fixed by others and the path is cold",
        effort: Effort::M,
        source: "measured: out of a struct 276 ns, into one 302 ns with 24 B in 1 allocation",
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
