//! The loop: a stored review is rendered again, checked against new measurements, and told of in the next review.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files")]

use std::path::{Path, PathBuf};
use std::process::Output;

use perfplan::render::{markdown, yaml};
use perfplan::report::review_document;
use perfplan::review::{Fate, Review, TargetVerdict, read_review};
use tempfile::TempDir;

use crate::support::{files_below, root};

/// A program in the project's folder, without the source of a Go that may be there.
fn perfplan(arguments: &[&str]) -> Output {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"));
    command.current_dir(root()).args(arguments).env("NO_COLOR", "1");
    command
        .env("GOROOT", "/nonexistent")
        .env("GOMODCACHE", "/nonexistent");
    command.env_remove("GITHUB_STEP_SUMMARY").env_remove("COLUMNS");
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The recordings of a program before or after its change.
fn inputs(program: &str, variant: &str) -> Vec<String> {
    let out = format!("testdata/{program}/{variant}/out");
    let files: &[&str] = match program {
        "sluice" => &[
            "cpu.pb.gz",
            "loaded/heap.pb.gz",
            "loaded/goroutine.pb.gz",
            "loaded/goroutineleak.pb.gz",
            "loaded/block.pb.gz",
            "loaded/mutex.pb.gz",
        ],
        _ => &[
            "cpu.pb.gz",
            "mem.pb.gz",
            "block.pb.gz",
            "mutex.pb.gz",
            "bench.txt",
        ],
    };
    files.iter().map(|f| format!("{out}/{f}")).collect()
}

/// A folder with the stored review of a program before its change.
struct Stored {
    folder: TempDir,
}

impl Stored {
    fn of(program: &str) -> Self {
        let stored = Self {
            folder: tempfile::tempdir().expect("a folder for temporary files"),
        };
        let path = stored.path("review.yaml");
        let mut arguments = vec!["analyze".to_string()];
        arguments.extend(inputs(program, "before"));
        arguments.extend(["-o".to_string(), path]);
        let output = perfplan(&strs(&arguments));
        assert!(output.status.success(), "{}", errors(&output));
        stored
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn check(&self, new: &[String], more: &[&str]) -> Output {
        let mut arguments = vec!["check".to_string(), self.path("review.yaml")];
        arguments.extend(new.iter().cloned());
        arguments.extend(more.iter().map(ToString::to_string));
        perfplan(&strs(&arguments))
    }
}

fn strs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn goldens(suffix: &str) -> Vec<PathBuf> {
    let mut files = files_below(&root().join("testdata/golden"));
    files.retain(|f| f.to_string_lossy().ends_with(suffix));
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

fn review_of(path: &Path) -> Review {
    read_review(read(path).as_bytes(), &path.to_string_lossy()).expect("a review")
}

#[test]
fn a_stored_review_is_rendered_to_the_same_bytes() {
    let stored = goldens(".review.yaml");
    assert!(stored.len() >= 15, "{stored:?}");
    for path in stored {
        let review = review_of(&path);
        let text = read(Path::new(&path.to_string_lossy().replace(".yaml", ".md")));
        assert_eq!(markdown(&review_document(&review)), text, "{}", path.display());
        assert_eq!(yaml(&review).expect("YAML"), read(&path), "{}", path.display());
    }
}

#[test]
fn render_reads_yaml_and_json_from_files_and_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let golden = "testdata/golden/ledger-before.review.yaml";
    let text = read(&root().join("testdata/golden/ledger-before.review.md"));
    let json = folder.path().join("review.json").to_string_lossy().into_owned();
    assert!(perfplan(&["render", golden, "-o", &json]).status.success());
    for input in [golden, json.as_str()] {
        assert_eq!(said(&perfplan(&["render", input, "--format", "markdown"])), text);
    }
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"));
    let piped = command
        .args(["render", "-", "--format", "markdown"])
        .write_stdin(std::fs::read(&json).expect("a file"));
    assert_eq!(said(&piped.output().expect("the program runs")), text);
}

#[test]
fn a_folder_is_rendered_with_its_pictures() {
    let folder = tempfile::tempdir().expect("a folder");
    let set = folder.path().to_string_lossy().into_owned();
    let cpu = "testdata/feed/before/out/cpu.pb.gz";
    assert!(
        perfplan(&["analyze", "-q", cpu, "-o", &format!("{set}/")])
            .status
            .success()
    );
    let again = perfplan(&["render", &format!("{set}/review.yaml"), "--format", "markdown"]);
    let text = read(&folder.path().join("review.md"));
    assert!(text.contains("## Figures"), "{text}");
    assert_eq!(said(&again), text);
}

#[test]
fn what_is_no_review_ends_with_its_place_and_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = read(&root().join("testdata/golden/ledger-before.review.yaml"));
    let check = |text: String, expect: &[&str]| {
        let path = folder.path().join("r.yaml").to_string_lossy().into_owned();
        std::fs::write(&path, text).expect("a file");
        let output = perfplan(&["render", &path]);
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(2), ""));
        for part in expect {
            assert!(errors(&output).contains(part), "{part}: {}", errors(&output));
        }
    };
    check(
        text.replacen("  - issue:", "  - isue:", 1),
        &["r.yaml:5: ", "unknown field `isue`", "hint: did you mean issue?"],
    );
    check(
        text.replace("schema_version: 1", "schema_version: 7"),
        &["schema_version is 7, this perfplan reads 1", "hint: "],
    );
    check("a: 1\n".into(), &["no schema_version: not a review"]);
    check(
        format!("schema_version: 1\nissues: {}", "[".repeat(200_000)),
        &["r.yaml:2: no YAML: "],
    );
    check(
        "schema_version: 1\na: &a [x]\nb: *a\n".into(),
        &["r.yaml:3: aliases"],
    );
}

