//! What the user's policy says of this program: rules that are not told, and how often operations run in production.

use super::policy::Production;
use super::{
    BenchmarkFacts, CoresNeeded, Interval, Issue, Issues, LineFacts, Policy, ProductionRate, Resource,
};
use crate::error::counted;

/// Takes the findings of disabled rules away; the caveat says which rules and how many findings that were.
pub(super) fn disable(policy: &Policy, issues: &mut Issues) -> Vec<String> {
    if policy.disabled.is_empty() {
        return Vec::new();
    }
    let before = issues.all().count();
    let is_told = |issue: &Issue| !policy.disabled.contains(&issue.rule);
    for list in [
        &mut issues.critical,
        &mut issues.high,
        &mut issues.medium,
        &mut issues.low,
    ] {
        list.retain(is_told);
    }
    let left_out = (before - issues.all().count()) as u64;
    let rules: Vec<String> = policy.disabled.iter().map(|rule| format!("`{rule}`")).collect();
    vec![format!(
        "the policy disables {}: {} left out",
        rules.join(", "),
        match left_out {
            1 => "1 finding was".to_string(),
            _ => format!("{} were", counted(left_out, "finding")),
        }
    )]
}

/// The rates with what they take.
pub(super) fn rates(policy: &Policy, benchmarks: &[BenchmarkFacts], issues: &Issues) -> Vec<ProductionRate> {
    let rate = |production: &Production| ProductionRate {
        benchmark: production.benchmark.clone(),
        per_second: production.per_second,
        from: production.from.clone(),
        needs: benchmarks
            .iter()
            .filter(|b| is_named(b, &production.benchmark))
            .filter_map(|b| needed(production.per_second, b, issues))
            .collect(),
    };
    policy.rates.iter().map(rate).collect()
}

/// Rates of benchmarks that are not here say nothing.
pub(super) fn caveats(rates: &[ProductionRate]) -> Vec<String> {
    let unknown = rates.iter().filter(|rate| rate.needs.is_empty());
    let told = |rate: &ProductionRate| {
        format!(
            "the rate of `{}` ({}) belongs to no benchmark with a time among these inputs",
            rate.benchmark, rate.from
        )
    };
    unknown.map(told).collect()
}

/// Whether a name means the benchmark: with or without `Benchmark`, its package before it, or its processors after it.
fn is_named(benchmark: &BenchmarkFacts, name: &str) -> bool {
    let name = name
        .strip_prefix(benchmark.package.as_str())
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(name);
    let name = name.strip_prefix("Benchmark").unwrap_or(name);
    let bare = match benchmark.name.rsplit_once('-') {
        Some((bare, digits)) if digits.chars().all(|c| c.is_ascii_digit()) => bare,
        _ => &benchmark.name,
    };
    name == benchmark.name || name == bare
}

fn needed(per_second: f64, benchmark: &BenchmarkFacts, issues: &Issues) -> Option<CoresNeeded> {
    let time = benchmark.metrics.iter().find(|m| m.unit == "sec/op")?;
    let is_profiled = benchmark.lines.iter().any(|line| line.seconds.is_some());
    Some(CoresNeeded {
        package: benchmark.package.clone(),
        name: benchmark.name.clone(),
        cores: per_second * time.median,
        freed: is_profiled.then(|| freed(per_second, benchmark, issues)),
    })
}

/// What the findings of CPU time at the benchmark's own lines save of these lines' seconds, at most all of them.
fn freed(per_second: f64, benchmark: &BenchmarkFacts, issues: &Issues) -> Interval {
    let mut sum = Interval { low: 0.0, high: 0.0 };
    for line in &benchmark.lines {
        let Some(seconds) = line.seconds else { continue };
        let here = issues.all().filter(|issue| is_at(issue, line));
        let (low, high) = here.fold((0.0, 0.0), |(low, high), issue| {
            (
                low + part(issue, issue.expected_gain.low),
                high + part(issue, issue.expected_gain.high),
            )
        });
        sum.low += per_second * seconds.value * f64::min(low, 1.0);
        sum.high += per_second * seconds.value * f64::min(high, 1.0);
    }
    sum
}

fn is_at(issue: &Issue, line: &LineFacts) -> bool {
    let is_cpu = issue.heat.resource == Resource::Cpu && issue.heat.share > 0.0;
    is_cpu && issue.line == line.line && issue.file == line.file && issue.function == line.function
}

/// A gain as a part of the weight of its line.
fn part(issue: &Issue, gain: f64) -> f64 {
    gain / issue.heat.share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_is_known_by_several_names() {
        let benchmark = BenchmarkFacts {
            name: "Parse/small-8".to_string(),
            package: "example.com/shop".to_string(),
            metrics: Vec::new(),
            lines: Vec::new(),
            shared_by: 1,
            scaling: Vec::new(),
            log_sd: None,
            environment: std::collections::BTreeMap::new(),
        };
        for name in [
            "BenchmarkParse/small",
            "Parse/small-8",
            "example.com/shop.BenchmarkParse/small",
        ] {
            assert!(is_named(&benchmark, name), "{name}");
        }
        for name in ["BenchmarkParse", "Parse/small-4", "shop.BenchmarkParse/small", ""] {
            assert!(!is_named(&benchmark, name), "{name}");
        }
    }
}
