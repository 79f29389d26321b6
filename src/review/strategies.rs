//! What to do about memory, for each group of allocation sites that live about as long.
//!
//! Only what is measured speaks for a strategy: notes of the compiler for the stack, the text of the line for
//! preallocation, mean sizes for a pool, the share of the group for an arena. Nothing counts duplicates, so interning is
//! never advised.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{BenchmarkFacts, Context, Lifetime, MemorySite, SiteVerdict};
use crate::error::counted;
use crate::profile::package_of;
use crate::unit::{human, share};

/// The groups in the order of the review.
const LIFETIMES: [Lifetime; 3] = [Lifetime::RequestScoped, Lifetime::Mixed, Lifetime::LongLived];
/// Most places that a strategy names.
const MOST_PLACES: usize = 5;

/// Allocation sites that live about as long, and what fits them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifetimeGroup {
    /// How long their objects live.
    pub lifetime: Lifetime,
    /// Sites that are listed.
    pub sites: u64,
    /// Those among them that stand in own code: only these can be changed.
    pub own_sites: u64,
    /// Bytes allocated there.
    pub bytes: i64,
    /// Part of the allocated bytes.
    pub share: f64,
    /// What was considered, in the order in which to try it.
    pub strategies: Vec<Strategy>,
}

/// A way to allocate less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// Which one.
    pub kind: StrategyKind,
    /// Whether what was measured speaks for it.
    pub advised: bool,
    /// What to do, or why not.
    pub what: String,
    /// Numbers of it by name.
    pub facts: Vec<StrategyFact>,
    /// Where, the largest first.
    pub places: Vec<String>,
}

/// A number of a strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct StrategyFact {
    pub name: String,
    pub value: String,
}

/// The ways to allocate less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum StrategyKind {
    Stack,
    Preallocate,
    Pool,
    Arena,
    Intern,
}

/// The groups that occur, with what fits them.
pub(super) fn groups(
    context: &Context<'_>,
    memory: &[MemorySite],
    benchmarks: &[BenchmarkFacts],
) -> Vec<LifetimeGroup> {
    let group = |lifetime: Lifetime| {
        let sites: Vec<&MemorySite> = memory.iter().filter(|s| s.lifetime == lifetime).collect();
        (!sites.is_empty()).then(|| group(context, lifetime, &sites, benchmarks))
    };
    LIFETIMES.into_iter().filter_map(group).collect()
}

fn group(
    context: &Context<'_>,
    lifetime: Lifetime,
    sites: &[&MemorySite],
    benchmarks: &[BenchmarkFacts],
) -> LifetimeGroup {
    let own: Vec<&MemorySite> = sites.iter().copied().filter(|s| is_own(context, s)).collect();
    let share = sites.iter().map(|s| s.share.share).sum();
    let mut strategies = Vec::new();
    if lifetime != Lifetime::LongLived {
        strategies.push(stack(&own));
    }
    strategies.push(preallocate(&own));
    if lifetime == Lifetime::RequestScoped {
        strategies.push(pool(context, &own));
        strategies.push(arena(context, &own, benchmarks));
    }
    strategies.push(intern());
    LifetimeGroup {
        lifetime,
        sites: sites.len() as u64,
        own_sites: own.len() as u64,
        bytes: sites.iter().map(|s| s.bytes).fold(0, i64::saturating_add),
        share,
        strategies: if own.is_empty() { Vec::new() } else { strategies },
    }
}

fn is_own(context: &Context<'_>, site: &MemorySite) -> bool {
    let package = package_of(&site.function).unwrap_or_default();
    package == "main" || context.prefix.as_deref().is_some_and(|p| package.starts_with(p))
}

fn strategy(kind: StrategyKind, what: String, sites: &[&MemorySite]) -> Strategy {
    let place = |s: &&MemorySite| format!("{}:{}", s.file, s.line);
    Strategy {
        kind,
        advised: !sites.is_empty(),
        what,
        facts: Vec::new(),
        places: sites.iter().take(MOST_PLACES).map(place).collect(),
    }
}

fn fact(name: &str, value: String) -> StrategyFact {
    StrategyFact {
        name: name.to_string(),
        value,
    }
}

fn part(sites: &[&MemorySite]) -> f64 {
    sites.iter().map(|s| s.share.share).sum()
}

