//! The policy file as the program finds, reads, obeys, shows and writes it.
#![expect(
    clippy::disallowed_methods,
    reason = "a test writes files and runs the program"
)]

use std::path::Path;

use assert_cmd::Command;
use perfplan::review::policy::read;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::root;

/// A repository with recorded inputs and this policy.
fn project(policy: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join(".git")).expect("a folder");
    std::fs::create_dir_all(folder.path().join("prof")).expect("a folder");
    for (name, recorded) in [
        ("prof/cpu.pb.gz", "cpu.pb.gz"),
        ("prof/mem.pb.gz", "mem.pb.gz"),
        ("old.txt", "bench.txt"),
        ("new.txt", "bench2.txt"),
    ] {
        let recorded = root().join("testdata/feed/before/out").join(recorded);
        std::fs::copy(recorded, folder.path().join(name)).expect("a copy");
    }
    std::fs::write(folder.path().join("go.mod"), "module example.com/feed\n").expect("a file");
    std::fs::write(folder.path().join("perfplan.yaml"), policy).expect("a file");
    folder
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    let output = command
        .current_dir(folder)
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .expect("it runs");
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Said {
    run_with(folder, arguments, &[])
}

#[test]
fn analyze_without_inputs_takes_those_of_the_policy() {
    let policy = "profiles: { cpu: 'prof/c*.pb.gz', mutex: 'prof/mutex*.pb.gz' }\nbenchmarks: { new: new.txt }\ncomponent: Cart\n";
    let folder = project(policy);
    std::fs::create_dir(folder.path().join("deep")).expect("a folder");
    let said = run(&folder.path().join("deep"), &["analyze", "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("\"../prof/cpu.pb.gz\"") && said.out.contains("\"../new.txt\""));
    assert!(said.out.contains("\"component\": \"Cart\""));
    assert_eq!(
        said.err.trim(),
        "warning: ../perfplan.yaml:1: profiles.mutex: nothing matches prof/mutex*.pb.gz"
    );
    let given = run(
        folder.path(),
        &["analyze", "old.txt", "--format", "json", "--component", "Other"],
    );
    assert!(!given.out.contains("prof/cpu.pb.gz") && given.out.contains("\"component\": \"Other\""));
}

