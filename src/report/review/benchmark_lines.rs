//! Where the time of a benchmark goes: its row divided over the lines.

use super::words::{
    NOT_MEASURED, code, counted, heading, line, paragraph, short_function, short_place, source, strong,
    table, text, with_ends,
};
use crate::report::document::{Align, Block, Inline, Text};
use crate::review::{BenchmarkFacts, Estimate, LineFacts};
use crate::unit::human;

/// Lines that are shown one by one; the rest is one row.
const SHOWN: usize = 12;
/// Sums of shares differ from the benchmark's own number by rounding only.
const ROUNDING: f64 = 1e-6;

/// What a column shows of a line.
type Pick = fn(&LineFacts) -> Option<Estimate>;

/// The measured columns: unit of the benchmark, and the estimate of a line.
const COLUMNS: [(&str, Pick); 3] = [
    ("sec/op", |line| line.seconds),
    ("B/op", |line| line.bytes),
    ("allocs/op", |line| line.objects),
];

/// The section of a benchmark; nothing without lines.
pub fn blocks(benchmark: &BenchmarkFacts) -> Vec<Block> {
    if benchmark.lines.is_empty() {
        return Vec::new();
    }
    let title = vec![text("Where the time goes per operation: "), code(&benchmark.name)];
    let mut blocks = vec![heading(3, title)];
    if benchmark.shared_by > 1 {
        blocks.push(paragraph(&shared(benchmark)));
    }
    blocks.push(lines(benchmark));
    blocks
}

/// Why these lines are an apportionment, and how to measure the benchmark alone.
fn shared(benchmark: &BenchmarkFacts) -> String {
    let bare = benchmark
        .name
        .rsplit_once('-')
        .map_or(benchmark.name.as_str(), |(bare, _)| bare);
    let parts: Vec<String> = bare.split('/').map(|part| format!("^{part}$")).collect();
    format!(
        "An apportionment, not a measurement of this benchmark: the profile cannot tell {} apart that run the same \
         function, so each line has its share of all of them together, without an interval. To measure this one \
         alone, run it alone: `-bench '^Benchmark{}'`.",
        counted(benchmark.shared_by, "benchmark"),
        parts.join("/").trim_start_matches('^')
    )
}

fn lines(benchmark: &BenchmarkFacts) -> Block {
    let columns = [
        ("Line", Align::Left),
        ("Function", Align::Left),
        ("Time/op", Align::Right),
        ("Bytes/op", Align::Right),
        ("Allocs/op", Align::Right),
        ("Source", Align::Left),
    ];
    let (shown, rest) = benchmark.lines.split_at(benchmark.lines.len().min(SHOWN));
    let measured = COLUMNS.map(|(_, pick)| benchmark.lines.iter().any(|l| pick(l).is_some()));
    let mut rows: Vec<Vec<Text>> = shown.iter().map(|l| row(l, measured)).collect();
    if !rest.is_empty() {
        rows.push(rest_row(rest));
    }
    rows.push(sum_row(benchmark));
    table(&columns, rows)
}

/// A line; where its column was measured and it has no part of it, no sample fell on it.
fn row(facts: &LineFacts, measured: [bool; 3]) -> Vec<Text> {
    let cell = |((unit, pick), measured): (&(&str, Pick), bool)| match (pick(facts), measured) {
        (None, true) => line("no sample"),
        (part, _) => line(&estimate(part, unit)),
    };
    let mut cells = vec![
        short_place(&facts.file, facts.line),
        vec![short_function(&facts.function)],
    ];
    cells.extend(COLUMNS.iter().zip(measured).map(cell));
    cells.push(source(&facts.source));
    cells
}

fn estimate(estimate: Option<Estimate>, unit: &str) -> String {
    let Some(known) = estimate else {
        return NOT_MEASURED.to_string();
    };
    let ends = known
        .low
        .zip(known.high)
        .map(|(low, high)| (human(low, unit), human(high, unit)));
    with_ends(&human(known.value, unit), ends)
}

/// The lines that are not shown. Their intervals are not independent, so the sum has none.
fn rest_row(rest: &[LineFacts]) -> Vec<Text> {
    let cell = |(unit, pick): &(&str, Pick)| match sum(rest, *pick) {
        Some(sum) => line(&human(sum, unit)),
        None => line(NOT_MEASURED),
    };
    let name = counted(rest.len() as u64, "more line");
    closing_row(text(&name), COLUMNS.iter().map(cell))
}

fn sum_row(benchmark: &BenchmarkFacts) -> Vec<Text> {
    let cell = |(unit, pick): &(&str, Pick)| line(&total(benchmark, unit, *pick));
    closing_row(strong("sum"), COLUMNS.iter().map(cell))
}

fn closing_row(name: Inline, numbers: impl Iterator<Item = Text>) -> Vec<Text> {
    let mut cells = vec![vec![name], line("—")];
    cells.extend(numbers);
    cells.push(line("—"));
    cells
}

/// The sum of all lines; the benchmark's own number with its interval where they agree.
fn total(benchmark: &BenchmarkFacts, unit: &str, pick: Pick) -> String {
    let Some(sum) = sum(&benchmark.lines, pick) else {
        return NOT_MEASURED.to_string();
    };
    let agrees = |median: f64| (sum - median).abs() <= ROUNDING * median.abs();
    let mut metrics = benchmark.metrics.iter();
    match metrics.find(|metric| metric.unit == unit && agrees(metric.median)) {
        Some(metric) => {
            let ends = metric.low.zip(metric.high);
            let ends = ends.map(|(low, high)| (human(low, unit), human(high, unit)));
            with_ends(&human(metric.median, unit), ends)
        }
        None => human(sum, unit),
    }
}

/// None where no line was measured.
fn sum(lines: &[LineFacts], pick: Pick) -> Option<f64> {
    let values: Vec<f64> = lines.iter().filter_map(pick).map(|known| known.value).collect();
    (!values.is_empty()).then(|| values.iter().sum())
}
