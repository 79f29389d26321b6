//! Two rates or two shares, several measurements a side.
//!
//! Counting alone makes replicates spread by a known amount; programs spread more. φ = max(1, χ²/ν) says how many times
//! more, ν = k1 + k2 − 2, and the variance of the comparison is stretched by it, as for a quasi-Poisson or a
//! quasi-binomial model (McCullagh and Nelder 1989, chapter 4). Spread can only widen the doubt, never narrow it.

use super::{Counted, Tested, level};
use crate::stats::student;

/// Whether two rates differ, each counted in one or several measurements, by ln(λ2/λ1) and Student's t with ν degrees
/// of freedom; there are at least three measurements. The variance is φ·(1/x1 + 1/x2), with ½ added to both counts
/// where one is 0.
pub fn rate_test_repeated(before: &[Counted], after: &[Counted], alpha: f64) -> Tested {
    let sides = [before, after].map(Sum::of);
    let chi2 = sides.iter().map(|side| side.chi2(|_| 1.0)).sum();
    let (freedom, dispersion) = dispersion(before.len() + after.len(), chi2);
    let add = if sides.iter().any(|side| side.events == 0.0) {
        0.5
    } else {
        0.0
    };
    let rate = |side: &Sum| (side.events + add) / side.exposure;
    let change = (rate(&sides[1]) / rate(&sides[0])).ln();
    let variance: f64 = sides.iter().map(|side| 1.0 / (side.events + add)).sum();
    let tested = student::tested(change, (dispersion * variance).sqrt(), freedom, level(alpha));
    Tested {
        estimate: sides[1].rate() / sides[0].rate(),
        low: tested.low.exp(),
        high: tested.high.exp(),
        dispersion: Some(dispersion),
        ..tested
    }
}

/// Whether two shares differ, each counted in one or several measurements, by p2 − p1 and Student's t with ν degrees
/// of freedom; exposures are the counts of all events, and there are at least three measurements. The variance is
/// φ·Σ pi(1 − pi)/ni.
pub fn share_test_repeated(before: &[Counted], after: &[Counted], alpha: f64) -> Tested {
    let sides = [before, after].map(Sum::of);
    let chi2 = sides.iter().map(|side| side.chi2(|share| 1.0 - share)).sum();
    let (freedom, dispersion) = dispersion(before.len() + after.len(), chi2);
    let variance = |side: &Sum| side.rate() * (1.0 - side.rate()).max(0.0) / side.exposure;
    let variance: f64 = sides.iter().map(variance).sum();
    let change = sides[1].rate() - sides[0].rate();
    let tested = student::tested(change, (dispersion * variance).sqrt(), freedom, level(alpha));
    Tested {
        dispersion: Some(dispersion),
        ..tested
    }
}

/// Degrees of freedom, and φ.
pub(super) fn dispersion(measurements: usize, chi2: f64) -> (f64, f64) {
    let freedom = measurements.saturating_sub(2).max(1) as f64;
    (freedom, (chi2 / freedom).max(1.0))
}

/// The measurements of a side with their sums.
struct Sum<'a> {
    measured: &'a [Counted],
    events: f64,
    exposure: f64,
}

impl<'a> Sum<'a> {
    fn of(measured: &'a [Counted]) -> Self {
        Self {
            measured,
            events: measured.iter().map(|m| m.events).sum(),
            exposure: measured.iter().map(|m| m.exposure).sum(),
        }
    }

    fn rate(&self) -> f64 {
        self.events / self.exposure
    }

