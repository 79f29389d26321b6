//! Small inputs, and what gates say of them.

use super::*;
use crate::analyze::compare::{CompareOptions, Reading, TableBuilder, compare};
use crate::bench::{Filter, Projections, parse};

fn judged(conditions: &str, old: &str, new: &str) -> GateReport {
    let mut builder = TableBuilder::new(&Projections::default(), Filter::all(), Reading::Own);
    for (label, text) in [("old", old), ("new", new)] {
        builder.add(&parse(text.as_bytes(), label).unwrap(), label);
    }
    let options = CompareOptions {
        alpha: 0.05,
        confidence: 0.95,
        threshold: 0.01,
        thresholds: Vec::new(),
        better: Vec::new(),
        adjust: Adjust::Holm,
    };
    let comparisons = compare(builder.finish(), &options);
    BenchGate::parse(&[conditions]).unwrap().judge(GateEvidence {
        comparisons: &comparisons,
        failures: &["BenchmarkY failed".to_string()],
        alpha: 0.05,
        adjust: Adjust::Holm,
    })
}

fn lines(unit: &str, from: f64, n: u32) -> String {
    (0..n)
        .map(|i| {
            format!(
                "BenchmarkX 9 {} {unit}\n",
                from * (1.0 + f64::from(i * 7 % n) * 1e-3)
            )
        })
        .collect()
}

#[track_caller]
fn check(conditions: &str, old: &str, new: &str, hits: usize, undecided: usize) {
    let got = judged(conditions, old, new);
    assert_eq!(
        (got.hits.len(), got.undecided.len()),
        (hits, undecided),
        "{got:?}"
    );
}

#[test]
fn time_needs_significance_and_size() {
    let (old, new) = (lines("ns/op", 100.0, 10), lines("ns/op", 108.0, 10));
    check("regression", &old, &new, 1, 0);
    check("sec/op>5%", &old, &new, 1, 0);
    check("ns/op>5%", &old, &new, 1, 0);
    check("sec/op>10%", &old, &new, 0, 0);
    check("sec/op>5%", &new, &old, 0, 0);
    check("change", &new, &old, 1, 0);
    check("inconclusive", &old, &new, 0, 0);
    let (few_old, few_new) = (lines("ns/op", 100.0, 3), lines("ns/op", 200.0, 3));
    check("sec/op>5%", &few_old, &few_new, 0, 1);
    check("regression", &few_old, &few_new, 0, 1);
    check("ci", &lines("ns/op", 100.0, 5), &lines("ns/op", 200.0, 5), 0, 3);
}

#[test]
fn what_is_counted_is_compared_as_it_is() {
    let one = |value, unit: &str| format!("BenchmarkX 9 {value} {unit}\n");
    check("allocs/op>0", &one(10, "allocs/op"), &one(11, "allocs/op"), 1, 0);
    check("allocs/op>0%", &one(0, "allocs/op"), &one(1, "allocs/op"), 1, 0);
    check("allocs/op>0", &one(11, "allocs/op"), &one(10, "allocs/op"), 0, 0);
    check("allocs/op>1", &one(10, "allocs/op"), &one(11, "allocs/op"), 0, 0);
    check("allocs/op>=1", &one(10, "allocs/op"), &one(11, "allocs/op"), 1, 0);
    check("B/op>0%", &one(1000, "B/op"), &one(1128, "B/op"), 0, 0);
    check("B/op>0%", &one(1000, "B/op"), &one(1129, "B/op"), 1, 0);
    check("MB/s>0%", &one(10, "allocs/op"), &one(11, "allocs/op"), 0, 1);
    check("hits/op>0", &one(1, "hits/op"), &one(1, "hits/op"), 0, 1);
}

#[test]
fn other_conditions_hold_by_what_they_name() {
    let old = "goos: linux\nBenchmarkX 9 1 allocs/op\nBenchmarkY 9 1 allocs/op\n";
    let new = "goos: linux\nBenchmarkX 9 1 allocs/op\n";
    check("missing", old, new, 1, 0);
    check("missing", new, old, 0, 0);
    check("failed", old, old, 1, 0);
    check("environment", old, old, 0, 0);
    let elsewhere = "goos: plan9\nBenchmarkX 9 1 allocs/op\n";
    let got = judged("environment,regression", old, elsewhere);
    assert_eq!(got.undecided, ["nothing was compared"]);
    assert_eq!(got.hits, ["environment: goos differs between columns"]);
}

#[test]
fn wrong_conditions_are_told() {
    let check = |list: &str, expect: &str| assert_eq!(BenchGate::parse(&[list]).unwrap_err(), expect);
    check(
        "regresion",
        "\"regresion\" is no condition; did you mean regression?",
    );
    check("sec/op>x", "\"sec/op>x\": x is no limit such as 10% or 0");
    check(">5%", "\">5%\" names no metric");
    check("sec/op>-5%", "\"sec/op>-5%\": -5% is no limit such as 10% or 0");
    assert_eq!(BenchGate::parse(&["ci", "failed"]).unwrap().conditions.len(), 4);
}
