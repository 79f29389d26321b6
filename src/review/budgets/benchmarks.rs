//! Budgets of benchmarks.

use regex::Regex;

use super::{BudgetFacts, Parts, begin, exact};
use crate::error::counted;
use crate::review::baseline::{BenchmarkRuns, Judged, against, interval, is_counted};
use crate::review::policy::{BenchmarkBudget, Limit, Part};
use crate::review::{Estimate, TargetVerdict};
use crate::stats::power::{least_p, least_p_of};
use crate::stats::{NullU, Pair, median};
use crate::unit::{Direction, Quantity, direction, tidy};

/// Significant at this level.
const ALPHA: f64 = 0.05;
/// Fewer bytes per operation are the runtime's own, not the benchmark's.
const BYTES_FLOOR: f64 = 128.0;

pub(super) fn facts(budgets: &[BenchmarkBudget], parts: &Parts<'_>) -> Vec<BudgetFacts> {
    let entry = |(at, budget): (usize, &BenchmarkBudget)| {
        let limits = budget.limits.iter();
        limits
            .flat_map(move |(unit, limit)| of_unit(at, budget, unit, limit, parts))
            .collect::<Vec<_>>()
    };
    budgets.iter().enumerate().flat_map(entry).collect()
}

/// A budget for each benchmark that matches and has the unit; where none has it, one that is not measured.
fn of_unit(
    at: usize,
    budget: &BenchmarkBudget,
    unit: &str,
    limit: &Limit,
    parts: &Parts<'_>,
) -> Vec<BudgetFacts> {
    let normal = tidy(unit).unit;
    let key = |kind: &str| format!("benchmarks[{at}].{unit}.{kind}");
    let Ok(pattern) = Regex::new(&budget.match_) else {
        return vec![nothing(
            key("match"),
            budget,
            &normal,
            limit,
            "its `match` is no regular expression",
        )];
    };
    let matches = |b: &&BenchmarkRuns| pattern.is_match(&format!("Benchmark{}", b.name));
    let matching: Vec<_> = parts.runs.benchmarks.iter().filter(matches).collect();
    let values = |b: &&BenchmarkRuns| b.units.get(&normal).is_some_and(|v| !v.is_empty());
    let measured: Vec<_> = matching.iter().copied().filter(values).collect();
    if measured.is_empty() {
        let why = match matching.len() as u64 {
            0 => format!("no benchmark of the inputs matches {}", budget.match_),
            n => format!("none of the {} that match has {normal}", counted(n, "benchmark")),
        };
        let kind = if limit.max.is_some() { "max" } else { "regress" };
        return vec![nothing(key(kind), budget, &normal, limit, &why)];
    }
    let mut facts = Vec::new();
    for benchmark in measured {
        let runs = benchmark.units.get(&normal).map_or(&[][..], Vec::as_slice);
        if let Some(max) = &limit.max {
            let begun = about(key("max"), benchmark, &normal, &max.0);
            facts.push(begun.judged(against(&normal, max.0.value, runs), interval(runs)));
        }
        if let Some(part) = &limit.regress {
            facts.push(regress(key("regress"), benchmark, &normal, part, runs, parts));
        }
    }
    facts
}

fn about(key: String, benchmark: &BenchmarkRuns, unit: &str, limit: &Quantity) -> BudgetFacts {
    BudgetFacts {
        unit: unit.to_string(),
        place: benchmark.place.clone(),
        ..begin(key, &format!("Benchmark{}", benchmark.name), unit, limit)
    }
}

fn nothing(key: String, budget: &BenchmarkBudget, unit: &str, limit: &Limit, why: &str) -> BudgetFacts {
    let quantity = match (&limit.max, &limit.regress) {
        (Some(max), _) => max.0.clone(),
        (None, Some(part)) => worse_by(part),
        (None, None) => worse_by(&Part(0.0)),
    };
    let subject = format!("benchmarks that match {}", budget.match_);
    begin(key, &subject, unit, &quantity).unmeasured(why)
}