    /// Squared distances of the measurements from their common rate, in units of their variance, which is the
    /// expected count times a factor by the rate. What is never or always so does not spread.
    fn chi2(&self, factor: impl Fn(f64) -> f64) -> f64 {
        let rate = self.rate();
        let distance = |m: &Counted| {
            let expected = rate * m.exposure;
            let variance = expected * factor(rate);
            if variance > 0.0 {
                (m.events - expected).powi(2) / variance
            } else {
                0.0
            }
        };
        self.measured.iter().map(distance).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(events: &[u64], exposures: &[f64]) -> Vec<Counted> {
        events
            .iter()
            .zip(exposures)
            .map(|(x, t)| Counted::new(*x, *t))
            .collect()
    }

    #[track_caller]
    fn check(got: Tested, expect: [f64; 5]) {
        let found = [
            got.dispersion.unwrap_or(0.0),
            got.estimate,
            got.p,
            got.low,
            got.high,
        ];
        let near = |a: &f64, b: &f64| a == b || (a - b).abs() <= 1e-7 * b.abs();
        assert!(
            found.iter().zip(&expect).all(|(a, b)| near(a, b)),
            "{found:?}, not {expect:?}"
        );
    }

    /// φ, ratio, p, interval; by the formulas above with scipy's t.
    #[test]
    fn repeated_rates_agree_with_scipy() {
        let test = |a: &[u64], ta: &[f64], b: &[u64], tb: &[f64]| {
            rate_test_repeated(&counted(a, ta), &counted(b, tb), 0.05)
        };
        let t = [10.0; 3];
        let calm = test(&[100, 110, 90], &t, &[130, 150, 140], &t);
        check(calm, [1.0, 1.4, 0.011_237_093_8, 1.134_954_67, 1.726_941_21]);
        let wild = test(&[100, 160, 70], &t, &[130, 190, 100], &t);
        check(
            wild,
            [
                17.045_454_5,
                1.272_727_272_7,
                0.471_606_763,
                0.547_681_777,
                2.957_620_25,
            ],
        );
        let uneven = test(&[10, 12], &[1.0, 1.2], &[30], &[2.5]);
        check(uneven, [1.0, 1.2, 0.633_272_431, 0.033_904_560_5, 42.472_162_4]);
        let long = test(
            &[1000, 1100, 950, 990],
            &[10.0, 11.0, 10.0, 10.0],
            &[1200, 1180],
            &[10.0, 10.5],
        );
        check(
            long,
            [
                1.077_137_29,
                1.178_217_82,
                0.003_620_203_82,
                1.093_676_22,
                1.269_294_52,
            ],
        );
        let new = test(&[0, 0, 0], &[5.0; 3], &[4, 6, 5], &[5.0; 3]);
        check(
            new,
            [1.0, f64::INFINITY, 0.075_171_533_7, 0.573_884_634, 1_674.552_59],
        );
    }

    /// φ, difference, p, interval; by the formulas above with scipy's t.
    #[test]
    fn repeated_shares_agree_with_scipy() {
        let test = |a: &[u64], na: &[f64], b: &[u64], nb: &[f64]| {
            share_test_repeated(&counted(a, na), &counted(b, nb), 0.05)
        };
        let n = [1000.0; 3];
        let wild = test(&[100, 160, 70], &n, &[130, 190, 100], &n);
        check(
            wild,
            [19.446_160_1, 0.03, 0.469_815_255, -0.074_441_297_8, 0.134_441_298],
        );
        let uneven = test(&[10, 12], &[100.0, 120.0], &[30], &[250.0]);
        check(uneven, [1.0, 0.02, 0.613_947_862, -0.346_390_835, 0.386_390_835]);
        let new = test(&[0, 0], &[500.0; 2], &[4, 6], &[500.0; 2]);
        check(
            new,
            [1.0, 0.01, 0.086_367_392_8, -0.003_537_980_76, 0.023_537_980_8],
        );
        let calm = test(&[300, 310, 290], &n, &[350, 360, 370], &[1000.0, 1010.0, 990.0]);
        check(
            calm,
            [1.0, 0.06, 0.007_749_669_81, 0.026_360_299_6, 0.093_639_700_4],
        );
    }

    #[test]
    fn what_never_or_always_happens_does_not_spread() {
        let all = counted(&[50, 60], &[50.0, 60.0]);
        let same = share_test_repeated(&all, &all, 0.05);
        assert_eq!((same.estimate, same.p, same.dispersion), (0.0, 1.0, Some(1.0)));
        let none = counted(&[0, 0], &[5.0, 5.0]);
        let nothing = rate_test_repeated(&none, &none, 0.05);
        assert!(nothing.estimate.is_nan() && nothing.p == 1.0);
    }
}
