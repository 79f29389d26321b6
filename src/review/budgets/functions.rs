//! Budgets of functions: all that match a regular expression, taken together.

use regex::Regex;

use super::{BudgetFacts, Parts, begin, exact, wall_seconds};
use crate::analyze::{EntryKind, Granularity, Nodes, entry_of};
use crate::bench::name;
use crate::profile::{Kind, Profile};
use crate::review::policy::{FunctionBudget, FunctionLimit};
use crate::review::resource::columns;
use crate::review::{Context, Estimate};
use crate::stats::{median, wilson};

const MORE_SAMPLES: &str = "a longer profile narrows it";

pub(super) fn facts(
    context: &Context<'_>,
    budgets: &[FunctionBudget],
    parts: &Parts<'_>,
) -> Vec<BudgetFacts> {
    let mut facts = Vec::new();
    for (at, budget) in budgets.iter().enumerate() {
        let subject = format!("functions that match {}", budget.match_);
        let pattern = Regex::new(&budget.match_).ok();
        for (metric, limit) in &budget.limits {
            let key = format!("functions[{at}].{metric}");
            let begun = begin(key, &subject, metric, &limit.max.0);
            facts.push(match &pattern {
                Some(pattern) => of_metric(context, begun, pattern, metric, limit, parts),
                None => begun.unmeasured("its `match` is no regular expression"),
            });
        }
    }
    facts
}

fn of_metric(
    context: &Context<'_>,
    begun: BudgetFacts,
    pattern: &Regex,
    metric: &str,
    limit: &FunctionLimit,
    parts: &Parts<'_>,
) -> BudgetFacts {
    let Some((profile, index)) = column(context, metric) else {
        return begun.unmeasured(format!("no profile of the inputs has {metric}"));
    };
    let found = Matching::of(profile, pattern);
    if found.is_empty() {
        return begun.unmeasured(format!("no function of the profile matches {}", pattern.as_str()));
    }
    let held = |sample: &usize| match metric {
        "cpu.flat" => found.leaf[*sample],
        _ => found.anywhere[*sample],
    };
    let weight = |is_meant: &dyn Fn(&usize) -> bool| {
        let samples = (0..profile.samples.len()).filter(is_meant);
        let values = samples.map(|s| profile.samples.value(s, index).max(0));
        values.fold(0_i64, i64::saturating_add)
    };
    if let Some(bench) = &limit.bench {
        return per_operation(begun, profile, index, bench, parts, &|is_below| {
            (weight(&|s| is_below(s) && held(s)), weight(&|s| is_below(s)))
        });
    }
    absolute(context, begun, profile, index, weight(&held))
}

/// The profile and column of a metric such as `heap.alloc_space`.
pub(super) fn column<'a>(context: &'a Context<'_>, metric: &str) -> Option<(&'a Profile, usize)> {
    let (kind, kind_of) = metric.split_once('.').unwrap_or((metric, ""));
    let is_meant = |p: &&Profile| match kind {
        "cpu" => p.kind() == Kind::Cpu,
        "heap" => matches!(p.kind(), Kind::Heap | Kind::Allocs),
        "mutex" => p.kind() == Kind::Mutex,
        "block" => p.kind() == Kind::Block,
        "goroutine" => p.kind() == Kind::Goroutine,
        "goroutineleak" => p.kind() == Kind::Goroutineleak,
        _ => false,
    };
    let profiles = context
        .evidence
        .profiles
        .iter()
        .map(|i| &i.profile)
        .filter(is_meant);
    let with_index = |p: &'a Profile| {
        let index = match (kind, kind_of) {
            ("cpu", _) => p.type_named("cpu").unwrap_or_else(|| p.default_type()),
            ("goroutine" | "goroutineleak", _) => p.default_type(),
            (_, "inuse") => p.type_named("inuse_space")?,
            (_, name) => p.type_named(name)?,
        };
        Some((p, index))
    };
    profiles
        .filter_map(with_index)
        .max_by_key(|(p, index)| p.total(*index))
}

/// In which samples the functions occur.
struct Matching {
    leaf: Vec<bool>,
    anywhere: Vec<bool>,
    is_known: bool,
}

impl Matching {
    fn of(profile: &Profile, pattern: &Regex) -> Self {
        let nodes = Nodes::of(profile, Granularity::Functions);
        let names = nodes.nodes.iter().map(|n| String::from_utf8_lossy(&n.function));
        let is_meant: Vec<bool> = names.map(|name| pattern.is_match(&name)).collect();
        let samples = 0..profile.samples.len();
        let frames = |s: usize| profile.samples.stack(s).flat_map(|l| nodes.frames(l));
        let has = |n: &crate::analyze::NodeId| is_meant[n.index()];
        Self {
            leaf: samples
                .clone()
                .map(|s| frames(s).next().is_some_and(has))
                .collect(),
            anywhere: samples.map(|s| frames(s).any(has)).collect(),
            is_known: is_meant.contains(&true),
        }
    }