#[test]
fn a_mended_program_meets_its_targets() {
    for program in ["feed", "ledger"] {
        let stored = Stored::of(program);
        let output = stored.check(&inputs(program, "after"), &[]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{program}: {}", errors(&output));
        assert!(
            text.contains("PASSED: targets: ") && text.contains("[x] met"),
            "{text}"
        );
        assert!(!text.contains("[ ]") && !text.contains("[?]"), "{text}");
    }
}

#[test]
fn the_old_program_does_not() {
    for program in ["feed", "ledger", "rates"] {
        let stored = Stored::of(program);
        let output = stored.check(&inputs(program, "before"), &[]);
        assert_eq!(output.status.code(), Some(1), "{program}: {}", errors(&output));
        assert!(said(&output).contains("[ ] not met"), "{}", said(&output));
        assert!(
            errors(&output).contains("failed: not met: Benchmark"),
            "{}",
            errors(&output)
        );
        let facts = json_of(&stored.check(&inputs(program, "before"), &["--format", "json"]));
        let findings = facts["baseline"]["findings"].as_array().expect("findings");
        assert!(!findings.is_empty());
        assert!(findings.iter().all(|f| f["fate"] == "unchanged"), "{findings:?}");
    }
}

#[test]
fn what_became_dearer_is_not_met_though_the_rest_is() {
    let stored = Stored::of("rates");
    let facts = json_of(&stored.check(&inputs("rates", "after"), &["--format", "json"]));
    let targets = facts["baseline"]["targets"].as_array().expect("targets");
    let verdict = |benchmark: &str, unit: &str| {
        let is_meant = |t: &&serde_json::Value| t["subject"] == benchmark && t["unit"] == unit;
        targets.iter().find(is_meant).expect("a target")["verdict"].clone()
    };
    assert_eq!(verdict("BenchmarkCache/mix=read-heavy-2", "sec/op"), "met");
    assert_eq!(
        verdict("BenchmarkCache/mix=write-heavy-2", "allocs/op"),
        "not_met"
    );
    assert_eq!(facts["gate"]["exit_code"], 1);
}

fn json_of(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn what_is_not_measured_does_not_pass() {
    let stored = Stored::of("feed");
    let output = stored.check(&["testdata/feed/after/out/cpu.pb.gz".into()], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("[-] not measured"), "{}", said(&output));
    assert!(
        errors(&output).contains("the new inputs have no such benchmark"),
        "{}",
        errors(&output)
    );
}

#[test]
fn targets_of_the_whole_program_are_ticked_without_a_benchmark() {
    let output = Stored::of("sluice").check(&inputs("sluice", "after"), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let facts = json_of(&output);
    let targets = facts["baseline"]["targets"].as_array().expect("targets");
    let subjects: Vec<_> = targets
        .iter()
        .map(|t| t["subject"].as_str().unwrap_or_default())
        .collect();
    assert!(
        subjects.starts_with(&["goroutineleak", "mutex.delay"]),
        "{subjects:?}"
    );
    assert!(targets.iter().all(|t| t["verdict"] == "met"), "{targets:?}");
    let same = Stored::of("sluice").check(&inputs("sluice", "before"), &[]);
    assert_eq!(same.status.code(), Some(1), "{}", said(&same));
}

#[test]
fn too_few_runs_are_undecided_with_the_count_that_decides() {
    let stored = Stored::of("feed");
    let text = read(&root().join("testdata/feed/after/out/bench.txt"));
    let few = stored.path("few.txt");
    let mut seen = std::collections::BTreeMap::new();
    let lines = text.lines().filter(|line| {
        let name = line.split_whitespace().next().unwrap_or_default().to_string();
        let count: &mut u32 = seen.entry(name).or_default();
        *count += 1;
        *count <= 3
    });
    std::fs::write(&few, lines.collect::<Vec<_>>().join("\n")).expect("a file");
    let output = stored.check(std::slice::from_ref(&few), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    let facts = json_of(&output);
    for target in facts["baseline"]["targets"].as_array().expect("targets") {
        let timed = matches!(target["unit"].as_str(), Some("sec/op" | "req/s"));
        assert_eq!(target["verdict"], if timed { "undecided" } else { "met" });
        assert_eq!(target["count"].as_u64(), timed.then_some(6), "{target}");
        assert_eq!(target["runs"], 3);
    }
}

#[test]
fn runs_of_the_old_code_decide_times_by_their_ratio() {
    let stored = Stored::of("feed");
    let new = ["testdata/feed/after/out/bench.txt".to_string()];
    let alone = said(&stored.check(&new, &[]));
    assert!(alone.contains("the goal is of another time"), "{alone}");
    let old = ["--baseline-bench", "testdata/feed/before/out/bench2.txt"];
    let beside = stored.check(&new, &old);
    assert_eq!(beside.status.code(), Some(0), "{}", errors(&beside));
    assert!(!said(&beside).contains("of another time"), "{}", said(&beside));
    // The old code is not faster than itself.
    let same = ["testdata/feed/before/out/bench.txt".to_string()];
    let output = stored.check(&same, &[&old[..], &["--fail-on", "sec/op>10%"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let output = stored.check(&same, &["--fail-on", "sec/op>10%"]);
    assert!(
        errors(&output).contains("need --baseline-bench"),
        "{}",
        errors(&output)
    );
}

#[test]
fn another_machine_is_told_beside_the_number() {
    let stored = Stored::of("feed");
    let text = read(&root().join("testdata/feed/after/out/bench.txt"));
    let other = stored.path("other.txt");
    let text = text
        .replace("cpu: AMD EPYC", "cpu: Other 9")
        .replace("goos: linux", "goos: plan9");
    std::fs::write(&other, text).expect("a file");
    let text = said(&stored.check(&[other], &["--format", "markdown"]));
    assert!(
        text.contains("another machine: cpu was AMD EPYC, it is Other 9"),
        "{text}"
    );
    assert!(
        text.contains("another machine: goos was linux, it is plan9"),
        "{text}"
    );
}

#[test]
fn the_next_review_tells_what_became_of_the_last() {
    let stored = Stored::of("sluice");
    let next = stored.path("next.yaml");
    let page = stored.path("next.md");
    let last = stored.path("review.yaml");
    let mut arguments = vec!["analyze".to_string(), "--baseline".into(), last, "-q".into()];
    arguments.extend(inputs("sluice", "after"));
    arguments.extend(["-o".into(), next.clone(), "-o".into(), page.clone()]);
    let output = perfplan(&strs(&arguments));
    assert!(output.status.success(), "{}", errors(&output));
    let text = read(Path::new(&page));
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| unreachable!("{part} is missing in {text}"))
    };
    assert!(at("## Summary") < at("## What became of the last review"));
    assert!(at("## What became of the last review") < at("## Hot Path Analysis"));
    let review = review_of(Path::new(&next));
    let top = &review.baseline.as_ref().expect("a baseline").findings[0];
    assert_eq!((top.fate, top.rule.as_str()), (Fate::Fixed, "goroutine-leak"));
    assert_eq!(top.change.as_ref().expect("a change").after.value, 0.0);
    let again = perfplan(&["render", &next, "--format", "markdown"]);
    assert_eq!(said(&again), text, "the chapter is in the stored review");
}

#[test]
fn costs_per_operation_tell_more_than_shares() {
    let stored = Stored::of("ledger");
    let facts = json_of(&stored.check(&inputs("ledger", "after"), &["--format", "json"]));
    let findings = facts["baseline"]["findings"].as_array().expect("findings");
    let at = |rule: &str, line: i64| {
        let is_meant = |f: &&serde_json::Value| f["rule"] == rule && f["place"]["line"] == line;
        findings.iter().find(is_meant).expect("a finding").clone()
    };
    // Half of all bytes before and after, but of a thousandth of the bytes.
    let churn = at("alloc-churn", 28);
    assert_eq!(
        (churn["fate"].as_str(), churn["change"]["unit"].as_str()),
        (Some("improved"), Some("B/op"))
    );
    assert_eq!(at("string.concat", 28)["fate"], "fixed");
    let gone = at("regexp.compile", 52);
    assert_eq!(gone["fate"], "gone", "maskRef was replaced");
    assert!(
        gone["change"]["after"]["value"].as_f64().expect("a share") > 0.0,
        "{gone}"
    );
}

/// Runs `check` with a policy and without a review.
fn with_policy(policy: &str, new: &[&str], more: &[&str]) -> (Output, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("perfplan.yaml");
    std::fs::write(&path, policy).expect("a file");
    let path = path.to_string_lossy().into_owned();
    let output = perfplan(&[&["check", "--config", &path], new, more].concat());
    (output, folder)
}

const FEED: [&str; 3] = [
    "testdata/feed/before/out/bench.txt",
    "testdata/feed/before/out/cpu.pb.gz",
    "testdata/feed/before/out/mem.pb.gz",
];

#[test]
fn budgets_hold_or_do_not() {
    let check = |budgets: &str, code: i32, expect: &str| {
        let (output, _folder) = with_policy(&format!("budgets:\n{budgets}\n"), &FEED, &[]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{budgets}: {}{}",
            said(&output),
            errors(&output)
        );
        assert!(
            said(&output).contains(expect),
            "{budgets}: {expect}: {}",
            said(&output)
        );
    };
    let benchmark = |limits: &str| format!("  benchmarks: [{{ match: ^BenchmarkFeed/items=10-, {limits} }}]");
    check(
        &benchmark("sec/op: { max: 25us }, allocs/op: { max: 326 }"),
        0,
        "budgets: 2 met",
    );
    check(
        &benchmark("sec/op: { max: 10us }"),
        1,
        "the whole interval of the median is above the goal",
    );
    check(&benchmark("allocs/op: { max: 325 }"), 1, "[ ] not met");
    check(&benchmark("sec/op: { max: 20us }"), 2, "would decide it");
    check(&benchmark("nonsense/op: { max: 1 }"), 2, "has nonsense/op");
    let missing = "  benchmarks: [{ match: ^BenchmarkNone$, sec/op: { max: 1s } }]";
    check(missing, 2, "no benchmark of the inputs matches");
    let function = |limits: &str| format!("  functions: [{{ match: writeJSON, {limits} }}]");
    check(&function("cpu.cum: { max: 70% }"), 0, "[x] met");
    check(
        &function("cpu.cum: { max: 5% }"),
        1,
        "the whole interval is above the budget",
    );
    check(&function("cpu.flat: { max: 5% }"), 0, "[x] met");
    let bytes = "  functions: [{ match: writeJSON, heap.alloc_space: { max: 1MiB/op, bench: BenchmarkFeedParallel } }]";
    check(bytes, 0, "[x] met");
    let bytes =
        "  functions: [{ match: writeJSON, heap.alloc_space: { max: 1B/op, bench: BenchmarkFeedParallel } }]";
    check(bytes, 1, "[ ] not met");
    let several = "  functions: [{ match: writeJSON, heap.alloc_space: { max: 1MiB/op, bench: BenchmarkFeed/items=10 } }]";
    check(several, 2, "which the profile cannot tell apart");
    check("  totals: { gc.cpu: { max: 90% } }", 0, "[x] met");
    check("  totals: { gc.cpu: { max: 1% } }", 1, "[ ] not met");
    check(
        "  totals: { goroutineleak: 0 }",
        2,
        "a goroutineleak profile does",
    );
}

#[test]
fn regressions_are_held_against_the_old_code() {
    let policy = "budgets:\n  benchmarks:\n  - match: .\n    sec/op: { regress: 10% }\n    allocs/op: { regress: 0% }\n";
    let (old, new) = (
        "testdata/ledger/before/out/bench.txt",
        "testdata/ledger/before/out/bench2.txt",
    );
    let check = |new: &str, more: &[&str], code: i32, expect: &str| {
        let (output, _folder) = with_policy(policy, &[new], more);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}{}",
            said(&output),
            errors(&output)
        );
        assert!(said(&output).contains(expect), "{}", said(&output));
    };
    check(new, &["--baseline-bench", old], 0, "budgets: 4 met");
    check(new, &[], 2, "no runs of the old code");
    // Slower runs than the first recording.
    check(
        old,
        &["--baseline-bench", new],
        1,
        "worse by more than that, and significantly so",
    );
}

#[test]
fn a_budget_that_nothing_matches_is_a_warning_with_its_line() {
    let policy = "budgets:\n  functions:\n  - match: NoSuch\n    cpu.cum: { max: 5% }\n";
    let (output, _folder) = with_policy(policy, &FEED, &[]);
    assert_eq!(output.status.code(), Some(2));
    let errors = errors(&output);
    assert!(
        errors.contains("perfplan.yaml:4: budgets.functions[0].cpu.cum: no function"),
        "{errors}"
    );
}

#[test]
fn budgets_are_part_of_the_review() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("perfplan.yaml").to_string_lossy().into_owned();
    let text = "budgets: { benchmarks: [{ match: Feed, allocs/op: { max: 1 } }] }\n";
    std::fs::write(&policy, text).expect("a file");
    let out = folder.path().join("r.yaml").to_string_lossy().into_owned();
    let bench = "testdata/feed/after/out/bench.txt";
    let output = perfplan(&["analyze", bench, "--config", &policy, "-q", "-o", &out]);
    assert!(output.status.success(), "{}", errors(&output));
    let review = review_of(Path::new(&out));
    assert_eq!(review.status, perfplan::review::Status::NeedsOptimization);
    assert!(!review.pass_criteria_met);
    assert!(review.budgets.iter().all(|b| b.verdict == TargetVerdict::NotMet));
    let page = said(&perfplan(&["render", &out, "--format", "markdown"]));
    assert!(
        page.contains("Budgets of the policy") && page.contains("budgets exceeded"),
        "{page}"
    );
}

#[test]
fn every_form_says_the_same() {
    let stored = Stored::of("rates");
    let new = inputs("rates", "after");
    let github = said(&stored.check(&new, &["--format", "github"]));
    let first = "::error file=testdata/rates/after/out/bench.txt,line=";
    assert_eq!(
        github.lines().filter(|l| l.starts_with(first)).count(),
        2,
        "{github}"
    );
    let junit = said(&stored.check(&new, &["--format", "junit"]));
    assert!(
        junit.contains("tests=\"9\" failures=\"2\" errors=\"0\""),
        "{junit}"
    );
    assert_eq!(junit.matches("<testcase ").count(), 9);
    assert_eq!(junit.matches("<failure ").count(), 2);
    let page = said(&stored.check(&new, &["--format", "markdown"]));
    assert!(
        page.starts_with("<!-- perfplan check -->\n# Performance check: "),
        "{page}"
    );
    assert!(page.contains("**FAILED**") || page.contains("FAILED"), "{page}");
    let files = ["c.md", "c.json", "c.xml", "c.txt"].map(|f| stored.path(f));
    let more: Vec<&str> = files.iter().flat_map(|f| ["-o", f.as_str()]).collect();
    let output = stored.check(&new, &more);
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(1), ""));
    assert_eq!(read(Path::new(&files[0])), page);
    assert_eq!(read(Path::new(&files[2])), junit);
}

