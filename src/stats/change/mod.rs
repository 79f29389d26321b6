//! Did a number change? Tests for two sides of counted events, with one measurement a side or several.
//!
//! | what is known | test | interval |
//! |---|---|---|
//! | events and how long they were counted | [`rate_test`]: binomial, exact | ratio of the rates, Clopper and Pearson |
//! | events and all events of the side | [`share_test`]: Fisher, exact | difference of the shares, Newcombe |
//! | both, several times a side | [`rate_test_repeated`], [`share_test_repeated`]: Student's t, overdispersed | the same |
//! | values with known variances | [`weighted_test`] | difference of the values |
//! | values of which nothing is known | [`welch_test`] | difference of the means |
//!
//! A p value of two sides is twice the smaller tail, at most 1, so that p(a, b) = p(b, a) and a p value up to α
//! means that an exact interval at 1 − α leaves out "no change".

mod rate;
mod repeated;
mod share;
mod tails;
mod values;

pub use rate::{least_rate_p, rate_test};
pub use repeated::{rate_test_repeated, share_test_repeated};
pub use share::{least_share_p, share_test};
pub use values::{Weighed, weighted_test, welch_test};

/// A change with its doubt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// The change: a ratio (1 is none, ∞ where the first side is 0, NaN where both are) or a difference (0 is none).
    pub estimate: f64,
    /// Lower end of its interval at level 1 − α.
    pub low: f64,
    /// Upper end, perhaps ∞.
    pub high: f64,
    /// Chance of a result at least as far out if nothing changed, both sides taken together; 0 to 1.
    pub p: f64,
    /// How many times wider repeated measurements spread than counting alone explains, at least 1; `None` where
    /// nothing was repeated.
    pub dispersion: Option<f64>,
}

/// Events of one measurement and how much was measured: seconds, operations, or all events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// The events, a whole number.
    pub events: f64,
    /// Out of what; above 0.
    pub exposure: f64,
}

impl Counted {
    /// So many events out of so much.
    pub fn new(events: u64, exposure: f64) -> Self {
        Self {
            events: events as f64,
            exposure,
        }
    }
}

/// α within what a quantile is defined for.
fn level(alpha: f64) -> f64 {
    if alpha.is_nan() {
        0.05
    } else {
        alpha.clamp(1e-15, 1.0)
    }
}
