//! How the cost of a benchmark grows with its size, told by sub-benchmarks that differ in one number.
//!
//! ```text
//!  Statement/rows=100    931.7 µs ─┐ exponent = ln(time ratio) ÷ ln(size ratio)
//!  Statement/rows=1000  19.99 ms ─┘          = ln 21.5 ÷ ln 10 = 1.33
//! ```
//! Sorting needs n·log n, so only what surely grows faster than that is named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Advice, BenchmarkFacts, ChoiceKind, Confidence, DesignChoice, Effort, Interval, Issue, Resource, Share,
    risks,
};
use crate::bench::name;
use crate::stats::power::pooled_log_sd;
use crate::unit::human;

/// How much the exponent must exceed that of n·log n.
const MARGIN: f64 = 0.05;
/// Two standard errors.
const ERRORS: f64 = 2.0;
/// Variance of a median against that of a mean.
const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;
/// Least ratio of two sizes that tells of growth.
const LEAST_RATIO: f64 = 2.0;

/// A cost that grows faster than its size: that of the largest size against that of the smallest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Normalised unit: `sec/op` or `B/op`.
    pub unit: String,
    /// What is varied: `rows`; `n` where the name has the number alone.
    pub parameter: String,
    /// The smallest size that was measured.
    pub from: f64,
    /// The cost there.
    pub cost_from: f64,
    /// The size of this benchmark, the largest.
    pub to: f64,
    /// The cost here.
    pub cost_to: f64,
    /// The power of the size with which the cost grows.
    pub exponent: f64,
    /// Its standard error.
    pub error: f64,
}

impl Scaling {
    /// What the cost here would be, as a part of what it is, if it grew like the size.
    pub fn linear(&self) -> f64 {
        (self.cost_from * self.to / self.from / self.cost_to).clamp(0.0, 1.0)
    }
}

/// A row of a benchmark: package, name, and the repeated numbers of a unit.
pub(super) struct Sized<'a> {
    pub package: &'a str,
    pub name: &'a str,
    pub times: &'a [f64],
    pub bytes: &'a [f64],
}

/// Package, the name without its number, and what the number counts.
type Family<'a> = (&'a str, String, String);

/// For every row what grows too fast up to it: nothing but for the largest of a family.
pub(super) fn scaling(rows: &[Sized<'_>]) -> Vec<Vec<Scaling>> {
    let mut families: BTreeMap<Family<'_>, Vec<(f64, usize)>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        for (stem, parameter, size) in numbers(row.name) {
            families
                .entry((row.package, stem, parameter))
                .or_default()
                .push((size, at));
        }
    }
    let mut found: Vec<Vec<Scaling>> = rows.iter().map(|_| Vec::new()).collect();
    for ((_, _, parameter), mut sizes) in families {
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else {
            continue;
        };
        if last.0 < first.0 * LEAST_RATIO {
            continue;
        }
        let [small, large] = [first, last].map(|(size, at)| (*size, &rows[*at]));
        let times = [(small.0, small.1.times), (large.0, large.1.times)];
        let bytes = [(small.0, small.1.bytes), (large.0, large.1.bytes)];
        found[last.1].extend(grown("sec/op", &parameter, times));
        found[last.1].extend(grown("B/op", &parameter, bytes));
    }
    found
}

/// The numbers in the parts of a name: the name without the number, what it counts, the number.
fn numbers(full: &str) -> Vec<(String, String, f64)> {
    let (_, parts) = name::parts(full);
    let number = |at: usize, part: &str| {
        let text = part.strip_prefix('/')?;
        let (key, value) = text.split_once('=').unwrap_or(("n", text));
        let size: f64 = value.parse().ok().filter(|v: &f64| *v >= 1.0 && v.is_finite())?;
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
        let others: Vec<&str> = others.map(|(_, p)| *p).collect();
        let stem = format!("{}{} {at}", name::base(full), others.concat());
        Some((stem, key.to_string(), size))
    };
    let all = parts.iter().enumerate();
    all.filter_map(|(at, part)| number(at, part)).collect()
}

/// The growth between two sizes, if it is surely faster than n·log n.
fn grown(unit: &str, parameter: &str, [from, to]: [(f64, &[f64]); 2]) -> Option<Scaling> {
    let (from_cost, from_error) = log_median(from.1)?;
    let (to_cost, to_error) = log_median(to.1)?;
    let ratio = (to.0 / from.0).ln();
    let exponent = (to_cost - from_cost) / ratio;
    let error = from_error.hypot(to_error) / ratio;
    let sorting = 1.0 + (to.0.max(2.0).ln() / from.0.max(2.0).ln()).ln() / ratio;
    let scaling = Scaling {
        unit: unit.to_string(),
        parameter: parameter.to_string(),
        from: from.0,
        cost_from: from_cost.exp(),
        to: to.0,
        cost_to: to_cost.exp(),
        exponent,
        error,
    };
    (exponent - ERRORS * error > sorting + MARGIN).then_some(scaling)
}

