//! A finding's weight before and after, by the most telling measure that both reviews have.
//!
//! A cost per operation tells more than a share: where all becomes cheaper every share stays. So first the line's part
//! of a benchmark, the delay per second of a lock, the number of goroutines; else the share of the profile.

use super::Parts;
use super::functions::Functions;
use super::model::Change;
use crate::analyze::{FamilySet, SymptomSample, SymptomSamples, alloc_sites, symptoms};
use crate::error::printable;
use crate::profile::{Kind, Profile};
use crate::review::resource::{Column, columns};
use crate::review::{
    BenchmarkFacts, Context, Estimate, Goroutines, Issue, LeakVerdict, LineFacts, Resource, Review, Share,
    Symptom, symptom,
};
use crate::stats::wilson;

/// What is measured in the new profiles, prepared once.
pub(super) struct Weights<'a> {
    profiles: Vec<Weighed<'a>>,
}

struct Weighed<'a> {
    profile: &'a Profile,
    columns: Vec<Column>,
    found: SymptomSamples,
    prefix: Option<&'a str>,
}

impl<'a> Weights<'a> {
    pub fn of(context: &'a Context<'_>) -> Self {
        let prefix = context.prefix.as_deref();
        let weighed = |profile: &'a Profile| Weighed {
            profile,
            columns: columns(profile),
            found: symptoms(profile, prefix),
            prefix,
        };
        let profiles = context.evidence.profiles.iter().map(|i| &i.profile);
        Self {
            profiles: profiles.map(weighed).collect(),
        }
    }

    /// Whether one of the new profiles measures a resource; waiting that did not occur is measured as well.
    pub fn has(&self, resource: Resource) -> bool {
        let is_measured = |w: &Weighed<'_>| {
            let kind = w.profile.kind();
            w.columns.iter().any(|c| c.resource == resource)
                || (resource == Resource::MutexDelay && kind == Kind::Mutex)
                || (resource == Resource::BlockDelay && kind == Kind::Block)
        };
        self.profiles.iter().any(is_measured)
    }

    /// The share of a rule at the lines that are meant, by function and line; work that is at no line of own code has no
    /// function and line 0. Where nothing is found the interval is that of no sample out of all.
    pub fn share(
        &self,
        rule: &str,
        resource: Resource,
        is_meant: &dyn Fn(&str, i64) -> bool,
    ) -> Option<Share> {
        self.profiles.iter().find_map(|w| {
            let column = w.columns.iter().find(|c| c.resource == resource)?;
            let value = match resource {
                Resource::AllocatedBytes | Resource::LiveBytes => w.bytes(resource, is_meant),
                _ => w.weight(symptom(rule)?, column, is_meant),
            };
            let none = column.count().filter(|_| value == 0);
            let none = none.map(|n| wilson(0, n.round() as u64, 0.95));
            let share = column.share(value);
            Some(Share {
                low: share.low.or(none.map(|n| n.0)),
                high: share.high.or(none.map(|n| n.1)),
                ..share
            })
        })
    }
}

impl Weighed<'_> {
    fn bytes(&self, resource: Resource, is_meant: &dyn Fn(&str, i64) -> bool) -> i64 {
        let sites = alloc_sites(self.profile, self.prefix);
        let here = sites
            .iter()
            .filter(|s| is_meant(&printable(&s.node.function), s.node.line));
        let bytes = here.map(|s| match resource {
            Resource::LiveBytes => s.live_bytes,
            _ => s.bytes,
        });
        bytes.fold(0, i64::saturating_add)
    }

    fn weight(&self, symptom: &Symptom, column: &Column, is_meant: &dyn Fn(&str, i64) -> bool) -> i64 {
        let nodes = self.found.lines.nodes.iter();
        let is_here: Vec<bool> = nodes.map(|n| is_meant(&printable(&n.function), n.line)).collect();
        let nowhere = is_meant("", 0);
        let is_meant = |s: &SymptomSample| match s.line {
            Some(line) => is_here.get(line.index()).copied().unwrap_or(false),
            None => nowhere,
        };
        let samples = self.found.samples.iter().enumerate();
        let shown = samples.filter(|(_, s)| is_meant(s) && shows(symptom, s));
        let values = shown.map(|(at, _)| self.profile.samples.value(at, column.index).max(0));
        values.fold(0, i64::saturating_add)
    }
}

