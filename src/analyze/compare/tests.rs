//! Small inputs, and what they come to.

use super::*;
use crate::bench::{Filter, ParseOptions, Projections, parse, parse_with};

fn options() -> CompareOptions {
    CompareOptions {
        alpha: 0.05,
        confidence: 0.95,
        threshold: 0.01,
        thresholds: Vec::new(),
        better: Vec::new(),
        adjust: Adjust::Bh,
    }
}

fn tables(inputs: &[(&str, &str)], projections: &Projections, reading: Reading) -> Tables {
    let mut builder = TableBuilder::new(projections, Filter::all(), reading);
    for (label, text) in inputs {
        builder.add(
            &parse_with(text.as_bytes(), label, ParseOptions::default()).unwrap(),
            label,
        );
    }
    builder.finish()
}

fn lines(name: &str, unit: &str, values: impl IntoIterator<Item = f64>) -> String {
    values
        .into_iter()
        .map(|v| format!("Benchmark{name} 100 {v} {unit}\n"))
        .collect()
}

fn compared(old: &str, new: &str, options: &CompareOptions) -> Comparisons {
    let inputs = [("old", old), ("new", new)];
    compare(tables(&inputs, &Projections::default(), Reading::Own), options)
}

fn outcome(unit: &str, old: impl IntoIterator<Item = f64>, new: impl IntoIterator<Item = f64>) -> Comparison {
    let got = compared(&lines("X", unit, old), &lines("X", unit, new), &options());
    assert_eq!(got.list.len(), 1);
    got.list[0].clone()
}

fn spread(from: f64) -> Vec<f64> {
    (0..10)
        .map(|i| from * (1.0 + f64::from(i * 7 % 10) * 1e-3))
        .collect()
}

#[test]
fn verdicts_follow_the_direction_of_the_unit() {
    let check = |unit, old, new, expect| {
        assert_eq!(
            outcome(unit, spread(old), spread(new)).outcome,
            expect,
            "{unit} {old} {new}"
        );
    };
    check("ns/op", 100.0, 110.0, Outcome::Regression);
    check("ns/op", 110.0, 100.0, Outcome::Improvement);
    check("MB/s", 100.0, 110.0, Outcome::Improvement);
    check("MB/s", 110.0, 100.0, Outcome::Regression);
    check("ns/op", 100.0, 100.0, Outcome::Equivalent);
    check("hits/op", 100.0, 110.0, Outcome::Inconclusive);
    let unknown = outcome("hits/op", spread(100.0), spread(110.0));
    assert!(unknown.cautions.contains(&Caution::DirectionUnknown));
    let small = outcome("ns/op", spread(100.0), spread(100.5));
    assert_eq!(small.outcome, Outcome::Equivalent);
    assert!(small.cautions.contains(&Caution::BelowThreshold), "{small:?}");
}

#[test]
fn one_run_is_enough_for_what_is_counted_and_never_for_a_clock() {
    let check = |unit, old, new, expect, method| {
        let got = outcome(unit, [old], [new]);
        assert_eq!((got.outcome, got.method), (expect, method), "{unit}");
    };
    check("allocs/op", 10.0, 20.0, Outcome::Regression, Method::Exact);
    check("allocs/op", 1000.0, 1001.0, Outcome::Regression, Method::Exact);
    check("allocs/op", 0.0, 1.0, Outcome::Regression, Method::Exact);
    check("allocs/op", 10.0, 10.0, Outcome::Equivalent, Method::Exact);
    check("B/op", 1000.0, 1001.0, Outcome::Equivalent, Method::Exact);
    check(
        "ns/op",
        10.0,
        20.0,
        Outcome::Inconclusive,
        Method::MannWhitneyExact,
    );
    check(
        "widgets/op",
        10.0,
        20.0,
        Outcome::Inconclusive,
        Method::MannWhitneyExact,
    );
    let few = outcome("ns/op", [10.0], [20.0]);
    assert_eq!(few.cautions, [Caution::TooFew { needed: 4 }]);
}

#[test]
fn values_at_or_below_zero_have_a_difference_only() {
    let old: Vec<f64> = (0..10).map(f64::from).collect();
    let new: Vec<f64> = (100..110).map(f64::from).collect();
    let got = outcome("extra-ns", old, new);
    assert_eq!((got.ratio, got.outcome), (None, Outcome::Regression));
    assert_eq!(
        outcome("extra-ns", [0.0; 9], [0.0; 9]).outcome,
        Outcome::Equivalent
    );
}

