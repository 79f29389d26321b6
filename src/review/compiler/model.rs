//! What the compiler's notes say of the code that was measured, as data.

use serde::{Deserialize, Serialize};

use crate::review::Share;

/// The notes and what they mean for hot code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompilerFacts {
    /// The compiler's version; empty where the notes do not tell it.
    pub go_version: String,
    /// Expressions and variables that go to the heap.
    pub on_heap: u64,
    /// Expressions that stay on the stack.
    pub on_stack: u64,
    /// Functions that are never inlined.
    pub not_inlined: u64,
    /// Bounds checks that remain.
    pub bounds_checks: u64,
    /// Whether any note says why.
    pub explained: bool,
    /// Least part of the CPU time of a function or line below.
    pub least_share: f64,
    /// Whether there is a CPU profile, without which the two lists below are empty.
    pub cpu_measured: bool,
    /// Functions of own code that run hot and are never inlined, hottest first.
    pub hot_not_inlined: Vec<NotInlined>,
    /// Hot lines of own code with bounds checks, hottest first.
    pub hot_bounds_checks: Vec<BoundsCheckLine>,
    /// Where most goes to the heap by the notes alone, largest counts first. Empty where allocations were measured.
    pub files: Vec<NotedFile>,
    /// The most frequent reasons among all notes, where allocations were not measured.
    pub reasons: Vec<NotedReason>,
}

/// A reason and how many values go to the heap for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NotedReason {
    pub why: String,
    pub values: u64,
}

/// A hot function that is called each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotInlined {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// Line of its declaration.
    pub line: i64,
    /// Part of the CPU time in the function itself.
    pub flat: Share,
    /// The compiler's reason.
    pub reason: String,
    /// Its cost, where the reason tells it.
    pub cost: Option<u64>,
    /// What could be done.
    pub advice: String,
}

/// A hot line with bounds checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundsCheckLine {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// Part of the CPU time in the line itself.
    pub flat: Share,
    /// Checks of an index.
    pub of_index: u64,
    /// Checks of a slice expression.
    pub of_slice: u64,
}

/// A file by its notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotedFile {
    /// As the compiler names it.
    pub file: String,
    /// Expressions and variables that go to the heap.
    pub on_heap: u64,
    /// Functions that are never inlined.
    pub not_inlined: u64,
    /// Bounds checks that remain.
    pub bounds_checks: u64,
}

/// What the notes say of an allocation site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SiteVerdict {
    /// Something on the line goes to the heap.
    Heap,
    /// Nothing on the line does: memory grows at run time, as by append, in a map, in a string.
    Grows,
    /// What the line calls allocates.
    Callee,
}

/// An allocation site and the compiler's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteNotes {
    /// What they say.
    pub verdict: SiteVerdict,
    /// What goes to the heap on the line and why, by column.
    pub reasons: Vec<String>,
    /// How many more there are.
    pub more: u64,
}