/// Whether a sample shows a symptom, claimed or not.
fn shows(symptom: &Symptom, sample: &SymptomSample) -> bool {
    let families = FamilySet::of(symptom.families);
    if families.is_empty() {
        return sample.line.is_some() && sample.below == 0;
    }
    let found = match symptom.alone {
        true => sample.families.first_alone(),
        false => sample.families,
    };
    found.meets(families) && !sample.families.meets(FamilySet::of(symptom.without))
}

/// Before and after of a finding that both reviews have.
pub(super) fn paired(old: &Review, before: &Issue, after: &Issue, parts: &Parts<'_>) -> Change {
    per_operation(old, before, after, parts)
        .or_else(|| {
            delay(
                old,
                before,
                &|s| s.function == after.function && s.line == after.line,
                parts,
            )
        })
        .or_else(|| goroutines(old, before, Some(after), parts))
        .unwrap_or_else(|| shares(&before.heat, &after.heat))
}

/// Before and after of a finding that the new review does not have: what the rule still weighs in its function, at lines
/// that have no finding of their own.
pub(super) fn left(
    old: &Review,
    before: &Issue,
    weights: &Weights<'_>,
    functions: &Functions,
    parts: &Parts<'_>,
) -> Option<Change> {
    let resource = before.heat.resource;
    let now = functions.now(&before.function).unwrap_or_default();
    let of_rule = |family: &str, function: &str| family == before.rule && function == now;
    if let Some(change) = delay(old, before, &|s| of_rule(&s.family, &s.function), parts) {
        return Some(change);
    }
    if let Some(change) = goroutines(old, before, None, parts) {
        return Some(change);
    }
    let told = parts
        .issues
        .all()
        .filter(|i| i.heat.resource == resource && of_rule(&i.rule, &i.function));
    let told: Vec<i64> = told.map(|i| i.line).collect();
    let is_meant = |function: &str, line: i64| function == now && !told.contains(&line);
    Some(shares(
        &before.heat,
        &weights.share(&before.rule, resource, &is_meant)?,
    ))
}

/// Before and after of all lines of a rule together, for a function that is gone: the same work may be done elsewhere.
pub(super) fn everywhere(old: &Review, before: &Issue, weights: &Weights<'_>) -> Option<Change> {
    let resource = before.heat.resource;
    let same = old
        .issues
        .all()
        .filter(|i| i.rule == before.rule && i.heat.resource == resource);
    let then: f64 = same.map(|i| i.heat.share).sum();
    let now = weights.share(&before.rule, resource, &|_, _| true)?;
    let then = Share {
        share: then.min(1.0),
        low: None,
        high: None,
        ..before.heat
    };
    Some(Change {
        what: "share of the profile, all lines of the rule together".to_string(),
        ..shares(&then, &now)
    })
}

/// The line's part of the benchmark in which it was most expensive.
fn per_operation(old: &Review, before: &Issue, after: &Issue, parts: &Parts<'_>) -> Option<Change> {
    let (unit, cost): (&str, fn(&LineFacts) -> Option<Estimate>) = match before.heat.resource {
        Resource::Cpu => ("sec/op", |l| l.seconds),
        Resource::AllocatedBytes => ("B/op", |l| l.bytes),
        _ => return None,
    };
    let at = |benchmark: &BenchmarkFacts, issue: &Issue| {
        let is_here =
            |l: &&LineFacts| l.line == issue.line && l.file == issue.file && l.function == issue.function;
        benchmark.lines.iter().find(is_here).and_then(cost)
    };
    let costs = old.benchmarks.iter().filter_map(|b| Some((b, at(b, before)?)));
    let pairs = costs.filter_map(|(b, cost)| {
        let (found, _) = parts.runs.find(&b.package, &b.name).ok()?;
        let is_same = |n: &&BenchmarkFacts| n.name == found.name && n.package == found.package;
        let new = parts.benchmarks.iter().find(is_same)?;
        Some((b, cost, at(new, after)?))
    });
    let (benchmark, before, after) = pairs.max_by(|a, b| a.1.value.total_cmp(&b.1.value))?;
    Some(Change {
        what: format!("{unit} of Benchmark{} at the line", benchmark.name),
        unit: unit.to_string(),
        before,
        after,
        saved: difference(before, after),
    })
}

