//! What is wrong with repeated measurements, told from their order and their spread.
//!
//! Values are in the order in which they were measured. The rates of false alarms (independent normal and log-normal
//! values) stand at each kind. Values that are not finite must be taken out before.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::median::{median, quantile_of_sorted, sorted};

/// One doubt about a series of measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// The level moves with time (8 values and more, p ≤ 0.01): 1 % false alarms.
    Drift {
        /// Spearman's correlation of value and position, −1…1.
        rho: f64,
        /// Two-sided p.
        p: f64,
        /// Median of the last third / median of the first third.
        ratio: f64,
    },
    /// Neighbours are alike, so there are fewer independent values than values (10 and more): below 1 %.
    Autocorrelated {
        /// Correlation of neighbours, −1…1.
        r: f64,
    },
    /// Values more than three interquartile ranges beyond a quartile (5 and more): 1–2 %, far more for heavy tails.
    Outliers {
        /// How many.
        count: usize,
        /// The one farthest from the median.
        worst: f64,
    },
    /// The first value is such an outlier, upwards: below 1 %.
    WarmUp {
        /// The first value.
        first: f64,
        /// The median of the others.
        others: f64,
    },
    /// Two levels with a wide gap between them (10 and more): 0.5 % at 10, none from 20 on.
    Bimodal {
        /// Median below the gap.
        low: f64,
        /// Median above the gap.
        high: f64,
    },
    /// The standard deviation is above 5 % of the mean.
    Noisy {
        /// Standard deviation / |mean|.
        cv: f64,
    },
    /// The value depends on the number of iterations (6 values and more, p ≤ 0.01, counts that differ by half and more): 1 %.
    Iterations {
        /// Spearman's correlation of value and count, −1…1.
        rho: f64,
        /// Two-sided p.
        p: f64,
    },
    /// A measurement of a single iteration.
    SingleIteration {
        /// How many measurements have one.
        count: usize,
    },
}

impl Noise {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Drift { .. } => "drift",
            Self::Autocorrelated { .. } => "autocorrelated",
            Self::Outliers { .. } => "outliers",
            Self::WarmUp { .. } => "warm-up",
            Self::Bimodal { .. } => "bimodal",
            Self::Noisy { .. } => "noisy",
            Self::Iterations { .. } => "iterations",
            Self::SingleIteration { .. } => "single-iteration",
        }
    }
}

/// All that is wrong with the values themselves, in the order of [`Noise`].
pub fn diagnose(values: &[f64]) -> Vec<Noise> {
    let found = [
        drift(values),
        autocorrelated(values),
        outliers(values),
        warm_up(values),
        bimodal(values),
    ];
    found.into_iter().flatten().chain(noisy(values)).collect()
}

/// What is wrong with the iteration counts of the values, one for one.
pub fn iteration_effect(values: &[f64], iterations: &[f64]) -> Vec<Noise> {
    let single = iterations.iter().filter(|count| **count <= 1.0).count();
    let single = (single > 0).then_some(Noise::SingleIteration { count: single });
    let least = iterations.iter().copied().fold(f64::INFINITY, f64::min);
    let most = iterations.iter().copied().fold(0.0, f64::max);
    // Fewer than six values in perfect order are no rarity: of five, one series in sixty is.
    let effect =
        spearman(values, iterations).filter(|(_, p)| values.len() >= 6 && *p <= 0.01 && most >= 1.5 * least);
    effect
        .map(|(rho, p)| Noise::Iterations { rho, p })
        .into_iter()
        .chain(single)
        .collect()
}

