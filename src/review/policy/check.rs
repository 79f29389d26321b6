//! What a policy says, held against what there is: names, units, ranges, expressions.

use regex::RegexBuilder;

use super::decode::{Fault, meant};
use super::{
    Amount, Budgets, FUNCTION_METRICS, FunctionLimit, GatePolicy, Limit, OPERATIONS, PolicyFile, ReadPolicy,
    TOTAL_METRICS, Thresholds, VERSION,
};
use crate::review::{catalogue, held};
use crate::unit::tidy;

/// Looks at everything that the types themselves do not rule out; the first thing that is wrong is told.
pub(super) fn check(policy: &ReadPolicy) -> Result<(), Fault> {
    let file = &policy.file;
    let checked = version(file)
        .and_then(|()| ranges(file))
        .and_then(|()| budgets(&file.budgets))
        .and_then(|()| names(file))
        .and_then(|()| gate(&file.gate))
        .and_then(|()| thresholds(&file.thresholds));
    checked.map_err(|fault| Fault {
        line: nearest_line(policy, &fault.key),
        ..fault
    })
}

/// The line of a key, or of what holds it.
fn nearest_line(policy: &ReadPolicy, key: &str) -> Option<u64> {
    let ends = key
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | '['))
        .map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.chain([key.len()]).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| policy.line(key.get(..end)?))
}

fn wrong(key: impl Into<String>, what: impl Into<String>, hint: Option<String>) -> Fault {
    Fault {
        line: None,
        key: key.into(),
        what: what.into(),
        hint,
    }
}

fn version(file: &PolicyFile) -> Result<(), Fault> {
    match file.version {
        None | Some(VERSION) => Ok(()),
        Some(other) => {
            let hint = "this perfplan reads version 1; a newer one may read this file";
            Err(wrong(
                "version",
                format!("version {other} is not known"),
                Some(hint.to_string()),
            ))
        }
    }
}

fn ranges(file: &PolicyFile) -> Result<(), Fault> {
    if let Some(alpha) = file.benchmarks.alpha.filter(|a| *a <= 0.0 || *a >= 1.0) {
        return Err(wrong(
            "benchmarks.alpha",
            format!("expected a chance above 0 and below 1, got {alpha}"),
            None,
        ));
    }
    if file.benchmarks.min_runs == Some(0) {
        return Err(wrong(
            "benchmarks.min_runs",
            "expected a number from 1, got 0",
            None,
        ));
    }
    let text_keys = [
        ("module", &file.module),
        ("component", &file.component),
        ("source.path", &file.source.path),
    ];
    match text_keys
        .iter()
        .find(|(_, text)| text.as_deref().is_some_and(|t| t.trim().is_empty()))
    {
        Some((key, _)) => Err(wrong(
            *key,
            "empty",
            Some("leave the key out for the default".to_string()),
        )),
        None => Ok(()),
    }
}

fn budgets(budgets: &Budgets) -> Result<(), Fault> {
    for (at, budget) in budgets.benchmarks.iter().enumerate() {
        let key = format!("budgets.benchmarks[{at}]");
        pattern(&key, &budget.match_)?;
        for (unit, limit) in &budget.limits {
            benchmark_limit(&format!("{key}.{unit}"), unit, limit)?;
        }
    }
    for (at, budget) in budgets.functions.iter().enumerate() {
        let key = format!("budgets.functions[{at}]");
        pattern(&key, &budget.match_)?;
        for (metric, limit) in &budget.limits {
            known(&format!("{key}.{metric}"), metric, &FUNCTION_METRICS)?;
            function_limit(&format!("{key}.{metric}"), metric, limit)?;
        }
    }
    for (metric, limit) in &budgets.totals {
        let key = format!("budgets.totals.{metric}");
        known(&key, metric, &TOTAL_METRICS)?;
        amount(&key, &limit.max, total_units(metric))?;
    }
    Ok(())
}

fn pattern(key: &str, pattern: &str) -> Result<(), Fault> {
    let built = RegexBuilder::new(pattern).size_limit(1 << 20).build();
    built.map(|_| ()).map_err(|error| {
        let text = error.to_string();
        let cause = text
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        wrong(
            format!("{key}.match"),
            format!("no regular expression: {cause}"),
            None,
        )
    })
}

/// A unit of `go test` is one in base units, too: `ns/op` is `sec/op`.
fn benchmark_limit(key: &str, unit: &str, limit: &Limit) -> Result<(), Fault> {
    if limit.max.is_none() && limit.regress.is_none() {
        return Err(wrong(
            key,
            "no limit",
            Some("write { max: AMOUNT } or { regress: PERCENT }".to_string()),
        ));
    }
    let Some(max) = &limit.max else { return Ok(()) };
    let base = tidy(unit).unit;
    let numerator = base.split('/').next().unwrap_or_default();
    let units: &[&str] = match numerator {
        "sec" => &["sec", "sec/op", &base],
        "B" => &["", "B", &base],
        _ => &["", numerator, &base],
    };
    amount(&format!("{key}.max"), max, units)
}

