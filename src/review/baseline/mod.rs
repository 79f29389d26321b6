//! What became of the last review: its targets and findings, held against new measurements.
//!
//! ```text
//!  stored review ─ targets ──▶ met · not met · undecided, with the -count that decides · not measured
//!                ─ findings ─▶ fixed · improved · unchanged · worse · gone · not measured
//!                                ▲ the new review's findings, and the new profiles where there is none
//! ```
//! A review keeps medians and shares with their intervals, not the runs: a time of another day is compared with a
//! caveat, unless the old runs are given again.

mod findings;
mod functions;
mod matching;
mod measure;
mod model;
mod runs;
mod targets;

use super::{BenchmarkFacts, ContentionSite, Context, Goroutines, Issue, Issues, Review, RuntimeFacts};
use crate::analyze::CodePlace;

pub use model::{BaselineFacts, Change, Fate, FindingFate, NewFinding, TargetFate, TargetVerdict};
pub(in crate::review) use runs::{AllRuns, BenchmarkRuns};
pub(in crate::review) use targets::{Judged, against, interval, is_counted};

/// A stored review and the name of its input.
#[derive(Debug, Clone, Copy)]
pub struct Baseline<'a> {
    /// As given.
    pub name: &'a str,
    /// What it says.
    pub review: &'a Review,
}

/// The parts of the new review that tell what became of the last one.
pub(super) struct Parts<'a> {
    pub issues: &'a Issues,
    pub benchmarks: &'a [BenchmarkFacts],
    pub runs: &'a AllRuns,
    pub base: &'a AllRuns,
    pub contention: &'a [ContentionSite],
    pub goroutines: Option<&'a Goroutines>,
    pub runtime: Option<&'a RuntimeFacts>,
}

/// What became of the targets and findings of an earlier review.
pub(super) fn facts<'a>(
    context: &'a Context<'a>,
    baseline: Baseline<'a>,
    parts: &'a Parts<'a>,
) -> BaselineFacts {
    let old = baseline.review;
    let functions = functions::Functions::of(context, old);
    let (findings, new_findings) = findings::fates(context, old, parts, &functions);
    BaselineFacts {
        file: baseline.name.to_string(),
        component: old.component.clone(),
        status: old.status,
        performance_score: old.performance_score.clone(),
        targets: targets::fates(context, old, parts),
        findings,
        new_findings,
        caveats: caveats(context, old, &functions),
    }
}

/// The severities with their findings, the most severe first.
fn by_severity(issues: &Issues) -> impl Iterator<Item = (&'static str, &Issue)> {
    let lists = [
        ("critical", &issues.critical),
        ("high", &issues.high),
        ("medium", &issues.medium),
        ("low", &issues.low),
    ];
    lists
        .into_iter()
        .flat_map(|(name, list)| list.iter().map(move |issue| (name, issue)))
}

fn place_of(issue: &Issue) -> CodePlace {
    CodePlace {
        function: issue.function.clone(),
        file: issue.file.clone(),
        line: issue.line,
    }
}

fn caveats(context: &Context<'_>, old: &Review, functions: &functions::Functions) -> Vec<String> {
    let mut caveats = Vec::new();
    let versions = [old.method.perfplan.as_str(), env!("CARGO_PKG_VERSION")];
    if versions[0] != versions[1] {
        caveats.push(format!(
            "the last review is of perfplan {}, this one of {}: rules and thresholds may differ",
            versions[0], versions[1]
        ));
    }
    let old_limits = (old.method.line_share, old.method.symptoms);
    if old_limits != (context.policy.line_share, context.policy.symptoms) {
        caveats.push(
            "the thresholds of the last review were others: a finding may come or go by that".to_string(),
        );
    }
    caveats.extend(functions.told());
    caveats
}
