//! Annotations of a job on GitHub.

use crate::error::Place;
use crate::report::compare::command;
use crate::review::{CheckReport, Fate, Review, TargetVerdict};

/// One `::error` line for each target and budget that is not met or not decided, and for each reason of the gate; a
/// finding that became worse is a warning at its line.
pub fn check_annotations(review: &Review, report: &CheckReport) -> String {
    let mut text = String::new();
    let targets = review.baseline.iter().flat_map(|b| &b.targets);
    let targets = targets.map(|t| {
        let what = format!("{} {}: {}", t.subject, t.unit, t.reason);
        (t.verdict, "performance target", what, t.place.as_ref())
    });
    let budgets = review.budgets.iter().map(|b| {
        let what = format!("{} {} at most {}: {}", b.subject, b.metric, b.limit, b.reason);
        (b.verdict, "performance budget", what, b.place.as_ref())
    });
    for (verdict, title, what, place) in targets.chain(budgets) {
        if verdict != TargetVerdict::Met {
            let title = format!("{title} {}", verdict.name());
            text.push_str(&annotation("error", &title, &what, place));
        }
    }
    for reason in report.gate_lines() {
        text.push_str(&annotation("error", "performance gate", reason, None));
    }
    let findings = review.baseline.iter().flat_map(|b| &b.findings);
    for finding in findings.filter(|f| f.fate == Fate::Worse) {
        let at = finding.now_at.as_ref().unwrap_or(&finding.place);
        let place = u64::try_from(at.line)
            .ok()
            .map(|line| Place::line(&at.file, line));
        let what = format!("{} ({})", finding.issue, finding.rule);
        text.push_str(&annotation(
            "warning",
            "finding became worse",
            &what,
            place.as_ref(),
        ));
    }
    text
}

fn annotation(kind: &str, title: &str, what: &str, place: Option<&Place>) -> String {
    let file = place.map_or("", |p| p.input.as_str());
    let line = place
        .and_then(|p| p.line)
        .map_or(String::new(), |l| l.to_string());
    command(kind, &[("file", file), ("line", &line), ("title", title)], what)
}
