//! How many runs a benchmark needs: chances of the exact Mann–Whitney test to find a shift.
//!
//! The table holds simulations (normal values, n per side, 20 000 draws, ±0.01); shifts are in standard deviations.
//! Larger n follow Noether (1987): n = (z₁₋α⁄₂ + z₀.₈)² / (6·(Φ(d/√2) − ½)²) per side.

use super::normal;

/// What to tell a user about `-count`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Runs {
    /// This many per side find the effect in four of five cases.
    Count(u32),
    /// More than [`MOST_RUNS`]: more runs will not help, the noise must fall. Holds the number it would take.
    TooNoisy(f64),
    /// No effect or no spread given: nothing to plan.
    Undefined,
}

/// Beyond this many runs per side nobody waits.
pub const MOST_RUNS: u32 = 100;

/// Runs per side that find a change by `relative_effect` (0.01 = 1 %; its size counts, not its sign) with a chance of
/// 80 % at α = 0.05, when the logarithms of the values have the standard deviation `log_sd`.
pub fn runs_for(relative_effect: f64, log_sd: f64) -> Runs {
    let shift = relative_effect.abs().ln_1p() / log_sd;
    if shift.is_nan() || shift <= 0.0 || log_sd < 0.0 {
        return Runs::Undefined;
    }
    let listed = TABLE
        .iter()
        .find(|row| row.shift_05.is_some_and(|needed| needed <= shift));
    if let Some(row) = listed {
        return Runs::Count(row.n);
    }
    let needed = noether(shift, 0.05).ceil();
    if needed <= f64::from(MOST_RUNS) {
        Runs::Count(needed as u32)
    } else {
        Runs::TooNoisy(needed)
    }
}

/// Runs after which the 95 % interval of the median lies on one side of `limit` with a chance of 80 %, when the true
/// median is `median` and the logarithms of the values have the standard deviation `log_sd`: n = (π/2)·((z₀.₉₇₅ + z₀.₈)/d)²
/// with d = |ln(limit/median)|/`log_sd`, for the median of normal values has π/2 times the variance of their mean. At
/// least 6, below which there is no such interval.
pub fn runs_to_decide(median: f64, limit: f64, log_sd: f64) -> Runs {
    let distance = (limit / median).ln().abs() / log_sd;
    if distance.is_nan() || distance <= 0.0 || log_sd < 0.0 {
        return Runs::Undefined;
    }
    let needed = (std::f64::consts::FRAC_PI_2 * (both_quantiles(0.05) / distance).powi(2)).ceil();
    if needed <= f64::from(MOST_RUNS) {
        Runs::Count((needed as u32).max(6))
    } else {
        Runs::TooNoisy(needed)
    }
}

/// The shift in standard deviations that `n` runs per side find with a chance of 80 % at α = 0.05; `None` below n = 4,
/// where no result can be significant.
pub fn detectable(n: u32) -> Option<f64> {
    detectable_at(n, 0.05)
}

/// As [`detectable`] for another α, rounded down to one of 0.05, 0.01 and 0.001 (`None` below). Between the rows of
/// the table ln d is linear in ln n; above them Noether's formula holds.
pub fn detectable_at(n: u32, alpha: f64) -> Option<f64> {
    let (column, alpha): (fn(&Row) -> Option<f64>, f64) = match alpha {
        a if a >= 0.05 => (|row| row.shift_05, 0.05),
        a if a >= 0.01 => (|row| row.shift_01, 0.01),
        a if a >= 0.001 => (|row| row.shift_001, 0.001),
        _ => return None,
    };
    let points = TABLE
        .iter()
        .filter_map(|row| Some((f64::from(row.n), column(row)?)));
    let points: Vec<(f64, f64)> = points.collect();
    let wanted = f64::from(n);
    if points.last().is_some_and(|(last, _)| wanted > *last) {
        return noether_shift(wanted, alpha);
    }
    interpolate(&points, wanted)
}

/// The chance (0…1) that `n` runs per side find a shift of 1.5 standard deviations at α = 0.05.
pub fn chance_of_large_shift(n: u32) -> f64 {
    let rows = || TABLE.iter().map(|row| (row.n, row.chance_1_5));
    let below = rows().rfind(|(row, _)| *row <= n);
    let above = rows().find(|(row, _)| *row >= n);
    match (below, above) {
        (None, _) => 0.0,
        (Some((_, chance)), None) => chance,
        (Some((left, low)), Some((right, _))) if left == right => low,
        (Some((left, low)), Some((right, high))) => {
            low + (high - low) * f64::from(n - left) / f64::from(right - left)
        }
    }
}

