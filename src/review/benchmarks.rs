//! Benchmarks: their own numbers, and what each line has of them.

use std::collections::{BTreeMap, HashMap};

use super::baseline::AllRuns;
use super::lines::SourceLines;
use super::{BenchmarkFacts, Context, Estimate, LineFacts, Metric};
use crate::analyze::{BenchmarkShare, LineCost, Measured, Node, join_benchmarks};
use crate::bench::{Observations, name, observations};
use crate::error::printable;
use crate::profile::Kind;
use crate::stats::power::pooled_log_sd;

/// What the profiles of the run say, by resource.
struct Joined {
    time: Vec<BenchmarkShare>,
    bytes: Vec<BenchmarkShare>,
    objects: Vec<BenchmarkShare>,
}

/// All benchmarks in the order of the texts; the same benchmark of several texts is one.
pub(super) fn facts(context: &Context<'_>, runs: &AllRuns) -> Vec<BenchmarkFacts> {
    let rows = rows(context);
    let joined = join(context);
    let source = context.source_lines();
    let mut sharing: HashMap<(&str, &str), u64> = HashMap::new();
    for row in &rows {
        *sharing.entry((&row.package, name::base(&row.name))).or_default() += 1;
    }
    let shared = |row: &Row| {
        sharing
            .get(&(row.package.as_str(), name::base(&row.name)))
            .copied()
            .unwrap_or(1)
    };
    let mut facts: Vec<_> = rows
        .iter()
        .map(|row| benchmark(row, &joined, shared(row), &source))
        .collect();
    // Both are in the order of first appearance.
    for (fact, runs) in facts.iter_mut().zip(&runs.benchmarks) {
        fact.environment = runs.environment.clone();
    }
    facts
}

/// A benchmark with its observations by unit.
struct Row {
    package: String,
    name: String,
    metrics: Vec<Observations>,
}

fn rows(context: &Context<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    let mut units: HashMap<(usize, String), usize> = HashMap::new();
    for observed in context.evidence.benchmarks.iter().flat_map(observations) {
        let name = printable(observed.name.as_bytes());
        let row = *known
            .entry((observed.package.clone(), name.clone()))
            .or_insert_with(|| {
                rows.push(Row {
                    package: observed.package.clone(),
                    name,
                    metrics: Vec::new(),
                });
                rows.len() - 1
            });
        let metrics = &mut rows[row].metrics;
        let next = metrics.len();
        let at = *units.entry((row, observed.unit.clone())).or_insert(next);
        if at == next {
            metrics.push(observed);
        } else {
            metrics[at].values.extend(observed.values);
            metrics[at].iterations.extend(observed.iterations);
        }
    }
    rows
}

fn join(context: &Context<'_>) -> Joined {
    let prefix = context.prefix.as_deref();
    let mut joined = Joined {
        time: Vec::new(),
        bytes: Vec::new(),
        objects: Vec::new(),
    };
    for input in context.evidence.profiles {
        let profile = &input.profile;
        let named = |name: &str| profile.type_named(name);
        match profile.kind() {
            Kind::Cpu => {
                let index = named("cpu").unwrap_or_else(|| profile.default_type());
                let count = named("samples");
                let counts = |s| count.map_or(1.0, |c| profile.samples.value(s, c) as f64);
                joined
                    .time
                    .extend(join_benchmarks(profile, index, counts, prefix));
            }
            Kind::Heap | Kind::Allocs => {
                if let (Some(bytes), Some(objects)) = (named("alloc_space"), named("alloc_objects")) {
                    let rate = profile.period.max(1) as f64;
                    let counts = |s| profile.samples.value(s, bytes) as f64 / rate;
                    joined
                        .bytes
                        .extend(join_benchmarks(profile, bytes, counts, prefix));
                    joined
                        .objects
                        .extend(join_benchmarks(profile, objects, counts, prefix));
                }
            }
            _ => {}
        }
    }
    joined
}

fn benchmark(row: &Row, joined: &Joined, shared_by: u64, source: &SourceLines<'_>) -> BenchmarkFacts {
    let times = row.metrics.iter().find(|m| m.unit == "sec/op");
    BenchmarkFacts {
        name: row.name.clone(),
        package: row.package.clone(),
        metrics: row.metrics.iter().map(metric).collect(),
        lines: line_facts(row, joined, shared_by, source),
        shared_by,
        log_sd: times
            .and_then(|t| pooled_log_sd(&[&t.values]))
            .filter(|sd| sd.is_finite()),
        environment: BTreeMap::new(),
    }
}

fn metric(observed: &Observations) -> Metric {
    let summary = observed.summary(0.95);
    Metric {
        unit: observed.unit.clone(),
        median: summary.median.median,
        low: Some(summary.median.low).filter(|v| v.is_finite()),
        high: Some(summary.median.high).filter(|v| v.is_finite()),
        runs: summary.n as u64,
        noise: summary.noise.iter().map(|n| n.code().to_string()).collect(),
    }
}

/// The lines of a benchmark with their part of its time, bytes and objects. Where other benchmarks run the same
/// function the parts are those of all of them, and an interval would claim what was not measured.
fn line_facts(row: &Row, joined: &Joined, shared_by: u64, source: &SourceLines<'_>) -> Vec<LineFacts> {
    let columns = [
        ("sec/op", &joined.time),
        ("B/op", &joined.bytes),
        ("allocs/op", &joined.objects),
    ];
    let mut by_line: BTreeMap<Node, [Option<Estimate>; 3]> = BTreeMap::new();
    for (column, (unit, shares)) in columns.into_iter().enumerate() {
        let (Some(share), Some(row)) = (share_of(row, shares), measured(row, unit)) else {
            continue;
        };
        for cost in &share.lines {
            by_line.entry(cost.node.clone()).or_default()[column] = Some(estimate(cost, row, shared_by));
        }
    }
    let mut lines: Vec<_> = by_line
        .into_iter()
        .map(|(node, [seconds, bytes, objects])| LineFacts {
            function: printable(&node.function),
            file: printable(&node.file),
            line: node.line,
            source: source.text(&node),
            seconds,
            bytes,
            objects,
        })
        .collect();
    let weight = |l: &LineFacts| [l.seconds, l.bytes, l.objects].map(|e| e.map_or(0.0, |e| e.value));
    // Stable: lines of equal weight stay in the order of their place.
    lines.sort_by(|a, b| {
        let (a, b) = (weight(a), weight(b));
        b.iter()
            .zip(&a)
            .map(|(b, a)| b.total_cmp(a))
            .find(|o| o.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    lines
}

fn share_of<'a>(row: &Row, shares: &'a [BenchmarkShare]) -> Option<&'a BenchmarkShare> {
    shares.iter().find(|share| {
        let (package, name) = share.package_and_name();
        name == name::base(&row.name) && (row.package.is_empty() || package == row.package)
    })
}

/// The median of a unit with its interval; where there are too few runs for one, the smallest and the largest.
fn measured(row: &Row, unit: &str) -> Option<Measured> {
    let summary = row.metrics.iter().find(|m| m.unit == unit)?.summary(0.95);
    let bound = |bound: f64, instead: f64| if bound.is_finite() { bound } else { instead };
    Some(Measured {
        value: summary.median.median,
        low: bound(summary.median.low, summary.min),
        high: bound(summary.median.high, summary.max),
    })
}

fn estimate(cost: &LineCost, row: Measured, shared_by: u64) -> Estimate {
    let part = cost.of(row);
    let end = |end: f64| (shared_by == 1).then_some(end);
    Estimate {
        value: part.value,
        low: end(part.low),
        high: end(part.high),
    }
}
