//! The test of Mann and Whitney (Wilcoxon's rank sum): do values of one sample tend to be larger than those of another?
//!
//! U = number of pairs (i, j) with aᵢ > bⱼ, plus half the number of equal ones. Two-sided:
//! p = min(1, 2·min(P(U ≤ u), P(U ≥ u))) over all assignments of the pooled values (Mann and Whitney 1947; for equal
//! values the same over the actual groups, as in R's coin), or the normal distribution with corrections for ties and
//! continuity. It assumes independent values and nothing about their distribution.

use std::cmp::Ordering;

use statrs::function::erf::erfc;

use super::null::{EXACT_PAIRS, NullU, binomial};

/// What the test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// Twice U, a whole number.
    pub twice_u: u64,
    /// The two-sided p, 0…1.
    pub p: f64,
    /// How p was found.
    pub method: RankMethod,
    /// All values of both samples are one value, so there is nothing to test.
    pub all_equal: bool,
}

/// How a p value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankMethod {
    /// By counting assignments.
    Exact,
    /// By the normal distribution.
    Normal,
}

/// How large samples may be for exact counting, without and with equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactUpTo {
    /// Without equal values.
    pub plain: Size,
    /// With equal values anywhere in the pooled samples.
    pub tied: Size,
}

/// A limit to the sizes of two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Largest n₁·n₂.
    Pairs(usize),
    /// Largest n₁ and largest n₂.
    PerSide(usize),
}

impl Size {
    fn holds(self, n1: usize, n2: usize) -> bool {
        match self {
            Self::Pairs(most) => n1.saturating_mul(n2) <= most,
            Self::PerSide(most) => n1 <= most && n2 <= most,
        }
    }
}

impl ExactUpTo {
    /// As far as exact counting costs less than a millisecond.
    pub const FAST: Self = Self {
        plain: Size::Pairs(EXACT_PAIRS),
        tied: Size::Pairs(2_500),
    };
    /// The limits of golang.org/x/perf/benchmath.
    pub const BENCHMATH: Self = Self {
        plain: Size::PerSide(50),
        tied: Size::PerSide(25),
    };
}

/// Tests two samples without NaN. `null` must be the distribution for their sizes. An empty sample gives p = 1.
pub fn rank_test(a: &[f64], b: &[f64], null: &NullU, limits: ExactUpTo) -> RankTest {
    let groups = groups(a, b);
    let twice_u = twice_u(&groups);
    let tied = groups.iter().any(|group| group.all() > 1);
    let limit = if tied { limits.tied } else { limits.plain };
    let exact = limit.holds(a.len(), b.len());
    let all_equal = groups.len() <= 1;
    let p = match (all_equal, exact, tied) {
        (true, ..) => 1.0,
        (_, true, false) => plain_p(twice_u, null),
        (_, true, true) => tied_p(&groups, a.len(), b.len(), twice_u),
        (_, false, _) => normal_p(&groups, a.len() as f64, b.len() as f64, twice_u),
    };
    let method = if exact || all_equal {
        RankMethod::Exact
    } else {
        RankMethod::Normal
    };
    RankTest {
        twice_u,
        p,
        method,
        all_equal,
    }
}

/// Equal values of the pooled samples.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    a: usize,
    b: usize,
}

impl Group {
    fn all(self) -> usize {
        self.a + self.b
    }
}

/// In ascending order.
fn groups(a: &[f64], b: &[f64]) -> Vec<Group> {
    let mut pooled: Vec<(f64, bool)> = a.iter().map(|x| (*x, true)).collect();
    pooled.extend(b.iter().map(|x| (*x, false)));
    pooled.sort_by(|x, y| x.0.partial_cmp(&y.0).unwrap_or(Ordering::Equal));
    let group = |equal: &[(f64, bool)]| {
        let a = equal.iter().filter(|(_, is_a)| *is_a).count();
        Group {
            a,
            b: equal.len() - a,
        }
    };
    pooled.chunk_by(|x, y| x.0 == y.0).map(group).collect()
}

fn twice_u(groups: &[Group]) -> u64 {
    let mut below = 0;
    let mut sum = 0;
    for group in groups {
        sum += group.a as u64 * (2 * below + group.b as u64);
        below += group.b as u64;
    }
    sum
}

fn plain_p(twice_u: u64, null: &NullU) -> f64 {
    let u = (twice_u / 2) as usize;
    let smaller = u.min(null.pairs().saturating_sub(u));
    (2.0 * null.at_most(smaller)).min(1.0)
}

/// Both tails are sums of positive terms; the second is not looked at where the first is surely the smaller one.
fn tied_p(groups: &[Group], n1: usize, n2: usize, twice_u: u64) -> f64 {
    let twice_u = twice_u as usize;
    let other = 2 * n1 * n2 - twice_u;
    let sizes: Vec<usize> = groups.iter().map(|group| group.all()).collect();
    let tail = |from_a: bool| match from_a {
        true => tail_part(&sizes, n1, n2, twice_u),
        false => tail_part(&sizes, n2, n1, other),
    };
    let lower_first = twice_u <= other;
    let first = tail(lower_first);
    let smaller = if first < 0.25 {
        first
    } else {
        first.min(tail(!lower_first))
    };
    (2.0 * smaller).min(1.0)
}

