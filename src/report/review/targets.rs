//! Performance Targets: a check list, and the budgets.

use super::baseline::{ALL, budgets};
use super::words::{code, heading, line, measure, paragraph, point, prose, strong, text};
use crate::report::document::{Block, Item, Text};
use crate::review::{Review, Target};

/// The check list, or why there is none.
pub fn blocks(review: &Review) -> Vec<Block> {
    let mut blocks = vec![match review.targets.is_empty() {
        true => paragraph(why_none(review)),
        false => Block::List(review.targets.iter().map(item).collect()),
    }];
    if !review.budgets.is_empty() {
        blocks.push(heading(3, line("Budgets of the policy")));
        blocks.extend(budgets(&review.budgets, ALL));
    }
    blocks
}

fn why_none(review: &Review) -> &'static str {
    if review.benchmarks.is_empty() {
        "None: no benchmark results were given, so there is no number from which a goal could follow."
    } else if review.issues.all().next().is_none() {
        "None: no finding promises a gain, so the benchmarks have no other goal than to stay as they are."
    } else {
        "None: no finding could be tied to a benchmark, so no goal follows from the measurements."
    }
}

fn item(target: &Target) -> Item {
    let now = measure(target.now, &target.unit);
    let goal = measure(target.goal, &target.unit);
    let met = if target.met { " (met)" } else { "" };
    let mut items = Vec::new();
    if let Some(expected) = &target.expected {
        let [low, high] = [expected.low, expected.high].map(|v| measure(v, &target.unit));
        let likely = target
            .likely
            .map(|v| format!(", likely {}", measure(v, &target.unit)));
        let words = match low == high {
            true => format!("Expected: {low}"),
            false => format!("Expected: {low} to {high}{}", likely.unwrap_or_default()),
        };
        items.push(point(line(&words)));
    }
    if !target.arithmetic.is_empty() {
        items.push(point(after("Arithmetic: ", prose(&target.arithmetic))));
    }
    if !target.check.is_empty() {
        items.push(point(after("Check: ", check(&target.check))));
    }
    Item {
        ticked: Some(target.met),
        text: vec![strong(&target.subject), text(&format!(": {now} → {goal}{met}"))],
        items,
    }
}

fn after(label: &str, words: Text) -> Text {
    let mut line = vec![text(label)];
    line.extend(words);
    line
}

/// A command alone is code, anything else a sentence.
fn check(words: &str) -> Text {
    let is_command = ["perfplan ", "go "].iter().any(|name| words.starts_with(name));
    if is_command {
        vec![code(words)]
    } else {
        prose(words)
    }
}
