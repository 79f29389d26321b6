//! Benchmark files by themselves: `perfplan bench`. Medians, how far to trust them, and what the runs can show.

use std::collections::BTreeMap;

use serde::Serialize;

use super::benchstat::interval;
use super::document::plain;
use super::facts::{InputFacts, failure_sentence};
use super::words::doubt_sentence;
use crate::analyze::compare::{Cell, Diagnostic, Summary, Tables, diagnostics, summarize};
use crate::error::counted;
use crate::report::document::{Align, Block, Document, Inline, Item, Text};
use crate::stats::{Runs, detectable, noise::variation, power::pooled_log_sd, runs_for};
use crate::unit::{Scale, fixed, human, is_binary, is_time_like};

/// How to sum up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BenchOptions {
    /// Level of the interval of each median, 0…1.
    pub confidence: f64,
    /// The change that one wants to be able to show (0.05 = 5 %).
    pub effect: f64,
}

/// The schema `perfplan.bench/1`.
#[derive(Debug, Clone, Serialize)]
pub struct BenchReport {
    schema: &'static str,
    perfplan: &'static str,
    effect: f64,
    inputs: Vec<BenchInput>,
    /// By table, row and column.
    benchmarks: Vec<BenchSample>,
}

impl BenchReport {
    /// The number of runs behind every row.
    pub fn runs(&self) -> impl Iterator<Item = u64> {
        self.benchmarks.iter().map(|sample| sample.n as u64)
    }
}

