//! By how much one sample lies above another: the estimate of Hodges and Lehmann (1963), and the interval that belongs to
//! Mann and Whitney's test.
//!
//! The n₁·n₂ differences bⱼ − aᵢ are never stored: their k-th smallest is found by halving the range of doubles, with a
//! count in n₁ + n₂ steps each time. On logarithms the shift is a ratio.

use super::median::sorted;
use super::null::NullU;

/// A number with the interval in which the true one lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best guess.
    pub value: f64,
    /// Lower bound; −∞ (0 for a ratio) where there are too few values for any bound.
    pub low: f64,
    /// Upper bound; +∞ where there are too few values for any bound.
    pub high: f64,
}

impl Estimate {
    /// A number that is known.
    pub fn exact(value: f64) -> Self {
        Self {
            value,
            low: value,
            high: value,
        }
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            value: f(self.value),
            low: f(self.low),
            high: f(self.high),
        }
    }
}

/// Two samples, ready for questions about their shift.
#[derive(Debug, Clone)]
pub struct Pair {
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Pair {
    /// Two samples of finite values.
    pub fn new(a: &[f64], b: &[f64]) -> Self {
        Self {
            a: sorted(a),
            b: sorted(b),
        }
    }

    /// The median of all differences b − a with its interval at level 1 − `alpha`: without equal values it excludes 0
    /// exactly when the test's p is at most `alpha`. NaN for an empty sample.
    pub fn difference(&self, null: &NullU, alpha: f64) -> Estimate {
        let pairs = self.a.len() * self.b.len();
        if pairs == 0 {
            return Estimate::exact(f64::NAN);
        }
        let rank = null.rank(alpha);
        let bound = |rank: usize, beyond: f64| match rank {
            0 => beyond,
            rank => self.smallest(rank),
        };
        let upper = if rank == 0 { 0 } else { pairs + 1 - rank };
        Estimate {
            value: self.middle(),
            low: bound(rank, f64::NEG_INFINITY),
            high: bound(upper, f64::INFINITY),
        }
    }

    /// The same on the scale of ratios b / a, from 0 to +∞. `None` unless all values are above 0.
    pub fn ratio(&self, null: &NullU, alpha: f64) -> Option<Estimate> {
        let logarithms = self.logarithms()?;
        Some(logarithms.difference(null, alpha).map(f64::exp))
    }

    /// The pair of logarithms, whose differences are ratios; `None` unless all values are above 0.
    pub fn logarithms(&self) -> Option<Self> {
        let positive = |values: &[f64]| values.first().is_some_and(|least| *least > 0.0);
        let ln = |values: &[f64]| values.iter().map(|x| x.ln()).collect();
        (positive(&self.a) && positive(&self.b)).then(|| Self {
            a: ln(&self.a),
            b: ln(&self.b),
        })
    }

    /// The median of all differences.
    pub fn middle(&self) -> f64 {
        let pairs = self.a.len() * self.b.len();
        let lower = self.smallest(pairs.div_ceil(2));
        if pairs % 2 == 1 {
            return lower;
        }
        (lower + self.smallest(pairs / 2 + 1)) / 2.0
    }

    /// The k-th smallest difference, k from 1: the least double that k differences do not exceed.
    fn smallest(&self, k: usize) -> f64 {
        let (Some(a), Some(b)) = (ends(&self.a), ends(&self.b)) else {
            return f64::NAN;
        };
        let (mut below, mut above) = (place(b.0 - a.1), place(b.1 - a.0));
        while below < above {
            let middle = below + ((above.abs_diff(below)) / 2) as i64;
            if self.at_most(double(middle)) >= k {
                above = middle;
            } else {
                below = middle + 1;
            }
        }
        // Not the negative zero, which a halving may end at.
        double(above) + 0.0
    }

    /// How many differences are at most `x`.
    fn at_most(&self, x: f64) -> usize {
        let mut end = 0;
        let mut count = 0;
        for a in &self.a {
            while self.b.get(end).is_some_and(|b| b - a <= x) {
                end += 1;
            }
            count += end;
        }
        count
    }
}

fn ends(ascending: &[f64]) -> Option<(f64, f64)> {
    Some((*ascending.first()?, *ascending.last()?))
}

/// The place of a double in the order of all doubles.
fn place(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 {
        i64::MIN.wrapping_sub(bits)
    } else {
        bits
    }
}

fn double(place: i64) -> f64 {
    let bits = if place < 0 {
        i64::MIN.wrapping_sub(place)
    } else {
        place
    };
    f64::from_bits(bits as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rank_test::{ExactUpTo, rank_test};
    use super::*;

    fn difference(a: &[f64], b: &[f64], alpha: f64) -> Estimate {
        Pair::new(a, b).difference(&NullU::new(a.len(), b.len()), alpha)
    }

    #[test]
    fn published_examples_come_out() {
        // Hollander and Wolfe, as in the help of R's wilcox.test (exact, 95 %): 0.305, −0.15 … 0.76.
        let x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let y = [1.15, 0.88, 0.90, 0.74, 1.21];
        let got = difference(&y, &x, 0.05);
        assert!((got.value - 0.305).abs() < 1e-12 && (got.low + 0.15).abs() < 1e-12);
        assert!((got.high - 0.76).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn few_values_have_no_bounds() {
        let got = difference(&[1.0, 2.0], &[3.0, 5.0], 0.05);
        assert_eq!(
            (got.value, got.low, got.high),
            (2.5, f64::NEG_INFINITY, f64::INFINITY)
        );
        let ratio = Pair::new(&[1.0], &[3.0]).ratio(&NullU::new(1, 1), 0.05);
        assert!(ratio.is_some_and(|r| (r.value - 3.0).abs() < 1e-12 && r.low == 0.0));
        assert_eq!(Pair::new(&[0.0], &[3.0]).ratio(&NullU::new(1, 1), 0.05), None);
        assert!(difference(&[], &[1.0], 0.05).value.is_nan());
        assert_eq!(difference(&[1.0, -1.0], &[1.0, -1.0], 0.05).value.to_bits(), 0);
    }

    proptest! {
        #[test]
        fn each_rank_is_that_of_the_sorted_list(
            a in prop::collection::vec(-50.0f64..50.0, 1..12), b in prop::collection::vec(-50.0f64..50.0, 1..12)
        ) {
            let pair = Pair::new(&a, &b);
            let all: Vec<f64> = b.iter().flat_map(|b| a.iter().map(move |a| b - a)).collect();
            let expect: Vec<f64> = sorted(&all);
            let got: Vec<f64> = (1..=all.len()).map(|k| pair.smallest(k)).collect();
            prop_assert_eq!(got, expect);
        }

        #[test]
        fn the_interval_belongs_to_the_test(
            a in prop::collection::hash_set(0u32..2000, 4..15), b in prop::collection::hash_set(2001u32..4000, 4..15),
            by in 0u32..3000
        ) {
            // Odd against even values: nothing is equal.
            let a: Vec<f64> = a.into_iter().map(|x| f64::from(2 * x)).collect();
            let b: Vec<f64> = b.into_iter().map(|x| f64::from(2 * x) - f64::from(2 * by) + 1.0).collect();
            let test = rank_test(&a, &b, &NullU::new(a.len(), b.len()), ExactUpTo::FAST);
            let got = difference(&a, &b, 0.05);
            prop_assert_eq!(test.p <= 0.05, got.low > 0.0 || got.high < 0.0, "{:?} {:?}", test, got);
        }
    }
}
