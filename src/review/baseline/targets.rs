//! Targets held against new runs.

use super::Parts;
use super::model::{TargetFate, TargetVerdict};
use super::runs::{AllRuns, BenchmarkRuns, MACHINE};
use crate::error::counted;
use crate::review::policy::TOTAL_METRICS;
use crate::review::{BenchmarkFacts, Context, Estimate, Review, Target, budgets};
use crate::stats::power::{pooled_log_sd, runs_to_decide};
use crate::stats::{NullU, Pair, Runs, median, median_interval, runs_for, shift};
use crate::unit::{Direction, UnitClass, class, direction};

/// The targets of a review in their order. `base` are new runs of the old code, where these were given.
pub(super) fn fates(context: &Context<'_>, old: &Review, parts: &Parts<'_>) -> Vec<TargetFate> {
    let totals = budgets::Parts {
        runs: parts.runs,
        base: parts.base,
        goroutines: parts.goroutines,
        runtime: parts.runtime,
    };
    let fate = |target: &Target| match TOTAL_METRICS.contains(&target.subject.as_str()) {
        true => of_total(context, target, &totals),
        false => fate(old, target, parts.runs, parts.base, parts.benchmarks),
    };
    old.targets.iter().map(fate).collect()
}

/// A number of the whole program.
fn of_total(context: &Context<'_>, target: &Target, parts: &budgets::Parts<'_>) -> TargetFate {
    let found = budgets::of_total(context, &target.subject, target.goal, &target.unit, parts);
    TargetFate {
        verdict: found.verdict,
        now: found.now,
        runs: u64::from(found.now.is_some()),
        ..unmeasured(target, found.reason)
    }
}

fn fate(
    old: &Review,
    target: &Target,
    new: &AllRuns,
    base: &AllRuns,
    facts: &[BenchmarkFacts],
) -> TargetFate {
    let name = target
        .subject
        .strip_prefix("Benchmark")
        .unwrap_or(&target.subject);
    let (runs, mut caveats) = match new.find(&target.package, name) {
        Ok(found) => found,
        Err(reason) => return unmeasured(target, reason),
    };
    let Some(values) = runs.units.get(&target.unit).filter(|v| !v.is_empty()) else {
        return unmeasured(target, no_such_unit(&target.unit));
    };
    let base = base.find(&target.package, name).ok();
    let base = base
        .and_then(|(b, _)| b.units.get(&target.unit))
        .filter(|v| !v.is_empty());
    let judged = match base {
        Some(base) if !is_counted(&target.unit) => beside(target, base, values),
        _ => against(&target.unit, target.goal, values),
    };
    if base.is_none() && !is_counted(&target.unit) {
        caveats.extend(machine(old, target, name, runs));
        caveats.push(OTHER_TIME.to_string());
    }
    caveats.extend(doubts(facts, runs, &target.unit));
    TargetFate {
        verdict: judged.verdict,
        before: base.map_or(target.now, |b| median(b)),
        now: Some(interval(values)),
        runs: values.len() as u64,
        count: judged.count,
        caveats,
        place: runs.place.clone(),
        ..unmeasured(target, judged.reason)
    }
}

const OTHER_TIME: &str = "the goal is of another time, perhaps of another load: a review keeps medians, not runs; \
                          new runs of the old code as --baseline-bench decide it by their ratio";

fn unmeasured(target: &Target, reason: String) -> TargetFate {
    TargetFate {
        subject: target.subject.clone(),
        package: target.package.clone(),
        unit: target.unit.clone(),
        verdict: TargetVerdict::NotMeasured,
        before: target.now,
        goal: target.goal,
        now: None,
        runs: 0,
        count: None,
        reason,
        caveats: Vec::new(),
        place: None,
    }
}

fn no_such_unit(unit: &str) -> String {
    match unit {
        "B/op" | "allocs/op" => "the new runs do not tell it: run them with -benchmem".to_string(),
        unit => format!("the new runs have no {unit}"),
    }
}

/// What a target or budget comes to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::review) struct Judged {
    pub verdict: TargetVerdict,
    /// `-count` that is expected to decide it.
    pub count: Option<u64>,
    pub reason: String,
}

/// The median of some runs with its 95 % interval, where there are enough for one.
pub(in crate::review) fn interval(values: &[f64]) -> Estimate {
    let found = median_interval(values, 0.95);
    Estimate {
        value: found.median,
        low: Some(found.low).filter(|v| v.is_finite()),
        high: Some(found.high).filter(|v| v.is_finite()),
    }
}

/// Whether a metric is counted and not timed: its median is compared exactly.
pub(in crate::review) fn is_counted(unit: &str) -> bool {
    class(unit) == UnitClass::Allocs || unit == "B/op"
}

