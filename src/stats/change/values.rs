//! Two values that are no counts: sums of weighted events, and values of which only their spread is known.

use super::repeated::dispersion;
use super::{Tested, level};
use crate::stats::student;

/// A sum of weighted events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// The sum.
    pub value: f64,
    /// Its variance from sampling, in squared units.
    pub variance: f64,
    /// Out of what: seconds, operations, all weight; 1 where the sum itself is compared. Above 0.
    pub exposure: f64,
}

/// Whether two sums of weighted events differ, per unit of exposure. With one measurement a side z = (V2 − V1)/√(Var1 +
/// Var2) is normal; with more, variances are stretched by φ = max(1, χ²/ν) as their spread demands, and t has ν = k1 +
/// k2 − 2 degrees of freedom. The difference is that of ΣV/ΣE.
pub fn weighted_test(before: &[Weighed], after: &[Weighed], alpha: f64) -> Tested {
    let sides = [before, after].map(Mean::of);
    let measurements = before.len() + after.len();
    let (freedom, spread) = if measurements > 2 {
        let (freedom, spread) = dispersion(measurements, sides[0].chi2(before) + sides[1].chi2(after));
        (freedom, Some(spread))
    } else {
        (f64::INFINITY, None)
    };
    let variance = (sides[0].variance + sides[1].variance) * spread.unwrap_or(1.0);
    let change = sides[1].value - sides[0].value;
    Tested {
        dispersion: spread,
        ..student::tested(change, variance.sqrt(), freedom, level(alpha))
    }
}

/// Value and variance per unit of exposure, over all measurements of a side.
struct Mean {
    value: f64,
    variance: f64,
    exposure: f64,
}

impl Mean {
    fn of(measured: &[Weighed]) -> Self {
        let exposure: f64 = measured.iter().map(|m| m.exposure).sum();
        Self {
            value: measured.iter().map(|m| m.value).sum::<f64>() / exposure,
            variance: measured.iter().map(|m| m.variance).sum::<f64>() / exposure / exposure,
            exposure,
        }
    }

    /// Distances from the mean in units of the variance that a measurement of its exposure has on average: its own
    /// would be 0 where it caught nothing.
    fn chi2(&self, measured: &[Weighed]) -> f64 {
        let distance = |m: &Weighed| {
            let variance = self.variance * self.exposure * m.exposure;
            let away = m.value - self.value * m.exposure;
            if variance > 0.0 {
                away * away / variance
            } else {
                0.0
            }
        };
        measured.iter().map(distance).sum()
    }
}

/// Welch's t (1947) on the measurements themselves: whether two means differ whose spread is only known from these
/// numbers. `None` with fewer than two on a side, and where neither side spreads although they differ: then there is
/// nothing by which to judge.
pub fn welch_test(before: &[f64], after: &[f64], alpha: f64) -> Option<Tested> {
    let ((mean1, variance1), (mean2, variance2)) = (moments(before)?, moments(after)?);
    let (part1, part2) = (variance1 / before.len() as f64, variance2 / after.len() as f64);
    let variance = part1 + part2;
    let change = mean2 - mean1;
    if variance == 0.0 && change != 0.0 {
        return None;
    }
    let shares = part1 * part1 / (before.len() - 1) as f64 + part2 * part2 / (after.len() - 1) as f64;
    let freedom = if variance == 0.0 {
        (before.len() + after.len() - 2) as f64
    } else {
        variance * variance / shares
    };
    Some(student::tested(change, variance.sqrt(), freedom, level(alpha)))
}

/// Mean and variance of at least two numbers.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    Some((mean, squares / (count - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(got: Option<Tested>, [p, low, high]: [f64; 3]) {
        let got = got.expect("a result");
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-7 * b.abs();
        assert!(
            near(got.p, p) && near(got.low, low) && near(got.high, high),
            "{got:?}"
        );
    }

    /// By scipy's ttest_ind(equal_var=False).
    #[test]
    fn means_agree_with_scipy() {
        let test = |a: &[f64], b: &[f64]| welch_test(a, b, 0.05);
        check(
            test(&[10.0, 12.0, 11.0], &[14.0, 15.0, 17.0]),
            [0.019_855_117_5, 1.212_449_38, 7.454_217_29],
        );
        check(
            test(&[1.5, 2.5], &[2.0, 9.0]),
            [0.498_009_027, -37.468_215_5, 44.468_215_5],
        );
        check(
            test(&[0.0; 3], &[5.0, 7.0, 6.0]),
            [0.009_132_611_39, 3.515_862_29, 8.484_137_71],
        );
        let odd = test(&[100.0, 101.0, 99.0, 100.0, 102.0], &[103.0, 104.0, 108.0]);
        check(odd, [0.081_970_536_7, -1.232_234_61, 10.432_234_6]);
    }

    #[test]
    fn without_spread_there_is_no_judgement() {
        assert_eq!(welch_test(&[5.0, 5.0], &[6.0, 6.0], 0.05), None);
        assert_eq!(welch_test(&[5.0], &[6.0, 6.0], 0.05), None);
        assert_eq!(welch_test(&[5.0, 5.0], &[5.0, 5.0], 0.05).map(|t| t.p), Some(1.0));
    }

    #[test]
    fn weighted_sums_are_judged_by_their_variance() {
        let weighed = |value, variance| Weighed {
            value,
            variance,
            exposure: 1.0,
        };
        let got = weighted_test(&[weighed(100.0, 9.0)], &[weighed(110.0, 16.0)], 0.05);
        assert!((got.p - 0.045_500_264).abs() < 1e-8, "{got:?}");
        assert!((got.low - (10.0 - 1.959_963_985 * 5.0)).abs() < 1e-8, "{got:?}");
        assert_eq!(got.dispersion, None);
        let exact = weighted_test(&[weighed(1.0, 0.0)], &[weighed(2.0, 0.0)], 0.05);
        assert_eq!((exact.p, exact.low, exact.high), (0.0, 1.0, 1.0));
        // Means 100 and 110, variances of the means 4 and 4; χ² = 2·100/8 + 2·100/8 = 50, φ = 25.
        let before = [weighed(90.0, 8.0), weighed(110.0, 8.0)];
        let after = [weighed(100.0, 8.0), weighed(120.0, 8.0)];
        let got = weighted_test(&before, &after, 0.05);
        assert_eq!((got.dispersion, got.estimate), (Some(25.0), 10.0));
        assert!(got.p > 0.5);
    }
}
