//! Whether a CPU profile serves for profile-guided optimization, and what the compiler would do with it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::compiler::inlining;
use super::declared::{declared, declares};
use super::{Context, ProfileInput};
use crate::analyze::{CallEdge, call_edges, own_weight};
use crate::compiler::{CompilerNotes, NotesIndex};
use crate::error::counted;
use crate::profile::{Kind, Profile, package_of};
use crate::source::Sources;
use crate::unit::share;

/// Samples under which a profile says too little of which calls are hot.
const FEWEST_SAMPLES: u64 = 300;
/// Part of the weight that should pass through own code.
const LEAST_OWN: f64 = 0.1;
/// Part of the weight of all calls that the compiler takes as hot, heaviest first (`-d=pgoinlinecdfthreshold`).
const HOT_PART: f64 = 0.99;
/// What a callee may cost to be inlined at all, and at a hot call.
const BUDGET: u64 = 80;
/// Names of functions that are listed.
const MOST_GONE: usize = 10;

/// A CPU profile as `default.pgo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PgoInput {
    /// Whether the compiler takes it.
    pub accepted: bool,
    /// Whether it is worth taking: accepted, and nothing in `doubts`.
    pub serves: bool,
    /// The sample type that it uses, `samples/count`; empty where there is none.
    pub sample_type: String,
    /// Number of samples.
    pub samples: u64,
    /// Functions.
    pub functions: u64,
    /// Those with a start line, without which a call is not found.
    pub functions_with_start_line: u64,
    /// Part of the weight that passes through own code.
    pub own_share: f64,
    /// What counts as own code; empty where it is not known.
    pub own_code: String,
    /// Why it is refused, or serves badly.
    pub doubts: Vec<String>,
}

/// What the compiler would do with the CPU profile of the review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PgoFacts {
    /// The input.
    pub file: String,
    /// Whether it serves.
    pub input: PgoInput,
    /// The compiler's version by its notes; empty where not known.
    pub go_version: String,
    /// Different calls.
    pub calls: u64,
    /// Those that the compiler takes as hot: up to 99 % of the weight of all.
    pub hot_calls: u64,
    /// Whether notes of the compiler tell costs, without which the list below is empty.
    pub costs_known: bool,
    /// Hot calls that are inlined only with the profile, heaviest first.
    pub inlines: Vec<PgoInline>,
    /// Own functions of the profile that were looked for in the source; 0 without source.
    pub looked_for: u64,
    /// How many of them the source does not declare.
    pub gone: u64,
    /// The first of them, by name.
    pub gone_functions: Vec<String>,
}

/// A call that the compiler inlines only with the profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PgoInline {
    /// The function that calls.
    pub caller: String,
    /// The function that is called.
    pub callee: String,
    /// File of the call as the profile names it.
    pub file: String,
    /// Line of the call.
    pub line: i64,
    /// Part of the weight of all calls.
    pub share: f64,
    /// What the callee costs.
    pub cost: u64,
}

