//! `perfplan compare --format benchstat` against what benchstat printed, byte for byte, in all cases of the shared
//! acceptance data. Where the folder is absent the test says so and passes.
#![expect(clippy::disallowed_methods, reason = "a test reads files")]

use std::path::Path;

use assert_cmd::Command;
use rayon::prelude::*;
use serde_json::Value;

use crate::shared_bench_stats::{folder, json, list};

#[test]
fn every_case_of_the_manifest_prints_what_it_must() {
    let Some(folder) = folder() else { return };
    let manifest = json(&folder, "manifest.json");
    let cases = list(&manifest);
    assert_eq!(cases.len(), 229);
    let faults: Vec<String> = cases
        .par_iter()
        .filter_map(|case| {
            Some(format!(
                "{} ({}): {}",
                case["id"],
                case["note"],
                fault(&folder, case)?
            ))
        })
        .collect();
    faults.iter().for_each(|fault| println!("{fault}"));
    assert!(faults.is_empty(), "{} of {} differ", faults.len(), cases.len());
}

/// What differs in a case.
fn fault(folder: &Path, case: &Value) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perfplan"));
    command
        .current_dir(folder.join(case["cwd"].as_str()?))
        .args(arguments(case));
    if let Some(file) = case["stdin"].as_str() {
        let path = folder.join(case["cwd"].as_str()?).join(file);
        command.write_stdin(std::fs::read(path).expect("the input"));
    }
    let output = command.output().expect("the program runs");
    let deviates = case["note"] == "deviates";
    let stdout = bytes(
        folder,
        &case[if deviates {
            "perfplan_stdout"
        } else {
            "expected_stdout"
        }],
    );
    if output.stdout != stdout {
        let (got, expect) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&stdout),
        );
        return Some(format!("prints\n{got}\ninstead of\n{expect}"));
    }
    let code = output.status.code().map(i64::from);
    if code != case["perfplan_exit"].as_i64() {
        return Some(format!("ends with {code:?}"));
    }
    stderr_fault(folder, case, &output.stderr)
}

/// Notes are the same text; of errors only the prefix and the dashes differ, and the words inside of a wrong regular
/// expression are free.
fn stderr_fault(folder: &Path, case: &Value, stderr: &[u8]) -> Option<String> {
    let got = String::from_utf8_lossy(stderr).into_owned();
    let is_error = case["perfplan_exit"] != 0;
    let is_ours = case["defect"].as_i64() == Some(5);
    if is_ours && !got.starts_with("perfplan: ") {
        return Some(format!("says {got}"));
    }
    let expect = match (&case["perfplan_stderr"], &case["expected_stderr"]) {
        (Value::Null, _) if case["note"] == "deviates" && !is_ours => return None,
        (Value::Null, expected) => expected,
        (own, _) => own,
    };
    let expect = String::from_utf8_lossy(&bytes(folder, expect)).into_owned();
    if is_error && !expect.contains("syntax error") || expect.contains("regexp") {
        return None;
    }
    let expect = expect
        .replace("benchstat: ", "perfplan: ")
        .replace("parsing -", "parsing --");
    (got != expect).then(|| format!("says\n{got}\ninstead of\n{expect}"))
}

fn bytes(folder: &Path, file: &Value) -> Vec<u8> {
    let path = file.as_str().map(|file| folder.join(file));
    path.map_or_else(Vec::new, |path| std::fs::read(path).expect("an expected output"))
}

/// The arguments of benchstat as ours: its two formats by our names, and its options as they are.
fn arguments(case: &Value) -> Vec<String> {
    let mut given = case["args"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut ours = vec!["compare".to_string()];
    let mut format = "benchstat";
    while let Some(argument) = given.next() {
        if argument == "-format" {
            format = if given.next() == Some("csv") {
                "benchstat-csv"
            } else {
                "benchstat"
            };
        } else if argument.starts_with('-')
            && argument.len() > 1
            && !ours.last().is_some_and(|a| a.starts_with("--"))
        {
            ours.push(format!("-{argument}"));
        } else {
            ours.push(argument.to_string());
        }
    }
    ours.insert(1, format!("--format={format}"));
    ours
}

/// Each pair of the oracle through the program, read from its JSON.
#[test]
fn every_pair_of_the_oracle_is_judged_as_it_must_be() {
    let Some(folder) = folder() else { return };
    let oracle = json(&folder, "oracle.json");
    let temporary = tempfile::tempdir().expect("a folder for temporary files");
    let faults: Vec<String> = list(&oracle)
        .par_iter()
        .filter_map(|pair| Some(format!("{}: {}", pair["id"], pair_fault(temporary.path(), pair)?)))
        .collect();
    faults.iter().for_each(|fault| println!("{fault}"));
    assert!(faults.is_empty(), "{} differ", faults.len());
}

fn pair_fault(temporary: &Path, pair: &Value) -> Option<String> {
    let write = |side: &str| {
        let lines = |value: &Value| format!("BenchmarkX 1 {value} sec/op\n");
        let text: String = list(&pair[side]).iter().map(lines).collect();
        let path = temporary.join(format!("{}-{side}.txt", pair["id"].as_str().unwrap_or_default()));
        std::fs::write(&path, text).expect("a temporary file");
        format!("{side}={}", path.display())
    };
    let (a, b) = (write("a"), write("b"));
    let output = Command::new(env!("CARGO_BIN_EXE_perfplan"))
        .args(["compare", "--format=json", &a, &b])
        .args([
            format!("--alpha={}", pair["alpha"]),
            format!("--confidence={}", pair["confidence"]),
        ])
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let got = &report["comparisons"][0];
    let expect = &pair["perfplan"];
    for key in ["test", "verdict"] {
        if got[key] != expect[key] {
            return Some(format!("{key} is {}, expected {}", got[key], expect[key]));
        }
    }
    let relative = if expect["test"] == "mann-whitney-exact" {
        1e-12
    } else {
        1e-9
    };
    let mut checks = vec![
        (&got["p"], &expect["p"], relative),
        (&got["interval_level"], &expect["interval_level"], 1e-9),
    ];
    for key in ["estimate", "low", "high"] {
        checks.push((&got["ratio"][key], &expect["ratio"][key], 1e-9));
        checks.push((&got["difference"][key], &expect["difference"][key], 1e-9));
    }
    for (side, sum) in [("old", "sum_a"), ("new", "sum_b")] {
        checks.push((&got[side]["median"], &pair[sum]["median"], 1e-12));
        checks.push((&got[side]["ci_low"], &pair[sum]["lo"], 0.0));
        checks.push((&got[side]["ci_high"], &pair[sum]["hi"], 0.0));
        checks.push((&got[side]["ci_confidence"], &pair[sum]["confidence"], 1e-9));
        checks.push((&got[side]["n"], &pair[sum]["n"], 0.0));
    }
    let largest = list(&pair["a"])
        .iter()
        .chain(list(&pair["b"]))
        .filter_map(Value::as_f64)
        .fold(0.0, f64::max);
    let wrong = checks
        .into_iter()
        .find(|(got, expect, relative)| !near(got, expect, *relative, largest));
    wrong.map(|(got, expect, _)| format!("{got}, expected {expect}"))
}

/// Null, and the words for infinity, are no number.
fn near(got: &Value, expect: &Value, relative: f64, largest: f64) -> bool {
    match (got.as_f64(), expect.as_f64()) {
        (Some(got), Some(expect)) => {
            let error = (got - expect).abs();
            error <= relative * expect.abs() || relative > 0.0 && error <= 1e-12 * largest
        }
        (got, expect) => got.is_none() && expect.is_none(),
    }
}
