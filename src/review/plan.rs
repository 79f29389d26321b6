//! How to prove it: benchmarks that exist and that are missing, commands, and how many runs.

use std::collections::BTreeSet;

use super::skeletons::{HotFunction, Skeletons};
use super::{
    BenchmarkFacts, Context, HotPath, Issues, MissingBenchmark, Plan, ProfilingCommands, Resource, Step,
    Target,
};
use crate::analyze::EntryKind;
use crate::profile::{Kind, package_of};
use crate::stats::{Runs, median, runs_for};
use crate::unit::share;

/// The effect to be found where no target says how large it is.
const DEFAULT_EFFECT: f64 = 0.05;
const MOST_MISSING: usize = 5;

/// The plan for the benchmarks.
pub(super) fn plan(
    context: &Context<'_>,
    hot_paths: &[HotPath],
    benchmarks: &[BenchmarkFacts],
    targets: &[Target],
) -> Plan {
    let (count, count_reason) = count(benchmarks, targets);
    let existing = benchmarks
        .iter()
        .map(|b| format!("Benchmark{}", b.name))
        .collect();
    let missing = missing(context, hot_paths, benchmarks);
    let commands = commands(benchmarks, &missing, count);
    Plan {
        existing,
        missing,
        commands,
        count,
        count_reason,
    }
}

/// `-count` so that the smallest expected gain in time is found with a chance of 80 %, from the measured noise.
fn count(benchmarks: &[BenchmarkFacts], targets: &[Target]) -> (Option<u64>, String) {
    let noise: Vec<f64> = benchmarks.iter().filter_map(|b| b.log_sd).collect();
    if noise.is_empty() {
        return (
            None,
            "the noise is not known: give benchmark text with -count=10".to_string(),
        );
    }
    let typical = median(&noise);
    let gains = targets
        .iter()
        .filter(|t| t.unit == "sec/op" && t.now > 0.0)
        .map(|t| 1.0 - t.goal / t.now);
    let smallest = gains.filter(|g| *g > 0.0).fold(f64::INFINITY, f64::min);
    let (effect, which) = if smallest.is_finite() {
        (smallest, "the smallest gain in time among the targets")
    } else {
        (DEFAULT_EFFECT, "no target gives a gain in time")
    };
    let found = format!(
        "effect {} ({which}), noise between runs {} (median)",
        share(effect),
        share(typical)
    );
    match runs_for(effect, typical) {
        Runs::Count(n) => {
            let n = u64::from(n).max(6);
            (
                Some(n),
                format!("{found}: -count={n} finds it with a chance of 80 % at α = 0.05"),
            )
        }
        Runs::TooNoisy(n) => (
            None,
            format!("{found}: about {n:.0} runs a side would be needed; make the machine quieter instead"),
        ),
        Runs::Undefined => (Some(10), format!("{found}: -count=10 by default")),
    }
}

/// Hot entry points that no benchmark enters, by their hottest own functions.
fn missing(
    context: &Context<'_>,
    hot_paths: &[HotPath],
    benchmarks: &[BenchmarkFacts],
) -> Vec<MissingBenchmark> {
    let covered: BTreeSet<String> = hot_paths
        .iter()
        .filter(|p| p.kind == EntryKind::Benchmark)
        .flat_map(|p| p.lines.iter().map(|l| outer(&l.function)))
        .collect();
    let mut seen = BTreeSet::new();
    let needs = |p: &&HotPath| {
        !matches!(
            p.kind,
            EntryKind::Benchmark | EntryKind::Test | EntryKind::Runtime
        )
    };
    let hot = hot_paths
        .iter()
        .filter(needs)
        .flat_map(|p| p.lines.iter().filter(|l| is_work(l.charged.resource)).take(2))
        .filter(|l| l.charged.share >= context.policy.hot_path_share)
        .map(|l| HotFunction {
            function: outer(&l.function),
            file: l.file.clone(),
        })
        .filter(|f| !covered.contains(&f.function) && can_be_called(f) && seen.insert(f.clone()));
    let known = |b: &BenchmarkFacts| {
        let name = b.name.split(['/', '-']).next().unwrap_or_default();
        (b.package.clone(), format!("Benchmark{name}"))
    };
    let mut skeletons = Skeletons::new(context, benchmarks.iter().map(known));
    hot.take(MOST_MISSING).map(|f| skeletons.of(&f)).collect()
}

/// A benchmark calls its function over and over: neither `main` nor what runs once, nor tests.
fn can_be_called(hot: &HotFunction) -> bool {
    let Some(package) = package_of(&hot.function) else {
        return false;
    };
    let name = hot.function.get(package.len() + 1..).unwrap_or_default();
    let first = name.split('.').next().unwrap_or_default();
    !(first.is_empty()
        || matches!(first, "init" | "glob")
        || (package == "main" && first == "main")
        || hot.file.ends_with("_test.go"))
}

/// Whether a share is of work: a function that waits cannot be called in a loop.
fn is_work(resource: Resource) -> bool {
    matches!(
        resource,
        Resource::Cpu | Resource::AllocatedBytes | Resource::AllocatedObjects
    )
}

/// A closure is measured by the function that makes it.
fn outer(function: &str) -> String {
    let package = package_of(function).map_or(0, |p| p.len());
    let cuts = [".func", ".gowrap", ".deferwrap", "-range"]
        .iter()
        .filter_map(|mark| {
            let digit = |at: usize| {
                function
                    .as_bytes()
                    .get(at + mark.len())
                    .is_some_and(u8::is_ascii_digit)
            };
            function
                .match_indices(mark)
                .map(|(i, _)| i)
                .find(|i| *i > package && digit(*i))
        });
    function[..cuts.min().unwrap_or(function.len())].to_string()
}

