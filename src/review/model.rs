//! The review as data: what is stored as review.yaml, and what all other forms are views of.
//!
//! The first keys are those of the auditor's report and keep their names; later keys may be added.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::policy::Changed;
use super::{
    Advice, AuditFacts, BaselineFacts, BudgetFacts, CompilerFacts, ContentionSite, CpuUse, Dependencies,
    Goroutines, HeapFacts, LifetimeGroup, Lock, PgoFacts, Risk, RuntimeFacts, RuntimeLocks, Scaling,
    SimdFacts, SiteNotes, SymptomLimits, ThreadFacts,
};
use crate::analyze::EntryKind;

/// The version of this layout.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that perfplan concludes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the keys of the report are explained by their types")]
pub struct Review {
    pub status: Status,
    /// `NN/100`.
    pub performance_score: String,
    pub issues: Issues,
    pub profiling_commands: ProfilingCommands,
    /// Sentences, largest gain first.
    pub optimization_recommendations: Vec<String>,
    /// Names of Go benchmarks that are missing.
    pub benchmarks_needed: Vec<String>,
    pub estimated_improvement: String,
    /// The score reaches the minimum of the policy, and every budget was measured and holds.
    pub pass_criteria_met: bool,
    pub schema_version: u32,
    pub component: String,
    pub inputs: Vec<InputFacts>,
    pub sides: Vec<SideShares>,
    /// How busy the processors were; none where no CPU profile tells it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_use: Option<CpuUse>,
    /// What became of the review before; none without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<BaselineFacts>,
    pub hot_paths: Vec<HotPath>,
    /// None where no module of others is seen or listed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dependencies: Option<Dependencies>,
    pub memory: Vec<MemorySite>,
    /// What to do about it, by how long objects live.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub strategies: Vec<LifetimeGroup>,
    /// What the heap holds and how fast it is filled; none where no input tells.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub heap: Option<HeapFacts>,
    /// None without compiler notes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compiler: Option<CompilerFacts>,
    /// None without a CPU profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pgo: Option<PgoFacts>,
    /// None where no input tells of the runtime's own work.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub runtime: Option<RuntimeFacts>,
    /// Where vectors could help; none without a CPU profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub simd: Option<SimdFacts>,
    /// Where goroutines wait, by input, then by delay.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub contention: Vec<ContentionSite>,
    /// Locks with those who wait for and those who hold them, largest delay first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locks: Vec<Lock>,
    /// Locks of the runtime itself, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runtime_locks: Vec<RuntimeLocks>,
    /// None without a threadcreate profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threads: Option<ThreadFacts>,
    /// None where no input holds goroutines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goroutines: Option<Goroutines>,
    /// What the source says; none without an audit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub audit: Option<AuditFacts>,
    pub benchmarks: Vec<BenchmarkFacts>,
    /// How often operations run in production; empty where that is not told.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rates: Vec<ProductionRate>,
    pub plan: Plan,
    pub targets: Vec<Target>,
    /// The limits of the policy; empty without any.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub budgets: Vec<BudgetFacts>,
    pub risks: Vec<Risk>,
    pub next_steps: Vec<Step>,
    pub caveats: Vec<String>,
    pub method: Method,
    /// The pictures beside the review; empty where it stands alone.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub figures: Vec<Figure>,
}

/// A picture that belongs to a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it is called.
    pub title: String,
    /// Path relative to the review.
    pub path: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
}

/// Whether something important is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Status {
    /// No critical or high finding is left, and no budget is exceeded.
    #[serde(rename = "PASS")]
    Pass,
    /// At least one is.
    #[serde(rename = "NEEDS_OPTIMIZATION")]
    NeedsOptimization,
}

/// The findings by severity, each list by expected gain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the four severities")]
pub struct Issues {
    pub critical: Vec<Issue>,
    pub high: Vec<Issue>,
    pub medium: Vec<Issue>,
    pub low: Vec<Issue>,
}

impl Issues {
    /// All findings, the most severe first.
    pub fn all(&self) -> impl Iterator<Item = &Issue> {
        self.critical
            .iter()
            .chain(&self.high)
            .chain(&self.medium)
            .chain(&self.low)
    }
}

/// How much a claim can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// What is wrong.
    pub issue: String,
    /// Source file as the profile names it.
    pub file: String,
    /// Line, 0 if unknown.
    pub line: i64,
    /// What it costs.
    pub impact: String,
    /// The line as it stands, empty without source.
    pub current_code: String,
    /// An illustration of a better one, empty where none can be given.
    pub optimized_code: String,
    /// The kind of claim.
    pub rule: String,
    /// The function.
    pub function: String,
    /// How much the claim can be trusted.
    pub confidence: Confidence,
    /// Share of the resource that was measured here.
    pub heat: Share,
    /// Where the number comes from.
    pub evidence: String,
    /// Part of the whole resource that is expected to be saved.
    pub expected_gain: Interval,
    /// What would show that the claim is wrong.
    pub refuted_by: String,
    /// What to do, for findings of the catalogue of symptoms.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<Advice>,
}

