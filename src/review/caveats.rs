//! What qualifies the numbers, and what these inputs cannot show.

use std::collections::BTreeSet;

use super::lines::Found;
use super::resource::framework_waits;
use super::{BenchmarkFacts, Context, DumpInput, HotPath, MemorySite, ProfileInput};
use crate::analyze::{Granularity, Node, Nodes, Selection, heat, is_std};
use crate::profile::{Kind, Profile, package_of};
use crate::unit::{human, share};

/// Fewest samples for which shares are worth reading closely.
const FEW_SAMPLES: i64 = 100;
/// Stacks of a CPU profile hold so many frames, those of the others twice as many.
const CPU_DEPTH: usize = 64;
const OTHER_DEPTH: usize = 128;

/// All caveats: those of the inputs in their order, then of source, of benchmarks, then of coverage.
pub(super) fn caveats(
    context: &Context<'_>,
    hot_paths: &[HotPath],
    memory: &[MemorySite],
    benchmarks: &[BenchmarkFacts],
    of_symptoms: &[String],
) -> Vec<String> {
    let mut caveats = Vec::new();
    for input in context.evidence.profiles {
        let say = |text: String| format!("{}: {text}", input.name);
        caveats.extend(input.profile.warnings.iter().map(|w| say(w.message.clone())));
        caveats.extend(profile_caveats(input).into_iter().map(say));
    }
    for input in context.evidence.dumps {
        caveats.extend(input.dump.warnings.iter().map(ToString::to_string));
    }
    for log in context.evidence.benchmarks {
        caveats.extend(log.warnings.iter().map(ToString::to_string));
        caveats.extend(
            log.failures
                .iter()
                .map(|f| format!("{}: {}", log.input, f.message)),
        );
    }
    caveats.extend(source_caveats(context, hot_paths, memory));
    caveats.extend(benchmark_caveats(benchmarks));
    if !benchmarks.is_empty() && !context.evidence.profiles.is_empty() {
        caveats.push(
            "if the benchmarks were profiled while they ran, their times are longer than without; compare only with \
             runs made the same way"
                .to_string(),
        );
    }
    caveats.extend(of_symptoms.iter().cloned());
    caveats.extend(excluded(context));
    caveats.extend(coverage(context));
    caveats
}

fn profile_caveats(input: &ProfileInput) -> Vec<String> {
    let profile = &input.profile;
    let mut found = Vec::new();
    if profile.kind() == Kind::Cpu {
        let count = profile.type_named("samples").map(|i| profile.total(i));
        if let Some(count) = count.filter(|c| *c < FEW_SAMPLES) {
            found.push(format!("only {count} samples: the intervals are wide"));
        }
    }
    let limit = if profile.kind() == Kind::Cpu {
        CPU_DEPTH
    } else {
        OTHER_DEPTH
    };
    let cut = (0..profile.samples.len())
        .filter(|s| profile.samples.stack(*s).take(limit).count() == limit)
        .count();
    if cut > 0 {
        found.push(format!(
            "{cut} of {} stacks are as deep as the runtime keeps them ({limit}); what called them is not known",
            profile.samples.len()
        ));
    }
    let unnamed = unnamed_share(profile);
    if unnamed >= 0.01 {
        found.push(format!(
            "{} of the weight ends in code without a name",
            share(unnamed)
        ));
    }
    found
}

fn unnamed_share(profile: &Profile) -> f64 {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let heat = heat(profile, &nodes, profile.default_type(), Selection::All);
    let unnamed: i64 = heat
        .rows
        .iter()
        .filter(|r| nodes.get(r.node).function.is_empty())
        .map(|r| r.flat)
        .sum();
    if heat.total == 0 {
        0.0
    } else {
        unnamed as f64 / heat.total as f64
    }
}

/// Lines without text, told apart by reason.
fn source_caveats(context: &Context<'_>, hot_paths: &[HotPath], memory: &[MemorySite]) -> Vec<String> {
    let source = context.source_lines();
    let of_paths = hot_paths
        .iter()
        .flat_map(|p| &p.lines)
        .map(|l| (&l.function, &l.file, l.line));
    let places = of_paths.chain(memory.iter().map(|s| (&s.function, &s.file, s.line)));
    // Nobody gives the standard library's source; its lines are named all the same.
    let is_own = |function: &str| package_of(function).is_some_and(|p| !is_std(&p));
    let places = places.filter(|(function, ..)| is_own(function));
    let (mut missing, mut stale) = (BTreeSet::new(), BTreeSet::new());
    for (function, file, line) in places {
        let node = Node {
            function: function.clone().into_bytes(),
            file: file.clone().into_bytes(),
            line,
            ..Node::default()
        };
        match source.find(&node) {
            Found::Missing => missing.insert(file.clone()),
            Found::Stale => stale.insert(file.clone()),
            Found::Text(_) => false,
        };
    }
    let list = |files: BTreeSet<String>| files.into_iter().collect::<Vec<_>>().join(", ");
    let mut caveats = Vec::new();
    if !missing.is_empty() {
        caveats.push(format!(
            "no source for {}; --source DIR shows its lines",
            list(missing)
        ));
    }
    if !stale.is_empty() {
        caveats.push(format!(
            "the source of {} does not fit the profile: it was changed since, so its lines are not shown",
            list(stale)
        ));
    }
    caveats
}

