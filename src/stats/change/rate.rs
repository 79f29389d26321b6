//! Two rates, one measurement a side.

use super::{Counted, Tested, level, tails};
use crate::stats::normal;

/// Above this variance of the count (σ ≈ 3 000) the interval is that of the normal distribution of the logarithm, which
/// agrees to six digits; an exact one takes some twenty tails.
const MOST_EXACT: f64 = 1e7;

/// Whether two Poisson rates differ, before and after, and by which factor.
///
/// Given m events in all, those of the second side are Binomial(m, ρ) with ρ its part of the exposure if nothing
/// changed (Przyborowski and Wilenski 1940); p is twice the smaller tail. The interval of the ratio follows from
/// Clopper's and Pearson's (1934) of the part of the second side, so p ≤ α exactly when it leaves out 1. The exposures
/// are above 0. No events at all say nothing: ratio NaN, interval 0 to ∞, p 1.
///
/// ```
/// use perfplan::stats::{Counted, rate_test};
/// let change = rate_test(Counted::new(50, 10.0), Counted::new(80, 10.0), 0.05);
/// assert_eq!(change.estimate, 1.6);
/// assert!((change.p - 0.0106941).abs() < 1e-7 && (change.low - 1.10994).abs() < 1e-5);
/// ```
pub fn rate_test(before: Counted, after: Counted, alpha: f64) -> Tested {
    let (x, m) = (after.events, before.events + after.events);
    let times = after.exposure / before.exposure;
    let (rho, rest) = parts(before.exposure, after.exposure);
    let (low, high) = odds(x, m, level(alpha));
    Tested {
        estimate: after.events / before.events / times,
        low: low / times,
        high: high / times,
        p: if m > 0.0 {
            tails::binomial(x, m, rho, rest).doubled()
        } else {
            1.0
        },
        dispersion: None,
    }
}

/// The smallest p value that [`rate_test`] can give for `events` in all, however they are split: above α a test
/// cannot succeed.
pub fn least_rate_p(events: f64, before_exposure: f64, after_exposure: f64) -> f64 {
    let (rho, rest) = parts(before_exposure, after_exposure);
    (2.0 * rho.min(rest).powf(events)).min(1.0)
}

/// The parts of the second and the first exposure in their sum.
fn parts(before: f64, after: f64) -> (f64, f64) {
    (after / (before + after), before / (before + after))
}

/// Interval of the odds π/(1 − π) of x events of m, at level 1 − α.
fn odds(x: f64, m: f64, alpha: f64) -> (f64, f64) {
    if m <= 0.0 {
        return (0.0, f64::INFINITY);
    }
    let rest = m - x;
    if x * rest / m > MOST_EXACT {
        let reach = normal::quantile(1.0 - alpha / 2.0) * (1.0 / x + 1.0 / rest).sqrt();
        return (x / rest * (-reach).exp(), x / rest * reach.exp());
    }
    let half = alpha / 2.0;
    let start = ((x + 0.5) / (rest + 0.5)).ln();
    let low = || root(start, -1.0, |at| half.ln() - at_odds(x, m, at).upper.ln());
    let high = || root(start, 1.0, |at| half.ln() - at_odds(x, m, at).lower.ln());
    (
        if x > 0.0 { low().exp() } else { 0.0 },
        if rest > 0.0 { high().exp() } else { f64::INFINITY },
    )
}

fn at_odds(x: f64, m: f64, ln_odds: f64) -> tails::Tails {
    let (p, q) = (1.0 / (1.0 + (-ln_odds).exp()), 1.0 / (1.0 + ln_odds.exp()));
    tails::binomial(x, m, p, q)
}

