//! Gates: conditions under which a run fails, as `--fail-on` gives them.
//!
//! [`expression`] reads `METRIC(REGEX) OP LIMIT` for every verb; what a metric means is told by the verb's own module.

mod diff;
pub mod expression;

pub use diff::{DiffGate, GateOutcome, Hit, Undecided, diff_gates};
