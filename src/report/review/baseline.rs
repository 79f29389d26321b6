//! What became of the last review: its targets, its findings, and what is new.

use super::words::{
    NOT_MEASURED, code, counted, full_stop, heading, line, measure, point, prose, short_function,
    short_place, strong, table, text, with_ends,
};
use crate::analyze::CodePlace;
use crate::report::document::{Align, Block, Inline, Item, Text};
use crate::review::{
    BaselineFacts, BudgetFacts, Change, Estimate, Fate, FindingFate, NewFinding, Review, Status, TargetFate,
    TargetVerdict,
};
use crate::unit::{human, share};

/// All rows.
pub const ALL: usize = usize::MAX;

/// The whole chapter; nothing without an earlier review.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(baseline) = &review.baseline else {
        return Vec::new();
    };
    let mut blocks = vec![Block::Paragraph(summary(review, baseline))];
    if !baseline.targets.is_empty() {
        blocks.push(heading(3, line("Its targets")));
        blocks.extend(targets(&baseline.targets, ALL));
    }
    if !baseline.findings.is_empty() {
        blocks.push(heading(3, line("Its findings")));
        blocks.extend(findings(&baseline.findings, ALL));
    }
    if !baseline.new_findings.is_empty() {
        blocks.push(heading(3, line("New critical and high findings")));
        blocks.push(new_findings(&baseline.new_findings, ALL));
    }
    blocks.extend(caveats(baseline));
    blocks
}

fn summary(review: &Review, baseline: &BaselineFacts) -> Text {
    let mut words = line("The last review, ");
    words.push(code(&baseline.file));
    words.push(text(&format!(
        ", said {} with a score of {}; this one says {} with {}. ",
        status(baseline.status),
        baseline.performance_score,
        status(review.status),
        review.performance_score
    )));
    words.push(text(&full_stop(&format!(
        "Its targets: {}. Its findings: {}",
        verdict_counts(&baseline.targets.iter().map(|t| t.verdict).collect::<Vec<_>>()),
        fate_counts(&baseline.findings)
    ))));
    words
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Pass => "PASS",
        Status::NeedsOptimization => "NEEDS_OPTIMIZATION",
    }
}

/// `3 met, 1 not met`, or `none`.
pub fn verdict_counts(verdicts: &[TargetVerdict]) -> String {
    const ORDER: [TargetVerdict; 4] = [
        TargetVerdict::Met,
        TargetVerdict::NotMet,
        TargetVerdict::Undecided,
        TargetVerdict::NotMeasured,
    ];
    let count = |wanted: TargetVerdict| verdicts.iter().filter(|v| **v == wanted).count();
    listed(ORDER.iter().map(|v| (count(*v), v.name())))
}

/// The same for findings.
pub fn fate_counts(findings: &[FindingFate]) -> String {
    const ORDER: [Fate; 6] = [
        Fate::Fixed,
        Fate::Improved,
        Fate::Unchanged,
        Fate::Worse,
        Fate::Gone,
        Fate::NotMeasured,
    ];
    let count = |wanted: Fate| findings.iter().filter(|f| f.fate == wanted).count();
    listed(ORDER.iter().map(|f| (count(*f), f.name())))
}

fn listed(counts: impl Iterator<Item = (usize, &'static str)>) -> String {
    let parts = counts
        .filter(|(n, _)| *n > 0)
        .map(|(n, name)| format!("{n} {name}"));
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => "none".to_string(),
        false => parts.join(", "),
    }
}

/// A box and a word: `[x] met`, so that no colour is needed.
pub fn ticked(verdict: TargetVerdict) -> Inline {
    match verdict {
        TargetVerdict::Met => Inline::Better("[x] met".into()),
        TargetVerdict::NotMet => Inline::Worse("[ ] not met".into()),
        TargetVerdict::Undecided => text("[?] undecided"),
        TargetVerdict::NotMeasured => text("[-] not measured"),
    }
}

/// The table of targets, at most `most` rows, and what is to be said of them.
pub fn targets(targets: &[TargetFate], most: usize) -> Vec<Block> {
    let columns = [
        ("Verdict", Align::Left),
        ("Benchmark", Align::Left),
        ("Then", Align::Right),
        ("Goal", Align::Right),
        ("Now", Align::Right),
        ("Runs", Align::Right),
    ];
    let rows = targets.iter().take(most).map(target_row).collect();
    let mut blocks = vec![table(&columns, rows)];
    blocks.extend(left_out(targets.len(), most));
    let notes: Vec<Item> = grouped(targets.iter().take(most).flat_map(target_notes));
    blocks.extend((!notes.is_empty()).then_some(Block::List(notes)));
    blocks
}

fn target_row(target: &TargetFate) -> Vec<Text> {
    let said = |value| line(&measure(value, &target.unit));
    vec![
        vec![ticked(target.verdict)],
        vec![code(&target.subject)],
        said(target.before),
        said(target.goal),
        line(
            &target
                .now
                .map_or(NOT_MEASURED.to_string(), |now| estimate(now, &target.unit)),
        ),
        line(&target.runs.to_string()),
    ]
}

/// What is said of a target, and of which.
fn target_notes(target: &TargetFate) -> Vec<(String, String)> {
    let name = format!("{} {}", target.subject, target.unit);
    let is_open = !matches!(target.verdict, TargetVerdict::Met);
    let reason = is_open.then(|| target.reason.clone());
    let notes = reason.into_iter().chain(target.caveats.iter().cloned());
    notes.map(|note| (note, name.clone())).collect()
}

