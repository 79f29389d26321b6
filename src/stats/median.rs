//! Median, quantiles, and the interval of the median by order statistics.
//!
//! The median and its interval are those of benchstat (golang.org/x/perf/benchmath), to the last bit: the median is
//! quantile rule 8 of Hyndman and Fan, the interval the shortest one of order statistics around the middle whose
//! binomial probability reaches the level. It assumes nothing about the distribution but independent values.

use std::cmp::Ordering;

use super::normal;

/// The middle of some numbers and where the true median lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MedianInterval {
    /// The median; NaN when there are no numbers.
    pub median: f64,
    /// Lower bound, one of the numbers; −∞ when there are too few of them.
    pub low: f64,
    /// Upper bound, one of the numbers; +∞ when there are too few of them.
    pub high: f64,
    /// The level that the interval has, 0…1: at least the one asked for, if any interval has it.
    pub level: f64,
    /// Which of the sorted numbers (from 1) is the lower bound; 0 for −∞.
    pub lo_order: usize,
    /// Which of the sorted numbers (from 1) is the upper bound; one more than there are for +∞.
    pub hi_order: usize,
}

/// The median; NaN for no numbers. NaN counts as smaller than all numbers.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The quantile `q` (0…1) by rule 8 of Hyndman and Fan (1996): nearly unbiased for any distribution. NaN for no
/// numbers; the least and the greatest number beyond the ends.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    quantile_of_sorted(&sorted(values), q)
}

/// The numbers in ascending order, NaN first.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut copy = values.to_vec();
    copy.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| nan_first(*a, *b)));
    copy
}

/// As [`quantile`], of numbers that are in ascending order already.
pub fn quantile_of_sorted(ascending: &[f64], q: f64) -> f64 {
    let (Some(least), Some(greatest)) = (ascending.first(), ascending.last()) else {
        return f64::NAN;
    };
    // In this order and without fused multiply-add: the last bit is compared with the reference.
    let n = 1.0 / 3.0 + q * (ascending.len() as f64 + 1.0 / 3.0);
    let k = n.floor();
    let fraction = n - k;
    if k <= 0.0 {
        return *least;
    }
    match ascending.get(k as usize - 1..=k as usize) {
        Some([below, above]) => below + fraction * (above - below),
        _ => *greatest,
    }
}

/// The median with its interval at a level of at least `confidence` (0…1). Too few numbers give infinite bounds; a
/// `confidence` of 1 always does.
pub fn median_interval(values: &[f64], confidence: f64) -> MedianInterval {
    let ascending = sorted(values);
    let (lo_order, hi_order, level) = interval_orders(ascending.len(), confidence);
    let at = |order: usize, beyond: f64| match order.checked_sub(1) {
        Some(index) => ascending.get(index).copied().unwrap_or(beyond),
        None => beyond,
    };
    MedianInterval {
        median: quantile_of_sorted(&ascending, 0.5),
        low: at(lo_order, f64::NEG_INFINITY),
        high: at(hi_order, f64::INFINITY),
        level,
        lo_order,
        hi_order,
    }
}

/// Which order statistics (from 1; 0 and n+1 are infinite) bound the median of `n` numbers, and the level they have.
pub fn interval_orders(n: usize, confidence: f64) -> (usize, usize, f64) {
    if confidence >= 1.0 || n == 0 {
        (0, n + 1, 1.0)
    } else if n <= EXACT_UP_TO {
        exact_orders(n, confidence)
    } else {
        normal_orders(n, confidence)
    }
}

fn nan_first(a: f64, b: f64) -> Ordering {
    b.is_nan().cmp(&a.is_nan())
}

const EXACT_UP_TO: usize = 30;

/// Where rounding in the reference breaks a tie to the right: row n = 21 … 30, l − 1.
const TIES_TO_THE_RIGHT: [&[i64]; 10] = [
    &[2, 4, 7],
    &[2, 4, 7, 10],
    &[2, 4, 7],
    &[2, 4, 7, 11],
    &[2, 4, 7, 10],
    &[2, 4, 7, 10],
    &[2, 4, 7, 10, 11],
    &[2, 4, 7, 10, 12, 13],
    &[2, 4, 5, 6, 7, 10, 13],
    &[2, 4, 5, 6, 7, 8, 10, 13, 14],
];