/// An interval, the lower end first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// A part of a measured total, 0 to 1, with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Share {
    pub resource: Resource,
    pub share: f64,
    /// None where the file does not tell how many samples stand behind it.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// What can be spent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Resource {
    Cpu,
    AllocatedObjects,
    AllocatedBytes,
    LiveBytes,
    BlockDelay,
    MutexDelay,
    Goroutines,
    LeakedGoroutines,
    Wall,
    Other,
}

/// Commands that measure what is missing or worth repeating; empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named like the profiles")]
pub struct ProfilingCommands {
    pub cpu: String,
    pub memory: String,
    pub trace: String,
    pub pprof: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub block: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub mutex: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub goroutine: String,
}

/// An input and what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputFacts {
    /// Name as given.
    pub file: String,
    /// `cpu`, `allocs`, `benchmarks`, …
    pub kind: String,
    /// Length of the collection in seconds, if the input says it.
    pub duration_seconds: Option<f64>,
    /// Number of independent samples where the file tells, else of its records; of results for benchmarks.
    pub samples: u64,
    /// Total of the default type in `unit`.
    pub total: i64,
    /// Its unit.
    pub unit: String,
    /// Name of the sample type, or of what is counted.
    pub sample_type: String,
    /// Base name of the program.
    pub binary: String,
    /// Its build id.
    pub build_id: String,
}

/// Whose code a resource is spent in: flat shares, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SideShares {
    /// What is spent.
    pub resource: Resource,
    /// In the user's own code.
    pub own: f64,
    /// In other modules, and in code without a package.
    pub other: f64,
    /// In Go's standard library.
    pub std: f64,
    /// In Go's runtime.
    pub runtime: f64,
}

/// What an entry point costs, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HotPath {
    /// The function by which it is entered.
    pub entry: String,
    /// Of which kind it is.
    pub kind: EntryKind,
    /// Of a path in the background: how much its optimization matters. None for the others.
    pub priority: Option<Priority>,
    /// Its part of every measured resource.
    pub shares: Vec<Share>,
    /// The heaviest chain of calls from the entry on, in the resource of the first share.
    pub path: Vec<PathStep>,
    /// The hottest lines of the user's code: first those of the resource of the first share, then those of other
    /// resources that are waited for; the resource stands with each.
    pub lines: Vec<HotLine>,
}

/// How much the optimization of a path in the background matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Priority {
    Low,
    Medium,
    High,
}

/// A call of a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathStep {
    /// Calls from the entry.
    pub depth: u32,
    /// The function.
    pub function: String,
    /// Its part of the entry's weight, 0 to 1.
    pub share: f64,
}

/// A line and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HotLine {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// Part of the total of the resource that is charged to it: code that is not the user's counts for the line
    /// that called it.
    pub charged: Share,
    /// Part in which the line itself was running.
    pub flat: f64,
    /// Part in which it was on the stack.
    pub cum: f64,
    /// Objects allocated there, if measured.
    pub objects: Option<i64>,
    /// Bytes allocated there, if measured.
    pub bytes: Option<i64>,
}

/// How long the objects of a site live.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// Under 1 % of the bytes are live: garbage soon after.
    RequestScoped,
    /// Between.
    Mixed,
    /// Over half of the bytes are live.
    LongLived,
}

/// An allocation site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemorySite {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// The function that allocates: this one or what it calls.
    pub through: String,
    /// Allocated objects.
    pub objects: i64,
    /// Allocated bytes.
    pub bytes: i64,
    /// Part of the allocated bytes.
    pub share: Share,
    /// Part of the allocated objects, 0 to 1.
    pub objects_share: f64,
    /// Mean size of an object in bytes.
    pub mean_size: f64,
    /// The size that Go hands out for it; none for large objects.
    pub size_class: Option<u64>,
    /// Live objects.
    pub live_objects: i64,
    /// Live bytes.
    pub live_bytes: i64,
    /// Live part of the allocated bytes, 0 to 1.
    pub live_ratio: f64,
    /// How long its objects live.
    pub lifetime: Lifetime,
    /// What the compiler says of the line; none where no notes cover its file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compiler: Option<SiteNotes>,
}

/// A measurement with its interval, in base units per operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Normalised unit: `sec/op`, `B/op`, `allocs/op`, `B/s`, custom ones.
    pub unit: String,
    /// Median.
    pub median: f64,
    /// Lower end of the interval; none where there are too few runs.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Number of runs.
    pub runs: u64,
    /// What is doubtful about the runs: `drift`, `noisy`, …
    pub noise: Vec<String>,
}

