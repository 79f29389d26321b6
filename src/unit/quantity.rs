//! Amounts as people write them, `250ns`, `1MiB/op`, `10%`, `2000/s`, in base units.

/// An amount with its unit.
///
/// ```
/// use perfplan::unit::Quantity;
/// let quantity = Quantity::parse("1.5 MiB/op").unwrap();
/// assert_eq!((quantity.value, quantity.unit.as_str()), (1_572_864.0, "B/op"));
/// assert_eq!(Quantity::parse("10%").unwrap().unit, "%");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// As written, without blanks at its ends.
    pub text: String,
    /// In `unit`; a percentage is a part: 0.1 for `10%`. Finite, at least 0.
    pub value: f64,
    /// Base unit: `sec`, `B` or as written, with `/s`, `/op` and so on after it; `%` for parts, empty for plain
    /// numbers, `/s` for a plain number per second.
    pub unit: String,
}

/// Names of units, their base unit, and by what a number of them is multiplied and divided. Of bytes only binary units
/// are known: `MB` is 10⁶ bytes to benchmarks and 2²⁰ to pprof.
const UNITS: [(&str, &str, f64, f64); 15] = [
    ("%", "%", 1.0, 100.0),
    ("ns", "sec", 1.0, 1e9),
    ("us", "sec", 1.0, 1e6),
    ("µs", "sec", 1.0, 1e6),
    ("μs", "sec", 1.0, 1e6),
    ("ms", "sec", 1.0, 1e3),
    ("s", "sec", 1.0, 1.0),
    ("sec", "sec", 1.0, 1.0),
    ("min", "sec", 60.0, 1.0),
    ("h", "sec", 3600.0, 1.0),
    ("B", "B", 1.0, 1.0),
    ("KiB", "B", 1024.0, 1.0),
    ("MiB", "B", 1_048_576.0, 1.0),
    ("GiB", "B", 1_073_741_824.0, 1.0),
    ("TiB", "B", 1_099_511_627_776.0, 1.0),
];

impl Quantity {
    /// Reads a number and the unit after it, blanks between them allowed; `None` for anything else, for negative
    /// numbers, and for `kB`, `MB` and `GB`, which mean two things.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, unit) = split(text);
        let number: f64 = number.parse().ok()?;
        let (name, per) = unit.find('/').map_or((unit, ""), |at| unit.split_at(at));
        let per = per.replace("/sec", "/s");
        if !is_unit(name) || !is_per(&per) || matches!(name, "kB" | "KB" | "MB" | "GB" | "TB") {
            return None;
        }
        let known = UNITS.iter().find(|(known, ..)| *known == name);
        let (base, times, by) = known.map_or((name, 1.0, 1.0), |(_, base, times, by)| (*base, *times, *by));
        let value = number * times / by;
        (value.is_finite() && value >= 0.0).then(|| Self {
            text: text.to_string(),
            value,
            unit: format!("{base}{per}"),
        })
    }

    /// The number itself where it is written without a unit.
    pub fn plain(&self) -> Option<f64> {
        self.unit.is_empty().then_some(self.value)
    }
}

/// The number and what follows it. An exponent belongs to the number: `1e3ns`.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let run = |from: usize| {
        (from..)
            .take_while(|at| is_digit(*at) || bytes.get(*at) == Some(&b'.'))
            .count()
    };
    let mut end = run(0);
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if is_digit(end + 1 + sign) {
            end += 1 + sign + run(end + 1 + sign);
        }
    }
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

fn is_unit(name: &str) -> bool {
    name == "%" || name.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-'))
}

fn is_per(per: &str) -> bool {
    per.is_empty()
        || (per.len() > 1
            && per[1..]
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_base_units() {
        let check = |text: &str, value: f64, unit: &str| {
            let got = Quantity::parse(text).unwrap();
            assert_eq!((got.value, got.unit.as_str()), (value, unit), "{text}");
        };
        check("250ns", 2.5e-7, "sec");
        check("250 ns/op", 2.5e-7, "sec/op");
        check(" 1MiB/op ", 1_048_576.0, "B/op");
        check("50ms/s", 0.05, "sec/s");
        check("50ms/sec", 0.05, "sec/s");
        check("2000/s", 2000.0, "/s");
        check("10%", 0.1, "%");
        check("0", 0.0, "");
        check("1e3µs", 1e-3, "sec");
        check("12 hits/op", 12.0, "hits/op");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "", "ns", "-1ns", "1..2ns", "5MB", "1e400", "5 %x", "1/", "nan", "inf", "3ns/o/p", "é",
        ] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