#[derive(Debug, Clone, Serialize)]
struct BenchInput {
    label: String,
    path: String,
    results: usize,
    recovered: usize,
    syntax_errors: usize,
    failures: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct BenchSample {
    benchmark: String,
    unit: String,
    label: String,
    config: BTreeMap<String, String>,
    n: usize,
    median: f64,
    ci_low: f64,
    ci_high: f64,
    ci_confidence: f64,
    min: f64,
    max: f64,
    /// Standard deviation / mean.
    variation: Option<f64>,
    /// The change that as many runs again would show in 4 of 5 cases.
    detectable: Option<f64>,
    /// Runs a side that show `effect` in 4 of 5 cases; null where more runs would not help.
    runs_needed: Option<u32>,
    doubts: Vec<DoubtNote>,
    #[serde(skip)]
    place: (usize, Summary),
}

#[derive(Debug, Clone, Serialize)]
struct DoubtNote {
    code: &'static str,
    message: String,
    value: f64,
}

/// Sums up each sample of each table.
pub fn bench_report(tables: &Tables, inputs: &[InputFacts], options: BenchOptions) -> BenchReport {
    let mut doubts: BTreeMap<(usize, usize, usize), Vec<Diagnostic>> = BTreeMap::new();
    for doubt in diagnostics(tables) {
        doubts
            .entry((doubt.table, doubt.row, doubt.col))
            .or_default()
            .push(doubt);
    }
    let mut benchmarks = Vec::new();
    for (number, table) in tables.list.iter().enumerate() {
        for (row, r) in table.rows.iter().enumerate() {
            for (col, cell) in r.cells.iter().enumerate() {
                let Some(cell) = cell else { continue };
                let own = doubts.get(&(number, row, col)).map_or(&[][..], Vec::as_slice);
                benchmarks.push(sample(tables, number, (row, col), cell, options, own));
            }
        }
    }
    BenchReport {
        schema: "perfplan.bench/1",
        perfplan: env!("CARGO_PKG_VERSION"),
        effect: options.effect,
        inputs: inputs.iter().map(input).collect(),
        benchmarks,
    }
}

fn input(facts: &InputFacts) -> BenchInput {
    BenchInput {
        label: facts.label.clone(),
        path: facts.path.clone(),
        results: facts.results,
        recovered: facts.recovered,
        syntax_errors: facts.syntax_errors,
        failures: facts.failures.iter().map(failure_sentence).collect(),
    }
}

fn sample(
    tables: &Tables,
    number: usize,
    (row, col): (usize, usize),
    cell: &Cell,
    options: BenchOptions,
    doubts: &[Diagnostic],
) -> BenchSample {
    let table = &tables.list[number];
    let summary = summarize(
        &cell.values,
        tables.units.is_exact(&table.unit),
        options.confidence,
    );
    // What does not come from a clock is compared as it is: there is nothing to plan.
    let sd = is_time_like(&table.unit)
        .then(|| pooled_log_sd(&[&cell.values]))
        .flatten();
    let shift = |d: f64| Some((d * sd?).exp() - 1.0);
    let needed = sd.and_then(|sd| match runs_for(options.effect, sd) {
        Runs::Count(runs) => Some(runs),
        _ => None,
    });
    let note = |d: &Diagnostic| {
        let (message, value) = doubt_sentence(&d.doubt, &table.unit);
        let code = d.doubt.code();
        DoubtNote { code, message, value }
    };
    let config = tables.config(table).map(|(k, v)| (k.to_string(), v.to_string()));
    BenchSample {
        benchmark: table.rows[row].label(),
        unit: table.unit.clone(),
        label: table.columns[col].label(),
        config: config.collect(),
        n: summary.n,
        median: summary.centre,
        ci_low: summary.low,
        ci_high: summary.high,
        ci_confidence: summary.level,
        min: cell.values.iter().copied().fold(f64::INFINITY, f64::min),
        max: cell.values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        variation: variation(&cell.values),
        detectable: detectable(summary.n as u32).and_then(shift),
        runs_needed: needed,
        doubts: doubts.iter().map(note).collect(),
        place: (number, summary),
    }
}

/// The same for people.
pub fn bench_document(report: &BenchReport) -> Document {
    let same = |a: &BenchSample, b: &BenchSample| a.place.0 == b.place.0;
    let mut blocks = Vec::new();
    let mut before: Option<&BTreeMap<String, String>> = None;
    for group in report.benchmarks.chunk_by(same) {
        let is_new = before != Some(&group[0].config);
        blocks.push(head(&group[0], is_new));
        blocks.push(table(report, group));
        before = Some(&group[0].config);
    }
    blocks.extend(listed("doubts", doubts(report)));
    blocks.extend(listed("inputs", inputs(report)));
    Document { blocks }
}

fn head(first: &BenchSample, with_config: bool) -> Block {
    let settings = first.config.iter().filter(|_| with_config);
    let mut words: Vec<String> = settings.map(|(key, value)| format!("{key}: {value}")).collect();
    words.push(first.unit.clone());
    Block::Paragraph(vec![Inline::Strong(words.join(" · "))])
}

fn table(report: &BenchReport, group: &[BenchSample]) -> Block {
    let many = group.iter().any(|sample| sample.label != group[0].label);
    let timed = is_time_like(&group[0].unit);
    let title = |text: String, align| (text, align);
    let mut columns = vec![title("benchmark".into(), Align::Left)];
    if many {
        columns.push(title("input".into(), Align::Left));
    }
    for name in ["runs", "median", "least … most"] {
        columns.push(title(name.into(), Align::Right));
    }
    if timed {
        columns.push(title("shows".into(), Align::Right));
        let goal = fixed(report.effect * 100.0, 0);
        columns.push(title(format!("-count for {goal}%"), Align::Right));
    }
    columns.push(title("doubts".into(), Align::Left));
    let row = |sample: &BenchSample| {
        let mut cells = vec![vec![Inline::Code(sample.benchmark.clone())]];
        if many {
            cells.push(plain(sample.label.clone()));
        }
        cells.extend(numbers(sample));
        if timed {
            cells.extend(plan(sample));
        }
        let codes: Vec<&str> = sample.doubts.iter().map(|doubt| doubt.code).collect();
        cells.push(plain(codes.join(", ")));
        cells
    };
    Block::Table {
        columns,
        rows: group.iter().map(row).collect(),
    }
}

fn numbers(sample: &BenchSample) -> [Text; 3] {
    let scale = Scale::common(&[sample.median], is_binary(&sample.unit));
    let range = format!("{} … {}", scale.text(sample.min), scale.text(sample.max));
    [
        plain(sample.n.to_string()),
        plain(format!(
            "{} ± {}",
            scale.text(sample.median),
            interval(&sample.place.1)
        )),
        plain(if sample.n == 0 { String::new() } else { range }),
    ]
}

fn plan(sample: &BenchSample) -> [Text; 2] {
    let shows = sample.detectable.map_or_else(
        || "nothing".to_string(),
        |shift| format!("{}%", fixed(shift * 100.0, 1)),
    );
    let needed = match (sample.runs_needed, sample.variation) {
        (Some(runs), _) => runs.to_string(),
        (None, Some(_)) => "too noisy".to_string(),
        (None, None) => "unknown".to_string(),
    };
    [plain(shows), plain(needed)]
}

fn doubts(report: &BenchReport) -> Vec<String> {
    let doubtful = report
        .benchmarks
        .iter()
        .filter(|sample| !sample.doubts.is_empty());
    let line = |sample: &BenchSample| {
        let messages: Vec<&str> = sample.doubts.iter().map(|doubt| doubt.message.as_str()).collect();
        let median = human(sample.median, &sample.unit);
        format!(
            "{} {} ({median}): {}",
            sample.benchmark,
            sample.unit,
            messages.join("; ")
        )
    };
    doubtful.map(line).collect()
}

fn inputs(report: &BenchReport) -> Vec<String> {
    let mut lines = Vec::new();
    for input in &report.inputs {
        let mut parts = vec![counted(input.results as u64, "result")];
        if input.recovered > 0 {
            parts.push(format!("{} put together from torn lines", input.recovered));
        }
        if input.syntax_errors > 0 {
            parts.push(counted(input.syntax_errors as u64, "bad line"));
        }
        parts.extend(input.failures.iter().cloned());
        lines.push(format!("{}: {}", input.label, parts.join("; ")));
    }
    lines
}

fn listed(title: &str, lines: Vec<String>) -> Vec<Block> {
    if lines.is_empty() {
        return Vec::new();
    }
    let item = |line| Item {
        ticked: None,
        text: plain(line),
        items: Vec::new(),
    };
    vec![
        Block::Paragraph(vec![Inline::Strong(title.to_string())]),
        Block::List(lines.into_iter().map(item).collect()),
    ]
}
