//! The numbers of one comparison.

use super::comparison::Method;
use crate::stats::{Estimate, ExactUpTo, NullU, Pair, RankMethod, rank_test};

/// The numbers of a comparison.
pub(super) struct Numbers {
    pub(super) ratio: Option<Estimate>,
    pub(super) difference: Estimate,
    /// The interval at level 1 − 2α, on the scale that is judged.
    pub(super) narrow: Estimate,
    pub(super) p: Option<f64>,
    pub(super) method: Method,
    pub(super) all_equal: bool,
}

impl Numbers {
    pub(super) fn known(old: f64, new: f64) -> Self {
        let difference = Estimate::exact(new - old);
        Self {
            ratio: (old > 0.0 && new > 0.0).then(|| Estimate::exact(new / old)),
            difference,
            narrow: difference,
            p: None,
            method: Method::Exact,
            all_equal: false,
        }
    }

    pub(super) fn tested(old: &[f64], new: &[f64], null: Option<&NullU>, alpha: f64) -> Self {
        let made;
        let null = match null {
            Some(null) => null,
            None => {
                made = NullU::new(old.len(), new.len());
                &made
            }
        };
        let test = rank_test(old, new, null, ExactUpTo::FAST);
        let pair = Pair::new(old, new);
        let narrow = pair.ratio(null, 2.0 * alpha);
        Self {
            ratio: pair.ratio(null, alpha),
            difference: pair.difference(null, alpha),
            narrow: narrow.unwrap_or_else(|| pair.difference(null, 2.0 * alpha)),
            p: Some(test.p),
            method: match test.method {
                RankMethod::Exact => Method::MannWhitneyExact,
                RankMethod::Normal => Method::MannWhitneyNormal,
            },
            all_equal: test.all_equal,
        }
    }
}
