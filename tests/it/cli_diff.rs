//! `perfplan diff` as its users meet it: sides, forms, gates, exit codes.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files")]

use std::path::{Path, PathBuf};
use std::process::Output;

use perfplan::profile::{Format, Profile, ProfileBuilder, encode};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{bytes, root};

const PROGRAM: &str = env!("CARGO_BIN_EXE_perfplan");

fn run_in(folder: &Path, arguments: &[&str], stdin: Vec<u8>) -> Output {
    let mut command = assert_cmd::Command::new(PROGRAM);
    command.args(arguments).write_stdin(stdin).current_dir(folder);
    command.output().expect("the program runs")
}

fn text(data: &[u8]) -> String {
    String::from_utf8(data.to_vec()).expect("UTF-8")
}

/// The standard output of a run that ends with this code.
#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// A CPU profile of ten seconds.
fn cpu(counts: &[(&str, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    b.head().duration_nanos = 10_000_000_000;
    let main = b.frame("main.main", "m.go", 1);
    for (name, count) in counts {
        let leaf = b.frame(name, "m.go", 2);
        b.sample([leaf, main], &[*count, count * 10_000_000], []);
    }
    b.finish()
}

const BEFORE: [(&str, i64); 3] = [("shop.Hot", 300), ("shop.Calm", 500), ("shop.Rare", 2)];
const AFTER: [(&str, i64); 4] = [
    ("shop.Hot", 450),
    ("shop.Calm", 505),
    ("shop.Rare", 3),
    ("shop.New", 40),
];

/// A folder with a.pb.gz and b.pb.gz.
fn desk() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (name, counts) in [("a.pb.gz", &BEFORE[..]), ("b.pb.gz", &AFTER[..])] {
        std::fs::write(folder.path().join(name), encode(&cpu(counts))).expect("a file");
    }
    folder
}

fn diff(arguments: &[&str]) -> Output {
    let desk = desk();
    run_in(desk.path(), &[&["diff"], arguments].concat(), Vec::new())
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let output = diff(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&ends(&output, 0)).expect("JSON")
}

/// The row of a function.
fn row<'a>(view: &'a Value, name: &str) -> &'a Value {
    let rows = view["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name).expect("the row")
}

#[test]
fn the_changed_function_stands_first_and_noise_is_marked() {
    let output = diff(&["a.pb.gz", "b.pb.gz"]);
    let table = ends(&output, 0);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines[0],
        "cpu by rate   before: 8.02 s in 10 s   after: 9.98 s in 10 s"
    );
    assert!(
        lines[2].ends_with("shop.Hot") && lines[2].contains("+50.0 %"),
        "{table}"
    );
    assert!(
        lines[3].ends_with("shop.New") && lines[3].contains("new"),
        "{table}"
    );
    assert!(
        lines[4].ends_with("shop.Calm") && lines[4].contains('~'),
        "{table}"
    );
    assert!(text(&output.stderr).contains("warning: a.pb.gz and b.pb.gz: one profile a side"));
    assert!(text(&diff(&["a.pb.gz", "b.pb.gz", "-q"]).stderr).is_empty());
}

#[test]
fn sides_are_named_in_every_way() {
    let expect = ends(&diff(&["a.pb.gz", "b.pb.gz"]), 0);
    let check = |arguments: &[&str]| assert_eq!(ends(&diff(arguments), 0), expect, "{arguments:?}");
    check(&["a.pb.gz", "--", "b.pb.gz"]);
    check(&["a.pb.gz", "--", "b.pb.gz", "--format", "text"]);
    check(&["a.pb.gz", "--", "b.pb.gz", "-sample_index=cpu"]);
    check(&["--before", "a.pb.gz", "--after", "b.pb.gz"]);
    check(&["--before", "a.pb.gz", "b.pb.gz"]);
    check(&["--after", "b.pb.gz", "a.pb.gz"]);
    check(&["old=a.pb.gz", "new=b.pb.gz"]);
    let desk = desk();
    for (arguments, stdin) in [
        (["diff", "-", "b.pb.gz"], "a.pb.gz"),
        (["diff", "a.pb.gz", "-"], "b.pb.gz"),
    ] {
        let stdin = bytes(&desk.path().join(stdin));
        assert_eq!(
            ends(&run_in(desk.path(), &arguments, stdin), 0),
            expect,
            "{arguments:?}"
        );
    }
    let labelled = json(&["old=a.pb.gz", "b.pb.gz"]);
    assert_eq!(labelled["before"]["inputs"][0], "old");
}