/// Spearman's rank correlation of two series of one length, with mid-ranks for equal values, and its two-sided p by
/// Student's t with n − 2 degrees of freedom. `None` for fewer than three pairs or a constant series.
pub fn spearman(xs: &[f64], ys: &[f64]) -> Option<(f64, f64)> {
    if xs.len() != ys.len() || xs.len() < 3 {
        return None;
    }
    let rho = correlation(&mid_ranks(xs), &mid_ranks(ys))?.clamp(-1.0, 1.0);
    let freedom = xs.len() as f64 - 2.0;
    let rest = 1.0 - rho * rho;
    if rest <= 0.0 {
        return Some((rho, 0.0));
    }
    let t = rho * (freedom / rest).sqrt();
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some((rho, (2.0 * student.sf(t.abs())).min(1.0)))
}

/// Whether the level moves with time.
pub fn drift(values: &[f64]) -> Option<Noise> {
    if values.len() < 8 {
        return None;
    }
    let positions: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
    let (rho, p) = spearman(values, &positions).filter(|(_, p)| *p <= 0.01)?;
    let third = values.len() / 3;
    let first = median(values.get(..third)?);
    let last = median(values.get(values.len() - third..)?);
    Some(Noise::Drift {
        rho,
        p,
        ratio: last / first,
    })
}

/// Whether neighbours are alike: r above 2.33/√n.
pub fn autocorrelated(values: &[f64]) -> Option<Noise> {
    if values.len() < 10 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    let products: f64 = values
        .iter()
        .zip(values.iter().skip(1))
        .map(|(a, b)| (a - mean) * (b - mean))
        .sum();
    let r = products / squares;
    (squares > 0.0 && r > 2.33 / (values.len() as f64).sqrt()).then_some(Noise::Autocorrelated { r })
}

/// Whether values lie far outside the quartiles.
pub fn outliers(values: &[f64]) -> Option<Noise> {
    let (low, high) = fences(values)?;
    let outside = values.iter().copied().filter(|x| *x < low || *x > high);
    let count = outside.clone().count();
    let middle = median(values);
    let worst = outside.max_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()))?;
    Some(Noise::Outliers { count, worst })
}

/// Whether the first value is far above the others.
pub fn warm_up(values: &[f64]) -> Option<Noise> {
    let (_, high) = fences(values)?;
    let (first, others) = values.split_first()?;
    (*first > high).then(|| Noise::WarmUp {
        first: *first,
        others: median(others),
    })
}

/// Whether the values fall into two groups: the widest gap between neighbours in sorted order is at least three times
/// every other gap and leaves at least max(3, ⌈n/5⌉) values on each side.
pub fn bimodal(values: &[f64]) -> Option<Noise> {
    if values.len() < 10 {
        return None;
    }
    let ascending = sorted(values);
    let gaps = || {
        ascending
            .iter()
            .zip(ascending.iter().skip(1))
            .map(|(a, b)| b - a)
            .enumerate()
    };
    let (at, widest) = gaps().fold((0, 0.0), |best, gap| if gap.1 > best.1 { gap } else { best });
    let alone = gaps().all(|(i, gap)| i == at || widest >= 3.0 * gap);
    let (below, above) = ascending.split_at_checked(at + 1)?;
    let least = values.len().div_ceil(5).max(3);
    let found = widest > 0.0 && alone && below.len() >= least && above.len() >= least;
    found.then(|| Noise::Bimodal {
        low: median(below),
        high: median(above),
    })
}

/// Whether the spread is above 5 % of the mean.
pub fn noisy(values: &[f64]) -> Option<Noise> {
    let cv = variation(values)?;
    (cv > 0.05).then_some(Noise::Noisy { cv })
}

/// Coefficient of variation: standard deviation (n − 1) / |mean|. `None` below two values or for a mean of 0.
pub fn variation(values: &[f64]) -> Option<f64> {
    let mean = mean(values);
    if values.len() < 2 || mean == 0.0 {
        return None;
    }
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    Some((squares / (values.len() as f64 - 1.0)).sqrt() / mean.abs())
}