/// Judges a profile as `default.pgo`; `None` for profiles of anything but CPU time. `prefix` is that of own code.
pub fn pgo_input(profile: &Profile, prefix: Option<&str>) -> Option<PgoInput> {
    if profile.kind() != Kind::Cpu {
        return None;
    }
    let named = |index: &usize| {
        let name = (profile.type_name(*index), profile.unit_name(*index));
        matches!(
            (name.0.as_str(), name.1.as_str()),
            ("samples", "count") | ("cpu", "nanoseconds")
        )
    };
    let index = (0..profile.sample_types.len()).find(named);
    let samples = samples(profile, index);
    let with_start = profile.functions.iter().filter(|f| f.start_line > 0).count() as u64;
    let own_share = own_share(profile, index, prefix);
    let mut doubts = Vec::new();
    if index.is_none() {
        doubts.push(
            "it has neither samples/count nor cpu/nanoseconds, which the compiler asks for".to_string(),
        );
    }
    if samples == 0 {
        doubts.push("it has no samples, so the compiler does nothing with it".to_string());
    } else if with_start == 0 {
        doubts.push("no function has a start line: it was recorded before Go 1.20, or lost them".to_string());
    }
    let accepted = doubts.is_empty();
    if accepted && samples < FEWEST_SAMPLES {
        doubts.push(format!(
            "only {}: {FEWEST_SAMPLES} or more tell hot calls from others",
            counted(samples, "sample")
        ));
    }
    if accepted && own_share < LEAST_OWN {
        doubts.push(format!(
            "only {} of its weight passes through own code: is it of this program?",
            share(own_share)
        ));
    }
    Some(PgoInput {
        accepted,
        serves: doubts.is_empty(),
        sample_type: index.map_or_else(String::new, |i| {
            format!("{}/{}", profile.type_name(i), profile.unit_name(i))
        }),
        samples,
        functions: profile.functions.len() as u64,
        functions_with_start_line: with_start,
        own_share,
        own_code: prefix.unwrap_or_default().to_string(),
        doubts,
    })
}

impl PgoInput {
    /// The verdict as a sentence without full stop.
    pub fn sentence(&self) -> String {
        let verdict = match (self.accepted, self.serves) {
            (false, _) => "the compiler does not take it as default.pgo",
            (true, false) => "taken as default.pgo, but not worth it as it is",
            (true, true) => "serves as default.pgo",
        };
        let doubts = match self.doubts.is_empty() {
            true => String::new(),
            false => format!(": {}", self.doubts.join("; ")),
        };
        let used = match self.sample_type.as_str() {
            "" => String::new(),
            name => format!(" of {name}"),
        };
        let own = match self.own_code.as_str() {
            "" => String::new(),
            own => format!(", {} of the weight passes through {own}", share(self.own_share)),
        };
        format!(
            "{verdict}{doubts} ({}{used}, {} of {} with a start line{own})",
            counted(self.samples, "sample"),
            self.functions_with_start_line,
            counted(self.functions, "function"),
        )
    }
}

fn samples(profile: &Profile, index: Option<usize>) -> u64 {
    let total = |index| profile.total(index).unsigned_abs();
    match (profile.type_named("samples"), index) {
        (Some(count), _) => total(count),
        (None, Some(index)) if profile.period > 0 => total(index) / profile.period.unsigned_abs(),
        _ => profile.samples.len() as u64,
    }
}

fn own_share(profile: &Profile, index: Option<usize>, prefix: Option<&str>) -> f64 {
    let index = index.unwrap_or_else(|| profile.default_type());
    own_weight(profile, index, prefix) as f64 / (profile.total(index) as f64).max(1.0)
}

/// What the compiler would do with the CPU profile; `None` without one.
pub(super) fn facts(context: &Context<'_>, notes: &CompilerNotes) -> Option<PgoFacts> {
    let input = context
        .evidence
        .profiles
        .iter()
        .find(|p| p.profile.kind() == Kind::Cpu)?;
    let judged = pgo_input(&input.profile, context.prefix.as_deref())?;
    let index = input
        .profile
        .find_type(judged.sample_type.split('/').next().unwrap_or_default())
        .unwrap_or(0);
    let edges = call_edges(&input.profile, index);
    let hot = hot(&edges);
    let inlines = inlines(context, &input.profile, hot, &edges, notes);
    let (looked_for, gone) = gone(context, input);
    Some(PgoFacts {
        file: input.name.clone(),
        input: judged,
        go_version: notes.go_version.clone(),
        calls: edges.len() as u64,
        hot_calls: hot.len() as u64,
        costs_known: notes.notes.iter().any(|n| inlining::cost_of(&n.kind).is_some()),
        inlines,
        looked_for,
        gone: gone.len() as u64,
        gone_functions: gone.into_iter().take(MOST_GONE).collect(),
    })
}

