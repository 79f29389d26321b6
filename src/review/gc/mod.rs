//! The runtime's own work: collecting garbage, starting up, sharing out processors.

mod advice;
mod findings;
mod memstats;
mod model;
mod sampled;
#[cfg(test)]
mod tests;
mod traces;

use super::{Context, Resource, Share};

pub(super) use findings::{estimate, issues, recommendation};
pub(super) use memstats::caveats;
pub use model::*;

/// What the inputs tell; `None` where they tell nothing.
pub(super) fn facts(context: &Context<'_>) -> Option<RuntimeFacts> {
    let limits = context.policy.gc;
    let traces = traces::collections(context);
    let memstats = memstats::all(context);
    let mut gc_shares: Vec<GcShare> = sampled::share(context).into_iter().collect();
    gc_shares.extend(
        traces
            .iter()
            .map(|(trace, share)| told(&limits, GcSource::GcTrace, &trace.file, *share)),
    );
    let fractions = memstats
        .iter()
        .filter_map(|(stats, fraction)| Some(told(&limits, GcSource::MemStats, &stats.file, (*fraction)?)));
    gc_shares.extend(fractions);
    let mut facts = RuntimeFacts {
        gc_shares,
        traces: traces.into_iter().map(|(trace, _)| trace).collect(),
        memstats: memstats.into_iter().map(|(stats, _)| stats).collect(),
        advice: Vec::new(),
        scheduler: traces::scheduler(context),
        inits: traces::inits(context),
        limits,
    };
    facts.advice = advice::advice(&facts);
    let known = !facts.gc_shares.is_empty()
        || !facts.memstats.is_empty()
        || !facts.scheduler.is_empty()
        || !facts.inits.is_empty();
    known.then_some(facts)
}

/// A share that the runtime itself worked out.
fn told(limits: &GcLimits, source: GcSource, file: &str, share: f64) -> GcShare {
    let [high, critical] = limits.share;
    GcShare {
        file: file.to_string(),
        source,
        share: Share {
            resource: Resource::Cpu,
            share,
            low: None,
            high: None,
        },
        level: level(share, &[(critical, Level::Critical), (high, Level::High)]),
    }
}

/// The first level whose threshold is reached.
fn level(value: f64, thresholds: &[(f64, Level)]) -> Level {
    let reached = thresholds.iter().find(|(least, _)| value >= *least);
    reached.map_or(Level::Fine, |(_, level)| *level)
}

/// Warn, high, critical.
fn level3(value: f64, [warn, high, critical]: [f64; 3]) -> Level {
    level(
        value,
        &[
            (critical, Level::Critical),
            (high, Level::High),
            (warn, Level::Warn),
        ],
    )
}

impl RuntimeFacts {
    /// The share to go by: measured ones first, then what the runtime says.
    pub(super) fn gc_share(&self) -> Option<&GcShare> {
        self.gc_shares.first()
    }

    /// The trace of a process that collects often although little is alive.
    pub(super) fn tiny_heap(&self) -> Option<&GcTrace> {
        self.traces.iter().find(|t| t.per_second_level >= Level::High)
    }
}