#[test]
fn wrong_sides_are_refused() {
    let check = |arguments: &[&str], reason: &str| {
        let output = diff(arguments);
        assert_eq!(ends(&output, 2), "", "{arguments:?}");
        let stderr = text(&output.stderr);
        assert!(
            stderr.starts_with("error: ") && stderr.contains(reason),
            "{stderr}"
        );
    };
    check(&["a.pb.gz"], "two profiles");
    check(&["a.pb.gz", "b.pb.gz", "a.pb.gz"], "here are 3");
    check(&[], "two profiles");
    check(&["--before", "a.pb.gz"], "no profile after");
    check(
        &["--before", "a.pb.gz", "--after", "b.pb.gz", "a.pb.gz"],
        "on no side",
    );
    check(&["a.pb.gz", "missing.pb.gz"], "missing.pb.gz: no such file");
    check(&["-", "-"], "given twice");
    check(&["a.pb.gz", "b.pb.gz", "--sample-index", "cpo"], "no sample type");
    check(&["a.pb.gz", "b.pb.gz", "--alpha", "0"], "no chance");
    check(
        &["a.pb.gz", "b.pb.gz", "--operations-before", "5"],
        "--operations-after",
    );
    check(
        &[
            "a.pb.gz",
            "b.pb.gz",
            "--operations-before",
            "5,6",
            "--operations-after",
            "5",
        ],
        "2 numbers for 1",
    );
    check(&["a.pb.gz", "b.pb.gz", "--granularity", "addresses"], "addresses");
}

#[test]
fn replicates_are_summed_and_kept_apart() {
    let view = json(&["a.pb.gz", "a.pb.gz", "a.pb.gz", "--", "b.pb.gz", "b.pb.gz"]);
    assert_eq!(
        (&view["before"]["replicates"], &view["after"]["replicates"]),
        (&3.into(), &2.into())
    );
    let hot = &row(&view, "shop.Hot")["flat"];
    assert_eq!(hot["before"], 9_000_000_000_i64);
    assert_eq!(
        (&hot["dispersion"], &hot["verdict"]),
        (&1.0.into(), &"more".into())
    );
    assert_eq!(view["warnings"], Value::Array(Vec::new()));
}

