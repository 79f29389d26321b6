//! Next Steps: check boxes by stage.

use super::words::{capital, code, heading, line, paragraph, prose, text};
use crate::report::document::{Block, Item};
use crate::review::{Review, Step};

/// The stages in the order in which they are done.
const STAGES: [&str; 3] = ["measure", "do", "verify"];

/// A list for each stage that occurs.
pub fn blocks(review: &Review) -> Vec<Block> {
    if review.next_steps.is_empty() {
        return vec![paragraph("None.")];
    }
    let mut stages = STAGES.to_vec();
    for step in &review.next_steps {
        if !stages.contains(&step.stage.as_str()) {
            stages.push(&step.stage);
        }
    }
    let stages = stages.iter();
    stages.flat_map(|stage| section(review, stage)).collect()
}

fn section(review: &Review, stage: &str) -> Vec<Block> {
    let of_stage = review.next_steps.iter().filter(|step| step.stage == stage);
    let items: Vec<Item> = of_stage.map(item).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![heading(3, line(&capital(stage))), Block::List(items)]
}

fn item(step: &Step) -> Item {
    let mut words = prose(&step.what);
    if !step.command.is_empty() {
        let separator = if step.what.ends_with(['.', ':']) {
            " "
        } else {
            ": "
        };
        words.extend([text(separator), code(&step.command)]);
    }
    Item {
        ticked: Some(false),
        text: words,
        items: Vec::new(),
    }
}