    fn is_empty(&self) -> bool {
        !self.is_known
    }
}

/// Holds a weight against a share, an amount, or an amount per second.
pub(super) fn absolute(
    context: &Context<'_>,
    begun: BudgetFacts,
    profile: &Profile,
    index: usize,
    value: i64,
) -> BudgetFacts {
    if begun.unit == "share" {
        let column = columns(profile).into_iter().find(|c| c.index == index);
        let total = profile.total(index).max(1);
        let now = match column {
            Some(column) => {
                let share = column.share(value);
                Estimate {
                    value: share.share,
                    low: share.low,
                    high: share.high,
                }
            }
            None => exact(value as f64 / total as f64),
        };
        return begun.against(now, MORE_SAMPLES);
    }
    let amount = match profile.unit_name(index).as_str() {
        "nanoseconds" => value as f64 / 1e9,
        _ => value as f64,
    };
    if !begun.unit.ends_with("/s") {
        return begun.against(exact(amount), MORE_SAMPLES);
    }
    match wall_seconds(context, profile) {
        Some(seconds) => begun.against(exact(amount / seconds), MORE_SAMPLES),
        None => begun.unmeasured("no profile tells how long was measured, so there is no rate"),
    }
}

/// The weight at the functions, and the whole one, of the samples that are meant.
type Weights<'a> = &'a dyn Fn(&dyn Fn(&usize) -> bool) -> (i64, i64);

/// The part of the benchmark's own number that its samples below the functions are of all of its samples.
fn per_operation(
    begun: BudgetFacts,
    profile: &Profile,
    index: usize,
    bench: &str,
    parts: &Parts<'_>,
    weights: Weights<'_>,
) -> BudgetFacts {
    let wanted = bench.strip_prefix("Benchmark").unwrap_or(bench);
    let is_meant = |full: &str| full == wanted || name::split_gomaxprocs(full).0 == wanted;
    let all = &parts.runs.benchmarks;
    let rows: Vec<_> = all.iter().filter(|b| is_meant(&b.name)).collect();
    let [row] = rows.as_slice() else {
        return begun.unmeasured(match rows.len() {
            0 => format!("no benchmark of the inputs is {bench}: its text tells how much an operation takes"),
            n => format!("{n} benchmarks are {bench}: name one with its package's text alone"),
        });
    };
    let base = name::base(&row.name);
    let shared = all
        .iter()
        .filter(|b| b.package == row.package && name::base(&b.name) == base)
        .count();
    if shared > 1 {
        return begun.unmeasured(format!(
            "{shared} benchmarks run Benchmark{base}, which the profile cannot tell apart: profile one alone"
        ));
    }
    let unit = match profile.type_name(index).as_str() {
        "alloc_space" => "B/op",
        "alloc_objects" => "allocs/op",
        "cpu" => "sec/op",
        other => return begun.unmeasured(format!("{other} is not counted per operation")),
    };
    let Some(values) = row.units.get(unit).filter(|v| !v.is_empty()) else {
        return begun.unmeasured(format!(
            "Benchmark{} has no {unit}: run it with -benchmem",
            row.name
        ));
    };
    let (of_sample, entries) = entry_of(profile);
    let is_entry = |e: &crate::analyze::Entry| {
        e.kind == EntryKind::Benchmark && e.function.ends_with(&format!(".Benchmark{base}"))
    };
    let is_of: Vec<bool> = entries.iter().map(is_entry).collect();
    let below = |s: &usize| {
        of_sample
            .get(*s)
            .and_then(|e| is_of.get(*e as usize))
            .copied()
            .unwrap_or(false)
    };
    let (held, whole) = weights(&below);
    if whole == 0 {
        return begun.unmeasured(format!("the profile has no sample below Benchmark{base}"));
    }
    let part = held as f64 / whole as f64;
    let own = median(values);
    let column = columns(profile).into_iter().find(|c| c.index == index);
    let samples = column.and_then(|c| Some(c.count()? * whole as f64 / c.total.max(1) as f64));
    let ends = samples.map(|n| wilson((part * n).round() as u64, n.round() as u64, 0.95));
    let now = Estimate {
        value: part * own,
        low: ends.map(|(low, _)| low.min(part) * own),
        high: ends.map(|(_, high)| high.max(part) * own),
    };
    BudgetFacts {
        place: row.place.clone(),
        ..begun.against(now, MORE_SAMPLES)
    }
}
