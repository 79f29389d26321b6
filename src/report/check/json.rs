//! The check as one JSON object, `perfplan.check/1`.

use serde::Serialize;

use crate::review::{BaselineFacts, BudgetFacts, CheckReport, Review, Status};

/// What programs read of a check. Field names are fixed; new ones may be added.
#[derive(Debug, Clone, Serialize)]
pub struct CheckObject<'a> {
    schema: &'static str,
    perfplan: &'a str,
    component: &'a str,
    status: Status,
    performance_score: &'a str,
    baseline: Option<&'a BaselineFacts>,
    budgets: &'a [BudgetFacts],
    gate: Gate<'a>,
}

#[derive(Debug, Clone, Serialize)]
struct Gate<'a> {
    failed: &'a [String],
    undecided: &'a [String],
    exit_code: u8,
}

/// The object of a check.
pub fn check_json<'a>(review: &'a Review, report: &'a CheckReport) -> CheckObject<'a> {
    CheckObject {
        schema: "perfplan.check/1",
        perfplan: &review.method.perfplan,
        component: &review.component,
        status: review.status,
        performance_score: &review.performance_score,
        baseline: review.baseline.as_ref(),
        budgets: &review.budgets,
        gate: Gate {
            failed: &report.failed,
            undecided: &report.undecided,
            exit_code: report.exit_code(),
        },
    }
}
