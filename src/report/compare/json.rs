//! The schema `perfplan.compare/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::{CompareFacts, InputFacts};
use super::words::{caution_code, caution_sentence, doubt_sentence, doubts_of_inputs};
use crate::analyze::compare::{Adjust, Caution, Comparison, Geomean, Method, Outcome, Summary};
use crate::bench::{Encoding, FailureKind, Format};
use crate::stats::Estimate;
use crate::unit::{Direction, UnitClass};

/// A whole report; numbers that are not finite become null.
#[derive(Debug, Clone, Serialize)]
pub struct CompareJson {
    schema: &'static str,
    perfplan: &'static str,
    options: Options,
    inputs: Vec<Input>,
    comparisons: Vec<One>,
    summaries: Vec<Sample>,
    geomeans: Vec<Mean>,
    unmatched: Vec<Unmatched>,
    failures: Vec<Failed>,
    environment: Vec<Setting>,
    diagnostics: Vec<Diagnostic>,
    families: Vec<Family>,
    gate: Option<Gate>,
}

type Config = BTreeMap<String, String>;

#[derive(Debug, Clone, Serialize)]
struct Options {
    alpha: f64,
    confidence: f64,
    threshold: Thresholds,
    adjust: Adjust,
    filter: String,
    table: String,
    row: String,
    col: String,
    ignore: String,
}

#[derive(Debug, Clone, Serialize)]
struct Thresholds {
    default: f64,
    overrides: Vec<Override>,
}

#[derive(Debug, Clone, Serialize)]
struct Override {
    value: f64,
    filter: String,
}

#[derive(Debug, Clone, Serialize)]
struct Input {
    label: String,
    path: String,
    format: Format,
    encoding: Encoding,
    results: usize,
    recovered: usize,
    syntax_errors: usize,
}

#[derive(Debug, Clone, Serialize)]
struct One {
    benchmark: String,
    unit: String,
    better: Direction,
    class: UnitClass,
    config: Config,
    old_label: String,
    new_label: String,
    old: Side,
    new: Side,
    ratio: Option<Interval>,
    difference: Interval,
    interval_level: Option<f64>,
    p: Option<f64>,
    p_adjusted: Option<f64>,
    test: Method,
    threshold: f64,
    noise_floor: Option<f64>,
    verdict: Outcome,
    warnings: Vec<Note>,
}

