//! Gates on benchmark comparisons: what fails a build, and when these data cannot tell.
//!
//! ```text
//! LIST      = CONDITION { "," CONDITION }
//! CONDITION = regression | change | inconclusive | missing | failed | environment | ci | UNIT OP LIMIT
//! OP        = ">" | ">="          LIMIT = NUMBER [ "%" ]
//! ```
//! A limit with `%` is a part of the baseline, one without is in base units (seconds, bytes, a count); both are of the
//! change for the worse. What a clock measures must be significant *and* beyond the limit; what does not vary is compared as it is,
//! bytes with a floor. A mean over benchmarks never decides.

use crate::analyze::compare::{Adjust, Comparison, Comparisons, Outcome, Row, Unmatched};
use crate::stats::power::{least_p, least_p_of};
use crate::unit::{Direction, fixed, shortest};

mod condition;
#[cfg(test)]
mod tests;

pub(crate) use condition::is_keyword;
pub use condition::{Amount, Condition, Limit};
use condition::{condition, preset_ci};

/// A list of conditions, as given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BenchGate {
    /// Each with its text.
    pub conditions: Vec<(String, Condition)>,
}

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GateReport {
    /// What held: one sentence each.
    pub hits: Vec<String>,
    /// What these data cannot decide: one sentence each.
    pub undecided: Vec<String>,
}

/// What a gate looks at.
#[derive(Debug, Clone, Copy)]
pub struct GateEvidence<'a> {
    /// All comparisons.
    pub comparisons: &'a Comparisons,
    /// What failed on the new side, in words.
    pub failures: &'a [String],
    /// Significant if p is at most this.
    pub alpha: f64,
    /// How p values were adjusted.
    pub adjust: Adjust,
}

/// A change of bytes up to this many is no finding.
const BYTES_FLOOR: f64 = 128.0;

impl BenchGate {
    /// Reads comma lists of conditions.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse<S: AsRef<str>>(lists: &[S]) -> Result<Self, String> {
        let words = lists.iter().flat_map(|list| list.as_ref().split(','));
        let mut conditions = Vec::new();
        for word in words.map(str::trim) {
            if word == "ci" {
                conditions.extend(preset_ci());
            } else {
                conditions.push((word.to_string(), condition(word)?));
            }
        }
        Ok(Self { conditions })
    }

    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Looks at the evidence. Nothing compared is undecided, whatever the conditions.
    pub fn judge(&self, evidence: GateEvidence) -> GateReport {
        let mut report = GateReport::default();
        for (text, condition) in &self.conditions {
            evidence.check(text, condition, &mut report);
        }
        if evidence.comparisons.list.is_empty() {
            report.undecided = vec!["nothing was compared".to_string()];
        }
        report
    }
}

