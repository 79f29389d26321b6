//! Java's heap and contention text, and the names that follow all of Java's profiles.
//!
//! ```text
//! --- heapz 1 ---
//! format = java
//! resolution = bytes
//!           7048     1 @ 0x00000003 0x00000004
//!  0x00000003 com.example.f (Source.java:193)
//! ```

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::{Format, LocationId, Profile, ProfileBuilder};
use super::rows::{Row, bytes_label, unsampled};
use super::symbols::named_line;
use super::text::{Line, Lines, addresses, hex, int, pattern};
use super::{Outcome, maps};
use crate::error::Problem;

static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"([\w ]+)=([\w ]+)"));

static SAMPLE: LazyLock<Regex> = LazyLock::new(|| pattern(r" *(\d+) +(\d+) +@ +([ x0-9a-f]*)"));

static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*0x([0-9A-Fa-f]+)\s+(.*)$"));

static SOURCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.*)\s+\((.+):(-?\d+)\)$"));

static LIBRARY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.*)\s+\((.*)\)$"));

/// Bytes per sample of Java's heap profiler.
const HEAP_RATE: i64 = 524_288;

/// What stands between the header and the samples.
#[derive(Default)]
struct Attributes {
    is_heap: bool,
    is_java: bool,
    resolution: Option<String>,
    period: Option<i64>,
    duration_ms: i64,
}

/// Reads Java's heap or contention text.
pub(super) fn read(text: &[u8]) -> Outcome {
    let mut lines = Lines::new(text);
    let mut attributes = Attributes {
        is_heap: match lines.next()?.trimmed() {
            b"--- heapz 1 ---" => true,
            b"--- contentionz 1 ---" => false,
            _ => return None,
        },
        ..Attributes::default()
    };
    attributes.read(&mut lines)?;
    let unit = attributes.resolution.clone().filter(|_| attributes.is_java)?;
    Some(attributes.samples(lines, &unit))
}

impl Attributes {
    fn read(&mut self, lines: &mut Lines<'_>) -> Option<()> {
        let is_attribute = |l: Line<'_>| l.says_nothing() || ATTRIBUTE.is_match(l.text);
        while let Some(line) = lines.next_if(is_attribute) {
            if let Some(captures) = ATTRIBUTE.captures(line.text) {
                let field = |i| captures.get(i).map(|m| m.as_bytes().trim_ascii());
                self.set(field(1)?, field(2)?)?;
            }
        }
        Some(())
    }

    fn set(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        match (name, self.is_heap) {
            (b"format", _) if value == b"java" => self.is_java = true,
            (b"resolution", _) => self.resolution = Some(String::from_utf8_lossy(value).into()),
            (b"sampling period", false) => self.period = Some(int(value)?),
            (b"ms since reset", false) => self.duration_ms = int(value)?,
            _ => return None,
        }
        Some(())
    }

    fn builder(&self, unit: &str) -> ProfileBuilder {
        let types = if self.is_heap {
            [("inuse_objects", "count"), ("inuse_space", unit)]
        } else {
            [("contentions", "count"), ("delay", unit)]
        };
        let mut builder = ProfileBuilder::new(Format::JavaText, &types);
        builder.head().duration_nanos = self.duration_ms.saturating_mul(1_000_000);
        if let Some(period) = self.period {
            builder.period("contentions", "count", period);
        }
        builder
    }

    fn samples(&self, mut lines: Lines<'_>, unit: &str) -> Result<Profile, Problem> {
        let mut rows = Vec::new();
        let is_sample = |l: Line<'_>| l.trimmed().is_empty() || SAMPLE.is_match(l.text);
        while let Some(line) = lines.next_if(is_sample) {
            if !line.trimmed().is_empty() {
                rows.push(self.row(line, rows.len())?);
            }
        }
        let mut builder = self.builder(unit);
        let names = Names::read(lines);
        for row in rows {
            let stack = names.stack(&mut builder, &row.addresses);
            let label = row.object_bytes.map(|bytes| bytes_label(&mut builder, bytes));
            builder.sample(stack, &row.values, label);
        }
        maps::attach(builder.head(), Vec::new());
        Ok(builder.finish())
    }

