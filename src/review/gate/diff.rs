//! Gates on what changed between profiles: `flat(REGEX)>5%`, `cum(REGEX)>2pp`, `total>64MiB`, `new(REGEX)>1pp`.
//!
//! A row fails when it grew beyond noise *and* by more than the limit. A gate that these data cannot decide says so
//! instead of passing.

mod read;
#[cfg(test)]
mod tests;

use read::{plain, split_rate};
use regex::Regex;

use super::expression::Op;
use crate::analyze::{Change, Delta, DeltaRow, Mark, Verdict};
use crate::unit::ratio;

pub use read::diff_gates;

/// What a gate looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    Flat,
    Cum,
    New,
    Total,
}

/// How much a row may grow.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Growth {
    /// Part of what it was, by the measure of the table.
    OfBefore(f64),
    /// Part of the total.
    OfTotal(f64),
    /// In the unit of the sample type, per recording.
    Amount(f64),
    /// The same per second.
    PerSecond(f64),
    /// The same per operation.
    PerOperation(f64),
}

/// A condition on a [`Delta`].
#[derive(Debug, Clone)]
pub struct DiffGate {
    /// As written.
    pub text: String,
    kind: Option<String>,
    metric: Metric,
    pattern: Option<Regex>,
    op: Op,
    limit: (f64, String),
}

/// A row that failed a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which gate, by its place in the list.
    pub gate: usize,
    /// Which row of the table; `None` for the total.
    pub row: Option<usize>,
    /// Whether its cumulative amount failed, not the flat one.
    pub by_cum: bool,
}

/// Why a gate cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// It is about another kind of profile.
    OtherKind,
    /// Its regular expression matches no row.
    NoMatch,
    /// All rows that it matches have too few samples, or were not tested.
    NotTested,
    /// The limit is in a unit that is not the sample type's.
    OtherUnit,
    /// The limit is a rate, and durations or operations are not known.
    NoRate,
}

/// What gates said of a [`Delta`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateOutcome {
    /// The gates as written.
    pub conditions: Vec<String>,
    /// The rows that failed, by gate, then in the order of the table.
    pub hits: Vec<Hit>,
    /// The gates that cannot be decided.
    pub undecided: Vec<(usize, Undecided)>,
}

impl GateOutcome {
    /// Judges all gates.
    pub fn of(gates: &[DiffGate], delta: &Delta) -> Self {
        let mut outcome = Self::default();
        for (gate, condition) in gates.iter().enumerate() {
            outcome.conditions.push(condition.text.clone());
            match condition.judge(delta) {
                Ok(rows) => outcome.hits.extend(rows.into_iter().map(|row| Hit {
                    gate,
                    row,
                    by_cum: matches!(condition.metric, Metric::Cum | Metric::New),
                })),
                Err(why) => outcome.undecided.push((gate, why)),
            }
        }
        outcome
    }

    /// Whether any gate failed.
    pub fn failed(&self) -> bool {
        !self.hits.is_empty()
    }
}

impl DiffGate {
    /// The rows that fail; `None` stands for the total.
    fn judge(&self, delta: &Delta) -> Result<Vec<Option<usize>>, Undecided> {
        let kinds = [delta.before.kind, delta.after.kind];
        if self
            .kind
            .as_ref()
            .is_some_and(|kind| kinds.iter().any(|k| k.name() != kind))
        {
            return Err(Undecided::OtherKind);
        }
        let growth = self.growth(delta)?;
        if self.metric == Metric::Total {
            let is_decided = !matches!(delta.total.verdict, Verdict::Few | Verdict::Untested);
            let fails = self.fails(&delta.total, growth, delta)?;
            return if is_decided {
                Ok(fails.then_some(None).into_iter().collect())
            } else {
                Err(Undecided::NotTested)
            };
        }
        let matching: Vec<(usize, &DeltaRow)> = delta
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| self.matches(row))
            .collect();
        if matching.is_empty() {
            return Err(Undecided::NoMatch);
        }
        if !matching.iter().any(|(_, row)| self.is_decided(row)) {
            return Err(Undecided::NotTested);
        }
        let mut failing = Vec::new();
        for (at, row) in matching {
            let concerns = self.metric != Metric::New || row.mark == Some(Mark::New);
            if concerns && self.fails(self.change(row), growth, delta)? {
                failing.push(Some(at));
            }
        }
        Ok(failing)
    }

    fn matches(&self, row: &DeltaRow) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(&row.name))
    }

    /// What is new is held against all that it does, its callees among it.
    fn change<'a>(&self, row: &'a DeltaRow) -> &'a Change {
        row.column(matches!(self.metric, Metric::Cum | Metric::New))
    }

    /// A row that is not new is decided for a gate on new rows.
    fn is_decided(&self, row: &DeltaRow) -> bool {
        let is_old = self.metric == Metric::New && row.mark != Some(Mark::New);
        is_old || !matches!(self.change(row).verdict, Verdict::Few | Verdict::Untested)
    }

    fn fails(&self, change: &Change, growth: Growth, delta: &Delta) -> Result<bool, Undecided> {
        let between = |sides: [Option<f64>; 2]| sides[0].zip(sides[1]).map(|(before, after)| after - before);
        let (grown, limit) = match growth {
            Growth::OfBefore(limit) => (Some(growth_of(change.measured)), limit),
            // A total of 0 has no shares, and then nothing grew that could be a part of it.
            Growth::OfTotal(limit) => (
                Some(change.shares[1].unwrap_or(0.0) - change.shares[0].unwrap_or(0.0)),
                limit,
            ),
            Growth::Amount(limit) => {
                let per = |value: i64, profiles: usize| value as f64 / profiles as f64;
                let before = per(change.before, delta.before.inputs.len());
                (Some(per(change.after, delta.after.inputs.len()) - before), limit)
            }
            Growth::PerSecond(limit) => (between(change.per_second), limit),
            Growth::PerOperation(limit) => (between(change.per_operation), limit),
        };
        let grown = grown.ok_or(Undecided::NoRate)?;
        Ok(change.verdict == Verdict::More && self.op.holds(grown, limit))
    }

    /// The limit in the unit of the sample type.
    fn growth(&self, delta: &Delta) -> Result<Growth, Undecided> {
        let (number, unit) = (self.limit.0, self.limit.1.as_str());
        match unit {
            "%" => return Ok(Growth::OfBefore(number / 100.0)),
            "pp" => return Ok(Growth::OfTotal(number / 100.0)),
            _ => {}
        }
        let (amount, per) = split_rate(unit);
        let factor = if amount.is_empty() {
            Some(1.0)
        } else {
            ratio(&plain(amount), &delta.unit)
        };
        let limit = number * factor.ok_or(Undecided::OtherUnit)?;
        Ok(match per {
            Some("op") => Growth::PerOperation(limit),
            Some(_) => Growth::PerSecond(limit),
            None => Growth::Amount(limit),
        })
    }
}

/// Growth as a part of what was before; from nothing it is without limit.
fn growth_of([before, after]: [f64; 2]) -> f64 {
    if before == 0.0 && after == 0.0 {
        0.0
    } else {
        (after - before) / before.abs()
    }
}
