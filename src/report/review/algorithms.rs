//! Algorithmic Choices: for each finding behind which a data structure or an algorithm stands, what else could be used.

use super::choices::{Group, groups, rationale, title};
use super::words::{fact, heading, line, paragraph, shell};
use crate::report::document::Block;
use crate::review::{ChoiceKind, Review};

/// A section for each choice, in the order of the findings; why there is none, else.
pub fn blocks(review: &Review) -> Vec<Block> {
    let groups = groups(review, ChoiceKind::Algorithm);
    if groups.is_empty() {
        return none(review);
    }
    groups.iter().flat_map(section).collect()
}

fn none(review: &Review) -> Vec<Block> {
    let profiles: Vec<&str> = review
        .inputs
        .iter()
        .filter(|input| input.kind == "cpu")
        .map(|input| input.file.as_str())
        .collect();
    if !profiles.is_empty() {
        return vec![paragraph(&format!(
            "None: below no line of own code do maps, sorting, searching, conversions, hashing or regular expressions \
             reach their thresholds in `{}`.",
            profiles.join("`, `")
        ))];
    }
    if review.profiling_commands.cpu.is_empty() {
        return Vec::new();
    }
    vec![
        paragraph("CPU time: not measured. This measures it:"),
        shell(&review.profiling_commands.cpu),
    ]
}

fn section(group: &Group<'_>) -> Vec<Block> {
    let choice = group.choice;
    let facts = vec![
        fact("Data structure", line(&choice.now)),
        fact("Alternative", line(&choice.instead)),
        fact("Rationale", rationale(group)),
        fact("Complexity", line(&choice.complexity)),
        fact("Alternatives considered", line(&choice.alternatives)),
    ];
    vec![heading(3, title(group)), Block::Facts(facts)]
}
