//! Numbers with a prefix for powers of 1000 or 1024, one for all numbers of a row, and the shortest digits of a number.
//! Source: package `benchunit` of golang.org/x/perf; the digits agree with it one by one.

/// How numbers are written: divided by a factor, with so many decimals and a prefix after them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Decimals after the point, 1…10.
    pub decimals: usize,
    /// Written number = value / factor.
    pub factor: f64,
    /// `k`, `Ki`, `n` and so on; empty for a factor of 1.
    pub prefix: &'static str,
}

/// Least value with three, two and one decimal, factor, prefix; the bounds are the doubles nearest to the decimals.
const DECIMAL: [(f64, f64, f64, f64, &str); 8] = [
    (0.99995e12, 9.9995e12, 99.995e12, 1e12, "T"),
    (0.99995e9, 9.9995e9, 99.995e9, 1e9, "G"),
    (0.99995e6, 9.9995e6, 99.995e6, 1e6, "M"),
    (0.99995e3, 9.9995e3, 99.995e3, 1e3, "k"),
    (0.99995, 9.9995, 99.995, 1.0, ""),
    (0.99995e-3, 9.9995e-3, 99.995e-3, 1e-3, "m"),
    (0.99995e-6, 9.9995e-6, 99.995e-6, 1e-6, "µ"),
    (0.99995e-9, 9.9995e-9, 99.995e-9, 1e-9, "n"),
];

const BINARY: [(f64, &str); 5] = [
    ((1u64 << 40) as f64, "Ti"),
    ((1u64 << 30) as f64, "Gi"),
    ((1u64 << 20) as f64, "Mi"),
    ((1u64 << 10) as f64, "Ki"),
    (1.0, ""),
];

const MOST_DECIMALS: usize = 10;

impl Scale {
    /// The scale for the value nearest to 0 (but not 0), powers of 1024 where `binary`.
    pub fn common(values: &[f64], binary: bool) -> Self {
        let nearer = |least: f64, value: &f64| {
            let size = value.abs();
            if size != 0.0 && (least == 0.0 || size < least) {
                size
            } else {
                least
            }
        };
        match values.iter().fold(0.0, nearer) {
            0.0 => Self {
                decimals: 3,
                factor: 1.0,
                prefix: "",
            },
            size if binary => Self::binary(size),
            size => Self::decimal(size),
        }
    }

    /// A number as text, without its unit.
    pub fn text(&self, value: f64) -> String {
        format!("{}{}", fixed(value / self.factor, self.decimals), self.prefix)
    }

    fn decimal(size: f64) -> Self {
        let row = DECIMAL.iter().find(|row| size >= row.0);
        row.map_or_else(
            || Self::below(size, 1e-9, "n"),
            |row| Self {
                decimals: decimals(size, row.1, row.2),
                factor: row.3,
                prefix: row.4,
            },
        )
    }

    fn binary(size: f64) -> Self {
        let row = BINARY.iter().find(|(factor, _)| size >= 0.99995 * factor);
        row.map_or_else(
            || Self::below(size, 1.0, ""),
            |(factor, prefix)| Self {
                decimals: decimals(size, 9.9995 * factor, 99.995 * factor),
                factor: *factor,
                prefix,
            },
        )
    }

    /// Below the smallest prefix decimals are added.
    fn below(size: f64, factor: f64, prefix: &'static str) -> Self {
        const BOUNDS: [f64; 7] = [
            0.99995,
            0.099995,
            0.0099995,
            0.00099995,
            0.000099995,
            0.0000099995,
            0.00000099995,
        ];
        let size = size / factor;
        let at = BOUNDS.iter().position(|bound| size >= *bound);
        Self {
            decimals: at.map_or(MOST_DECIMALS, |at| 3 + at),
            factor,
            prefix,
        }
    }
}

fn decimals(size: f64, ten: f64, hundred: f64) -> usize {
    match size {
        size if size >= hundred => 1,
        size if size >= ten => 2,
        _ => 3,
    }
}

/// A number with fixed decimals; `+Inf`, `-Inf` and `NaN` as Go writes them.
pub fn fixed(value: f64, decimals: usize) -> String {
    if value.is_finite() {
        format!("{value:.decimals$}")
    } else {
        odd(value).to_string()
    }
}

/// The fewest digits that read back as the same number, with an exponent below 0.0001 and from a million on: `0.25`,
/// `102400`, `1.048575e+06`, `1e-09`.
pub fn shortest(value: f64) -> String {
    if !value.is_finite() {
        return odd(value).to_string();
    }
    let text = nearest(value);
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let places = digits
            .split_once('.')
            .map_or(0, |(_, places)| places.len() as i32);
        let decimals = (places - exponent).max(0) as usize;
        return format!("{value:.decimals$}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// With an exponent. Of several texts with the fewest digits the one nearest to the number, the even one of two: the
/// library's own choice may be the other.
fn nearest(value: f64) -> String {
    let text = format!("{value:e}");
    let mantissa = text.split('e').next().unwrap_or_default();
    let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
    let rounded = format!("{value:.places$e}");
    if rounded.parse() == Ok(value) {
        rounded
    } else {
        text
    }
}

fn odd(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_scale_serves_a_row() {
        let check = |values: &[f64], binary, expect: &[&str]| {
            let scale = Scale::common(values, binary);
            let got: Vec<String> = values.iter().map(|value| scale.text(*value)).collect();
            assert_eq!(got, expect);
        };
        check(&[1.0, 1000.0], false, &["1.000", "1000.000"]);
        check(&[1e-9, 0.0, -1e-6], false, &["1.000n", "0.000n", "-1000.000n"]);
        check(&[1023.9], true, &["1023.9"]);
        check(&[1024.0 * 1020.0], true, &["1020.0Ki"]);
        check(&[0.0], true, &["0.000"]);
        check(&[f64::INFINITY], false, &["+InfT"]);
        check(&[f64::NAN], false, &["NaNn"]);
        check(&[1e-30], false, &["0.0000000000n"]);
    }

    #[test]
    fn digits_are_the_fewest() {
        let check = |value, expect| assert_eq!(shortest(value), expect);
        check(0.95, "0.95");
        check(102_400.0, "102400");
        check(1e6, "1e+06");
        check(1_048_575.0, "1.048575e+06");
        check(1e-9, "1e-09");
        check(0.0001, "0.0001");
        check(0.00001, "1e-05");
        check(-0.0, "-0");
        check(1e100, "1e+100");
        check(f64::NEG_INFINITY, "-Inf");
        // Exactly between two numbers of 17 digits, both of which read back.
        check(62_900_785_150_110.5 / 16.0, "3.9312990718819062e+12");
        check(0.1 + 0.2, "0.30000000000000004");
        check(12345.678, "12345.678");
    }
}
