//! Severity of a hit: by its class, and by what was measured.

use crate::audit::{Class, Hit, Measure, Rule, Severity};

use super::measure::add;
use super::model::{AuditLimits, HeatState, HitHeat, MeasureHeat};

/// Recoverable shares from which a cost is medium, high, critical: those of all findings.
const RECOVERABLE: [f64; 3] = [0.01, 0.05, 0.10];

/// How severe a hit is, with the words that the measurement adds.
pub(super) fn severity(
    hit: &Hit,
    rule: &Rule,
    heat: Option<&HitHeat>,
    limits: &AuditLimits,
    tags: &mut Vec<&'static str>,
) -> Severity {
    let measured = heat.filter(|h| h.state != HeatState::Unprofiled);
    match (rule.class, measured) {
        (Class::Cost, None) => unprofiled(hit, tags),
        (Class::Cost, Some(heat)) if heat.state == HeatState::Cold => Severity::Low,
        (Class::Cost, Some(heat)) => cost(rule, heat, limits, tags),
        (Class::Leak, Some(heat)) => leak(hit, heat, limits, tags),
        (Class::Leak, None) | (Class::Safety | Class::Correctness, _) => {
            if measured.is_some_and(|h| h.state == HeatState::Cold) {
                add(tags, "not-exercised");
            }
            hit.severity
        }
    }
}

/// Nothing tells how often it runs: less where it runs once.
fn unprofiled(hit: &Hit, tags: &mut Vec<&'static str>) -> Severity {
    let is_test = hit.file.ends_with("_test.go");
    if is_test {
        add(tags, "test");
    }
    if is_test || tags.contains(&"startup") {
        one_less(hit.severity)
    } else {
        hit.severity
    }
}

fn one_less(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}

fn cost(rule: &Rule, heat: &HitHeat, limits: &AuditLimits, tags: &mut Vec<&'static str>) -> Severity {
    let by_bytes = heat.alloc.as_ref().map_or(Severity::Low, |alloc| {
        // The level of the place is that of its bytes at least where the profile is large enough.
        level_of(alloc.value as f64, limits.alloc_bytes.map(|b| b as f64)).min(heat.level)
    });
    let (mut severity, is_confirmed) = if rule.saves.is_empty() {
        let confirms = rule.listens.iter().any(|l| is_confirmed(heat.of(l.measure)));
        (heat.level, confirms)
    } else {
        recoverable(rule, heat)
    };
    if !is_confirmed && severity > Severity::Low {
        severity = one_less(severity);
        add(tags, "unconfirmed");
    }
    let severity = severity.max(by_bytes);
    // What rests on few samples, and waiting, stops where its level stops.
    let rests_on_little = tags.contains(&"few-samples") || only_block(heat);
    if rests_on_little {
        severity.min(heat.level)
    } else {
        severity
    }
}

fn only_block(heat: &HitHeat) -> bool {
    heat.block.is_some() && heat.cpu.is_none() && heat.alloc.is_none() && heat.mutex.is_none()
}

/// The severity of the largest recoverable share, and whether a family confirms it.
fn recoverable(rule: &Rule, heat: &HitHeat) -> (Severity, bool) {
    let of_saving = |saving: &crate::audit::Saving| {
        let found = heat.of(saving.measure)?;
        let is_sure = is_confirmed(Some(found));
        let share = match found.confirmed {
            Some(confirmed) if confirmed > 0.0 => confirmed,
            _ => found.share.unwrap_or(0.0),
        };
        let level = level_of(share * f64::midpoint(saving.low, saving.high), RECOVERABLE);
        let level = match saving.measure {
            Measure::Block => level.min(Severity::High),
            _ => level,
        };
        Some((if is_sure { level } else { one_less(level) }, level, is_sure))
    };
    let best = rule
        .saves
        .iter()
        .filter_map(of_saving)
        .max_by_key(|(after, ..)| *after);
    best.map_or((Severity::Low, true), |(_, level, is_sure)| (level, is_sure))
}

fn is_confirmed(heat: Option<&MeasureHeat>) -> bool {
    heat.is_some_and(|h| h.confirmed.is_none_or(|c| c > 0.0))
}

fn leak(hit: &Hit, heat: &HitHeat, limits: &AuditLimits, tags: &mut Vec<&'static str>) -> Severity {
    if heat.leaked.is_some_and(|l| l.value > 0) {
        return Severity::Critical;
    }
    let goroutines = heat.goroutines.as_ref().map_or(Severity::Low, |g| {
        level_of(g.value as f64, limits.goroutines.map(|n| n as f64))
    });
    let inuse = heat.inuse.as_ref().map_or(Severity::Low, |i| {
        level_of(i.share.unwrap_or(0.0), limits.inuse).min(heat.level)
    });
    if heat.state == HeatState::Cold {
        add(tags, "not-exercised");
    }
    hit.severity.max(goroutines).max(inuse)
}

fn level_of(value: f64, [medium, high, critical]: [f64; 3]) -> Severity {
    match value {
        v if v >= critical => Severity::Critical,
        v if v >= high => Severity::High,
        v if v >= medium => Severity::Medium,
        _ => Severity::Low,
    }
}

/// What is at stake at a place, 0 to 1: hits of one severity are told in its order.
pub(super) fn weight(heat: &HitHeat) -> f64 {
    let share = |measure: &Option<MeasureHeat>| measure.as_ref().and_then(|m| m.share).unwrap_or(0.0);
    let cpu = heat
        .cpu
        .as_ref()
        .map_or(0.0, |c| c.confirmed.or(c.share).unwrap_or(0.0));
    let leaked = heat.leaked.is_some_and(|l| l.value > 0);
    [
        cpu,
        share(&heat.alloc),
        0.7 * share(&heat.mutex),
        0.3 * share(&heat.block),
        if leaked { 1.0 } else { 0.0 },
    ]
    .into_iter()
    .fold(0.0, f64::max)
}
