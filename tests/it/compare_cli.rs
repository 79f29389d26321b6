//! `perfplan compare` and `perfplan bench` as their users meet them: exit codes, streams, forms, gates.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files")]

use assert_cmd::Command;
use perfplan::bench::filter::Filter;
use perfplan::bench::projection::parse_projection;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with files, and the program to be run in it.
struct Desk(TempDir);

/// What the program said.
struct Said {
    out: String,
    err: String,
    code: i32,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder for temporary files"));
        for (name, text) in files {
            std::fs::write(desk.0.path().join(name), text).expect("a temporary file");
        }
        desk
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], stdin: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_perfplan"));
        command
            .current_dir(self.0.path())
            .env_remove("GITHUB_STEP_SUMMARY")
            .env("COLUMNS", "160");
        let output = command
            .args(arguments)
            .write_stdin(stdin)
            .output()
            .expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            out: text(&output.stdout),
            err: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    #[track_caller]
    fn check(&self, arguments: &[&str], code: i32, err: &str) {
        let said = self.run(arguments);
        assert_eq!(
            (said.code, said.err.as_str()),
            (code, err),
            "{arguments:?}\n{}",
            said.out
        );
    }
}

/// Ten calm runs of two benchmarks; the second is slower by `factor` and allocates `allocs`.
fn results(factor: f64, allocs: u32) -> String {
    let run = |i: u32| {
        let noise = 1.0 + f64::from(i * 7 % 10) * 1e-3;
        let (a, b) = (100.0 * noise, 2000.0 * factor * noise);
        format!(
            "BenchmarkA-8\t100\t{a:.2} ns/op\t1 allocs/op\nBenchmarkB-8\t100\t{b:.0} ns/op\t{allocs} allocs/op\n"
        )
    };
    "goos: linux\npkg: p\n".to_string() + &(0..10).map(run).collect::<String>()
}

fn desk() -> Desk {
    Desk::new(&[
        ("old.txt", &results(1.0, 3)),
        ("slow.txt", &results(1.2, 3)),
        ("more.txt", &results(1.0, 4)),
        ("one.txt", "BenchmarkA-8 100 100 ns/op\n"),
        ("none.txt", "PASS\n"),
    ])
}

