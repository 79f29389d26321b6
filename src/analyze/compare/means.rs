//! The mean change over benchmarks.

use super::comparison::Comparison;
use crate::stats::bootstrap::percentile_interval;
use crate::stats::{Estimate, geomean, median};
use crate::unit::Direction;

/// The geometric mean of the ratios of medians, over benchmarks that both columns have with medians above 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Geomean {
    /// Number of the table.
    pub table: usize,
    /// Number of the column.
    pub col: usize,
    /// New / old; its interval is a percentile bootstrap over benchmarks. `None` without any.
    pub ratio: Option<Estimate>,
    /// How many benchmarks it covers.
    pub used: usize,
    /// Left out because one column does not have them.
    pub unmatched: usize,
    /// Left out because a median is not above 0.
    pub nonpositive: usize,
    /// The ratio that is worst by direction (the largest where the direction is not known).
    pub worst: Option<f64>,
    /// The best.
    pub best: Option<f64>,
    /// The median ratio.
    pub median: Option<f64>,
}

/// The mean of the comparisons of one table and column; `unmatched` benchmarks are on one side only.
pub(super) fn mean(comparisons: &[&Comparison], unmatched: usize, confidence: f64) -> Option<Geomean> {
    let first = comparisons.first()?;
    let (table, col, better) = (first.table, first.col, first.better);
    let is_usable = |c: &&&Comparison| c.old.centre > 0.0 && c.new.centre > 0.0;
    let usable: Vec<f64> = comparisons
        .iter()
        .filter(is_usable)
        .map(|c| c.new.centre / c.old.centre)
        .collect();
    let mean = |ratios: &[f64]| geomean(ratios.iter().copied()).unwrap_or(f64::NAN);
    let some = !usable.is_empty();
    let largest = usable.iter().copied().reduce(f64::max);
    let least = usable.iter().copied().reduce(f64::min);
    let (worst, best) = match better {
        Direction::Higher => (least, largest),
        _ => (largest, least),
    };
    Some(Geomean {
        table,
        col,
        ratio: some.then(|| percentile_interval(&usable, confidence, mean)),
        used: usable.len(),
        unmatched,
        nonpositive: comparisons.len() - usable.len(),
        worst,
        best,
        median: some.then(|| median(&usable)),
    })
}
