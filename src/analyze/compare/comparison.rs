//! What one sample says about another, and what all of them say together.

use serde::{Deserialize, Serialize};

use super::cell::Summary;
use super::means::Geomean;
use super::tables::Tables;
use crate::bench::Filter;
use crate::stats::Estimate;
use crate::unit::{Direction, UnitClass};

/// How to compare.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// Significant if p is at most this, 0…1.
    pub alpha: f64,
    /// Level of the interval of each median, 0…1.
    pub confidence: f64,
    /// Changes up to this part do not matter (0.01 = 1 %).
    pub threshold: f64,
    /// Exceptions from `threshold`; the last that matches wins.
    pub thresholds: Vec<Threshold>,
    /// Which way is better, by unit in base units; before what units say of themselves.
    pub better: Vec<(String, Direction)>,
    /// How p values are adjusted for their number.
    pub adjust: Adjust,
}

/// A threshold for some measurements.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// 0.01 = 1 %.
    pub value: f64,
    /// Where it holds.
    pub filter: Filter,
}

/// How p values are adjusted for the number of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Adjust {
    /// Of what is called changed, at most the share α is false (Benjamini and Hochberg).
    Bh,
    /// The chance of one false call is at most α (Holm).
    Holm,
    /// Not at all.
    None,
}

/// How two samples were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Method {
    /// Mann and Whitney's test, p counted.
    #[serde(rename = "mann-whitney-exact")]
    MannWhitneyExact,
    /// The same by the normal distribution.
    #[serde(rename = "mann-whitney-normal")]
    MannWhitneyNormal,
    /// Values that do not vary, compared as they are.
    #[serde(rename = "exact")]
    Exact,
}

/// What a comparison shows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Worse, beyond doubt and threshold.
    Regression,
    /// Better, beyond doubt and threshold.
    Improvement,
    /// No difference shown.
    Inconclusive,
    /// Shown to be the same within the threshold.
    Equivalent,
}

/// Something to know about a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Caution {
    /// All values of both sides are one.
    AllEqual,
    /// A difference is shown and the unit does not say which way is better.
    DirectionUnknown,
    /// A difference is shown and lies within the threshold.
    BelowThreshold,
    /// With so few values no p can reach α; this many a side could.
    TooFew {
        /// Values a side.
        needed: u32,
    },
    /// The change is no larger than what the baseline differs from itself (a ratio ≥ 1).
    WithinNoise {
        /// Largest ratio between parts of the baseline.
        floor: f64,
    },
    /// Results of one side differ in keys that nothing tells apart.
    Varies {
        /// Whether it is the new side.
        new: bool,
        /// The keys.
        fields: Vec<String>,
    },
    /// Values that should be the same in every run are not.
    Unexpected {
        /// Whether it is the new side.
        new: bool,
        /// The least.
        least: f64,
        /// The greatest.
        greatest: f64,
    },
    /// Values that are not finite were left out.
    Excluded {
        /// How many on the old side.
        old: usize,
        /// How many on the new side.
        new: usize,
    },
}

/// A benchmark of one column against the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Number of the table.
    pub table: usize,
    /// Number of the row.
    pub row: usize,
    /// Number of the column, from 1.
    pub col: usize,
    /// Which way is better.
    pub better: Direction,
    /// What the unit measures.
    pub class: UnitClass,
    /// The baseline.
    pub old: Summary,
    /// The other side.
    pub new: Summary,
    /// New / old; `None` where a value is not above 0.
    pub ratio: Option<Estimate>,
    /// New − old.
    pub difference: Estimate,
    /// `None` where values were compared as they are.
    pub p: Option<f64>,
    /// p adjusted for the number of comparisons.
    pub p_adjusted: Option<f64>,
    /// How.
    pub method: Method,
    /// Changes up to this part do not matter.
    pub threshold: f64,
    /// What it shows.
    pub outcome: Outcome,
    /// What the baseline differs from itself, as a ratio ≥ 1.
    pub noise_floor: Option<f64>,
    /// What to know about it.
    pub cautions: Vec<Caution>,
    /// The interval at level 1 − 2α, on the scale that is judged.
    pub(super) narrow: Estimate,
}

/// Comparisons whose p values were adjusted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The class of units.
    pub class: UnitClass,
    /// How many have a p.
    pub size: usize,
}

/// A row that is not in all columns of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Number of the table.
    pub table: usize,
    /// Number of the row.
    pub row: usize,
    /// Numbers of the columns that have it.
    pub present: Vec<usize>,
    /// Numbers of those that do not.
    pub missing: Vec<usize>,
}

/// All that a report holds.
#[derive(Debug, Clone)]
pub struct Comparisons {
    /// The samples.
    pub tables: Tables,
    /// By table, row and column.
    pub summaries: Vec<Vec<Vec<Option<Summary>>>>,
    /// By table, row, column.
    pub list: Vec<Comparison>,
    /// By table and column.
    pub geomeans: Vec<Geomean>,
    /// By table and row.
    pub unmatched: Vec<Unmatched>,
    /// In the order of [`UnitClass`].
    pub families: Vec<Family>,
}
