//! What all rows of a comparison have in common, and what becomes of a row on it.

use rayon::prelude::*;

use super::gather::{Amount, Gathered, sum};
use super::outcome::Outcome;
use super::{Adjust, Basis, Change, DeltaOptions, Estimate, Measure, Model, Recording, Verdict};
use crate::error::Problem;
use crate::stats::{Tested, adjust_bh, adjust_holm};

/// What all rows have in common.
pub(super) struct Ground {
    pub model: Model,
    pub measure: Measure,
    pub basis: Option<Basis>,
    pub alpha: f64,
    adjust: Adjust,
    /// Seconds of each recording, where all are known.
    seconds: Option<[Vec<f64>; 2]>,
    /// Operations of each recording, where all are known.
    operations: Option<[Vec<f64>; 2]>,
    /// Totals of each recording.
    pub totals: [Vec<Amount>; 2],
}

impl Ground {
    pub fn of(
        sides: [&[Recording<'_>]; 2],
        gathered: &Gathered,
        options: &DeltaOptions,
    ) -> Result<Self, Problem> {
        let seconds = exposures(sides, |r| {
            Some(r.profile.duration_nanos)
                .filter(|d| *d > 0)
                .map(|d| d as f64 / 1e9)
        });
        let operations = exposures(sides, |r| r.operations.filter(|n| *n > 0.0 && n.is_finite()));
        let basis = match (&operations, &seconds) {
            (Some(_), _) => Some(Basis::Operation),
            (None, Some(_)) => Some(Basis::Second),
            (None, None) => None,
        };
        let measure = match (options.measure, basis, gathered.model) {
            (Some(Measure::Rate), None, _) => return Err(Problem::NoRate),
            (Some(wanted), _, _) => wanted,
            // What was counted whole is compared as it is.
            (None, Some(_), Model::Poisson | Model::Weighted | Model::None) => Measure::Rate,
            (None, None, Model::Poisson) => Measure::Share,
            (None, _, _) => Measure::Value,
        };
        Ok(Self {
            model: gathered.model,
            measure,
            basis,
            alpha: options.alpha,
            adjust: options.adjust,
            seconds,
            operations,
            totals: gathered
                .sides
                .each_ref()
                .map(|side| side.iter().map(|c| c.total).collect()),
        })
    }

    /// One column of the table: every name's change, with p values adjusted within the column.
    pub fn column(&self, gathered: &Gathered, by_cum: bool) -> Vec<Change> {
        let amounts: Vec<[Vec<Amount>; 2]> = (0..gathered.keys.len())
            .map(|key| {
                gathered
                    .sides
                    .each_ref()
                    .map(|side| side.iter().map(|c| c.amount(key, by_cum)).collect())
            })
            .collect();
        let outcomes = self.outcomes(&amounts, self.measure);
        let mut changes: Vec<Change> = amounts
            .iter()
            .zip(&outcomes)
            .map(|(amounts, (outcome, adjusted))| self.change(amounts, outcome, *adjusted))
            .collect();
        self.mark_relative(&amounts, &outcomes, &mut changes);
        changes
    }

    /// Marks rows whose share changed beyond noise while their rate did not.
    fn mark_relative(
        &self,
        amounts: &[[Vec<Amount>; 2]],
        outcomes: &[(Outcome, Option<f64>)],
        changes: &mut [Change],
    ) {
        let other = match self.measure {
            Measure::Rate => Measure::Share,
            Measure::Share if self.basis.is_some() => Measure::Rate,
            _ => return,
        };
        let others = self.outcomes(amounts, other);
        let is_change = |adjusted: Option<f64>| adjusted.is_some_and(|p| p <= self.alpha);
        for ((change, own), other_one) in changes.iter_mut().zip(outcomes).zip(&others) {
            let (rate, share) = if other == Measure::Share {
                (own, other_one)
            } else {
                (other_one, own)
            };
            change.relative = is_change(share.1) && !is_change(rate.1);
        }
    }

    /// The tests of all rows by a measure, with the adjusted p values of those that count.
    fn outcomes(&self, amounts: &[[Vec<Amount>; 2]], measure: Measure) -> Vec<(Outcome, Option<f64>)> {
        let outcomes: Vec<Outcome> = amounts
            .par_iter()
            .map(|amounts| self.test(amounts, measure))
            .collect();
        let p: Vec<f64> = outcomes
            .iter()
            .map(|o| o.p_of_family().unwrap_or(f64::NAN))
            .collect();
        let adjusted = match self.adjust {
            Adjust::Bh => adjust_bh(&p),
            Adjust::Holm => adjust_holm(&p),
            Adjust::None => p,
        };
        let known = adjusted.into_iter().map(|p| Some(p).filter(|p| !p.is_nan()));
        outcomes.into_iter().zip(known).collect()
    }

    /// The change of everything: a family of its own. Its share is always the whole.
    pub fn total(&self, gathered: &Gathered) -> Change {
        let amounts = gathered
            .sides
            .each_ref()
            .map(|side| side.iter().map(|c| c.total).collect());
        let outcome = match self.measure {
            Measure::Share => Outcome::Untested,
            measure => self.test(&amounts, measure),
        };
        self.change(&amounts, &outcome, outcome.p_of_family())
    }

    fn change(&self, amounts: &[Vec<Amount>; 2], outcome: &Outcome, adjusted: Option<f64>) -> Change {
        let [before, after] = amounts.each_ref().map(|side| sum(side));
        let counts = [before, after].map(|a| (self.model != Model::None).then_some(a.count));
        let values = [before.value, after.value];
        let per = |exposures: &Option<[Vec<f64>; 2]>| {
            [0, 1].map(|i| {
                exposures
                    .as_ref()
                    .map(|e| values[i] as f64 / e[i].iter().sum::<f64>())
            })
        };
        let shares = [0, 1].map(|i| share(values[i], sum(&self.totals[i]).value));
        let measured = [0, 1].map(|i| self.measured(values[i], i));
        let (ratio, difference) = self.estimates(outcome, measured, shares);
        let tested = outcome.tested();
        Change {
            before: before.value,
            after: after.value,
            before_count: counts[0],
            after_count: counts[1],
            shares,
            per_second: per(&self.seconds),
            per_operation: per(&self.operations),
            measured,
            ratio,
            difference,
            p: tested.map(|t| t.p),
            p_adjusted: adjusted,
            dispersion: tested.and_then(|t| t.dispersion),
            verdict: self.verdict(outcome, adjusted, measured),
            relative: false,
        }
    }

    /// A side's value in the measure of the table.
    fn measured(&self, value: i64, side: usize) -> f64 {
        let exposures = self.exposures(self.measure);
        let all: f64 = exposures[side].iter().sum();
        if all == 0.0 { 0.0 } else { value as f64 / all }
    }

    /// What amounts are divided by, per recording: seconds or operations, totals, or 1.
    pub fn exposures(&self, measure: Measure) -> [Vec<f64>; 2] {
        let rates = self.operations.as_ref().or(self.seconds.as_ref());
        match (measure, rates) {
            (Measure::Rate, Some(rates)) => rates.clone(),
            (Measure::Share, _) => self
                .totals
                .each_ref()
                .map(|t| t.iter().map(|a| a.value as f64).collect()),
            _ => self.totals.each_ref().map(|t| vec![1.0; t.len()]),
        }
    }

    fn estimates(
        &self,
        outcome: &Outcome,
        measured: [f64; 2],
        shares: [Option<f64>; 2],
    ) -> (Estimate, Estimate) {
        let tested = outcome.tested();
        let of_ratio = self.model == Model::Poisson && self.measure != Measure::Share;
        let moved = if self.model == Model::Poisson {
            shares[0].zip(shares[1]).map(|(before, after)| after - before)
        } else {
            Some(measured[1] - measured[0])
        };
        let ratio = tested
            .filter(|_| of_ratio)
            .map_or(measured[1] / measured[0], |t| t.estimate);
        let plain = |estimate| Estimate {
            estimate,
            ..Estimate::default()
        };
        let bounded = |plain: Estimate, tested: Option<&Tested>| Estimate {
            low: tested.and_then(|t| finite(t.low)),
            high: tested.and_then(|t| finite(t.high)),
            ..plain
        };
        (
            bounded(plain(finite(ratio)), tested.filter(|_| of_ratio)),
            bounded(plain(moved), tested.filter(|_| !of_ratio)),
        )
    }

    fn verdict(&self, outcome: &Outcome, adjusted: Option<f64>, measured: [f64; 2]) -> Verdict {
        match outcome {
            Outcome::Few(_) => Verdict::Few,
            Outcome::Untested => Verdict::Untested,
            Outcome::Tested(_) if adjusted.is_none_or(|p| p > self.alpha) => Verdict::Noise,
            Outcome::Tested(_) | Outcome::Fact if measured[1] > measured[0] => Verdict::More,
            Outcome::Tested(_) | Outcome::Fact if measured[1] < measured[0] => Verdict::Less,
            Outcome::Fact => Verdict::Same,
            Outcome::Tested(_) => Verdict::Noise,
        }
    }
}

fn exposures(
    sides: [&[Recording<'_>]; 2],
    of: impl Fn(&Recording<'_>) -> Option<f64>,
) -> Option<[Vec<f64>; 2]> {
    let [before, after] = sides.map(|side| side.iter().map(&of).collect::<Option<Vec<f64>>>());
    Some([before?, after?])
}

fn share(value: i64, total: i64) -> Option<f64> {
    (total != 0).then(|| value as f64 / total as f64)
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
