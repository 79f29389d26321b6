//! Results that the program's own output tore apart.
//!
//! Go writes the name, blanks and a tab when a benchmark begins, and count, tab and measurements when it ends; what the
//! program prints in between stands inside the line. A *name* waits until its *tail* comes:
//!
//! ```text
//! BenchmarkX-2   <tab>INFO starting server        the name
//! some text without a newline 4730106<tab>         5.900 ns/op<tab>       0 B/op      the tail
//! ```

use super::failure::outcome;
use super::number::{parse_count, parse_float};
use super::text::split_field;

/// Count and measurements of a result line, without the name.
pub(super) struct Numbers<'a> {
    pub(super) iterations: i64,
    /// As printed.
    pub(super) measurements: Vec<(f64, &'a str)>,
}

/// Reads `ITERS VALUE UNIT [VALUE UNIT]…`; the error is the message for a line that is not of this form.
pub(super) fn numbers(text: &str) -> Result<Numbers<'_>, String> {
    let (count, mut rest) = split_field(text);
    if count.is_empty() {
        return Err("missing iteration count".to_string());
    }
    let iterations = parse_count(count).map_err(|why| format!("parsing iteration count: {why}"))?;
    if rest.is_empty() {
        return Err("missing measurements".to_string());
    }
    let mut measurements = Vec::with_capacity(3);
    while !rest.is_empty() {
        let (value, after_value) = split_field(rest);
        let value = parse_float(value).map_err(|why| format!("parsing measurement: {why}"))?;
        let (unit, after_unit) = split_field(after_value);
        if unit.is_empty() {
            return Err("missing units".to_string());
        }
        measurements.push((value, unit));
        rest = after_unit;
    }
    Ok(Numbers {
        iterations,
        measurements,
    })
}

/// The names in a line, each with the text up to the next one: `Benchmark`, other characters, blanks and a tab.
///
/// A name further in counts only after text of the program itself: not in indented, commented or quoted lines. A name
/// that is followed by its outcome (`--- FAIL`, `--- SKIP`) does not wait for anything.
pub(super) fn names(line: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (at, word) in line.match_indices("Benchmark") {
        let quoted = at > 0 && is_quoting(&line[..at]);
        let inside = &line[at + word.len()..];
        let (name, _) = split_field(inside);
        let blanks = inside[name.len()..].trim_start_matches(' ');
        let Some(rest) = blanks.strip_prefix('\t').filter(|_| !quoted) else {
            continue;
        };
        if let Some((_, text)) = found.last_mut() {
            *text = text.strip_suffix(&line[at..]).unwrap_or(text);
        }
        found.push((name, rest));
    }
    found.retain(|(_, rest)| outcome(rest).is_none());
    found
}

/// The numbers at the end of a text, after whatever the program printed. Digits that the text ends with are taken as
/// part of the count; the measurements are not affected.
pub(super) fn tail(line: &str) -> Option<Numbers<'_>> {
    let mut measurements = Vec::new();
    for piece in line.rsplit('\t') {
        if let Some(measurement) = measurement(piece) {
            measurements.push(measurement);
            continue;
        }
        let digits = &piece[piece.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
        if measurements.is_empty() || digits.is_empty() {
            return None;
        }
        measurements.reverse();
        return Some(Numbers {
            iterations: parse_count(digits).unwrap_or(i64::MAX),
            measurements,
        });
    }
    None
}

fn is_quoting(before: &str) -> bool {
    let text = before.trim_start();
    text.is_empty() || text.starts_with(['#', '>', '|', '"', '\'', '`']) || text.starts_with("//")
}

/// One `VALUE unit` between two tabs.
fn measurement(piece: &str) -> Option<(f64, &str)> {
    let (value, rest) = split_field(piece.trim());
    let (unit, after) = split_field(rest);
    let value = parse_float(value).ok()?;
    (after.is_empty() && !unit.is_empty()).then_some((value, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_a_result_line_are_named() {
        let check = |text, expect: &str| assert_eq!(numbers(text).err().unwrap_or_default(), expect);
        check("100 5 ns/op 6 ns/op", "");
        check("", "missing iteration count");
        check("abc", "parsing iteration count: invalid syntax");
        check(
            "99999999999999999999",
            "parsing iteration count: value out of range",
        );
        check("100", "missing measurements");
        check("100 abc", "parsing measurement: invalid syntax");
        check("100 1e400 ns/op", "parsing measurement: value out of range");
        check("100 1 ns/op 2", "missing units");
    }

    #[test]
    fn names_wait_for_their_numbers() {
        let check = |line, expect: &[(&str, &str)]| assert_eq!(names(line), expect, "{line:?}");
        check("BenchmarkX-2   \tINFO", &[("X-2", "INFO")]);
        check("textBenchmarkX-2 \tINFO", &[("X-2", "INFO")]);
        check("BenchmarkA \tlogBenchmarkB \tx", &[("A", "log"), ("B", "x")]);
        check("BenchmarkX-2 \t--- FAIL: BenchmarkX-2", &[]);
        check("BenchmarkX 100", &[]);
        check("see BenchmarkX now", &[]);
        check("# BenchmarkX-2 \t100\t5 ns/op", &[]);
        check("    BenchmarkX-2 \t100\t5 ns/op", &[]);
    }

    #[test]
    fn tails_are_read_from_the_end() {
        let check = |line, iterations, expect: &[(f64, &str)]| {
            let got = tail(line).unwrap_or(Numbers {
                iterations: 0,
                measurements: Vec::new(),
            });
            assert_eq!(
                (got.iterations, got.measurements.as_slice()),
                (iterations, expect),
                "{line:?}"
            );
        };
        check(
            "text 4730106\t         5.900 ns/op\t  0 B/op",
            4_730_106,
            &[(5.9, "ns/op"), (0.0, "B/op")],
        );
        check("   100\t 5 ns/op", 100, &[(5.0, "ns/op")]);
        check("port 80119980338\t 5 ns/op", 80_119_980_338, &[(5.0, "ns/op")]);
        check("99999999999999999999\t5 ns/op", i64::MAX, &[(5.0, "ns/op")]);
        check("a\tb 7\t5 ns/op", 7, &[(5.0, "ns/op")]);
        check("100 5 ns/op", 0, &[]);
        check("100\t5 ns/op more", 0, &[]);
        check("x\t5 ns/op", 0, &[]);
        check("", 0, &[]);
    }
}
