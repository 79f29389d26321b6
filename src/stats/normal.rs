//! The standard normal distribution.

use statrs::distribution::{ContinuousCDF, Normal};

/// Φ(x), the probability of a value up to x.
pub(super) fn cdf(x: f64) -> f64 {
    Normal::standard().cdf(x)
}

/// Φ⁻¹(p): the value below which the part p lies; ∓∞ for p ≤ 0 and p ≥ 1.
pub(super) fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else {
        Normal::standard().inverse_cdf(p)
    }
}
