//! What did not give a result: lines that tell of failures, panics and skips.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::name;
use super::text::split_field;

/// One benchmark or package without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// How it failed.
    pub kind: FailureKind,
    /// Full name without `Benchmark`, as far as it is known; with `-N` only where the line has it.
    pub benchmark: Option<String>,
    /// Import path, empty if unknown.
    pub package: String,
    /// Line from 1.
    pub line: u64,
    /// The line that told of it.
    pub message: String,
}

/// The ways to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The benchmark reported a failure.
    Failed,
    /// The program died.
    Panicked,
    /// The benchmark chose not to run: information only.
    Skipped,
    /// It began and no numbers followed.
    NoResult,
    /// `go test` reports the package as failed.
    PackageFailed,
}

/// What a line that is no result tells about the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note<'a> {
    /// A benchmark begins (`go test -v`).
    Started(&'a str),
    Failed(&'a str),
    Skipped(&'a str),
    Panicked,
    /// The test binary ended badly.
    Died,
    /// The package failed; its import path if the line has it.
    PackageFailed(&'a str),
    /// The package is done.
    Done,
    /// All benchmarks of the package have run.
    Passed,
    /// A frame of a stack trace in a benchmark function.
    Frame(&'a str),
}

/// What a line tells, without colours. `None` for most lines.
pub(super) fn note(line: &str) -> Option<Note<'_>> {
    let dashed = line.trim_start_matches([' ', '\t', '\x16']);
    if let Some(outcome) = outcome(dashed) {
        return Some(outcome);
    }
    match line {
        "PASS" => Some(Note::Passed),
        "FAIL" => Some(Note::PackageFailed("")),
        _ if line.starts_with("ok  \t") => Some(Note::Done),
        _ if line.starts_with("panic:") || line.starts_with("fatal error:") => Some(Note::Panicked),
        _ if line.starts_with("exit status ") || line.starts_with("signal: ") => Some(Note::Died),
        _ => package_failed(line)
            .or_else(|| started(dashed))
            .or_else(|| frame(line)),
    }
}

/// `--- FAIL: BenchmarkX` and `--- SKIP: BenchmarkX` at the start of a text.
pub(super) fn outcome(text: &str) -> Option<Note<'_>> {
    let name = |rest| split_field(rest).0.strip_prefix("Benchmark");
    let failed = text.strip_prefix("--- FAIL: ").and_then(name).map(Note::Failed);
    failed.or_else(|| text.strip_prefix("--- SKIP: ").and_then(name).map(Note::Skipped))
}

fn package_failed(line: &str) -> Option<Note<'_>> {
    let rest = line
        .strip_prefix("FAIL")?
        .trim_start_matches(' ')
        .strip_prefix('\t')?;
    Some(Note::PackageFailed(split_field(rest).0))
}

fn started(line: &str) -> Option<Note<'_>> {
    let rest = line.strip_prefix("=== RUN ")?;
    split_field(rest.trim_start())
        .0
        .strip_prefix("Benchmark")
        .map(Note::Started)
}

/// `example.com/codec.BenchmarkX(0x…)`, also of a function literal in it: `….BenchmarkX.func1(…)`.
fn frame(line: &str) -> Option<Note<'_>> {
    let (function, _) = line
        .split_once('(')
        .filter(|(function, _)| !function.contains(char::is_whitespace))?;
    let (_, rest) = function.split_once(".Benchmark")?;
    Some(Note::Frame(rest.split('.').next().unwrap_or(rest)))
}

/// The failures of one input; one per package, benchmark and kind.
#[derive(Default)]
pub(super) struct Failures {
    pub(super) list: Vec<Failure>,
    seen: FxHashSet<(FailureKind, String, Option<String>)>,
    seen_bases: FxHashSet<(FailureKind, String, String)>,
}

impl Failures {
    pub(super) fn add(&mut self, failure: Failure) {
        let Failure {
            kind,
            benchmark,
            package,
            ..
        } = &failure;
        if !self.seen.insert((*kind, package.clone(), benchmark.clone())) {
            return;
        }
        if let Some(full) = benchmark {
            let (stem, _) = name::split_gomaxprocs(full);
            self.seen_bases.insert((*kind, package.clone(), stem.to_string()));
        }
        self.list.push(failure);
    }

    /// As `add`, but for a name that never has its `-N`: left out when a line has told of the same benchmark with it.
    pub(super) fn add_without_suffix(&mut self, failure: Failure) {
        let stem = failure.benchmark.clone().unwrap_or_default();
        if !self
            .seen_bases
            .contains(&(failure.kind, failure.package.clone(), stem))
        {
            self.add(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_how_a_run_ends() {
        let check = |line, expect| assert_eq!(note(line), expect, "{line:?}");
        check("--- FAIL: BenchmarkX-2", Some(Note::Failed("X-2")));
        check("    --- FAIL: BenchmarkX/a (0.00s)", Some(Note::Failed("X/a")));
        check("--- SKIP: BenchmarkX", Some(Note::Skipped("X")));
        check("--- FAIL: TestX (0.00s)", None);
        check("--- BENCH: BenchmarkX-2", None);
        check("panic: oh no", Some(Note::Panicked));
        check(
            "fatal error: all goroutines are asleep - deadlock!",
            Some(Note::Panicked),
        );
        check("exit status 2", Some(Note::Died));
        check("signal: killed", Some(Note::Died));
        check(
            "FAIL\texample.com/a\t0.4s",
            Some(Note::PackageFailed("example.com/a")),
        );
        check("FAIL", Some(Note::PackageFailed("")));
        check("ok  \texample.com/a\t0.4s", Some(Note::Done));
        check("PASS", Some(Note::Passed));
        check("=== RUN   BenchmarkX/a", Some(Note::Started("X/a")));
        check("example.com/a.BenchmarkX(0xc000)", Some(Note::Frame("X")));
        check("example.com/a.BenchmarkX.func1(0xc000)", Some(Note::Frame("X")));
        check("FAILED", None);
        check("some text", None);
        check("", None);
    }
}
