//! Hits as findings of the review, without counting a sample twice.
//!
//! A hit at a line for whose samples a finding of the profiles stands already names its cause and is merged into it. What
//! is left claims the samples in its scope that nothing else claims, the smallest scope first.

use crate::analyze::FamilySet;
use crate::audit::{Class, Hit, Lines, Measure, Scope, Severity};
use crate::review::symptoms::{Advice, Effort, symptom};
use crate::review::{Confidence, Context, Interval, Issue, Issues, Resource, Share};
use crate::unit::{human, human_count, share};

use super::measure::{Measured, measure_of};
use super::model::{AuditFacts, HeatState, JoinedHit};
use super::{JoinedAudit, ordered};

/// What the audit adds: facts, and the points of hits that the review does not list.
pub(in crate::review) struct InReview {
    pub facts: Option<AuditFacts>,
    pub points: f64,
    /// Better code for findings by file, line and rule, where nothing else gives any.
    better: Vec<(String, i64, String, String)>,
}

impl InReview {
    /// Gives the examples of the rules to the findings that they explain and that have no illustration of their own.
    pub fn illustrate(&self, issues: &mut Issues) {
        for issue in each(issues).filter(|i| i.optimized_code.is_empty()) {
            let is_meant = |b: &&(String, i64, String, String)| {
                b.0 == issue.file && b.1 == issue.line && b.2 == issue.rule
            };
            if let Some((.., code)) = self.better.iter().find(is_meant) {
                issue.optimized_code.clone_from(code);
            }
        }
    }
}

fn each(issues: &mut Issues) -> impl Iterator<Item = &mut Issue> {
    let lists = [
        &mut issues.critical,
        &mut issues.high,
        &mut issues.medium,
        &mut issues.low,
    ];
    lists.into_iter().flatten()
}

/// Adds the hits to the findings.
pub(in crate::review) fn issues(context: &Context<'_>, issues: &mut Issues) -> InReview {
    let Some(input) = context.evidence.audit else {
        return InReview {
            facts: None,
            points: 0.0,
            better: Vec::new(),
        };
    };
    let limits = &context.policy.audit;
    let measured = Measured::new(&input.audit, context.evidence.profiles, limits);
    let joined = ordered(&input.audit, context.evidence.profiles, &measured);
    let mut claims = Claims::of(&measured, &input.audit, issues);
    let mut facts = facts(&joined, input.known);
    let mut points = 0.0;
    let mut better = Vec::new();
    let is_enabled = |h: &&JoinedHit| !context.policy.disabled.iter().any(|d| d == h.hit.rule);
    let mut own: Vec<(&JoinedHit, Issue)> = Vec::new();
    for hit in joined.open().filter(is_enabled) {
        if merge(hit, issues, &mut better) {
            facts.merged += 1;
        } else if hit.severity >= limits.min_severity && own.len() < limits.most {
            own.push((hit, issue(hit)));
        } else {
            facts.left_out += 1;
            points += points_of(hit);
        }
    }
    facts.listed = own.len() as u64;
    let mut by_scope: Vec<usize> = (0..own.len()).collect();
    by_scope.sort_by_key(|at| scope_rank(own[*at].0.rule.scope));
    for at in by_scope {
        let (hit, issue) = &mut own[at];
        issue.expected_gain = claims.gain(hit, issue.heat.resource);
        if let Some(advice) = &mut issue.advice {
            advice.saving = saving(hit, issue.heat.resource);
        }
    }
    for (hit, issue) in own {
        let list = match hit.severity {
            Severity::Critical => &mut issues.critical,
            Severity::High => &mut issues.high,
            Severity::Medium => &mut issues.medium,
            Severity::Low => &mut issues.low,
        };
        list.push(issue);
    }
    InReview {
        facts: Some(facts),
        points,
        better,
    }
}

/// What a hit without a measured share takes from the score.
fn points_of(hit: &JoinedHit) -> f64 {
    let is_measured = hit.rule.class == Class::Cost
        && hit
            .heat
            .as_ref()
            .is_some_and(|h| h.state != HeatState::Unprofiled);
    match hit.severity {
        _ if is_measured => 0.0,
        Severity::Critical => 7.0,
        Severity::High => 3.0,
        Severity::Medium => 2.0,
        Severity::Low => 0.0,
    }
}

