//! Hits with heat, as data.

use serde::{Deserialize, Serialize};

use crate::audit::{GoVersion, Hit, Measure, Rule, Scope, Severity, Skipped};
use crate::error::Warning;

/// From where on a hit is hot, and what of the hits a review lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditLimits {
    /// Shares of the CPU time from which a place is warm, hot, very hot.
    pub cpu: [f64; 3],
    /// The same of the allocated bytes.
    pub alloc: [f64; 3],
    /// Bytes allocated at a place that make it so whatever their share.
    pub alloc_bytes: [i64; 3],
    /// Shares of the bytes in use.
    pub inuse: [f64; 3],
    /// Shares of the delay by mutexes or of the time blocked.
    pub delay: [f64; 3],
    /// Goroutines at a place.
    pub goroutines: [i64; 3],
    /// Leaked goroutines there.
    pub leaked: [i64; 3],
    /// Least severity of a hit that the review tells.
    pub min_severity: Severity,
    /// Most hits with an issue of their own in the review.
    pub most: usize,
}

impl AuditLimits {
    /// Those in force where nothing else is said.
    pub const DEFAULT: Self = Self {
        cpu: [0.005, 0.03, 0.1],
        alloc: [0.01, 0.05, 0.2],
        alloc_bytes: [8_000_000, 64_000_000, 256_000_000],
        inuse: [0.03, 0.1, 0.25],
        delay: [0.02, 0.1, 0.25],
        goroutines: [20, 100, 1000],
        leaked: [1, 10, 100],
        min_severity: Severity::Medium,
        most: 20,
    };
}

impl Default for AuditLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What profiles say of the place of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeatState {
    /// High or critical.
    Hot,
    /// Medium.
    Warm,
    /// A profile that would show it was given, and it stays below.
    Cold,
    /// No such profile was given.
    Unprofiled,
}

/// A measure at the place of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeasureHeat {
    /// Part of the total, 0 to 1; none for counts.
    pub share: Option<f64>,
    /// Part below which a function of the rule's families runs; none where the rule names none.
    pub confirmed: Option<f64>,
    /// 95 % interval of the share; none where the number of samples is not known.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// In `unit`.
    pub value: i64,
    /// `nanoseconds`, `bytes`, `count`.
    pub unit: &'static str,
    /// How many samples stand behind it, where that is known.
    pub samples: Option<u64>,
}

/// The heat of a hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the measures")]
pub struct HitHeat {
    /// What the profiles say.
    pub state: HeatState,
    /// The highest level over the measures that the rule listens to.
    pub level: Severity,
    /// Where it was looked for.
    pub scope: Scope,
    pub cpu: Option<MeasureHeat>,
    pub alloc: Option<MeasureHeat>,
    pub inuse: Option<MeasureHeat>,
    pub mutex: Option<MeasureHeat>,
    pub block: Option<MeasureHeat>,
    pub goroutines: Option<MeasureHeat>,
    pub leaked: Option<MeasureHeat>,
}

impl HitHeat {
    /// The heat of a measure, where it was measured.
    pub fn of(&self, measure: Measure) -> Option<&MeasureHeat> {
        match measure {
            Measure::Cpu => self.cpu.as_ref(),
            Measure::Alloc => self.alloc.as_ref(),
            Measure::Inuse => self.inuse.as_ref(),
            Measure::Mutex => self.mutex.as_ref(),
            Measure::Block => self.block.as_ref(),
            Measure::Goroutines => self.goroutines.as_ref(),
            Measure::Leaked => self.leaked.as_ref(),
        }
    }

    pub(super) fn slot(&mut self, measure: Measure) -> &mut Option<MeasureHeat> {
        match measure {
            Measure::Cpu => &mut self.cpu,
            Measure::Alloc => &mut self.alloc,
            Measure::Inuse => &mut self.inuse,
            Measure::Mutex => &mut self.mutex,
            Measure::Block => &mut self.block,
            Measure::Goroutines => &mut self.goroutines,
            Measure::Leaked => &mut self.leaked,
        }
    }
}

/// A hit with what was measured there.
#[derive(Debug, Clone)]
pub struct JoinedHit {
    /// What the audit says.
    pub hit: Hit,
    /// Its rule.
    pub rule: &'static Rule,
    /// Severity with heat.
    pub severity: Severity,
    /// None without profiles, and for rules that no profile tells anything of.
    pub heat: Option<HitHeat>,
    /// Words of the rule and of the measurement.
    pub tags: Vec<&'static str>,
    /// What is at stake, 0 to 1, by which hits of one severity are ordered.
    pub weight: f64,
}

/// A profile that was joined.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "as in the inputs of a review")]
pub struct AuditProfile {
    pub path: String,
    pub kind: String,
    pub unit: String,
    pub total: i64,
    pub samples: u64,
    pub duration_ns: Option<i64>,
}

/// An audit with heat.
#[derive(Debug, Clone)]
pub struct JoinedAudit {
    /// In their order.
    pub hits: Vec<JoinedHit>,
    /// The profiles.
    pub profiles: Vec<AuditProfile>,
    /// Path of the module.
    pub module: Option<String>,
    /// Its language version.
    pub go: GoVersion,
    /// How many files could give hits.
    pub audited: usize,
    /// The others.
    pub skipped: Vec<Skipped>,
    /// By place.
    pub warnings: Vec<Warning>,
    /// Hits that a baseline hides.
    pub known: usize,
    /// Hits of the baseline that are there no more.
    pub gone: usize,
}

/// What the audit adds to a review beside its issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditFacts {
    /// How many files were audited.
    pub files: u64,
    /// How many were skipped.
    pub skipped: u64,
    /// Critical, high, medium and low hits.
    pub counts: [u64; 4],
    /// Hits by their heat: hot, warm, cold, unprofiled, and those of rules without heat.
    pub states: [u64; 5],
    /// Hits that a directive silences.
    pub suppressed: u64,
    /// Hits that a baseline hides.
    pub known: u64,
    /// Hits that name the cause of a finding of the profiles.
    pub merged: u64,
    /// Hits with an issue of their own.
    pub listed: u64,
    /// Hits that the review does not list: `perfplan audit` does.
    pub left_out: u64,
}
