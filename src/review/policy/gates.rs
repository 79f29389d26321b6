//! The conditions of a policy's gate, by the verb that can look at them.

use super::{GatePolicy, Preset};
use crate::error::Problem;
use crate::review::gate::expression::first_of;
use crate::review::is_bench_keyword;

/// What `perfplan diff` measures.
const OF_DIFFS: [&str; 4] = ["flat", "cum", "new", "total"];
/// What a review tells; names with a point are of profiles.
const OF_REVIEWS: [&str; 5] = ["severity", "score", "goroutineleak", "goroutines", "status"];

/// Conditions by the verb that decides them; each as its flag takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GateLists {
    /// For `perfplan compare`: words such as `regression`, and metrics of benchmarks.
    pub benchmarks: Vec<String>,
    /// For `perfplan diff`: `flat(REGEX)`, `cum`, `new`, `total`.
    pub diffs: Vec<String>,
    /// For reviews and budgets: severity, score, leaks, metrics of a profile such as `cpu.flat(REGEX)`.
    pub reviews: Vec<String>,
}

impl GatePolicy {
    /// Conditions of which one suffices for a run to fail, the preset first.
    pub fn fail_lists(&self) -> GateLists {
        let mut lists = lists(&self.fail_on);
        if self.preset == Some(Preset::Ci) {
            lists.benchmarks.insert(0, "ci".to_string());
        }
        lists
    }

    /// Whether all conditions can be read.
    ///
    /// # Errors
    /// [`Problem::Gate`] for the first that cannot.
    pub fn check(&self) -> Result<(), Problem> {
        self.fail_on
            .iter()
            .chain(&self.warn_on)
            .try_for_each(|list| check(list))
    }

    /// Conditions that are only told.
    pub fn warn_lists(&self) -> GateLists {
        lists(&self.warn_on)
    }
}

/// What is wrong with a list of conditions.
pub(super) fn check(list: &str) -> Result<(), Problem> {
    sort(list, &mut GateLists::default())
}

fn lists(texts: &[String]) -> GateLists {
    let mut lists = GateLists::default();
    for text in texts {
        // What cannot be read was refused with the file.
        let _ = sort(text, &mut lists);
    }
    lists
}

fn sort(list: &str, lists: &mut GateLists) -> Result<(), Problem> {
    let mut rest = Some(list);
    while let Some(text) = rest {
        let (first, after) = text.split_once(',').map_or((text, None), |(a, b)| (a, Some(b)));
        if is_bench_keyword(first.trim()) {
            lists.benchmarks.push(first.trim().to_string());
            rest = after;
            continue;
        }
        let (expression, after) = first_of(text)?;
        let metric = expression.metric.as_str();
        let list = match metric {
            _ if OF_DIFFS.contains(&metric) => &mut lists.diffs,
            _ if OF_REVIEWS.contains(&metric) || expression.pattern.is_some() => &mut lists.reviews,
            _ if metric.contains('.') && !metric.contains('/') => &mut lists.reviews,
            _ => &mut lists.benchmarks,
        };
        list.push(expression.text);
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_go_to_the_verb_that_knows_them() {
        let fail_on = [
            "regression, sec/op>10%",
            "severity>=high,flat(a,b)>2pp",
            "heap.inuse(x)>1MiB",
            "gc.cpu>5%",
        ];
        let gate = GatePolicy {
            preset: Some(Preset::Ci),
            fail_on: fail_on.map(str::to_string).to_vec(),
            warn_on: vec!["p99-ns/op>1%".to_string()],
        };
        let lists = gate.fail_lists();
        assert_eq!(lists.benchmarks, ["ci", "regression", "sec/op>10%"]);
        assert_eq!(lists.diffs, ["flat(a,b)>2pp"]);
        assert_eq!(
            lists.reviews,
            ["severity>=high", "heap.inuse(x)>1MiB", "gc.cpu>5%"]
        );
        assert_eq!(gate.warn_lists().benchmarks, ["p99-ns/op>1%"]);
        assert!(check("regression,score").is_err());
    }
}