/// The delay for each second at the site, and at the new sites that are meant.
fn delay(
    old: &Review,
    before: &Issue,
    is_meant: &dyn Fn(&crate::review::ContentionSite) -> bool,
    parts: &Parts<'_>,
) -> Option<Change> {
    let holds = match before.heat.resource {
        Resource::MutexDelay => true,
        Resource::BlockDelay => false,
        _ => return None,
    };
    let here = |s: &&crate::review::ContentionSite| {
        s.holds == holds && s.function == before.function && s.line == before.line
    };
    let then = old.contention.iter().find(here)?.delay_per_second?;
    let sites = parts.contention.iter().filter(|s| s.holds == holds);
    // No site at all has no delay; a site without a rate has an unknown one.
    let now: Option<f64> = sites.filter(|s| is_meant(s)).map(|s| s.delay_per_second).sum();
    Some(known("delay for each second of wall time", "sec/s", then, now?))
}

/// How many goroutines hang there.
fn goroutines(old: &Review, before: &Issue, after: Option<&Issue>, parts: &Parts<'_>) -> Option<Change> {
    if !before.rule.starts_with("goroutine-") {
        return None;
    }
    let then = hanging(old.goroutines.as_ref()?, before)?;
    let now = match after {
        Some(after) => hanging(parts.goroutines?, after)?,
        None => 0.0,
    };
    Some(known("goroutines that hang there", "goroutines", then, now))
}

fn hanging(goroutines: &Goroutines, issue: &Issue) -> Option<f64> {
    let here = goroutines.groups.iter().filter(|g| {
        g.verdict != LeakVerdict::None && g.place.function == issue.function && g.place.line == issue.line
    });
    let count: u64 = here.map(|g| g.leaked.filter(|l| *l > 0).unwrap_or(g.count)).sum();
    (count > 0).then_some(count as f64)
}

fn known(what: &str, unit: &str, before: f64, after: f64) -> Change {
    let exact = |value| Estimate {
        value,
        low: None,
        high: None,
    };
    Change {
        what: what.to_string(),
        unit: unit.to_string(),
        before: exact(before),
        after: exact(after),
        saved: exact(before - after),
    }
}

/// Two shares and their difference, with the interval of Newcombe (1998, method 10) from the two intervals.
fn shares(before: &Share, after: &Share) -> Change {
    let estimate = |s: &Share| Estimate {
        value: s.share,
        low: s.low,
        high: s.high,
    };
    let (before_, after_) = (estimate(before), estimate(after));
    Change {
        what: "share of the profile".to_string(),
        unit: "share".to_string(),
        before: before_,
        after: after_,
        saved: newcombe(before_, after_),
    }
}

fn newcombe(a: Estimate, b: Estimate) -> Estimate {
    let value = a.value - b.value;
    let ends = |x: Estimate| x.low.zip(x.high);
    let interval = ends(a).zip(ends(b)).map(|((al, ah), (bl, bh))| {
        let below = (a.value - al).hypot(bh - b.value);
        let above = (ah - a.value).hypot(b.value - bl);
        (value - below, value + above)
    });
    Estimate {
        value,
        low: interval.map(|i| i.0),
        high: interval.map(|i| i.1),
    }
}

/// The difference of two measurements, as wide as their ends allow: wider than need be.
fn difference(a: Estimate, b: Estimate) -> Estimate {
    Estimate {
        value: a.value - b.value,
        low: a.low.zip(b.high).map(|(a, b)| a - b),
        high: a.high.zip(b.low).map(|(a, b)| a - b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_shares_have_the_published_interval() {
        // Newcombe (1998), table II, method 10: 56/70 and 48/80.
        let share = |k: u64, n: u64| {
            let (low, high) = wilson(k, n, 0.95);
            Estimate {
                value: k as f64 / n as f64,
                low: Some(low),
                high: Some(high),
            }
        };
        let got = newcombe(share(56, 70), share(48, 80));
        assert!((got.low.unwrap() - 0.0524).abs() < 5e-5, "{got:?}");
        assert!((got.high.unwrap() - 0.3339).abs() < 5e-5, "{got:?}");
    }
}
