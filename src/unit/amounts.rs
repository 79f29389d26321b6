//! Amounts of a table in one unit, with as many decimals as they need together.

use super::ratio;

/// Units to choose from, smallest first.
const TIMES: [&str; 4] = ["ns", "us", "ms", "s"];
const BYTES: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];

/// A unit for all amounts of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Amounts {
    factor: f64,
    suffix: String,
    decimals: usize,
}

impl Amounts {
    /// The unit in which the largest amount has two digits before the point, if there is one; `per` goes after it.
    pub fn of(largest: f64, unit: &str, per: &str) -> Self {
        let largest = if largest.is_finite() { largest.abs() } else { 0.0 };
        let known = [&TIMES[..], &BYTES[..]]
            .into_iter()
            .find(|names| ratio(unit, names[0]).is_some());
        let factor_to = |name: &str| ratio(unit, name).unwrap_or(1.0);
        let (name, factor) = match known {
            Some(names) => {
                let fitting = names.iter().rev().find(|name| largest * factor_to(name) >= 10.0);
                let name = fitting.unwrap_or(&names[0]);
                (*name, factor_to(name))
            }
            None if matches!(unit, "count" | "sample" | "samples") => ("", 1.0),
            None => (unit, 1.0),
        };
        let decimals = match largest * factor {
            scaled if scaled >= 1000.0 || (per.is_empty() && known.is_none()) => 0,
            scaled if scaled >= 100.0 => 1,
            _ => 2,
        };
        Self {
            factor,
            suffix: format!("{}{per}", crate::error::printable(name.as_bytes())),
            decimals,
        }
    }

    /// An amount with its unit: `104ms/s`; nothing is `0`.
    pub fn text(&self, amount: f64) -> String {
        let text = self.number(amount);
        if text == "0" {
            text
        } else {
            format!("{text}{}", self.suffix)
        }
    }

    /// A change with its sign: `+19ms/s`, `-92ms/s`, `0`.
    pub fn signed(&self, amount: f64) -> String {
        let sign = if amount > 0.0 { "+" } else { "" };
        match self.text(amount).as_str() {
            "0" => "0".to_string(),
            text => format!("{sign}{text}"),
        }
    }

    fn number(&self, amount: f64) -> String {
        let text = format!("{:.*}", self.decimals, amount * self.factor);
        let is_zero = amount == 0.0 || text.trim_matches(['-', '0', '.']).is_empty() && self.decimals == 0;
        if is_zero { "0".to_string() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_unit() {
        let rates = Amounts::of(1.04e8, "nanoseconds", "/s");
        assert_eq!(rates.text(1.04e8), "104.0ms/s");
        assert_eq!(rates.signed(-9.2e7), "-92.0ms/s");
        assert_eq!(rates.signed(0.0), "0");
        assert_eq!(Amounts::of(1.25e9, "nanoseconds", "/s").text(1.25e9), "1250ms/s");
        assert_eq!(Amounts::of(6e10, "nanoseconds", "").text(6e8), "0.60s");
        assert_eq!(
            Amounts::of(18_874_368.0, "bytes", "").text(18_874_368.0),
            "18.00MB"
        );
        assert_eq!(Amounts::of(12.0, "count", "").signed(3.0), "+3");
        assert_eq!(Amounts::of(12.0, "count", "/s").signed(3.0), "+3.00/s");
        assert_eq!(Amounts::of(f64::NAN, "widgets", "").text(7.0), "7widgets");
        assert_eq!(Amounts::of(2.0, "nanoseconds", "/op").text(1.5), "1.50ns/op");
    }
}
