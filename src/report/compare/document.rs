//! Comparisons for people: one table per unit, with what is to be known below.

use super::benchstat::interval;
use super::facts::{CompareFacts, adjust_name, failure_sentence, outcome_name};
use super::notes::{Notes, closing};
use super::words::caution_sentence;
use crate::analyze::compare::{Comparison, Geomean, Outcome, Row, Summary, Table};
use crate::error::counted;
use crate::report::document::{Align, Block, Document, Inline, Text};
use crate::stats::Estimate;
use crate::unit::{Direction, Scale, direction, fixed, is_binary};

/// The report as a document.
pub fn compare_document(facts: &CompareFacts) -> Document {
    let shown = facts.shown();
    let mut notes = Notes::default();
    let mut blocks = Vec::new();
    for (number, table) in facts.comparisons.tables.list.iter().enumerate() {
        let rows: Vec<&Comparison> = shown.iter().copied().filter(|c| c.table == number).collect();
        let part = match (table.columns.len(), rows.is_empty()) {
            (1, _) => vec![summaries(facts, number, table, &mut notes)],
            (_, true) => Vec::new(),
            (_, false) => vec![comparisons(facts, table, &rows, &mut notes)],
        };
        if !part.is_empty() {
            blocks.push(head(facts, number, table));
            blocks.extend(part);
        }
        let means = facts
            .comparisons
            .geomeans
            .iter()
            .filter(|mean| mean.table == number);
        blocks.extend(means.map(|mean| geomean(facts, mean)));
    }
    blocks.extend(closing(facts, shown.len(), notes));
    Document { blocks }
}

pub(super) fn plain(words: impl Into<String>) -> Text {
    vec![Inline::Text(words.into())]
}

fn head(facts: &CompareFacts, number: usize, table: &Table) -> Block {
    let tables = &facts.comparisons.tables;
    let before = number.checked_sub(1).and_then(|at| tables.list.get(at));
    let is_new = |at: &usize| before.is_none_or(|b| b.values.get(*at) != table.values.get(*at));
    let line = |at: usize| {
        let value = table.values.get(at).filter(|value| !value.is_empty())?;
        Some(format!("{}: {value}", tables.fields.get(at)?))
    };
    let mut lines: Vec<String> = (0..tables.fields.len()).filter(is_new).filter_map(line).collect();
    let better = facts
        .comparisons
        .list
        .iter()
        .find(|c| c.table == number)
        .map_or_else(|| direction(&table.unit), |c| c.better);
    let better = match better {
        Direction::Lower => ", lower is better",
        Direction::Higher => ", higher is better",
        Direction::Unknown => "",
    };
    lines.push(format!("{}{better}", table.unit));
    Block::Paragraph(vec![Inline::Strong(lines.join(" · "))])
}

/// One line per benchmark and column: median, half width, runs.
fn summaries(facts: &CompareFacts, number: usize, table: &Table, notes: &mut Notes) -> Block {
    let mut columns = vec![
        ("benchmark".to_string(), Align::Left),
        (facts.col_label(number, 0), Align::Right),
        ("runs".to_string(), Align::Right),
    ];
    let varies = |row: &Row| {
        row.cells
            .first()?
            .as_ref()
            .map(|cell| cell.varies.join(", "))
            .filter(|v| !v.is_empty())
    };
    let noted = table.rows.iter().any(|row| varies(row).is_some());
    if noted {
        columns.push(("notes".to_string(), Align::Left));
    }
    let all = facts.comparisons.summaries.get(number).into_iter().flatten();
    let row = |(row, cells): (&Row, &Vec<Option<Summary>>)| {
        let summary = cells.first().copied().flatten()?;
        let scale = Scale::common(&[summary.centre], is_binary(&table.unit));
        let mut line = vec![
            vec![Inline::Code(row.label())],
            plain(centre(&summary, scale)),
            plain(summary.n.to_string()),
        ];
        if noted {
            let note = varies(row).map(|fields| notes.number(format!("benchmarks vary in {fields}")));
            line.push(plain(note.map_or_else(String::new, |number| number.to_string())));
        }
        Some(line)
    };
    Block::Table {
        columns,
        rows: table.rows.iter().zip(all).filter_map(row).collect(),
    }
}

