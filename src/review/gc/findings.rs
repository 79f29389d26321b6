//! Findings of the collector that no profile among the inputs can make.

use super::{GcShare, GcSource, GcTrace, HeapGrowth, Level, RuntimeFacts};
use crate::review::{Confidence, Interval, Issue, Issues, Resource, Share};
use crate::unit::{human, share};

/// What is saved of the collector's time: a rule of thumb.
const SAVING: Interval = Interval { low: 0.3, high: 0.5 };

/// Adds what gctrace and MemStats show. Where there is a CPU profile its samples tell what collecting costs, and so it
/// is no finding of its own here.
pub(in crate::review) fn issues(facts: Option<&RuntimeFacts>, issues: &mut Issues) {
    let Some(facts) = facts else { return };
    let sampled = facts.gc_shares.iter().any(|s| s.source == GcSource::CpuProfile);
    if let Some(found) = facts.gc_share().filter(|_| !sampled) {
        let tiny = facts.tiny_heap();
        let level = found.level.max(tiny.map_or(Level::Fine, |t| t.per_second_level));
        match level {
            Level::Critical => issues.critical.push(pressure(found, tiny)),
            Level::High => issues.high.push(pressure(found, tiny)),
            Level::Warn | Level::Fine => {}
        }
    }
    for trace in &facts.traces {
        if let Some(growth) = trace.growth.filter(|g| g.suspected) {
            issues.high.push(growing(trace, &growth));
        }
    }
}

/// What to do about one of these findings.
pub(in crate::review) fn recommendation(issue: &Issue) -> Option<String> {
    match issue.rule.as_str() {
        "gc-pressure" => Some(format!(
            "Allocate less, or give the heap more room by GOGC or GOMEMLIMIT ({}): could save {} to {} of the CPU time.",
            issue.issue,
            share(issue.expected_gain.low),
            share(issue.expected_gain.high)
        )),
        "live-heap-growth" => Some(format!(
            "Find out what keeps the heap growing ({}): compare two heap profiles taken minutes apart.",
            issue.issue
        )),
        _ => None,
    }
}

/// What the finding on the collector would save, if it is made.
pub(in crate::review) fn estimate(issues: &Issues) -> Option<String> {
    let gain = issues.all().find(|i| i.rule == "gc-pressure")?.expected_gain;
    Some(format!(
        "{:.1}–{:.1} % less CPU time spent collecting",
        gain.low * 100.0,
        gain.high * 100.0
    ))
}

fn pressure(found: &GcShare, tiny: Option<&GcTrace>) -> Issue {
    let part = found.share.share;
    let often = tiny.map(|trace| {
        let rate = human(trace.per_second.unwrap_or(0.0), "");
        format!(
            "{rate} collections per second with {} alive",
            human(trace.live_bytes_median, "B")
        )
    });
    let impact = match &often {
        Some(often) => format!("{} of the CPU time since the start; {often}", share(part)),
        None => format!("{} of the CPU time since the start", share(part)),
    };
    let told_by = match found.source {
        GcSource::GcTrace => "gctrace, whole percents since the start of the process",
        _ => "GCCPUFraction, since the start of the process",
    };
    Issue {
        issue: match often {
            Some(often) => format!("the collector runs all the time: {often}"),
            None => format!("collecting takes {} of the CPU time", share(part)),
        },
        impact,
        rule: "gc-pressure".to_string(),
        confidence: Confidence::Medium,
        heat: found.share.clone(),
        evidence: format!("{}: {told_by}; the saving is a rule of thumb", found.file),
        expected_gain: Interval {
            low: part * SAVING.low,
            high: part * SAVING.high,
        },
        refuted_by: "a CPU profile under the real load shows less time below runtime.gcBgMarkWorker and \
                     runtime.gcAssistAlloc"
            .to_string(),
        ..nowhere()
    }
}

fn growing(trace: &GcTrace, growth: &HeapGrowth) -> Issue {
    let part = growth.added_share.clamp(0.0, 1.0);
    Issue {
        issue: format!(
            "the live heap grows by {} per second",
            human(growth.bytes_per_second, "B")
        ),
        impact: format!(
            "{} of the live heap of {} were added over {}",
            share(part),
            human(trace.live_bytes_last, "B"),
            human(trace.seconds, "sec")
        ),
        rule: "live-heap-growth".to_string(),
        confidence: Confidence::Low,
        heat: Share {
            resource: Resource::LiveBytes,
            share: part,
            low: None,
            high: None,
        },
        evidence: format!(
            "{}: a straight line through the live heap of the unforced collections, {} ± {} per second, also in their later half",
            trace.file,
            human(growth.bytes_per_second, "B"),
            human(growth.standard_error, "B")
        ),
        expected_gain: Interval { low: 0.0, high: part },
        refuted_by: "the live heap stays level in a longer trace under steady load: a cache that fills up ends, a leak does not"
            .to_string(),
        ..nowhere()
    }
}

/// A finding of the whole process.
fn nowhere() -> Issue {
    Issue {
        issue: String::new(),
        file: String::new(),
        line: 0,
        impact: String::new(),
        current_code: String::new(),
        optimized_code: String::new(),
        rule: String::new(),
        function: String::new(),
        confidence: Confidence::Low,
        heat: Share {
            resource: Resource::Cpu,
            share: 0.0,
            low: None,
            high: None,
        },
        evidence: String::new(),
        expected_gain: Interval { low: 0.0, high: 0.0 },
        refuted_by: String::new(),
        advice: None,
    }
}
