//! From where on something is told: every number of [`Policy`](crate::review::Policy) as an override.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bytes, BytesPerSecond, Part, Parts, Seconds, is_default};

/// From where on something is told. `perfplan config show` prints all of them with their defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Least score to pass, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub min_score: Option<f64>,
    /// Smallest share of an entry point that gets a block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hot_path_share: Option<Part>,
    /// Smallest share of a line or site that is listed, and that is worth advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_share: Option<Part>,
    /// Most lines or sites in a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_lines: Option<usize>,
    /// What is saved of the bytes of a site that allocates garbage, as a part of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_saving: Option<Parts>,
    /// Part of the CPU time that allocating and collecting must take for their findings to be more than medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_cpu_share: Option<Part>,
    /// Least part of the CPU time of a function or line of which the compiler's notes are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compiled_share: Option<Part>,
    /// Of the collector.
    #[serde(skip_serializing_if = "is_default")]
    pub gc: GcThresholds,
    /// Of goroutines.
    #[serde(skip_serializing_if = "is_default")]
    pub goroutines: GoroutineThresholds,
    /// Of all symptoms.
    #[serde(skip_serializing_if = "is_default")]
    pub symptom_limits: SymptomLimitThresholds,
    /// Of single symptoms, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub symptoms: BTreeMap<String, SymptomThresholds>,
}

/// Overrides of [`GcLimits`](crate::review::GcLimits).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GcThresholds {
    /// Part of the CPU time that collecting takes, from gctrace or MemStats: high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<[Part; 2]>,
    /// The same of the samples of a CPU profile: warn, high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampled_share: Option<[Part; 3]>,
    /// Part of all CPU time that goroutines pay for marking: warn, high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assist: Option<[Part; 3]>,
    /// Collections per second that are high while the live heap is small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
    /// Fewest unforced collections from which that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fewest_cycles: Option<u64>,
    /// Size under which a live heap is small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_heap: Option<Bytes>,
    /// Bytes allocated per second: high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_rate: Option<[BytesPerSecond; 2]>,
    /// A pause: warn, high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<[Seconds; 2]>,
    /// Standard errors by which the slope of the live heap must differ from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_errors: Option<f64>,
    /// Part of the live heap that must have been added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_share: Option<Part>,
    /// A package's initialisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_time: Option<Seconds>,
    /// Bytes of a package's initialisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_bytes: Option<Bytes>,
    /// Difference between what the runtime counted and what the samples stand for, as a part of the former.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memstats_difference: Option<Part>,
}

/// Overrides of [`GoroutineLimits`](crate::review::GoroutineLimits).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GoroutineThresholds {
    /// Growth from a to b is named from (b − a) ÷ √(a + b) of this on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_deviations: Option<f64>,
    /// Two or more that wait this many minutes to send or for a lock are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck_minutes: Option<u64>,
    /// So many that send at one line of one moment are named, however long they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_senders: Option<u64>,
    /// So many that wait for a lock at one line are named from one minute on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_lockers: Option<u64>,
}

/// Overrides of [`SymptomLimits`](crate::review::SymptomLimits).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SymptomLimitThresholds {
    /// Most lines with a finding of their own for one symptom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<usize>,
    /// Least number of samples behind a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_samples: Option<f64>,
    /// With fewer samples behind it a finding is medium at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sure_samples: Option<f64>,
    /// With fewer samples in the whole profile all its findings are medium at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sure_profile: Option<f64>,
    /// Seconds of delay by mutexes for each second of wall time below which no lock is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_delay: Option<Part>,
    /// The same from which findings of locks may be medium, high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_levels: Option<[Part; 3]>,
    /// Smallest share of the delay of a site that is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_share: Option<Part>,
    /// Bytes in use below which nothing is said of what is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_live_bytes: Option<Bytes>,
}

/// Overrides of one entry of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SymptomThresholds {
    /// Share of the CPU time from which it is told, and may be medium, high, critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<[Part; 3]>,
    /// Part of the claimed weight that the advice can take away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saving: Option<Parts>,
}
