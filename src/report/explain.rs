//! Rules and words in words.

use super::document::{Align, Block, Document, Text};
use super::review::words::{code, fact, full_stop, heading, line, prose, table, text};
use crate::review::knowledge::{Explained, Rule, TERMS, Term, rules};

/// One rule or word.
pub fn explain_document(explained: &Explained) -> Document {
    let (title, facts) = match explained {
        Explained::Rule(rule) => (vec![text("Rule "), code(rule.id)], rule_facts(rule)),
        Explained::Term(term) => (line(term.name), term_facts(term)),
    };
    let mut blocks = vec![heading(1, title), Block::Facts(facts)];
    if let Explained::Rule(Rule {
        example: Some(example),
        ..
    }) = explained
    {
        for (name, code) in [("Before", &example.before), ("After", &example.after)] {
            blocks.push(heading(2, line(name)));
            blocks.push(Block::Code {
                language: "go".to_string(),
                text: code.clone(),
            });
        }
    }
    Document { blocks }
}

/// All of them, each in a line.
pub fn explain_list() -> Document {
    let rule = |rule: &Rule| vec![vec![code(rule.id)], line(rule.what)];
    let term = |term: &Term| vec![line(term.name), prose(term.meaning)];
    let columns = |first| [(first, Align::Left), ("Meaning", Align::Left)];
    Document {
        blocks: vec![
            heading(1, line("What perfplan can explain")),
            heading(2, line("Rules of findings")),
            table(&columns("Rule"), rules().iter().map(rule).collect()),
            heading(2, line("Words")),
            table(&columns("Word"), TERMS.iter().map(term).collect()),
        ],
    }
}

fn rule_facts(rule: &Rule) -> Vec<(String, Text)> {
    let sentence = |name: &str, words: &str| fact(name, prose(&full_stop(words)));
    vec![
        sentence("What", rule.what),
        sentence("Why it costs", rule.why),
        sentence("Levels", &rule.levels),
        sentence("Saving", &rule.saving),
        sentence("Advice", rule.advice),
        sentence("Target", rule.target),
        sentence("Not when", rule.unless),
        sentence("Source", rule.source),
    ]
}

fn term_facts(term: &Term) -> Vec<(String, Text)> {
    let mut facts = vec![
        fact("Meaning", prose(&full_stop(term.meaning))),
        fact("Where it comes from", prose(&full_stop(term.from))),
    ];
    if !term.also.is_empty() {
        facts.push(fact("Also", line(&term.also.join(", "))));
    }
    facts
}
