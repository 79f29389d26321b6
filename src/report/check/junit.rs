//! The check as JUnit's XML: one test case for each target, budget and reason of the gate.

use crate::error::printable;
use crate::review::{CheckReport, Review, TargetVerdict};

/// What is not met is a failure; what cannot be decided or was not measured an error, since most readers pass what is
/// skipped.
pub fn check_junit(review: &Review, report: &CheckReport) -> String {
    let mut cases: Vec<(&str, String, TargetVerdict, &str)> = Vec::new();
    for target in review.baseline.iter().flat_map(|b| &b.targets) {
        let name = format!("{} {}", target.subject, target.unit);
        cases.push(("target", name, target.verdict, &target.reason));
    }
    for budget in &review.budgets {
        let name = format!("{} {} at most {}", budget.subject, budget.metric, budget.limit);
        cases.push(("budget", name, budget.verdict, &budget.reason));
    }
    for reason in &report.gate_failed {
        cases.push(("gate", reason.clone(), TargetVerdict::NotMet, "the gate failed"));
    }
    for reason in &report.gate_undecided {
        cases.push((
            "gate",
            reason.clone(),
            TargetVerdict::Undecided,
            "the gate cannot be decided",
        ));
    }
    let count = |is: fn(TargetVerdict) -> bool| cases.iter().filter(|c| is(c.2)).count();
    let failures = count(|v| v == TargetVerdict::NotMet);
    let errors = count(|v| matches!(v, TargetVerdict::Undecided | TargetVerdict::NotMeasured));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"perfplan check\" tests=\"{}\" \
         failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\">\n",
        cases.len()
    );
    for (class, name, verdict, reason) in &cases {
        out.push_str(&case(class, name, *verdict, reason));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(class: &str, name: &str, verdict: TargetVerdict, reason: &str) -> String {
    let head = format!(
        "    <testcase classname=\"perfplan.{class}\" name=\"{}\"",
        escaped(name)
    );
    let inner = match verdict {
        TargetVerdict::Met => return format!("{head}/>\n"),
        TargetVerdict::NotMet => "failure",
        TargetVerdict::Undecided | TargetVerdict::NotMeasured => "error",
    };
    let message = escaped(reason);
    let kind = verdict.name();
    format!("{head}>\n      <{inner} type=\"{kind}\" message=\"{message}\"/>\n    </testcase>\n")
}

fn escaped(text: &str) -> String {
    let text = printable(text.as_bytes()).replace('&', "&amp;");
    text.replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
