//! The statistics of comparisons against the shared acceptance data: other implementations of the same tests. Where the
//! folder is absent each test says so and passes.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads files and may fail"
)]

use std::path::{Path, PathBuf};

use perfplan::stats::{
    Estimate, ExactUpTo, NullU, Pair, RankMethod, RankTest, adjust_bh, adjust_holm, geomean,
    median_ratio_bca, rank_test,
};
use serde_json::Value;

use crate::shared::shared;

/// The folder of the acceptance data of benchmarks.
pub fn folder() -> Option<PathBuf> {
    shared("oracle/bench")
}

/// A file of the folder as JSON.
pub fn json(folder: &Path, file: &str) -> Value {
    let text = std::fs::read(folder.join(file)).expect("a file of the acceptance data");
    serde_json::from_slice(&text).expect("JSON")
}

/// A list, which must not be empty.
pub fn list(value: &Value) -> &[Value] {
    let list = value.as_array().unwrap_or_else(|| panic!("no list: {value}"));
    assert!(!list.is_empty());
    list
}

/// A number, or one of the words for infinity.
pub fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("+Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or(f64::NAN),
    }
}

/// A list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

#[track_caller]
fn near(got: f64, expect: f64, relative: f64, absolute: f64, what: &Value) {
    let error = (got - expect).abs();
    assert!(
        got == expect || error <= relative * expect.abs() || error <= absolute,
        "{what}: {got}, expected {expect}"
    );
}

struct Sample {
    a: Vec<f64>,
    b: Vec<f64>,
    null: NullU,
    alpha: f64,
}

impl Sample {
    fn of(pair: &Value) -> Self {
        let (a, b) = (numbers(&pair["a"]), numbers(&pair["b"]));
        let null = NullU::new(a.len(), b.len());
        let alpha = number(&pair["alpha"]);
        Self { a, b, null, alpha }
    }

    fn test(&self, limits: ExactUpTo) -> RankTest {
        rank_test(&self.a, &self.b, &self.null, limits)
    }
}

fn pairs() -> Vec<Value> {
    let Some(folder) = folder() else { return Vec::new() };
    let pairs = list(&json(&folder, "oracle.json")).to_vec();
    assert!(pairs.len() > 100);
    pairs
}

#[test]
fn p_values_are_those_of_the_oracle() {
    for pair in pairs() {
        let expect = &pair["perfplan"];
        let got = Sample::of(&pair).test(ExactUpTo::FAST);
        let (name, relative) = match got.method {
            RankMethod::Exact => ("mann-whitney-exact", 1e-12),
            RankMethod::Normal => ("mann-whitney-normal", 1e-9),
        };
        assert_eq!(expect["test"], name, "{}", pair["id"]);
        near(got.p, number(&expect["p"]), relative, 0.0, &pair["id"]);
        let counted = &pair["ref"]["exact_perm_p_2min"];
        if got.method == RankMethod::Exact && !counted.is_null() {
            near(got.p, number(counted), 1e-12, 0.0, &pair["id"]);
        }
    }
}

/// With benchstat's own limits for exact counting its p comes out wherever it is right, and its method always.
#[test]
fn p_values_are_those_of_benchstat_where_it_is_right() {
    let mut wrong = 0;
    for pair in pairs() {
        let expect = &pair["cmp"];
        let method = match expect["method"].as_str() {
            Some("exact" | "exact-ties") => RankMethod::Exact,
            _ => RankMethod::Normal,
        };
        let got = Sample::of(&pair).test(ExactUpTo::BENCHMATH);
        assert!(got.all_equal || got.method == method, "{}", pair["id"]);
        assert_eq!(got.twice_u as f64 / 2.0, number(&expect["U1"]), "{}", pair["id"]);
        // Its p of a large improvement in large samples is 0, by cancellation.
        if expect["benchstat_p_wrong"] == true || number(&expect["p"]) == 0.0 {
            wrong += 1;
        } else {
            near(got.p, number(&expect["p"]), 1e-9, 1e-12, &pair["id"]);
        }
    }
    assert!(folder().is_none() || (1..30).contains(&wrong), "{wrong}");
}