/// A point for each note, with all that it is said of.
fn grouped(notes: impl Iterator<Item = (String, String)>) -> Vec<Item> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (note, name) in notes {
        match groups.iter_mut().find(|(known, _)| *known == note) {
            Some((_, names)) => names.push(name),
            None => groups.push((note, vec![name])),
        }
    }
    let item = |(note, names): (String, Vec<String>)| {
        let mut words = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let before = if at == 0 { "" } else { ", " };
            words.extend((!before.is_empty()).then(|| text(before)));
            words.push(code(name));
        }
        words.push(text(": "));
        words.extend(prose(&full_stop(&note)));
        point(words)
    };
    groups.into_iter().map(item).collect()
}

/// The table of findings, at most `most` rows.
pub fn findings(findings: &[FindingFate], most: usize) -> Vec<Block> {
    let columns = [
        ("Fate", Align::Left),
        ("Severity", Align::Left),
        ("Rule", Align::Left),
        ("Where", Align::Left),
        ("Then", Align::Right),
        ("Now", Align::Right),
        ("Saved", Align::Right),
        ("Of", Align::Left),
    ];
    let rows = findings.iter().take(most).map(finding_row).collect();
    let mut blocks = vec![table(&columns, rows)];
    blocks.extend(left_out(findings.len(), most));
    let told = findings.iter().take(most).filter(|f| !f.reason.is_empty());
    let notes = told.map(|f| {
        (
            format!("{}: {}", f.fate.name(), f.reason),
            name_of(&f.rule, &f.place),
        )
    });
    blocks.push(Block::List(grouped(notes)));
    blocks
}

fn finding_row(finding: &FindingFate) -> Vec<Text> {
    let name = finding.fate.name().to_string();
    let fate = match finding.fate {
        Fate::Fixed | Fate::Improved => Inline::Better(name),
        Fate::Worse => Inline::Worse(name),
        Fate::Unchanged | Fate::Gone | Fate::NotMeasured => strong(&name),
    };
    let mut place = where_text(&finding.place);
    if let Some(now) = finding.now_at.as_ref().filter(|now| **now != finding.place) {
        place.push(text(" → "));
        place.extend(where_text(now));
    }
    let [then, now, saved, of] = match &finding.change {
        Some(change) => changed(change),
        None => [NOT_MEASURED, NOT_MEASURED, NOT_MEASURED, "—"].map(str::to_string),
    };
    vec![
        vec![fate],
        line(&finding.severity),
        vec![code(&finding.rule)],
        place,
        line(&then),
        line(&now),
        line(&saved),
        line(&of),
    ]
}

/// Then, now, what is saved, and of what.
fn changed(change: &Change) -> [String; 4] {
    let said = |e: Estimate| estimate(e, &change.unit);
    [
        said(change.before),
        said(change.after),
        said(change.saved),
        change.what.clone(),
    ]
}

fn where_text(place: &CodePlace) -> Text {
    if place.function.is_empty() {
        return line("the whole program");
    }
    let mut words = vec![short_function(&place.function), text(" (")];
    words.extend(short_place(&place.file, place.line));
    words.push(text(")"));
    words
}

fn name_of(rule: &str, place: &CodePlace) -> String {
    match place.file.rsplit('/').next() {
        Some(file) if !file.is_empty() => format!("{rule} {file}:{}", place.line),
        _ => rule.to_string(),
    }
}

/// What is new, at most `most` points.
pub fn new_findings(new: &[NewFinding], most: usize) -> Block {
    let item = |finding: &NewFinding| {
        let mut words = line(&format!("{}: {} at ", finding.severity, finding.issue));
        words.extend(where_text(&finding.place));
        point(words)
    };
    Block::List(new.iter().take(most).map(item).collect())
}

/// The table of budgets, at most `most` rows, and why those are not met that are not.
pub fn budgets(budgets: &[BudgetFacts], most: usize) -> Vec<Block> {
    let columns = [
        ("Verdict", Align::Left),
        ("Budget of", Align::Left),
        ("Metric", Align::Left),
        ("At most", Align::Right),
        ("Now", Align::Right),
    ];
    let row = |budget: &BudgetFacts| {
        vec![
            vec![ticked(budget.verdict)],
            vec![code(&budget.subject)],
            vec![code(&budget.metric)],
            line(&budget.limit),
            line(
                &budget
                    .now
                    .map_or(NOT_MEASURED.to_string(), |now| estimate(now, &budget.unit)),
            ),
        ]
    };
    let mut blocks = vec![table(&columns, budgets.iter().take(most).map(row).collect())];
    blocks.extend(left_out(budgets.len(), most));
    let open = budgets
        .iter()
        .take(most)
        .filter(|b| b.verdict != TargetVerdict::Met);
    let notes = open.map(|b| (b.reason.clone(), format!("{} {}", b.subject, b.metric)));
    let notes = grouped(notes);
    blocks.extend((!notes.is_empty()).then_some(Block::List(notes)));
    blocks
}

/// What makes the two hard to compare.
pub fn caveats(baseline: &BaselineFacts) -> Option<Block> {
    let items: Vec<Item> = baseline
        .caveats
        .iter()
        .map(|c| point(prose(&full_stop(c))))
        .collect();
    (!items.is_empty()).then_some(Block::List(items))
}

fn left_out(all: usize, most: usize) -> Option<Block> {
    let more = all.saturating_sub(most);
    (more > 0).then(|| Block::Paragraph(line(&format!("{} not shown.", counted(more as u64, "more row")))))
}

/// A number in its unit with its ends.
fn estimate(estimate: Estimate, unit: &str) -> String {
    let said = |value: f64| match unit {
        "share" => share(value),
        "ratio" => format!("{value:.3}"),
        "goroutines" => human(value, ""),
        unit => measure(value, unit),
    };
    let ends = estimate.low.zip(estimate.high).filter(|(low, high)| low != high);
    with_ends(
        &said(estimate.value),
        ends.map(|(low, high)| (said(low), said(high))),
    )
}
