//! What a review of the code before foretells, held against what was measured after: the place of the first finding, the
//! interval of each target, and what `compare` says between both runs.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads and fails"
)]

use assert_cmd::Command;
use perfplan::review::{Review, Target};

use crate::support::root;

fn perfplan(arguments: &[String]) -> String {
    let mut command = Command::cargo_bin("perfplan").unwrap();
    let output = command.current_dir(root()).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn arguments(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_string).collect()
}

/// The review of all that was recorded of a variant.
fn reviewed(program: &str, variant: &str) -> Review {
    let out = format!("testdata/{program}/{variant}/out");
    let inputs = [
        "cpu.pb.gz",
        "mem.pb.gz",
        "block.pb.gz",
        "mutex.pb.gz",
        "bench.txt",
    ];
    let inputs = inputs.map(|f| format!("{out}/{f}")).join(" ");
    let words = format!("analyze {inputs} --source testdata/{program} --format yaml -q");
    serde_yaml::from_str(&perfplan(&arguments(&words))).unwrap()
}

/// What `compare` finds in the text of after: medians by benchmark and unit.
fn measured(program: &str) -> Vec<(String, String, f64)> {
    let [before, after] = ["before", "after"].map(|v| format!("testdata/{program}/{v}/out/bench.txt"));
    let words = format!("compare {before} {after} --ignore pkg --format json");
    let json: serde_json::Value = serde_json::from_str(&perfplan(&arguments(&words))).unwrap();
    let rows = json["comparisons"].as_array().unwrap().iter();
    let row = |row: &serde_json::Value| {
        let name = format!("Benchmark{}", row["benchmark"].as_str().unwrap());
        let median = row["new"]["median"].as_f64().unwrap();
        (name, row["unit"].as_str().unwrap().to_string(), median)
    };
    let found: Vec<_> = rows.map(row).collect();
    assert!(!found.is_empty());
    found
}

/// Targets whose interval misses what was measured, and those that are not met.
fn missed(program: &str) -> (Vec<String>, Vec<String>) {
    let (review, measured) = (reviewed(program, "before"), measured(program));
    let (mut outside, mut unmet) = (Vec::new(), Vec::new());
    // Totals of the whole program are held against profiles by `check`.
    for target in review
        .targets
        .iter()
        .filter(|t| t.subject.starts_with("Benchmark"))
    {
        let (_, _, after) = measured
            .iter()
            .find(|(name, unit, _)| *name == target.subject && *unit == target.unit)
            .unwrap();
        let name = format!("{} {}", target.subject, target.unit);
        let expected = target.expected.unwrap();
        if !(expected.low..=expected.high).contains(after) {
            outside.push(name.clone());
        }
        if !is_met(target, *after) {
            unmet.push(name);
        }
    }
    assert!(review.targets.len() >= 6, "{program}: {}", review.targets.len());
    (outside, unmet)
}

fn is_met(target: &Target, after: f64) -> bool {
    match target.unit.ends_with("/s") {
        true => after >= target.goal,
        false => after <= target.goal,
    }
}

#[test]
fn the_measured_gain_is_in_the_interval_that_was_foretold() {
    let none: Vec<String> = Vec::new();
    assert_eq!(missed("feed"), (none.clone(), none.clone()));
    assert_eq!(missed("ledger"), (none.clone(), none));
    // The mend has a price: what readers made before, those who write make now. No profile of before tells that.
    let price = ["allocs/op", "B/op"].map(|unit| format!("BenchmarkCache/mix=write-heavy-2 {unit}"));
    assert_eq!(missed("rates"), (price.to_vec(), price.to_vec()));
}

#[test]
fn the_first_finding_is_what_the_other_variant_mends() {
    let check = |program: &str, rule: &str, file: &str, line: i64| {
        let review = reviewed(program, "before");
        let first = review.issues.all().next().unwrap();
        let place = (first.rule.as_str(), first.file.as_str(), first.line);
        assert_eq!(place, (rule, file, line));
        // What was mended is not found again.
        let after = reviewed(program, "after");
        assert!(
            after
                .issues
                .all()
                .all(|i| i.rule != rule || i.expected_gain.high < 0.05),
            "{program}"
        );
    };
    check("feed", "json.any", "example.com/feed/before/feed.go", 154);
    check(
        "ledger",
        "regexp.compile",
        "example.com/ledger/before/ledger.go",
        52,
    );
}

#[test]
fn a_contended_lock_comes_first_and_its_delay_falls() {
    let first = |variant: &str| {
        let review = reviewed("rates", variant);
        let first = review
            .issues
            .all()
            .find(|i| i.rule == "lock.mutex" && i.function.contains("Get"))
            .cloned();
        (first, review)
    };
    let (Some(before), review) = first("before") else {
        unreachable!("the lock is found")
    };
    assert_eq!(review.issues.all().next(), Some(&before));
    assert_eq!(
        (before.file.as_str(), before.line),
        ("example.com/rates/before/rates.go", 49)
    );
    assert!(first("after").0.is_none_or(|i| i.expected_gain.high < 0.05));
}

#[test]
fn the_bytes_are_the_same_with_any_number_of_threads() {
    let files = [
        "cpu.pb.gz",
        "mem.pb.gz",
        "block.pb.gz",
        "mutex.pb.gz",
        "bench.txt",
    ];
    let inputs = files.map(|f| format!("testdata/rates/before/out/{f}")).join(" ");
    let words = format!("analyze {inputs} --source testdata/rates --format yaml -q");
    let bytes = |threads: &str| {
        let mut command = Command::cargo_bin("perfplan").unwrap();
        command.current_dir(root()).args(arguments(&words));
        command.env("RAYON_NUM_THREADS", threads).output().unwrap().stdout
    };
    let one = bytes("1");
    assert!(one.len() > 10_000);
    for threads in ["1", "2", "7"] {
        assert!(bytes(threads) == one, "{threads} threads");
    }
}
