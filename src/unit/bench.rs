//! The units of benchmark measurements: base units, direction and kind. Source: package `benchunit` of golang.org/x/perf.

use serde::{Deserialize, Serialize};

/// A unit in base units, and how to get there.
#[derive(Debug, Clone, PartialEq)]
pub struct Tidy {
    /// The unit with `sec` for `ns` and `B` for `MB`.
    pub unit: String,
    /// Base value = value × factor.
    pub factor: f64,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Less is better: time, bytes and allocations per operation.
    Lower,
    /// More is better: throughput.
    Higher,
    /// The unit does not say.
    Unknown,
}

/// What a unit measures: comparisons of one class are one family of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitClass {
    /// Taken from the clock, throughput included.
    Time,
    /// `allocs/op`.
    Allocs,
    /// Bytes that no clock took part in.
    Bytes,
    /// Anything else.
    Other,
}

/// The unit in base units: every `ns` of the numerator becomes `sec`, every `MB` becomes `B`; their factors multiply.
pub fn tidy(unit: &str) -> Tidy {
    let mut out = Tidy {
        unit: String::with_capacity(unit.len() + 1),
        factor: 1.0,
    };
    for token in tokens(unit) {
        let (text, factor) = match token.text {
            "ns" if token.numerator => ("sec", 1e-9),
            "MB" if token.numerator => ("B", 1e6),
            other => (other, 1.0),
        };
        out.unit.push_str(text);
        out.unit.extend(token.separator);
        out.factor *= factor;
    }
    out
}

/// Which way is better, as far as the unit itself tells; a `Unit` line or the user may say otherwise.
pub fn direction(unit: &str) -> Direction {
    match unit {
        "ns/op" | "sec/op" | "B/op" | "allocs/op" => return Direction::Lower,
        "MB/s" | "B/s" => return Direction::Higher,
        _ => {}
    }
    let last_denominator = tokens(unit).filter(|t| !t.numerator && !t.text.is_empty()).last();
    if last_denominator.is_some_and(|t| matches!(t.text, "s" | "sec")) {
        return Direction::Higher;
    }
    let costs =
        |t: &Token| is_time(t.text) || is_bytes(t.text) || is_large_bytes(t.text) || t.text == "allocs";
    if tokens(unit).any(|t| t.numerator && costs(&t)) {
        Direction::Lower
    } else {
        Direction::Unknown
    }
}

/// Whether a time is anywhere in the unit, so that the values carry the noise of a clock.
pub fn is_time_like(unit: &str) -> bool {
    tokens(unit).any(|token| is_time(token.text))
}

/// Whether values are scaled by powers of 1024: `B`, `MB` or `bytes` in the numerator.
pub fn is_binary(unit: &str) -> bool {
    tokens(unit).any(|token| token.numerator && is_bytes(token.text))
}

/// What the unit measures.
pub fn class(unit: &str) -> UnitClass {
    if is_time_like(unit) {
        UnitClass::Time
    } else if unit == "allocs/op" {
        UnitClass::Allocs
    } else if is_binary(unit) || tokens(unit).any(|t| t.numerator && is_large_bytes(t.text)) {
        UnitClass::Bytes
    } else {
        UnitClass::Other
    }
}

/// A word of a unit, on which side of the division it stands, and what ends it.
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) numerator: bool,
    separator: Option<char>,
}

/// Splits at `*`, `/`, `-` and white space: `/` leads to the denominator, `*` back to the numerator.
pub(super) fn tokens(unit: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = Some(unit);
    let mut numerator = true;
    std::iter::from_fn(move || {
        let text = rest?;
        let here = numerator;
        let Some((at, separator)) = text.char_indices().find(|(_, c)| is_separator(*c)) else {
            rest = None;
            return Some(Token {
                text,
                numerator: here,
                separator: None,
            });
        };
        rest = text.get(at + separator.len_utf8()..);
        numerator = separator == '*' || (here && separator != '/');
        Some(Token {
            text: &text[..at],
            numerator: here,
            separator: Some(separator),
        })
    })
}

fn is_separator(c: char) -> bool {
    matches!(c, '*' | '/' | '-') || c.is_whitespace()
}

pub(super) fn is_time(token: &str) -> bool {
    matches!(token, "ns" | "us" | "µs" | "μs" | "ms" | "s" | "sec")
}

pub(super) fn is_bytes(token: &str) -> bool {
    matches!(token, "B" | "MB" | "bytes")
}

fn is_large_bytes(token: &str) -> bool {
    matches!(token, "KB" | "MiB" | "KiB" | "GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_base_units() {
        let check = |unit, expect: &str, factor: f64| {
            let got = tidy(unit);
            assert_eq!(got.unit, expect);
            assert!(
                (got.factor / factor - 1.0).abs() < 1e-12,
                "{unit}: {}",
                got.factor
            );
        };
        check("ns/op", "sec/op", 1e-9);
        check("MB/s", "B/s", 1e6);
        check("p50-ns", "p50-sec", 1e-9);
        check("ns/GC", "sec/GC", 1e-9);
        check("ns*MB/ns", "sec*B/ns", 1e-3);
        check("op/ns", "op/ns", 1.0);
        check("MB/MB", "B/MB", 1e6);
        check("MB*MB/s", "B*B/s", 1e12);
        check("1/ns*ns", "1/ns*sec", 1e-9);
        for same in ["µs", "ms", "KB", "GB", "MiB", "mns", "Mbytes", "", "/", "a b-c*"] {
            check(same, same, 1.0);
        }
    }

    #[test]
    fn directions_follow_the_unit() {
        let check = |unit, expect| assert_eq!(direction(unit), expect, "{unit}");
        for unit in [
            "ns/op",
            "sec/op",
            "B/op",
            "allocs/op",
            "p99-sec",
            "resident-bytes",
            "sec/GC",
            "KB/op",
        ] {
            check(unit, Direction::Lower);
        }
        for unit in ["MB/s", "B/s", "ops/s", "items/sec", "disk-B/sec"] {
            check(unit, Direction::Higher);
        }
        check("hits/op", Direction::Unknown);
        check("", Direction::Unknown);
    }

    #[test]
    fn kinds_follow_the_unit() {
        let check = |unit, expect| assert_eq!(class(unit), expect, "{unit}");
        check("sec/op", UnitClass::Time);
        check("B/s", UnitClass::Time);
        check("allocs/op", UnitClass::Allocs);
        check("B/op", UnitClass::Bytes);
        check("text-bytes", UnitClass::Bytes);
        check("KiB/op", UnitClass::Bytes);
        check("hits/op", UnitClass::Other);
        assert!(is_binary("disk-B/sec") && is_binary("text-bytes"));
        assert!(!is_binary("sec/B") && !is_binary("KB/s") && !is_binary("Mbytes"));
    }
}