#[test]
fn without_inputs_anywhere_analyze_says_so() {
    let said = run(project("").path(), &["analyze"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.starts_with("error: analyze: no inputs\nhint: "),
        "{}",
        said.err
    );
}

#[test]
fn a_policy_is_found_up_to_the_repository_and_no_further() {
    let folder = project("versoin: 1\n");
    let inner = folder.path().join("inner");
    std::fs::create_dir_all(inner.join(".git")).expect("a folder");
    assert_eq!(run(&inner, &["config", "show"]).code, Some(0));
    let said = run(folder.path(), &["config", "show"]);
    assert_eq!(said.code, Some(2));
    assert_eq!(
        said.err,
        "error: perfplan.yaml:1: versoin: unknown key\nhint: did you mean version?\n"
    );
}

#[test]
fn flag_comes_before_variable_before_file_before_default() {
    let folder = project("benchmarks: { alpha: 0.04 }\nmodule: example.com/file\n");
    std::fs::write(
        folder.path().join("other.yaml"),
        "\nbenchmarks: { alpha: 0.03 }\n",
    )
    .expect("a file");
    let line = |arguments: &[&str], variables: &[(&str, &str)], key: &str| {
        let all = [&["config", "show", "--origin"], arguments].concat();
        let said = run_with(folder.path(), &all, variables);
        let found = said.out.lines().find(|l| l.starts_with(&format!("{key}: ")));
        found.unwrap_or(&said.err).to_string()
    };
    let alpha = |arguments, variables| line(arguments, variables, "benchmarks.alpha");
    assert_eq!(alpha(&[], &[]), "benchmarks.alpha: 0.04  # perfplan.yaml:1");
    assert_eq!(
        alpha(&[], &[("PERFPLAN_ALPHA", "0.02")]),
        "benchmarks.alpha: 0.02  # environment variable PERFPLAN_ALPHA"
    );
    let other = [("PERFPLAN_CONFIG", "other.yaml")];
    assert_eq!(alpha(&[], &other), "benchmarks.alpha: 0.03  # other.yaml:2");
    assert_eq!(
        alpha(&["--config", "perfplan.yaml"], &other),
        "benchmarks.alpha: 0.04  # perfplan.yaml:1"
    );
    assert_eq!(
        line(&[], &[], "thresholds.min_score"),
        "thresholds.min_score: 80  # default"
    );
    assert_eq!(
        line(&[], &[("PERFPLAN_MODULE", "m")], "module"),
        "module: m  # environment variable PERFPLAN_MODULE"
    );
    let wrong = run_with(folder.path(), &["config", "show"], &[("PERFPLAN_ALPHA", "7")]);
    assert_eq!(
        (wrong.code, wrong.err.contains("PERFPLAN_ALPHA")),
        (Some(2), true)
    );
    let missing = run(folder.path(), &["config", "show", "--config", "none.yaml"]);
    assert_eq!(missing.err, "error: none.yaml: no such file\n");
}

#[test]
fn what_config_shows_is_a_document() {
    let folder = project(
        "rates: { BenchmarkFeed: 10/s }\ncosts: { pool: 1ns..2ns }\ngate: { fail_on: ['sec/op>5%'] }\n",
    );
    let yaml = run(folder.path(), &["config", "show"]).out;
    let read: std::collections::BTreeMap<String, serde_yaml::Value> =
        serde_yaml::from_str(&yaml).expect("YAML");
    assert_eq!(read["costs.pool"].as_str(), Some("1ns..2ns"));
    assert_eq!(read["rates.BenchmarkFeed"].as_str(), Some("10/s"));
    let json = run(folder.path(), &["config", "show", "--origin", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let settings = json["settings"].as_array().expect("a list");
    assert_eq!(settings.len(), read.len());
    let gate = settings
        .iter()
        .find(|s| s["key"] == "gate.fail_on")
        .expect("the key");
    assert_eq!(
        (gate["value"].as_str(), gate["origin"].as_str()),
        (Some("[\"sec/op>5%\"]"), Some("perfplan.yaml:3"))
    );
}

#[test]
fn a_gate_of_the_file_fails_a_comparison_and_a_flag_replaces_it() {
    let folder =
        project("gate: { fail_on: ['B/op>0%,severity>=high', 'missing'] }\nbenchmarks: { min_runs: 1000 }\n");
    let results = |allocated: u32| {
        let line = format!("BenchmarkA 100 100 ns/op {allocated} B/op 1 allocs/op\n");
        format!("pkg: example.com/a\n{}", line.repeat(6))
    };
    std::fs::write(folder.path().join("a.txt"), results(1000)).expect("a file");
    std::fs::write(folder.path().join("b.txt"), results(5000)).expect("a file");
    let said = run(folder.path(), &["compare", "a.txt", "b.txt"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("gate failed: B/op>0%"), "{}", said.err);
    assert!(
        said.err
            .contains("perfplan.yaml:2: 3 of 3 comparisons rest on fewer than 1000 runs"),
        "{}",
        said.err
    );
    assert_eq!(
        run(
            folder.path(),
            &["compare", "a.txt", "b.txt", "--fail-on", "missing"]
        )
        .code,
        Some(0)
    );
    let by_variable = run_with(
        folder.path(),
        &["compare", "a.txt", "b.txt"],
        &[("PERFPLAN_FAIL_ON", "missing")],
    );
    assert_eq!(by_variable.code, Some(0), "{}", by_variable.err);
    let bench = run(folder.path(), &["bench", "a.txt"]);
    assert!(
        bench.err.contains("rest on fewer than 1000 runs"),
        "{}",
        bench.err
    );
}

#[test]
fn thresholds_and_disabled_rules_reach_the_review() {
    let plain = project("");
    let before = run(plain.path(), &["analyze", "prof/mem.pb.gz", "--format", "json"]).out;
    assert!(
        before.contains("\"rule\": \"alloc-churn\""),
        "the recorded profile shows it"
    );
    let folder =
        project("audit: { disable: [alloc-churn] }\nthresholds:\n  line_share: 2%\n  min_score: 100\n");
    let said = run(
        folder.path(),
        &["analyze", "prof/mem.pb.gz", "-o", "r.md", "-o", "r.json"],
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    let json = std::fs::read_to_string(folder.path().join("r.json")).expect("a review");
    assert!(
        !json.contains("\"rule\": \"alloc-churn\"") && json.contains("the policy disables `alloc-churn`: ")
    );
    let text = std::fs::read_to_string(folder.path().join("r.md")).expect("a review");
    let told = "`thresholds.line_share` 2% instead of 1% (perfplan.yaml:3)";
    assert!(text.contains(told), "{text}");
}

#[test]
fn rates_are_told_as_cores() {
    let folder = project("rates: { BenchmarkNone: 1/s, BenchmarkFeed/items=10: 100/s }\n");
    let inputs = [
        "analyze",
        "prof/cpu.pb.gz",
        "new.txt",
        "-o",
        "-",
        "--format",
        "markdown",
    ];
    let of_file = run(folder.path(), &inputs).out;
    assert!(
        of_file.contains("Frequency in production")
            && of_file.contains("100 ops/s (perfplan.yaml:1), which need"),
        "{of_file}"
    );
    assert!(
        of_file.contains("the rate of `BenchmarkNone` (perfplan.yaml:1) belongs to no benchmark"),
        "{of_file}"
    );
    let rate = ["--rate", "BenchmarkFeed/items=10=20000/s"];
    let of_flag = run(folder.path(), &[&inputs[..], &rate].concat()).out;
    assert!(
        of_flag.contains("20.00k ops/s (flag --rate), which need"),
        "{of_flag}"
    );
    let wrong = run(folder.path(), &["analyze", "new.txt", "--rate", "A=5"]);
    assert_eq!(
        (wrong.code, wrong.err.contains("such as 2000/s")),
        (Some(2), true),
        "{}",
        wrong.err
    );
}

#[test]
fn init_writes_a_policy_that_analyze_can_use_and_keeps_what_is_there() {
    let folder = project("");
    std::fs::write(
        folder.path().join("a_test.go"),
        "func BenchmarkServe(b *testing.B) {\n",
    )
    .expect("a file");
    let kept = run(folder.path(), &["init"]);
    assert_eq!(kept.code, Some(2));
    assert_eq!(
        kept.err,
        "error: ./perfplan.yaml: exists already\nhint: --force replaces it\n"
    );
    let said = run(folder.path(), &["init", "--force"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let text = std::fs::read(folder.path().join("perfplan.yaml")).expect("a file");
    let file = read(&text, "p").expect("a policy").file;
    assert_eq!(file.module.as_deref(), Some("example.com/feed"));
    assert_eq!(file.profiles.cpu.0, ["prof/cpu.pb.gz"]);
    assert_eq!(file.benchmarks.new.0, ["new.txt", "old.txt"]);
    assert!(String::from_utf8_lossy(&text).contains("# BenchmarkServe: 100/s"));
    assert_eq!(run(folder.path(), &["analyze"]).code, Some(0));
    let printed = run(folder.path(), &["init", "-o", "-"]);
    assert_eq!(printed.out.as_bytes(), text, "the same twice");
}

#[test]
fn explain_tells_rules_and_words() {
    let folder = project("");
    let rule = run(folder.path(), &["explain", "slice.grow"]).out;
    for name in [
        "What:",
        "Why it costs:",
        "Levels:",
        "Saving:",
        "Advice:",
        "Not when:",
        "Source:",
    ] {
        assert!(rule.contains(name), "{name} in {rule}");
    }
    assert!(
        run(folder.path(), &["explain", "Allocation", "churn"])
            .out
            .contains("garbage soon after")
    );
    let json = run(folder.path(), &["explain", "gogc", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["term"]["name"], "GOGC");
    let all = run(folder.path(), &["explain", "--format", "json"]).out;
    let all: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    assert!(all["rules"].as_array().is_some_and(|r| r.len() > 55));
    let unknown = run(folder.path(), &["explain", "geomaen"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.starts_with(
            "error: explain: nothing is called \"geomaen\"\nhint: the nearest names are geomean"
        ),
        "{}",
        unknown.err
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, "p");
    }

    #[test]
    fn no_text_of_yaml_signs_makes_the_reader_panic(
        text in r#"([\[\]{}:,&*!|>?'"%@`#~ \n-]|version|module|budgets|match|max|rates|thresholds|[0-9]{1,3}(%|ns|/s)?){0,60}"#
    ) {
        let _ = read(&text, "p");
    }
}