/// What the compiler sends to the heap can be kept back; without notes nobody knows.
fn stack(own: &[&MemorySite]) -> Strategy {
    if own.iter().all(|s| s.compiler.is_none()) {
        let command = "not measured: `go build -gcflags=-m ./... 2> notes.txt` tells what goes to the heap and why; give \
                       notes.txt as an input";
        return strategy(StrategyKind::Stack, command.to_string(), &[]);
    }
    let escapes = |s: &&MemorySite| {
        s.compiler
            .as_ref()
            .is_some_and(|n| n.verdict == SiteVerdict::Heap)
    };
    let sites: Vec<&MemorySite> = own.iter().copied().filter(escapes).collect();
    if sites.is_empty() {
        let what = format!(
            "no: at none of {} lines does a value of the line itself go to the heap; they grow at run time, or what they \
             call allocates",
            own.len()
        );
        return strategy(StrategyKind::Stack, what, &[]);
    }
    let reason = sites.iter().find_map(|s| s.compiler.as_ref()?.reasons.first());
    let reason = reason.map_or_else(String::new, |r| format!("; at the first, {r}"));
    let what = format!(
        "keep values from escaping at {} of {} lines, {} of the allocated bytes{reason}",
        sites.len(),
        own.len(),
        share(part(&sites))
    );
    strategy(StrategyKind::Stack, what, &sites)
}

/// Lines that grow something.
fn preallocate(own: &[&MemorySite]) -> Strategy {
    let sites: Vec<&MemorySite> = own.iter().copied().filter(|s| grows(s)).collect();
    if sites.is_empty() {
        let what = match own.iter().all(|s| s.source.is_empty()) {
            true => "not known without source: give it by `--source DIR`".to_string(),
            false => format!(
                "no: of {} none appends, or makes a slice or map without size",
                counted(own.len() as u64, "line")
            ),
        };
        return strategy(StrategyKind::Preallocate, what, &[]);
    }
    let what = format!(
        "give the size at once at {} of {} lines, {} of the allocated bytes: measured, append to a slice with capacity takes \
         55 to 77 % fewer bytes, and a map made for 100 entries and more half of them",
        sites.len(),
        own.len(),
        share(part(&sites))
    );
    strategy(StrategyKind::Preallocate, what, &sites)
}

fn grows(site: &MemorySite) -> bool {
    let line: String = site.source.chars().filter(|c| !c.is_whitespace()).collect();
    let by_notes = site
        .compiler
        .as_ref()
        .is_some_and(|n| n.verdict == SiteVerdict::Grows);
    let map = line.contains("make(map[") && !line.contains(',');
    line.contains("append(") || line.contains(",0)") && line.contains("make([]") || map || by_notes
}

/// Objects that are large enough for it to pay.
fn pool(context: &Context<'_>, own: &[&MemorySite]) -> Strategy {
    let least = context.policy.heap.pool_bytes;
    let sites: Vec<&MemorySite> = own.iter().copied().filter(|s| s.mean_size >= least).collect();
    if sites.is_empty() {
        let largest = own.iter().map(|s| s.mean_size).fold(0.0, f64::max);
        let what = format!(
            "no: the largest mean size is {}, and below {} taking from a sync.Pool and giving back costs about what allocating \
             does (measured 14 ns by pointer, 69 ns by value, against 89 ns for 64 B)",
            human(largest.round(), "B"),
            human(least, "B")
        );
        return strategy(StrategyKind::Pool, what, &[]);
    }
    let what = format!(
        "keep the objects of {} lines, {} of the allocated bytes, in a sync.Pool by pointer: measured 14 ns against 1.9 µs for \
         4 KiB; reset them, and let nothing refer to them after their return",
        sites.len(),
        share(part(&sites))
    );
    let class = |s: &&MemorySite| s.size_class;
    let classes: BTreeSet<u64> = sites.iter().filter_map(class).collect();
    let mut sizes: Vec<String> = classes.into_iter().map(|c| human(c as f64, "B")).collect();
    if sites.iter().any(|s| s.size_class.is_none()) {
        sizes.push("larger than 32 KiB".to_string());
    }
    let [live, all] = [|s: &MemorySite| s.live_bytes, |s: &MemorySite| s.bytes]
        .map(|of| sites.iter().map(|s| of(s)).fold(0, i64::saturating_add) as f64);
    let rate = (1.0 - live / all.max(1.0)).clamp(0.0, 1.0);
    Strategy {
        facts: vec![
            fact("Size classes", sizes.join(", ")),
            fact(
                "Expected reuse rate",
                format!(
                    "at most {} = 1 − {} live ÷ {} allocated; each collection empties the pool",
                    share(rate),
                    human(live, "B"),
                    human(all, "B")
                ),
            ),
        ],
        ..strategy(StrategyKind::Pool, what, &sites)
    }
}