fn scope_rank(scope: Scope) -> u8 {
    match scope {
        Scope::Line => 0,
        Scope::Stmt => 1,
        Scope::Loop => 2,
        Scope::Func => 3,
        Scope::GoEntry => 4,
        Scope::Type => 5,
        Scope::Program => 6,
    }
}

fn facts(joined: &JoinedAudit, known: usize) -> AuditFacts {
    let count = |severity| joined.count(severity) as u64;
    let mut states = [0_u64; 5];
    for hit in joined.open() {
        let place = match hit.heat.as_ref().map(|h| h.state) {
            Some(HeatState::Hot) => 0,
            Some(HeatState::Warm) => 1,
            Some(HeatState::Cold) => 2,
            Some(HeatState::Unprofiled) => 3,
            None if hit.rule.listens.is_empty() => 4,
            None => 3,
        };
        states[place] += 1;
    }
    AuditFacts {
        files: joined.audited as u64,
        skipped: joined.skipped.len() as u64,
        counts: [
            Severity::Critical,
            Severity::High,
            Severity::Medium,
            Severity::Low,
        ]
        .map(count),
        states,
        suppressed: joined.suppressed() as u64,
        known: known as u64,
        merged: 0,
        listed: 0,
        left_out: 0,
    }
}

/// Names the hit in the findings of the profiles that it explains; whether there are any.
fn merge(hit: &JoinedHit, issues: &mut Issues, examples: &mut Vec<(String, i64, String, String)>) -> bool {
    let shown: Vec<(String, i64)> = issues
        .all()
        .filter(|i| symptom(&i.rule).is_some() && explains(hit, i, &[]))
        .map(|i| (i.file.clone(), i.line))
        .collect();
    let mut is_merged = false;
    for issue in each(issues).filter(|i| explains(hit, i, &shown)) {
        is_merged = true;
        issue.evidence.push_str(&format!(
            "; confirmed by the source: rule `{}` at {}:{}, {}",
            hit.hit.rule, hit.hit.file, hit.hit.line, hit.hit.message
        ));
        issue.confidence = match (issue.confidence, hit.hit.confidence) {
            (Confidence::Low, crate::audit::Confidence::High) => Confidence::Medium,
            (Confidence::Medium, crate::audit::Confidence::High) => Confidence::High,
            (own, _) => own,
        };
        let code = better(&hit.hit, hit.rule.after);
        examples.push((issue.file.clone(), issue.line, issue.rule.clone(), code));
    }
    is_merged
}

/// Whether a finding of the profiles lies in the scope of a hit and tells the same. Allocations do where the hit is about
/// just that line, or the CPU profile shows there what the rule says: those lines are `shown`.
fn explains(hit: &JoinedHit, issue: &Issue, shown: &[(String, i64)]) -> bool {
    let Some(measure) = measure_of(issue.heat.resource) else {
        return false;
    };
    let Some(listens) = hit.rule.listens.iter().find(|l| l.measure == measure) else {
        return false;
    };
    let is_hot = hit
        .heat
        .as_ref()
        .and_then(|h| h.of(measure))
        .is_some_and(|m| m.value > 0);
    if !is_hot || !hit.hit.lines.iter().any(|l| holds(l, &issue.file, issue.line)) {
        return false;
    }
    match measure {
        Measure::Cpu | Measure::Block => {
            let own = FamilySet::of(listens.families);
            symptom(&issue.rule).is_some_and(|s| FamilySet::of(s.families).meets(own))
        }
        Measure::Alloc | Measure::Inuse => {
            let is_narrow = matches!(hit.rule.scope, Scope::Line | Scope::Stmt) && hit.hit.span.is_none();
            is_narrow || shown.iter().any(|(f, l)| *f == issue.file && *l == issue.line)
        }
        Measure::Mutex => true,
        Measure::Goroutines | Measure::Leaked => issue.rule.starts_with("goroutine-"),
    }
}

