//! Recommendations: the findings, numbered, the most severe first.

use super::words::{
    NOT_MEASURED, code, code_or, fact, gain_text, heading, line, listing, paragraph, place, point, prose,
    resource_name, share_text, table, text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{Advice, Confidence, Effort, Issue, Review};

/// A finding with its number in the document.
type Numbered<'a> = (usize, &'a Issue);

/// The findings; low ones in a table.
pub fn blocks(review: &Review) -> Vec<Block> {
    let issues = &review.issues;
    let groups = [
        ("critical", &issues.critical),
        ("high", &issues.high),
        ("medium", &issues.medium),
    ];
    let mut number = 0;
    let mut blocks = Vec::new();
    let mut shown = Vec::new();
    for (severity, group) in groups {
        for issue in group {
            number += 1;
            blocks.extend(section((number, issue), severity));
            blocks.extend(illustration((number, issue), &mut shown));
        }
    }
    blocks.extend(low(&issues.low, number));
    if blocks.is_empty() {
        return none(review);
    }
    blocks
}

fn none(review: &Review) -> Vec<Block> {
    let sentences = review.optimization_recommendations.iter();
    let items: Vec<_> = sentences.map(|sentence| point(prose(sentence))).collect();
    if items.is_empty() {
        return vec![paragraph(
            "None: there is no finding above the thresholds in force.",
        )];
    }
    vec![Block::List(items)]
}

fn section((number, issue): Numbered, severity: &str) -> Vec<Block> {
    let mut title = line(&format!("{number}. "));
    title.extend(prose(&issue.issue));
    let mut blocks = vec![heading(3, title), Block::Facts(all_facts(issue, severity))];
    if !issue.current_code.is_empty() {
        blocks.push(paragraph("Now:"));
        blocks.push(listing("go", &issue.current_code));
    }
    blocks
}

/// What the code may look like; the same one stands once.
fn illustration<'a>((number, issue): Numbered<'a>, shown: &mut Vec<Numbered<'a>>) -> Vec<Block> {
    if issue.optimized_code.is_empty() {
        return Vec::new();
    }
    let same = |(_, other): &&Numbered| other.optimized_code == issue.optimized_code;
    if let Some((first, _)) = shown.iter().find(same) {
        return vec![paragraph(&format!("Instead: as illustrated at {first}."))];
    }
    shown.push((number, issue));
    vec![
        paragraph("Instead (an illustration, not a patch):"),
        listing("go", &issue.optimized_code),
    ]
}

fn all_facts(issue: &Issue, severity: &str) -> Vec<(String, Text)> {
    let advised = issue.advice.as_ref().map_or_else(Vec::new, advised);
    [facts(issue, severity), advised].concat()
}

fn facts(issue: &Issue, severity: &str) -> Vec<(String, Text)> {
    let mut whereabouts = place_of(issue);
    if !issue.function.is_empty() && !issue.file.is_empty() {
        whereabouts.extend([text(" in "), code(&issue.function)]);
    }
    vec![
        fact("Severity", line(severity)),
        fact("Place", whereabouts),
        fact("Impact", said(&issue.impact)),
        fact("Measured here", line(&heat(issue))),
        fact("Evidence", said(&issue.evidence)),
        fact("Expected gain", line(&gain(issue))),
        fact("Confidence", line(confidence(issue.confidence))),
        fact("Refuted by", said(&issue.refuted_by)),
        fact("Rule", code_or(&issue.rule, "none")),
    ]
}

/// Findings of the runtime have no line.
fn place_of(issue: &Issue) -> Text {
    match (issue.file.as_str(), issue.function.as_str()) {
        ("", "") if issue.advice.is_some() => line("no line: the runtime or a library in the background"),
        ("", "") => line("the whole process"),
        ("", function) => vec![code(function)],
        _ => place(&issue.file, issue.line),
    }
}

/// What to do, when not, and how to see that it helped.
fn advised(advice: &Advice) -> Vec<(String, Text)> {
    let mut facts = vec![
        fact("What to do", prose(&advice.what)),
        fact("Effort", line(effort(advice.effort))),
        fact("Not when", prose(&advice.unless)),
        fact("Trade-off", said(&advice.trade_off)),
        fact("Target", prose(&advice.target)),
        fact(
            "How to verify",
            vec![code(&advice.verify), text(", before and after")],
        ),
    ];
    if !advice.calls.is_empty() {
        facts.push(fact("Calls", chain(&advice.calls)));
    }
    if let Some(choice) = &advice.choice {
        facts.push(fact("Alternatives", prose(&choice.alternatives)));
    }
    if advice.saving.high > 0.0 {
        let saving = format!("{} of what is counted here", gain_text(&advice.saving));
        facts.push(fact("Saving", line(&format!("{saving}; {}", advice.source))));
    }
    facts
}

fn effort(effort: Effort) -> &'static str {
    match effort {
        Effort::S => "S, a line or two",
        Effort::M => "M, a function or a type",
        Effort::L => "L, several packages",
    }
}

fn said(words: &str) -> Text {
    prose(if words.is_empty() { NOT_MEASURED } else { words })
}

fn heat(issue: &Issue) -> String {
    if issue.heat.share == 0.0 {
        return "no profile tells; see the evidence".to_string();
    }
    format!(
        "{} of {}",
        share_text(&issue.heat),
        resource_name(issue.heat.resource)
    )
}

fn gain(issue: &Issue) -> String {
    if issue.expected_gain.high == 0.0 {
        return "cannot be told from these inputs".to_string();
    }
    let resource = resource_name(issue.heat.resource);
    format!("{} of {resource}", gain_text(&issue.expected_gain))
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// Findings of low severity share a table.
fn low(issues: &[Issue], before: usize) -> Vec<Block> {
    if issues.is_empty() {
        return Vec::new();
    }
    let columns = [
        ("No.", Align::Right),
        ("Finding", Align::Left),
        ("Place", Align::Left),
        ("Expected gain", Align::Left),
        ("Confidence", Align::Left),
        ("Evidence", Align::Left),
        ("Refuted by", Align::Left),
    ];
    let numbered = issues.iter().zip(before + 1..);
    let rows = numbered.map(|(issue, number)| low_row((number, issue)));
    vec![
        heading(3, line("Findings of low severity")),
        table(&columns, rows.collect()),
    ]
}

fn low_row((number, issue): Numbered) -> Vec<Text> {
    vec![
        line(&number.to_string()),
        prose(&issue.issue),
        place_of(issue),
        line(&gain(issue)),
        line(confidence(issue.confidence)),
        said(&issue.evidence),
        said(&issue.refuted_by),
    ]
}

/// Calls from the outermost to the innermost, each a name of its own so that a line may end between them.
fn chain(calls: &[String]) -> Text {
    let arrow = || text(" → ");
    let steps = calls.iter().enumerate();
    steps
        .flat_map(|(i, call)| (i > 0).then(arrow).into_iter().chain([code(call)]))
        .collect()
}
