//! The reviews of all recorded sets, word for word. `PERFPLAN_GOLDEN=write cargo test golden` writes them anew; a missing one fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads, writes and fails"
)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in the project's folder, without the source of a Go that may be there.
fn perfplan(arguments: &[String]) -> String {
    let mut command = Command::cargo_bin("perfplan").unwrap();
    command.current_dir(root()).args(arguments);
    command
        .env("GOROOT", "/nonexistent")
        .env("GOMODCACHE", "/nonexistent")
        .env("COLUMNS", "100");
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

fn check(set: &str, arguments: &[&str], suffix: &str) {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let found = perfplan(&arguments);
    let path: PathBuf = root().join("testdata/golden").join(format!("{set}.{suffix}"));
    if std::env::var("PERFPLAN_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(
        found == expected,
        "{} differs from `perfplan {}`:\n{}",
        path.display(),
        arguments.join(" "),
        first_difference(&expected, &found)
    );
}

fn first_difference(expected: &str, found: &str) -> String {
    let differing = expected
        .lines()
        .zip(found.lines())
        .enumerate()
        .find(|(_, (e, f))| e != f);
    differing.map_or_else(
        || "one is the start of the other".to_string(),
        |(i, (e, f))| format!("line {}:\n- {e}\n+ {f}", i + 1),
    )
}

/// All recordings of a benchmarked program.
fn benchmarked(program: &str, variant: &str) {
    let out = format!("testdata/{program}/{variant}/out");
    let inputs = [
        "cpu.pb.gz",
        "mem.pb.gz",
        "block.pb.gz",
        "mutex.pb.gz",
        "bench.txt",
    ]
    .map(|f| format!("{out}/{f}"));
    let source = format!("testdata/{program}");
    let mut arguments = vec!["analyze"];
    arguments.extend(inputs.iter().map(String::as_str));
    arguments.extend(["--source", &source, "--format"]);
    let set = format!("{program}-{variant}");
    check(&set, &[&arguments[..], &["markdown"]].concat(), "review.md");
    check(&set, &[&arguments[..], &["yaml"]].concat(), "review.yaml");
}

#[test]
fn golden_feed() {
    benchmarked("feed", "before");
    benchmarked("feed", "after");
}

#[test]
fn golden_ledger() {
    benchmarked("ledger", "before");
    benchmarked("ledger", "after");
}

#[test]
fn golden_rates() {
    benchmarked("rates", "before");
    benchmarked("rates", "after");
}

#[test]
fn golden_sluice() {
    for variant in ["before", "after"] {
        let out = format!("testdata/sluice/{variant}/out");
        let inputs = [
            "cpu",
            "loaded/heap",
            "loaded/goroutine",
            "loaded/goroutineleak",
            "loaded/block",
            "loaded/mutex",
        ]
        .map(|f| format!("{out}/{f}.pb.gz"));
        let mut arguments = vec!["analyze"];
        arguments.extend(inputs.iter().map(String::as_str));
        arguments.extend(["--source", "testdata/sluice", "--format"]);
        let set = format!("sluice-{variant}");
        check(&set, &[&arguments[..], &["markdown"]].concat(), "review.md");
        check(&set, &[&arguments[..], &["yaml"]].concat(), "review.yaml");
    }
}

/// Inputs of a server that leaks, checked as Markdown and YAML.
fn leaking(set: &str, inputs: &[&str]) {
    let inputs: Vec<_> = inputs.iter().map(|f| format!("testdata/quay/out/{f}")).collect();
    let mut arguments = vec!["analyze"];
    arguments.extend(inputs.iter().map(String::as_str));
    arguments.extend(["--source", "testdata/quay", "--format"]);
    check(set, &[&arguments[..], &["markdown"]].concat(), "review.md");
    check(set, &[&arguments[..], &["yaml"]].concat(), "review.yaml");
}

#[test]
fn golden_quay() {
    let moments = ["early", "middle", "late"].map(|m| format!("{m}/goroutine.debug2.txt"));
    let mut inputs: Vec<_> = moments.iter().map(String::as_str).collect();
    leaking("quay-dumps", &inputs);
    inputs.push("late/goroutineleak.pb.gz");
    leaking("quay-leaks", &inputs);
    leaking(
        "quay-profiles",
        &[
            "early/goroutine.pb.gz",
            "middle/goroutine.pb.gz",
            "late/goroutine.pb.gz",
        ],
    );
    leaking("quay-panic", &["cases/panic-system.txt"]);
}

/// What compiler and runtime print, beside profiles and alone.
fn evidence(set: &str, program: &str, files: &[&str]) {
    let out = format!("testdata/{program}/before/out");
    let inputs: Vec<_> = files.iter().map(|f| format!("{out}/{f}")).collect();
    let source = format!("testdata/{program}");
    let mut arguments = vec!["analyze"];
    arguments.extend(inputs.iter().map(String::as_str));
    arguments.extend(["--source", &source, "--format"]);
    check(set, &[&arguments[..], &["markdown"]].concat(), "review.md");
    check(set, &[&arguments[..], &["yaml"]].concat(), "review.yaml");
}

#[test]
fn golden_evidence() {
    let all = ["cpu.pb.gz", "mem.pb.gz", "bench.txt", "notes.txt", "runtime.txt"];
    evidence("ledger-evidence", "ledger", &all);
    let all = ["cpu.pb.gz", "mem.pb.gz", "notes.txt", "bounds.txt"];
    evidence("rates-evidence", "rates", &all);
    evidence("feed-notes", "feed", &["notes.txt", "bounds.txt", "optlog.json"]);
    evidence("ledger-runtime", "ledger", &["runtime.txt"]);
    evidence("sluice-memstats", "sluice", &["loaded/heap.debug1.txt"]);
}

/// The parts of each recorded benchmark add up to its own row.
#[test]
fn lines_add_up_to_their_benchmark() {
    let mut checked = 0;
    for set in [
        "feed-before",
        "feed-after",
        "ledger-before",
        "ledger-after",
        "rates-before",
        "rates-after",
    ] {
        let path = root().join(format!("testdata/golden/{set}.review.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        let review: perfplan::review::Review = serde_yaml::from_str(&text).unwrap();
        for benchmark in &review.benchmarks {
            for metric in &benchmark.metrics {
                let parts: Option<f64> = match metric.unit.as_str() {
                    "sec/op" => Some(
                        benchmark
                            .lines
                            .iter()
                            .filter_map(|l| l.seconds)
                            .map(|e| e.value)
                            .sum(),
                    ),
                    "B/op" => Some(
                        benchmark
                            .lines
                            .iter()
                            .filter_map(|l| l.bytes)
                            .map(|e| e.value)
                            .sum(),
                    ),
                    "allocs/op" => Some(
                        benchmark
                            .lines
                            .iter()
                            .filter_map(|l| l.objects)
                            .map(|e| e.value)
                            .sum(),
                    ),
                    _ => None,
                };
                if let Some(parts) = parts {
                    let difference = (parts - metric.median).abs();
                    assert!(
                        difference <= 1e-9 * metric.median.max(1.0),
                        "{set} {} {}",
                        benchmark.name,
                        metric.unit
                    );
                    checked += 1;
                }
            }
        }
    }
    assert_eq!(checked, 3 * 14, "three rows of every benchmark");
}

/// A comparison in every form for people and programs.
#[test]
fn golden_diff() {
    let sides = ["before", "after"].map(|v| format!("testdata/ledger/{v}/out/cpu.pb.gz"));
    let arguments = ["diff", &sides[0], &sides[1], "--format"];
    check("ledger", &[&arguments[..], &["text"]].concat(), "diff.txt");
    check("ledger", &[&arguments[..], &["markdown"]].concat(), "diff.md");
    let packages = ["json", "--granularity", "packages", "--cum"];
    check("ledger", &[&arguments[..], &packages].concat(), "diff.json");
}