#[test]
fn the_table_says_what_changed() {
    let said = desk().run(&["compare", "old.txt", "slow.txt"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let row = said
        .out
        .lines()
        .find(|line| line.starts_with("B-8"))
        .expect("a row");
    assert!(
        row.contains("1.200 [1.196, 1.204]") && row.contains("<0.001") && row.contains("regression"),
        "{row}"
    );
    let row = said
        .out
        .lines()
        .find(|line| line.starts_with("A-8"))
        .expect("a row");
    assert!(row.contains("equivalent"), "{row}");
    for part in [
        "sec/op, lower is better",
        "allocs/op, lower is better",
        "geomean of 2 matched: 1.095",
    ] {
        assert!(said.out.contains(part), "{part}:\n{}", said.out);
    }
    assert!(
        said.out
            .contains("2 comparisons in class time, Benjamini–Hochberg, α 0.05, threshold ±1%")
    );
}

#[test]
fn rows_can_be_sorted_and_left_out() {
    let desk = desk();
    let rows = |arguments: &[&str]| -> Vec<String> {
        let first = ["compare", "--format=csv", "old.txt", "slow.txt"];
        let all: Vec<&str> = first.iter().chain(arguments).copied().collect();
        let said = desk.run(&all);
        let fields = |line: &str| line.split(',').skip(1).take(2).collect::<Vec<_>>().join(" ");
        said.out.lines().skip(1).map(fields).collect()
    };
    let all = ["A-8 sec/op", "B-8 sec/op", "A-8 allocs/op", "B-8 allocs/op"];
    assert_eq!(rows(&[]), all);
    assert_eq!(rows(&["--sort=ratio"])[..2], ["B-8 sec/op", "A-8 sec/op"]);
    assert_eq!(rows(&["--sort=verdict"])[..2], ["B-8 sec/op", "A-8 sec/op"]);
    assert_eq!(rows(&["--sort=name"])[..2], ["A-8 sec/op", "B-8 sec/op"]);
    assert_eq!(rows(&["--only=regression,improvement"]), ["B-8 sec/op"]);
    assert_eq!(rows(&["--filter", "-.unit:sec/op"]), all[2..]);
    let text = desk
        .run(&["compare", "--only=regression", "old.txt", "slow.txt"])
        .out;
    assert!(
        text.contains("3 comparisons not shown") && !text.contains("A-8"),
        "{text}"
    );
}

#[test]
fn gates_decide_the_exit_code() {
    let desk = desk();
    let slow = "perfplan: gate failed: regression: B-8 sec/op +20.00% (p=0.000)\n";
    desk.check(
        &["compare", "old.txt", "slow.txt", "--fail-on", "regression"],
        1,
        slow,
    );
    desk.check(&["compare", "old.txt", "slow.txt", "--fail-on=sec/op>25%"], 0, "");
    let more = "perfplan: gate failed: allocs/op>0: B-8 allocs/op +33.33% (exact)\n";
    desk.check(
        &["compare", "old.txt", "more.txt", "--fail-on=allocs/op>0"],
        1,
        more,
    );
    desk.check(
        &[
            "compare",
            "more.txt",
            "old.txt",
            "--fail-on",
            "regression,allocs/op>0",
        ],
        0,
        "",
    );
    let warned = "warning: regression: B-8 sec/op +20.00% (p=0.000)\n";
    desk.check(
        &["compare", "old.txt", "slow.txt", "--warn-on=regression"],
        0,
        warned,
    );
    desk.check(
        &[
            "compare",
            "old.txt",
            "slow.txt",
            "--fail-on=regression",
            "--threshold=30%",
        ],
        0,
        "",
    );
    let by_unit = [
        "compare",
        "old.txt",
        "slow.txt",
        "--fail-on=regression",
        "--threshold",
        "30% where .unit:sec/op",
    ];
    desk.check(&by_unit, 0, "");
}

#[test]
fn a_gate_that_cannot_decide_never_passes() {
    let desk = desk();
    let few = "perfplan: gate cannot be decided: regression: 1 comparison (first A-8 in sec/op) can show nothing with n=1+1; \
               run at least -count=4\n";
    desk.check(&["compare", "one.txt", "one.txt", "--fail-on=regression"], 2, few);
    let nothing = "perfplan: no measurement passes the filter\nperfplan: gate cannot be decided: nothing was compared\n";
    desk.check(
        &[
            "compare",
            "old.txt",
            "slow.txt",
            "--filter=.name:Z",
            "--fail-on=regression",
        ],
        2,
        nothing,
    );
    let alone = "perfplan: gate cannot be decided: nothing was compared\n";
    desk.check(&["compare", "old.txt", "--fail-on=regression"], 2, alone);
    let unit = "perfplan: gate cannot be decided: B/op>0%: nothing was compared in B/op\n";
    desk.check(&["compare", "old.txt", "slow.txt", "--fail-on=B/op>0%"], 2, unit);
    desk.check(
        &["compare", "old.txt", "slow.txt", "--filter=.name:Z"],
        0,
        "perfplan: no measurement passes the filter\n",
    );
    let wrong = "perfplan: --fail-on: \"regresion\" is no condition; did you mean regression?\n";
    desk.check(
        &["compare", "old.txt", "slow.txt", "--fail-on=regresion"],
        2,
        wrong,
    );
}

#[test]
fn too_few_runs_for_so_many_benchmarks_are_told_before_they_pass_a_gate() {
    let run = |b: u32| (0..5).map(move |i| format!("BenchmarkX{b}-8 100 {} ns/op\n", 1000 + 10 * b + i));
    let text: String = (0..20).flat_map(run).collect();
    let desk = Desk::new(&[("old.txt", &text), ("new.txt", &text)]);
    // 2/C(10, 5) = 0.008 is below 0.05, but not below 0.05/20.
    let said = desk.run(&["compare", "old.txt", "new.txt", "--fail-on=regression"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains(
        "20 comparisons (first X0-8 in sec/op) can show nothing with n=5+5; run at least -count=6"
    ));
    assert!(said.out.contains("20 comparisons can never pass"), "{}", said.out);
    desk.check(
        &[
            "compare",
            "old.txt",
            "new.txt",
            "--fail-on=regression",
            "--adjust=none",
        ],
        0,
        "",
    );
}

#[test]
fn a_reader_that_goes_away_does_not_open_the_gate() {
    let desk = desk();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_perfplan"))
        .args(["compare", "old.txt", "slow.txt", "--fail-on=regression"])
        .current_dir(desk.0.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("an end").code(), Some(1));
}

#[test]
fn faults_end_with_two_and_their_reason() {
    let desk = desk();
    let caret =
        "perfplan: parsing --filter: syntax error: value list must be separated by OR\n\ta:(b c)\n\t     ^\n";
    desk.check(&["compare", "old.txt", "--filter", "a:(b c)"], 2, caret);
    desk.check(
        &["compare", "nosuch.txt", "old.txt"],
        2,
        "perfplan: open nosuch.txt: no such file\n",
    );
    desk.check(
        &["compare", "old.txt", "--alpha", "2"],
        2,
        "perfplan: --alpha must be in range [0, 1]\n",
    );
    desk.check(
        &["compare", "old.txt", "--confidence=-1"],
        2,
        "perfplan: --confidence must be in range [0, 1]\n",
    );
    desk.check(
        &["compare", "old.txt", "--better=x"],
        2,
        "perfplan: --better: x is not UNIT=lower or UNIT=higher\n",
    );
    desk.check(
        &["compare", "-", "a=-"],
        2,
        "perfplan: standard input can be read only once\n",
    );
    let said = desk.run(&["compare", "old.txt", "none.txt"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "perfplan: none.txt: no benchmark results\n")
    );
    assert!(
        said.out.contains("A-8"),
        "what could be read is shown:\n{}",
        said.out
    );
}

#[test]
fn json_holds_everything() {
    let failed = results(1.2, 3) + "BenchmarkC-8\t--- FAIL: BenchmarkC-8\nFAIL\tp\t1s\n";
    let old = results(1.0, 3) + "BenchmarkC-8 100 5 ns/op\n";
    let desk = Desk::new(&[("old.txt", &old), ("new.txt", &failed)]);
    let arguments = [
        "compare",
        "--format=json",
        "main=old.txt",
        "pr=new.txt",
        "--fail-on=regression,failed",
    ];
    let said = desk.run(&arguments);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(said.code, 1);
    assert_eq!(report["schema"], "perfplan.compare/1");
    assert_eq!(
        (&report["options"]["adjust"], &report["options"]["filter"]),
        (&"holm".into(), &"*".into())
    );
    let slow = &report["comparisons"][1];
    assert_eq!(
        (&slow["benchmark"], &slow["verdict"], &slow["better"]),
        (&"B-8".into(), &"regression".into(), &"lower".into())
    );
    assert_eq!(
        (&slow["old_label"], &slow["new_label"]),
        (&"main".into(), &"pr".into())
    );
    assert_eq!(
        (&slow["config"]["pkg"], &slow["class"]),
        (&"p".into(), &"time".into())
    );
    let counted = &report["comparisons"][2];
    assert_eq!(
        (&counted["test"], &counted["p"], &counted["interval_level"]),
        (&"exact".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(report["unmatched"][0]["benchmark"], "C-8");
    assert_eq!(report["failures"][0]["kind"], "failed");
    assert_eq!(
        (
            &report["gate"]["failed"],
            report["gate"]["reasons"].as_array().map(Vec::len)
        ),
        (&true.into(), Some(3))
    );
    let text = desk.run(&["compare", "main=old.txt", "pr=new.txt"]).out;
    assert!(
        text.contains("without a result, not removed, in pr: C-8"),
        "{text}"
    );
}

#[test]
fn every_form_is_written_to_where_it_should_go() {
    let desk = desk();
    let said = desk.run(&["compare", "old.txt", "slow.txt", "-o", "out.md"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    let markdown = std::fs::read_to_string(desk.0.path().join("out.md")).expect("a file");
    assert!(
        markdown.starts_with("<!-- perfplan compare -->\n") && markdown.contains("| `B-8` |"),
        "{markdown}"
    );
    let github = desk.run(&[
        "compare",
        "old.txt",
        "slow.txt",
        "--format=github",
        "--fail-on=regression",
    ]);
    let expect = "::error title=benchmark gate::regression: B-8 sec/op +20.00%25 (p=0.000)\n\
                  ::warning file=slow.txt,line=4,title=benchmark regression::regression: B-8 sec/op 1.200 [1.196, 1.204] (p=0.000)\n";
    assert_eq!((github.code, github.out.as_str()), (1, expect));
    let csv = desk
        .run(&["compare", "old.txt", "slow.txt", "-o", "-", "--format", "csv"])
        .out;
    assert_eq!(csv.lines().count(), 5);
    assert!(csv.starts_with("table,benchmark,unit,better,old_label"), "{csv}");
    desk.check(
        &["compare", "old.txt", "-o", "x.pdf"],
        2,
        "perfplan: the suffix .pdf tells no form; use .txt, .md, .json, .csv or --format\n",
    );
}

#[test]
fn a_comment_stays_below_the_limit_with_the_clearest_rows_first() {
    let text = |factor: f64| {
        let line = |i: u32| {
            format!(
                "Benchmark{}{i}-8 1 {} allocs/op\n",
                "Long".repeat(20),
                if i == 700 { 2.0 * factor } else { 2.0 }
            )
        };
        (0..1500).map(line).collect::<String>()
    };
    let desk = Desk::new(&[("old.txt", &text(1.0)), ("new.txt", &text(3.0))]);
    let said = desk.run(&["compare", "old.txt", "new.txt", "--format=markdown"]);
    assert!(
        said.out.len() <= 65_000 && said.out.len() > 30_000,
        "{}",
        said.out.len()
    );
    assert!(said.out.contains("LongLong700-8") && said.out.contains("not shown"));
}

#[test]
fn columns_can_come_from_names_and_from_standard_input() {
    let line = |fmt: &str, v: u32| format!("BenchmarkX/fmt={fmt}-8 1 {v} allocs/op\n");
    let text = line("json", 2) + &line("gob", 3) + &line("xml", 4);
    let said = Desk::new(&[]).run_with(&["compare", "-", "-col=/fmt", "-row=.name"], &text);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    let rows: Vec<&str> = said.out.lines().filter(|line| line.starts_with("X ")).collect();
    assert!(
        rows.len() == 2 && rows[0].contains("gob") && rows[1].contains("xml"),
        "{}",
        said.out
    );
}

#[test]
fn tables_that_split_say_why() {
    let old = format!("cpu: fast\n{}", results(1.0, 3));
    let new = format!("cpu: slow\n{}", results(1.0, 3));
    let desk = Desk::new(&[("old.txt", &old), ("new.txt", &new)]);
    let text = desk.run(&["compare", "old.txt", "new.txt"]).out;
    assert!(
        text.contains(
            "cpu differs: old.txt: fast; new.txt: slow; tables split by it, --ignore cpu puts them together"
        ),
        "{text}"
    );
    let said = desk.run(&[
        "compare",
        "old.txt",
        "new.txt",
        "--ignore",
        "cpu",
        "--fail-on=environment",
    ]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (
            1,
            "perfplan: gate failed: environment: cpu differs between columns\n"
        )
    );
}

#[test]
fn settings_of_some_results_and_moved_baselines_are_told() {
    let one = |name: &str, v: u32| format!("Benchmark{name}-8 1 {v} allocs/op\n");
    let old = one("X", 1);
    let new = one("X", 1) + "note: prose\n" + &one("Y", 1);
    let newest = "note: prose\n".to_string() + &one("Y", 2);
    let desk = Desk::new(&[("a.txt", &old), ("b.txt", &new), ("c.txt", &newest)]);
    let said = desk.run(&["compare", "a.txt", "b.txt", "c.txt"]);
    for part in [
        "note is set for some results only and splits tables; --ignore note puts them together",
        "b.txt: the baseline of a table that a.txt is not in",
    ] {
        assert!(said.out.contains(part), "{part}:\n{}", said.out);
    }
}

#[test]
fn rows_that_hold_several_benchmarks_say_so() {
    let text = "BenchmarkX/a-8 1 1 allocs/op\nBenchmarkX/b-8 1 2 allocs/op\n";
    let desk = Desk::new(&[("a.txt", text), ("b.txt", text)]);
    let alone = desk.run(&["compare", "a.txt", "--row=.name"]).out;
    assert!(alone.contains("1: benchmarks vary in .fullname"), "{alone}");
    let both = desk.run(&["compare", "a.txt", "b.txt", "--row=.name"]).out;
    assert!(both.contains("old: benchmarks vary in .fullname"), "{both}");
}

#[test]
fn one_file_is_summed_up_with_its_doubts() {
    let drifting: String = (0..10)
        .map(|i| format!("BenchmarkD-8 100 {} ns/op\n", 1000 + 10 * i))
        .collect();
    let desk = Desk::new(&[("one.txt", &(results(1.0, 3) + &drifting))]);
    let said = desk.run(&["bench", "one.txt"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(
        said.out.contains("-count for 5%") && said.out.contains("drift"),
        "{}",
        said.out
    );
    assert!(said.out.contains("one.txt: 30 results"), "{}", said.out);
    let report: Value =
        serde_json::from_str(&desk.run(&["bench", "one.txt", "--format=json"]).out).expect("JSON");
    let names: Vec<&Value> = report["benchmarks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|b| &b["benchmark"])
        .collect();
    assert_eq!(names, ["A-8", "B-8", "D-8", "A-8", "B-8"]);
    assert_eq!(
        (&report["schema"], &report["benchmarks"][0]["n"]),
        (&"perfplan.bench/1".into(), &10.into())
    );
    assert_eq!(report["benchmarks"][2]["doubts"][0]["code"], "drift");
    desk.check(
        &["bench", "one.txt", "--effect=much"],
        2,
        "perfplan: --effect: much is no part such as 5% or 0.05\n",
    );
    desk.check(
        &["bench", "nosuch.txt"],
        2,
        "perfplan: open nosuch.txt: no such file\n",
    );
}

proptest! {
    #[test]
    fn queries_never_panic_and_read_back(query in "[-a/:()@, \"\\\\*ORAND.é\\[\\]&]{0,24}") {
        if let Ok(filter) = Filter::parse(&query) {
            let again = Filter::parse(&filter.to_string()).map(|f| f.to_string());
            prop_assert_eq!(again, Ok(filter.to_string()), "{}", query);
        }
        if let Err(error) = parse_projection(&query) {
            prop_assert!(error.offset <= query.len() && query.is_char_boundary(error.offset));
        }
    }
}

#[test]
fn sides_without_a_common_benchmark_are_told_how_to_meet() {
    let new = results(1.0, 3).replace("pkg: p\n", "pkg: q\n");
    let desk = Desk::new(&[("old.txt", &results(1.0, 3)), ("new.txt", &new)]);
    let said = desk.run(&["compare", "old.txt", "new.txt"]);
    assert_eq!(said.code, 0);
    assert!(
        said.err.contains("no benchmark stands on both sides"),
        "{}",
        said.err
    );
    assert!(said.err.contains("--ignore pkg,cpu"), "{}", said.err);
    desk.check(&["compare", "old.txt", "new.txt", "--ignore", "pkg"], 0, "");
}