fn function_limit(key: &str, metric: &str, limit: &FunctionLimit) -> Result<(), Fault> {
    let max = format!("{key}.max");
    let units: &[&str] = match metric {
        "cpu.flat" | "cpu.cum" | "mutex.delay" | "block.delay" => &["%", "sec", "sec/s", "sec/op"],
        "heap.alloc_space" => &["%", "B", "B/s", "B/op"],
        "heap.inuse_space" => &["%", "B"],
        "heap.inuse_objects" | "goroutine.count" | "goroutineleak.count" => &["%", ""],
        _ => &["%", "", "/s", "/op"],
    };
    amount(&max, &limit.max, units)?;
    match (limit.max.0.unit.ends_with("/op"), &limit.bench) {
        (true, None) => {
            let hint = "name the benchmark whose operations are counted: bench: BenchmarkTotal";
            Err(wrong(
                max,
                "per operation, but no `bench`",
                Some(hint.to_string()),
            ))
        }
        _ => Ok(()),
    }
}

fn total_units(metric: &str) -> &'static [&'static str] {
    match metric {
        "goroutineleak" | "goroutines" | "heap.inuse_objects" => &[""],
        "gc.cpu" => &["%"],
        "gc.pause" => &["sec"],
        "cpu" | "mutex.delay" | "block.delay" => &["sec", "sec/s"],
        "heap.inuse" | "heap.inuse_space" => &["B"],
        "heap.alloc_space" => &["B", "B/s"],
        _ => &["", "/s"],
    }
}

/// Nothing needs no unit.
fn amount(key: &str, amount: &Amount, units: &[&str]) -> Result<(), Fault> {
    let quantity = &amount.0;
    if units.contains(&quantity.unit.as_str()) || quantity.plain() == Some(0.0) {
        return Ok(());
    }
    let examples: Vec<&str> = units.iter().map(|unit| example(unit)).collect();
    let got = if quantity.text.is_empty() {
        "nothing"
    } else {
        &quantity.text
    };
    let mut wanted: Vec<&str> = Vec::new();
    examples.into_iter().for_each(|e| {
        if !wanted.contains(&e) {
            wanted.push(e);
        }
    });
    Err(wrong(
        key,
        format!("expected an amount such as {}, got {got}", wanted.join(", ")),
        None,
    ))
}

fn example(unit: &str) -> &str {
    match unit {
        "%" => "5%",
        "" => "12",
        "sec" => "250ns",
        "sec/op" => "250ns/op",
        "sec/s" => "50ms/s",
        "B" => "64MiB",
        "B/op" => "1KiB/op",
        "B/s" => "64MiB/s",
        "/s" => "12/s",
        "/op" => "12/op",
        other => other,
    }
}

fn known(key: &str, name: &str, known: &[&str]) -> Result<(), Fault> {
    match known.contains(&name) {
        true => Ok(()),
        false => Err(wrong(key, "unknown key", Some(meant(name, known)))),
    }
}

fn names(file: &PolicyFile) -> Result<(), Fault> {
    let operations: Vec<&str> = OPERATIONS.iter().map(|(name, ..)| *name).collect();
    for name in file.costs.keys() {
        known(&format!("costs.{name}"), name, &operations)?;
    }
    let symptoms: Vec<&str> = catalogue().chain(held()).map(|s| s.id).collect();
    for name in file.thresholds.symptoms.keys() {
        known(&format!("thresholds.symptoms.{name}"), name, &symptoms)?;
    }
    Ok(())
}

fn gate(gate: &GatePolicy) -> Result<(), Fault> {
    for (key, list) in [("gate.fail_on", &gate.fail_on), ("gate.warn_on", &gate.warn_on)] {
        for (at, text) in list.iter().enumerate() {
            super::gates::check(text)
                .map_err(|problem| wrong(format!("{key}[{at}]"), problem.to_string(), problem.hint()))?;
        }
    }
    Ok(())
}

fn thresholds(thresholds: &Thresholds) -> Result<(), Fault> {
    if let Some(score) = thresholds.min_score.filter(|s| !(0.0..=100.0).contains(s)) {
        return Err(wrong(
            "thresholds.min_score",
            format!("expected a score from 0 to 100, got {score}"),
            None,
        ));
    }
    for (name, symptom) in &thresholds.symptoms {
        if let Some([medium, high, critical]) = symptom.levels.map(|l| l.map(|p| p.0))
            && !(0.0 < medium && medium <= high && high <= critical && critical <= 1.0)
        {
            let key = format!("thresholds.symptoms.{name}.levels");
            return Err(wrong(
                key,
                "expected medium, high, critical, none below the one before, up to 100%",
                None,
            ));
        }
    }
    Ok(())
}
