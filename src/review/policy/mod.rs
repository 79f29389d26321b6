//! The policy file `perfplan.yaml`, key by key.
//!
//! Every key may be left out. What a key holds when it is absent is said in its line, and is decided by whoever uses it,
//! so that a value that is here was written by someone. [`read`] reads a file and names line and key of what is wrong.
//!
//! ```
//! use perfplan::review::policy::read;
//! let policy = read("benchmarks: { alpha: 0.01 }\n", "perfplan.yaml").unwrap();
//! assert_eq!(policy.file.benchmarks.alpha, Some(0.01));
//! assert_eq!(policy.line("benchmarks.alpha"), Some(1));
//! ```

mod apply;
mod budgets;
mod check;
mod decode;
mod gates;
mod node;
mod read;
#[cfg(test)]
mod tests;
mod thresholds;
mod values;

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

pub use apply::{Changed, Production, Setting, SymptomSetting, default_settings, settings};
pub use budgets::{
    BenchmarkBudget, Budgets, FUNCTION_METRICS, FunctionBudget, FunctionLimit, Limit, TOTAL_METRICS,
    TotalLimit,
};
pub use gates::GateLists;
pub use read::{ReadPolicy, read};
pub use thresholds::{
    GcThresholds, GoroutineThresholds, SymptomLimitThresholds, SymptomThresholds, Thresholds,
};
pub use values::{Amount, Bytes, BytesPerSecond, Cost, Part, Parts, Rate, Seconds};

/// The file's version, the only one there is.
pub const VERSION: u32 = 1;

/// Operations whose assumed cost can be overridden: name, seconds from the least to the most, what it is. Orders of
/// magnitude, used for estimates only where nothing was measured.
pub const OPERATIONS: [(&str, Cost, &str); 11] = [
    operation("heap_alloc", 50e-9, 100e-9, "a heap allocation"),
    operation("arena_alloc", 5e-9, 10e-9, "an allocation from an arena or slab"),
    operation("pool", 20e-9, 50e-9, "Get and Put of a sync.Pool"),
    operation("stack_alloc", 0.0, 0.0, "an allocation on the stack"),
    operation("call", 1e-9, 5e-9, "a function call"),
    operation("map_lookup", 20e-9, 50e-9, "a map lookup"),
    operation("mutex", 15e-9, 30e-9, "Lock and Unlock of an uncontended mutex"),
    operation("channel", 50e-9, 100e-9, "a send or receive on a channel"),
    operation("cas", 5e-9, 10e-9, "an atomic compare-and-swap"),
    operation("goroutine", 300e-9, 600e-9, "a goroutine, started and awaited"),
    operation(
        "conversion",
        20e-9,
        100e-9,
        "a conversion between string and []byte of up to 100 bytes",
    ),
];

const fn operation(
    name: &'static str,
    low: f64,
    high: f64,
    what: &'static str,
) -> (&'static str, Cost, &'static str) {
    (name, Cost { low, high }, what)
}

/// A whole `perfplan.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFile {
    /// Version of this form: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Module path of the user's own code; that of go.mod otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// What the review calls the program; the module otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Where the Go source is.
    #[serde(skip_serializing_if = "is_default")]
    pub source: SourcePolicy,
    /// Profiles that are analyzed when none is named, by kind.
    #[serde(skip_serializing_if = "is_default")]
    pub profiles: ProfilePaths,
    /// Benchmark results, and how they are compared.
    #[serde(skip_serializing_if = "is_default")]
    pub benchmarks: BenchmarkPolicy,
    /// What must not be exceeded.
    #[serde(skip_serializing_if = "is_default")]
    pub budgets: Budgets,
    /// How often the operation of a benchmark runs in production, by the benchmark's name: `BenchmarkCheckout: 2000/s`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, Rate>,
    /// The checklist over the source, and which rules are told.
    #[serde(skip_serializing_if = "is_default")]
    pub audit: AuditPolicy,
    /// Overrides of what operations are assumed to cost: `heap_alloc: 60ns..90ns`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub costs: BTreeMap<String, Cost>,
    /// When a run fails.
    #[serde(skip_serializing_if = "is_default")]
    pub gate: GatePolicy,
    /// From where on something is told.
    #[serde(skip_serializing_if = "is_default")]
    pub thresholds: Thresholds,
}

/// Where the Go source is. Paths are relative to the policy file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourcePolicy {
    /// Folder with the program's go.mod; without it no source is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Prefixes that are cut from the paths in profiles: the folder in which the binary was built.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trim: Vec<String>,
    /// Globs of files that are not looked at, relative to `path`: `**/*_gen.go`, `vendor/**`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// Paths or globs of profiles by kind, relative to the policy file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the kinds of pprof")]
pub struct ProfilePaths {
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub cpu: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub heap: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub allocs: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub goroutine: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub goroutineleak: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub block: Paths,
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub mutex: Paths,
}

impl ProfilePaths {
    /// All of them with the names of their kinds, in the order above.
    pub fn all(&self) -> [(&'static str, &Paths); 7] {
        [
            ("cpu", &self.cpu),
            ("heap", &self.heap),
            ("allocs", &self.allocs),
            ("goroutine", &self.goroutine),
            ("goroutineleak", &self.goroutineleak),
            ("block", &self.block),
            ("mutex", &self.mutex),
        ]
    }
}

/// Benchmark results, and how they are compared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BenchmarkPolicy {
    /// Results of the baseline, relative to the policy file.
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub base: Paths,
    /// Results of what is under review; analyzed when no input is named.
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub new: Paths,
    /// Fewest runs a side from which a comparison is taken without a warning; no least otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub min_runs: Option<u64>,
    /// Significant if p is at most this, above 0 and below 1; 0.05 otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub alpha: Option<f64>,
    /// Changes up to this do not matter; 1% otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Part>,
}

/// The checklist over the source, and which rules are told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditPolicy {
    /// Least severity of a hit that is told; all otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_severity: Option<Severity>,
    /// Rules that are not told, in reviews neither: `sync-map`, `alloc-churn`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disable: Vec<String>,
    /// Share of the measured weight from which a line is hot; 1% otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hot: Option<Part>,
    /// File of the hits that are known and not told again, relative to the policy file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// Globs of files that are not audited, beside those of `source.exclude`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// How severe, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// When a run fails, where no flag says it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GatePolicy {
    /// A set of conditions that is added to `fail_on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Conditions as `--fail-on` takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fail_on: Vec<String>,
    /// Conditions as `--warn-on` takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warn_on: Vec<String>,
}

/// A set of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// For hosted runners: allocations may not grow, bytes hardly, time not by more than their noise.
    Ci,
}

/// Paths or globs: one, or a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths(pub Vec<String>);

impl Paths {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Paths {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Paths;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path or a list of paths")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Paths, E> {
        Ok(Paths::default())
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<Paths, E> {
        Ok(Paths(vec![path.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Paths, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = list.next_element()? {
            paths.push(path);
        }
        Ok(Paths(paths))
    }
}

impl JsonSchema for Paths {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Paths".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "a path or glob, or a list of them",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        })
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
