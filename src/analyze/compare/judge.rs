//! Verdicts: p values adjusted for their number, and what an interval shows.

use super::comparison::{Adjust, Caution, Comparison, Family, Outcome};
use crate::stats::power::{least_p, least_p_of};
use crate::stats::{Decision, Estimate, Indifference, adjust_bh, adjust_holm};
use crate::unit::{Direction, UnitClass};

/// Adjusts the p values of each class of units together.
pub(super) fn adjust(list: &mut [Comparison], how: Adjust) -> Vec<Family> {
    let classes = [
        UnitClass::Time,
        UnitClass::Allocs,
        UnitClass::Bytes,
        UnitClass::Other,
    ];
    let mut families = Vec::new();
    for class in classes {
        let members: Vec<usize> = (0..list.len())
            .filter(|at| list[*at].class == class && list[*at].p.is_some())
            .collect();
        let p: Vec<f64> = members.iter().filter_map(|at| list[*at].p).collect();
        let adjusted = match how {
            Adjust::Bh => adjust_bh(&p),
            Adjust::Holm => adjust_holm(&p),
            Adjust::None => p,
        };
        for (at, p) in members.iter().zip(adjusted) {
            list[*at].p_adjusted = Some(p);
        }
        if !members.is_empty() {
            families.push(Family {
                class,
                size: members.len(),
            });
        }
    }
    families
}

impl Comparison {
    /// Sets the verdict, once p is adjusted.
    pub(super) fn judge(&mut self, alpha: f64) {
        let decision = self.decision(alpha);
        self.outcome = match (decision, self.better) {
            (Decision::Negligible, _) => Outcome::Equivalent,
            (Decision::Undecided, _) => Outcome::Inconclusive,
            (_, Direction::Unknown) => {
                self.cautions.push(Caution::DirectionUnknown);
                Outcome::Inconclusive
            }
            (Decision::Above, Direction::Lower) | (Decision::Below, Direction::Higher) => Outcome::Regression,
            (Decision::Above | Decision::Below, _) => Outcome::Improvement,
        };
        self.add_doubts(alpha);
    }

    fn decision(&self, alpha: f64) -> Decision {
        let zone = Indifference::of_ratio(self.threshold);
        let middle = self.old.centre.abs();
        let relative = |estimate: Estimate| Estimate {
            value: 1.0 + estimate.value / middle,
            low: 1.0 + estimate.low / middle,
            high: 1.0 + estimate.high / middle,
        };
        let (zone, wide, narrow) = match self.ratio {
            Some(ratio) => (zone, ratio, self.narrow),
            None if middle > 0.0 => (zone, relative(self.difference), relative(self.narrow)),
            None => (Indifference::NONE, self.difference, self.narrow),
        };
        match self.p_adjusted {
            None => zone.of_known(wide.value),
            Some(p) => zone.of_estimate(wide, narrow, p <= alpha),
        }
    }

    fn add_doubts(&mut self, alpha: f64) {
        let is_shown = self.p_adjusted.is_some_and(|p| p <= alpha);
        if is_shown && self.outcome == Outcome::Equivalent {
            self.cautions.push(Caution::BelowThreshold);
        }
        let least = least_p_of(self.old.n, self.new.n);
        let all_equal = self.cautions.contains(&Caution::AllEqual);
        if self.p.is_some() && !all_equal && least > alpha {
            let needed = (1..=50).find(|n| least_p(*n) <= alpha);
            self.cautions
                .extend(needed.map(|needed| Caution::TooFew { needed }));
        }
        let changed = matches!(self.outcome, Outcome::Regression | Outcome::Improvement);
        if let (true, Some(floor), Some(ratio)) = (changed, self.noise_floor, self.ratio)
            && ratio.value.max(1.0 / ratio.value) <= floor
        {
            self.cautions.push(Caution::WithinNoise { floor });
        }
    }
}
