//! The check as a document, and as a comment of bounded size.

use crate::report::document::{Block, Document, Inline};
use crate::report::review::baseline::{
    ALL, budgets, caveats, fate_counts, findings, new_findings, targets, verdict_counts,
};
use crate::report::review::words::{heading, line, point, prose, text};
use crate::review::{BaselineFacts, CheckReport, Review};

/// Verdict, targets, budgets, findings, caveats. The same review gives the same document.
pub fn check_document(review: &Review, report: &CheckReport) -> Document {
    document(review, report, ALL)
}

/// The same as Markdown by `render`, with as many rows as leave it below `limit` bytes. Its first line is a marker, so
/// that a later run can find the comment and replace it.
pub fn check_comment(
    review: &Review,
    report: &CheckReport,
    limit: usize,
    render: impl Fn(&Document) -> String,
) -> String {
    let marker = "<!-- perfplan check -->\n";
    let baseline = review.baseline.as_ref();
    let longest = baseline.map_or(0, |b| b.targets.len().max(b.findings.len()));
    let mut most = longest.max(review.budgets.len());
    loop {
        let text = format!("{marker}{}", render(&document(review, report, most)));
        if text.len() <= limit {
            return text;
        }
        if most == 0 {
            let words = "The check is too large to be shown here; see the output of the job.";
            let blocks = vec![Block::Paragraph(line(words))];
            return format!("{marker}{}", render(&Document { blocks }));
        }
        most /= 2;
    }
}

fn document(review: &Review, report: &CheckReport, most: usize) -> Document {
    let mut blocks = vec![
        heading(1, line(&format!("Performance check: {}", review.component))),
        Block::Paragraph(vec![verdict(report), text(&counts(review))]),
    ];
    let mut chapter = |name: &str, content: Vec<Block>| {
        if !content.is_empty() {
            blocks.push(heading(2, line(name)));
            blocks.extend(content);
        }
    };
    let has_targets = |b: &&BaselineFacts| !b.targets.is_empty();
    if let Some(baseline) = review.baseline.as_ref().filter(has_targets) {
        chapter("Targets", targets(&baseline.targets, most));
    }
    if !review.budgets.is_empty() {
        chapter("Budgets", budgets(&review.budgets, most));
    }
    if let Some(baseline) = &review.baseline {
        if !baseline.findings.is_empty() {
            chapter("Findings of the last review", findings(&baseline.findings, most));
        }
        if !baseline.new_findings.is_empty() {
            let new = new_findings(&baseline.new_findings, most.max(1));
            chapter("New critical and high findings", vec![new]);
        }
        chapter("Caveats", caveats(baseline).into_iter().collect());
    }
    let of_gate: Vec<_> = report.gate_lines().map(|reason| point(prose(reason))).collect();
    if !of_gate.is_empty() {
        chapter("Gate", vec![Block::List(of_gate)]);
    }
    Document { blocks }
}

fn verdict(report: &CheckReport) -> Inline {
    match report.exit_code() {
        0 => Inline::Better("PASSED".into()),
        1 => Inline::Worse("FAILED".into()),
        _ => Inline::Strong("NOT DECIDED".into()),
    }
}

fn counts(review: &Review) -> String {
    let mut parts = Vec::new();
    if let Some(baseline) = &review.baseline {
        let verdicts: Vec<_> = baseline.targets.iter().map(|t| t.verdict).collect();
        parts.push(format!("targets: {}", verdict_counts(&verdicts)));
    }
    if !review.budgets.is_empty() {
        let verdicts: Vec<_> = review.budgets.iter().map(|b| b.verdict).collect();
        parts.push(format!("budgets: {}", verdict_counts(&verdicts)));
    }
    if let Some(baseline) = &review.baseline {
        parts.push(format!("findings: {}", fate_counts(&baseline.findings)));
    }
    format!(": {}.", parts.join("; "))
}
