//! A benchmark's row divided over the lines of the profile that was recorded with it.
//!
//! ```text
//!  BenchmarkFeed/items=10   1000 ns/op          samples below BenchmarkFeed
//!                             │                   60 % at feed.go:142  ─▶  600 ns/op
//!                             └──────────────▶    40 % at feed.go:150  ─▶  400 ns/op
//! ```
//! Every sample below the benchmark goes to one line: the user's own that is nearest to the leaf. So the parts
//! add up to the row. Collector and scheduler are not below a benchmark and are not smeared over it.

use std::collections::HashMap;

use super::entry::{mine, own_frames};
use super::{EntryKind, Granularity, Node, NodeId, Nodes, entry_of};
use crate::profile::Profile;
use crate::stats::wilson;

/// A number with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The median, or what was derived from it.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Measured {
    /// This number times a share with its interval.
    fn times(self, share: f64, (low, high): (f64, f64)) -> Self {
        Self {
            value: self.value * share,
            low: self.low * low,
            high: self.high * high,
        }
    }
}

/// A line's part of a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct LineCost {
    /// The line.
    pub node: Node,
    /// Its part of the benchmark's weight, 0 to 1; the parts of a benchmark add up to 1.
    pub share: f64,
    /// 95 % interval of the share by Wilson's method.
    pub interval: (f64, f64),
    /// Number of samples behind it.
    pub samples: u64,
}

impl LineCost {
    /// The line's part of the benchmark's own number.
    pub fn of(&self, row: Measured) -> Measured {
        row.times(self.share, self.interval)
    }
}

/// What a profile says of one top-level benchmark function.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkShare {
    /// The function, such as `example.com/feed.BenchmarkFeed`.
    pub function: String,
    /// Weight of the samples below it, in units of the sample type.
    pub value: i64,
    /// Number of independent samples below it.
    pub samples: u64,
    /// Its lines by share descending, then by place.
    pub lines: Vec<LineCost>,
}

impl BenchmarkShare {
    /// Package of the benchmark and its name without `Benchmark`.
    pub fn package_and_name(&self) -> (&str, &str) {
        benchmark_of(&self.function)
    }
}

/// Package and name without `Benchmark` of a benchmark function; an external test package is that which it tests.
pub fn benchmark_of(function: &str) -> (&str, &str) {
    let at = function.rfind('/').map_or(0, |i| i + 1);
    let dot = function[at..].find('.').map_or(function.len(), |i| at + i);
    let name = function[dot..].trim_start_matches('.');
    let package = &function[..dot];
    (
        package.strip_suffix("_test").unwrap_or(package),
        name.strip_prefix("Benchmark").unwrap_or(name),
    )
}

/// The benchmarks that occur in a profile with their lines, heaviest first. `counts` says how many independent
/// samples a record (by its index) stands for: the count column of a CPU profile, bytes by rate for memory.
pub fn join_benchmarks(
    profile: &Profile,
    index: usize,
    counts: impl Fn(usize) -> f64,
    prefix: Option<&str>,
) -> Vec<BenchmarkShare> {
    let (of_sample, entries) = entry_of(profile);
    let lines = Nodes::of(profile, Granularity::Lines);
    let own = own_frames(profile, &lines, &mine(&lines, prefix));
    let mut sums: Vec<HashMap<NodeId, (i64, f64)>> = vec![HashMap::new(); entries.len()];
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        let entry = of_sample[sample] as usize;
        let leaf = profile.samples.stack(sample).next().map(|l| lines.frames(l)[0]);
        let (Some(node), true) = (own[sample].or(leaf), value > 0) else {
            continue;
        };
        if entries[entry].kind == EntryKind::Benchmark {
            let sum = sums[entry].entry(node).or_default();
            sum.0 += value;
            sum.1 += counts(sample);
        }
    }
    let mut shares: Vec<_> = entries
        .iter()
        .zip(&sums)
        .filter(|(entry, sums)| entry.kind == EntryKind::Benchmark && !sums.is_empty())
        .map(|(entry, sums)| share_of(&entry.function, sums, &lines))
        .collect();
    shares.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.function.cmp(&b.function)));
    shares
}

fn share_of(function: &str, sums: &HashMap<NodeId, (i64, f64)>, lines: &Nodes) -> BenchmarkShare {
    let value: i64 = sums.values().map(|s| s.0).sum();
    // In the order of the nodes, for sums of doubles depend on it.
    let mut parts: Vec<_> = sums.iter().collect();
    parts.sort_by_key(|(node, _)| **node);
    let samples: f64 = parts.iter().map(|(_, s)| s.1).sum();
    let mut costs: Vec<_> = parts
        .into_iter()
        .map(|(node, (part, count))| {
            let share = *part as f64 / value as f64;
            // The interval belongs to a count; for weighted samples its centre is the weight's share.
            let (low, high) = wilson((share * samples).round() as u64, samples.round() as u64, 0.95);
            let node = lines.get(*node).clone();
            LineCost {
                node,
                share,
                interval: (low.min(share), high.max(share)),
                samples: count.round() as u64,
            }
        })
        .collect();
    costs.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.node.cmp(&b.node)));
    BenchmarkShare {
        function: function.to_string(),
        value,
        samples: samples.round() as u64,
        lines: costs,
    }
}