/// Grows an interval from the middle, one order statistic at a time, until its binomial probability suffices.
fn exact_orders(n: usize, confidence: f64) -> (usize, usize, f64) {
    let pmf = binomial_half(n);
    let probability = |k: i64| {
        usize::try_from(k)
            .ok()
            .and_then(|k| pmf.get(k))
            .copied()
            .unwrap_or(0.0)
    };
    let mut left = n.div_ceil(2) as i64 - i64::from(n % 2 == 1);
    let mut right = left + 1;
    let mut level = probability(left);
    while level < confidence {
        let (below, above) = (probability(left - 1), probability(right));
        if below <= 0.0 && above <= 0.0 {
            break;
        }
        if goes_left(n, left, right, below, above) {
            level += below;
            left -= 1;
        } else {
            level += above;
            right += 1;
        }
    }
    (left.max(0) as usize, (right.max(0) as usize).min(n + 1), level)
}

/// The larger side; the left one on ties, but for the listed exceptions.
fn goes_left(n: usize, left: i64, right: i64, below: f64, above: f64) -> bool {
    if left - 1 + right != n as i64 {
        return below >= above;
    }
    let exceptions = n.checked_sub(21).and_then(|row| TIES_TO_THE_RIGHT.get(row));
    !exceptions.is_some_and(|list| list.contains(&(left - 1)))
}

/// P(k heads in n throws of a fair coin) for k = 0 … n; exact for n ≤ 30.
fn binomial_half(n: usize) -> Vec<f64> {
    let scale = 0.5_f64.powi(n as i32);
    let mut count = 1.0;
    let mut row = vec![scale];
    for k in 1..=n {
        count = count * (n + 1 - k) as f64 / k as f64;
        row.push(count * scale);
    }
    row
}

/// The normal approximation, with the half-open corrections of the reference.
fn normal_orders(n: usize, confidence: f64) -> (usize, usize, f64) {
    let count = n as f64;
    let (mean, sd) = (count / 2.0, count.sqrt() / 2.0);
    let low = mean + sd * normal::quantile((1.0 - confidence) / 2.0);
    let left = (((low - 0.5).floor() + 0.5).floor() + 1.0).max(-1.0);
    let mut right = ((((count - low) - 0.5).ceil() + 0.5).floor() + 1.0).min(count + 2.0);
    let level = |l: f64, r: f64| normal::cdf((r - 0.5 - mean) / sd) - normal::cdf((l - 0.5 - mean) / sd);
    let shorter = level(left, right - 1.0);
    if shorter >= confidence && shorter < level(left, right) {
        right -= 1.0;
    }
    let all = left <= 0.0 && right >= count + 1.0;
    let reached = if all { 1.0 } else { level(left, right) };
    (left.max(0.0) as usize, right.min(count + 1.0) as usize, reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_follow_rule_eight() {
        let check = |values: &[f64], expect: f64| assert_eq!(median(values).to_bits(), expect.to_bits());
        check(&[3.0], 3.0);
        check(&[4.0, 2.0], 3.0);
        check(&[9.0, 1.0, 5.0], 5.0);
        check(&[1.0, f64::NAN, 2.0], 1.0);
        assert!(median(&[]).is_nan());
        // 2 + 0·∞, as the formula has it: infinities are for the caller to take out.
        assert!(median(&[1.0, 2.0, f64::INFINITY]).is_nan());
    }

    #[test]
    fn quantiles_reach_from_the_least_to_the_greatest() {
        let values = [10.0, 20.0, 30.0, 40.0, 50.0];
        assert!((quantile(&values, 0.25) - 50.0 / 3.0).abs() < 1e-9);
        assert_eq!(quantile(&values, 0.0), 10.0);
        assert_eq!(quantile(&values, 1.0), 50.0);
    }

    #[test]
    fn intervals_take_the_listed_order_statistics() {
        let check = |n, orders| {
            let (low, high, level) = interval_orders(n, 0.95);
            assert_eq!((low, high), orders, "n = {n}");
            assert!(level >= 0.95 || orders.0 == 0 || n == 5, "n = {n}: {level}");
        };
        let list = [
            (5, 0, 5),
            (6, 1, 6),
            (8, 1, 7),
            (10, 2, 9),
            (16, 4, 12),
            (20, 6, 15),
            (24, 8, 18),
        ];
        for (n, low, high) in list
            .into_iter()
            .chain([(28, 9, 20), (30, 10, 21), (31, 10, 22), (100, 40, 60)])
        {
            check(n, (low, high));
        }
    }

    #[test]
    fn few_values_have_no_bounds() {
        let one = median_interval(&[7.0], 0.95);
        assert_eq!(
            (one.low, one.high, one.level),
            (f64::NEG_INFINITY, f64::INFINITY, 1.0)
        );
        let none = median_interval(&[], 0.95);
        assert!(none.median.is_nan() && none.low == f64::NEG_INFINITY && none.hi_order == 1);
        let six = median_interval(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 0.95);
        assert_eq!((six.low, six.high), (1.0, 6.0));
        assert_eq!(median_interval(&[1.0; 40], 1.0).lo_order, 0);
    }
}
