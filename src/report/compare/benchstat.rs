//! The words of benchstat's tables: what stands in a cell, and what is noted about it.

use crate::analyze::compare::{RawCell, RawMean, RawRatio, Summary, Tables, Versus};
use crate::stats::median::interval_orders;
use crate::stats::power::least_p;
use crate::unit::{fixed, shortest};

/// How benchstat compares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BenchstatOptions {
    /// Significant if p is at most this, 0…1.
    pub alpha: f64,
    /// Level of the interval of each median, 0…1.
    pub confidence: f64,
}

/// One sample in words.
pub(super) struct CellWords {
    /// The half width of the interval: `2%`, `∞`, `?`.
    pub(super) interval: String,
    /// Notes about the sample.
    pub(super) notes: Vec<String>,
    /// The change, where there is a sample to compare with.
    pub(super) change: Option<ChangeWords>,
}

/// A change in words.
pub(super) struct ChangeWords {
    /// `+5.00%`, `~`, `?`.
    pub(super) delta: String,
    /// `p=0.002 n=6`.
    pub(super) test: String,
    /// Notes about the comparison.
    pub(super) notes: Vec<String>,
}

impl BenchstatOptions {
    /// The words of a sample; `varies` are the keys in which its results differ.
    pub(super) fn cell(&self, cell: &RawCell, varies: &[String]) -> CellWords {
        let mut notes = Vec::new();
        if !varies.is_empty() {
            notes.push(format!("benchmarks vary in {}", varies.join(", ")));
        }
        notes.extend(self.interval_note(&cell.summary));
        CellWords {
            interval: interval(&cell.summary),
            notes,
            change: cell.versus.map(|versus| self.change(&versus, &cell.summary)),
        }
    }

    fn interval_note(&self, summary: &Summary) -> Option<String> {
        if let Some((least, greatest)) = summary.unexpected {
            let (least, greatest) = (shortest(least), shortest(greatest));
            return Some(format!(
                "exact distribution expected, but values range from {least} to {greatest}"
            ));
        }
        if summary.is_exact || !summary.low.is_infinite() && !summary.high.is_infinite() {
            return None;
        }
        let bounded = |n: &usize| {
            let (low, high, _) = interval_orders(*n, self.confidence);
            low >= 1 && high <= *n
        };
        let level = shortest(self.confidence);
        let needed = match (2..=50).find(bounded) {
            Some(n) => format!("need >= {n}"),
            None => "need > 50".to_string(),
        };
        Some(format!(
            "{needed} samples for confidence interval at level {level}"
        ))
    }

    fn change(&self, versus: &Versus, new: &Summary) -> ChangeWords {
        let p = versus.p.map_or(String::new(), |p| format!("p={p:.3} "));
        let (n1, n2) = (versus.old.n, new.n);
        let n = if n1 == n2 {
            format!("n={n1}")
        } else {
            format!("n={n1}+{n2}")
        };
        let shown = versus.p.is_none_or(|p| p <= self.alpha);
        ChangeWords {
            delta: match shown {
                true => delta(versus.old.centre, new.centre),
                false => "~".to_string(),
            },
            test: format!("{p}{n}"),
            notes: self.change_note(versus, shown, n1.max(n2)).into_iter().collect(),
        }
    }

    fn change_note(&self, versus: &Versus, shown: bool, larger: usize) -> Option<String> {
        if versus.has_nan {
            return Some("sample contains NaN".to_string());
        }
        if versus.all_equal {
            return Some("all samples are equal".to_string());
        }
        let level = shortest(self.alpha);
        let (needed, words) = match (1..=9).find(|n| least_p(*n) <= self.alpha) {
            Some(n) => (n as usize, format!("need >= {n}")),
            None => (10, "need > 10".to_string()),
        };
        (!shown && larger < needed)
            .then(|| format!("{words} samples to detect a difference at alpha level {level}"))
    }
}

/// The ratio of a column's mean in words: `+2.47%`, `?`; empty in the first column.
pub(super) fn mean_ratio(mean: &RawMean) -> String {
    match mean.ratio {
        None => String::new(),
        Some(RawRatio::Mean(ratio)) => percent_change(ratio),
        Some(RawRatio::FromZero | RawRatio::NotPositive) => "?".to_string(),
    }
}

/// Notes about a column's mean.
pub(super) fn mean_notes(mean: &RawMean) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if mean.differs {
        notes.push("benchmark set differs from baseline; geomeans may not be comparable");
    }
    if mean.value.is_none() {
        notes.push("summaries must be >0 to compute geomean");
    }
    if mean.ratio == Some(RawRatio::NotPositive) {
        notes.push("ratios must be >0 to compute geomean");
    }
    notes
}

/// The lines above each table: in the first all settings, then those that changed.
pub(super) fn heads(tables: &Tables) -> Vec<Vec<String>> {
    let mut before: Option<&[String]> = None;
    let mut heads = Vec::new();
    for table in &tables.list {
        let changed = |at: &usize| before.is_none_or(|values| values[*at] != table.values[*at]);
        let line = |at: usize| format!("{}: {}", tables.fields[at], table.values[at]);
        heads.push((0..tables.fields.len()).filter(changed).map(line).collect());
        before = Some(&table.values);
    }
    heads
}

/// The half width of the interval: `2%`; `∞` without bounds, `?` where a percentage means nothing.
pub(super) fn interval(summary: &Summary) -> String {
    let Summary {
        centre, low, high, ..
    } = *summary;
    if low.is_infinite() || high.is_infinite() {
        return "∞".to_string();
    }
    let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
    if sign(centre) != sign(low) || sign(centre) != sign(high) {
        return "?".to_string();
    }
    if centre == 0.0 {
        return "0%".to_string();
    }
    let half = (high / centre - 1.0).max(1.0 - low / centre);
    format!("{}%", fixed(100.0 * half, 0))
}

fn delta(old: f64, new: f64) -> String {
    if new == old {
        "0.00%".to_string()
    } else if old == 0.0 {
        "?".to_string()
    } else {
        percent_change(new / old)
    }
}

fn percent_change(ratio: f64) -> String {
    let percent = (ratio - 1.0) * 100.0;
    let plus = if percent.is_sign_negative() || !percent.is_finite() {
        ""
    } else {
        "+"
    };
    format!("{plus}{}%", fixed(percent, 2))
}
