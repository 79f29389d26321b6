use std::collections::HashMap;

use super::loops::{Work, loop_of};
use super::{SimdLimits, amdahl};
use crate::profile::{Format, ProfileBuilder};
use crate::review::{Evidence, Policy, ProfileInput, Review, review};

#[test]
fn loops_are_told_by_their_text() {
    let check = |text: &str, line: i64, expect: Option<(i64, Work)>| {
        assert_eq!(loop_of(text, line), expect, "{text}");
    };
    let search = "func f(s []byte) int {\n\tfor i := 0; i < len(s); i++ {\n\t\tif s[i] == '\\n' {\n\t\t\treturn i\n\t\t}\n\t}\n";
    check(search, 3, Some((2, Work::SearchByte)));
    check(search, 2, Some((2, Work::SearchByte)));
    check(search, 4, None);
    let sum = "\tfor _, x := range xs {\n\t\ttotal += x * x\n\t\tcount(x)\n\t}\n\ty += z\n";
    check(sum, 2, Some((1, Work::Arithmetic)));
    check(sum, 3, None);
    check(sum, 5, None);
    check("\tfor _, c := range text {\n\t\tif c.kind == 'x' {\n", 2, None);
    check("\tfor k, v := range m {\n\t\tn += len(name)\n", 2, None);
    check("", 9, None);
}

#[test]
fn amdahl_bounds_the_whole() {
    assert_eq!(amdahl(0.5, 2.0), 1.0 / 0.75);
    assert!((amdahl(0.25, f64::INFINITY) - 4.0 / 3.0).abs() < 1e-12);
    let least = SimdLimits::DEFAULT.least_share();
    assert!((amdahl(least, 4.0) - 1.1).abs() < 1e-12, "{least}");
}

const SOURCE: &str = "package main\n\nfunc f(s []byte) int {\n\tfor i := 0; i < len(s); i++ {\n\t\tif s[i] == 'x' {\n\t\t\treturn i\n\t\t}\n\t}\n\treturn 0\n}\n";

/// Samples of the loop, of memmove and of another own line, which is no loop.
fn reviewed(hot: i64, copying: i64, other: i64) -> Review {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    let main = b.frame("main.main", "main.go", 20);
    let leaves = [
        b.frame("main.f", "f.go", 5),
        b.frame("runtime.memmove", "m.s", 1),
        b.frame("main.g", "g.go", 7),
    ];
    for (leaf, count) in leaves.into_iter().zip([hot, copying, other]) {
        b.sample([leaf, main], &[count, count * 10_000_000], []);
    }
    let profiles = [ProfileInput {
        name: "cpu.pb.gz".into(),
        profile: b.finish(),
    }];
    let sources = HashMap::from([("f.go".to_string(), SOURCE.to_string())]);
    let evidence = Evidence {
        profiles: &profiles,
        sources: &sources,
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

#[test]
fn a_hot_search_is_advised_and_a_cold_one_is_not() {
    let facts = reviewed(500, 300, 200).simd.unwrap();
    let told: Vec<_> = facts
        .rows
        .iter()
        .map(|r| (r.function.as_str(), r.line, r.advised))
        .collect();
    assert_eq!(told, [("main.f", 4, true), ("runtime.memmove", 0, false)]);
    assert!((facts.rows[0].whole_speedup - amdahl(0.5, 29.0)).abs() < 1e-12);
    assert_eq!(facts.none_because, "");
    let facts = reviewed(50, 300, 650).simd.unwrap();
    assert!(
        facts.rows[0]
            .why
            .starts_with("not worth it: 5.0 % of the CPU time give 1.05"),
        "{}",
        facts.rows[0].why
    );
    assert!(
        facts.none_because.contains("g.go:7 with 65.0 %, is no loop"),
        "{}",
        facts.none_because
    );
    let facts = reviewed(50, 920, 30).simd.unwrap();
    assert!(
        facts.none_because.contains("f.go:5, takes 5.0 %") && facts.none_because.contains("12.1 %"),
        "{}",
        facts.none_because
    );
}
