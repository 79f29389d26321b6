//! What became of each finding, and which ones are new.

use super::functions::Functions;
use super::matching::pairs;
use super::measure::{Weights, everywhere, left, paired};
use super::model::{Change, Fate, FindingFate, NewFinding};
use super::{Parts, by_severity, place_of};
use crate::review::{Context, Goroutines, Issue, Resource, Review};

/// Without an interval a change by less than a fifth is none: what falls to this part, or grows to its inverse.
const CLEAR: f64 = 0.8;

/// The fates in the order of the last review, and the severe findings that it does not have.
pub(super) fn fates<'a>(
    context: &'a Context<'a>,
    old: &'a Review,
    parts: &'a Parts<'a>,
    functions: &'a Functions,
) -> (Vec<FindingFate>, Vec<NewFinding>) {
    let before: Vec<(&str, &Issue)> = by_severity(&old.issues).collect();
    let after: Vec<(&str, &Issue)> = by_severity(parts.issues).collect();
    let only = |list: &[(&str, &'a Issue)]| list.iter().map(|(_, issue)| *issue).collect::<Vec<&'a Issue>>();
    let found = pairs(&only(&before), &only(&after), |a, b| is_same(a, b, functions));
    let judge = Judge {
        context,
        old,
        parts,
        functions,
        weights: Weights::of(context),
    };
    let told = before.iter().zip(&found).map(|((severity, issue), found)| {
        let now = found.and_then(|at| after.get(at)).map(|(_, issue)| *issue);
        judge.fate(severity, issue, now)
    });
    let fates = told.collect();
    let is_new = |at: &usize| !found.contains(&Some(*at));
    let severe = after
        .iter()
        .enumerate()
        .filter(|(at, (severity, _))| is_new(at) && matches!(*severity, "critical" | "high"));
    let new = severe.map(|(_, (severity, issue))| NewFinding {
        severity: (*severity).to_string(),
        rule: issue.rule.clone(),
        issue: issue.issue.clone(),
        place: place_of(issue),
    });
    (fates, new.collect())
}

/// The same claim on the same function, whatever that is called now.
fn is_same(before: &Issue, after: &Issue, functions: &Functions) -> bool {
    let is_there = match before.function.as_str() {
        "" => after.function.is_empty(),
        function => functions.now(function) == Some(after.function.as_str()),
    };
    before.rule == after.rule && before.heat.resource == after.heat.resource && is_there
}

struct Judge<'a> {
    context: &'a Context<'a>,
    old: &'a Review,
    parts: &'a Parts<'a>,
    functions: &'a Functions,
    weights: Weights<'a>,
}

impl Judge<'_> {
    fn fate(&self, severity: &str, issue: &Issue, now: Option<&Issue>) -> FindingFate {
        let (fate, change, reason) = match now {
            Some(now) => self.still_there(issue, now),
            None => self.not_found(issue),
        };
        FindingFate {
            fate,
            severity: severity.to_string(),
            rule: issue.rule.clone(),
            issue: issue.issue.clone(),
            place: place_of(issue),
            now_at: now.map(place_of),
            change,
            reason,
        }
    }

    fn still_there(&self, issue: &Issue, now: &Issue) -> (Fate, Option<Change>, String) {
        let change = paired(self.old, issue, now, self.parts);
        let fate = moved(&change);
        let mut reason = match fate {
            Fate::Unchanged => "still found; no change is shown".to_string(),
            _ => "still found".to_string(),
        };
        reason.push_str(self.doubt(issue, &change));
        (fate, Some(change), reason)
    }

    fn not_found(&self, issue: &Issue) -> (Fate, Option<Change>, String) {
        if !self.is_measured(issue) {
            return (
                Fate::NotMeasured,
                None,
                format!("the new inputs do not measure it: {}", what_measures(issue)),
            );
        }
        if !issue.function.is_empty() && self.functions.now(&issue.function).is_none() {
            let reason = "the function is in none of the new profiles: removed, renamed, or not run";
            let change = match issue.rule.as_str() {
                // All allocations are no work of one kind.
                "alloc-churn" => None,
                _ => everywhere(self.old, issue, &self.weights),
            };
            return (Fate::Gone, change, reason.to_string());
        }
        let Some(change) = left(self.old, issue, &self.weights, self.functions, self.parts) else {
            return (
                Fate::Fixed,
                None,
                "the rule finds nothing there any more".to_string(),
            );
        };
        let least = self.context.policy.line_share;
        let is_little = match change.unit.as_str() {
            "share" => change.after.value < least,
            "goroutines" => change.after.value == 0.0,
            _ => change.after.value <= least * change.before.value,
        };
        let mut reason = match moved(&change) {
            Fate::Improved if is_little => "the rule finds nothing there any more",
            Fate::Improved => "no finding any more, but it still weighs something",
            _ => "no finding any more, but no change of its weight is shown",
        }
        .to_string();
        reason.push_str(self.doubt(issue, &change));
        let fate = match moved(&change) {
            Fate::Improved if is_little => Fate::Fixed,
            other => other,
        };
        (fate, Some(change), reason)
    }

    fn is_measured(&self, issue: &Issue) -> bool {
        let goroutines = self.parts.goroutines;
        match issue.rule.as_str() {
            "goroutine-leak" => goroutines.is_some_and(Goroutines::shows_leaks),
            "goroutine-growth" => goroutines.is_some_and(|g| !g.growth.is_empty()),
            "goroutine-stuck" => goroutines.is_some(),
            "gc-pressure" => self.parts.runtime.is_some_and(|r| !r.gc_shares.is_empty()),
            "live-heap-growth" => self.parts.runtime.is_some_and(|r| !r.traces.is_empty()),
            _ => self.weights.has(issue.heat.resource),
        }
    }

    /// What has to be said beside the numbers.
    fn doubt(&self, issue: &Issue, change: &Change) -> &'static str {
        let is_share = change.unit == "share";
        let spent = matches!(issue.heat.resource, Resource::Cpu | Resource::AllocatedBytes);
        if is_share && spent && self.old.benchmarks.is_empty() {
            "; a share of a whole that may have changed itself: benchmark texts of both give costs per operation"
        } else if !is_share && change.saved.low.is_none() && change.unit != "goroutines" {
            "; without an interval: less than a fifth counts for no change"
        } else {
            ""
        }
    }
}