fn weight(edges: &[CallEdge]) -> f64 {
    edges.iter().map(|e| e.weight as f64).sum()
}

/// The edges, heaviest first, up to the part of the weight that the compiler takes as hot.
fn hot(edges: &[CallEdge]) -> &[CallEdge] {
    let most = weight(edges) * HOT_PART;
    let mut sum = 0.0;
    let count = edges.iter().take_while(|e| {
        let before = sum;
        sum += e.weight as f64;
        before <= most
    });
    edges.get(..count.count()).unwrap_or(edges)
}

/// Hot calls of functions that cost more than the budget and not more than that of hot calls.
fn inlines(
    context: &Context<'_>,
    profile: &Profile,
    hot: &[CallEdge],
    all: &[CallEdge],
    notes: &CompilerNotes,
) -> Vec<PgoInline> {
    let total = weight(all).max(1.0);
    let index = NotesIndex::of(notes);
    let mut costs: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    let places: BTreeMap<String, (String, i64)> = profile
        .functions
        .iter()
        .map(|f| {
            (
                profile.printable(f.name),
                (profile.printable(f.filename), f.start_line),
            )
        })
        .collect();
    let found = hot.iter().filter_map(|edge| {
        let cost = *costs.entry(&edge.callee).or_insert_with(|| {
            let (file, line) = places.get(&edge.callee)?;
            inlining::cost(&inlining::reason(&index, &edge.callee, file, *line)?)
        });
        let cost = cost.filter(|c| (BUDGET + 1..=inlining::HOT_BUDGET).contains(c))?;
        Some(PgoInline {
            caller: edge.caller.clone(),
            callee: edge.callee.clone(),
            file: edge.file.clone(),
            line: edge.line,
            share: edge.weight as f64 / total,
            cost,
        })
    });
    found.take(context.policy.most_lines).collect()
}

/// How many own functions of the profile were looked for in the source, and which it does not declare. Where no file
/// of own code is found nothing can be said.
fn gone(context: &Context<'_>, input: &ProfileInput) -> (u64, BTreeSet<String>) {
    let profile = &input.profile;
    let sources: &dyn Sources = context.evidence.sources;
    let mut texts: BTreeMap<String, Option<String>> = BTreeMap::new();
    let (mut looked_for, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for function in &profile.functions {
        let (name, file) = (
            profile.printable(function.name),
            profile.printable(function.filename),
        );
        let package = package_of(&name).unwrap_or_default();
        let is_own = context.prefix.as_deref().is_some_and(|p| {
            package
                .strip_prefix(p)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let Some(wanted) =
            declared(&name).filter(|_| is_own && file.ends_with(".go") && !file.contains("_testmain.go"))
        else {
            continue;
        };
        let text = texts.entry(file).or_insert_with_key(|file| sources.text(file));
        let whole = format!("{package}.{}{}", dotted(&wanted.0), wanted.1);
        if !text.as_ref().is_some_and(|t| declares(t, &wanted)) {
            gone.insert(whole.clone());
        }
        looked_for.insert(whole);
    }
    match texts.values().any(Option::is_some) {
        true => (looked_for.len() as u64, gone),
        false => (0, BTreeSet::new()),
    }
}

fn dotted(receiver: &str) -> String {
    if receiver.is_empty() {
        String::new()
    } else {
        format!("{receiver}.")
    }
}

/// A profile of older source.
pub(super) fn caveats(facts: Option<&PgoFacts>) -> Vec<String> {
    let Some(facts) = facts.filter(|f| f.gone > 0) else {
        return Vec::new();
    };
    let more = facts.gone.saturating_sub(facts.gone_functions.len() as u64);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    vec![format!(
        "{}: {} of {} own functions of the profile are not declared in the source ({}{more}): it is of another version, and \
         as default.pgo it would be stale",
        facts.file,
        facts.gone,
        facts.looked_for,
        facts.gone_functions.join(", ")
    )]
}