#[test]
fn what_is_not_finite_is_left_out_and_told() {
    let got = compared(
        &lines("X", "ns/op", [f64::NAN, 1.0, 2.0]),
        &lines("X", "ns/op", [f64::INFINITY]),
        &options(),
    );
    assert!(got.list.is_empty() && got.unmatched.len() == 1);
    let got = outcome("ns/op", [f64::NAN, 1.0, 2.0], [1.0]);
    assert!(got.cautions.contains(&Caution::Excluded { old: 1, new: 0 }) && got.old.n == 2);
}

#[test]
fn thresholds_hold_where_they_say_and_the_last_one_wins() {
    let mut options = options();
    let mut check = |query: &str, value, expect| {
        let filter = Filter::parse(query).unwrap();
        options.thresholds.push(Threshold { value, filter });
        let both = |v: f64| lines("X", "ns/op", spread(v)) + &lines("X", "allocs/op", [v]);
        let got = compared(&both(100.0), &both(110.0), &options);
        let outcomes: Vec<Outcome> = got.list.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, expect, "{query}");
    };
    check(".name:Y", 0.5, [Outcome::Regression, Outcome::Regression]);
    check(".unit:sec/op", 0.5, [Outcome::Equivalent, Outcome::Regression]);
    check("*", 0.5, [Outcome::Equivalent, Outcome::Equivalent]);
    check(".unit:sec/op", 0.0, [Outcome::Regression, Outcome::Equivalent]);
}

#[test]
fn p_values_are_adjusted_within_their_class() {
    let text = |by: f64| {
        (0..4)
            .map(|i| lines(&format!("X{i}"), "ns/op", spread(100.0 + by * f64::from(i / 3))))
            .collect::<String>()
            + &lines("X0", "extra/op", spread(100.0 + by))
    };
    let got = compared(&text(0.0), &text(10.0), &options());
    let time: Vec<_> = got
        .list
        .iter()
        .filter(|one| one.class == crate::unit::UnitClass::Time)
        .collect();
    let raw = time[3].p.unwrap();
    assert_eq!(time[3].p_adjusted, Some(raw * 4.0));
    assert_eq!(got.families.iter().map(|f| f.size).collect::<Vec<_>>(), [4, 1]);
}

#[test]
fn means_cover_what_both_columns_have() {
    let old = lines("A", "ns/op", spread(100.0))
        + &lines("B", "ns/op", spread(100.0))
        + &lines("C", "ns/op", [0.0; 9]);
    let new = lines("A", "ns/op", spread(200.0))
        + &lines("D", "ns/op", spread(1.0))
        + &lines("C", "ns/op", [0.0; 9]);
    let got = compared(&old, &new, &options());
    let mean = &got.geomeans[0];
    assert_eq!((mean.used, mean.unmatched, mean.nonpositive), (1, 2, 1));
    assert!(mean.ratio.is_some_and(|r| (r.value - 2.0).abs() < 1e-9));
    let names: Vec<String> = got
        .unmatched
        .iter()
        .map(|u| got.tables.list[u.table].rows[u.row].label())
        .collect();
    assert_eq!(names, ["B", "D"]);
}

#[test]
fn columns_that_were_measured_elsewhere_are_told() {
    let old = format!("goos: linux\ncpu: a\n{}", lines("X-8", "ns/op", [1.0]));
    let new = format!("goos: linux\ncpu: b\n{}", lines("X-4", "ns/op", [1.0]));
    let got = compared(&old, &new, &options());
    let keys: Vec<_> = got.tables.environment.iter().map(|e| e.key).collect();
    assert_eq!(keys, ["cpu", "/gomaxprocs"]);
    let values = [
        ("old".to_string(), vec!["a".to_string()]),
        ("new".to_string(), vec!["b".to_string()]),
    ];
    assert_eq!(got.tables.environment[0].values, values);
    assert!(got.list.is_empty() && got.tables.list.len() == 2);
}

