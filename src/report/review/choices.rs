//! Choices behind findings, those that one change would settle together.

use super::words::{
    gain_text, line, place, prose, resource_name, share_text, short_function, short_place, text,
};
use crate::report::document::Text;
use crate::review::{ChoiceKind, DesignChoice, Issue, Resource, Review};

/// A choice and the findings behind it, the first finding first.
pub struct Group<'a> {
    /// What is chosen between.
    pub choice: &'a DesignChoice,
    /// The findings, of one function or one type.
    pub issues: Vec<&'a Issue>,
}

/// The choices of a kind in the order of their first finding. Lines of one function, or of the methods of one type, with
/// the same choice stand together.
pub fn groups(review: &Review, kind: ChoiceKind) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for issue in review.issues.all() {
        let choice = issue.advice.as_ref().and_then(|a| a.choice.as_ref());
        let Some(choice) = choice.filter(|c| c.kind == kind) else {
            continue;
        };
        let same = |g: &&mut Group<'_>| {
            g.choice == choice
                && g.issues
                    .first()
                    .is_some_and(|i| owner(&i.function) == owner(&issue.function))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.issues.push(issue),
            None => groups.push(Group {
                choice,
                issues: vec![issue],
            }),
        }
    }
    groups
}

/// `pkg.(*T)` of a method, else the function without its closures.
fn owner(function: &str) -> &str {
    if let Some(end) = function.find(").") {
        return &function[..=end];
    }
    let cut = [".func", ".deferwrap", ".gowrap"]
        .iter()
        .filter_map(|s| function.find(s))
        .min();
    &function[..cut.unwrap_or(function.len())]
}

/// The first place with its function; what happens where there is none.
pub fn title(group: &Group<'_>) -> Text {
    let Some(issue) = group.issues.first() else {
        return Text::new();
    };
    if issue.file.is_empty() {
        return prose(&issue.issue);
    }
    let mut words = place(&issue.file, issue.line);
    words.extend([text(" in "), short_function(&issue.function)]);
    words
}

/// What was measured at each line, and what is expected of a change at the first.
pub fn rationale(group: &Group<'_>) -> Text {
    let mut issues = group.issues.iter();
    let Some(first) = issues.next() else {
        return Text::new();
    };
    let what = first.issue.split(':').next().unwrap_or_default();
    let gain = match first.expected_gain.high {
        0.0 => "what a change saves cannot be told from the profile".to_string(),
        _ => format!("a change could save {}", gain_text(&first.expected_gain)),
    };
    let mut words = line(&format!("{what}, {}{}; {gain}", heat(first), here(first)));
    for issue in issues {
        words.push(text("; also "));
        words.push(text(&format!("{} at ", heat(issue))));
        words.extend(short_place(&issue.file, issue.line));
    }
    words
}

fn here(issue: &Issue) -> &'static str {
    if issue.heat.share == 0.0 { "" } else { " here" }
}

fn heat(issue: &Issue) -> String {
    if issue.heat.share == 0.0 {
        return issue.impact.clone();
    }
    let resource = match issue.heat.resource {
        Resource::Cpu => "the CPU time",
        other => resource_name(other),
    };
    format!("{} of {resource}", share_text(&issue.heat))
}