/// All that a request allocates, let go at once.
fn arena(context: &Context<'_>, own: &[&MemorySite], benchmarks: &[BenchmarkFacts]) -> Strategy {
    let least = context.policy.heap.arena_share;
    let part = part(own);
    if part < least {
        let what = format!(
            "no: {} of the allocated bytes are request-scoped at own lines, under {}",
            share(part),
            share(least)
        );
        return strategy(StrategyKind::Arena, what, &[]);
    }
    let what = format!(
        "a slab for each request is worth a try after the others, {} of the allocated bytes: objects in chunks of one slice, \
         dropped or reused as a whole (measured 62 ns instead of 89 ns for 64 B, 1.4 times as fast); Go's own arena package is \
         an experiment that is on hold",
        share(part)
    );
    let sized: Vec<(&BenchmarkFacts, f64)> = benchmarks
        .iter()
        .filter_map(|b| Some((b, per_operation(b, own)?)))
        .collect();
    let size = |(b, bytes): &(&BenchmarkFacts, f64)| {
        format!("{} each turn of Benchmark{}", human(*bytes, "B"), b.name)
    };
    let often = |(b, _): &(&BenchmarkFacts, f64)| {
        let seconds = b
            .metrics
            .iter()
            .find(|m| m.unit == "sec/op")
            .map(|m| m.median)
            .filter(|s| *s > 0.0)?;
        Some(format!(
            "{} per second in Benchmark{}",
            human(1.0 / seconds, ""),
            b.name
        ))
    };
    let or_missing = |texts: Vec<String>| match texts.is_empty() {
        true => "not measured: no benchmark or count of requests says how many share these bytes".to_string(),
        false => texts.join("; "),
    };
    Strategy {
        facts: vec![
            fact("Estimated size", or_missing(sized.iter().map(size).collect())),
            fact(
                "Reset frequency",
                or_missing(sized.iter().filter_map(often).collect()),
            ),
        ],
        ..strategy(StrategyKind::Arena, what, own)
    }
}

/// Bytes of the sites for each operation of a benchmark, from its lines; none where it enters none of them.
fn per_operation(benchmark: &BenchmarkFacts, sites: &[&MemorySite]) -> Option<f64> {
    let is_meant = |line: &&super::LineFacts| {
        let same =
            |s: &&MemorySite| s.line == line.line && s.function == line.function && s.file == line.file;
        sites.iter().any(same)
    };
    let bytes = benchmark.lines.iter().filter(is_meant).filter_map(|l| l.bytes);
    let sum: f64 = bytes.map(|b| b.value).sum();
    (sum >= 1.0).then_some(sum)
}

fn intern() -> Strategy {
    let what = "not advised: no input counts equal values, and `unique.Make` (measured 33 ns) pays only for values of 16 B and \
                more that are kept twice";
    strategy(StrategyKind::Intern, what.to_string(), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{Resource, Share, SiteNotes};

    fn site(source: &str, mean_size: f64, verdict: Option<SiteVerdict>) -> MemorySite {
        MemorySite {
            function: "main.f".into(),
            file: "main.go".into(),
            line: 7,
            source: source.into(),
            through: "main.f".into(),
            objects: 1000,
            bytes: (mean_size * 1000.0) as i64,
            share: Share {
                resource: Resource::AllocatedBytes,
                share: 0.2,
                low: None,
                high: None,
            },
            objects_share: 0.2,
            mean_size,
            size_class: crate::analyze::size_class(mean_size),
            live_objects: 5,
            live_bytes: (mean_size * 5.0) as i64,
            live_ratio: 0.005,
            lifetime: Lifetime::RequestScoped,
            compiler: verdict.map(|verdict| SiteNotes {
                verdict,
                reasons: vec!["`x` escapes".into()],
                more: 0,
            }),
        }
    }

    #[test]
    fn lines_that_grow_are_told_by_their_text() {
        let grown = |source: &str| grows(&site(source, 8.0, None));
        assert!(grown("out = append(out, x)") && grown("m := make(map[string]int)"));
        assert!(grown("b := make([]byte, 0)") && !grown("b := make([]byte, 0, 64)"));
        assert!(!grown("m := make(map[string]int, n)") && !grown("x := new(T)"));
    }

    #[test]
    fn each_strategy_has_its_ground() {
        let escapes = site("x := new(T)", 4096.0, Some(SiteVerdict::Heap));
        let stack = stack(&[&escapes]);
        assert!(
            stack.advised
                && stack.what.contains("1 of 1 lines, 20.0 %")
                && stack.what.contains("`x` escapes")
        );
        let small = site("x := new(T)", 64.0, None);
        assert!(!super::stack(&[&small]).advised && super::stack(&[&small]).what.contains("-gcflags=-m"));
        assert!(!preallocate(&[&small]).advised && !intern().advised);
    }
}
