//! Where goroutines wait: sites of mutex and block profiles, with their delay for each second.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Found, Most, Symptom, advice, symptom};
use crate::analyze::{FamilySet, NodeId, SymptomSamples, symptoms};
use crate::error::printable;
use crate::profile::{Kind, Profile};
use crate::review::plan::quoted;
use crate::review::resource::{Column, columns, framework_waits};
use crate::review::{Confidence, Context, Interval, Issue, Priority, ProfileInput, Resource, Share};
use crate::unit::{human, human_count, share};

/// A line at which goroutines wait, or that lets others wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentionSite {
    /// The input.
    pub file_of: String,
    /// What is waited for: `lock.mutex`, `chan.recv`, …; empty where it is none of the known.
    pub family: String,
    /// Whether the line holds what others wait for (a mutex profile); else it waits itself (a block profile).
    pub holds: bool,
    /// The user's function.
    pub function: String,
    /// Its file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// Part of the delay of the profile.
    pub share: Share,
    /// Delay in seconds, of all goroutines together.
    pub delay_seconds: f64,
    /// The same for each second of wall time; none where no input tells its duration.
    pub delay_per_second: Option<f64>,
    /// How often it happened.
    pub contentions: i64,
    /// How much that is.
    pub level: Priority,
}

impl ContentionSite {
    /// Mean delay in seconds; `None` without contentions.
    pub fn mean_seconds(&self) -> Option<f64> {
        (self.contentions > 0).then(|| self.delay_seconds / self.contentions as f64)
    }
}

/// The findings of locks and all sites of a mutex or block profile that reach the share of a site.
pub(super) fn findings(context: &Context<'_>, input: &ProfileInput) -> (Vec<Found>, Vec<ContentionSite>) {
    let profile = &input.profile;
    let Some(column) = columns(profile).first().copied() else {
        return (Vec::new(), Vec::new());
    };
    let wall = wall_seconds(context, profile);
    let sites = sites(context, input, &column, wall);
    let mut sites: Vec<ContentionSite> = sites.into_iter().map(|(site, _)| site).collect();
    sites.retain(|s| s.share.share >= context.policy.symptoms.delay_share);
    sites.truncate(context.policy.most_lines);
    let total = column.total as f64 * scale(profile, column.index);
    let per_second = wall.map(|wall| total / wall);
    let matters = per_second.is_none_or(|delay| delay >= context.policy.symptoms.least_delay);
    let tells = profile.kind() == Kind::Mutex && matters;
    let findings = sites.iter().filter(|_| tells);
    let findings = findings.filter_map(|site| finding(context, input, site, per_second));
    (findings.collect(), sites)
}

/// All lines of own code that take or release a lock themselves and at which the profiles of waiting have any delay;
/// those of each input by delay.
pub(in crate::review) fn lock_sites(context: &Context<'_>) -> Vec<ContentionSite> {
    let waits = |p: &&ProfileInput| matches!(p.profile.kind(), Kind::Mutex | Kind::Block);
    let of_input = |input: &ProfileInput| {
        let column = columns(&input.profile).first().copied();
        let wall = wall_seconds(context, &input.profile);
        let all = column.map_or_else(Vec::new, |column| sites(context, input, &column, wall));
        all.into_iter()
            .filter(|(site, direct)| *direct && (site.holds || site.family.starts_with("lock.")))
    };
    let inputs = context.evidence.profiles.iter().filter(waits);
    inputs.flat_map(of_input).map(|(site, _)| site).collect()
}

/// Seconds for each unit of a column.
pub(in crate::review) fn scale(profile: &Profile, index: usize) -> f64 {
    match profile.unit_name(index).as_str() {
        "seconds" => 1.0,
        "milliseconds" => 1e-3,
        "microseconds" => 1e-6,
        _ => 1e-9,
    }
}

/// How long was measured: as the profile says, else as the longest of the others, which are of the same run.
pub(in crate::review) fn wall_seconds(context: &Context<'_>, profile: &Profile) -> Option<f64> {
    let others = context.evidence.profiles.iter().map(|p| p.profile.duration_nanos);
    let nanos = match profile.duration_nanos {
        0 => others.max().unwrap_or(0),
        own => own,
    };
    (nanos > 0).then_some(nanos as f64 / 1e9)
}

/// The outermost of what is waited for; empty where it is none of the known.
fn waits_for(families: FamilySet) -> &'static str {
    let known = WAITS.iter().find(|id| families.meets(FamilySet::of(&[id])));
    known.copied().unwrap_or_default()
}

/// What goroutines wait for by design; what is made of another comes before it.
const WAITS: [&str; 10] = [
    "lock.rwmutex",
    "lock.mutex",
    "syncmap",
    "pool",
    "cond",
    "chan.select",
    "chan.send",
    "chan.recv",
    "timer",
    "context",
];

#[derive(Default)]
struct Sum {
    delay: i64,
    contentions: i64,
    families: FamilySet,
    heaviest: i64,
    /// The line itself takes or releases the lock, not what it calls.
    is_direct: bool,
}

