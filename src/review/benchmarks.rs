//! Benchmarks: their own numbers, and what each line has of them.

use std::collections::{BTreeMap, HashMap};

use super::baseline::AllRuns;
use super::lines::SourceLines;
use super::policy::{Cost, OPERATIONS};
use super::scaling::{self, Sized};
use super::{
    Advice, BenchmarkFacts, Confidence, Context, Effort, Estimate, Interval, Issue, LineFacts, Metric,
    Policy, Resource, Share,
};
use crate::analyze::{BenchmarkShare, LineCost, Measured, Node, join_benchmarks};
use crate::bench::{Observations, name, observations};
use crate::error::printable;
use crate::profile::Kind;
use crate::stats::power::pooled_log_sd;
use crate::unit::{human, share};

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
    let grown = scaling::scaling(&rows.iter().map(Row::sized).collect::<Vec<_>>());
    // All are in the order of first appearance.
    let each = rows.iter().zip(&runs.benchmarks).zip(grown);
    each.map(|((row, runs), scaling)| BenchmarkFacts {
        scaling,
        environment: runs.environment.clone(),
        ..benchmark(row, &joined, shared(row), &source)
    })
    .collect()
}

/// A benchmark with its observations by unit.
struct Row {
    package: String,
    name: String,
    metrics: Vec<Observations>,
}

impl Row {
    fn sized(&self) -> Sized<'_> {
        let values = |unit: &str| {
            let metric = self.metrics.iter().find(|m| m.unit == unit);
            metric.map_or(&[][..], |m| &m.values)
        };
        Sized {
            package: &self.package,
            name: &self.name,
            times: values("sec/op"),
            bytes: values("B/op"),
        }
    }
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
        scaling: Vec::new(),
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

/// Benchmarks whose allocations take a good part of their time by what an allocation is assumed to cost, while no profile
/// says where they are: of each top-level benchmark the one with the largest part.
pub(super) fn unmeasured_allocations(benchmarks: &[BenchmarkFacts], policy: &Policy) -> Vec<Issue> {
    let mut found: Vec<(&BenchmarkFacts, f64)> = Vec::new();
    let unmeasured = benchmarks
        .iter()
        .filter(|b| b.lines.iter().all(|l| l.objects.is_none()));
    for benchmark in unmeasured {
        let median = |unit: &str| {
            benchmark
                .metrics
                .iter()
                .find(|m| m.unit == unit)
                .map(|m| m.median)
        };
        let (Some(time), Some(allocs)) = (median("sec/op"), median("allocs/op")) else {
            continue;
        };
        let part = allocs * heap_alloc(policy).low / time;
        if !part.is_finite() || part < ALLOCATING {
            continue;
        }
        let base = |b: &BenchmarkFacts| (b.package.clone(), name::base(&b.name).to_string());
        match found.iter_mut().find(|(known, _)| base(known) == base(benchmark)) {
            Some(known) if known.1 < part => *known = (benchmark, part),
            Some(_) => {}
            None => found.push((benchmark, part)),
        }
    }
    found
        .iter()
        .map(|(benchmark, part)| allocating(benchmark, *part, policy))
        .collect()
}

/// Seconds that an allocation is assumed to take.
fn heap_alloc(policy: &Policy) -> Cost {
    let assumed = OPERATIONS.iter().find(|(name, ..)| *name == "heap_alloc");
    let (_, assumed, _) = assumed.unwrap_or(&OPERATIONS[0]);
    policy.costs.get("heap_alloc").copied().unwrap_or(*assumed)
}

/// Part of the time from which assumed allocations are worth a profile.
const ALLOCATING: f64 = 0.1;

fn allocating(benchmark: &BenchmarkFacts, part: f64, policy: &Policy) -> Issue {
    let median = |unit: &str| {
        benchmark
            .metrics
            .iter()
            .find(|m| m.unit == unit)
            .map_or(0.0, |m| m.median)
    };
    let (time, allocs) = (median("sec/op"), median("allocs/op"));
    let cost = heap_alloc(policy);
    let [low, high] = [cost.low, cost.high].map(|c| human(c * allocs, "sec"));
    let package = match benchmark.package.as_str() {
        "" => "./...",
        package => package,
    };
    let command = format!(
        "go test -run '^$' -bench '^Benchmark{}$' -benchmem -memprofile mem.pb.gz {package}",
        name::base(&benchmark.name)
    );
    Issue {
        issue: format!(
            "Benchmark{} allocates {} objects for each operation",
            benchmark.name,
            human(allocs, "")
        ),
        file: String::new(),
        line: 0,
        impact: format!(
            "at an assumed {} to {} for each, {low} to {high} of {}/op: {}",
            human(cost.low, "sec"),
            human(cost.high, "sec"),
            human(time, "sec"),
            match part {
                part if part >= 1.0 =>
                    "as much as all of it, so they are cheaper here or run beside each other".to_string(),
                part => format!("{} or more", share(part)),
            }
        ),
        current_code: String::new(),
        optimized_code: String::new(),
        rule: "alloc-per-op".to_string(),
        function: format!("{}.Benchmark{}", benchmark.package, name::base(&benchmark.name)),
        confidence: Confidence::Low,
        heat: Share {
            resource: Resource::AllocatedBytes,
            share: 0.0,
            low: None,
            high: None,
        },
        evidence: "medians of the benchmark text; the cost of an allocation is assumed, not measured"
            .to_string(),
        expected_gain: Interval { low: 0.0, high: 0.0 },
        refuted_by: "a CPU profile of the benchmark shows a smaller part below runtime.mallocgc".to_string(),
        advice: Some(Advice {
            what: format!("Find where they are allocated, by `{command}`"),
            effort: Effort::S,
            target: "the sites with most objects, by line".to_string(),
            unless: "the path is cold in production".to_string(),
            trade_off: super::risks::trade_off("alloc-churn"),
            verify: "perfplan analyze mem.pb.gz bench.txt --source .".to_string(),
            calls: Vec::new(),
            saving: Interval { low: 0.0, high: 0.0 },
            source: "measured: 64 B 89 ns, a boxed int 23 ns, 4 KiB 1862 ns".to_string(),
            choice: None,
        }),
    }
}