/// Three interquartile ranges beyond the quartiles; `None` below five values or without any spread.
fn fences(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 5 {
        return None;
    }
    let ascending = sorted(values);
    let (q1, q3) = (
        quantile_of_sorted(&ascending, 0.25),
        quantile_of_sorted(&ascending, 0.75),
    );
    let range = q3 - q1;
    (range > 0.0).then_some((q1 - 3.0 * range, q3 + 3.0 * range))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Pearson's correlation; `None` for a constant series.
fn correlation(xs: &[f64], ys: &[f64]) -> Option<f64> {
    let (mean_x, mean_y) = (mean(xs), mean(ys));
    let sum = |f: fn(f64, f64) -> f64| {
        xs.iter()
            .zip(ys)
            .map(|(x, y)| f(x - mean_x, y - mean_y))
            .sum::<f64>()
    };
    let spread = (sum(|x, _| x * x) * sum(|_, y| y * y)).sqrt();
    (spread > 0.0).then(|| sum(|x, y| x * y) / spread)
}

/// The rank of each value from 1; equal values share the mean of their ranks.
fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = before as f64 + (group.len() as f64 + 1.0) / 2.0;
        before += group.len();
        for (_, index) in group {
            if let Some(slot) = ranks.get_mut(*index) {
                *slot = rank;
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(values: &[f64]) -> Vec<&'static str> {
        diagnose(values).iter().map(Noise::code).collect()
    }

    #[test]
    fn a_calm_series_raises_no_doubt() {
        assert!(codes(&[100.0, 102.0, 99.0, 101.0, 100.5, 99.5, 101.5, 98.5, 100.2, 99.8]).is_empty());
        assert!(codes(&[5.0; 20]).is_empty());
        assert!(codes(&[]).is_empty() && codes(&[1.0]).is_empty());
    }

    #[test]
    fn each_doubt_is_raised_by_its_series() {
        let check =
            |values: &[f64], code| assert!(codes(values).contains(&code), "{code}: {:?}", codes(values));
        check(&[100.0, 101.0, 102.0, 103.0, 104.0, 105.0, 106.0, 107.0], "drift");
        check(
            &[1.0, 1.1, 1.2, 1.3, 1.4, 1.4, 1.3, 1.2, 1.1, 1.0, 1.0, 1.1],
            "autocorrelated",
        );
        check(&[100.0, 101.0, 99.0, 100.5, 150.0, 99.5], "outliers");
        check(&[150.0, 100.0, 101.0, 99.0, 100.5, 99.5], "warm-up");
        check(
            &[10.0, 20.0, 10.1, 20.1, 10.2, 20.2, 10.1, 20.1, 10.0, 20.0],
            "bimodal",
        );
        check(&[100.0, 120.0], "noisy");
    }

    #[test]
    fn drift_tells_how_far() {
        let values: Vec<f64> = (0..9).map(|i| 100.0 + f64::from(i)).collect();
        let Some(Noise::Drift { rho, p, ratio }) = drift(&values) else {
            panic!("no drift")
        };
        assert!((rho - 1.0).abs() < 1e-12 && p < 1e-9 && (ratio - 107.0 / 101.0).abs() < 1e-12);
    }

    #[test]
    fn correlation_of_ranks_agrees_with_scipy() {
        let got = spearman(&[1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 6.0, 7.0, 8.0, 7.0]);
        let (rho, p) = got.unwrap_or_default();
        assert!((rho - 0.820_782_681_668_123_4).abs() < 1e-12 && (p - 0.088_587_005_313_544).abs() < 1e-9);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn iteration_counts_are_questioned() {
        let counts = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0];
        let falling = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0];
        let codes: Vec<_> = iteration_effect(&falling, &counts)
            .iter()
            .map(Noise::code)
            .collect();
        assert_eq!(codes, ["iterations"]);
        assert_eq!(iteration_effect(&falling[..5], &counts[..5]), []);
        assert_eq!(
            iteration_effect(&[1.0, 2.0], &[1.0, 9.0]),
            [Noise::SingleIteration { count: 1 }]
        );
    }
}