/// Less, more or the same: by the interval of the difference, else by whether it is clear.
fn moved(change: &Change) -> Fate {
    let (before, after) = (change.before.value, change.after.value);
    match change.saved.low.zip(change.saved.high) {
        Some((low, _)) if low > 0.0 => Fate::Improved,
        Some((_, high)) if high < 0.0 => Fate::Worse,
        Some(_) => Fate::Unchanged,
        None if change.unit == "goroutines" && after != before => {
            if after < before {
                Fate::Improved
            } else {
                Fate::Worse
            }
        }
        None if after <= before * CLEAR && after < before => Fate::Improved,
        None if after * CLEAR >= before && after > before => Fate::Worse,
        None => Fate::Unchanged,
    }
}

fn what_measures(issue: &Issue) -> &'static str {
    match (issue.rule.as_str(), issue.heat.resource) {
        ("goroutine-leak", _) => "a goroutineleak profile does",
        ("goroutine-growth", _) => "goroutine profiles or dumps of several moments do",
        ("goroutine-stuck", _) => "a goroutine dump does",
        ("gc-pressure" | "live-heap-growth", _) => "GODEBUG=gctrace=1 does",
        (_, Resource::Cpu) => "a CPU profile does",
        (_, Resource::AllocatedBytes | Resource::AllocatedObjects) => "a heap or allocs profile does",
        (_, Resource::LiveBytes) => "a heap profile does",
        (_, Resource::MutexDelay) => "a mutex profile does",
        (_, Resource::BlockDelay) => "a block profile does",
        _ => "a profile of the same kind does",
    }
}
