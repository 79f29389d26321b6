//! Hot Path Analysis: a section for each entry point.

use super::words::{
    NOT_MEASURED, bytes_text, capital, code, fact, heading, line, listing, measure, paragraph, prose,
    resource_name, share_text, shell, short_function, short_place, source, table, text, with_ends,
};
use crate::analyze::EntryKind;
use crate::report::document::{Align, Block, Text};
use crate::review::{
    BenchmarkFacts, CoresNeeded, HotLine, HotPath, Metric, PathStep, Priority, ProductionRate, Review,
    SideShares, Target,
};
use crate::unit::{human_count, share};

/// Deeper steps are not indented further.
const DEEPEST_INDENT: u32 = 40;

/// A section for each entry point, in the order of the review.
pub fn blocks(review: &Review) -> Vec<Block> {
    if review.hot_paths.is_empty() {
        return none(review);
    }
    let sections = review.hot_paths.iter().flat_map(|path| section(review, path));
    sides(review).into_iter().chain(sections).collect()
}

/// In whose code it is spent.
fn sides(review: &Review) -> Vec<Block> {
    if review.sides.is_empty() {
        return Vec::new();
    }
    let columns = [
        ("Spent in", Align::Left),
        ("Own code", Align::Right),
        ("Standard library", Align::Right),
        ("Runtime", Align::Right),
        ("Other code", Align::Right),
    ];
    let row = |side: &SideShares| {
        let parts = [side.own, side.std, side.runtime, side.other].map(|part| line(&share(part)));
        std::iter::once(line(&capital(resource_name(side.resource))))
            .chain(parts)
            .collect()
    };
    vec![table(&columns, review.sides.iter().map(row).collect())]
}

fn none(review: &Review) -> Vec<Block> {
    let limit = share(review.method.hot_path_share);
    let words = format!("None: no entry point with {limit} of a resource or more was measured.");
    let mut blocks = vec![paragraph(&words)];
    if !review.profiling_commands.cpu.is_empty() {
        blocks.push(paragraph("This measures CPU time:"));
        blocks.push(shell(&review.profiling_commands.cpu));
    }
    blocks
}

fn section(review: &Review, path: &HotPath) -> Vec<Block> {
    let mut blocks = vec![
        heading(3, vec![code(&path.entry)]),
        Block::Facts(facts(review, path)),
    ];
    if !path.path.is_empty() {
        let of = path
            .shares
            .first()
            .map_or("weight", |s| resource_name(s.resource));
        blocks.push(paragraph(&format!(
            "The heaviest path, in parts of the {of} of this entry:"
        )));
        blocks.push(tree(&path.path));
    }
    if path.lines.is_empty() {
        blocks.push(paragraph("Hottest lines: none reaches the threshold."));
    } else {
        for group in path
            .lines
            .chunk_by(|a, b| a.charged.resource == b.charged.resource)
        {
            let of = resource_name(group[0].charged.resource);
            blocks.push(paragraph(&format!(
                "The hottest lines of own code, in parts of all {of}:"
            )));
            blocks.push(lines(group));
        }
    }
    blocks
}

fn facts(review: &Review, path: &HotPath) -> Vec<(String, Text)> {
    let benchmarks = benchmarks_of(review, &path.entry);
    let mut facts = vec![fact("Entered as", line(kind_words(path.kind)))];
    for part in &path.shares {
        let name = format!("Share of {}", resource_name(part.resource));
        facts.push(fact(&name, line(&share_text(part))));
    }
    // The runtime has no operations of its own.
    if path.kind != EntryKind::Runtime {
        facts.push(fact("Frequency", of_each(&benchmarks, frequency)));
        facts.extend(in_production(review, &benchmarks));
        facts.push(fact("Current allocations", of_each(&benchmarks, allocations)));
        facts.push(fact(
            "Target allocations",
            target_allocations(review, &benchmarks),
        ));
    }
    if let Some(priority) = path.priority {
        facts.push(fact("Optimization priority", line(priority_words(priority))));
    }
    facts
}

fn kind_words(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Http => "HTTP handler",
        EntryKind::Grpc => "gRPC method",
        EntryKind::Benchmark => "benchmark",
        EntryKind::Test => "test",
        EntryKind::Main => "main function of the program",
        EntryKind::Goroutine => "first function of a goroutine",
        EntryKind::Init => "package initialisation",
        EntryKind::Runtime => "the runtime on its own: garbage collection, scheduler",
        EntryKind::Unknown => "not known: the stack shows no entry",
    }
}

fn priority_words(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "Low",
        Priority::Medium => "Medium",
        Priority::High => "High",
    }
}

/// The benchmarks of the function `package.BenchmarkName`, sub-benchmarks and closures included.
fn benchmarks_of<'a>(review: &'a Review, entry: &str) -> Vec<&'a BenchmarkFacts> {
    let function = entry.split_once(".func").map_or(entry, |(outer, _)| outer);
    let belongs = |benchmark: &&BenchmarkFacts| {
        let name = benchmark.name.split(['/', '-']).next().unwrap_or_default();
        function == format!("{}.Benchmark{name}", benchmark.package)
    };
    review.benchmarks.iter().filter(belongs).collect()
}

/// What is to be said of each benchmark, with its name.
fn of_each(benchmarks: &[&BenchmarkFacts], say: fn(&BenchmarkFacts) -> String) -> Text {
    let mut words = Text::new();
    for benchmark in benchmarks {
        let separator = if words.is_empty() { "" } else { "; " };
        let said = format!("{separator}{} in ", say(benchmark));
        words.extend([text(&said), code(&benchmark.name)]);
    }
    if words.is_empty() {
        return line(NOT_MEASURED);
    }
    words
}