#[test]
fn json_has_the_fields_of_the_schema() {
    let view = json(&["a.pb.gz", "b.pb.gz"]);
    let keys = |value: &Value| {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let sorted = |list: &[&str]| {
        let mut list: Vec<String> = list.iter().map(ToString::to_string).collect();
        list.sort();
        list
    };
    let has = |value: &Value, list: &[&str]| assert_eq!(keys(value), sorted(list));
    has(
        &view,
        &[
            "schema",
            "before",
            "after",
            "sample_type",
            "unit",
            "granularity",
            "measure",
            "model",
            "alpha",
            "adjust",
            "interval_level",
            "tested",
            "changed",
            "total",
            "gate",
            "warnings",
            "rows_total",
            "rows_hidden",
            "rows",
        ],
    );
    has(
        &view["before"],
        &[
            "inputs",
            "kind",
            "binary",
            "build_id",
            "total",
            "count",
            "duration_ns",
            "replicates",
        ],
    );
    has(
        &view["rows"][0],
        &[
            "name", "function", "file", "line", "package", "mark", "relative", "flat", "cum",
        ],
    );
    let cell = [
        "before",
        "after",
        "delta",
        "before_count",
        "after_count",
        "before_share",
        "after_share",
        "delta_share",
        "before_per_second",
        "after_per_second",
        "delta_per_second",
        "ratio",
        "difference",
        "p",
        "p_adjusted",
        "dispersion",
        "verdict",
    ];
    has(&view["rows"][0]["flat"], &cell);
    has(&view["total"], &cell);
    has(&view["total"]["ratio"], &["estimate", "low", "high"]);
    assert_eq!(
        (&view["schema"], &view["adjust"], &view["gate"]),
        (&"perfplan.diff/1".into(), &"bh".into(), &Value::Null)
    );
    let new = row(&view, "shop.New");
    assert_eq!(
        (&new["mark"], &new["package"], &new["flat"]["ratio"]["estimate"]),
        (&"new".into(), &"shop".into(), &Value::Null)
    );
    assert!(new["flat"]["ratio"]["high"].is_null() && new["flat"]["difference"]["low"].is_null());
}

/// Every number of the forms follows from the same comparison.
#[test]
fn forms_tell_the_same() {
    let folder = desk();
    let run = |arguments: &[&str]| {
        run_in(
            folder.path(),
            &[&["diff", "a.pb.gz", "b.pb.gz"], arguments].concat(),
            Vec::new(),
        )
    };
    let folded = ends(&run(&["--format", "folded"]), 0);
    let expect = "main.main;shop.Calm 5000000000 5050000000\nmain.main;shop.Hot 3000000000 4500000000\n\
        main.main;shop.New 0 400000000\nmain.main;shop.Rare 20000000 30000000\n";
    assert_eq!(folded, expect);
    let csv = ends(&run(&["--format", "csv"]), 0);
    assert!(
        csv.starts_with("name,function,file,line,package,mark,relative,flat_before,")
            && csv.contains("\r\nshop.Hot,shop.Hot,,,shop,,false,3000000000,4500000000,1500000000,300,450,"),
        "{csv}"
    );
    let markdown = ends(&run(&["--format", "markdown"]), 0);
    assert!(
        markdown.starts_with("## cpu by rate\n") && markdown.contains("| `shop.Hot` |"),
        "{markdown}"
    );
    for (name, start) in [
        ("x.json", "{\n"),
        ("x.md", "## "),
        ("x.csv", "name,"),
        ("x.folded", "main.main;"),
        ("x.txt", "cpu by rate"),
    ] {
        assert_eq!(ends(&run(&["-o", name]), 0), "");
        let written = text(&bytes(&folder.path().join(name)));
        assert!(written.starts_with(start), "{name}: {written}");
    }
}

#[test]
fn operations_make_rates_per_operation() {
    let arguments = [
        "a.pb.gz",
        "b.pb.gz",
        "--operations-before",
        "1000",
        "--operations-after",
        "1500",
    ];
    let view = json(&arguments);
    let hot = &row(&view, "shop.Hot")["flat"];
    assert_eq!(
        (&view["basis"], &hot["verdict"]),
        (&"operation".into(), &"noise".into())
    );
    assert_eq!(hot["before_per_operation"], 3_000_000.0);
    assert!(ends(&diff(&arguments), 0).contains("3000us/op"));
}

#[test]
fn gates_end_with_their_code() {
    let check = |gate: &str, code: i32, told: &str| {
        let output = diff(&["a.pb.gz", "b.pb.gz", "--fail-on", gate]);
        let stdout = ends(&output, code);
        // A gate that is not understood stops before anything is read; any other has its table.
        assert_eq!(
            stdout.is_empty(),
            told.contains("did you mean") || told.contains("no comparison"),
            "{stdout}"
        );
        assert!(
            text(&output.stderr).contains(told),
            "{gate}: {}",
            text(&output.stderr)
        );
    };
    check(
        "flat(Hot)>10%",
        1,
        "failed: flat(Hot)>10%: shop.Hot: flat 300.0ms/s → 450.0ms/s, +50.0 %, p 0.000",
    );
    check("cpu.flat(Hot)>60%", 0, "");
    check("flat(Calm)>0%", 0, "");
    check("new(shop)>1pp", 1, "failed: new(shop)>1pp: shop.New: cum 0 → ");
    check("total>10%,flat(Calm)>1pp", 1, "failed: total>10%: the total: ");
    check(
        "flat(Nothing)>1%",
        2,
        "error: --fail-on: flat(Nothing)>1%: cannot be decided: the regular expression matches no row",
    );
    check("flat(Rare)>1%", 2, "too few samples");
    check("heap.flat(.*)>1%", 2, "these profiles are cpu");
    check("flta(Hot)>1%", 2, "hint: did you mean flat?");
    check("flat(Hot)", 2, "error: --fail-on: \"flat(Hot)\": no comparison");
    check("flat(Hot)>10%,flat(Nothing)>1%", 1, "cannot be decided");
}

#[test]
fn gates_are_in_the_json_and_use_holm() {
    let output = diff(&[
        "a.pb.gz",
        "b.pb.gz",
        "--format",
        "json",
        "--fail-on",
        "flat(.*)>1pp",
    ]);
    let view: Value = serde_json::from_str(&ends(&output, 1)).expect("JSON");
    assert_eq!(
        (&view["adjust"], &view["gate"]["failed"]),
        (&"holm".into(), &true.into())
    );
    assert_eq!(view["gate"]["conditions"][0], "flat(.*)>1pp");
    assert_eq!(view["gate"]["reasons"].as_array().map(Vec::len), Some(2));
}

#[test]
fn go_fingers_are_understood() {
    let view = json(&["-sample_index=samples", "-cum", "-lines", "a.pb.gz", "b.pb.gz"]);
    assert_eq!(
        (&view["sample_type"], &view["granularity"]),
        (&"samples".into(), &"lines".into())
    );
    assert_eq!(view["rows"][0]["name"], "main.main m.go:1");
}

fn recorded(name: &str) -> PathBuf {
    root().join("testdata").join(name)
}

#[test]
fn memory_goroutines_and_contentions_have_their_own_models() {
    let view = |name: &str, kind: &str| -> Value {
        let [before, after] = ["before", "after"].map(|v| {
            recorded(&format!("{name}/{v}/out/{kind}.pb.gz"))
                .display()
                .to_string()
        });
        let output = diff(&[&before, &after, "--format", "json"]);
        serde_json::from_str(&ends(&output, 0)).expect("JSON")
    };
    let check = |view: &Value, model: &str, measure: &str| {
        assert_eq!(
            (&view["model"], &view["measure"]),
            (&model.into(), &measure.into())
        );
    };
    let memory = view("feed", "mem");
    check(&memory, "weighted", "value");
    assert!(
        memory["changed"].as_u64().is_some_and(|n| n > 0) && memory["total"]["difference"]["low"].is_number()
    );
    let goroutines = view("sluice", "loaded/goroutine");
    check(&goroutines, "census", "value");
    assert!(goroutines["tested"] == 0 && goroutines["rows"][0]["flat"]["p"].is_null());
    let mutex = view("rates", "mutex");
    check(&mutex, "none", "value");
    assert_eq!(mutex["rows"][0]["flat"]["verdict"], "untested");
    assert_eq!(mutex["warnings"][0]["code"], "nothing-tested");
}

#[test]
fn a_file_against_itself_has_not_changed() {
    for file in [
        "feed/before/out/cpu.pb.gz",
        "feed/before/out/mem.pb.gz",
        "sluice/before/out/loaded/goroutine.pb.gz",
    ] {
        let path = recorded(file).display().to_string();
        for measure in ["rate", "share", "value"] {
            if measure == "rate" && !file.contains("cpu") {
                continue;
            }
            let output = diff(&[
                &path,
                &path,
                "--no-trim",
                "--format",
                "json",
                "--measure",
                measure,
                "--adjust",
                "none",
            ]);
            let view: Value = serde_json::from_str(&ends(&output, 0)).expect("JSON");
            let rows = view["rows"].as_array().expect("rows");
            let verdicts = rows
                .iter()
                .flat_map(|row| [&row["flat"], &row["cum"]])
                .map(|cell| &cell["verdict"]);
            let changed: Vec<_> = verdicts.filter(|v| *v == "more" || *v == "less").collect();
            assert!(
                changed.is_empty() && rows.len() > 1,
                "{file} by {measure}: {changed:?}"
            );
        }
    }
}

/// A flame graph of the desk's profiles.
fn flame(arguments: &[&str]) -> Output {
    let desk = desk();
    run_in(desk.path(), &[&["flamegraph"], arguments].concat(), Vec::new())
}

#[test]
fn a_flame_graph_shows_what_changed() {
    let svg = ends(&flame(&["--before", "a.pb.gz", "b.pb.gz"]), 0);
    assert!(
        svg.contains(
            "<title>+ shop.Hot (300.0ms/s → 450.0ms/s; the function: more +50.0 %, p 0.000)</title>"
        ),
        "{svg}"
    );
    assert!(
        svg.contains("<title>shop.Calm (500.0ms/s → 505.0ms/s; the function: noise"),
        "{svg}"
    );
    let old = ends(&flame(&["--before", "b.pb.gz", "a.pb.gz", "--width", "after"]), 0);
    assert!(
        old.contains(">gone: 40.0ms/s shop.New, called by main.main<"),
        "{old}"
    );
    assert!(
        ends(
            &flame(&["--before", "a.pb.gz", "b.pb.gz", "--width", "before"]),
            0
        )
        .contains(">new: 40.0ms/s shop.New")
    );
    let folded = ends(
        &flame(&["--before", "a.pb.gz", "b.pb.gz", "--format", "folded"]),
        0,
    );
    assert!(
        folded.starts_with("main.main;shop.Calm 5000000000 5050000000\n"),
        "{folded}"
    );
    let shares = ends(
        &flame(&["--before", "a.pb.gz", "b.pb.gz", "--measure", "share"]),
        0,
    );
    assert!(
        shares.contains("<title>- shop.Calm (62.3 % → 50.6 %; the function: less"),
        "{shares}"
    );
    assert_eq!(ends(&flame(&["b.pb.gz", "--width", "before"]), 2), "");
    assert_eq!(ends(&flame(&["b.pb.gz", "--colors", "diff"]), 2), "");
    assert_eq!(
        ends(
            &flame(&["b.pb.gz", "--before", "a.pb.gz", "--base", "a.pb.gz"]),
            2
        ),
        ""
    );
}

#[test]
fn a_flame_graph_has_colours_to_choose_and_speaks_to_speedscope() {
    let picture = |colors: &str| ends(&flame(&["a.pb.gz", "--colors", colors]), 0);
    let (package, heat) = (picture("package"), picture("heat"));
    assert!(package != heat && package == picture("package"));
    for svg in [&package, &heat] {
        assert!(
            svg.contains("<title>shop.Calm (5s, 62.3 %, own 5s)</title>"),
            "{svg}"
        );
    }
    // The hottest frame is the strongest.
    let calm = heat
        .split("<title>shop.Calm")
        .nth(1)
        .and_then(|rest| rest.split("</g>").next())
        .unwrap_or_default();
    assert!(calm.contains("rgb(235,96,40)"), "{calm}");
    let json: Value =
        serde_json::from_str(&ends(&flame(&["a.pb.gz", "--format", "speedscope"]), 0)).expect("JSON");
    let cpu = &json["profiles"][1];
    assert_eq!(
        (&json["activeProfileIndex"], &cpu["unit"], &cpu["endValue"]),
        (&1.into(), &"nanoseconds".into(), &8_020_000_000_i64.into())
    );
    let (samples, weights) = (
        cpu["samples"].as_array().expect("samples"),
        cpu["weights"].as_array().expect("weights"),
    );
    assert_eq!((samples.len(), weights.len()), (3, 3));
    let frames = json["shared"]["frames"].as_array().expect("frames").len() as u64;
    assert!(
        samples
            .iter()
            .flat_map(|s| s.as_array().expect("a stack"))
            .all(|f| f.as_u64().is_some_and(|f| f < frames))
    );
}

/// Shares stay those of everything, as in every other view; the counts of the whole are the denominators.
#[test]
fn filters_leave_the_total_as_it_was() {
    let focused = json(&["a.pb.gz", "b.pb.gz", "--focus", "Hot", "--measure", "share"]);
    let whole = json(&["a.pb.gz", "b.pb.gz", "--measure", "share"]);
    let names: Vec<_> = focused["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|r| r["name"].clone())
        .collect();
    assert_eq!(names, ["shop.Hot", "main.main"]);
    for field in ["before_share", "p", "difference", "before_count"] {
        let flat = |view: &Value| row(view, "shop.Hot")["flat"][field].clone();
        assert_eq!(flat(&focused), flat(&whole), "{field}");
    }
    assert_eq!(focused["before"]["total"], 8_020_000_000_i64);
    assert_eq!(focused["filters"][0]["option"], "focus");
    let relative = json(&["a.pb.gz", "b.pb.gz", "--focus", "Hot", "--relative-percentages"]);
    assert_eq!(row(&relative, "shop.Hot")["flat"]["before_share"], 1.0);
    let nothing = diff(&["a.pb.gz", "b.pb.gz", "--focus", "Nowhere"]);
    assert_eq!(ends(&nothing, 2), "");
}

#[test]
fn goroutines_are_told_apart_by_their_callers() {
    let [early, late] =
        ["early", "late"].map(|at| root().join(format!("testdata/quay/out/{at}/goroutine.pb.gz")));
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"))
        .args(["diff", "-q"])
        .args([early, late])
        .output()
        .expect("the program runs");
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.contains("example.com/quay.ask"), "{table}");
}
