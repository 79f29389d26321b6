//! Budgets of the policy, held against the measurements.
//!
//! Every entry whose `match` fits holds, not only the first: an owner who writes a general limit and a narrow one means
//! both. A budget that nothing matches, or that the inputs do not measure, is not met: it is not measured.

mod benchmarks;
mod functions;
mod model;
mod totals;

use super::baseline::{AllRuns, Judged};
use super::policy::Budgets;
use super::{Context, Estimate, Goroutines, RuntimeFacts, TargetVerdict};
use crate::unit::Quantity;

pub use model::BudgetFacts;
pub(super) use totals::of_total;

/// The parts of the review that tell whether a budget holds.
pub(super) struct Parts<'a> {
    pub runs: &'a AllRuns,
    pub base: &'a AllRuns,
    pub goroutines: Option<&'a Goroutines>,
    pub runtime: Option<&'a RuntimeFacts>,
}

/// All budgets: of benchmarks, of functions, of the whole program, in the order of the policy.
pub(super) fn facts(context: &Context<'_>, budgets: &Budgets, parts: &Parts<'_>) -> Vec<BudgetFacts> {
    let mut facts = benchmarks::facts(&budgets.benchmarks, parts);
    facts.extend(functions::facts(context, &budgets.functions, parts));
    facts.extend(totals::facts(context, &budgets.totals, parts));
    facts
}

/// A budget of which nothing is known yet.
fn begin(key: String, subject: &str, metric: &str, limit: &Quantity) -> BudgetFacts {
    BudgetFacts {
        key,
        subject: subject.to_string(),
        metric: metric.to_string(),
        unit: unit_of(limit),
        limit: limit.text.clone(),
        most: limit.value,
        verdict: TargetVerdict::NotMeasured,
        now: None,
        count: None,
        reason: String::new(),
        place: None,
    }
}

fn unit_of(limit: &Quantity) -> String {
    match limit.unit.as_str() {
        "%" => "share".to_string(),
        unit => unit.to_string(),
    }
}

impl BudgetFacts {
    fn unmeasured(self, reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..self
        }
    }

    fn judged(self, judged: Judged, now: Estimate) -> Self {
        Self {
            verdict: judged.verdict,
            count: judged.count,
            reason: judged.reason,
            now: Some(now),
            ..self
        }
    }

    /// Holds a number that is known, or one with an interval, against the limit.
    fn against(self, now: Estimate, more: &str) -> Self {
        let most = self.most;
        let (verdict, reason) = match now.low.zip(now.high) {
            Some((_, high)) if high <= most => (
                TargetVerdict::Met,
                "the whole interval is within the budget".into(),
            ),
            Some((low, _)) if low > most => (
                TargetVerdict::NotMet,
                "the whole interval is above the budget".into(),
            ),
            Some(_) => (
                TargetVerdict::Undecided,
                format!("the interval holds the budget; {more}"),
            ),
            None if now.value <= most => (TargetVerdict::Met, "within the budget".to_string()),
            None => (TargetVerdict::NotMet, "above the budget".to_string()),
        };
        Self {
            verdict,
            reason,
            now: Some(now),
            ..self
        }
    }
}

/// A number without an interval.
fn exact(value: f64) -> Estimate {
    Estimate {
        value,
        low: None,
        high: None,
    }
}

/// How long the measuring took in seconds: what the profile says, else the longest of all profiles.
pub(super) fn wall_seconds(context: &Context<'_>, profile: &crate::profile::Profile) -> Option<f64> {
    let all = context.evidence.profiles.iter().map(|i| i.profile.duration_nanos);
    let nanos = match profile.duration_nanos {
        own if own > 0 => own,
        _ => all.max().unwrap_or(0),
    };
    (nanos > 0).then(|| nanos as f64 / 1e9)
}
