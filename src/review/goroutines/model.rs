//! What the review holds of goroutines: stored under the key `goroutines`.

use serde::{Deserialize, Serialize};

use crate::analyze::{CodePlace, Side};

/// Goroutines by what they wait for, and which of them leak.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goroutines {
    /// The inputs that hold goroutines, in the order given, which is taken for the order of time.
    pub snapshots: Vec<GoroutineSnapshot>,
    /// The input that `groups` are of: the last dump, else the last goroutine profile, else the last goroutineleak
    /// profile.
    pub groups_of: String,
    /// Its groups, the largest first. Small ones are left out, those that leak never.
    pub groups: Vec<GoroutineGroupFacts>,
    /// What is left out of `groups`.
    pub left_out: GoroutinesLeftOut,
    /// How the groups change, for each form of input that was given more than once.
    pub growth: Vec<GoroutineSeries>,
    /// What the texts say before their goroutines: the message of a panic, the name of a signal.
    pub messages: Vec<DumpMessage>,
    /// What these inputs do not tell of goroutines, and what would.
    pub missing: Vec<MissingGoroutines>,
    /// The thresholds in force.
    pub limits: GoroutineLimits,
}

/// An input that holds goroutines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutineSnapshot {
    /// Name as given.
    pub file: String,
    /// `dump`, `goroutine`, `goroutineleak`.
    pub form: String,
    /// How many it holds.
    pub goroutines: u64,
    /// How many of them the runtime found to be leaked; null where it did not look.
    pub leaked: Option<u64>,
}

/// Whether a group leaks, and how that is known.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LeakVerdict {
    /// Nothing says so.
    #[default]
    None,
    /// It grows from moment to moment, or waits where nobody should wait for long.
    Suspected,
    /// The runtime found that nothing can wake it.
    Measured,
}

/// A group of goroutines. How long they wait is null where the input does not tell it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutineGroupFacts {
    /// What they wait for, in the runtime's words; empty where the input does not tell it.
    pub state: String,
    /// The frame of the user's code nearest to the leaf; the goroutine's first function where none is the user's.
    pub place: CodePlace,
    /// Whose code that is; null only in a review that was made without it.
    pub side: Option<Side>,
    /// The `go` statement that started them; null where the input does not tell it, as profiles seldom do.
    pub started_at: Option<CodePlace>,
    /// The goroutine's first function, at the line that it has reached.
    pub entry: CodePlace,
    /// How many.
    pub count: u64,
    /// How many of them were measured to be leaked; null where that was not measured.
    pub leaked: Option<u64>,
    /// Minutes that the one waits that has waited longest.
    pub longest_wait_minutes: Option<u64>,
    /// Minutes that all of them have waited together.
    pub total_wait_minutes: Option<u64>,
    /// How many may run on one thread only.
    pub locked_to_thread: u64,
    /// Labels that all of them carry, as `key=value`.
    pub labels: Vec<String>,
    /// Whether it leaks.
    pub verdict: LeakVerdict,
    /// Why the verdict says so, and what may end them; empty without one.
    pub because: String,
    /// Number of one of them in the dump.
    pub example: Option<u64>,
    /// The stack of that one, leaf first, as `function file:line`; only of groups with a verdict.
    pub stack: Vec<String>,
}

/// Groups that are not listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutinesLeftOut {
    /// Small groups.
    pub groups: u64,
    /// The goroutines in them.
    pub goroutines: u64,
    /// Goroutines that are the runtime's own.
    pub of_runtime: u64,
    /// Groups that leak, beyond the hundred largest of a kind.
    pub leaks: u64,
}

/// How groups change over inputs of one form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutineSeries {
    /// As in [`GoroutineSnapshot::form`].
    pub form: String,
    /// The inputs in the order of time.
    pub files: Vec<String>,
    /// How many moments they are: inputs that do not differ in what waits are one.
    pub moments: u64,
    /// All goroutines of each.
    pub totals: Vec<u64>,
    /// The groups that there are more of at the end than at the start, the one that grew most first.
    pub rows: Vec<GoroutineGrowth>,
}

/// A group that grew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutineGrowth {
    /// As in [`GoroutineGroupFacts`].
    pub state: String,
    /// As in [`GoroutineGroupFacts`].
    pub place: CodePlace,
    /// As in [`GoroutineGroupFacts`].
    pub started_at: Option<CodePlace>,
    /// As in [`GoroutineGroupFacts`].
    pub entry: CodePlace,
    /// How many there were in each input.
    pub counts: Vec<u64>,
    /// The last less the first.
    pub delta: i64,
    /// More at each moment than before.
    pub rises: bool,
    /// Rises by more than chance would explain: it passes [`GoroutineLimits::growth_deviations`].
    pub passes: bool,
}

/// What a text says before its goroutines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DumpMessage {
    /// The input.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// The message, of one or more lines.
    pub text: String,
    /// Number of the goroutine that the dump shows first, which is the one that stopped the program; null with all
    /// messages but the first.
    pub goroutine: Option<u64>,
    /// Its stack, leaf first, as in [`GoroutineGroupFacts::stack`].
    pub stack: Vec<String>,
}

/// What is not known, and what would tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingGoroutines {
    /// What is not known.
    pub what: String,
    /// A command, may be empty.
    pub command: String,
}

/// From where on a group is named as a suspected leak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoroutineLimits {
    /// Growth from a to b, taken as counts of independent events, is named from (b − a) ÷ √(a + b) of this on.
    pub growth_deviations: f64,
    /// Two or more that wait this many minutes to send or for a lock are named.
    pub stuck_minutes: u64,
    /// So many that send at one line of one moment are named, however long they wait.
    pub blocked_senders: u64,
    /// So many that wait for a lock at one line are named from one minute on.
    pub blocked_lockers: u64,
}

impl GoroutineLimits {
    /// The limits that are in force unless a policy says otherwise.
    pub const DEFAULT: Self = Self {
        growth_deviations: 1.96,
        stuck_minutes: 10,
        blocked_senders: 10,
        blocked_lockers: 5,
    };
}
