//! What one input says.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::failure::Failure;
use super::text::Encoding;
use super::units::Units;
use super::{name, number};
use crate::error::Warning;

/// One input of benchmark results.
#[derive(Debug, Clone)]
pub struct BenchLog {
    /// The input as the user named it.
    pub input: String,
    /// Plain text or events.
    pub format: Format,
    /// How the bytes were to be read.
    pub encoding: Encoding,
    /// In the order in which their lines are completed; at least one.
    pub results: Vec<BenchResult>,
    /// What `Unit` lines say.
    pub units: Units,
    /// What did not give a result, in order; one per package, benchmark and kind.
    pub failures: Vec<Failure>,
    /// Lines that could not be read (code `syntax`), and what was left out.
    pub warnings: Vec<Warning>,
    /// How many results were put together again from lines that the program's own output had torn apart.
    pub recovered: usize,
    /// How many messages about lines there are among the warnings.
    pub syntax_errors: usize,
    /// Lines between the events that are no event.
    pub ignored_lines: usize,
}

/// The form of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// The text that `go test -bench` prints.
    Text,
    /// The events of `go test -json`.
    Test2Json,
}

/// One result line.
#[derive(Debug, Clone)]
pub struct BenchResult {
    /// The name without `Benchmark`, with the GOMAXPROCS suffix: `Decode/size=1k-8`. May be empty.
    pub name: Arc<str>,
    /// How often the loop ran; as printed, so not always positive.
    pub iterations: i64,
    /// In the order of the line; never empty. A unit may occur twice.
    pub measurements: Box<[Measurement]>,
    /// The configuration in force at this line, shared with the neighbours.
    pub config: Arc<Config>,
    /// Line from 1; of the name where the line was torn apart, of the completing event for events.
    pub line: u64,
    /// When the line was completed, in nanoseconds since 1970, for events that say so.
    pub time: Option<i64>,
}

/// A number with its unit.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// In base units: seconds for ns, bytes for MB.
    pub value: f64,
    /// As printed.
    pub original: f64,
    /// Shared by all measurements of the unit.
    pub unit: Arc<BenchUnit>,
}

/// A unit as printed and in base units.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchUnit {
    /// In base units: `sec/op`.
    pub name: String,
    /// As printed: `ns/op`.
    pub original: String,
    /// Base value = printed value × factor.
    pub factor: f64,
}

impl Measurement {
    /// The unit of `value`, in base units.
    pub fn unit(&self) -> &str {
        &self.unit.name
    }

    /// The unit of `original`, as printed.
    pub fn original_unit(&self) -> &str {
        &self.unit.original
    }
}

impl BenchResult {
    /// The import path that the `pkg` line gives, empty without one.
    pub fn package(&self) -> &str {
        self.config.get("pkg").unwrap_or_default()
    }

    /// The value of a key: `.fullname`, `.name`, `/part` (with `/gomaxprocs`), or a configuration key. `None` when the
    /// result does not have it; `.file` is the caller's to know.
    pub fn value(&self, key: &str) -> Option<&str> {
        match key {
            ".fullname" => Some(&self.name),
            ".name" => Some(name::base(&self.name)),
            _ if key.starts_with('/') => name::part(&self.name, key),
            _ => self.config.get(key),
        }
    }

    /// N of the suffix `-N`; `None` without one, which is how Go prints GOMAXPROCS=1.
    pub fn gomaxprocs(&self) -> Option<i64> {
        let (_, suffix) = name::split_gomaxprocs(&self.name);
        number::parse_count(suffix.strip_prefix('-')?).ok()
    }

    /// The measurements in a unit (in base units), in the order of the line.
    pub fn values_in<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = f64> + 'a {
        self.measurements
            .iter()
            .filter(move |m| m.unit() == unit)
            .map(|m| m.value)
    }
}
