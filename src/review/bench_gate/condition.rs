//! The words of a gate.

use crate::unit::tidy;

/// What must not be.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A verdict of regression.
    Regression,
    /// A verdict of regression or improvement.
    Change,
    /// A comparison that shows nothing.
    Inconclusive,
    /// A benchmark of the baseline that another column does not have.
    Missing,
    /// A benchmark or package that failed on the new side.
    Failed,
    /// Columns that were not measured alike.
    Environment,
    /// A metric that is worse by more than a limit.
    Limit(Limit),
}

/// A limit to the change of a metric for the worse.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// In base units.
    pub unit: String,
    /// A part of the baseline, or a number in base units.
    pub amount: Amount,
    /// Whether the limit itself is too much.
    pub inclusive: bool,
    /// Fewer values a side than this decide nothing.
    pub min_runs: usize,
}

/// How much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// 0.1 = 10 %.
    Part(f64),
    /// In base units.
    Absolute(f64),
}

const KEYWORDS: [(&str, Condition); 6] = [
    ("regression", Condition::Regression),
    ("change", Condition::Change),
    ("inconclusive", Condition::Inconclusive),
    ("missing", Condition::Missing),
    ("failed", Condition::Failed),
    ("environment", Condition::Environment),
];

/// For hosted runners: allocations may not grow, bytes hardly, time not by more than their noise.
pub(super) fn preset_ci() -> Vec<(String, Condition)> {
    let limit = |unit: &str, amount, min_runs, text: &str| {
        let limit = Limit {
            unit: unit.to_string(),
            amount,
            inclusive: false,
            min_runs,
        };
        (text.to_string(), Condition::Limit(limit))
    };
    vec![
        limit("allocs/op", Amount::Absolute(0.0), 1, "allocs/op>0"),
        limit("B/op", Amount::Part(0.03), 1, "B/op>3%"),
        limit("sec/op", Amount::Part(0.10), 6, "sec/op>10%"),
    ]
}

/// Whether a condition is a single word, the preset included.
pub(crate) fn is_keyword(word: &str) -> bool {
    word == "ci" || KEYWORDS.iter().any(|(name, _)| *name == word)
}

/// Reads one condition. The error is for people.
pub(super) fn condition(word: &str) -> Result<Condition, String> {
    if let Some((_, condition)) = KEYWORDS.iter().find(|(name, _)| *name == word) {
        return Ok(condition.clone());
    }
    let Some((unit, limit)) = word.split_once('>') else {
        let names = KEYWORDS.iter().map(|(name, _)| *name);
        let near = crate::error::nearest(word, names.chain(["ci"]));
        let hint = near.map_or_else(
            || {
                "use regression, change, inconclusive, missing, failed, environment, ci, or METRIC>LIMIT"
                    .to_string()
            },
            |near| format!("did you mean {near}?"),
        );
        return Err(format!("\"{word}\" is no condition; {hint}"));
    };
    let (inclusive, limit) = limit
        .strip_prefix('=')
        .map_or((false, limit), |rest| (true, rest));
    let amount =
        amount(limit.trim()).ok_or_else(|| format!("\"{word}\": {limit} is no limit such as 10% or 0"))?;
    if unit.trim().is_empty() {
        return Err(format!("\"{word}\" names no metric"));
    }
    Ok(Condition::Limit(Limit {
        unit: tidy(unit.trim()).unit,
        amount,
        inclusive,
        min_runs: 1,
    }))
}

fn amount(text: &str) -> Option<Amount> {
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && *n >= 0.0)
    };
    match text.strip_suffix('%') {
        Some(percent) => number(percent).map(|n| Amount::Part(n / 100.0)),
        None => number(text).map(Amount::Absolute),
    }
}
