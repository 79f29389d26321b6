//! The comparison as data: the schema `perfplan.diff/1`.

use serde::Serialize;

use super::{csv, layout, words};
use crate::analyze::{Basis, Change, Delta, DeltaRow, DeltaSide, Estimate};
use crate::error::Warning;
use crate::report::document::Document;
use crate::report::view::Filter;
use crate::review::gate::GateOutcome;

/// How much of a comparison is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DiffOptions {
    /// Rows below this part of the total on both sides are left out and counted; 0 shows all.
    pub node_fraction: f64,
    /// The filters in force, as given.
    pub filters: Vec<Filter>,
}

/// A comparison with what was said about it.
#[derive(Debug, Clone, Serialize)]
pub struct DiffView<'a> {
    schema: &'static str,
    before: Side<'a>,
    after: Side<'a>,
    sample_type: &'a str,
    unit: &'a str,
    granularity: &'static str,
    measure: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'static str>,
    model: &'static str,
    alpha: f64,
    adjust: &'static str,
    interval_level: f64,
    tested: usize,
    changed: usize,
    total: Cell,
    gate: Option<Gate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<Filter>,
    warnings: Vec<Warning>,
    rows_total: usize,
    rows_hidden: usize,
    /// The rows in the order shown.
    pub(super) rows: Vec<Row<'a>>,
    #[serde(skip)]
    delta: &'a Delta,
    #[serde(skip)]
    options: DiffOptions,
}

#[derive(Debug, Clone, Serialize)]
struct Side<'a> {
    inputs: &'a [String],
    kind: &'static str,
    binary: &'a str,
    build_id: &'a str,
    total: i64,
    count: Option<u64>,
    duration_ns: Option<i64>,
    replicates: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    operations: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
struct Gate {
    conditions: Vec<String>,
    failed: bool,
    reasons: Vec<String>,
    undecided: Vec<String>,
}

/// A row; what does not apply is null.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row<'a> {
    pub name: &'a str,
    pub function: Option<&'a str>,
    pub file: Option<&'a str>,
    pub line: Option<i64>,
    pub package: &'a str,
    pub mark: Option<&'static str>,
    pub relative: bool,
    pub flat: Cell,
    pub cum: Cell,
}

/// An amount before and after, in the unit of the sample type.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cell {
    pub before: i64,
    pub after: i64,
    pub delta: i64,
    pub before_count: Option<u64>,
    pub after_count: Option<u64>,
    pub before_share: Option<f64>,
    pub after_share: Option<f64>,
    pub delta_share: Option<f64>,
    pub before_per_second: Option<f64>,
    pub after_per_second: Option<f64>,
    pub delta_per_second: Option<f64>,
    #[serde(flatten)]
    pub per_operation: Option<PerOperation>,
    pub ratio: Bounds,
    pub difference: Bounds,
    pub p: Option<f64>,
    pub p_adjusted: Option<f64>,
    pub dispersion: Option<f64>,
    pub verdict: &'static str,
}

/// Only where the operations of both sides were given.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PerOperation {
    before_per_operation: f64,
    after_per_operation: f64,
    delta_per_operation: f64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Bounds {
    pub estimate: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Makes the view. `warnings` are those of the profiles; what the comparison itself doubts is added.
pub fn diff<'a>(
    delta: &'a Delta,
    gate: Option<&GateOutcome>,
    mut warnings: Vec<Warning>,
    options: DiffOptions,
) -> DiffView<'a> {
    warnings.extend(words::delta_warnings(delta));
    let shown: Vec<&DeltaRow> = delta
        .rows
        .iter()
        .filter(|row| is_shown(delta, row, &options))
        .collect();
    DiffView {
        schema: "perfplan.diff/1",
        before: side(&delta.before),
        after: side(&delta.after),
        sample_type: &delta.sample_type,
        unit: &delta.unit,
        granularity: delta.granularity.name(),
        measure: delta.measure.name(),
        basis: (delta.basis == Some(Basis::Operation)).then_some("operation"),
        model: delta.model.name(),
        alpha: delta.alpha,
        adjust: delta.adjust.name(),
        interval_level: 1.0 - delta.alpha,
        tested: delta.tested,
        changed: delta.changed,
        total: cell(&delta.total),
        gate: gate.map(|outcome| Gate {
            conditions: outcome.conditions.clone(),
            failed: outcome.failed(),
            reasons: words::gate_lines(delta, outcome),
            undecided: words::undecided_lines(delta, outcome),
        }),
        filters: options.filters.clone(),
        warnings,
        rows_total: delta.rows.len(),
        rows_hidden: delta.rows.len() - shown.len(),
        rows: shown.into_iter().map(|row| view_row(row, delta.by_cum)).collect(),
        delta,
        options,
    }
}

impl DiffView<'_> {
    /// The table as text.
    pub fn text(&self) -> String {
        layout::text(self.delta, &self.options)
    }

    /// The table as a document, for Markdown.
    pub fn document(&self) -> Document {
        layout::document(self.delta, &self.options)
    }

    /// The rows as CSV after RFC 4180, a header first; the fields of `flat` and `cum` are joined to their names.
    pub fn csv(&self) -> String {
        csv::csv(&self.rows)
    }
}

/// Whether a row has the cumulative weight that is asked for on a side, as in pprof's listings.
fn is_shown(delta: &Delta, row: &DeltaRow, options: &DiffOptions) -> bool {
    let reaches =
        |value: i64, total: i64| value.saturating_abs() >= (total as f64 * options.node_fraction) as i64;
    reaches(row.cum.before, delta.before.total) || reaches(row.cum.after, delta.after.total)
}

fn side(side: &DeltaSide) -> Side<'_> {
    Side {
        inputs: &side.inputs,
        kind: side.kind.name(),
        binary: &side.binary,
        build_id: &side.build_id,
        total: side.total,
        count: side.count,
        duration_ns: side.duration_ns,
        replicates: side.inputs.len(),
        operations: side.operations,
    }
}

fn view_row(row: &DeltaRow, by_cum: bool) -> Row<'_> {
    let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
    Row {
        name: &row.name,
        function: text(&row.function),
        file: text(&row.file),
        line: Some(row.line).filter(|line| *line != 0),
        package: &row.package,
        mark: row.mark.map(crate::analyze::Mark::name),
        relative: row.column(by_cum).relative,
        flat: cell(&row.flat),
        cum: cell(&row.cum),
    }
}

fn cell(change: &Change) -> Cell {
    let moved = |sides: [Option<f64>; 2]| sides[0].zip(sides[1]).map(|(before, after)| after - before);
    let per_operation = change.per_operation[0].zip(change.per_operation[1]);
    Cell {
        before: change.before,
        after: change.after,
        delta: change.after.saturating_sub(change.before),
        before_count: change.before_count,
        after_count: change.after_count,
        before_share: change.shares[0],
        after_share: change.shares[1],
        delta_share: moved(change.shares),
        before_per_second: change.per_second[0],
        after_per_second: change.per_second[1],
        delta_per_second: moved(change.per_second),
        per_operation: per_operation.map(|(before, after)| PerOperation {
            before_per_operation: before,
            after_per_operation: after,
            delta_per_operation: after - before,
        }),
        ratio: bounds(change.ratio),
        difference: bounds(change.difference),
        p: change.p,
        p_adjusted: change.p_adjusted,
        dispersion: change.dispersion,
        verdict: change.verdict.name(),
    }
}

fn bounds(estimate: Estimate) -> Bounds {
    Bounds {
        estimate: estimate.estimate,
        low: estimate.low,
        high: estimate.high,
    }
}
