//! Filters, projections, names and scaled numbers against the shared acceptance data. Where the folder is absent each
//! test says so and passes.

use perfplan::bench::QueryError;
use perfplan::bench::filter::Filter;
use perfplan::bench::projection::{order_number, parse_projection};
use perfplan::unit::Scale;
use serde_json::Value;

use crate::shared_bench_stats::{folder, json, list, number, numbers};

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

#[track_caller]
fn check_error(row: &Value, got: &QueryError) {
    let (message, offset) = (text(row, "error"), row["offset"].as_u64().unwrap_or_default());
    assert_eq!(got.offset as u64, offset, "{row}: {got}");
    // The wording of what is wrong inside a regular expression is free.
    let is_free = message.starts_with("error parsing regexp");
    assert!(
        got.message == message || is_free && got.message.starts_with("error parsing regexp"),
        "{row}: {got}"
    );
}

#[test]
fn filters_are_read_as_benchstat_reads_them() {
    let Some(folder) = folder() else { return };
    let cases = &json(&folder, "unit_tests.json")["parse_filter"];
    for row in list(&cases["ok"]) {
        let filter = Filter::parse(text(row, "input")).expect("a filter");
        assert_eq!(filter.to_string(), text(row, "want"), "{row}");
        let again = Filter::parse(&filter.to_string()).expect("a filter");
        assert_eq!(again.to_string(), filter.to_string());
    }
    for row in list(&cases["err"]) {
        check_error(row, &Filter::parse(text(row, "input")).expect_err("an error"));
    }
}

#[test]
fn projections_are_read_as_benchstat_reads_them() {
    let Some(folder) = folder() else { return };
    let cases = &json(&folder, "unit_tests.json")["parse_projection"];
    for row in list(&cases["ok"]) {
        let parts = parse_projection(text(row, "input")).expect("a projection");
        let got: Vec<String> = parts.iter().map(ToString::to_string).collect();
        assert_eq!(Value::from(got), row["want"], "{row}");
    }
    for row in list(&cases["err"]) {
        check_error(row, &parse_projection(text(row, "input")).expect_err("an error"));
    }
}

#[test]
fn numbers_in_values_sort_as_numbers() {
    let Some(folder) = folder() else { return };
    for row in list(&json(&folder, "unit_tests.json")["parse_num"]) {
        assert_eq!(order_number(text(row, "input")), row["want"].as_f64(), "{row}");
    }
}

#[test]
fn numbers_are_scaled_as_benchstat_scales_them() {
    let Some(folder) = folder() else { return };
    let check = |value: f64, binary, want: &str| {
        assert_eq!(Scale::common(&[value], binary).text(value), want, "{value}");
    };
    for row in list(&json(&folder, "unit_tests.json")["scale"]) {
        let binary = row["cls"] == "Binary";
        check(number(&row["v"]), binary, text(row, "want"));
        check(number(&row["pred_toward_zero"]), binary, text(row, "want_pred"));
    }
    let tables = json(&folder, "tables.json");
    for row in list(&tables["scale"]) {
        check(number(&row["v"]), false, text(row, "dec"));
        check(number(&row["v"]), true, text(row, "bin"));
    }
    for row in list(&tables["common_scale"]) {
        let values = numbers(&row["v"]);
        for (binary, key) in [(false, "dec"), (true, "bin")] {
            let scale = Scale::common(&values, binary);
            let got: Vec<String> = values.iter().map(|value| scale.text(*value)).collect();
            assert_eq!(Value::from(got), row[key], "{row}");
        }
    }
}
