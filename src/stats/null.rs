//! The distribution of Mann and Whitney's U when nothing differs.

use super::normal;

/// How U is distributed for two samples of one distribution without equal values: symmetric on 0 … n₁·n₂.
///
/// Exact up to [`EXACT_PAIRS`] pairs: the counts of U are the coefficients of ∏ (1−q^(n₂+i))/(1−q^i), i = 1 … n₁,
/// multiplied out factor by factor (Mann and Whitney 1947 give the recurrence); beyond that the normal distribution.
#[derive(Debug, Clone)]
pub struct NullU {
    n1: usize,
    n2: usize,
    /// P(U ≤ u) for u up to the middle; empty where the normal distribution serves.
    lower: Vec<f64>,
}

/// Up to so many pairs of values the distribution is exact.
pub const EXACT_PAIRS: usize = 10_000;

impl NullU {
    /// For two samples of `n1` and `n2` values. Takes up to n₁·n₂·min(n₁, n₂) steps and n₁·n₂/2 numbers.
    pub fn new(n1: usize, n2: usize) -> Self {
        let pairs = n1.saturating_mul(n2);
        let lower = if pairs <= EXACT_PAIRS {
            cumulated(&counts(n1.min(n2), n1.max(n2), pairs / 2), n1, n2)
        } else {
            Vec::new()
        };
        Self { n1, n2, lower }
    }

    /// Number of pairs n₁·n₂, the largest U.
    pub fn pairs(&self) -> usize {
        self.n1.saturating_mul(self.n2)
    }

    /// P(U ≤ u).
    pub fn at_most(&self, u: usize) -> f64 {
        let pairs = self.pairs();
        if u >= pairs {
            return 1.0;
        }
        if self.lower.is_empty() {
            let mean = pairs as f64 / 2.0;
            return normal::cdf((u as f64 + 0.5 - mean) / self.deviation());
        }
        match self.lower.get(u) {
            Some(p) => *p,
            None => 1.0 - self.lower.get(pairs - u - 1).copied().unwrap_or(0.0),
        }
    }

    /// The largest k with 2·P(U ≤ k−1) ≤ `alpha`, at most ⌈n₁·n₂/2⌉: the k-th smallest and the k-th largest of the
    /// differences bound the shift at level 1 − `alpha`. 0 where there are too few values for any bound.
    pub fn rank(&self, alpha: f64) -> usize {
        let most = self.pairs().div_ceil(2);
        if self.lower.is_empty() {
            let middle = self.pairs() as f64 / 2.0;
            let k = (middle + 0.5 + self.deviation() * normal::quantile(alpha / 2.0)).floor();
            return (k.max(0.0) as usize).min(most);
        }
        self.lower.partition_point(|p| 2.0 * p <= alpha).min(most)
    }

    fn deviation(&self) -> f64 {
        (self.pairs() as f64 * (self.n1 as f64 + self.n2 as f64 + 1.0) / 12.0).sqrt()
    }
}

/// How many assignments give U = 0 … `top`, for `small` ≤ `large` values a side.
fn counts(small: usize, large: usize, top: usize) -> Vec<f64> {
    let mut counts = vec![0.0; top + 1];
    counts[0] = 1.0;
    for i in 1..=small {
        let above = large + i;
        for u in (above..=top).rev() {
            counts[u] -= counts[u - above];
        }
        for u in i..=top {
            counts[u] += counts[u - i];
        }
    }
    counts
}

fn cumulated(counts: &[f64], n1: usize, n2: usize) -> Vec<f64> {
    let all = binomial(n1 + n2, n1.min(n2));
    let mut sum = 0.0;
    let add = |count: &f64| {
        sum += count;
        sum / all
    };
    counts.iter().map(add).collect()
}

/// The number of ways to choose `k` of `n`; exact below 2^53, then to some 1e-14.
pub(super) fn binomial(n: usize, k: usize) -> f64 {
    (1..=k.min(n - k.min(n))).fold(1.0, |c, i| c * (n + 1 - i) as f64 / i as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_samples_can_be_counted_by_hand() {
        let null = NullU::new(2, 2);
        let got: Vec<f64> = (0..=4).map(|u| null.at_most(u) * 6.0).collect();
        assert_eq!(got, [1.0, 2.0, 4.0, 5.0, 6.0]);
        let one = NullU::new(1, 3);
        assert_eq!(one.at_most(0), 0.25);
        assert_eq!(one.at_most(9), 1.0);
    }

    #[test]
    fn ranks_are_those_of_published_tables() {
        // Two-sided 5 % critical values of U (Mann and Whitney's test), plus one.
        let check = |n1, n2, rank| assert_eq!(NullU::new(n1, n2).rank(0.05), rank, "{n1} {n2}");
        check(3, 3, 0);
        check(4, 4, 1);
        check(5, 5, 3);
        check(5, 8, 7);
        check(10, 10, 24);
        check(20, 20, 128);
        assert_eq!(NullU::new(3, 5).rank(1.0), 8);
    }

    #[test]
    fn the_normal_distribution_takes_over_without_a_step() {
        let exact = NullU::new(100, 100);
        let normal = NullU {
            lower: Vec::new(),
            ..exact.clone()
        };
        assert!(exact.rank(0.05).abs_diff(normal.rank(0.05)) <= 1);
        for u in [3500, 4200, 5000, 6000] {
            assert!((exact.at_most(u) - normal.at_most(u)).abs() < 1e-3, "{u}");
        }
        assert_eq!(NullU::new(0, 5).rank(0.05), 0);
        assert_eq!(NullU::new(1000, 1000).at_most(usize::MAX), 1.0);
    }
}
