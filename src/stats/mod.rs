//! Numbers only: medians, proportions, power and noise. Knows no Go, no units, no names.
//!
//! Every function takes plain numbers, keeps their order where it matters and never fails: what is not defined is
//! NaN, `None`, or an infinite bound, as its docstring says.

mod adjust;
pub mod bootstrap;
pub mod change;
pub mod decision;
pub mod geomean;
pub mod median;
pub mod noise;
mod normal;
pub mod null;
pub mod power;
pub mod proportion;
mod student;

pub use adjust::{adjust_bh, adjust_holm};
pub use change::{
    Counted, Tested, Weighed, least_rate_p, least_share_p, rate_test, rate_test_repeated, share_test,
    share_test_repeated, weighted_test, welch_test,
};
pub mod rank_test;
pub mod shift;

pub use bootstrap::{Random, median_ratio_bca, percentile_interval};
pub use decision::{Decision, Indifference};
pub use geomean::geomean;
pub use median::{MedianInterval, median, median_interval, quantile};
pub use noise::{Noise, diagnose, iteration_effect, spearman};
pub use null::NullU;
pub use power::{Runs, detectable, detectable_at, runs_for};
pub use proportion::wilson;
pub use rank_test::{ExactUpTo, RankMethod, RankTest, rank_test};
pub use shift::{Estimate, Pair};
