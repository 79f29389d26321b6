//! Tails of the binomial and the hypergeometric distribution, for counts up to 10⁹ and far beyond.
//!
//! The probability of a single count is taken from the saddle-point form, which loses no digits where factorials
//! would: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000). A tail is the sum from there
//! outwards by the ratio of neighbours, cut when a term no longer matters: some nine standard deviations of terms.
//! Beyond a variance of [`MOST_VARIANCE`] that would be slow and the normal distribution is as good.

use crate::stats::normal;

/// Above this variance (σ ≈ 16 000) tails are those of the normal distribution with the correction for continuity.
pub(super) const MOST_VARIANCE: f64 = 2.5e8;

/// A term smaller than this part of its sum is the last one.
const NEGLIGIBLE: f64 = 1e-17;

/// Probabilities of a count and all below it, and of it and all above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tails {
    pub lower: f64,
    pub upper: f64,
}

impl Tails {
    /// Twice the smaller tail, at most 1.
    pub fn doubled(self) -> f64 {
        (2.0 * self.lower.min(self.upper)).clamp(0.0, 1.0)
    }
}

/// X ~ Binomial(n, p), q = 1 − p: tails at x, 0 ≤ x ≤ n, whole numbers.
pub(super) fn binomial(x: f64, n: f64, p: f64, q: f64) -> Tails {
    let (mean, variance) = (n * p, n * p * q);
    if variance > MOST_VARIANCE {
        return approximate(x, mean, variance);
    }
    let point = ln_binomial(x, n, p, q).exp();
    let down = |k: f64| k * q / ((n - k + 1.0) * p);
    let up = |k: f64| (n - k) * p / ((k + 1.0) * q);
    tails(x, mean, point, down, up)
}

/// X ~ Hypergeometric: of `n1 + n2` things `m` are marked and `n2` are drawn; tails at x marked ones drawn, whole
/// numbers, max(0, m − n1) ≤ x ≤ min(m, n2).
pub(super) fn hypergeometric(x: f64, m: f64, n1: f64, n2: f64) -> Tails {
    let all = n1 + n2;
    let part = n2 / all;
    let mean = m * part;
    let variance = mean * (n1 / all) * ((all - m) / (all - 1.0).max(1.0));
    if variance > MOST_VARIANCE {
        return approximate(x, mean, variance);
    }
    let rest = n1 / all;
    let point = ln_binomial(x, m, part, rest) + ln_binomial(n2 - x, all - m, part, rest)
        - ln_binomial(n2, all, part, rest);
    let down = |k: f64| k * (n1 - m + k) / ((m - k + 1.0) * (n2 - k + 1.0));
    let up = |k: f64| (m - k) * (n2 - k) / ((k + 1.0) * (n1 - m + k + 1.0));
    tails(x, mean, point.exp(), down, up)
}

/// Both tails from the one that shrinks outwards; the other is what is left.
fn tails(x: f64, mean: f64, point: f64, down: impl Fn(f64) -> f64, up: impl Fn(f64) -> f64) -> Tails {
    if x <= mean {
        let lower = point * outwards(x, -1.0, down);
        let upper = (1.0 - lower + point).clamp(0.0, 1.0);
        Tails { lower, upper }
    } else {
        let upper = point * outwards(x, 1.0, up);
        let lower = (1.0 - upper + point).clamp(0.0, 1.0);
        Tails { lower, upper }
    }
}

/// 1 + r(x) + r(x)·r(x + step) + …, until nothing is added.
fn outwards(start: f64, step: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, start);
    loop {
        term *= ratio(k);
        // A ratio that is 0, or not a number where a count is out of its range, ends the sum.
        if term.is_nan() || term <= sum * NEGLIGIBLE {
            return sum;
        }
        sum += term;
        k += step;
    }
}

fn approximate(x: f64, mean: f64, variance: f64) -> Tails {
    let sd = variance.sqrt();
    Tails {
        lower: normal::cdf((x + 0.5 - mean) / sd),
        upper: normal::cdf((mean - x + 0.5) / sd),
    }
}

/// ln P[X = x] of X ~ Binomial(n, p), q = 1 − p given apart for its digits.
fn ln_binomial(x: f64, n: f64, p: f64, q: f64) -> f64 {
    let none = |part: f64, rest: f64| if part < 0.5 { (-part).ln_1p() } else { rest.ln() };
    if n <= 0.0 {
        return 0.0;
    }
    if x <= 0.0 {
        return n * none(p, q);
    }
    if x >= n {
        return n * none(q, p);
    }
    let rest = n - x;
    let stirling = stirling_error(n) - stirling_error(x) - stirling_error(rest);
    let main = stirling - deviance(x, n * p) - deviance(rest, n * q);
    main - 0.5 * (std::f64::consts::TAU.ln() + x.ln() + (-x / n).ln_1p())
}

/// ln n! − ln(√(2πn)·(n/e)ⁿ) for n ≥ 1.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (1..=n as u32).map(f64::from).product();
        return factorial.ln() - (n + 0.5) * n.ln() + n - 0.5 * std::f64::consts::TAU.ln();
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x·ln(x/m) + m − x for x, m > 0, without cancellation where they are near each other.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    for odd in (3..).step_by(2) {
        power *= v * v;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, expect: f64, relative: f64) {
        assert!((got / expect - 1.0).abs() < relative, "{got} is not {expect}");
    }

    #[test]
    fn small_tails_are_those_of_counting() {
        let tails = binomial(3.0, 5.0, 0.5, 0.5);
        near(tails.lower, 26.0 / 32.0, 1e-14);
        near(tails.upper, 16.0 / 32.0, 1e-14);
        // 4 red and 6 blue, 5 drawn, at most 1 red: (6·1 + 15·4)/252.
        let tails = hypergeometric(1.0, 4.0, 5.0, 5.0);
        near(tails.lower, 66.0 / 252.0, 1e-13);
        near(tails.upper, 1.0 - 6.0 / 252.0, 1e-13);
        near(binomial(0.0, 30.0, 0.25, 0.75).lower, 0.75_f64.powi(30), 1e-13);
        near(binomial(30.0, 30.0, 0.25, 0.75).upper, 0.25_f64.powi(30), 1e-13);
    }

    /// Summed in 40 digits with mpmath.
    #[test]
    fn a_billion_events_lose_no_digits() {
        near(
            binomial(500_030_000.0, 1e9, 0.5, 0.5).upper * 2.0,
            0.057_783_741_904_5,
            1e-9,
        );
        let tails = hypergeometric(100_060_000.0, 200_020_000.0, 1e9, 1e9);
        near(tails.upper * 2.0, 9.113_460_022_96e-14, 1e-8);
    }

    #[test]
    fn beyond_all_counts_the_normal_takes_over_smoothly() {
        let n = 4.0 * MOST_VARIANCE;
        for x in [0.0, 1.0, 2.5] {
            let x = (n / 2.0 + x * MOST_VARIANCE.sqrt()).round();
            let exact = binomial(x, n * (1.0 - 1e-9), 0.5, 0.5).upper;
            near(approximate(x, n / 2.0, MOST_VARIANCE).upper, exact, 1e-3);
        }
        assert!(binomial(9e18, 1.8e19, 0.5, 0.5).doubled() > 0.99);
    }
}
