//! Whether a check passes: targets of the last review, budgets, and the conditions of `--fail-on`.

use super::bench_gate::{BenchGate, GateReport};
use super::gate::expression::{Expression, Limit, Op, expressions};
use super::{Fate, Issues, Review, TargetVerdict};
use crate::error::{Problem, counted, nearest};

/// The conditions of a check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckGate {
    own: Vec<(String, Condition)>,
    /// Those on benchmarks, which need runs of the old code.
    pub benchmarks: BenchGate,
}

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    /// A finding of the last review became worse.
    Worse,
    /// A critical or high finding that the last review does not have.
    New,
    /// The score, held against a number.
    Score(Op, f64),
    /// A finding of this severity or above: 0 for critical.
    Severity(usize),
}

const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];

impl CheckGate {
    /// Reads lists separated by commas: `worse`, `new`, `score<80`, `severity>=high`, and what [`BenchGate`] reads.
    ///
    /// # Errors
    /// [`Problem::Gate`] for what is none of them.
    pub fn parse<T: AsRef<str>>(lists: &[T]) -> Result<Self, Problem> {
        let mut gate = Self::default();
        let mut of_benchmarks = Vec::new();
        let pieces = lists.iter().flat_map(|list| list.as_ref().split(','));
        for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
            match own(piece)? {
                Some(condition) => gate.own.push((piece.to_string(), condition)),
                None => of_benchmarks.push(piece),
            }
        }
        gate.benchmarks =
            BenchGate::parse(&of_benchmarks).map_err(|what| wrong(&of_benchmarks.join(","), &what))?;
        Ok(gate)
    }
}

/// A condition of a check; `None` for what may be one on benchmarks.
fn own(piece: &str) -> Result<Option<Condition>, Problem> {
    match piece {
        "worse" => return Ok(Some(Condition::Worse)),
        "new" => return Ok(Some(Condition::New)),
        _ => {}
    }
    let Some(found) = expressions(piece).ok().and_then(|list| list.into_iter().next()) else {
        return Ok(None);
    };
    let Expression {
        metric, op, limit, ..
    } = found;
    match (metric.as_str(), limit) {
        ("score", Limit::Number(number, unit)) if unit.is_empty() => Ok(Some(Condition::Score(op, number))),
        ("score", _) => Err(wrong(piece, "the score is a number, such as score<80")),
        ("severity", Limit::Word(word)) if matches!(op, Op::AtLeast | Op::Equal) => {
            severity(piece, &word).map(Some)
        }
        ("severity", _) => Err(wrong(piece, "the form is severity>=high")),
        _ => Ok(None),
    }
}

fn severity(piece: &str, word: &str) -> Result<Condition, Problem> {
    let found = SEVERITIES.iter().position(|s| *s == word);
    found.map(Condition::Severity).ok_or_else(|| {
        let near = nearest(word, SEVERITIES).map(|near| format!("; did you mean {near}?"));
        wrong(piece, &format!("no such severity{}", near.unwrap_or_default()))
    })
}

fn wrong(text: &str, what: &str) -> Problem {
    Problem::Gate {
        text: text.to_string(),
        what: what.to_string(),
        hint: Some(
            "use worse, new, score<80, severity>=high, or with --baseline-bench what compare takes"
                .to_string(),
        ),
    }
}

/// What a check comes to. Lines are safe to print once their control characters are escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// What is not met, and the conditions that failed.
    pub failed: Vec<String>,
    /// What these data cannot decide, and what they do not measure.
    pub undecided: Vec<String>,
    /// Those of `failed` that are conditions.
    pub gate_failed: Vec<String>,
    /// Those of `undecided` that are conditions.
    pub gate_undecided: Vec<String>,
}