    /// The two numbers stand the other way round than elsewhere.
    fn row(&self, line: Line<'_>, row: usize) -> Result<Row, Problem> {
        let wrong = || line.expected("\"SIZE COUNT @ ADDRESS…\"");
        let captures = SAMPLE.captures(line.text).ok_or_else(wrong)?;
        let field = |i| captures.get(i).map_or(&b""[..], |m| m.as_bytes());
        let size = int(field(1)).ok_or_else(wrong)?;
        let count = int(field(2)).ok_or_else(wrong)?;
        let addresses = addresses(field(3)).ok_or_else(wrong)?;
        if self.is_heap && count == 0 {
            return Err(line.expected("a count that is not 0"));
        }
        Ok(Row {
            addresses,
            values: self.values(count, size, row)?.to_vec(),
            object_bytes: self.is_heap.then(|| size / count.max(1)),
        })
    }

    fn values(&self, count: i64, size: i64, row: usize) -> Result<[i64; 2], Problem> {
        if self.is_heap {
            let (objects, bytes) = unsampled(count, size, HEAP_RATE);
            return Ok([objects, bytes]);
        }
        let factor = self.period.filter(|p| *p != 0).unwrap_or(1);
        let scaled = count.checked_mul(factor).zip(size.checked_mul(factor));
        scaled
            .map(|(count, delay)| [count, delay])
            .ok_or(Problem::Overflow {
                sample_type: "contentions/count".into(),
                sample: row + 1,
            })
    }
}

/// The names of addresses.
pub(super) struct Names<'a> {
    by_address: HashMap<u64, Name<'a>>,
    /// The file in which a name was first seen; a function has one.
    files: HashMap<&'a [u8], &'a [u8]>,
}

struct Name<'a> {
    name: &'a [u8],
    line: i64,
}

impl<'a> Names<'a> {
    /// Reads `0xADDR NAME (FILE:LINE)` lines; others are skipped.
    pub(super) fn read(lines: Lines<'a>) -> Self {
        let mut names = Self {
            by_address: HashMap::new(),
            files: HashMap::new(),
        };
        for line in lines {
            names.add(line.trimmed());
        }
        names
    }

    fn add(&mut self, line: &'a [u8]) -> Option<()> {
        let captures = NAME.captures(line)?;
        let address = hex(captures.get(1)?.as_bytes())?;
        let (name, file, line) = split_name(captures.get(2)?.as_bytes());
        self.files.entry(name).or_insert(file);
        self.by_address.insert(address, Name { name, line });
        Some(())
    }

    /// The locations of a stack. What has a name needs no address, which means nothing in the next run.
    pub(super) fn stack(&self, builder: &mut ProfileBuilder, addresses: &[u64]) -> Vec<LocationId> {
        let location = |address: &u64| match self.by_address.get(address) {
            Some(Name { name, line }) => {
                let file = self.files.get(name).copied().unwrap_or_default();
                let line = named_line(builder, name, file, *line);
                builder.location(None, 0, false, &[line])
            }
            None => builder.location(None, *address, false, &[]),
        };
        addresses.iter().map(location).collect()
    }
}

/// Name, file, line.
fn split_name(text: &[u8]) -> (&[u8], &[u8], i64) {
    let parts = |pattern: &Regex| {
        let captures = pattern.captures(text)?;
        let line = captures.get(3).and_then(|m| int(m.as_bytes()));
        Some((captures.get(1)?.as_bytes(), captures.get(2)?.as_bytes(), line))
    };
    if let Some((name, file, line)) = parts(&SOURCE) {
        return (name, file, line.unwrap_or(0).max(0));
    }
    if let Some((name, path, _)) = parts(&LIBRARY) {
        let base = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        return (name, base, 0);
    }
    let stub: &[u8] = b"generated stub/JIT";
    let is_stub = text.windows(stub.len()).any(|w| w == stub);
    (if is_stub { b"STUB" } else { text }, b"", 0)
}