/// The limit of a ratio, as it is read.
fn worse_by(part: &Part) -> Quantity {
    Quantity {
        text: format!("{}% worse", crate::unit::shortest(part.0 * 100.0)),
        value: 1.0 + part.0,
        unit: "ratio".to_string(),
    }
}

/// Against the old code's runs: what is counted exactly, what is timed only if the difference is significant and larger.
fn regress(
    key: String,
    benchmark: &BenchmarkRuns,
    unit: &str,
    part: &Part,
    new: &[f64],
    parts: &Parts<'_>,
) -> BudgetFacts {
    let limit = worse_by(part);
    let begun = BudgetFacts {
        unit: "ratio".to_string(),
        ..about(key, benchmark, unit, &limit)
    };
    if parts.base.benchmarks.is_empty() {
        return begun.unmeasured("no runs of the old code: give them as --baseline-bench");
    }
    let base = match parts.base.find(&benchmark.package, &benchmark.name) {
        Ok((base, _)) => base.units.get(unit).filter(|v| !v.is_empty()),
        Err(_) => None,
    };
    let Some(old) = base else {
        return begun.unmeasured("the runs of the old code do not have it");
    };
    let (judged, ratio) = match is_counted(unit) {
        true => counted_ratio(unit, part.0, old, new),
        false => timed_ratio(unit, part.0, old, new),
    };
    begun.judged(judged, ratio)
}

fn decided(is_within: bool, reason: &str) -> Judged {
    Judged {
        verdict: if is_within {
            TargetVerdict::Met
        } else {
            TargetVerdict::NotMet
        },
        count: None,
        reason: reason.to_string(),
    }
}

fn counted_ratio(unit: &str, part: f64, old: &[f64], new: &[f64]) -> (Judged, Estimate) {
    let (old, new) = (median(old), median(new));
    let is_little = unit == "B/op" && new - old <= BYTES_FLOOR;
    let is_within = new <= old * (1.0 + part) || is_little;
    let ratio = if old == new {
        1.0
    } else {
        (new / old).min(f64::MAX)
    };
    let reason = match is_within {
        true if new > old * (1.0 + part) => {
            "more, but by no more than 128 B, which the runtime itself may take"
        }
        true => "the medians, compared exactly",
        false => "the medians, compared exactly, are further apart",
    };
    (decided(is_within, reason), exact(ratio))
}

fn timed_ratio(unit: &str, part: f64, old: &[f64], new: &[f64]) -> (Judged, Estimate) {
    let null = NullU::new(old.len(), new.len());
    let Some(ratio) = Pair::new(old, new).ratio(&null, ALPHA) else {
        let judged = Judged {
            verdict: TargetVerdict::Undecided,
            count: None,
            reason: "not all values are above 0, so there is no ratio".to_string(),
        };
        return (judged, exact(0.0));
    };
    let told = Estimate {
        value: ratio.value,
        low: Some(ratio.low).filter(|v| v.is_finite() && *v > 0.0),
        high: Some(ratio.high).filter(|v| v.is_finite()),
    };
    if least_p_of(old.len(), new.len()) > ALPHA {
        let needed = (1..=50).find(|n| least_p(*n) <= ALPHA).unwrap_or(4);
        let judged = Judged {
            verdict: TargetVerdict::Undecided,
            count: Some(u64::from(needed.max(6))),
            reason: format!(
                "{} and {} can show nothing; run at least -count={}",
                counted(old.len() as u64, "old run"),
                counted(new.len() as u64, "new run"),
                needed.max(6)
            ),
        };
        return (judged, told);
    }
    let is_higher = direction(unit) == Direction::Higher;
    let (is_worse, size) = match is_higher {
        true => (ratio.high < 1.0, 1.0 / ratio.value),
        false => (ratio.low > 1.0, ratio.value),
    };
    let is_beyond = is_worse && size > (1.0 + part) * (1.0 + 1e-9);
    let reason = match (is_beyond, is_worse) {
        (true, _) => "worse by more than that, and significantly so",
        (false, true) => "significantly worse, but by less than that",
        (false, false) => "not significantly worse",
    };
    (decided(!is_beyond, reason), told)
}