impl GateEvidence<'_> {
    fn check(&self, text: &str, condition: &Condition, report: &mut GateReport) {
        let all = self.comparisons.list.iter();
        let worse = |c: &&Comparison| c.outcome == Outcome::Regression;
        let changed = |c: &&Comparison| matches!(c.outcome, Outcome::Regression | Outcome::Improvement);
        let open = |c: &&Comparison| c.outcome == Outcome::Inconclusive;
        match condition {
            Condition::Regression => {
                report
                    .hits
                    .extend(all.filter(worse).map(|c| self.sentence(text, c)));
                self.tell_undecided(text, |_| true, 1, report);
            }
            Condition::Change => {
                report
                    .hits
                    .extend(all.filter(changed).map(|c| self.sentence(text, c)));
                self.tell_undecided(text, |_| true, 1, report);
            }
            Condition::Inconclusive => report
                .hits
                .extend(all.filter(open).map(|c| self.sentence(text, c))),
            Condition::Missing => report.hits.extend(self.missing(text)),
            Condition::Failed => {
                let told = self.failures.iter().map(|failure| format!("{text}: {failure}"));
                report.hits.extend(told);
            }
            Condition::Environment => {
                let differing = self.comparisons.tables.environment.iter();
                report
                    .hits
                    .extend(differing.map(|e| format!("{text}: {} differs between columns", e.key)));
            }
            Condition::Limit(limit) => self.check_limit(text, limit, report),
        }
    }

    fn check_limit(&self, text: &str, limit: &Limit, report: &mut GateReport) {
        let of_unit = |c: &&Comparison| self.unit(c) == limit.unit;
        let list: Vec<&Comparison> = self.comparisons.list.iter().filter(of_unit).collect();
        if list.is_empty() {
            report
                .undecided
                .push(format!("{text}: nothing was compared in {}", limit.unit));
            return;
        }
        if list.iter().any(|c| c.better == Direction::Unknown) {
            let unit = &limit.unit;
            report.undecided.push(format!(
                "{text}: {unit} does not say which way is better; use --better {unit}=lower"
            ));
            return;
        }
        let beyond = list.iter().filter(|c| self.is_beyond(c, limit));
        report.hits.extend(beyond.map(|c| self.sentence(text, c)));
        self.tell_undecided(text, |c| self.unit(c) == limit.unit, limit.min_runs, report);
    }

    /// Worse by more than the limit, and beyond doubt where there is any.
    fn is_beyond(&self, c: &Comparison, limit: &Limit) -> bool {
        let sure = c.p_adjusted.is_none_or(|p| p <= self.alpha);
        let enough = c.p.is_none() || c.old.n.min(c.new.n) >= limit.min_runs;
        let sign = if c.better == Direction::Higher { -1.0 } else { 1.0 };
        let change = match c.p {
            None => c.new.centre - c.old.centre,
            Some(_) => c.difference.value,
        };
        let worse = sign * change;
        let is_noise = limit.unit == "B/op" && worse <= BYTES_FLOOR;
        let (size, most) = match (limit.amount, c.ratio) {
            (Amount::Absolute(most), _) => (worse, most),
            (Amount::Part(most), Some(ratio)) => (sign * (ratio.value - 1.0), most),
            (Amount::Part(most), None) if c.old.centre != 0.0 => (worse / c.old.centre.abs(), most),
            // From nothing to something is more than any part.
            (Amount::Part(most), None) => (if worse > 0.0 { f64::INFINITY } else { worse }, most),
        };
        let exceeds = size > most * (1.0 + 1e-9) || limit.inclusive && size >= most * (1.0 - 1e-9);
        sure && enough && worse > 0.0 && !is_noise && exceeds
    }

    /// Tells of comparisons in which no result could have passed the test.
    fn tell_undecided(
        &self,
        text: &str,
        concerns: impl Fn(&Comparison) -> bool,
        min_runs: usize,
        report: &mut GateReport,
    ) {
        let open: Vec<&Comparison> = self
            .comparisons
            .list
            .iter()
            .filter(|c| concerns(c) && self.is_hopeless(c, min_runs))
            .collect();
        let Some(first) = open.first() else { return };
        let needed = (1..=50).find(|n| least_p(*n) <= self.level(first)).unwrap_or(50);
        let runs = (needed as usize).max(min_runs);
        let count = crate::error::counted(open.len() as u64, "comparison");
        let unit = self.unit(first);
        report.undecided.push(format!(
            "{text}: {count} (first {} in {unit}) can show nothing with n={}+{}; run at least -count={runs}",
            self.name(first),
            first.old.n,
            first.new.n
        ));
    }

    /// Whether even the clearest result could not be significant.
    fn is_hopeless(&self, c: &Comparison, min_runs: usize) -> bool {
        let few = c.old.n.min(c.new.n) < min_runs;
        c.p.is_some() && (few || least_p_of(c.old.n, c.new.n) > self.level(c))
    }

    /// The level that the p of a single comparison must reach.
    fn level(&self, c: &Comparison) -> f64 {
        let family = self.comparisons.families.iter().find(|f| f.class == c.class);
        match (self.adjust, family) {
            (Adjust::Holm, Some(family)) => self.alpha / family.size as f64,
            _ => self.alpha,
        }
    }

    fn missing(&self, text: &str) -> Vec<String> {
        let gone = self
            .comparisons
            .unmatched
            .iter()
            .filter(|u| u.present.contains(&0));
        let told = |u: &Unmatched| {
            let table = self.comparisons.tables.list.get(u.table)?;
            let row = table.rows.get(u.row)?.label();
            let columns: Vec<String> = u
                .missing
                .iter()
                .filter_map(|col| Some(table.columns.get(*col)?.label()))
                .collect();
            Some(format!(
                "{text}: {row} {} is missing in {}",
                table.unit,
                columns.join(", ")
            ))
        };
        gone.filter_map(told).collect()
    }

    fn sentence(&self, text: &str, c: &Comparison) -> String {
        let change = match c.ratio {
            Some(ratio) => format!("{}%", signed(fixed((ratio.value - 1.0) * 100.0, 2))),
            None => signed(shortest(c.difference.value)),
        };
        let p = c
            .p_adjusted
            .map_or_else(|| "exact".to_string(), |p| format!("p={p:.3}"));
        format!("{text}: {} {} {change} ({p})", self.name(c), self.unit(c))
    }

    fn unit(&self, c: &Comparison) -> &str {
        self.comparisons
            .tables
            .list
            .get(c.table)
            .map_or("", |table| table.unit.as_str())
    }

    fn name(&self, c: &Comparison) -> String {
        let table = self.comparisons.tables.list.get(c.table);
        table
            .and_then(|t| t.rows.get(c.row))
            .map(Row::label)
            .unwrap_or_default()
    }
}

fn signed(number: String) -> String {
    if number.starts_with(['-', '+']) {
        number
    } else {
        format!("+{number}")
    }
}
