//! Numbers for our own views: four significant digits, a blank before the unit.

use super::bench::{is_bytes, is_time, tokens};

/// A measurement in base units (see [`tidy`](super::tidy)) as people read it.
///
/// Times are scaled to ns, µs, ms or s, bytes by powers of 1024, anything else as by [`human_count`]. A trailing
/// `/op` is left to the caller, any other denominator is kept: `1.718 µs`, `1.205 KiB`, `133.7 MiB/s`, `9`
/// (allocs/op), `12.35k hits`. Whole bytes and zero print without decimals; NaN and infinities as `NaN`, `∞`, `-∞`.
pub fn human(value: f64, unit: &str) -> String {
    let short = unit.strip_suffix("/op").unwrap_or(unit);
    let (numerator, denominator) = short.find('/').map_or((short, ""), |at| short.split_at(at));
    let has = |wanted: fn(&str) -> bool| tokens(numerator).any(|token| wanted(token.text));
    if has(|token| is_time(token) && matches!(token, "s" | "sec")) {
        scaled(value, &TIMES, denominator)
    } else if has(|token| is_bytes(token) && token != "MB") {
        scaled(value, &BYTES, denominator)
    } else if matches!(short, "allocs" | "") {
        human_count(value)
    } else {
        format!("{} {short}", human_count(value))
    }
}

/// A number without unit: plain up to 10⁴, then with k, M, G or T; four significant digits, whole numbers without
/// decimals: `0.25`, `9`, `1234`, `12.35k`, `1.718M`.
pub fn human_count(value: f64) -> String {
    let magnitude = value.abs();
    if let Some(text) = not_finite(value) {
        return text.to_string();
    }
    let fits = |(_, factor): &&(&str, f64)| magnitude >= *factor * ROUNDS_UP;
    match COUNTS.iter().find(fits) {
        Some((suffix, factor)) if magnitude >= 1e4 * ROUNDS_UP => {
            format!("{}{suffix}", significant(value / factor))
        }
        _ => plain(value),
    }
}

/// A part of a whole as a percentage with one decimal: `12.3 %`; `<0.1 %` for what would round to nothing and
/// `>99.9 %` for what would round to all, but is not; `0 %` and `100 %` when exactly so. Values outside 0…1 keep
/// their sign and size: `-12.3 %`, `250.0 %`. NaN prints as `NaN`.
pub fn share(fraction: f64) -> String {
    if let Some(text) = not_finite(fraction) {
        return text.to_string();
    }
    let sign = if fraction < 0.0 { "-" } else { "" };
    let percent = fraction.abs() * 100.0;
    match percent {
        0.0 => "0 %".to_string(),
        100.0 => format!("{sign}100 %"),
        p if p < 0.05 => format!("{}0.1 %", if fraction < 0.0 { ">-" } else { "<" }),
        p if (99.95..100.0).contains(&p) => format!("{}99.9 %", if fraction < 0.0 { "<-" } else { ">" }),
        p => format!("{sign}{p:.1} %"),
    }
}

/// Just below the point where four digits round up to the next power of ten.
const ROUNDS_UP: f64 = 0.99995;

const TIMES: [(&str, f64); 4] = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)];
const BYTES: [(&str, f64); 5] = [
    ("TiB", 1_099_511_627_776.0),
    ("GiB", 1_073_741_824.0),
    ("MiB", 1_048_576.0),
    ("KiB", 1024.0),
    ("B", 1.0),
];
const COUNTS: [(&str, f64); 4] = [("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)];

/// In the first unit that the magnitude reaches, else in the last one.
fn scaled(value: f64, units: &[(&str, f64)], denominator: &str) -> String {
    let base = units.iter().find(|(_, factor)| *factor == 1.0);
    let fits = |(_, factor): &&(&str, f64)| value.abs() >= *factor * ROUNDS_UP;
    let unscaled = value == 0.0 || !value.is_finite();
    let chosen = if unscaled {
        base
    } else {
        units.iter().find(fits).or(units.last())
    };
    let Some((name, factor)) = chosen else {
        return human_count(value);
    };
    let number = not_finite(value).map(str::to_string).unwrap_or_else(|| {
        let whole = *name == "B" && value.fract() == 0.0;
        if value == 0.0 || whole {
            plain(value)
        } else {
            significant(value / factor)
        }
    });
    format!("{number} {name}{denominator}")
}

fn not_finite(value: f64) -> Option<&'static str> {
    match value {
        v if v.is_nan() => Some("NaN"),
        f64::INFINITY => Some("∞"),
        f64::NEG_INFINITY => Some("-∞"),
        _ => None,
    }
}

/// Four significant digits, more than three decimals only below 1.
fn significant(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m >= 999.95 => 0,
        m if m >= 99.995 => 1,
        m if m >= 9.9995 => 2,
        m if m >= ROUNDS_UP => 3,
        m if m >= 0.099_995 => 4,
        m if m >= 0.009_999_5 => 5,
        _ => 6,
    };
    format!("{value:.decimals$}")
}

/// Four significant digits without the zeros at the end.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        return format!("{:.0}", if value == 0.0 { 0.0 } else { value });
    }
    let text = if value.abs() < 1e-4 {
        format!("{value:.3e}")
    } else {
        significant(value)
    };
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_read_as_people_write_them() {
        let check = |value, unit, expect: &str| assert_eq!(human(value, unit), expect);
        check(1.718e-6, "sec/op", "1.718 µs");
        check(0.2350e-9, "sec/op", "0.2350 ns");
        check(999.96e-9, "sec/op", "1.000 µs");
        check(12.5, "sec/op", "12.50 s");
        check(1234.5, "sec/op", "1234 s");
        check(0.0, "sec/op", "0 s");
        check(-0.0, "B/op", "0 B");
        check(-1.5e-3, "sec/op", "-1.500 ms");
        check(2e-3, "p99-sec", "2.000 ms");
        check(2e-3, "sec/GC", "2.000 ms/GC");
        check(1234.0, "B/op", "1.205 KiB");
        check(368.0, "B/op", "368 B");
        check(140.19e6, "B/s", "133.7 MiB/s");
        check(9.0, "allocs/op", "9");
        check(12_345.0, "allocs/op", "12.35k");
        check(3.25, "hits/op", "3.25 hits");
        check(5e6, "ops/s", "5.000M ops/s");
        check(f64::NAN, "sec/op", "NaN s");
        check(f64::INFINITY, "allocs/op", "∞");
    }

    #[test]
    fn counts_and_shares_read_as_people_write_them() {
        let check = |value, expect: &str| assert_eq!(human_count(value), expect);
        check(0.25, "0.25");
        check(9999.0, "9999");
        check(10_000.0, "10.00k");
        check(1_718_000.0, "1.718M");
        check(1e15, "1000T");
        check(1e-7, "1.000e-7");
        let check = |fraction, expect: &str| assert_eq!(share(fraction), expect);
        check(0.1234, "12.3 %");
        check(0.0, "0 %");
        check(-0.0, "0 %");
        check(1.0, "100 %");
        check(0.0001, "<0.1 %");
        check(0.9999, ">99.9 %");
        check(-0.1234, "-12.3 %");
        check(-0.0001, ">-0.1 %");
        check(2.5, "250.0 %");
    }
}
