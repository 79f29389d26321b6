//! Whether a difference is shown, shown to be negligible, or neither.
//!
//! Two one-sided tests (Schuirmann 1987): at level α a difference is negligible when the interval at level 1 − 2α lies
//! inside the zone of indifference. That nothing was found is no such proof.

use super::shift::Estimate;

/// The values between which a difference does not matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indifference {
    /// Least negligible value.
    pub low: f64,
    /// Greatest negligible value.
    pub high: f64,
}

/// What the numbers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Above the zone.
    Above,
    /// Below the zone.
    Below,
    /// Inside the zone.
    Negligible,
    /// Too few or too noisy values to tell.
    Undecided,
}

impl Indifference {
    /// For ratios: 1/(1+δ) … 1+δ, with a little slack so that a ratio of rounded numbers that equals the threshold is
    /// inside.
    pub fn of_ratio(threshold: f64) -> Self {
        let high = (1.0 + threshold) * (1.0 + 1e-9);
        Self {
            low: 1.0 / high,
            high,
        }
    }

    /// For differences from 0: nothing is negligible.
    pub const NONE: Self = Self { low: 0.0, high: 0.0 };

    /// The decision on a value that is known.
    pub fn of_known(self, value: f64) -> Decision {
        if value > self.high {
            Decision::Above
        } else if value < self.low {
            Decision::Below
        } else if value.is_nan() {
            Decision::Undecided
        } else {
            Decision::Negligible
        }
    }

    /// The decision on an estimate: `narrow` is its interval at level 1 − 2α, `wide` that at 1 − α, `significant` what
    /// the test says, adjusted for the number of questions.
    pub fn of_estimate(self, wide: Estimate, narrow: Estimate, significant: bool) -> Decision {
        if significant && wide.low > self.high {
            Decision::Above
        } else if significant && wide.high < self.low {
            Decision::Below
        } else if narrow.low >= self.low && narrow.high <= self.high {
            Decision::Negligible
        } else {
            Decision::Undecided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Estimate {
        Estimate {
            value: (low + high) / 2.0,
            low,
            high,
        }
    }

    #[test]
    fn a_whole_interval_beyond_the_zone_shows_a_difference() {
        let zone = Indifference::of_ratio(0.01);
        let check = |low, high, significant, expect| {
            let got = zone.of_estimate(interval(low, high), interval(low, high), significant);
            assert_eq!(got, expect, "{low} {high}");
        };
        check(1.02, 1.05, true, Decision::Above);
        check(1.02, 1.05, false, Decision::Undecided);
        check(1.005, 1.05, true, Decision::Undecided);
        check(0.90, 0.98, true, Decision::Below);
        check(0.995, 1.004, true, Decision::Negligible);
        check(0.995, 1.004, false, Decision::Negligible);
        check(0.0, f64::INFINITY, true, Decision::Undecided);
    }

    #[test]
    fn ratios_that_equal_the_threshold_are_inside() {
        let zone = Indifference::of_ratio(0.01);
        assert_eq!(zone.of_known(101.0 / 100.0), Decision::Negligible);
        assert_eq!(zone.of_known(100.0 / 101.0), Decision::Negligible);
        assert_eq!(zone.of_known(1.0101), Decision::Above);
        assert_eq!(Indifference::NONE.of_known(-1.0), Decision::Below);
        assert_eq!(Indifference::NONE.of_known(0.0), Decision::Negligible);
        assert_eq!(zone.of_known(f64::NAN), Decision::Undecided);
    }
}