/// The least p that the two-sided exact test can give: 2/C(2n, n), with `n` per side and no ties.
pub fn least_p(n: u32) -> f64 {
    let odds = |k: u32| f64::from(k) / f64::from(n + k);
    (1..=n).map(odds).fold(2.0, |p, factor| p * factor).min(1.0)
}

/// The same for samples of unequal size: 2/C(n₁+n₂, n₁); 1 where one is empty.
pub fn least_p_of(n1: usize, n2: usize) -> f64 {
    let (small, large) = (n1.min(n2), n1.max(n2) as f64);
    let odds = |k: usize| k as f64 / (large + k as f64);
    (1..=small).map(odds).fold(2.0, |p, factor| p * factor).min(1.0)
}

/// Standard deviation (n − 1) of the logarithms, pooled over samples; `None` when no sample has two values or a value
/// is not above 0 and finite.
pub fn pooled_log_sd(samples: &[&[f64]]) -> Option<f64> {
    let mut squares = 0.0;
    let mut freedom = 0.0;
    for sample in samples.iter().filter(|sample| sample.len() > 1) {
        if !sample.iter().all(|value| *value > 0.0 && value.is_finite()) {
            return None;
        }
        let mean = sample.iter().map(|value| value.ln()).sum::<f64>() / sample.len() as f64;
        squares += sample
            .iter()
            .map(|value| (value.ln() - mean).powi(2))
            .sum::<f64>();
        freedom += sample.len() as f64 - 1.0;
    }
    (freedom > 0.0).then(|| (squares / freedom).sqrt())
}

/// One row: n per side, the chance to find d = 1.5 at α = .05, the d found in 80 % of cases at three α.
struct Row {
    n: u32,
    chance_1_5: f64,
    shift_05: Option<f64>,
    shift_01: Option<f64>,
    shift_001: Option<f64>,
}

const fn row(n: u32, chance_1_5: f64, shift_05: f64, shift_01: Option<f64>, shift_001: Option<f64>) -> Row {
    Row {
        n,
        chance_1_5,
        shift_05: Some(shift_05),
        shift_01,
        shift_001,
    }
}

const TABLE: [Row; 13] = [
    row(4, 0.30, 2.89, None, None),
    row(5, 0.43, 2.34, Some(3.17), None),
    row(6, 0.58, 1.95, Some(2.56), None),
    row(7, 0.66, 1.81, None, Some(3.56)),
    row(8, 0.78, 1.56, Some(2.14), Some(2.92)),
    row(9, 0.79, 1.52, None, Some(2.53)),
    row(10, 0.85, 1.41, Some(1.80), Some(2.37)),
    row(12, 0.92, 1.26, None, Some(2.01)),
    row(15, 0.97, 1.12, Some(1.38), Some(1.77)),
    row(20, 0.99, 0.95, Some(1.18), Some(1.45)),
    row(25, 1.0, 0.85, None, Some(1.28)),
    row(30, 1.0, 0.75, Some(0.95), Some(1.17)),
    row(40, 1.0, 0.67, Some(0.82), Some(0.98)),
];

fn noether(shift: f64, alpha: f64) -> f64 {
    let excess = normal::cdf(shift / std::f64::consts::SQRT_2) - 0.5;
    both_quantiles(alpha).powi(2) / (6.0 * excess * excess)
}

/// Noether's formula solved for the shift.
fn noether_shift(n: f64, alpha: f64) -> Option<f64> {
    let excess = both_quantiles(alpha) / (6.0 * n).sqrt();
    (excess < 0.5).then(|| std::f64::consts::SQRT_2 * normal::quantile(0.5 + excess))
}

fn both_quantiles(alpha: f64) -> f64 {
    normal::quantile(1.0 - alpha / 2.0) + normal::quantile(0.8)
}

