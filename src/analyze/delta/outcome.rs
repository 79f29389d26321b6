//! The test that a row gets, and what it comes to.

use super::gather::{Amount, sum};
use super::ground::Ground;
use super::{Measure, Model};
use crate::stats::{
    Counted, Tested, Weighed, least_rate_p, least_share_p, rate_test, rate_test_repeated, share_test,
    share_test_repeated, weighted_test, welch_test,
};

/// Fewer weighted samples than this on both sides together are not judged.
const FEW_WEIGHTED: u64 = 10;

/// What a test came to.
pub(super) enum Outcome {
    /// A test that counts.
    Tested(Tested),
    /// A test that could not have succeeded.
    Few(Tested),
    /// No test is possible.
    Untested,
    /// There is no doubt to test.
    Fact,
}

impl Outcome {
    fn of(tested: Tested, few: bool) -> Self {
        if few {
            Self::Few(tested)
        } else {
            Self::Tested(tested)
        }
    }

    pub fn tested(&self) -> Option<&Tested> {
        match self {
            Self::Tested(tested) | Self::Few(tested) => Some(tested),
            Self::Untested | Self::Fact => None,
        }
    }

    pub fn p_of_family(&self) -> Option<f64> {
        match self {
            Self::Tested(tested) => Some(tested.p),
            _ => None,
        }
    }
}

impl Ground {
    /// The test that the model and the number of recordings call for.
    pub fn test(&self, amounts: &[Vec<Amount>; 2], measure: Measure) -> Outcome {
        match self.model {
            Model::Poisson => self.counted(amounts, measure),
            Model::Weighted => self.weighted(amounts, measure),
            Model::Census => Outcome::Fact,
            Model::None => self.unknown(amounts, measure),
        }
    }

    fn counted(&self, amounts: &[Vec<Amount>; 2], measure: Measure) -> Outcome {
        let exposures = match measure {
            Measure::Share => self
                .totals
                .each_ref()
                .map(|t| t.iter().map(|a| a.count as f64).collect()),
            _ => self.exposures(measure),
        };
        let [before, after] = [0, 1].map(|i| {
            let pairs = amounts[i].iter().zip(&exposures[i]);
            pairs
                .map(|(a, exposure)| Counted::new(a.count, *exposure))
                .collect::<Vec<_>>()
        });
        let events: f64 = before.iter().chain(&after).map(|c| c.events).sum();
        let all = exposures.each_ref().map(|e| e.iter().sum::<f64>());
        let (least, tested) = match (measure, before.len() + after.len() > 2) {
            (Measure::Share, false) => (
                least_share_p(events, all[0], all[1]),
                share_test(before[0], after[0], self.alpha),
            ),
            (Measure::Share, true) => (
                least_share_p(events, all[0], all[1]),
                share_test_repeated(&before, &after, self.alpha),
            ),
            (_, false) => (
                least_rate_p(events, all[0], all[1]),
                rate_test(before[0], after[0], self.alpha),
            ),
            (_, true) => (
                least_rate_p(events, all[0], all[1]),
                rate_test_repeated(&before, &after, self.alpha),
            ),
        };
        Outcome::of(tested, least > self.alpha)
    }

    fn weighted(&self, amounts: &[Vec<Amount>; 2], measure: Measure) -> Outcome {
        let exposures = self.exposures(measure);
        if exposures.iter().any(|side| side.iter().sum::<f64>() <= 0.0) {
            return Outcome::Untested;
        }
        let [before, after] = [0, 1].map(|i| self.weighed(&amounts[i], &exposures[i], i, measure));
        let count: u64 = amounts
            .iter()
            .flatten()
            .map(|a| a.count)
            .fold(0, u64::saturating_add);
        Outcome::of(weighted_test(&before, &after, self.alpha), count < FEW_WEIGHTED)
    }

    /// The sums of a side with their variances. That of a share V/T, of which V is a part of T, is by the delta method
    /// ((1 − 2p)·Var V + p²·Var T)/T².
    fn weighed(&self, amounts: &[Amount], exposures: &[f64], side: usize, measure: Measure) -> Vec<Weighed> {
        let part = sum(amounts).value as f64 / exposures.iter().sum::<f64>();
        let pairs = amounts.iter().zip(exposures).zip(&self.totals[side]);
        pairs
            .map(|((amount, exposure), total)| Weighed {
                value: amount.value as f64,
                variance: match measure {
                    Measure::Share => {
                        ((1.0 - 2.0 * part) * amount.variance + part * part * total.variance).max(0.0)
                    }
                    _ => amount.variance,
                },
                exposure: *exposure,
            })
            .collect()
    }

    fn unknown(&self, amounts: &[Vec<Amount>; 2], measure: Measure) -> Outcome {
        let exposures = self.exposures(measure);
        let [before, after] = [0, 1].map(|i| {
            let pairs = amounts[i].iter().zip(&exposures[i]);
            pairs
                .map(|(a, exposure)| {
                    if *exposure > 0.0 {
                        a.value as f64 / exposure
                    } else {
                        0.0
                    }
                })
                .collect::<Vec<f64>>()
        });
        welch_test(&before, &after, self.alpha).map_or(Outcome::Untested, Outcome::Tested)
    }
}
