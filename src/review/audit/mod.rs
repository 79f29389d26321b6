//! The hits of the audit with the heat that was measured there, their severity, and their place in the review.
//!
//! ```text
//!  profile ─places─▶ lines of own source with samples ─measure─▶ heat of a hit ─severity─▶ order
//! ```
//! A line of which nothing tells is unprofiled, never cold.

mod issues;
mod measure;
mod model;
mod places;
mod severity;

use crate::audit::{Audit, Hit, Rule, Severity, rules};
use crate::profile::Kind;

use super::ProfileInput;
use measure::Measured;
pub use model::{
    AuditFacts, AuditLimits, AuditProfile, HeatState, HitHeat, JoinedAudit, JoinedHit, MeasureHeat,
};

pub(crate) use issues::impact;
pub(super) use issues::issues;

/// Joins the hits of an audit with profiles, at most one per kind, and orders them: by severity, by what is at stake, by
/// place. Suppressed hits come last.
pub fn join(audit: &Audit, profiles: &[ProfileInput], limits: &AuditLimits) -> JoinedAudit {
    ordered(audit, profiles, &Measured::new(audit, profiles, limits))
}

fn ordered(audit: &Audit, profiles: &[ProfileInput], measured: &Measured<'_>) -> JoinedAudit {
    let of_hit = |hit: &Hit| {
        let rule = rules::find(hit.rule)?;
        Some(joined(hit, rule, measured)).filter(is_told)
    };
    let mut hits: Vec<JoinedHit> = audit.hits.iter().filter_map(of_hit).collect();
    hits.sort_by(|a, b| {
        let key = |h: &JoinedHit| (h.hit.suppression.is_some(), std::cmp::Reverse(h.severity));
        let place = |h: &JoinedHit| (h.hit.file.clone(), h.hit.line, h.hit.rule, h.hit.column);
        key(a)
            .cmp(&key(b))
            .then_with(|| b.weight.total_cmp(&a.weight))
            .then_with(|| place(a).cmp(&place(b)))
    });
    JoinedAudit {
        hits,
        profiles: profiles.iter().map(profile_facts).collect(),
        module: audit.module.clone(),
        go: audit.go,
        audited: audit.audited,
        skipped: audit.skipped.clone(),
        warnings: audit.warnings.clone(),
        known: 0,
        gone: 0,
    }
}

/// A rule without a severity of its own tells nothing where nothing is measured, but for what its hit marks as sure.
fn is_told(joined: &JoinedHit) -> bool {
    let is_measured = |h: &HitHeat| matches!(h.state, HeatState::Hot | HeatState::Warm);
    joined.rule.base.is_some()
        || joined.heat.as_ref().is_some_and(is_measured)
        || joined.tags.contains(&"handler")
}

fn joined(hit: &Hit, rule: &'static Rule, measured: &Measured<'_>) -> JoinedHit {
    let mut tags = hit.tags.clone();
    let heat = measured.heat(hit, rule, &mut tags);
    let severity = severity::severity(hit, rule, heat.as_ref(), measured.limits(), &mut tags);
    JoinedHit {
        weight: heat.as_ref().map_or(0.0, severity::weight),
        hit: hit.clone(),
        rule,
        severity,
        heat,
        tags,
    }
}

fn profile_facts(input: &ProfileInput) -> AuditProfile {
    let profile = &input.profile;
    let facts = super::resource::profile_facts(input);
    AuditProfile {
        path: input.name.clone(),
        kind: match profile.kind() {
            Kind::Allocs => "heap".to_string(),
            kind => kind.name().to_string(),
        },
        unit: facts.unit,
        total: facts.total,
        samples: facts.samples,
        duration_ns: (profile.duration_nanos > 0).then_some(profile.duration_nanos),
    }
}

impl JoinedAudit {
    /// The hits that nothing silences.
    pub fn open(&self) -> impl Iterator<Item = &JoinedHit> {
        self.hits.iter().filter(|h| h.hit.suppression.is_none())
    }

    /// How many open hits there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.open().filter(|h| h.severity == severity).count()
    }

    /// How many hits a directive silences.
    pub fn suppressed(&self) -> usize {
        self.hits.len() - self.open().count()
    }

    /// Takes out the hits whose fingerprints are known, and counts them and those that are gone.
    pub fn hide_known(&mut self, known: &[String]) {
        let known: std::collections::BTreeSet<&str> = known.iter().map(String::as_str).collect();
        let before = self.hits.len();
        let found: std::collections::BTreeSet<String> =
            self.hits.iter().map(|h| h.hit.fingerprint.clone()).collect();
        self.hits.retain(|h| !known.contains(h.hit.fingerprint.as_str()));
        self.known += before - self.hits.len();
        self.gone += known.iter().filter(|k| !found.contains(**k)).count();
    }
}
