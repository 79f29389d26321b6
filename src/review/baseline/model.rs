//! What became of an earlier review: stored under the key `baseline`.

use serde::{Deserialize, Serialize};

use crate::analyze::CodePlace;
use crate::review::{Estimate, Status};

/// An earlier review, and what the new measurements say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineFacts {
    /// The stored review as it was named.
    pub file: String,
    /// What it calls the program.
    pub component: String,
    /// Its verdict.
    pub status: Status,
    /// Its score, `NN/100`.
    pub performance_score: String,
    /// Its targets, in their order.
    pub targets: Vec<TargetFate>,
    /// Its findings, the most severe first.
    pub findings: Vec<FindingFate>,
    /// Findings of the new review, critical or high, that the earlier one does not have.
    pub new_findings: Vec<NewFinding>,
    /// What makes the two hard to compare.
    pub caveats: Vec<String>,
}

/// What became of something to be reached.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TargetVerdict {
    /// Reached, beyond doubt.
    Met,
    /// Not reached, beyond doubt.
    NotMet,
    /// The new measurements do not tell it from the goal.
    Undecided,
    /// The new measurements have nothing of it.
    NotMeasured,
}

impl TargetVerdict {
    /// As it is said.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured",
        }
    }
}

/// A target and what became of it. Numbers are in base units per operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFate {
    /// The benchmark.
    pub subject: String,
    /// Its package; empty where the review does not tell it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub package: String,
    /// Normalised unit.
    pub unit: String,
    /// What is said of it.
    pub verdict: TargetVerdict,
    /// The median when the target was set; that of the old code's runs where these were given again.
    pub before: f64,
    /// The goal.
    pub goal: f64,
    /// The new median with its interval; none where it was not measured.
    pub now: Option<Estimate>,
    /// Runs behind it.
    pub runs: u64,
    /// `-count` that is expected to decide it; none where it is decided, or where more runs will not help.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u64>,
    /// Why the verdict says so.
    pub reason: String,
    /// What is doubtful about it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub caveats: Vec<String>,
    /// Where the new numbers stand: the input and the line of the first of them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<crate::error::Place>,
}

/// What became of a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The function still runs, and the rule finds nothing there.
    Fixed,
    /// Less than before, beyond the error of sampling.
    Improved,
    /// No change is shown.
    Unchanged,
    /// More than before, beyond the error of sampling.
    Worse,
    /// The function is in none of the new profiles: removed, renamed, or not run.
    Gone,
    /// The new inputs do not measure it.
    NotMeasured,
}

impl Fate {
    /// As it is said.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Worse => "worse",
            Self::Gone => "gone",
            Self::NotMeasured => "not measured",
        }
    }
}

/// A finding of the earlier review and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingFate {
    /// What is said of it.
    pub fate: Fate,
    /// `critical`, `high`, `medium`, `low`, as it was.
    pub severity: String,
    /// The kind of claim.
    pub rule: String,
    /// The claim as it was worded.
    pub issue: String,
    /// Where it was found.
    pub place: CodePlace,
    /// Where the same is found now; none where it is not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub now_at: Option<CodePlace>,
    /// Before and after; none where there is no number for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change: Option<Change>,
    /// Why the fate says so.
    pub reason: String,
}

/// A number before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What is measured: `share of the CPU time`, `B/op of BenchmarkParse at this line`.
    pub what: String,
    /// `share` for parts of a whole from 0 to 1, else the unit.
    pub unit: String,
    /// In the earlier review, with its 95 % interval where there is one.
    pub before: Estimate,
    /// In the new one.
    pub after: Estimate,
    /// What is saved, before less after; for shares in parts of the whole. With the interval of a difference.
    pub saved: Estimate,
}

/// A finding that was not there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFinding {
    /// `critical` or `high`.
    pub severity: String,
    /// The kind of claim.
    pub rule: String,
    /// The claim.
    pub issue: String,
    /// Where.
    pub place: CodePlace,
}