#[test]
fn processes_that_differ_are_seen() {
    let projections = Projections::default();
    let one = lines("X", "ns/op", spread(100.0));
    let other = lines("X", "ns/op", spread(120.0));
    let cell = |inputs: &[(&str, &str)]| {
        let tables = tables(inputs, &projections, Reading::Own);
        tables.list[0].rows[0].cells[0].clone().unwrap()
    };
    let apart = processes(&cell(&[("a", &one), ("a", &other)])).unwrap();
    assert!(apart.count == 2 && apart.share > 0.9, "{apart:?}");
    let alike = processes(&cell(&[("a", &one), ("a", &one)])).unwrap();
    assert!(alike.share < 0.1, "{alike:?}");
    assert_eq!(processes(&cell(&[("a", &one)])), None);
    let three = compare(
        tables(
            &[
                ("a", &one),
                ("a", &other),
                ("b", &lines("X", "ns/op", spread(115.0))),
            ],
            &projections,
            Reading::Own,
        ),
        &options(),
    );
    let floor = three.list[0].noise_floor.unwrap();
    assert!((floor - 1.2).abs() < 1e-9);
}

#[test]
fn readings_differ_in_zero_and_in_the_order_of_settings() {
    let text = "BenchmarkX 1 0 ns/op\nBenchmarkX 1 5 ns/op\n";
    let units = |reading| -> Vec<String> {
        let tables = tables(&[("a", text)], &Projections::default(), reading);
        tables.list.into_iter().map(|table| table.unit).collect()
    };
    assert_eq!(units(Reading::Benchstat), ["ns/op", "sec/op"]);
    assert_eq!(units(Reading::Own), ["sec/op"]);
    let text = "pkg: z\nBenchmarkX 1 5 ns/op\npkg: a\nBenchmarkX 1 5 ns/op\n";
    let packages = |reading| -> Vec<String> {
        let tables = tables(&[("a", text)], &Projections::default(), reading);
        tables
            .list
            .into_iter()
            .map(|table| table.values.concat())
            .collect()
    };
    assert_eq!(packages(Reading::Benchstat), ["a", "z"]);
    assert_eq!(packages(Reading::Own), ["z", "a"]);
}

#[test]
fn unit_lines_that_contradict_each_other_are_told() {
    let old = format!("Unit ns/op better=lower\n{}", lines("X", "ns/op", [1.0]));
    let new = format!("Unit ns/op better=higher\n{}", lines("X", "ns/op", [1.0]));
    let got = tables(
        &[("old", &old), ("new", &new)],
        &Projections::default(),
        Reading::Own,
    );
    let messages: Vec<String> = got.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        ["new:1: metadata better of unit ns/op already set to lower"]
    );
    assert!(parse(b"x", "x").is_err());
}

#[test]
fn a_change_that_the_baseline_shows_by_itself_is_doubted() {
    let old = [spread(100.0), spread(120.0)].concat();
    let shaky = outcome("ns/op", old, [spread(125.0), spread(126.0)].concat());
    assert_eq!(shaky.outcome, Outcome::Regression);
    let floor = shaky.cautions.iter().find_map(|caution| match caution {
        Caution::WithinNoise { floor } => Some(*floor),
        _ => None,
    });
    assert!(floor.is_some_and(|floor| (floor - 1.2).abs() < 1e-3), "{shaky:?}");
    let calm = [spread(100.0), spread(100.0)].concat();
    let clear = outcome("ns/op", calm, [spread(125.0), spread(126.0)].concat());
    assert!(
        clear.outcome == Outcome::Regression && clear.cautions.is_empty(),
        "{clear:?}"
    );
}

#[test]
fn samples_of_unequal_size_and_several_columns_are_compared_with_the_first() {
    let text = |from: f64, n: usize| lines("X", "ns/op", spread(from).into_iter().take(n));
    let (a, b, c) = (text(100.0, 10), text(110.0, 7), text(90.0, 9));
    let inputs = [("a", a.as_str()), ("b", b.as_str()), ("c", c.as_str())];
    let got = compare(tables(&inputs, &Projections::default(), Reading::Own), &options());
    let told: Vec<(usize, usize, Outcome)> = got.list.iter().map(|c| (c.col, c.new.n, c.outcome)).collect();
    assert_eq!(told, [(1, 7, Outcome::Regression), (2, 9, Outcome::Improvement)]);
    assert_eq!(got.geomeans.len(), 2);
}