#[test]
fn a_comment_stays_below_the_limit() {
    let golden = root().join("testdata/golden/feed-before.review.yaml");
    let mut review = review_of(&golden);
    let stored = Stored::of("feed");
    let next = stored.path("next.yaml");
    let last = stored.path("review.yaml");
    let mut arguments = vec!["analyze".to_string(), "--baseline".into(), last, "-q".into()];
    arguments.extend(inputs("feed", "after"));
    arguments.extend(["-o".into(), next.clone()]);
    assert!(perfplan(&strs(&arguments)).status.success());
    review.baseline = review_of(Path::new(&next)).baseline;
    let report = perfplan::review::CheckReport::default();
    let whole = perfplan::report::check::check_comment(&review, &report, usize::MAX, markdown);
    let cut = perfplan::report::check::check_comment(&review, &report, 4000, markdown);
    assert!(
        whole.len() > 4000 && cut.len() <= 4000,
        "{} {}",
        whole.len(),
        cut.len()
    );
    assert!(cut.contains("not shown"), "{cut}");
}

#[test]
fn faults_end_with_2() {
    let stored = Stored::of("feed");
    let check = |arguments: &[&str], expect: &str| {
        let output = perfplan(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            errors(&output).contains(expect),
            "{arguments:?}: {}",
            errors(&output)
        );
    };
    let review = stored.path("review.yaml");
    check(&["check", &review], "no inputs");
    check(&["check", &review, &review], "a second review");
    check(&["check", &review, "missing.txt"], "missing.txt: no such file");
    check(&["check", &review, FEED[0], "--fail-on", "wrose"], "no condition");
    check(
        &["check", &review, FEED[0], "-o", "x.pdf"],
        "the suffix tells no form",
    );
    check(&["render", "testdata/feed/before/out/bench.txt"], "bench.txt");
    check(
        &[
            "render",
            &review,
            "-o",
            &format!("{}/", stored.folder.path().display()),
        ],
        "name a file",
    );
}

#[test]
fn conditions_of_the_policy_are_a_gate_for_reviews() {
    let stored = Stored::of("feed");
    let policy = stored.path("gate.yaml");
    std::fs::write(
        &policy,
        "version: 1\ngate: { fail_on: [\"score<101\", \"cpu.flat(main)>5%\"] }\n",
    )
    .expect("a file");
    let output = stored.check(&inputs("feed", "after"), &["--config", &policy]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    let said = errors(&output);
    assert!(
        said.contains("does not look at the condition cpu.flat(main)>5%"),
        "{said}"
    );
}