#[derive(Debug, Clone, Serialize)]
struct Side {
    n: usize,
    median: f64,
    ci_low: f64,
    ci_high: f64,
    ci_confidence: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Interval {
    estimate: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
struct Note {
    code: &'static str,
    message: String,
}

#[derive(Debug, Clone, Serialize)]
struct Sample {
    benchmark: String,
    unit: String,
    config: Config,
    label: String,
    #[serde(flatten)]
    side: Side,
    warnings: Vec<Note>,
}

#[derive(Debug, Clone, Serialize)]
struct Mean {
    unit: String,
    config: Config,
    old_label: String,
    new_label: String,
    ratio: Option<Interval>,
    used: usize,
    unmatched: usize,
    nonpositive: usize,
    worst: Option<f64>,
    best: Option<f64>,
    median: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
struct Unmatched {
    benchmark: String,
    unit: String,
    config: Config,
    present_in: Vec<String>,
    missing_in: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Failed {
    kind: FailureKind,
    benchmark: Option<String>,
    package: String,
    label: String,
    line: u64,
    message: String,
}

#[derive(Debug, Clone, Serialize)]
struct Setting {
    key: &'static str,
    values: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Serialize)]
struct Diagnostic {
    code: &'static str,
    benchmark: Option<String>,
    unit: Option<String>,
    label: Option<String>,
    message: String,
    value: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Family {
    class: UnitClass,
    size: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Gate {
    conditions: Vec<String>,
    failed: bool,
    undecided: bool,
    reasons: Vec<String>,
}

/// The report as data.
pub fn compare_json(facts: &CompareFacts) -> CompareJson {
    let all = facts.comparisons;
    CompareJson {
        schema: "perfplan.compare/1",
        perfplan: env!("CARGO_PKG_VERSION"),
        options: options(facts),
        inputs: facts.inputs.iter().map(input).collect(),
        comparisons: facts.shown().into_iter().map(|c| one(facts, c)).collect(),
        summaries: samples(facts),
        geomeans: all.geomeans.iter().map(|mean| geomean(facts, mean)).collect(),
        unmatched: unmatched(facts),
        failures: failures(facts),
        environment: environment(facts),
        diagnostics: diagnostics(facts),
        families: all
            .families
            .iter()
            .map(|f| Family {
                class: f.class,
                size: f.size,
            })
            .collect(),
        gate: gate(facts),
    }
}

fn options(facts: &CompareFacts) -> Options {
    let (options, queries) = (facts.options, facts.queries);
    let overrides = options.thresholds.iter().map(|t| Override {
        value: t.value,
        filter: t.filter.to_string(),
    });
    Options {
        alpha: options.alpha,
        confidence: options.confidence,
        threshold: Thresholds {
            default: options.threshold,
            overrides: overrides.collect(),
        },
        adjust: options.adjust,
        filter: queries.filter.clone(),
        table: queries.table.clone(),
        row: queries.row.clone(),
        col: queries.col.clone(),
        ignore: queries.ignore.clone(),
    }
}

fn input(input: &InputFacts) -> Input {
    Input {
        label: input.label.clone(),
        path: input.path.clone(),
        format: input.format,
        encoding: input.encoding,
        results: input.results,
        recovered: input.recovered,
        syntax_errors: input.syntax_errors,
    }
}

fn one(facts: &CompareFacts, c: &Comparison) -> One {
    let unit = facts.unit(c);
    let note = |caution: &Caution| Note {
        code: caution_code(caution),
        message: caution_sentence(caution, unit),
    };
    One {
        benchmark: facts.name(c),
        unit: unit.to_string(),
        better: c.better,
        class: c.class,
        config: config(facts, c.table),
        old_label: facts.col_label(c.table, 0),
        new_label: facts.col_label(c.table, c.col),
        old: side(&c.old),
        new: side(&c.new),
        ratio: c.ratio.map(|ratio| interval(ratio, 0.0)),
        difference: interval(c.difference, f64::NEG_INFINITY),
        interval_level: (c.method != Method::Exact).then_some(1.0 - facts.options.alpha),
        p: c.p,
        p_adjusted: c.p_adjusted,
        test: c.method,
        threshold: c.threshold,
        noise_floor: c.noise_floor,
        verdict: c.outcome,
        warnings: c.cautions.iter().map(note).collect(),
    }
}

/// `unbounded` is what the lower bound is where there is none.
fn interval(estimate: Estimate, unbounded: f64) -> Interval {
    Interval {
        estimate: estimate.value,
        low: Some(estimate.low).filter(|low| *low != unbounded),
        high: Some(estimate.high).filter(|high| high.is_finite()),
    }
}

fn side(summary: &Summary) -> Side {
    Side {
        n: summary.n,
        median: summary.centre,
        ci_low: summary.low,
        ci_high: summary.high,
        ci_confidence: summary.level,
    }
}

fn config(facts: &CompareFacts, table: usize) -> Config {
    let tables = &facts.comparisons.tables;
    let pairs = tables.list.get(table).map(|table| tables.config(table));
    let pairs = pairs.into_iter().flatten();
    pairs
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn samples(facts: &CompareFacts) -> Vec<Sample> {
    let mut samples = Vec::new();
    let tables = facts
        .comparisons
        .tables
        .list
        .iter()
        .zip(&facts.comparisons.summaries);
    for (number, (table, summaries)) in tables.enumerate() {
        for (row, cells) in table.rows.iter().zip(summaries) {
            for (col, (cell, summary)) in row.cells.iter().zip(cells).enumerate() {
                let (Some(cell), Some(summary)) = (cell, summary) else {
                    continue;
                };
                let varies = (!cell.varies.is_empty()).then(|| Note {
                    code: "varies",
                    message: format!("benchmarks vary in {}", cell.varies.join(", ")),
                });
                samples.push(Sample {
                    benchmark: row.label(),
                    unit: table.unit.clone(),
                    config: config(facts, number),
                    label: facts.col_label(number, col),
                    side: side(summary),
                    warnings: varies.into_iter().collect(),
                });
            }
        }
    }
    samples
}

fn geomean(facts: &CompareFacts, mean: &Geomean) -> Mean {
    let table = facts.comparisons.tables.list.get(mean.table);
    Mean {
        unit: table.map_or_else(String::new, |table| table.unit.clone()),
        config: config(facts, mean.table),
        old_label: facts.col_label(mean.table, 0),
        new_label: facts.col_label(mean.table, mean.col),
        ratio: mean.ratio.map(|ratio| interval(ratio, 0.0)),
        used: mean.used,
        unmatched: mean.unmatched,
        nonpositive: mean.nonpositive,
        worst: mean.worst,
        best: mean.best,
        median: mean.median,
    }
}

fn unmatched(facts: &CompareFacts) -> Vec<Unmatched> {
    let one = |u: &crate::analyze::compare::Unmatched| {
        let labels = |cols: &[usize]| cols.iter().map(|col| facts.col_label(u.table, *col)).collect();
        let table = facts.comparisons.tables.list.get(u.table);
        Unmatched {
            benchmark: facts.row_label(u.table, u.row),
            unit: table.map_or_else(String::new, |table| table.unit.clone()),
            config: config(facts, u.table),
            present_in: labels(&u.present),
            missing_in: labels(&u.missing),
        }
    };
    facts.comparisons.unmatched.iter().map(one).collect()
}

fn failures(facts: &CompareFacts) -> Vec<Failed> {
    let one = |(label, failure): (&str, &crate::bench::Failure)| Failed {
        kind: failure.kind,
        benchmark: failure.benchmark.clone(),
        package: failure.package.clone(),
        label: label.to_string(),
        line: failure.line,
        message: failure.message.clone(),
    };
    facts.failures().map(one).collect()
}

fn environment(facts: &CompareFacts) -> Vec<Setting> {
    let one = |e: &crate::analyze::compare::Environment| Setting {
        key: e.key,
        values: e.values.iter().cloned().collect(),
    };
    facts.comparisons.tables.environment.iter().map(one).collect()
}

fn diagnostics(facts: &CompareFacts) -> Vec<Diagnostic> {
    let of_sample = |d: &crate::analyze::compare::Diagnostic| {
        let table = facts.comparisons.tables.list.get(d.table);
        let unit = table.map_or("", |table| table.unit.as_str());
        let (message, value) = doubt_sentence(&d.doubt, unit);
        Diagnostic {
            code: d.doubt.code(),
            benchmark: Some(facts.row_label(d.table, d.row)),
            unit: Some(unit.to_string()),
            label: Some(facts.col_label(d.table, d.col)),
            message,
            value,
        }
    };
    let of_inputs = doubts_of_inputs(facts).into_iter();
    let of_inputs = of_inputs.map(|(code, label, message, value)| Diagnostic {
        code,
        benchmark: None,
        unit: None,
        label,
        message,
        value,
    });
    of_inputs.chain(facts.diagnostics.iter().map(of_sample)).collect()
}

fn gate(facts: &CompareFacts) -> Option<Gate> {
    let (gate, report) = facts.gate?;
    Some(Gate {
        conditions: gate.conditions.iter().map(|(text, _)| text.clone()).collect(),
        failed: !report.hits.is_empty(),
        undecided: !report.undecided.is_empty(),
        reasons: report.hits.iter().chain(&report.undecided).cloned().collect(),
    })
}