/// Linear between points in both logarithms; `None` outside of them.
fn interpolate(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let right = points.iter().position(|(at, _)| *at >= x)?;
    let (x1, y1) = *points.get(right)?;
    if x1 == x {
        return Some(y1);
    }
    let (x0, y0) = *points.get(right.checked_sub(1)?)?;
    let part = (x / x0).ln() / (x1 / x0).ln();
    Some((y0.ln() + part * (y1 / y0).ln()).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_effects_need_many_runs() {
        assert_eq!(runs_for(0.10, 0.05), Runs::Count(7));
        assert_eq!(runs_for(-0.10, 0.05), Runs::Count(7));
        assert_eq!(runs_for(0.01, 0.01), Runs::Count(20));
        assert!(matches!(runs_for(0.01, 0.02), Runs::Count(n) if (60..=80).contains(&n)));
        assert!(matches!(runs_for(0.01, 0.10), Runs::TooNoisy(_)));
        assert_eq!(runs_for(0.0, 0.10), Runs::Undefined);
        assert_eq!(runs_for(f64::NAN, 0.10), Runs::Undefined);
        assert_eq!(runs_for(0.01, 0.0), Runs::Count(4));
    }

    #[test]
    fn as_many_runs_decide_as_planned() {
        let mut random = crate::stats::Random::new(7);
        let mut normal = || -> f64 { (0..12).map(|_| random.unit()).sum::<f64>() - 6.0 };
        for distance in [0.4, 0.7, 1.2] {
            let planned = runs_to_decide(1.0, f64::exp(distance * 0.05), 0.05);
            let n = (6..=MOST_RUNS).find(|n| planned == Runs::Count(*n)).unwrap();
            let decides = |_: &u32| {
                let values: Vec<f64> = (0..n).map(|_| (normal() * 0.05).exp()).collect();
                crate::stats::median_interval(&values, 0.95).high <= f64::exp(distance * 0.05)
            };
            let part = (0..2000).filter(decides).count() as f64 / 2000.0;
            assert!((0.7..0.97).contains(&part), "{n} runs at {distance}: {part}");
        }
        assert_eq!(runs_to_decide(1.0, 2.0, 0.01), Runs::Count(6));
        assert!(matches!(runs_to_decide(1.0, 1.001, 0.1), Runs::TooNoisy(_)));
        assert_eq!(runs_to_decide(1.0, 1.0, 0.1), Runs::Undefined);
        assert_eq!(runs_to_decide(1.0, -1.0, 0.1), Runs::Undefined);
    }

    #[test]
    fn detectable_shifts_shrink_with_n() {
        assert_eq!(detectable(3), None);
        assert_eq!(detectable(10), Some(1.41));
        assert_eq!(detectable_at(10, 0.001), Some(2.37));
        assert_eq!(detectable_at(5, 0.001), None);
        let shifts: Vec<f64> = (4..200).filter_map(detectable).collect();
        assert!(
            shifts.windows(2).all(|pair| pair[1] <= pair[0] + 0.05),
            "{shifts:?}"
        );
        assert!(detectable(100).is_some_and(|d| (0.38..0.46).contains(&d)));
    }

    #[test]
    fn chances_and_least_p_are_those_of_the_table() {
        assert_eq!(chance_of_large_shift(6), 0.58);
        assert_eq!(chance_of_large_shift(11), 0.885);
        assert_eq!(chance_of_large_shift(3), 0.0);
        assert_eq!(chance_of_large_shift(99), 1.0);
        assert!((least_p(4) - 2.0 / 70.0).abs() < 1e-12);
        assert!((least_p(10) - 2.0 / 184_756.0).abs() < 1e-15);
        assert_eq!(least_p(0), 1.0);
        assert_eq!(least_p(7), least_p_of(7, 7));
        assert!((least_p_of(1, 4) - 0.4).abs() < 1e-15 && (least_p_of(4, 1) - 0.4).abs() < 1e-15);
        assert_eq!(least_p_of(0, 9), 1.0);
    }

    #[test]
    fn spread_is_pooled_on_the_logarithmic_scale() {
        let e = std::f64::consts::E;
        let got = pooled_log_sd(&[&[1.0, e * e], &[5.0]]);
        assert!(got.is_some_and(|sd| (sd - 2.0_f64.sqrt()).abs() < 1e-12));
        assert_eq!(pooled_log_sd(&[&[1.0, 0.0]]), None);
        assert_eq!(pooled_log_sd(&[&[1.0]]), None);
    }
}
