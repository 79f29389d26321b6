//! Acceptance data outside of the repository. Where the folder is absent each test says so and passes.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads files and may fail"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use perfplan::bench::{BenchLog, ParseOptions, name, parse, parse_with};
use perfplan::stats::{median::interval_orders, median_interval, quantile};
use perfplan::unit::{is_binary, tidy};
use serde_json::Value;

use crate::shared::shared;

fn folder() -> Option<PathBuf> {
    shared("oracle/bench")
}

fn json(folder: &Path, file: &str) -> Value {
    let text = std::fs::read(folder.join(file)).expect("a file of the acceptance data");
    serde_json::from_slice(&text).expect("JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key}"))
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("+Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or(f64::NAN),
    }
}

fn near(got: f64, expect: f64, relative: f64) -> bool {
    got == expect || (got - expect).abs() <= relative * expect.abs()
}

#[test]
fn median_intervals_are_those_of_the_table() {
    let Some(folder) = folder() else { return };
    for row in list(&json(&folder, "tables.json"), "median_ci") {
        let n = row["n"].as_u64().unwrap_or_default() as usize;
        let (low, high, level) = interval_orders(n, number(&row["confidence"]));
        let expect = (row["lo_order"].as_u64(), row["hi_order"].as_u64());
        assert_eq!((Some(low as u64), Some(high as u64)), expect, "{row}");
        assert!((level - number(&row["actual"])).abs() < 1e-9, "{row}: {level}");
    }
}

#[test]
fn sample_summaries_are_those_of_the_reference() {
    let Some(folder) = folder() else { return };
    let oracle = json(&folder, "oracle.json");
    for pair in oracle.as_array().expect("a list") {
        for (side, sum) in [("a", "sum_a"), ("b", "sum_b")] {
            let values: Vec<f64> = list(pair, side).iter().map(number).collect();
            check_summary(&values, number(&pair["confidence"]), &pair[sum]);
        }
    }
}

fn check_summary(values: &[f64], confidence: f64, expect: &Value) {
    let got = median_interval(values, confidence);
    assert!(
        near(got.median, number(&expect["median"]), 1e-12),
        "{expect}: {got:?}"
    );
    assert_eq!(
        (got.low, got.high),
        (number(&expect["lo"]), number(&expect["hi"])),
        "{expect}"
    );
    assert!(
        (got.level - number(&expect["confidence"])).abs() < 1e-9,
        "{expect}: {got:?}"
    );
    for (key, q) in [("q1_r8", 0.25), ("q3_r8", 0.75)] {
        let known = expect.get(key).filter(|value| value.is_number());
        assert!(
            known.is_none_or(|value| near(quantile(values, q), number(value), 1e-12)),
            "{expect} {key}"
        );
    }
}

#[test]
fn names_and_units_split_as_in_the_reference() {
    let Some(folder) = folder() else { return };
    let tests = json(&folder, "unit_tests.json");
    for case in list(&tests, "name_base").iter().chain(list(&tests, "name_parts")) {
        let full = case["full"].as_str().unwrap_or_default();
        assert_eq!(
            name::base(full),
            case["base"].as_str().unwrap_or_default(),
            "{case}"
        );
    }
    for case in list(&tests, "name_parts") {
        let (_, parts) = name::parts(case["full"].as_str().unwrap_or_default());
        assert_eq!(Value::from(parts), case["parts"], "{case}");
    }
    for case in list(&json(&folder, "tables.json"), "tidy") {
        let original = case["unit"].as_str().unwrap_or_default();
        let got = tidy(original);
        assert_eq!(got.unit, case["tidy"].as_str().unwrap_or_default());
        assert!(
            near(got.factor, number(&case["factor"]), 1e-15),
            "{case}: {}",
            got.factor
        );
        assert_eq!(is_binary(&got.unit), case["class"] == "Binary", "{case}");
        assert_eq!(is_binary(original), case["class_orig"] == "Binary", "{case}");
    }
}

