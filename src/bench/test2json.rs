//! The events of `go test -json`: one JSON object a line, the text of each package in pieces.

use std::borrow::Cow;

use serde::Deserialize;

/// What we read of an event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) action: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) package: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) test: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) output: Cow<'a, str>,
    #[serde(borrow, default)]
    time: Cow<'a, str>,
}

impl Event<'_> {
    /// When, in nanoseconds since 1970; `None` if the event does not say so.
    pub(super) fn nanoseconds(&self) -> Option<i64> {
        timestamp(&self.time)
    }
}

/// The event of a line; `None` for any other text.
pub(super) fn event(line: &[u8]) -> Option<Event<'_>> {
    let object = line.trim_ascii_start().starts_with(b"{");
    object.then(|| serde_json::from_slice(line).ok()).flatten()
}

/// Whether a text is a series of events: its first line that is not blank is one.
pub(super) fn is_events(text: &[u8]) -> bool {
    let first = text
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    first.is_some_and(|line| event(line).is_some())
}

/// Nanoseconds since 1970 of an RFC 3339 time: `2026-01-02T03:04:05.123456Z`, `…+01:00`.
fn timestamp(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    let rest = text.get(19..)?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (fraction, zone) = rest.split_at_checked(zone_at)?;
    let days = days_since_1970(number(0..4)?, number(5..7)?, number(8..10)?);
    let whole = days * 86_400 + seconds - offset_seconds(zone)?;
    whole
        .checked_mul(1_000_000_000)?
        .checked_add(fraction_nanoseconds(fraction)?)
}

fn fraction_nanoseconds(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('.').unwrap_or(text);
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

fn offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return Some(0),
    };
    let number = |range: std::ops::Range<usize>| zone.get(range)?.parse::<i64>().ok();
    Some(sign * (number(1..3)? * 3600 + number(4..6)? * 60))
}

/// Days of the Gregorian calendar, by counting from a March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2).div_euclid(5) + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_1970() {
        let check = |text, expect| assert_eq!(timestamp(text), expect, "{text}");
        check("1970-01-01T00:00:00Z", Some(0));
        check("2026-01-02T03:04:00.000001Z", Some(1_767_323_040_000_001_000));
        check("2024-02-29T12:00:00+01:00", Some(1_709_204_400_000_000_000));
        check("2024-02-29T12:00:00.5-07:30", Some(1_709_235_000_500_000_000));
        check("9999-01-01T00:00:00Z", None);
        for bad in [
            "",
            "yesterday",
            "2026-01-02",
            "2026-01-02T03:04:00",
            "2026-01-02T03:04:00.xZ",
            "äääääääääääZ",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn events_are_told_from_text() {
        assert!(is_events(b"\n  \n{\"Action\":\"start\"}\n"));
        assert!(!is_events(b"{\"action\":\"start\"}\n"));
        assert!(!is_events(b"{\"Action\":5}"));
        assert!(!is_events(b"goos: linux\n{\"Action\":\"start\"}"));
        assert!(!is_events(b""));
        let got = event(b"{\"Action\":\"output\",\"Output\":\"a\\tb\\n\",\"Elapsed\":0.1}");
        assert_eq!(got.map(|e| e.output.into_owned()).as_deref(), Some("a\tb\n"));
    }
}
