//! Student's t: an estimate over its standard error.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::change::Tested;
use super::normal;

/// An estimate with its standard error as a test of "it is 0", with `freedom` degrees of freedom (∞: normal). An error
/// of 0 leaves no doubt: p is 1 for an estimate of 0, else 0.
pub(super) fn tested(estimate: f64, error: f64, freedom: f64, alpha: f64) -> Tested {
    let statistic = if estimate == 0.0 {
        0.0
    } else {
        (estimate / error).abs()
    };
    let (tail, quantile) = tail_and_quantile(statistic, freedom, alpha);
    let reach = if error == 0.0 { 0.0 } else { quantile * error };
    Tested {
        estimate,
        low: estimate - reach,
        high: estimate + reach,
        p: (2.0 * tail).clamp(0.0, 1.0),
        dispersion: None,
    }
}

/// P[t > statistic], and the value above which α/2 lies.
fn tail_and_quantile(statistic: f64, freedom: f64, alpha: f64) -> (f64, f64) {
    let student = freedom
        .is_finite()
        .then(|| StudentsT::new(0.0, 1.0, freedom).ok())
        .flatten();
    match student {
        Some(t) if statistic.is_finite() => (t.sf(statistic), -t.inverse_cdf(alpha / 2.0)),
        Some(t) => (0.0, -t.inverse_cdf(alpha / 2.0)),
        None => (normal::cdf(-statistic), -normal::quantile(alpha / 2.0)),
    }
}
