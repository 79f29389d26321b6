//! What a report on benchmarks is made of.

use crate::analyze::compare::{
    Adjust, Column, CompareOptions, Comparison, Comparisons, Diagnostic, Outcome, Row,
};
use crate::bench::{BenchLog, Encoding, Failure, FailureKind, Format};
use crate::review::bench_gate::{BenchGate, GateReport};

/// All that a report on benchmarks tells.
#[derive(Debug, Clone, Copy)]
pub struct CompareFacts<'a> {
    /// The numbers.
    pub comparisons: &'a Comparisons,
    /// Doubts about the samples.
    pub diagnostics: &'a [Diagnostic],
    /// The inputs in their order.
    pub inputs: &'a [InputFacts],
    /// How it was compared.
    pub options: &'a CompareOptions,
    /// The queries as given.
    pub queries: &'a Queries,
    /// The gate with what it says, where one was asked for.
    pub gate: Option<(&'a BenchGate, &'a GateReport)>,
    /// Which rows, in which order; only for people's forms and CSV.
    pub view: &'a View,
}

/// The queries as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queries {
    /// `--filter`.
    pub filter: String,
    /// `--table`.
    pub table: String,
    /// `--row`.
    pub row: String,
    /// `--col`.
    pub col: String,
    /// `--ignore`.
    pub ignore: String,
}

/// One input, without its results.
#[derive(Debug, Clone)]
pub struct InputFacts {
    /// The value of `.file`.
    pub label: String,
    /// As the user named it.
    pub path: String,
    /// Text or events.
    pub format: Format,
    /// How its bytes were to be read.
    pub encoding: Encoding,
    /// How many results it has.
    pub results: usize,
    /// How many of them were put together from torn lines.
    pub recovered: usize,
    /// How many lines could not be read.
    pub syntax_errors: usize,
    /// What did not give a result.
    pub failures: Vec<Failure>,
}

impl InputFacts {
    /// The facts of an input under its label.
    pub fn of(log: &BenchLog, label: &str) -> Self {
        Self {
            label: label.to_string(),
            path: log.input.clone(),
            format: log.format,
            encoding: log.encoding,
            results: log.results.len(),
            recovered: log.recovered,
            syntax_errors: log.syntax_errors,
            failures: log.failures.clone(),
        }
    }
}

/// Which rows are shown, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// The order of rows within a table.
    pub sort: Sort,
    /// Only these verdicts; all where empty.
    pub only: Vec<Outcome>,
    /// At most so many rows in all, the clearest first.
    pub most_rows: Option<usize>,
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// As in the inputs.
    #[default]
    Input,
    /// By name.
    Name,
    /// The largest change first, by ratio.
    Ratio,
    /// Regressions, improvements, what is open, what is the same.
    Verdict,
}

impl CompareFacts<'_> {
    /// The comparisons that are shown, table by table, in the order of the view.
    pub fn shown(&self) -> Vec<&Comparison> {
        let wanted = |c: &&Comparison| self.view.only.is_empty() || self.view.only.contains(&c.outcome);
        let mut shown: Vec<&Comparison> = self.comparisons.list.iter().filter(wanted).collect();
        if let Some(most) = self.view.most_rows {
            shown.sort_by(|a, b| a.outcome.cmp(&b.outcome).then(by_size(a, b)));
            shown.truncate(most);
        }
        shown.sort_by(|a, b| {
            let order = match self.view.sort {
                Sort::Input => (a.row, a.col).cmp(&(b.row, b.col)),
                Sort::Name => self.name(a).cmp(&self.name(b)).then(a.col.cmp(&b.col)),
                Sort::Ratio => by_size(a, b),
                Sort::Verdict => a.outcome.cmp(&b.outcome).then(by_size(a, b)),
            };
            a.table
                .cmp(&b.table)
                .then(order)
                .then((a.row, a.col).cmp(&(b.row, b.col)))
        });
        shown
    }

    /// The label of a comparison's row.
    pub(super) fn name(&self, c: &Comparison) -> String {
        self.row_label(c.table, c.row)
    }

    /// The unit of a comparison.
    pub(super) fn unit(&self, c: &Comparison) -> &str {
        self.comparisons
            .tables
            .list
            .get(c.table)
            .map_or("", |table| table.unit.as_str())
    }

    pub(super) fn row_label(&self, table: usize, row: usize) -> String {
        let table = self.comparisons.tables.list.get(table);
        table
            .and_then(|t| t.rows.get(row))
            .map(Row::label)
            .unwrap_or_default()
    }

    pub(super) fn col_label(&self, table: usize, col: usize) -> String {
        let table = self.comparisons.tables.list.get(table);
        table
            .and_then(|t| t.columns.get(col))
            .map(Column::label)
            .unwrap_or_default()
    }

    /// What failed, with the label of its input.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&str, &Failure)> {
        self.inputs.iter().flat_map(|input| {
            input
                .failures
                .iter()
                .map(|failure| (input.label.as_str(), failure))
        })
    }
}

/// The largest change first; what has no ratio by its difference, last.
fn by_size(a: &Comparison, b: &Comparison) -> std::cmp::Ordering {
    let size = |c: &Comparison| c.ratio.map_or(-1.0, |ratio| ratio.value.ln().abs());
    size(b).total_cmp(&size(a))
}

/// A failure in words.
pub fn failure_sentence(failure: &Failure) -> String {
    let what = match &failure.benchmark {
        Some(name) => format!("Benchmark{name}"),
        None if failure.package.is_empty() => "the run".to_string(),
        None => format!("package {}", failure.package),
    };
    let how = match failure.kind {
        FailureKind::Failed => "failed",
        FailureKind::Panicked => "panicked",
        FailureKind::Skipped => "was skipped",
        FailureKind::NoResult => "began and gave no result",
        FailureKind::PackageFailed => "failed as a package",
    };
    format!("{what} {how} (line {})", failure.line)
}

/// The name of an adjustment.
pub(super) fn adjust_name(adjust: Adjust) -> &'static str {
    match adjust {
        Adjust::Bh => "Benjamini–Hochberg",
        Adjust::Holm => "Holm",
        Adjust::None => "not adjusted",
    }
}

/// A verdict in one word.
pub(super) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Improvement => "improvement",
        Outcome::Regression => "regression",
        Outcome::Equivalent => "equivalent",
        Outcome::Inconclusive => "inconclusive",
    }
}
