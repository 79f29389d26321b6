//! Heap text: Go's debug=1, gperftools' heapz and heapprofile, growth and fragmentation.
//!
//! ```text
//! heap profile: 3: 300 [5: 500] @ heap/1048576
//! 1: 100 [2: 200] @ 0x1000 0x2000
//! ```

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::super::{Format, MemStats, ProfileBuilder};
use super::rows::{Row, Totals, unsampled};
use super::text::{Line, Lines, addresses, int, pattern};
use super::{Outcome, maps, rows};
use crate::error::Problem;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"heap profile: *(\d+): *(\d+) *\[ *(\d+): *(\d+) *\] *@ *(heap[_a-z0-9]*|growthz?|fragmentationz?)/?(\d*)",
    )
});

static SAMPLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(-?\d+): *(-?\d+) *\[ *(\d+): *(\d+) *\] @([ x0-9a-f]*)"));

const EXPECTED: &str = "\"COUNT: SIZE [COUNT: SIZE] @ ADDRESS…\"";

/// What the header says.
struct Header {
    /// Objects and bytes in use, objects and bytes allocated.
    totals: [i64; 4],
    /// Bytes per sample, if only a sample was taken.
    rate: Option<i64>,
    period: i64,
    has_alloc: bool,
}

/// Reads heap text.
pub(super) fn read(text: &[u8], input: &str) -> Outcome {
    let mut lines = Lines::new(text);
    let header = Header::parse(lines.header()?.text)?;
    let mut totals = Totals::new(header.totals);
    let parse = |line: Line<'_>| {
        let captures = SAMPLE.captures(line.text);
        let captures = captures.ok_or_else(|| line.expected(EXPECTED))?;
        let numbers = four(&captures).ok_or_else(|| line.expected(EXPECTED))?;
        let stack = captures.get(5).and_then(|m| addresses(m.as_bytes()));
        totals.add(numbers);
        header.row(line, numbers, stack.ok_or_else(|| line.expected(EXPECTED))?)
    };
    let profile = rows::read(lines, header.builder(), maps::starts_at, parse);
    Some(profile.map(|mut profile| {
        totals.check(&mut profile, input);
        profile.memstats = MemStats::read(text);
        profile
    }))
}

impl Header {
    fn parse(line: &[u8]) -> Option<Self> {
        let captures = HEADER.captures(line)?;
        let totals = four(&captures)?;
        let digits = captures.get(6).map_or(&b""[..], |m| m.as_bytes());
        let rate = if digits.is_empty() { 0 } else { int(digits)? };
        let (rate, period) = match captures.get(5)?.as_bytes() {
            // Go writes twice its rate.
            b"heap" => (Some(rate / 2), rate / 2),
            b"heap_v2" | b"heapz_v2" => (Some(rate), rate),
            b"heapprofile" => (None, 1),
            kind if kind.starts_with(b"heap") => return None,
            _ => (None, 1),
        };
        let [objects, bytes, all_objects, all_bytes] = totals;
        let differs = |all, used| all != used && all != 0;
        let growth = !captures.get(5)?.as_bytes().starts_with(b"heap");
        Some(Self {
            totals,
            rate,
            period,
            has_alloc: !growth && (differs(all_objects, objects) || differs(all_bytes, bytes)),
        })
    }

    fn builder(&self) -> ProfileBuilder {
        let types: &[_] = if self.has_alloc {
            &[
                ("alloc_objects", "count"),
                ("alloc_space", "bytes"),
                ("inuse_objects", "count"),
                ("inuse_space", "bytes"),
            ]
        } else {
            &[("objects", "count"), ("space", "bytes")]
        };
        let mut builder = ProfileBuilder::new(Format::HeapText, types);
        builder.period("space", "bytes", self.period);
        builder
    }

    fn row(&self, line: Line<'_>, numbers: [i64; 4], addresses: Vec<u64>) -> Result<Row, Problem> {
        let [objects, bytes, all_objects, all_bytes] = numbers;
        let mut row = Row {
            addresses,
            values: Vec::with_capacity(4),
            object_bytes: None,
        };
        if self.has_alloc {
            self.add(&mut row, line, all_objects, all_bytes)?;
        }
        self.add(&mut row, line, objects, bytes)?;
        Ok(row)
    }

    fn add(&self, row: &mut Row, line: Line<'_>, objects: i64, bytes: i64) -> Result<(), Problem> {
        if objects == 0 && bytes != 0 {
            return Err(line.expected("a size of 0 where the count is 0"));
        }
        if objects != 0 {
            row.object_bytes = Some(bytes.wrapping_div(objects));
        }
        let values = match self.rate {
            Some(rate) => unsampled(objects, bytes, rate),
            None => (objects, bytes),
        };
        row.values.extend([values.0, values.1]);
        Ok(())
    }
}

fn four(captures: &Captures<'_>) -> Option<[i64; 4]> {
    let number = |i| int(captures.get(i)?.as_bytes());
    Some([number(1)?, number(2)?, number(3)?, number(4)?])
}
