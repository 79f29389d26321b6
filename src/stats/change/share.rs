//! Two shares, one measurement a side.

use super::{Counted, Tested, level, tails};
use crate::stats::wilson;

/// Whether the share of some events in all events differs, before and after, and by how much; exposures are the
/// counts of all events, whole numbers.
///
/// Fisher's exact test (1935): given both totals and all m events, those of the second side are hypergeometric if
/// nothing changed; p is twice the smaller tail. The interval of the difference p2 − p1 is Newcombe's method 10
/// (1998), from Wilson's intervals of both; it is not the inverse of the test. Without any events on a side it says
/// nothing: estimate NaN, interval −1 to 1, p 1.
///
/// ```
/// use perfplan::stats::{Counted, share_test};
/// let change = share_test(Counted::new(50, 1000.0), Counted::new(80, 1000.0), 0.05);
/// assert!((change.estimate - 0.03).abs() < 1e-12 && (change.p - 0.00830845).abs() < 1e-8);
/// ```
pub fn share_test(before: Counted, after: Counted, alpha: f64) -> Tested {
    let (n1, n2) = (before.exposure, after.exposure);
    let (x1, x2) = (before.events.min(n1), after.events.min(n2));
    if n1 <= 0.0 || n2 <= 0.0 {
        return Tested {
            estimate: f64::NAN,
            low: -1.0,
            high: 1.0,
            p: 1.0,
            dispersion: None,
        };
    }
    let difference = x2 / n2 - x1 / n1;
    let (low, high) = newcombe((x1, n1), (x2, n2), level(alpha));
    Tested {
        estimate: difference,
        low,
        high,
        p: tails::hypergeometric(x2, x1 + x2, n1, n2).doubled(),
        dispersion: None,
    }
}

/// The smallest p value that [`share_test`] can give for `events` in all, however they are split: above α a test
/// cannot succeed.
pub fn least_share_p(events: f64, before_all: f64, after_all: f64) -> f64 {
    if before_all <= 0.0 || after_all <= 0.0 {
        return 1.0;
    }
    let (least, most) = ((events - before_all).max(0.0), events.min(after_all));
    let doubled = |x| tails::hypergeometric(x, events, before_all, after_all).doubled();
    doubled(least).min(doubled(most))
}

fn newcombe((x1, n1): (f64, f64), (x2, n2): (f64, f64), alpha: f64) -> (f64, f64) {
    let (p1, p2) = (x1 / n1, x2 / n2);
    let (low1, high1) = wilson(x1 as u64, n1 as u64, 1.0 - alpha);
    let (low2, high2) = wilson(x2 as u64, n2 as u64, 1.0 - alpha);
    let difference = p2 - p1;
    (
        difference - (p2 - low2).hypot(high1 - p1),
        difference + (high2 - p2).hypot(p1 - low1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x1, n1, x2, n2, p, low, high; by scipy 1.17 (hypergeom.cdf) and Wilson's formula.
    const VECTORS: [(u64, u64, u64, u64, f64, f64, f64); 18] = [
        (50, 1000, 80, 1000, 0.008308448378, 0.008386683912, 0.05195222178),
        (600, 1000, 650, 1000, 0.02359222112, 0.007565991844, 0.09218148725),
        (0, 500, 6, 500, 0.0307821922, 0.001988119502, 0.02593036112),
        (5, 100, 15, 300, 1.0, -0.06474671781, 0.04196786473),
        (1, 10, 9, 10, 0.001093333911, 0.3698669071, 0.9161405732),
        (0, 1671, 30, 1644, 1.273883829e-09, 0.0123478291, 0.02593060204),
        (239, 1671, 31, 1644, 3.049678413e-43, -0.1426287035, -0.1064072454),
        (
            2000,
            20000,
            2200,
            20000,
            0.001169332802,
            0.003992020491,
            0.01600977291,
        ),
        (
            19990,
            20000,
            20000,
            20000,
            0.001950928448,
            0.0002016130897,
            0.000920222875,
        ),
        (
            123456,
            1000000,
            124500,
            1001000,
            0.04861548996,
            6.580137716e-06,
            0.001832667064,
        ),
        (3, 7, 2, 9, 0.7307692308, -0.564541831, 0.216542901),
        (0, 50, 0, 60, 1.0, -0.07134759913, 0.06017185214),
        (50, 50, 60, 60, 1.0, -0.06017185214, 0.07134759913),
        (12, 1200, 40, 900, 8.930952303e-07, 0.02065461191, 0.05053160848),
        (
            700,
            2000,
            10,
            3000,
            5.274850337e-297,
            -0.3678944985,
            -0.3258801955,
        ),
        (
            100000,
            10000000,
            101000,
            10000000,
            0.02511989209,
            1.257140154e-05,
            0.0001874298549,
        ),
        (17, 33, 5, 44, 0.0002790309172, -0.5737026203, -0.1954238719),
        (
            1,
            100000,
            12,
            100000,
            0.003417016675,
            4.062501121e-05,
            0.0002001319779,
        ),
    ];

    #[test]
    fn shares_agree_with_scipy() {
        for (x1, n1, x2, n2, p, low, high) in VECTORS {
            let got = share_test(Counted::new(x1, n1 as f64), Counted::new(x2, n2 as f64), 0.05);
            let near = |a: f64, b: f64| (a - b).abs() <= 2e-8 * b.abs().max(1e-300);
            let fits = near(got.p, p) && near(got.low, low) && near(got.high, high);
            assert!(
                fits,
                "{x1} of {n1}, {x2} of {n2}: {got:?}, not {p} [{low}, {high}]"
            );
        }
    }

    #[test]
    fn a_test_agrees_with_its_mirror() {
        for x1 in 0..=20 {
            for x2 in 0..=30 {
                let (a, b) = (Counted::new(x1, 20.0), Counted::new(x2, 30.0));
                let (one, other) = (share_test(a, b, 0.05), share_test(b, a, 0.05));
                assert!((one.p - other.p).abs() <= 1e-11 * one.p, "{x1} {x2}");
                assert!((one.low + other.high).abs() < 1e-12);
                assert!(one.p >= least_share_p((x1 + x2) as f64, 20.0, 30.0) * (1.0 - 1e-9));
            }
        }
    }

    #[test]
    fn nothing_counted_is_nothing_found() {
        let got = share_test(Counted::new(0, 0.0), Counted::new(3, 9.0), 0.05);
        assert!(got.estimate.is_nan() && got.p == 1.0);
        assert_eq!(least_share_p(3.0, 0.0, 9.0), 1.0);
        assert!(least_share_p(5.0, 1000.0, 1000.0) > 0.05 && least_share_p(6.0, 1000.0, 1000.0) < 0.05);
    }
}
