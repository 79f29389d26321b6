//! Contention text: Go's block and mutex profiles with debug=1, and C++ contentionz.
//!
//! ```text
//! --- contention:
//! cycles/second=2000000000
//! 10000 4 @ 0x1000 0x2000
//! ```

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::{Format, Profile, ProfileBuilder};
use super::rows::Row;
use super::text::{Line, Lines, addresses, int, pattern, split_once};
use super::{Outcome, rows};
use crate::error::Problem;

static SAMPLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d+) *(\d+) @([ x0-9a-f]*)"));

const HEADERS: [&[u8]; 3] = [b"--- contentionz ", b"--- mutex:", b"--- contention:"];

/// What stands between the header and the samples.
struct Attributes {
    cycles_per_second: i64,
    period: i64,
    duration_ms: i64,
}

/// Reads contention text.
pub(super) fn read(text: &[u8]) -> Outcome {
    let mut lines = Lines::new(text);
    let header = lines.header()?;
    HEADERS.iter().find(|h| header.text.starts_with(h))?;
    let attributes = Attributes::read(&mut lines)?;
    Some(attributes.samples(lines))
}

impl Attributes {
    /// Reads `name = value` lines; another name means another format.
    fn read(lines: &mut Lines<'_>) -> Option<Self> {
        let mut attributes = Self {
            cycles_per_second: 0,
            period: 1,
            duration_ms: 0,
        };
        let is_attribute = |l: Line<'_>| l.says_nothing() || (!l.is_section() && l.text.contains(&b'='));
        while let Some(line) = lines.next_if(is_attribute) {
            if !line.says_nothing() {
                let (name, value) = split_once(line.text, b"=")?;
                attributes.set(name.trim_ascii(), value.trim_ascii())?;
            }
        }
        Some(attributes)
    }

    fn set(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        match name {
            b"cycles/second" => self.cycles_per_second = int(value)?,
            b"sampling period" => self.period = int(value)?,
            b"ms since reset" => self.duration_ms = int(value)?,
            b"discarded samples" => {}
            _ => return None,
        }
        Some(())
    }

    fn samples(&self, lines: Lines<'_>) -> Result<Profile, Problem> {
        let types = [("contentions", "count"), ("delay", "nanoseconds")];
        let mut builder = ProfileBuilder::new(Format::ContentionText, &types);
        builder.period("contentions", "count", self.period);
        builder.head().duration_nanos = self.duration_ms.saturating_mul(1_000_000);
        let mut sample = 0;
        rows::read(lines, builder, Line::is_section, |line| {
            sample += 1;
            self.row(line, sample)
        })
    }

    fn row(&self, line: Line<'_>, sample: usize) -> Result<Row, Problem> {
        let wrong = || line.expected("\"CYCLES COUNT @ ADDRESS…\"");
        let captures = SAMPLE.captures(line.text).ok_or_else(wrong)?;
        let field = |i| captures.get(i).map_or(&b""[..], |m| m.as_bytes());
        let cycles = int(field(1)).ok_or_else(wrong)?;
        let count = int(field(2)).ok_or_else(wrong)?;
        Ok(Row {
            addresses: addresses(field(3)).ok_or_else(wrong)?,
            values: self.values(cycles, count, sample)?,
            object_bytes: None,
        })
    }

    /// Contentions and delay, as if all had been recorded.
    fn values(&self, cycles: i64, count: i64, sample: usize) -> Result<Vec<i64>, Problem> {
        if self.period <= 0 {
            return Ok(vec![count, cycles]);
        }
        let contentions = count.checked_mul(self.period).ok_or(Problem::Overflow {
            sample_type: "contentions/count".into(),
            sample,
        })?;
        let delay = if self.cycles_per_second > 0 {
            let cycles_per_nano = self.cycles_per_second as f64 / 1e9;
            (cycles as f64 * self.period as f64 / cycles_per_nano) as i64
        } else {
            cycles
        };
        Ok(vec![contentions, delay])
    }
}