/// A benchmark with its own numbers and those of its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkFacts {
    /// Full name without `Benchmark`.
    pub name: String,
    /// Package.
    pub package: String,
    /// Its metrics in the order of the text.
    pub metrics: Vec<Metric>,
    /// Its lines, the most expensive first; they add up to the row. Empty without a profile of the run.
    pub lines: Vec<LineFacts>,
    /// Number of benchmarks that the profile cannot tell from this one, itself included.
    pub shared_by: u64,
    /// What grows faster up to this size than sorting would: the time, then the bytes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scaling: Vec<Scaling>,
    /// Standard deviation of the logarithms of the times: the noise between runs.
    pub log_sd: Option<f64>,
    /// The machine, as the text notes it: `goos`, `goarch`, `cpu`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub environment: BTreeMap<String, String>,
}

/// How often the operation of a benchmark runs in production, and what that takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductionRate {
    /// The benchmark as it was named.
    pub benchmark: String,
    /// Operations per second.
    pub per_second: f64,
    /// Where that was said: a flag, or file and line.
    pub from: String,
    /// What each of the benchmarks of that name needs.
    pub needs: Vec<CoresNeeded>,
}

/// Processors that the operations of a benchmark keep busy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoresNeeded {
    /// Package and full name without `Benchmark`, as in [`BenchmarkFacts`].
    pub package: String,
    /// The name.
    pub name: String,
    /// Rate × median seconds per operation.
    pub cores: f64,
    /// What the findings at the benchmark's lines would free of them; none without a profile of its run.
    pub freed: Option<Interval>,
}

/// What a line costs per operation; a column that was not measured is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineFacts {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// Seconds.
    pub seconds: Option<Estimate>,
    /// Bytes.
    pub bytes: Option<Estimate>,
    /// Objects.
    pub objects: Option<Estimate>,
}

/// A number with its 95 % interval, where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Estimate {
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// How to prove it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Benchmarks that exist for hot paths.
    pub existing: Vec<String>,
    /// Hot functions without one.
    pub missing: Vec<MissingBenchmark>,
    /// The commands, in order.
    pub commands: Vec<String>,
    /// `-count` for the effect that is expected, if the noise is known.
    pub count: Option<u64>,
    /// How it was found.
    pub count_reason: String,
}

/// A benchmark to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingBenchmark {
    /// `BenchmarkParse`.
    pub name: String,
    /// Package it belongs to.
    pub package: String,
    /// The hot function.
    pub function: String,
    /// Where the skeleton belongs, a file of that package.
    #[serde(default)]
    pub file: String,
    /// A file in Go that compiles as it stands, its values placeholders.
    pub skeleton: String,
    /// Why the skeleton is an outline that calls nothing yet; empty where it is whole.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub outline_because: String,
}

/// A number to be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What is measured: the benchmark.
    pub subject: String,
    /// Package of the benchmark; empty where the text does not tell it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub package: String,
    /// Normalised unit.
    pub unit: String,
    /// Now.
    pub now: f64,
    /// Goal.
    pub goal: f64,
    /// Between what the number is expected to be afterwards: one end where all that the findings touch goes away, the
    /// other where only the first of them is mended, and saves as little as the catalogue says. None where that cannot be
    /// told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<Interval>,
    /// What it is where all findings are mended and save the middle of what the catalogue says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub likely: Option<f64>,
    /// How the goal follows from the measurements.
    pub arithmetic: String,
    /// How it will be checked.
    pub check: String,
    /// Whether it is reached already.
    pub met: bool,
}

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `measure`, `do`, `verify`.
    pub stage: String,
    /// What to do.
    pub what: String,
    /// The command for it, may be empty.
    pub command: String,
}

/// How the review was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Version of perfplan.
    pub perfplan: String,
    /// What counts as the user's own code.
    pub my_code: String,
    /// Where that comes from.
    pub my_code_from: String,
    /// Smallest share of an entry point that gets a block.
    pub hot_path_share: f64,
    /// Smallest share of a line or site that is listed.
    pub line_share: f64,
    /// Level of all intervals.
    pub confidence: f64,
    /// Least score to pass.
    pub min_score: f64,
    /// How the score comes about.
    pub score_arithmetic: String,
    /// What findings of allocations are assumed to save of their bytes: a rule of thumb.
    pub allocation_saving: Interval,
    /// Part of the CPU time from which they can be more than medium.
    pub memory_cpu_share: f64,
    /// From where on symptoms are told.
    #[serde(default)]
    pub symptoms: SymptomLimits,
    /// Settings that differ from their defaults.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changed: Vec<Changed>,
}