#[test]
fn bad_lines_have_the_messages_of_the_reference() {
    let Some(folder) = folder() else { return };
    let manifest = json(&folder, "manifest.json");
    let mut compared = 0;
    for case in manifest.as_array().expect("a list") {
        if case["note"] != "must-match" || !case["stdin"].is_null() {
            continue;
        }
        let cwd = folder.join(case["cwd"].as_str().unwrap_or_default());
        let args: Vec<&str> = list(case, "args").iter().filter_map(Value::as_str).collect();
        let got: Vec<String> = args.iter().flat_map(|arg| messages(&cwd, arg)).collect();
        assert_eq!(got, expected_messages(&folder, case), "{}", case["id"]);
        compared += got.len();
    }
    assert!(compared > 40, "only {compared} messages compared");
}

/// The messages about one argument, if it is an input.
fn messages(cwd: &Path, arg: &str) -> Vec<String> {
    let path = arg.split_once('=').map_or(arg, |(_, path)| path);
    let Ok(bytes) = std::fs::read(cwd.join(path)) else {
        return Vec::new();
    };
    let log = parse_with(&bytes, path, ParseOptions::BENCHSTAT);
    log.map(|log| log.warnings.iter().map(ToString::to_string).collect())
        .unwrap_or_default()
}

fn expected_messages(folder: &Path, case: &Value) -> Vec<String> {
    let Some(file) = case["expected_stderr"].as_str() else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(folder.join(file)).expect("an expected output");
    let names_a_line = |line: &&str| {
        let mut parts = line.splitn(3, ':');
        let (file, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        file.contains('.') && number.parse::<u64>().is_ok()
    };
    text.lines().filter(names_a_line).map(str::to_string).collect()
}

#[test]
fn every_input_is_read_and_equal_inputs_read_alike() {
    let Some(folder) = folder() else { return };
    let mut logs = BTreeMap::new();
    for part in ["upstream", "extra", "own", "corpus"] {
        for entry in std::fs::read_dir(folder.join(part)).expect("a folder").flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|kind| kind == "tsv") || path.is_dir() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let log = parse(&std::fs::read(&path).expect("a file"), &name).unwrap_or_else(|e| panic!("{e}"));
            logs.insert(name, log);
        }
    }
    let alike = |a: &str, b: &str| assert_eq!(told(&logs[a]), told(&logs[b]), "{a} and {b}");
    alike("gen_old.txt", "gen_crlf_old.txt");
    alike("gen_new.txt", "gen_crlf_new.txt");
    alike("gen_old.txt", "gen_utf16le_bom_powershell_old.txt");
    alike("go-test2json_bench.json", "go-test2json_bench.test");
    check_own(&logs);
}

/// Name, iterations, values and configuration of each result.
fn told(log: &BenchLog) -> Vec<String> {
    let result = |r: &perfplan::bench::BenchResult| {
        let numbers: Vec<_> = r.measurements.iter().map(|m| (m.value, m.unit())).collect();
        format!(
            "{} {} {numbers:?} {:?}",
            r.name,
            r.iterations,
            r.config.iter().collect::<Vec<_>>()
        )
    };
    log.results.iter().map(result).collect()
}

/// The recorded runs that failed, or whose program talked in between.
fn check_own(logs: &BTreeMap<String, BenchLog>) {
    let noisy = &logs["gen_interleaved_stdout_stderr.txt"];
    let torn = noisy.results.iter().filter(|r| &*r.name == "NoisyStdout-2");
    let values: Vec<f64> = torn.map(|r| r.measurements[0].original).collect();
    assert_eq!((values, noisy.recovered), (vec![5.9, 5.313, 5.124], 3));
    assert!(noisy.failures.is_empty() && noisy.warnings.is_empty());
    let kinds = |file: &str| {
        let told = logs[file]
            .failures
            .iter()
            .map(|f| format!("{:?} {} {:?}", f.kind, f.package, f.benchmark));
        told.collect::<Vec<_>>()
    };
    let package = "example.com/perfdemo";
    let failed = format!("Failed {package} Some(\"Fails-2\")");
    let package_failed = format!("PackageFailed {package} None");
    assert_eq!(kinds("gen_failing.txt"), [failed, package_failed.clone()]);
    assert_eq!(
        kinds("gen_panic.txt"),
        [format!("Panicked {package} Some(\"Panics\")"), package_failed]
    );
}