impl CheckReport {
    /// Judges targets, budgets and conditions; `benchmarks` is what the conditions on benchmarks came to. Where there is
    /// nothing to check, that is undecided.
    pub fn of(review: &Review, gate: &CheckGate, benchmarks: &GateReport) -> Self {
        let mut report = Self::default();
        let targets = review.baseline.iter().flat_map(|b| &b.targets);
        for target in targets {
            let what = format!("{} {}: {}", target.subject, target.unit, target.reason);
            report.add(target.verdict, &what);
        }
        for budget in &review.budgets {
            let what = format!(
                "{} {} at most {}: {}",
                budget.subject, budget.metric, budget.limit, budget.reason
            );
            report.add(budget.verdict, &what);
        }
        for (text, condition) in &gate.own {
            report
                .gate_failed
                .extend(hit(review, condition).map(|what| format!("{text}: {what}")));
        }
        report.gate_failed.extend_from_slice(&benchmarks.hits);
        report.gate_undecided.extend_from_slice(&benchmarks.undecided);
        let has_gate = !gate.own.is_empty() || !gate.benchmarks.is_empty();
        let targets = review.baseline.as_ref().map_or(0, |b| b.targets.len());
        if targets == 0 && review.budgets.is_empty() && !has_gate {
            let nothing = "nothing was checked: the review has no targets, and there are no budgets";
            report.undecided.push(nothing.to_string());
        }
        report.failed.extend(report.gate_failed.iter().cloned());
        report.undecided.extend(report.gate_undecided.iter().cloned());
        report
    }

    fn add(&mut self, verdict: TargetVerdict, what: &str) {
        let said = format!("{}: {what}", verdict.name());
        match verdict {
            TargetVerdict::Met => {}
            TargetVerdict::NotMet => self.failed.push(said),
            TargetVerdict::Undecided | TargetVerdict::NotMeasured => self.undecided.push(said),
        }
    }

    /// 0 where all is met, 1 where something is not, 2 where these data cannot tell.
    pub fn exit_code(&self) -> u8 {
        match (self.failed.is_empty(), self.undecided.is_empty()) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 0,
        }
    }

    /// The conditions that failed or cannot be decided.
    pub fn gate_lines(&self) -> impl Iterator<Item = &str> {
        self.gate_failed
            .iter()
            .chain(&self.gate_undecided)
            .map(String::as_str)
    }
}

/// Why a condition fails, if it does.
fn hit(review: &Review, condition: &Condition) -> Option<String> {
    match condition {
        Condition::Worse => {
            let findings = review.baseline.iter().flat_map(|b| &b.findings);
            some(
                findings.filter(|f| f.fate == Fate::Worse).count(),
                "finding",
                "became worse",
            )
        }
        Condition::New => {
            let new = review.baseline.as_ref().map_or(0, |b| b.new_findings.len());
            some(new, "critical or high finding", "the last review does not have")
        }
        Condition::Score(op, limit) => {
            let points = review.performance_score.split('/').next();
            let points: f64 = points.and_then(|p| p.parse().ok()).unwrap_or(0.0);
            op.holds(points, *limit).then(|| format!("the score is {points}"))
        }
        Condition::Severity(least) => {
            let Issues {
                critical,
                high,
                medium,
                low,
            } = &review.issues;
            let counts = [critical, high, medium, low].map(Vec::len);
            some(
                counts.iter().take(least + 1).sum(),
                "finding",
                "of that severity or above",
            )
        }
    }
}

fn some(count: usize, noun: &str, then: &str) -> Option<String> {
    (count > 0).then(|| format!("{} {then}", counted(count as u64, noun)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_those_of_checks_else_of_benchmarks() {
        let gate = CheckGate::parse(&["worse, score<80", "severity>=high,sec/op>10%"]).unwrap();
        let own: Vec<&Condition> = gate.own.iter().map(|(_, c)| c).collect();
        let expect = [
            &Condition::Worse,
            &Condition::Score(Op::Below, 80.0),
            &Condition::Severity(1),
        ];
        assert_eq!(own, expect);
        assert!(!gate.benchmarks.is_empty());
        assert!(CheckGate::parse(&["new"]).unwrap().benchmarks.is_empty());
    }

    #[test]
    fn what_is_no_condition_is_told() {
        let check = |text: &str, expect: &str| {
            let error = CheckGate::parse(&[text]).unwrap_err().to_string();
            assert!(error.contains(expect), "{text}: {error}");
        };
        check("severity>=hihg", "did you mean high?");
        check("severity>3", "the form is severity>=high");
        check("score<80%", "the score is a number");
        check("wrose", "no condition");
    }

    #[test]
    fn failing_wins_over_not_knowing() {
        let check = |failed: &[&str], undecided: &[&str], expect| {
            let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect();
            let report = CheckReport {
                failed: strings(failed),
                undecided: strings(undecided),
                ..CheckReport::default()
            };
            assert_eq!(report.exit_code(), expect);
        };
        check(&[], &[], 0);
        check(&["a"], &[], 1);
        check(&[], &["b"], 2);
        check(&["a"], &["b"], 1);
    }
}
