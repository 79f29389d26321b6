//! SIMD Opportunities: loops that vectors may speed up, routines that use them already, or why none is worth it.

use super::words::{
    capital, code, fact, full_stop, heading, line, paragraph, place, prose, share_text, short_function,
    table, text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{Priority, Review, SimdFacts, SimdRow};

/// Advised loops, each with its facts; the others in a table.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.simd else {
        return missing(review);
    };
    let (advised, others): (Vec<&SimdRow>, Vec<&SimdRow>) = facts.rows.iter().partition(|r| r.advised);
    let mut blocks: Vec<Block> = advised.into_iter().flat_map(section).collect();
    blocks.extend(none(facts));
    if !others.is_empty() {
        blocks.push(table_of(&others));
    }
    blocks
}

fn missing(review: &Review) -> Vec<Block> {
    match review.profiling_commands.cpu.as_str() {
        "" => Vec::new(),
        command => vec![paragraph(&format!(
            "CPU time: not measured, so no loop is known to be worth it; `{command}` measures it."
        ))],
    }
}

fn none(facts: &SimdFacts) -> Option<Block> {
    (!facts.none_because.is_empty()).then(|| {
        let mut words = line("None worth it in ");
        words.extend([code(&facts.file), text(": ")]);
        words.extend(prose(&full_stop(&facts.none_because)));
        Block::Paragraph(words)
    })
}

fn section(row: &SimdRow) -> Vec<Block> {
    let mut title = place(&row.file, row.line);
    title.extend([text(" in "), short_function(&row.function)]);
    let facts = vec![
        fact("Operation", line(&row.operation)),
        fact(
            "Measured here",
            line(&format!("{} of the CPU time", share_text(&row.share))),
        ),
        fact("Expected speedup", line(&speedup(row))),
        fact("Fallback needed", line(&row.fallback)),
        fact("Priority", line(priority(row.priority))),
        fact("How", line(&row.why)),
    ];
    vec![heading(3, title), Block::Facts(facts)]
}

fn speedup(row: &SimdRow) -> String {
    format!(
        "{:.2} times of the whole by Amdahl's law, if the loop becomes {} times as fast",
        row.whole_speedup, row.loop_speedup
    )
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
    }
}

fn table_of(rows: &[&SimdRow]) -> Block {
    let columns = [
        ("Operation", Align::Left),
        ("CPU time", Align::Right),
        ("Where", Align::Left),
        ("Expected speedup", Align::Right),
        ("Fallback needed", Align::Left),
        ("Priority", Align::Left),
        ("Why not", Align::Left),
    ];
    let row = |r: &&SimdRow| -> Vec<Text> {
        vec![
            line(&capital(&r.operation)),
            line(&share_text(&r.share)),
            match r.file.as_str() {
                "" => vec![short_function(&r.function)],
                file => place(file, r.line),
            },
            line(&format!("{:.2}×", r.whole_speedup)),
            line(&r.fallback),
            line(priority(r.priority)),
            line(&r.why),
        ]
    };
    table(&columns, rows.iter().map(row).collect())
}