/// Sites by delay, then place, and whether each takes or releases a lock itself.
fn sites(
    context: &Context<'_>,
    input: &ProfileInput,
    column: &Column,
    wall: Option<f64>,
) -> Vec<(ContentionSite, bool)> {
    let profile = &input.profile;
    let found = symptoms(profile, context.prefix.as_deref());
    let source = context.source_lines();
    let levels = context.policy.symptoms.delay_levels;
    let site = |(line, sum): (NodeId, Sum)| {
        let node = found.lines.get(line);
        let seconds = sum.delay as f64 * scale(profile, column.index);
        let per_second = wall.map(|wall| seconds / wall);
        let site = ContentionSite {
            file_of: input.name.clone(),
            family: waits_for(sum.families).to_string(),
            holds: profile.kind() == Kind::Mutex,
            function: printable(&node.function),
            file: printable(&node.file),
            line: node.line,
            source: source.text(node),
            share: column.share(sum.delay),
            delay_seconds: seconds,
            delay_per_second: per_second,
            contentions: sum.contentions,
            level: match per_second.unwrap_or(0.0) {
                delay if delay >= levels[1] => Priority::High,
                delay if delay >= levels[0] => Priority::Medium,
                _ => Priority::Low,
            },
        };
        (site, sum.is_direct)
    };
    let sums = sums(profile, column, &found);
    let mut sites: Vec<_> = sums.into_iter().map(site).collect();
    sites.retain(|(s, _)| s.delay_seconds > 0.0 && !s.file.ends_with("_test.go"));
    sites.sort_by(|(a, _), (b, _)| {
        let place = |s: &ContentionSite| (s.file.clone(), s.line, s.function.clone());
        b.delay_seconds
            .total_cmp(&a.delay_seconds)
            .then_with(|| place(a).cmp(&place(b)))
    });
    sites
}

/// Delay and contentions by the user's line. Waiting for a whole group to finish, in main for the program to end, and
/// where no own code stands on the stack says nothing of contention.
fn sums(profile: &Profile, column: &Column, found: &SymptomSamples) -> BTreeMap<NodeId, Sum> {
    let contentions = profile.type_named("contentions");
    let group = FamilySet::of(&["waitgroup"]);
    let idle = framework_waits(profile);
    let is_block = profile.kind() == Kind::Block;
    let mut sums: BTreeMap<NodeId, Sum> = BTreeMap::new();
    for (at, sample) in found.samples.iter().enumerate() {
        let Some(line) = sample.line.filter(|_| !idle[at]) else {
            continue;
        };
        let is_main = found.lines.get(line).function == b"main.main";
        if is_block && (is_main || sample.families.meets(group)) {
            continue;
        }
        let sum = sums.entry(line).or_default();
        let delay = profile.samples.value(at, column.index).max(0);
        sum.delay += delay;
        sum.contentions += contentions.map_or(0, |index| profile.samples.value(at, index).max(0));
        if delay >= sum.heaviest {
            (sum.heaviest, sum.families) = (delay, sample.families);
            sum.is_direct = is_direct(profile, found, at);
        }
    }
    sums
}

/// Whether the frame below the user's line is a method of a mutex.
fn is_direct(profile: &Profile, found: &SymptomSamples, sample: usize) -> bool {
    let below = found.samples[sample].below as usize;
    let mut frames = profile.samples.stack(sample).flat_map(|l| found.lines.frames(l));
    let called = below.checked_sub(1).and_then(|at| frames.nth(at));
    called.is_none_or(|n| {
        let name = printable(&found.lines.get(*n).function);
        let method = name
            .strip_prefix("internal/")
            .unwrap_or(&name)
            .strip_prefix("sync.(*");
        method.is_some_and(|m| m.starts_with("Mutex).") || m.starts_with("RWMutex)."))
    })
}

fn finding(
    context: &Context<'_>,
    input: &ProfileInput,
    site: &ContentionSite,
    per_second: Option<f64>,
) -> Option<Found> {
    let known = symptom(match site.family.as_str() {
        "lock.rwmutex" => "lock.rwmutex",
        _ => "lock.mutex",
    })?;
    let known = &context.policy.symptom_in_force(known);
    let part = site.share.share;
    let delay = match site.delay_per_second {
        Some(delay) => format!("{} of delay in each second", human(delay, "sec")),
        None => format!("{} of delay", human(site.delay_seconds, "sec")),
    };
    let issue = Issue {
        issue: format!("{}: {delay}", known.title),
        file: site.file.clone(),
        line: site.line,
        impact: impact(site, known),
        current_code: crate::review::findings::block(&site.source),
        optimized_code: String::new(),
        rule: known.id.to_string(),
        function: site.function.clone(),
        confidence: Confidence::Medium,
        heat: Share {
            resource: Resource::MutexDelay,
            ..site.share.clone()
        },
        evidence: format!(
            "{}: delay of {} contentions charged to the line that releases the lock; the waiters stand elsewhere, in a \
             block profile",
            input.name,
            human_count(site.contentions as f64)
        ),
        expected_gain: Interval {
            low: part * known.saving.low,
            high: part * known.saving.high,
        },
        refuted_by: "the delay of this line for each second does not fall under the same load".to_string(),
        advice: Some(advice(
            known,
            Vec::new(),
            format!("perfplan top {}", quoted(&input.name)),
        )),
    };
    Some(Found {
        issue,
        most: most(per_second, context.policy.symptoms.delay_levels),
    })
}

/// How severe it may be, by the delay of the whole; where no duration is known, medium.
fn most(per_second: Option<f64>, levels: [f64; 3]) -> Most {
    let [medium, high, critical] = levels;
    match per_second {
        Some(delay) if delay >= critical => Most::Critical,
        Some(delay) if delay >= high => Most::High,
        Some(delay) if delay < medium => Most::Low,
        _ => Most::Medium,
    }
}

fn impact(site: &ContentionSite, known: &Symptom) -> String {
    let mean = site.mean_seconds();
    let hint = match mean {
        Some(mean) if mean >= 1e-3 => "; over 1 ms: look for something slow under the lock",
        Some(mean) if mean < 1e-5 => "; under 10 µs: the section is short, so shards or atomics help",
        _ => "",
    };
    let mean = mean.map_or_else(|| "not measured".to_string(), |mean| human(mean, "sec"));
    format!(
        "{}; {} of all delay by mutexes, {mean} on average{hint}",
        known.diagnosis,
        share(site.share.share)
    )
}