fn commands(benchmarks: &[BenchmarkFacts], missing: &[MissingBenchmark], count: Option<u64>) -> Vec<String> {
    let packages: BTreeSet<String> = benchmarks
        .iter()
        .map(|b| b.package.as_str())
        .map(str::to_string)
        .chain(missing.iter().map(tested_by))
        .filter(|p| is_package(p))
        .collect();
    let packages = if packages.is_empty() {
        BTreeSet::from(["./...".to_string()])
    } else {
        packages
    };
    let count = count.unwrap_or(10);
    // The folders of programs come after the packages.
    let (programs, mut ordered): (Vec<String>, Vec<String>) =
        packages.into_iter().partition(|p| p.starts_with(['.', '/']));
    ordered.extend(programs);
    let packages = ordered;
    let several = packages.len() > 1;
    let mut commands = Vec::new();
    for (package, n) in packages.into_iter().zip(1..) {
        let n = if several { format!("{n}") } else { String::new() };
        commands.push(format!(
            "go test -run '^$' -bench . -benchmem -count={count} {package} > times{n}.txt  # times, without profiles"
        ));
        commands.push(format!(
            "go test -run '^$' -bench . -benchmem -count=6 -cpuprofile cpu{n}.pb.gz -memprofile mem{n}.pb.gz \
             {package} > bench{n}.txt  # where they go"
        ));
        commands.push(format!(
            "perfplan analyze cpu{n}.pb.gz mem{n}.pb.gz bench{n}.txt --source ."
        ));
    }
    commands
}

/// How `go test` names the package of a skeleton: package main by its folder.
fn tested_by(missing: &MissingBenchmark) -> String {
    let folder = missing.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    match missing.package.as_str() {
        "main" if folder.starts_with('/') => folder.to_string(),
        "main" => format!("./{folder}"),
        package => package.to_string(),
    }
}

/// Commands for what is missing.
pub(super) fn profiling_commands(context: &Context<'_>) -> ProfilingCommands {
    let kinds: BTreeSet<Kind> = context
        .evidence
        .profiles
        .iter()
        .map(|p| p.profile.kind())
        .collect();
    let package = context
        .evidence
        .benchmarks
        .iter()
        .flat_map(|log| &log.results)
        .map(|r| r.package().to_string())
        .find(|p| is_package(p))
        .unwrap_or_else(|| "./...".to_string());
    let bench = |flags: &str| format!("go test -run '^$' -bench . {flags} {package}");
    let missing = |has: bool, command: String| if has { String::new() } else { command };
    let memory = kinds.contains(&Kind::Heap) || kinds.contains(&Kind::Allocs);
    let first = context
        .evidence
        .profiles
        .first()
        .map_or("cpu.pb.gz", |p| p.name.as_str());
    ProfilingCommands {
        cpu: missing(kinds.contains(&Kind::Cpu), bench("-cpuprofile cpu.pb.gz")),
        memory: missing(memory, bench("-benchmem -memprofile mem.pb.gz")),
        trace: bench("-trace trace.out"),
        pprof: format!("go tool pprof -http=localhost:8080 {}", quoted(first)),
        block: missing(kinds.contains(&Kind::Block), bench("-blockprofile block.pb.gz")),
        mutex: missing(kinds.contains(&Kind::Mutex), bench("-mutexprofile mutex.pb.gz")),
        goroutine: String::new(),
    }
}

/// Measure first, then do, verify.
pub(super) fn next_steps(commands: &ProfilingCommands, issues: &Issues, plan: &Plan) -> Vec<Step> {
    let step = |stage: &str, what: String, command: &str| Step {
        stage: stage.to_string(),
        what,
        command: command.to_string(),
    };
    let measure = [("CPU time", &commands.cpu), ("allocations", &commands.memory)];
    let mut steps: Vec<Step> = measure
        .into_iter()
        .filter(|(_, command)| !command.is_empty())
        .map(|(what, command)| {
            step(
                "measure",
                format!("Measure the {what}, which these inputs do not show"),
                command,
            )
        })
        .collect();
    if !commands.goroutine.is_empty() {
        let what = "Measure what these inputs do not tell of goroutines".to_string();
        steps.push(step("measure", what, &commands.goroutine));
    }
    if plan.existing.is_empty() {
        let command = plan.commands.first().map_or("", String::as_str);
        steps.push(step(
            "measure",
            "Give the text of a benchmark run, to know costs per operation".into(),
            command,
        ));
    }
    let severe = issues.critical.iter().chain(&issues.high).take(5);
    steps.extend(severe.map(|i| step("do", super::findings::recommendation(i), "")));
    steps.push(step(
        "verify",
        "Measure again after each change, by the commands of the benchmark plan".into(),
        "",
    ));
    steps
}

/// Whether a name can stand in a command as a package: it comes from a file, and commands are pasted.
fn is_package(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._~/-".contains(c);
    !name.is_empty() && !name.starts_with('-') && name.chars().all(plain)
}

/// A file name as a shell takes it.
pub(crate) fn quoted(file: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+,:@%=".contains(c);
    if !file.is_empty() && !file.starts_with('-') && file.chars().all(plain) {
        file.to_string()
    } else {
        format!("'{}'", file.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_files_cannot_leave_their_place_in_a_command() {
        assert!(is_package("example.com/shop/cart"));
        assert!(!is_package("x; touch /pwned") && !is_package("-exec=touch") && !is_package("$(id)"));
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("cpu.pb.gz"), "cpu.pb.gz");
    }
}