/// The part of all assignments of the groups to samples of `n1` and `n2` values that gives at most `most` for 2U.
///
/// State: for each number of values given to the first sample so far, how many ways lead to each 2U. Giving r of a
/// group of t adds 2·r·(values of the second sample so far) + r·(t−r) to 2U, in C(t, r) ways.
fn tail_part(sizes: &[usize], n1: usize, n2: usize, most: usize) -> f64 {
    let mut ways = vec![vec![0.0; most + 1]; n1 + 1];
    ways[0][0] = 1.0;
    let mut seen = 0_usize;
    for t in sizes {
        let fewest = seen.saturating_sub(n2);
        for taken in (fewest..=n1.min(seen)).rev() {
            let others = seen - taken;
            let reach = (2 * taken * others).min(most);
            for r in 1..=(*t).min(n1 - taken) {
                let step = 2 * r * others + r * (t - r);
                if step > most {
                    continue;
                }
                let (before, after) = ways.split_at_mut(taken + r);
                let length = (reach + 1).min(most + 1 - step);
                add(
                    &mut after[0][step..step + length],
                    &before[taken][..length],
                    binomial(*t, r),
                );
            }
        }
        seen += t;
    }
    ways[n1].iter().sum::<f64>() / binomial(n1 + n2, n1)
}

fn add(to: &mut [f64], from: &[f64], weight: f64) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += weight * from;
    }
}

fn normal_p(groups: &[Group], n1: f64, n2: f64, twice_u: u64) -> f64 {
    let all = n1 + n2;
    let cubes = |group: &Group| {
        let t = group.all() as f64;
        t * t * t - t
    };
    let ties: f64 = groups.iter().map(cubes).sum();
    let variance = n1 * n2 / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
    if variance.is_nan() || variance <= 0.0 {
        return 1.0;
    }
    let distance = (twice_u as f64 / 2.0 - n1 * n2 / 2.0).abs() - 0.5;
    erfc(distance.max(0.0) / variance.sqrt() / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn p(a: &[f64], b: &[f64]) -> f64 {
        rank_test(a, b, &NullU::new(a.len(), b.len()), ExactUpTo::FAST).p
    }

    #[test]
    fn separated_samples_have_the_least_p() {
        assert!((p(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0]) - 2.0 / 252.0).abs() < 1e-15);
        assert_eq!(p(&[1.0], &[2.0]), 1.0);
        assert_eq!(p(&[], &[2.0]), 1.0);
        assert_eq!(p(&[2.0, 2.0], &[2.0; 5]), 1.0);
    }

    #[test]
    fn equal_values_on_samples_of_unequal_size_are_counted_right() {
        assert!((p(&[100.0], &[98.0; 4]) - 0.4).abs() < 1e-15);
        assert_eq!(p(&[2.0, 2.0, 2.0, 1.0, 3.0], &[2.0]), 1.0);
    }

    /// By trying all assignments.
    fn brute(a: &[f64], b: &[f64]) -> f64 {
        let pooled: Vec<f64> = a.iter().chain(b).copied().collect();
        let u = |mask: u32| {
            let part = |want: bool| {
                let is = move |(i, _): &(usize, &f64)| (mask >> i & 1 == 1) == want;
                pooled
                    .iter()
                    .enumerate()
                    .filter(is)
                    .map(|(_, x)| *x)
                    .collect::<Vec<_>>()
            };
            twice_u(&groups(&part(true), &part(false)))
        };
        let observed = u((1 << a.len()) - 1);
        let all: Vec<u64> = (0..1u32 << pooled.len())
            .filter(|mask| mask.count_ones() as usize == a.len())
            .map(u)
            .collect();
        let low = all.iter().filter(|u| **u <= observed).count();
        let high = all.iter().filter(|u| **u >= observed).count();
        (2.0 * low.min(high) as f64 / all.len() as f64).min(1.0)
    }

    proptest! {
        #[test]
        fn exact_p_is_the_count_of_assignments(
            a in prop::collection::vec(0u8..6, 1..6), b in prop::collection::vec(0u8..6, 1..6)
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) =
                (a.into_iter().map(f64::from).collect(), b.into_iter().map(f64::from).collect());
            let expect = brute(&a, &b);
            prop_assert!((p(&a, &b) - expect).abs() < 1e-12, "{} {}", p(&a, &b), expect);
            prop_assert!((p(&a, &b) - p(&b, &a)).abs() < 1e-12);
        }

        #[test]
        fn p_is_a_probability_and_knows_no_scale(
            a in prop::collection::vec(1u16..400, 1..90), b in prop::collection::vec(1u16..400, 1..90)
        ) {
            let scaled = |v: &[u16], f: f64| v.iter().map(|x| f64::from(*x) * f).collect::<Vec<_>>();
            let one = p(&scaled(&a, 1.0), &scaled(&b, 1.0));
            prop_assert!((0.0..=1.0).contains(&one));
            prop_assert_eq!(one, p(&scaled(&a, 8.0), &scaled(&b, 8.0)));
        }
    }
}
