//! Count text: Go's goroutine and threadcreate profiles with debug=1, and any other that only counts.
//!
//! ```text
//! goroutine profile: total 3
//! 2 @ 0x1000 0x2000
//! ```

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::{Format, ProfileBuilder};
use super::rows::{Row, Totals};
use super::text::{Line, Lines, addresses, int, pattern};
use super::{Outcome, rows};

static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A(\S+) profile: total (\d+)\z"));

static SAMPLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\A(\d+) @((?: 0x[0-9a-f]+)+)\z"));

/// Reads count text.
pub(super) fn read(text: &[u8], input: &str) -> Outcome {
    let mut lines = Lines::new(text);
    let header = HEADER.captures(lines.header()?.text)?;
    let name = std::str::from_utf8(header.get(1)?.as_bytes()).ok()?;
    let mut totals = Totals::new([int(header.get(2)?.as_bytes()).unwrap_or(i64::MAX)]);
    let mut builder = ProfileBuilder::new(Format::CountText, &[(name, "count")]);
    builder.period(name, "count", 1);
    let profile = rows::read(lines, builder, Line::is_section, |line| {
        let row = parse(line).ok_or_else(|| line.expected("\"COUNT @ ADDRESS…\""))?;
        totals.add([row.values.first().copied().unwrap_or(0)]);
        Ok(row)
    });
    Some(profile.map(|mut profile| {
        totals.check(&mut profile, input);
        profile
    }))
}

fn parse(line: Line<'_>) -> Option<Row> {
    let captures = SAMPLE.captures(line.text)?;
    Some(Row {
        addresses: addresses(captures.get(2)?.as_bytes())?,
        values: vec![int(captures.get(1)?.as_bytes())?],
        object_bytes: None,
    })
}
