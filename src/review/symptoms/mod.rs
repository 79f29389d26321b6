//! Symptoms: what the functions below the user's lines tell, and what mending it would gain.
//!
//! ```text
//!  CPU profile ─▶ samples with families ─▶ claims: each sample for one symptom at one line ─▶ findings
//!  mutex, block ─▶ sites with delay per second ─▶ findings of locks, and the table of waiting
//! ```

mod catalogue;
mod claims;
mod contention;
mod cpu;
mod heap;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Context, HeapFacts, Interval, Issue, MemorySite};
use crate::profile::Kind;
pub use catalogue::{Choice, ChoiceKind, Effort, Levels, Symptom, catalogue, held, symptom};
pub use contention::ContentionSite;
pub(super) use contention::{lock_sites, scale as delay_scale, wall_seconds};

/// From where on symptoms are told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SymptomLimits {
    /// Most lines with a finding of their own for one symptom.
    pub lines: usize,
    /// Least number of samples behind a finding.
    pub least_samples: f64,
    /// With fewer samples behind it a finding is medium at most.
    pub sure_samples: f64,
    /// With fewer samples in the whole profile all its findings are medium at most.
    pub sure_profile: f64,
    /// Delay by mutexes in seconds for each second of wall time below which no lock is named.
    pub least_delay: f64,
    /// The same from which findings of locks may be medium, high, critical.
    pub delay_levels: [f64; 3],
    /// Smallest share of the delay of a site that is listed.
    pub delay_share: f64,
    /// Bytes in use below which nothing is said of what is held.
    pub least_live_bytes: i64,
}

impl Default for SymptomLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl SymptomLimits {
    /// Those in force where nothing else is said.
    pub const DEFAULT: Self = Self {
        lines: 5,
        least_samples: 3.0,
        sure_samples: 5.0,
        sure_profile: 100.0,
        least_delay: 0.01,
        delay_levels: [0.05, 0.2, 1.0],
        delay_share: 0.02,
        least_live_bytes: 8 << 20,
    };
}

/// What to do about a symptom, and how to see that it helped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// An order without full stop.
    pub what: String,
    /// How much work that is.
    pub effort: Effort,
    /// What is reached then.
    pub target: String,
    /// When not to do it.
    pub unless: String,
    /// What it may cost elsewhere, or break.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub trade_off: String,
    /// The command that tells whether it helped.
    pub verify: String,
    /// The calls from the user's line down to what runs, of the heaviest sample.
    pub calls: Vec<String>,
    /// What is saved of the weight counted here.
    pub saving: Interval,
    /// Where saving and advice come from.
    pub source: String,
    /// The choice behind it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub choice: Option<DesignChoice>,
}

/// A choice of algorithm or of synchronization; see [`Choice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the same as in Choice")]
pub struct DesignChoice {
    pub kind: ChoiceKind,
    pub now: String,
    pub instead: String,
    pub complexity: String,
    pub alternatives: String,
}

/// What the profiles of CPU time and of waiting tell.
pub(super) struct Judged {
    /// The findings, largest expected gain first; `None` for severity stands for what follows from the gain.
    pub findings: Vec<Found>,
    /// Part of the CPU time that allocates and that no finding here counts; `None` without a CPU profile.
    pub unclaimed_allocation: Option<f64>,
    /// Part of the CPU time that acting on the findings saves at most; `None` without a CPU profile.
    pub at_most: Option<f64>,
    /// What the findings claim of the CPU time below each benchmark function.
    pub benchmarks: Vec<BenchmarkClaims>,
    /// Where goroutines wait.
    pub contention: Vec<ContentionSite>,
    /// What was left out.
    pub caveats: Vec<String>,
}

/// What the symptoms that have a finding claim of the CPU time below a benchmark function.
pub(super) struct BenchmarkClaims {
    /// The function, such as `example.com/feed.BenchmarkFeed`.
    pub function: String,
    /// The lines, also those with too little for a finding of their own, and the part of the benchmark's samples that each
    /// claims, 0 to 1.
    pub findings: Vec<(ClaimedLine, f64)>,
    /// Part of its samples that these symptoms leave at best: what their advice does not take away.
    pub left: f64,
}

/// A line at which a symptom claims samples.
pub(super) struct ClaimedLine {
    pub rule: &'static str,
    pub function: String,
    pub line: i64,
}

/// A finding and how severe it may be at most.
pub(super) struct Found {
    pub issue: Issue,
    pub most: Most,
}

/// How severe a finding may be at most: what rests on few samples or concerns little is not critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Most {
    Low,
    Medium,
    High,
    Critical,
}

/// All symptoms. `memory` are the allocation sites, of which those that `is_told` have a finding already.
pub(super) fn judge(
    context: &Context<'_>,
    memory: &[MemorySite],
    heap: Option<&HeapFacts>,
    is_told: impl Fn(&MemorySite) -> bool,
) -> Judged {
    let told: Vec<&MemorySite> = memory.iter().filter(|s| is_told(s)).collect();
    let mut judged = Judged {
        findings: Vec::new(),
        unclaimed_allocation: None,
        at_most: None,
        benchmarks: Vec::new(),
        contention: Vec::new(),
        caveats: Vec::new(),
    };
    for input in context.evidence.profiles {
        match input.profile.kind() {
            Kind::Cpu => cpu::judge(context, input, memory, &told, &mut judged),
            Kind::Heap => judged.findings.extend(heap::findings(context, input, heap)),
            Kind::Mutex | Kind::Block => {
                let (findings, sites) = contention::findings(context, input);
                judged.findings.extend(findings);
                judged.contention.extend(sites);
            }
            _ => {}
        }
    }
    judged
}

/// The advice of a symptom.
fn advice(symptom: &Symptom, calls: Vec<String>, verify: String) -> Advice {
    let choice = |c: Choice| DesignChoice {
        kind: c.kind,
        now: c.now.to_string(),
        instead: c.instead.to_string(),
        complexity: c.complexity.to_string(),
        alternatives: c.alternatives.to_string(),
    };
    Advice {
        what: symptom.advice.to_string(),
        effort: symptom.effort,
        target: symptom.target.to_string(),
        unless: symptom.unless.to_string(),
        trade_off: super::risks::trade_off(symptom.id),
        verify,
        calls,
        saving: symptom.saving,
        source: symptom.source.to_string(),
        choice: symptom.choice.map(choice),
    }
}