fn comparisons(facts: &CompareFacts, table: &Table, rows: &[&Comparison], notes: &mut Notes) -> Block {
    let many = table.columns.len() > 2;
    let number = rows.first().map_or(0, |c| c.table);
    let new = if many {
        "new".to_string()
    } else {
        facts.col_label(number, 1)
    };
    let mut columns = vec![("benchmark".to_string(), Align::Left)];
    if many {
        columns.push(("column".to_string(), Align::Left));
    }
    columns.push((facts.col_label(number, 0), Align::Right));
    columns.push((new, Align::Right));
    columns.push(("ratio".to_string(), Align::Right));
    columns.push(("p adj".to_string(), Align::Right));
    columns.push(("verdict".to_string(), Align::Left));
    let noted = rows.iter().any(|c| !c.cautions.is_empty());
    if noted {
        columns.push(("notes".to_string(), Align::Left));
    }
    let row = |c: &&Comparison| {
        let mut cells = vec![vec![Inline::Code(facts.name(c))]];
        if many {
            cells.push(plain(facts.col_label(c.table, c.col)));
        }
        cells.extend(numbers(c, &table.unit));
        cells.push(verdict(c.outcome));
        if noted {
            cells.push(plain(marks(c, &table.unit, notes)));
        }
        cells
    };
    Block::Table {
        rows: rows.iter().map(row).collect(),
        columns,
    }
}

fn numbers(c: &Comparison, unit: &str) -> [Text; 4] {
    let binary = is_binary(unit);
    let scale = Scale::common(&[c.old.centre, c.new.centre], binary);
    let change = match c.ratio {
        Some(ratio) => ratio_text(ratio),
        None => difference_text(c.difference, binary),
    };
    let p = match c.p_adjusted {
        None => "exact".to_string(),
        Some(p) if p < 0.001 => "<0.001".to_string(),
        Some(p) => fixed(p, 3),
    };
    [
        plain(centre(&c.old, scale)),
        plain(centre(&c.new, scale)),
        plain(change),
        plain(p),
    ]
}

fn centre(summary: &Summary, scale: Scale) -> String {
    format!("{} ± {}", scale.text(summary.centre), interval(summary))
}

/// `0.871 [0.866, 0.879]`; without brackets what is known or has no bounds.
pub(super) fn ratio_text(ratio: Estimate) -> String {
    let digits = |x: f64| fixed(x, 3);
    if ratio.low == ratio.high || ratio.low == 0.0 {
        return digits(ratio.value);
    }
    format!(
        "{} [{}, {}]",
        digits(ratio.value),
        digits(ratio.low),
        digits(ratio.high)
    )
}

fn difference_text(difference: Estimate, binary: bool) -> String {
    let text = Scale::common(&[difference.value], binary).text(difference.value);
    let sign = if difference.value >= 0.0 { "+" } else { "" };
    format!("{sign}{text}")
}

/// In words that need no colour.
fn verdict(outcome: Outcome) -> Text {
    let name = outcome_name(outcome).to_string();
    match outcome {
        Outcome::Regression => vec![Inline::Worse(name)],
        Outcome::Improvement => vec![Inline::Better(name)],
        _ => plain(name),
    }
}

fn marks(c: &Comparison, unit: &str, notes: &mut Notes) -> String {
    let mark = |caution| notes.number(caution_sentence(caution, unit)).to_string();
    c.cautions.iter().map(mark).collect::<Vec<_>>().join(", ")
}

fn geomean(facts: &CompareFacts, mean: &Geomean) -> Block {
    let against = match facts.comparisons.tables.list.get(mean.table) {
        Some(table) if table.columns.len() > 2 => format!("{}: ", facts.col_label(mean.table, mean.col)),
        _ => String::new(),
    };
    let mut text = match (mean.ratio, mean.worst, mean.best) {
        (Some(ratio), Some(worst), Some(best)) => format!(
            "{against}geomean of {} matched: {} (worst {}, best {})",
            mean.used,
            ratio_text(ratio),
            fixed(worst, 3),
            fixed(best, 3)
        ),
        _ => format!("{against}no geomean"),
    };
    if mean.unmatched > 0 {
        text.push_str(&format!("; {} on one side only", mean.unmatched));
    }
    if mean.nonpositive > 0 {
        text.push_str(&format!("; {} not above zero", mean.nonpositive));
    }
    Block::Paragraph(plain(text))
}

/// How it was compared, in one sentence per class of units.
pub(super) fn method(facts: &CompareFacts) -> Option<String> {
    let families: Vec<String> = facts
        .comparisons
        .families
        .iter()
        .map(|family| {
            let class = format!("{:?}", family.class).to_lowercase();
            format!("{} in class {class}", counted(family.size as u64, "comparison"))
        })
        .collect();
    (!families.is_empty()).then(|| {
        format!(
            "{}, {}, α {}, threshold ±{}%",
            families.join(", "),
            adjust_name(facts.options.adjust),
            crate::unit::shortest(facts.options.alpha),
            crate::unit::shortest(facts.options.threshold * 100.0)
        )
    })
}

/// What failed, one sentence each.
pub(super) fn failures(facts: &CompareFacts) -> Vec<String> {
    let told =
        |(label, failure): (&str, &crate::bench::Failure)| format!("{label}: {}", failure_sentence(failure));
    facts.failures().map(told).collect()
}
