//! What the compiler could do with the CPU profile.

use super::words::{code, counted, heading, line, paragraph, short_function, short_place, table, text};
use crate::report::document::{Align, Block, Text};
use crate::review::{PgoFacts, PgoInline, Review};
use crate::unit::share;

/// The section below the compiler's notes; nothing without a CPU profile.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.pgo else {
        return Vec::new();
    };
    let words = format!(": {}.", facts.input.sentence());
    let mut blocks = vec![
        heading(3, line("Profile-guided optimization")),
        Block::Paragraph(vec![code(&facts.file), text(&words)]),
    ];
    if facts.input.accepted {
        blocks.push(paragraph(&calls(facts)));
        if !facts.inlines.is_empty() {
            blocks.push(inlines(&facts.inlines));
        }
    }
    if facts.gone > 0 {
        blocks.push(paragraph(&format!(
            "{} of {} own functions of the profile are not in the source: record it anew before it becomes `default.pgo`.",
            facts.gone, facts.looked_for
        )));
    }
    blocks
}

fn calls(facts: &PgoFacts) -> String {
    let hot = format!(
        "{} of {} make up 99 % of the weight and are hot for the compiler",
        facts.hot_calls,
        counted(facts.calls, "call")
    );
    let next = match (facts.costs_known, facts.inlines.is_empty()) {
        (false, _) => {
            "which of them it would inline is told by the compiler's notes: `go build -gcflags=-m=2 ./...`"
        }
        (true, true) => "by the notes none of them is of a function that only a profile lets it inline",
        (true, false) => "with the profile it will inline these, which are too large without it",
    };
    let colon = if facts.costs_known && !facts.inlines.is_empty() {
        ":"
    } else {
        "."
    };
    format!("{hot}; {next}{colon}")
}

fn inlines(inlines: &[PgoInline]) -> Block {
    let columns = [
        ("Call", Align::Left),
        ("In", Align::Left),
        ("Of", Align::Left),
        ("Share of calls", Align::Right),
        ("Cost", Align::Right),
    ];
    let row = |i: &PgoInline| -> Vec<Text> {
        vec![
            short_place(&i.file, i.line),
            vec![short_function(&i.caller)],
            vec![short_function(&i.callee)],
            line(&share(i.share)),
            line(&i.cost.to_string()),
        ]
    };
    table(&columns, inlines.iter().map(row).collect())
}