fn metric<'a>(benchmark: &'a BenchmarkFacts, unit: &str) -> Option<&'a Metric> {
    benchmark.metrics.iter().find(|metric| metric.unit == unit)
}

/// Operations per second, from the seconds of one.
fn frequency(benchmark: &BenchmarkFacts) -> String {
    let rate = |seconds: f64| (seconds > 0.0).then(|| human_count(seconds.recip()));
    let Some(time) = metric(benchmark, "sec/op") else {
        return NOT_MEASURED.to_string();
    };
    let Some(median) = rate(time.median) else {
        return NOT_MEASURED.to_string();
    };
    let ends = time.high.and_then(rate).zip(time.low.and_then(rate));
    with_ends(&format!("{median} ops/s"), ends)
}

/// How often the benchmarks' operations run in production, and how many processors that takes.
fn in_production(review: &Review, benchmarks: &[&BenchmarkFacts]) -> Vec<(String, Text)> {
    let mut words = Text::new();
    for rate in &review.rates {
        let here = |need: &&CoresNeeded| {
            let is_same = |b: &&BenchmarkFacts| b.name == need.name && b.package == need.package;
            benchmarks.iter().any(is_same)
        };
        for need in rate.needs.iter().filter(here) {
            let separator = if words.is_empty() { "" } else { "; " };
            words.extend([
                text(&format!("{separator}{} in ", production_words(rate, need))),
                code(&need.name),
            ]);
        }
    }
    let fact = |words| fact("Frequency in production", words);
    Some(words)
        .filter(|w| !w.is_empty())
        .map(fact)
        .into_iter()
        .collect()
}

fn production_words(rate: &ProductionRate, need: &CoresNeeded) -> String {
    let freed = match need.freed {
        Some(freed) => format!(
            ", of which the findings free {} to {}",
            human_count(freed.low),
            human_count(freed.high)
        ),
        None => String::new(),
    };
    format!(
        "{} ops/s ({}), which need {} cores{freed}",
        human_count(rate.per_second),
        rate.from,
        human_count(need.cores)
    )
}

fn allocations(benchmark: &BenchmarkFacts) -> String {
    let said = |unit: &str| match metric(benchmark, unit) {
        Some(metric) => measure(metric.median, unit),
        None => format!("{unit} {NOT_MEASURED}"),
    };
    format!("{}, {}", said("B/op"), said("allocs/op"))
}

fn target_allocations(review: &Review, benchmarks: &[&BenchmarkFacts]) -> Text {
    let wanted = |target: &&Target| {
        let allocates = matches!(target.unit.as_str(), "B/op" | "allocs/op");
        allocates && benchmarks.iter().any(|b| is_about(&target.subject, &b.name))
    };
    let goal = |target: &Target| {
        let goal = measure(target.goal, &target.unit);
        format!("{goal} in `{}`", target.subject.trim_start_matches("Benchmark"))
    };
    let goals: Vec<String> = review.targets.iter().filter(wanted).map(goal).collect();
    match (goals.is_empty(), benchmarks.is_empty()) {
        (true, true) => line("none: allocations per operation are not measured"),
        (true, false) => line("none set"),
        _ => prose(&format!(
            "{}; see Performance Targets for the arithmetic",
            goals.join("; ")
        )),
    }
}

/// Whether a word of the subject is this benchmark, with or without package, `Benchmark` and number of processors.
fn is_about(subject: &str, name: &str) -> bool {
    let mut words = subject.split([' ', ':', ',']);
    words.any(|word| {
        let before = word.strip_suffix(name);
        let before = before.or_else(|| word.strip_suffix(without_processors(name)));
        before.is_some_and(|before| {
            let package = before.strip_suffix("Benchmark").unwrap_or(before);
            package.is_empty() || package.ends_with('.')
        })
    })
}

/// `Parse` of `Parse-8`.
fn without_processors(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((bare, digits)) if digits.chars().all(|c| c.is_ascii_digit()) => bare,
        _ => name,
    }
}

/// The steps below each other, each with its part in front.
fn tree(steps: &[PathStep]) -> Block {
    let step = |step: &PathStep| {
        let indent = "  ".repeat(step.depth.min(DEEPEST_INDENT) as usize);
        format!("{:>8}  {indent}{}", share(step.share), step.function)
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    listing("", &steps.join("\n"))
}

/// The table of lines; what no line has is no column.
fn lines(lines: &[HotLine]) -> Block {
    let allocates = lines.iter().any(|l| l.objects.is_some() || l.bytes.is_some());
    let mut columns = vec![
        ("Share", Align::Right),
        ("Flat", Align::Right),
        ("Cum", Align::Right),
    ];
    if allocates {
        columns.extend([("Objects", Align::Right), ("Bytes", Align::Right)]);
    }
    columns.extend([
        ("Place", Align::Left),
        ("Function", Align::Left),
        ("Source", Align::Left),
    ]);
    table(&columns, lines.iter().map(|l| line_row(l, allocates)).collect())
}

fn line_row(hot: &HotLine, allocates: bool) -> Vec<Text> {
    let mut row = vec![
        line(&share_text(&hot.charged)),
        line(&share(hot.flat)),
        line(&share(hot.cum)),
    ];
    if allocates {
        let objects = hot.objects.map(|objects| human_count(objects as f64));
        row.push(line(objects.as_deref().unwrap_or("no sample")));
        row.push(line(hot.bytes.map(bytes_text).as_deref().unwrap_or("no sample")));
    }
    row.extend([
        short_place(&hot.file, hot.line),
        vec![short_function(&hot.function)],
        source(&hot.source),
    ]);
    row
}