#[test]
fn ratios_and_differences_are_those_of_the_oracle() {
    for pair in pairs() {
        let sample = Sample::of(&pair);
        let both = Pair::new(&sample.a, &sample.b);
        let largest = sample
            .a
            .iter()
            .chain(&sample.b)
            .fold(0.0, |m: f64, x| m.max(x.abs()));
        let difference = both.difference(&sample.null, sample.alpha);
        check(
            difference,
            &pair["perfplan"]["difference"],
            1e-12 * largest,
            &pair["id"],
        );
        match both.ratio(&sample.null, sample.alpha) {
            Some(ratio) => check(ratio, &pair["perfplan"]["ratio"], 0.0, &pair["id"]),
            None => assert!(pair["perfplan"]["ratio"].is_null(), "{}", pair["id"]),
        }
        let shift = number(&pair["ref"]["hodges_lehmann_shift"]);
        near(both.middle(), shift, 1e-9, 1e-12 * largest, &pair["id"]);
    }
}

#[track_caller]
fn check(got: Estimate, expect: &Value, absolute: f64, what: &Value) {
    near(got.value, number(&expect["estimate"]), 1e-9, absolute, what);
    let bound = |bound: &Value, got: f64, beyond: f64| match bound.is_null() {
        true => assert!(got == beyond || got == 0.0, "{what}: {got}, expected no bound"),
        false => near(got, number(bound), 1e-9, absolute, what),
    };
    bound(&expect["low"], got.low, f64::NEG_INFINITY);
    bound(&expect["high"], got.high, f64::INFINITY);
}

#[test]
fn geometric_means_are_those_of_benchstat_to_the_last_bit() {
    for pair in pairs() {
        for side in ["a", "b"] {
            let got = geomean(numbers(&pair[side]));
            assert_eq!(got, pair["geomean"][side].as_f64(), "{}", pair["id"]);
        }
    }
}

/// Simulated on both sides, so near each other and no more.
#[test]
fn bootstrap_intervals_are_near_those_of_r() {
    let mut parts = Vec::new();
    for pair in pairs() {
        let expect = &pair["R"]["boot_median_ratio_bca"];
        let (Some(low), Some(high)) = (expect[0].as_f64(), expect[1].as_f64()) else {
            continue;
        };
        let sample = Sample::of(&pair);
        let confidence = number(&pair["confidence"]);
        let Some(got) = median_ratio_bca(&sample.a, &sample.b, confidence) else {
            continue;
        };
        if sample.a.len().min(sample.b.len()) < 10 || !(0.8..0.99).contains(&confidence) {
            continue;
        }
        let width = (high - low).max(1e-3);
        for (got, expect) in [(got.low - 1.0, low), (got.high - 1.0, high)] {
            let part = (got - expect).abs() / width;
            assert!(part < 0.5, "{}: {got}, R has {expect}", pair["id"]);
            parts.push(part);
        }
    }
    let mean = parts.iter().sum::<f64>() / parts.len() as f64;
    assert!(folder().is_none() || parts.len() > 20 && mean < 0.05, "{parts:?}");
}

#[test]
fn the_distribution_of_u_is_that_of_the_table() {
    let Some(folder) = folder() else { return };
    for row in list(&json(&folder, "tables.json")["udist_cdf_noties"]) {
        let size = |key: &str| row[key].as_u64().unwrap_or_default() as usize;
        let null = NullU::new(size("n1"), size("n2"));
        for (u, expect) in numbers(&row["cdf"]).into_iter().enumerate() {
            near(null.at_most(u), expect, 1e-12, 0.0, row);
        }
    }
}

#[test]
fn adjusted_p_values_are_those_of_r() {
    let Some(folder) = folder() else { return };
    for row in list(&json(&folder, "padjust_oracle.json")) {
        let p = numbers(&row["p"]);
        for (got, key) in [(adjust_bh(&p), "BH"), (adjust_holm(&p), "holm")] {
            assert_eq!(got.len(), p.len());
            for (got, expect) in got.iter().zip(numbers(&row[key])) {
                near(*got, expect, 1e-9, 1e-12, row);
            }
        }
    }
}