/// Logarithm of the median and its standard error; `None` unless all values are above 0. One value has no known error, and
/// is taken for as noisy as a shared machine.
fn log_median(values: &[f64]) -> Option<(f64, f64)> {
    const UNKNOWN: f64 = 0.1;
    if values.is_empty() || values.iter().any(|v| !v.is_finite() || *v <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = values.iter().map(|v| v.ln()).collect();
    let spread = pooled_log_sd(&[values]).filter(|sd| sd.is_finite());
    let error = spread.map_or(UNKNOWN, |sd| sd * (MEDIAN_VARIANCE / values.len() as f64).sqrt());
    Some((crate::stats::median(&logs), error))
}

/// The findings: one for each benchmark, of its time where that is told, else of its bytes. They have no weight in a
/// profile, so no share and no gain.
pub(super) fn issues(benchmarks: &[BenchmarkFacts]) -> Vec<Issue> {
    let first = |b: &BenchmarkFacts| b.scaling.first().map(|s| issue(b, s));
    benchmarks.iter().filter_map(first).collect()
}

fn issue(benchmark: &BenchmarkFacts, scaling: &Scaling) -> Issue {
    let what = match scaling.unit.as_str() {
        "sec/op" => "the time",
        _ => "the allocated memory",
    };
    let Scaling {
        parameter, from, to, ..
    } = scaling;
    let cost = |cost: f64| human(cost, &scaling.unit);
    let linear = scaling.cost_to * scaling.linear();
    Issue {
        issue: format!(
            "{what} of Benchmark{} grows with {parameter} to the power of {:.2}",
            benchmark.name, scaling.exponent
        ),
        file: String::new(),
        line: 0,
        impact: format!(
            "{}/op at {parameter}={from}, {}/op at {parameter}={to}: {:.1} times for {:.1} times the size; in proportion to \
             {parameter} it would be {}/op",
            cost(scaling.cost_from),
            cost(scaling.cost_to),
            scaling.cost_to / scaling.cost_from,
            to / from,
            cost(linear)
        ),
        current_code: String::new(),
        optimized_code: String::new(),
        rule: "superlinear".to_string(),
        function: format!("{}.Benchmark{}", benchmark.package, name::base(&benchmark.name)),
        confidence: Confidence::Medium,
        heat: Share {
            resource: if scaling.unit == "B/op" {
                Resource::AllocatedBytes
            } else {
                Resource::Cpu
            },
            share: 0.0,
            low: None,
            high: None,
        },
        evidence: format!(
            "medians of the benchmark text; standard error of the power {:.2}; n·log n would be {:.2}",
            scaling.error,
            1.0 + (to.max(2.0).ln() / from.max(2.0).ln()).ln() / (to / from).ln()
        ),
        expected_gain: Interval { low: 0.0, high: 0.0 },
        refuted_by: format!(
            "a third size between {from} and {to} that lies on a straight line with these two"
        ),
        advice: Some(advice(parameter)),
    }
}

fn advice(parameter: &str) -> Advice {
    Advice {
        what: format!(
            "Find the work that is done again for all {parameter} before: += on a growing string, a search in a list, a sum \
             or a sort made anew"
        ),
        effort: Effort::M,
        target: format!("a cost in proportion to {parameter}"),
        unless:
            "the task itself is not linear, or the small size fits into a cache that the large one does not"
                .to_string(),
        trade_off: risks::trade_off("superlinear"),
        verify: "go test -run '^$' -bench . -benchmem -count=10, with a third size between".to_string(),
        calls: Vec::new(),
        saving: Interval { low: 0.0, high: 0.0 },
        source: "arithmetic on the medians".to_string(),
        choice: Some(DesignChoice {
            kind: ChoiceKind::Algorithm,
            now: "work that is repeated for what was done before".to_string(),
            instead: "one pass that keeps its result: a Builder, a set, a running sum".to_string(),
            complexity: "O(n) instead of O(n²), for the space of what is kept".to_string(),
            alternatives: "smaller batches bound the cost, but leave its power".to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(rows: &[(&str, &[f64])]) -> Vec<Option<f64>> {
        let rows: Vec<Sized<'_>> = rows
            .iter()
            .map(|(name, times)| Sized {
                package: "p",
                name,
                times,
                bytes: &[],
            })
            .collect();
        let found = scaling(&rows);
        let first = |s: &Vec<Scaling>| s.first().map(|s| (s.exponent * 100.0).round() / 100.0);
        found.iter().map(first).collect()
    }

    #[test]
    fn what_grows_faster_than_sorting_is_named_at_the_largest_size() {
        let check = |rows: &[(&str, &[f64])], expect: &[Option<f64>]| assert_eq!(powers(rows), expect);
        check(
            &[("F/rows=100-2", &[1.0]), ("F/rows=1000-2", &[100.0])],
            &[None, Some(2.0)],
        );
        check(
            &[("F/1000", &[100.0]), ("F/10", &[0.01]), ("F/100", &[1.0])],
            &[Some(2.0), None, None],
        );
        // Linear, sorting, noise, another shape, another benchmark.
        check(&[("F/n=100", &[1.0]), ("F/n=1000", &[10.0])], &[None, None]);
        check(
            &[("F/n=100", &[100.0 * 2.0]), ("F/n=1000", &[1000.0 * 3.0])],
            &[None, None],
        );
        check(&[("F/n=2", &[1.0, 9.0]), ("F/n=4", &[4.0, 4.0])], &[None, None]);
        check(&[("F/n=100/a", &[1.0]), ("F/n=1000/b", &[100.0])], &[None, None]);
        check(&[("F/n=100", &[1.0]), ("G/n=1000", &[100.0])], &[None, None]);
        check(&[("F/n=100-2", &[1.0]), ("F/n=1000-4", &[100.0])], &[None, None]);
        check(
            &[("F/n=0", &[1.0]), ("F/n=NaN", &[0.0]), ("F/n=1e999", &[-1.0])],
            &[None, None, None],
        );
    }
}