/// Where `f` crosses 0 on the way from `start`, where it is negative, in a direction; it rises on that way. By
/// doubled steps, then false position in the Illinois form, which is safe and takes some ten evaluations.
fn root(start: f64, direction: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut a, mut fa) = (start, f(start));
    let mut step = 0.125;
    let (mut b, mut fb) = (a, fa);
    while fb < 0.0 && step < 1e6 {
        (a, fa) = (b, fb);
        b = a + direction * step;
        fb = f(b);
        step *= 2.0;
    }
    for _ in 0..100 {
        // A tail of 0 has no logarithm: halve until it has.
        let usable = fa.is_finite() && fb.is_finite() && fa != fb;
        let next = if usable {
            b - fb * (b - a) / (fb - fa)
        } else {
            f64::midpoint(a, b)
        };
        let value = f(next);
        if (next - b).abs() <= 1e-14 * next.abs().max(1.0) || value == 0.0 {
            return next;
        }
        if (value < 0.0) != (fb < 0.0) {
            (a, fa) = (b, fb);
        } else {
            fa *= 0.5;
        }
        (b, fb) = (next, value);
        if (a - b).abs() <= 1e-14 * b.abs().max(1.0) {
            break;
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x1, T1, x2, T2, p, low, high; by scipy 1.17 (binom.cdf, beta.ppf).
    const VECTORS: [(u64, f64, u64, f64, f64, f64, f64); 20] = [
        (50, 10.0, 80, 10.0, 0.01069405512, 1.109940562, 2.32595707),
        (0, 10.0, 6, 10.0, 0.03125, 1.177424726, f64::INFINITY),
        (0, 10.0, 5, 10.0, 0.0625, 0.9163558573, f64::INFINITY),
        (
            1000,
            22.87,
            900,
            24.17,
            0.0005079690096,
            0.777388257,
            0.9327777824,
        ),
        (3, 10.0, 9, 10.0, 0.1459960938, 0.7486844502, 17.22800313),
        (1, 1.0, 0, 1.0, 1.0, 0.0, 39.0),
        (7, 3.0, 7, 3.0, 1.0, 0.2993096818, 3.341021226),
        (100, 1.0, 10, 10.0, 2.650343986e-91, 0.004652812298, 0.01916605908),
        (2000, 30.0, 2300, 30.0, 5.079935569e-06, 1.082638344, 1.221630738),
        (20000, 30.0, 20300, 30.0, 0.1363744784, 0.9953231778, 1.035066551),
        (
            123456,
            60.0,
            124000,
            60.5,
            0.3327819056,
            0.9882790386,
            1.003994073,
        ),
        (
            1000000,
            100.0,
            1003000,
            100.0,
            0.03408836508,
            1.000224803,
            1.0057829,
        ),
        (
            5000000,
            10.0,
            4990000,
            10.0,
            0.001558608768,
            0.9967628369,
            0.9992386982,
        ),
        (12, 5.0, 40, 25.0, 0.2924085359, 0.3428840807, 1.395964029),
        (0, 1.0, 1000, 1.0, 1.866527237e-301, 270.5853381, f64::INFINITY),
        (15, 1.0, 400, 60.0, 0.00823302496, 0.266227129, 0.801594701),
        (300, 2.0, 5, 2.0, 6.639561688e-82, 0.005372495416, 0.03932829902),
        (16, 1.0, 16, 2.0, 0.07530667183, 0.2340796091, 1.06801272),
        (99, 7.0, 101, 13.0, 3.553654695e-05, 0.4121896833, 0.7322829906),
        (1, 100.0, 30, 100.0, 2.980232239e-08, 4.987266895, 1223.934664),
    ];

    #[test]
    fn rates_agree_with_scipy() {
        for (x1, t1, x2, t2, p, low, high) in VECTORS {
            let got = rate_test(Counted::new(x1, t1), Counted::new(x2, t2), 0.05);
            let near = |a: f64, b: f64| a == b || (a - b).abs() <= 2e-9 * b.abs();
            let fits = near(got.p, p) && near(got.low, low) && near(got.high, high);
            assert!(
                fits,
                "{x1} in {t1}, {x2} in {t2}: {got:?}, not {p} [{low}, {high}]"
            );
        }
    }

    #[test]
    fn a_test_agrees_with_its_interval_and_its_mirror() {
        for x1 in 0..40 {
            for x2 in 0..40 {
                let (a, b) = (Counted::new(x1, 3.0), Counted::new(x2, 5.0));
                let (one, other) = (rate_test(a, b, 0.05), rate_test(b, a, 0.05));
                assert!((one.p - other.p).abs() <= 1e-12 * one.p, "{x1} {x2}");
                let leaves_out_1 = one.low > 1.0 || one.high < 1.0;
                assert_eq!(one.p <= 0.05, leaves_out_1, "{x1} {x2}: {one:?}");
                assert!(one.p >= least_rate_p((x1 + x2) as f64, 3.0, 5.0) * (1.0 - 1e-12));
            }
        }
    }

    #[test]
    fn beyond_exact_intervals_the_normal_agrees() {
        let (x, m) = (20_000_000.0, 40_010_000.0);
        let exact = rate_test(Counted::new(19_990_000, 1.0), Counted::new(19_980_000, 1.0), 0.05);
        let normal = odds(x, m + 10_000.0, 0.05);
        assert!(
            (exact.high / exact.low - normal.1 / normal.0).abs() < 2e-6,
            "{exact:?} {normal:?}"
        );
        // The last exact one and the first that is not are nearly the same.
        let width = |events: f64| {
            let (low, high) = odds(events, 2.0 * events, 0.05);
            (high.ln() - low.ln()) * events.sqrt()
        };
        assert!((width(19_999_999.0) / width(20_000_001.0) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn few_events_cannot_tell() {
        assert!(least_rate_p(5.0, 10.0, 10.0) > 0.05);
        assert!((least_rate_p(6.0, 10.0, 10.0) - 0.03125).abs() < 1e-15);
        let nothing = rate_test(Counted::new(0, 1.0), Counted::new(0, 1.0), 0.05);
        assert!(nothing.estimate.is_nan());
        assert_eq!((nothing.p, nothing.low, nothing.high), (1.0, 0.0, f64::INFINITY));
    }

    #[test]
    fn any_level_and_any_count_gives_numbers() {
        for alpha in [0.0, 1e-9, 0.5, 1.0, 2.0, f64::NAN] {
            for (x1, x2) in [
                (0, 9),
                (9, 0),
                (3, 1_000_000_000),
                (u64::MAX / 2, u64::MAX / 2),
                (1, u64::MAX / 2),
            ] {
                let got = rate_test(Counted::new(x1, 1.0), Counted::new(x2, 1e-3), alpha);
                assert!(
                    !got.low.is_nan() && got.low <= got.high && (0.0..=1.0).contains(&got.p),
                    "{got:?}"
                );
            }
        }
    }
}