fn benchmark_caveats(benchmarks: &[BenchmarkFacts]) -> Vec<String> {
    let mut caveats = Vec::new();
    let few = benchmarks
        .iter()
        .filter(|b| b.metrics.iter().any(|m| m.low.is_none()))
        .count();
    if few > 0 {
        caveats.push(format!(
            "{few} benchmarks have too few runs for an interval at 95 %: use -count=6 or more"
        ));
    }
    if benchmarks.iter().any(|b| b.shared_by > 1 && !b.lines.is_empty()) {
        caveats.push(
            "sub-benchmarks run the same function, so a profile cannot tell them apart: their lines have the \
             shares of all of them together"
                .to_string(),
        );
    }
    let noisy: Vec<_> = benchmarks
        .iter()
        .filter(|b| {
            b.metrics.iter().any(|m| {
                m.noise
                    .iter()
                    .any(|n| n == "noisy" || n == "bimodal" || n == "drift")
            })
        })
        .map(|b| b.name.clone())
        .collect();
    if !noisy.is_empty() {
        caveats.push(format!(
            "the runs of {} are noisy, drift or fall into two groups",
            noisy.join(", ")
        ));
    }
    caveats
}

/// What kinds of cost the given kinds of input cannot show.
fn coverage(context: &Context<'_>) -> Vec<String> {
    let kinds: BTreeSet<Kind> = context
        .evidence
        .profiles
        .iter()
        .map(|p| p.profile.kind())
        .collect();
    let mut caveats = Vec::new();
    if kinds.contains(&Kind::Cpu) {
        caveats.push("a CPU profile does not show waiting: locks, channels, network, disk".to_string());
    }
    if kinds.contains(&Kind::Heap) || kinds.contains(&Kind::Allocs) {
        caveats.push(
            "a heap profile samples one allocation per MemProfileRate bytes: small sites carry wide intervals"
                .to_string(),
        );
    }
    if kinds.contains(&Kind::Block) || kinds.contains(&Kind::Mutex) {
        caveats.push(
            "block and mutex profiles do not say at which rate they were taken: their shares have no interval"
                .to_string(),
        );
    }
    if kinds.contains(&Kind::Goroutineleak) {
        caveats.push(
            "a goroutineleak profile misses goroutines that something reachable could still wake, such as those of a \
             ticker: compare goroutine profiles before and after the load"
                .to_string(),
        );
    }
    if !context.evidence.dumps.is_empty() {
        caveats.push(
            "a dump counts minutes of waiting from the first garbage collection that found the goroutine parked, and \
             shows none under one minute"
                .to_string(),
        );
    }
    let is_marked = |d: &DumpInput| d.dump.goroutines.iter().any(|g| g.leaked);
    if context.evidence.dumps.iter().any(is_marked) {
        caveats.push(
            "the marks of leaked goroutines in a dump are those of the last search for leaks before it: there may be \
             more by now"
                .to_string(),
        );
    }
    caveats.extend(added_up(context));
    if !benchmarks_only(context) {
        caveats.push("time per operation is divided by CPU samples: waiting is not in the lines".to_string());
    }
    caveats.push("code that did not run while measuring is not judged".to_string());
    caveats.push(
        "the score counts what the findings may save of what was measured: work below the thresholds in force, and what no \
         input measures, is not in it"
            .to_string(),
    );
    caveats
}

/// Profiles of several moments that were merged.
fn added_up(context: &Context<'_>) -> Option<String> {
    let of = |kind| {
        let profiles = context.evidence.goroutine_profiles.iter();
        profiles.filter(|p| p.profile.kind() == kind).count()
    };
    let several = of(Kind::Goroutine) > 1 || of(Kind::Goroutineleak) > 1;
    several.then(|| {
        "goroutine profiles of several moments are added up where shares are given; Goroutines compares them instead"
            .to_string()
    })
}

/// Whether no benchmark row was divided over lines.
fn benchmarks_only(context: &Context<'_>) -> bool {
    context.evidence.benchmarks.is_empty()
        || context
            .evidence
            .profiles
            .iter()
            .all(|p| p.profile.kind() != Kind::Cpu)
}

/// Waiting that was left out of the shares.
fn excluded(context: &Context<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for input in context.evidence.profiles {
        let profile = &input.profile;
        let index = profile.default_type();
        let idle = framework_waits(profile);
        let column = profile.samples.column(index).enumerate();
        let left_out: i64 = column
            .filter(|(s, _)| idle[*s])
            .map(|(_, v)| v)
            .fold(0, i64::saturating_add);
        if left_out > 0 {
            found.push(format!(
                "{}: {} of {} are the test framework's or the runtime's own waiting and are left out",
                input.name,
                human(left_out as f64 / 1e9, "sec"),
                human(profile.total(index) as f64 / 1e9, "sec")
            ));
        }
    }
    found
}
