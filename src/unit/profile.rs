//! Sample values as `go tool pprof` prints them, byte for byte.
//!
//! A dimension is a list of units with factors to its base unit. A unit name is matched without regard to case and to
//! a plural `s`; the plural is cut from names longer than two *bytes*, so that the spelling `μs` of microseconds is
//! never found, there as here. Source: package `internal/measurement` of google/pprof.

/// Names of one unit and how many base units it holds.
struct UnitNames {
    /// As printed.
    canonical: &'static str,
    /// As found in profiles: lower case, singular.
    aliases: &'static [&'static str],
    factor: f64,
}

/// Units that convert into each other, smallest first.
struct Dimension {
    units: &'static [UnitNames],
    /// Printed when the wanted unit is of another dimension or no unit fits: name and factor.
    default: (&'static str, f64),
}

const fn unit(canonical: &'static str, aliases: &'static [&'static str], factor: f64) -> UnitNames {
    UnitNames {
        canonical,
        aliases,
        factor,
    }
}

const DIMENSIONS: [Dimension; 3] = [
    Dimension {
        units: &[
            unit("B", &["b", "byte"], 1.0),
            unit("kB", &["kb", "kbyte", "kilobyte"], 1024.0),
            unit("MB", &["mb", "mbyte", "megabyte"], 1_048_576.0),
            unit("GB", &["gb", "gbyte", "gigabyte"], 1_073_741_824.0),
            unit("TB", &["tb", "tbyte", "terabyte"], 1_099_511_627_776.0),
            unit("PB", &["pb", "pbyte", "petabyte"], 1_125_899_906_842_624.0),
        ],
        default: ("B", 1.0),
    },
    Dimension {
        units: &[
            unit("ns", &["ns", "nanosecond"], 1.0),
            unit("us", &["μs", "us", "microsecond"], 1e3),
            unit("ms", &["ms", "millisecond"], 1e6),
            unit("s", &["s", "sec", "second"], 1e9),
            unit("hrs", &["hour", "hr"], 3.6e12),
        ],
        default: ("s", 1e9),
    },
    Dimension {
        units: &[
            unit("n*GCU", &["nanogcu"], 1e-9),
            unit("u*GCU", &["microgcu"], 1e-6),
            unit("m*GCU", &["milligcu"], 1e-3),
            unit("GCU", &["gcu"], 1.0),
            unit("k*GCU", &["kilogcu"], 1e3),
            unit("M*GCU", &["megagcu"], 1e6),
            unit("G*GCU", &["gigagcu"], 1e9),
            unit("T*GCU", &["teragcu"], 1e12),
            unit("P*GCU", &["petagcu"], 1e15),
        ],
        default: ("GCU", 1.0),
    },
];

/// The value in the unit `to`, and the name to print after it (empty when the unit says nothing, as for counts).
///
/// `to` may be `auto` or `minimum`: the largest unit in which the magnitude is at least 1, else B, s or GCU. A unit of
/// another dimension gives that default too. A value whose unit is unknown is returned as it is, with the name `to`.
pub fn scale(value: i64, from: &str, to: &str) -> (f64, String) {
    // The most negative value has no positive counterpart and is converted with its sign, as in the reference.
    if value < 0
        && let Some(positive) = value.checked_neg()
    {
        let (scaled, name) = scale(positive, from, to);
        return (-scaled, name);
    }
    let known = DIMENSIONS
        .iter()
        .find_map(|dimension| dimension.convert(value, from, to));
    if let Some((scaled, name)) = known {
        return (scaled, name.to_string());
    }
    let name = if matches!(to, "count" | "sample" | "unit" | "minimum" | "auto") {
        ""
    } else {
        to
    };
    (value as f64, name.to_string())
}

/// By what a value in `from` is multiplied to be one in `to`: a part below 1 where `to` is coarser; `None` if either is
/// unknown or they are of different dimensions.
///
/// ```
/// assert_eq!(perfplan::unit::ratio("milliseconds", "ns"), Some(1e6));
/// assert_eq!(perfplan::unit::ratio("bytes", "ns"), None);
/// ```
pub fn ratio(from: &str, to: &str) -> Option<f64> {
    DIMENSIONS
        .iter()
        .find_map(|d| Some(d.find(from)?.factor / d.find(to)?.factor))
}

/// The value as text in the unit `to` (see [`scale`]): two decimals, a trailing `.00` cut, and `0` without unit.
pub fn scaled_label(value: i64, from: &str, to: &str) -> String {
    let (scaled, name) = scale(value, from, to);
    let text = format!("{scaled:.2}");
    let short = text.strip_suffix(".00").unwrap_or(&text);
    if matches!(short, "0" | "-0") {
        "0".to_string()
    } else {
        format!("{short}{name}")
    }
}

/// The value as text in the unit that suits it.
pub fn label(value: i64, from: &str) -> String {
    scaled_label(value, from, "auto")
}

/// The one unit of all rows of a report: that of the smallest row, or one hundredth of it when the total is far
/// larger, so that the smallest row still shows as 0.01.
///
/// `smallest` is the least nonzero |flat| (|cum| where flat is 0) of the rows, 0 if there is none; `total` is the
/// report's total. Both are in `unit`, the unit of the samples, which is also the answer when no other name fits.
pub fn minimum_unit(smallest: i64, total: i64, unit: &str) -> String {
    let smallest = if smallest == 0 { total } else { smallest };
    let (_, mut chosen) = scale(smallest, unit, "minimum");
    let (_, largest) = scale(total, unit, "minimum");
    let hundredfold = smallest.wrapping_mul(100);
    if chosen != largest && hundredfold < total {
        (_, chosen) = scale(hundredfold, unit, "minimum");
    }
    if chosen.is_empty() {
        unit.to_string()
    } else {
        chosen
    }
}

/// |value/total| in percent, padded to six columns up to 999.99 %: two decimals from 1 % on, below that two significant
/// digits (` 0.6%`, `7e-06%`), `  100%` within 0.05 of it, `    0%` when the total is 0.
pub fn percent(value: i64, total: i64) -> String {
    let ratio = if total == 0 {
        0.0
    } else {
        (value as f64 / total as f64).abs() * 100.0
    };
    if (99.95..=100.05).contains(&ratio) {
        "  100%".to_string()
    } else if ratio >= 1.0 {
        format!("{ratio:5.2}%")
    } else {
        format!("{:>5}%", general(ratio, 2))
    }
}

impl Dimension {
    fn convert(&self, value: i64, from: &str, to: &str) -> Option<(f64, &'static str)> {
        let base = value as f64 * self.find(from)?.factor;
        let wanted = if matches!(to, "minimum" | "auto") {
            self.fitting(base)
        } else {
            self.find(to)
        };
        let (name, factor) = wanted.map_or(self.default, |unit| (unit.canonical, unit.factor));
        Some((base / factor, name))
    }

    fn find(&self, name: &str) -> Option<&UnitNames> {
        let lower = name.to_lowercase();
        let singular = if lower.len() > 2 {
            lower.strip_suffix('s').unwrap_or(&lower)
        } else {
            &lower
        };
        self.units.iter().find(|unit| unit.aliases.contains(&singular))
    }

    /// The largest unit of which there is at least one.
    fn fitting(&self, base: f64) -> Option<&UnitNames> {
        self.units.iter().rev().find(|unit| base / unit.factor >= 1.0)
    }
}

/// C's `%.{digits}g`: significant digits without trailing zeros, in exponent form (at least two digits of it) below
/// 1e-4 and from 10^digits on. For finite values that are not negative.
fn general(value: f64, digits: usize) -> String {
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim_zeros(mantissa), exponent.abs());
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    trim_zeros(&format!("{value:.decimals$}")).to_string()
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_as_in_pprof() {
        let check = |value, from, to, expect: &str| assert_eq!(scaled_label(value, from, to), expect);
        check(0, "nanoseconds", "auto", "0");
        check(1, "nanoseconds", "auto", "1ns");
        check(1500, "nanoseconds", "auto", "1.50us");
        check(-1500, "nanoseconds", "auto", "-1.50us");
        check(120_000_000_000, "ns", "auto", "120s");
        check(7_200_000_000_000, "ns", "auto", "2hrs");
        check(10, "nanoseconds", "seconds", "0");
        check(10, "nanoseconds", "nonsense", "0");
        check(10_000_000, "nanoseconds", "nonsense", "0.01s");
        check(1536, "bytes", "auto", "1.50kB");
        check(1536, "bytes", "B", "1536B");
        check(5 << 50, "bytes", "auto", "5PB");
        check(2, "MB", "kb", "2048kB");
        check(3, "count", "auto", "3");
        check(3, "count", "count", "3");
        check(3, "count", "minimum", "3");
        check(3, "objects", "objects", "3objects");
        check(3, "GCU", "auto", "3GCU");
        check(3_000_000, "nanogcu", "auto", "3m*GCU");
        check(1500, "μs", "auto", "1500");
        check(1500, "us", "auto", "1.50ms");
        check(1, "µs", "auto", "1");
        check(i64::MIN, "ns", "auto", "-9223372036.85s");
        check(i64::MAX, "ns", "auto", "2562047.79hrs");
    }

    #[test]
    fn percents_read_as_in_pprof() {
        let check = |value, total, expect: &str| assert_eq!(percent(value, total), expect);
        check(0, 0, "    0%");
        check(5, 0, "    0%");
        check(1, 1, "  100%");
        check(9995, 10_000, "  100%");
        check(9994, 10_000, "99.94%");
        check(10_006, 10_000, "100.06%");
        check(-1, 2, "50.00%");
        check(1, 100, " 1.00%");
        check(6, 1000, "  0.6%");
        check(65, 10_000, " 0.65%");
        check(999, 100_000, "    1%");
        check(1, 1_000_000, "0.0001%");
        check(7, 100_000_000, "7e-06%");
        check(7, 1_000_000_000_000_000, "7e-13%");
    }

    #[test]
    fn one_unit_suits_the_smallest_row_and_the_total() {
        let check = |least, total, unit, expect: &str| assert_eq!(minimum_unit(least, total, unit), expect);
        check(10_000_000, 90_000_000, "nanoseconds", "ms");
        check(10_000_000, 1_500_000_000, "nanoseconds", "s");
        check(20_000_000, 1_500_000_000, "nanoseconds", "ms");
        check(0, 1_500_000_000, "nanoseconds", "s");
        check(1, 1 << 40, "bytes", "B");
        check(512, 1 << 40, "bytes", "kB");
        check(3, 5, "count", "count");
    }
}
