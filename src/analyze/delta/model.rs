//! The comparison as plain data.

use super::{Doubt, Model};
use crate::analyze::Granularity;
use crate::profile::Kind;

/// What is said to have changed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Amount per operation, where both sides know them, else per second.
    Rate,
    /// Part of the total. It rises when another part falls.
    Share,
    /// The amount itself, per recording.
    Value,
}

impl Measure {
    /// As options and JSON name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Share => "share",
            Self::Value => "value",
        }
    }
}

/// What a rate is per.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Seconds of recording.
    Second,
    /// Operations of the program.
    Operation,
}

/// How the p values of a table are adjusted for being many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjust {
    /// Benjamini and Hochberg: of the rows called changed at most the share α is false.
    Bh,
    /// Holm: the chance of even one false row is at most α.
    Holm,
    /// Not at all: every row on its own.
    None,
}

impl Adjust {
    /// As options and JSON name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bh => "bh",
            Self::Holm => "holm",
            Self::None => "none",
        }
    }
}

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It grew, beyond noise.
    More,
    /// It shrank, beyond noise.
    Less,
    /// Noise alone explains it.
    Noise,
    /// Too few samples for any result to count.
    Few,
    /// Nothing is known of its noise.
    Untested,
    /// A fact about two instants: equal.
    Same,
}

impl Verdict {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::Noise => "noise",
            Self::Few => "few",
            Self::Untested => "untested",
            Self::Same => "same",
        }
    }

    /// Whether it says that something changed.
    pub fn is_change(self) -> bool {
        matches!(self, Self::More | Self::Less)
    }
}

/// A number with the ends of its interval, where they exist and are finite.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// The number.
    pub estimate: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// An amount before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Sum over the profiles of the first side, in the unit of the sample type.
    pub before: i64,
    /// Sum over the profiles of the second side.
    pub after: i64,
    /// Independent samples behind `before`, where they can be told.
    pub before_count: Option<u64>,
    /// Independent samples behind `after`.
    pub after_count: Option<u64>,
    /// Part of the side's total, with its sign; `None` where the total is 0.
    pub shares: [Option<f64>; 2],
    /// Before and after per second of recording, where the durations are known.
    pub per_second: [Option<f64>; 2],
    /// Before and after per operation, where operations are known.
    pub per_operation: [Option<f64>; 2],
    /// Before and after in the measure of the table: per second or operation, as a share, or per recording.
    pub measured: [f64; 2],
    /// Factor between before and after; with an interval where the test is one of rates.
    pub ratio: Estimate,
    /// Difference: of shares for counted samples, else of what is measured; with an interval where it is what was tested.
    pub difference: Estimate,
    /// Chance of such a change by noise alone, before adjustment. Also given for few samples, which are not judged.
    pub p: Option<f64>,
    /// The same, adjusted for all tested rows of the column; `None` where the row is not in that family.
    pub p_adjusted: Option<f64>,
    /// How many times wider than counting alone the profiles of a side spread, at least 1.
    pub dispersion: Option<f64>,
    /// The judgement, by `p_adjusted` ≤ α.
    pub verdict: Verdict,
    /// The share changed beyond noise, but the rate did not: others changed around it.
    pub relative: bool,
}

impl Change {
    /// The change of what is measured.
    pub fn moved(&self) -> f64 {
        self.measured[1] - self.measured[0]
    }
}

/// Whether a row is on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Only after.
    New,
    /// Only before.
    Gone,
}

impl Mark {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// A function, line, file or package, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaRow {
    /// Printable name: what both sides are matched by.
    pub name: String,
    /// Function name; empty where the granularity has none.
    pub function: String,
    /// Source file; empty where the granularity has none.
    pub file: String,
    /// Line; 0 where the granularity has none.
    pub line: i64,
    /// Go package.
    pub package: String,
    /// Whether it is on one side only.
    pub mark: Option<Mark>,
    /// Weight of the samples whose leaf it is.
    pub flat: Change,
    /// Weight of the samples in which it occurs, once per sample.
    pub cum: Change,
}

impl DeltaRow {
    /// The column that a table is ordered by.
    pub fn column(&self, by_cum: bool) -> &Change {
        if by_cum { &self.cum } else { &self.flat }
    }
}

/// One side of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaSide {
    /// Inputs as given, one per profile.
    pub inputs: Vec<String>,
    /// Kind of the first profile.
    pub kind: Kind,
    /// Program of the first profile.
    pub binary: String,
    /// Build of the first profile.
    pub build_id: String,
    /// Sum of absolute values.
    pub total: i64,
    /// Independent samples, where they can be told.
    pub count: Option<u64>,
    /// Length of the recordings together in nanoseconds; `None` if it is missing in one.
    pub duration_ns: Option<i64>,
    /// Operations of the recordings together, where known.
    pub operations: Option<f64>,
}

/// The comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// Name of the sample type.
    pub sample_type: String,
    /// Its unit.
    pub unit: String,
    /// What is one row.
    pub granularity: Granularity,
    /// What is judged.
    pub measure: Measure,
    /// What a rate is per; `None` where no rate is known.
    pub basis: Option<Basis>,
    /// What is known of the noise.
    pub model: Model,
    /// Chance of a false alarm.
    pub alpha: f64,
    /// The adjustment for many rows.
    pub adjust: Adjust,
    /// Whether the cumulative amount orders and counts the rows.
    pub by_cum: bool,
    /// The first side.
    pub before: DeltaSide,
    /// The second side.
    pub after: DeltaSide,
    /// Everything together; a test of its own, outside of the family of rows. Its share cannot change.
    pub total: Change,
    /// All rows with any weight, the largest change of the measure first, then by name.
    pub rows: Vec<DeltaRow>,
    /// Rows that were tested, in the column that orders.
    pub tested: usize,
    /// Rows called changed, in the column that orders.
    pub changed: usize,
    /// What makes the sides hard to compare.
    pub doubts: Vec<Doubt>,
}

impl Delta {
    /// Whether a side has more than one profile, so that noise between recordings was measured.
    pub fn is_repeated(&self) -> bool {
        self.before.inputs.len() + self.after.inputs.len() > 2
    }
}
