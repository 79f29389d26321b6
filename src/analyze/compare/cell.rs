//! What one sample comes to.

use crate::stats::median::sorted;
use crate::stats::median_interval;

/// The middle of a sample and where the true one lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many values.
    pub n: usize,
    /// The median; the most frequent value for a unit whose values are the same in every run.
    pub centre: f64,
    /// Lower bound, one of the values; −∞ when there are too few of them.
    pub low: f64,
    /// Upper bound, one of the values; +∞ when there are too few of them.
    pub high: f64,
    /// The level that the interval has, 0…1.
    pub level: f64,
    /// Whether the values were declared to be the same in every run.
    pub is_exact: bool,
    /// Values that were declared to be the same in every run are not: least and greatest.
    pub unexpected: Option<(f64, f64)>,
}

/// Sums up a sample. `is_exact` for a unit with `assume=exact`; else the median at a level of at least `confidence`.
pub fn summarize(values: &[f64], is_exact: bool, confidence: f64) -> Summary {
    if is_exact {
        return exact(values);
    }
    let interval = median_interval(values, confidence);
    Summary {
        n: values.len(),
        centre: interval.median,
        low: interval.low,
        high: interval.high,
        level: interval.level,
        is_exact: false,
        unexpected: None,
    }
}

fn exact(values: &[f64]) -> Summary {
    let ascending = sorted(values);
    let longest = ascending
        .chunk_by(|a, b| a == b)
        .rev()
        .max_by_key(|run| run.len());
    let mode = longest.and_then(|run| run.first()).copied();
    let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
    let (low, high) = (end(ascending.first()), end(ascending.last()));
    Summary {
        n: values.len(),
        centre: mode.unwrap_or(f64::NAN),
        low,
        high,
        level: 1.0,
        is_exact: true,
        unexpected: (low != high && !values.is_empty()).then_some((low, high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_varies_is_its_first_longest_run() {
        let got = exact(&[3.0, 1.0, 2.0, 2.0, 1.0]);
        assert_eq!(
            (got.centre, got.low, got.high, got.unexpected),
            (1.0, 1.0, 3.0, Some((1.0, 3.0)))
        );
        assert_eq!(exact(&[5.0, 5.0]).unexpected, None);
        assert!(exact(&[]).centre.is_nan());
    }
}
