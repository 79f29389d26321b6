//! Δ per function is that of `go tool pprof -diff_base` on the shared pairs. The files are outside of the repository;
//! where they are absent each test says so and passes.

use std::collections::BTreeMap;
use std::path::Path;

use perfplan::analyze::{Adjust, DeltaOptions, Granularity, Recording, delta};
use perfplan::profile::{Profile, remove_uninteresting};

use crate::shared::corpus;
use crate::support::{Table, files_below, listing, plain_bytes, profile_of};

fn profile(path: &Path) -> Profile {
    let mut profile = profile_of(path);
    remove_uninteresting(&mut profile, "x");
    profile
}

/// Flat and cumulative sums by name, without names where both are 0.
type Sums = BTreeMap<String, (i64, i64)>;

fn own(before: &Profile, after: &Profile, index: usize) -> (Sums, i64) {
    let recording = |profile| Recording {
        name: "x",
        profile,
        index,
        operations: None,
        whole: None,
    };
    let options = DeltaOptions {
        measure: None,
        alpha: 0.05,
        adjust: Adjust::Bh,
        granularity: Granularity::Functions,
        by_cum: false,
    };
    let delta = delta(&[recording(before)], &[recording(after)], &options).expect("a comparison");
    let moved = |change: &perfplan::analyze::Change| change.after - change.before;
    let sums = delta
        .rows
        .iter()
        .map(|r| (r.name.clone(), (moved(&r.flat), moved(&r.cum))));
    (
        sums.filter(|(_, sums)| *sums != (0, 0)).collect(),
        delta.before.total,
    )
}

/// Names need not be unique in a listing; here they are.
fn listed(table: &Table) -> Sums {
    let mut sums = Sums::new();
    for row in &table.rows {
        let sum = sums.entry(row.name.clone()).or_default();
        *sum = (sum.0 + row.flat, sum.1 + row.cum);
    }
    sums.retain(|_, sums| *sums != (0, 0));
    sums
}

#[track_caller]
fn check(name: &str, before: &Path, after: &Path, index: usize, expected: &Path) -> usize {
    let table = listing(&plain_bytes(expected));
    let (sums, total) = own(&profile(before), &profile(after), index);
    let expect = listed(&table);
    let differing: Vec<_> = expect
        .iter()
        .filter(|(name, sum)| sums.get(*name) != Some(*sum))
        .take(3)
        .collect();
    assert_eq!(sums.len(), expect.len(), "{name}: {differing:?}");
    assert!(differing.is_empty(), "{name}: {differing:?}");
    assert!(
        table.total.is_none_or(|expect| expect == total),
        "{name}: {:?}, not {total}",
        table.total
    );
    expect.len()
}

#[test]
fn pairs_of_many_producers_differ_as_the_reference_says() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let pairs = folder.join("expected/pairs");
    let list = String::from_utf8(plain_bytes(&pairs.join("pairs.tsv"))).expect("UTF-8");
    let mut compared = 0;
    for line in list.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let index = cells[3].parse().expect("a number");
        let [before, after] = [1, 2].map(|i| folder.join(cells[i]));
        let expected = pairs.join(format!("{}.diff_base.top.txt", cells[0]));
        compared += check(cells[0], &before, &after, index, &expected);
    }
    assert!(compared > 1000, "only {compared} rows");
}

/// `pair__PROGRAM__KIND.diff_base.top.txt`: the default type of both sides.
#[test]
fn pairs_of_our_own_programs_differ_as_the_reference_says() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("generated");
    let mut compared = 0;
    for expected in files_below(&folder.join("expected")) {
        let name = expected
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(pair) = name
            .strip_prefix("pair__")
            .and_then(|n| n.split_once(".diff_base.top.txt"))
        else {
            continue;
        };
        let (program, kind) = pair.0.split_once("__").expect("program and kind");
        let [before, after] = ["before", "after"].map(|v| {
            let benchmarked = folder.join(format!("{program}/{v}/out/{kind}.pb.gz"));
            let served = folder.join(format!("{program}/out/{v}/{kind}.debug0.pb.gz"));
            if benchmarked.exists() { benchmarked } else { served }
        });
        let index = profile_of(&after).default_type();
        check(pair.0, &before, &after, index, &expected);
        compared += 1;
    }
    assert!(compared >= 12, "only {compared} pairs");
}