/// Holds runs against a number. A counted metric is met when its median is on the right side; any other when the
/// whole interval of the median is, and it is not met when all of it is on the wrong one.
pub(in crate::review) fn against(unit: &str, goal: f64, values: &[f64]) -> Judged {
    let found = interval(values);
    let higher = direction(unit) == Direction::Higher;
    let (side, other) = if higher {
        ("above", "below")
    } else {
        ("below", "above")
    };
    let reaches = |value: f64| if higher { value >= goal } else { value <= goal };
    let decided = |verdict, reason: String| Judged {
        verdict,
        count: None,
        reason,
    };
    if is_counted(unit) {
        return match reaches(found.value) {
            true => decided(TargetVerdict::Met, format!("the median is at or {side} the goal")),
            false => decided(TargetVerdict::NotMet, format!("the median is {other} the goal")),
        };
    }
    match found.low.zip(found.high) {
        Some((low, high)) if reaches(low) && reaches(high) => decided(
            TargetVerdict::Met,
            format!("the whole interval of the median is at or {side} the goal"),
        ),
        Some((low, high)) if !reaches(low) && !reaches(high) => decided(
            TargetVerdict::NotMet,
            format!("the whole interval of the median is {other} the goal"),
        ),
        ends => undecided(values, goal, ends.is_none()),
    }
}

fn undecided(values: &[f64], goal: f64, is_few: bool) -> Judged {
    let needed = pooled_log_sd(&[values]).map(|sd| runs_to_decide(median(values), goal, sd));
    let first = match is_few {
        true => format!("{} give no interval", counted(values.len() as u64, "run")),
        false => "the interval of the median holds the goal".to_string(),
    };
    planned(&first, needed, values.len())
}

/// Says how many runs would decide.
fn planned(first: &str, needed: Option<Runs>, runs: usize) -> Judged {
    let more = runs as u64 + 1;
    let (count, then) = match needed {
        Some(Runs::Count(n)) => {
            let n = u64::from(n).max(more);
            (
                Some(n),
                format!("-count={n} would decide it with a chance of 80 %"),
            )
        }
        Some(Runs::TooNoisy(n)) => (
            None,
            format!("about {n:.0} runs would be needed to decide it: make the machine quieter"),
        ),
        _ => (
            Some(more.max(10)),
            format!("the noise is not known; try -count={}", more.max(10)),
        ),
    };
    Judged {
        verdict: TargetVerdict::Undecided,
        count,
        reason: format!("{first}; {then}"),
    }
}

/// Decides on the ratio of new to old runs, which were measured on one machine: it has to fall as the goal asks.
fn beside(target: &Target, old: &[f64], new: &[f64]) -> Judged {
    let asked = target.goal / target.now;
    let null = NullU::new(old.len(), new.len());
    let Some(ratio) = Pair::new(old, new)
        .ratio(&null, 0.05)
        .filter(|_| asked.is_finite())
    else {
        return against(&target.unit, target.goal, new);
    };
    let higher = direction(&target.unit) == Direction::Higher;
    let reaches = |ratio: f64| if higher { ratio >= asked } else { ratio <= asked };
    let said = format!("new to old {}, the goal asks for {asked:.3}", ratio_text(ratio));
    let decided = |verdict| Judged {
        verdict,
        count: None,
        reason: said.clone(),
    };
    if reaches(ratio.low) && reaches(ratio.high) {
        return decided(TargetVerdict::Met);
    }
    if !reaches(ratio.low) && !reaches(ratio.high) {
        return decided(TargetVerdict::NotMet);
    }
    let effect = (asked / ratio.value).ln().abs().exp_m1();
    let needed = pooled_log_sd(&[old, new]).map(|sd| runs_for(effect, sd));
    planned(&said, needed, old.len().min(new.len()))
}

fn ratio_text(ratio: shift::Estimate) -> String {
    format!("{:.3} [{:.3}, {:.3}]", ratio.value, ratio.low, ratio.high)
}

/// How the machine differs from the one that the target is of.
fn machine(old: &Review, target: &Target, name: &str, new: &BenchmarkRuns) -> Vec<String> {
    let same =
        |b: &&BenchmarkFacts| b.name == name && (target.package.is_empty() || b.package == target.package);
    let Some(then) = old.benchmarks.iter().find(same) else {
        return Vec::new();
    };
    let differs = |key: &&str| match (then.environment.get(*key), new.environment.get(*key)) {
        (Some(a), Some(b)) if a != b => Some(format!("another machine: {key} was {a}, it is {b}")),
        _ => None,
    };
    MACHINE.iter().filter_map(differs).collect()
}

fn doubts(facts: &[BenchmarkFacts], runs: &BenchmarkRuns, unit: &str) -> Option<String> {
    let is_same = |b: &&BenchmarkFacts| b.name == runs.name && b.package == runs.package;
    let metric = facts
        .iter()
        .find(is_same)?
        .metrics
        .iter()
        .find(|m| m.unit == unit)?;
    (!metric.noise.is_empty()).then(|| format!("the new runs: {}", metric.noise.join(", ")))
}
