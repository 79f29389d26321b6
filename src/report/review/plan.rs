//! Benchmark Plan: what is measured, what is missing, and how to measure it.

use super::benchmark_lines;
use super::words::{
    NOT_MEASURED, code, code_or, heading, line, listing, measure, paragraph, prose, shell, table, text,
    with_ends,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{BenchmarkFacts, Metric, MissingBenchmark, Plan, Review};
use crate::unit::share;

/// The results, the lines, what is missing, and the commands.
pub fn blocks(review: &Review) -> Vec<Block> {
    let mut blocks = vec![existing(&review.plan)];
    blocks.push(if review.benchmarks.is_empty() {
        paragraph("Benchmark results: not measured.")
    } else {
        results(&review.benchmarks)
    });
    let benchmarks = review.benchmarks.iter();
    blocks.extend(benchmarks.flat_map(benchmark_lines::blocks));
    blocks.extend(missing(&review.plan));
    blocks.extend(commands(&review.plan));
    blocks
}

fn existing(plan: &Plan) -> Block {
    let mut words = line("Benchmarks for the hot paths: ");
    for (at, name) in plan.existing.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        words.extend([text(separator), code(name)]);
    }
    words.push(text(if plan.existing.is_empty() { "none." } else { "." }));
    words.retain(|piece| *piece != text(""));
    Block::Paragraph(words)
}

fn results(benchmarks: &[BenchmarkFacts]) -> Block {
    let columns = [
        ("Benchmark", Align::Left),
        ("Package", Align::Left),
        ("Median", Align::Right),
        ("Runs", Align::Right),
        ("Noise", Align::Left),
    ];
    table(&columns, benchmarks.iter().flat_map(rows).collect())
}

/// A row for each metric of the benchmark.
fn rows(benchmark: &BenchmarkFacts) -> Vec<Vec<Text>> {
    let row = |metric: &Metric| {
        vec![
            vec![code(&benchmark.name)],
            code_or(&benchmark.package, "not given"),
            line(&median(metric)),
            line(&metric.runs.to_string()),
            line(&noise(benchmark, metric)),
        ]
    };
    if benchmark.metrics.is_empty() {
        return vec![empty_row(benchmark)];
    }
    benchmark.metrics.iter().map(row).collect()
}

fn empty_row(benchmark: &BenchmarkFacts) -> Vec<Text> {
    vec![
        vec![code(&benchmark.name)],
        code_or(&benchmark.package, "not given"),
        line(NOT_MEASURED),
        line("0"),
        line(NOT_MEASURED),
    ]
}

fn median(metric: &Metric) -> String {
    let said = |value| measure(value, &metric.unit);
    match metric.low.zip(metric.high) {
        Some((low, high)) => with_ends(&said(metric.median), Some((said(low), said(high)))),
        None => format!("{} (too few runs for an interval)", said(metric.median)),
    }
}

/// What is doubtful about the runs; beside the time also how far they scatter.
fn noise(benchmark: &BenchmarkFacts, metric: &Metric) -> String {
    let mut notes = metric.noise.clone();
    if metric.unit == "sec/op"
        && let Some(spread) = benchmark.log_sd
    {
        notes.push(format!("spread between runs {}", share(spread)));
    }
    if notes.is_empty() {
        return "nothing noted".to_string();
    }
    notes.join(", ")
}

fn missing(plan: &Plan) -> Vec<Block> {
    if plan.missing.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![heading(3, line("Missing benchmarks"))];
    blocks.extend(plan.missing.iter().flat_map(skeleton));
    blocks
}

fn skeleton(benchmark: &MissingBenchmark) -> Vec<Block> {
    let words = vec![
        code(&benchmark.name),
        text(" in package "),
        code(&benchmark.package),
        text(", for "),
        code(&benchmark.function),
        text(", as file "),
        code(&benchmark.file),
        text(&remark(benchmark)),
    ];
    vec![Block::Paragraph(words), listing("go", &benchmark.skeleton)]
}

fn remark(benchmark: &MissingBenchmark) -> String {
    match benchmark.outline_because.as_str() {
        "" => ". It compiles as it stands, but what is marked TODO are placeholders: its numbers tell nothing before they are \
               replaced."
            .to_string(),
        why => format!(". An outline that calls nothing yet, since {why}:"),
    }
}

fn commands(plan: &Plan) -> Vec<Block> {
    let mut blocks = vec![heading(3, line("How to measure"))];
    if !plan.commands.is_empty() {
        blocks.push(shell(&plan.commands.join("\n")));
    }
    let count = match plan.count {
        Some(count) => format!("`-count {count}`"),
        None => "`-count`: no number follows from the measurements".to_string(),
    };
    let reason = match plan.count_reason.as_str() {
        "" => String::new(),
        reason => format!(": {reason}"),
    };
    blocks.push(Block::Paragraph(prose(&format!("{count}{reason}"))));
    blocks
}