/// Whether a line of a profile's file is one of these: the paths end alike.
fn holds(lines: &Lines, file: &str, line: i64) -> bool {
    let is_line = i64::from(lines.first) <= line && line <= i64::from(lines.last);
    let below = file.strip_suffix(lines.file.as_str());
    is_line && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// Samples that a finding stands for, by measure.
struct Claims<'m, 'a> {
    measured: &'m Measured<'a>,
    taken: [Vec<bool>; 7],
}

impl<'m, 'a> Claims<'m, 'a> {
    /// Those of the findings that are there.
    fn of(measured: &'m Measured<'a>, audit: &crate::audit::Audit, issues: &Issues) -> Self {
        let mut claims = Self {
            measured,
            taken: Default::default(),
        };
        let mut files: Vec<&str> = audit.functions.iter().map(|f| f.lines.file.as_str()).collect();
        files.dedup();
        for issue in issues.all() {
            let Some(measure) = measure_of(issue.heat.resource) else {
                continue;
            };
            let ends = |f: &&&str| {
                let below = issue.file.strip_suffix(**f);
                below.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            let file = files.iter().filter(ends).max_by_key(|f| f.len());
            let (Some(file), Ok(line)) = (file, u32::try_from(issue.line)) else {
                continue;
            };
            let lines = Lines {
                file: (*file).to_string(),
                first: line,
                last: line,
            };
            let taken = &mut claims.taken[measure as usize];
            measured.claim(measure, &[lines], (Scope::Line, true), taken);
        }
        claims
    }

    /// What mending a hit saves of a resource: of the samples that nothing else claims.
    fn gain(&mut self, hit: &JoinedHit, resource: Resource) -> Interval {
        let none = Interval { low: 0.0, high: 0.0 };
        let is_cost = hit.rule.class == Class::Cost && hit.heat.is_some();
        let Some(measure) = measure_of(resource).filter(|_| is_cost) else {
            return none;
        };
        let taken = &mut self.taken[measure as usize];
        let scope = (hit.rule.scope, false);
        let value = self.measured.claim(measure, &hit.hit.lines, scope, taken);
        let Some(total) = self.measured.total(measure).filter(|t| *t > 0) else {
            return none;
        };
        let part = value as f64 / total as f64;
        let saving = saving(hit, resource);
        Interval {
            low: part * saving.low,
            high: part * saving.high,
        }
    }
}

fn saving(hit: &JoinedHit, resource: Resource) -> Interval {
    let measure = measure_of(resource);
    let of = hit.rule.saves.iter().find(|s| Some(s.measure) == measure);
    of.map_or(Interval { low: 0.0, high: 0.0 }, |s| Interval {
        low: s.low,
        high: s.high,
    })
}

/// The measure with the largest part that the change would give back.
fn dominating(hit: &JoinedHit) -> Option<Measure> {
    let heat = hit.heat.as_ref().filter(|h| h.state != HeatState::Unprofiled)?;
    let share = |m: Measure| {
        heat.of(m)
            .and_then(|h| h.confirmed.filter(|c| *c > 0.0).or(h.share))
    };
    let weighed = hit.rule.listens.iter().filter_map(|l| {
        let saves = hit.rule.saves.iter().find(|s| s.measure == l.measure);
        let part = saves.map_or(0.5, |s| f64::midpoint(s.low, s.high));
        Some((l.measure, share(l.measure)? * part))
    });
    let best = weighed.reduce(|a, b| if b.1 > a.1 { b } else { a });
    best.filter(|(_, part)| *part > 0.0).map(|(measure, _)| measure)
}

fn resource_of(measure: Measure) -> Resource {
    match measure {
        Measure::Cpu => Resource::Cpu,
        Measure::Alloc => Resource::AllocatedBytes,
        Measure::Inuse => Resource::LiveBytes,
        Measure::Mutex => Resource::MutexDelay,
        Measure::Block => Resource::BlockDelay,
        Measure::Goroutines => Resource::Goroutines,
        Measure::Leaked => Resource::LeakedGoroutines,
    }
}

fn issue(hit: &JoinedHit) -> Issue {
    let rule = hit.rule;
    // Only costs are weighed: of the others heat proves nothing.
    let measure = dominating(hit).filter(|_| rule.class == Class::Cost);
    let heat = measure.and_then(|m| hit.heat.as_ref()?.of(m).copied());
    let resource = measure.map_or(Resource::Other, resource_of);
    let measured = match measure {
        Some(_) => "the profiles, in the scope that the rule names",
        None => "syntax alone",
    };
    Issue {
        issue: hit.hit.message.clone(),
        file: hit.hit.file.clone(),
        line: i64::from(hit.hit.line),
        impact: impact(hit),
        current_code: super::super::findings::block(hit.hit.snippet.trim()),
        optimized_code: better(&hit.hit, rule.after),
        rule: rule.id.to_string(),
        function: hit.hit.function.clone().unwrap_or_default(),
        confidence: match hit.hit.confidence {
            crate::audit::Confidence::Low => Confidence::Low,
            crate::audit::Confidence::Medium => Confidence::Medium,
            crate::audit::Confidence::High => Confidence::High,
        },
        heat: Share {
            resource,
            share: heat.and_then(|h| h.share).unwrap_or(0.0),
            low: heat.and_then(|h| h.low),
            high: heat.and_then(|h| h.high),
        },
        evidence: format!("source audit, rule `{}`: {measured}", rule.id),
        expected_gain: Interval { low: 0.0, high: 0.0 },
        refuted_by: match measure {
            Some(_) => "the same profile after the change shows the same share there".to_string(),
            None => format!(
                "the place is not as the rule takes it: {}",
                rule.what.trim_end_matches('.')
            ),
        },
        advice: Some(advice(hit)),
    }
}

fn advice(hit: &JoinedHit) -> Advice {
    let rule = hit.rule;
    let trim = |text: &str| text.trim_end_matches('.').to_string();
    Advice {
        what: hit
            .hit
            .fix
            .as_deref()
            .map_or_else(|| capital(rule.title), capital),
        effort: Effort::S,
        target: trim(rule.target),
        unless: trim(rule.limits),
        trade_off: trim(rule.instead),
        verify: format!("perfplan audit --rule {}", rule.id),
        calls: Vec::new(),
        saving: Interval { low: 0.0, high: 0.0 },
        source: trim(rule.why),
        choice: None,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |c| {
        c.to_uppercase().collect::<String>() + chars.as_str()
    })
}

/// The fix of this place above the rule's example, which is an illustration.
fn better(hit: &Hit, after: &str) -> String {
    let example = after.trim().replace('\t', "    ");
    match &hit.fix {
        Some(fix) => format!("// Here: {fix}.\n// An example of the rule:\n{example}\n"),
        None => format!("// An example of the rule:\n{example}\n"),
    }
}

/// What it costs, numbers first.
pub(crate) fn impact(hit: &JoinedHit) -> String {
    let mut parts = Vec::new();
    if let Some(heat) = &hit.heat {
        let part = |m: &super::MeasureHeat| share(m.share.unwrap_or(0.0));
        if let Some(cpu) = heat.cpu.as_ref().filter(|m| m.value > 0) {
            parts.push(format!("{} of the CPU time", part(cpu)));
        }
        if let Some(alloc) = heat.alloc.as_ref().filter(|m| m.value > 0) {
            parts.push(format!(
                "{} allocated ({})",
                human(alloc.value as f64, "B"),
                part(alloc)
            ));
        }
        if let Some(inuse) = heat.inuse.as_ref().filter(|m| m.value > 0) {
            parts.push(format!(
                "{} in use ({})",
                human(inuse.value as f64, "B"),
                part(inuse)
            ));
        }
        if let Some(mutex) = heat.mutex.as_ref().filter(|m| m.value > 0) {
            parts.push(format!("{} of the delay by mutexes", part(mutex)));
        }
        if let Some(block) = heat.block.as_ref().filter(|m| m.value > 0) {
            parts.push(format!("{} of the time blocked", part(block)));
        }
        if let Some(leaked) = heat.leaked.as_ref().filter(|m| m.value > 0) {
            parts.push(format!("{} leaked goroutines", human_count(leaked.value as f64)));
        } else if let Some(there) = heat.goroutines.as_ref().filter(|m| m.value > 0) {
            parts.push(format!("{} goroutines", human_count(there.value as f64)));
        }
    }
    let state = hit.heat.as_ref().map(|h| h.state);
    if parts.is_empty() {
        let told = match state {
            Some(HeatState::Cold) => "cold in the profiles given",
            _ if hit.rule.listens.is_empty() => "no profile tells it",
            _ => "not measured",
        };
        return format!("{told}; {}", hit.rule.why.trim_end_matches('.'));
    }
    if hit.tags.contains(&"unconfirmed") {
        parts.push("not confirmed by what runs below it".to_string());
    }
    parts.join(", ")
}
