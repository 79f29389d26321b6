//! `--format csv`: one line per comparison.

use super::csv::record;
use super::facts::{CompareFacts, outcome_name};
use super::words::caution_code;
use crate::analyze::compare::{Comparison, Method, Summary};
use crate::error::printable;
use crate::stats::Estimate;
use crate::unit::{Direction, shortest};

const HEAD: [&str; 24] = [
    "table",
    "benchmark",
    "unit",
    "better",
    "old_label",
    "new_label",
    "old_n",
    "old_median",
    "old_low",
    "old_high",
    "new_n",
    "new_median",
    "new_low",
    "new_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "difference",
    "p",
    "p_adjusted",
    "test",
    "threshold",
    "verdict",
    "warnings",
];

/// A header and one line per comparison; an empty field is what is not bounded or not defined.
pub fn compare_csv(facts: &CompareFacts) -> String {
    let mut text = record(&HEAD.map(str::to_string));
    for c in facts.shown() {
        let fields: Vec<String> = fields(facts, c).iter().map(|f| printable(f.as_bytes())).collect();
        text.push_str(&record(&fields));
    }
    text
}

fn fields(facts: &CompareFacts, c: &Comparison) -> Vec<String> {
    let tables = &facts.comparisons.tables;
    let pairs = tables.list.get(c.table).map(|table| tables.config(table));
    let table: Vec<String> = pairs
        .into_iter()
        .flatten()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    let better = match c.better {
        Direction::Lower => "lower",
        Direction::Higher => "higher",
        Direction::Unknown => "unknown",
    };
    let mut fields = vec![
        table.join(";"),
        facts.name(c),
        facts.unit(c).to_string(),
        better.to_string(),
        facts.col_label(c.table, 0),
        facts.col_label(c.table, c.col),
    ];
    fields.extend(side(&c.old));
    fields.extend(side(&c.new));
    fields.extend(ratio(c.ratio));
    let optional = |p: Option<f64>| p.map_or_else(String::new, number);
    fields.extend([number(c.difference.value), optional(c.p), optional(c.p_adjusted)]);
    fields.extend([
        test(c.method),
        number(c.threshold),
        outcome_name(c.outcome).to_string(),
    ]);
    let codes: Vec<&str> = c.cautions.iter().map(caution_code).collect();
    fields.push(codes.join(";"));
    fields
}

fn side(summary: &Summary) -> [String; 4] {
    let Summary {
        n, centre, low, high, ..
    } = *summary;
    [n.to_string(), number(centre), number(low), number(high)]
}

fn ratio(ratio: Option<Estimate>) -> [String; 3] {
    match ratio {
        None => [const { String::new() }; 3],
        Some(r) if r.low == 0.0 => [number(r.value), String::new(), String::new()],
        Some(r) => [number(r.value), number(r.low), number(r.high)],
    }
}

fn number(value: f64) -> String {
    if value.is_finite() {
        shortest(value)
    } else {
        String::new()
    }
}

fn test(method: Method) -> String {
    let name = match method {
        Method::MannWhitneyExact => "mann-whitney-exact",
        Method::MannWhitneyNormal => "mann-whitney-normal",
        Method::Exact => "exact",
    };
    name.to_string()
}
