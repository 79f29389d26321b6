//! Conditions on profiles as written.

use regex::Regex;

use super::{DiffGate, Metric};
use crate::error::{Problem, nearest};
use crate::review::gate::expression::{Expression, Limit, Op, expressions};
use crate::unit::ratio;

const METRICS: [&str; 4] = ["flat", "cum", "new", "total"];

/// Kinds of profiles that may stand before the metric.
const KINDS: [&str; 9] = [
    "cpu",
    "heap",
    "allocs",
    "block",
    "mutex",
    "goroutine",
    "goroutineleak",
    "threadcreate",
    "wall",
];

/// Reads a `--fail-on` list for `diff`.
///
/// # Errors
/// [`Problem::Gate`] with the nearest known name.
pub fn diff_gates(list: &str) -> Result<Vec<DiffGate>, Problem> {
    expressions(list)?.iter().map(gate_of).collect()
}

fn gate_of(expression: &Expression) -> Result<DiffGate, Problem> {
    let (kind, name) = match expression.metric.rsplit_once('.') {
        Some((kind, name)) => (Some(kind), name),
        None => (None, expression.metric.as_str()),
    };
    if let Some(kind) = kind.filter(|kind| !KINDS.contains(kind)) {
        let what = format!("no kind of profile is called \"{kind}\"");
        return Err(wrong(expression, what, meant(kind, &KINDS)));
    }
    let Some(metric) = metric(name) else {
        let what = format!("no metric is called \"{name}\"");
        return Err(wrong(expression, what, meant(name, &METRICS)));
    };
    if !matches!(expression.op, Op::Above | Op::AtLeast) {
        let hint = Some("a gate fails on growth: `>` or `>=`".to_string());
        return Err(wrong(expression, "the comparison cannot be used here", hint));
    }
    Ok(DiffGate {
        text: expression.text.clone(),
        kind: kind.map(str::to_string),
        metric,
        pattern: pattern_of(expression, metric)?,
        op: expression.op,
        limit: limit_of(expression, metric)?,
    })
}

fn wrong(expression: &Expression, what: impl Into<String>, hint: Option<String>) -> Problem {
    Problem::Gate {
        text: expression.text.clone(),
        what: what.into(),
        hint,
    }
}

fn pattern_of(expression: &Expression, metric: Metric) -> Result<Option<Regex>, Problem> {
    let Some(pattern) = &expression.pattern else {
        return Ok(None);
    };
    if metric == Metric::Total {
        let what = "total takes no regular expression";
        return Err(wrong(expression, what, Some("use flat or cum".to_string())));
    }
    Regex::new(pattern).map(Some).map_err(|error| {
        let told = error.to_string();
        let cause = told
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let hint = "signs of a regular expression are meant literally after a backslash: \\(\\*T\\)\\.Method";
        wrong(
            expression,
            format!("bad regular expression: {cause}"),
            Some(hint.to_string()),
        )
    })
}

fn limit_of(expression: &Expression, metric: Metric) -> Result<(f64, String), Problem> {
    let fail = |what: &str, hint: &str| Err(wrong(expression, what, Some(hint.to_string())));
    match &expression.limit {
        Limit::Word(_) => fail("the limit is no number", "use a number with %, pp or a unit"),
        Limit::Number(number, _) if *number < 0.0 => fail("the limit is negative", "a gate fails on growth"),
        Limit::Number(_, unit) if metric == Metric::Total && unit == "pp" => {
            fail("the share of the total is always the whole", "use % or an amount")
        }
        Limit::Number(_, unit) if !is_known_unit(unit) => {
            let hint = meant(unit, &UNITS);
            let hint = hint.unwrap_or_else(|| "use %, pp, ms, MiB, ms/s, MiB/op or no unit".to_string());
            fail(&format!("no unit is called \"{unit}\""), &hint)
        }
        Limit::Number(number, unit) => Ok((*number, unit.clone())),
    }
}

const UNITS: [&str; 13] = [
    "%", "pp", "ns", "us", "ms", "s", "B", "KiB", "MiB", "GiB", "ms/s", "MiB/s", "ms/op",
];

fn meant(name: &str, known: &[&'static str]) -> Option<String> {
    Some(match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if known.len() < 10 => format!("known are {}", known.join(", ")),
        None => return None,
    })
}

fn metric(name: &str) -> Option<Metric> {
    Some(match name {
        "flat" => Metric::Flat,
        "cum" => Metric::Cum,
        "new" => Metric::New,
        "total" => Metric::Total,
        _ => return None,
    })
}

fn is_known_unit(unit: &str) -> bool {
    let amount = split_rate(unit).0;
    matches!(unit, "%" | "pp")
        || amount.is_empty()
        || ["ns", "B"]
            .iter()
            .any(|base| ratio(&plain(amount), base).is_some())
}

/// `ms/s` is `ms` per second.
pub(super) fn split_rate(unit: &str) -> (&str, Option<&str>) {
    match unit.rsplit_once('/') {
        Some((amount, per @ ("s" | "sec" | "op"))) => (amount, Some(per)),
        _ => (unit, None),
    }
}

/// Binary units as profiles name them: their `MB` is 1024² bytes.
pub(super) fn plain(unit: &str) -> String {
    match unit.strip_suffix("iB") {
        Some(prefix) => format!("{prefix}B"),
        None => unit.replace('µ', "u"),
    }
}
