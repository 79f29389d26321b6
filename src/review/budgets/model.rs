//! A budget and whether it holds: stored under the key `budgets`.

use serde::{Deserialize, Serialize};

use crate::error::Place;
use crate::review::{Estimate, TargetVerdict};

/// A limit of the policy, held against the measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetFacts {
    /// Where the policy says it: `benchmarks[0].sec/op.max`.
    pub key: String,
    /// What is held to it: a benchmark, the functions that match, the whole program.
    pub subject: String,
    /// What is measured: a unit of the benchmark, `cpu.cum`, `gc.cpu`.
    pub metric: String,
    /// Unit of the numbers; `share` for parts of a whole.
    pub unit: String,
    /// The limit as it is written.
    pub limit: String,
    /// The limit in base units; for `regress` the most that the ratio of new to old may be.
    pub most: f64,
    /// Whether it holds.
    pub verdict: TargetVerdict,
    /// What was measured, with its 95 % interval where there is one; for `regress` the ratio.
    pub now: Option<Estimate>,
    /// `-count` that is expected to decide it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u64>,
    /// Why the verdict says so.
    pub reason: String,
    /// Where the number stands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
}
