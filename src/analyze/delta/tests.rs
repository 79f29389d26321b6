use super::*;
use crate::profile::{Format, ProfileBuilder};

/// A CPU profile of `seconds` with so many samples per function, all called by `main`.
fn cpu(counts: &[(&str, i64)], seconds: i64) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    b.head().duration_nanos = seconds * 1_000_000_000;
    let main = b.frame("main.main", "m.go", 1);
    for (name, count) in counts {
        let leaf = b.frame(name, "m.go", 2);
        b.sample([leaf, main], &[*count, count * 10_000_000], []);
    }
    b.finish()
}

/// A profile with one type of values and nothing else.
fn plain(kind: &str, unit: &str, values: &[(&str, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[(kind, unit)]);
    for (name, value) in values {
        let leaf = b.frame(name, "m.go", 2);
        b.sample([leaf], &[*value], []);
    }
    b.finish()
}

fn recorded(profiles: &[Profile], index: usize) -> Vec<Recording<'_>> {
    let recording = |profile| Recording {
        name: "x",
        profile,
        index,
        operations: None,
        whole: None,
    };
    profiles.iter().map(recording).collect()
}

const PLAIN: DeltaOptions = DeltaOptions {
    measure: None,
    alpha: 0.05,
    adjust: Adjust::Bh,
    granularity: Granularity::Functions,
    by_cum: false,
};

fn compare(before: &[Profile], after: &[Profile], index: usize, options: DeltaOptions) -> Delta {
    delta(&recorded(before, index), &recorded(after, index), &options).unwrap()
}

fn row<'a>(delta: &'a Delta, name: &str) -> &'a DeltaRow {
    delta
        .rows
        .iter()
        .find(|r| r.name == name)
        .expect("a row of this name")
}

fn measured_by(measure: Measure) -> DeltaOptions {
    DeltaOptions {
        measure: Some(measure),
        ..PLAIN
    }
}

#[test]
fn a_change_beyond_noise_is_told_from_noise() {
    let before = cpu(&[("a.Hot", 1000), ("a.Calm", 300), ("a.Rare", 2)], 10);
    let after = cpu(&[("a.Hot", 1300), ("a.Calm", 310), ("a.Rare", 3)], 10);
    let delta = compare(&[before], &[after], 1, PLAIN);
    assert_eq!(
        (delta.measure, delta.model, delta.basis),
        (Measure::Rate, Model::Poisson, Some(Basis::Second))
    );
    let verdicts: Vec<_> = delta
        .rows
        .iter()
        .map(|r| (r.name.as_str(), r.flat.verdict))
        .collect();
    let expect = [
        ("a.Hot", Verdict::More),
        ("a.Calm", Verdict::Noise),
        ("a.Rare", Verdict::Few),
        ("main.main", Verdict::Few),
    ];
    assert_eq!(verdicts, expect);
    assert_eq!((delta.tested, delta.changed), (2, 1));
    let hot = &delta.rows[0].flat;
    assert_eq!((hot.before_count, hot.after_count), (Some(1000), Some(1300)));
    assert_eq!((hot.before, hot.after), (10_000_000_000, 13_000_000_000));
    assert_eq!(hot.per_second, [Some(1e9), Some(1.3e9)]);
    assert!((hot.ratio.estimate.unwrap() - 1.3).abs() < 1e-12 && hot.ratio.low.unwrap() > 1.19);
    assert_eq!((hot.difference.low, hot.difference.high), (None, None));
    assert_eq!(hot.p_adjusted, Some(hot.p.unwrap() * 2.0));
    // Few are not judged, yet their numbers are told.
    assert!(row(&delta, "a.Rare").flat.p.is_some() && row(&delta, "a.Rare").flat.p_adjusted.is_none());
    assert_eq!(delta.total.verdict, Verdict::More);
    assert_eq!(delta.doubts, [Doubt::SamplingOnly]);
}

#[test]
fn six_new_samples_are_the_fewest_that_count() {
    let test = |count: i64| {
        let delta = compare(
            &[cpu(&[("a.Other", 90)], 10)],
            &[cpu(&[("a.Other", 90), ("a.New", count)], 10)],
            1,
            PLAIN,
        );
        let row = row(&delta, "a.New");
        assert_eq!(row.mark, Some(Mark::New));
        let rounded = |number: Option<f64>| number.map(|n| (n * 1e5).round() / 1e5);
        (
            row.flat.verdict,
            rounded(row.flat.p),
            rounded(row.flat.ratio.low),
            row.flat.ratio.high,
        )
    };
    assert_eq!(test(5), (Verdict::Few, Some(0.0625), Some(0.91636), None));
    // 0.03125 among two tested rows is 0.0625.
    assert_eq!(test(6), (Verdict::Noise, Some(0.03125), Some(1.17742), None));
    assert_eq!(test(8).0, Verdict::More);
}

#[test]
fn a_share_that_moved_because_others_did_is_relative() {
    let before = cpu(&[("a.Calm", 1000), ("a.Mended", 1000)], 10);
    let after = cpu(&[("a.Calm", 1000), ("a.Mended", 100)], 10);
    let by_share = compare(
        std::slice::from_ref(&before),
        std::slice::from_ref(&after),
        1,
        measured_by(Measure::Share),
    );
    let calm = row(&by_share, "a.Calm");
    assert_eq!((calm.flat.verdict, calm.flat.relative), (Verdict::More, true));
    assert!(!row(&by_share, "a.Mended").flat.relative);
    assert_eq!(by_share.total.verdict, Verdict::Untested);
    let by_rate = compare(&[before], &[after], 1, PLAIN);
    let calm = row(&by_rate, "a.Calm");
    assert_eq!((calm.flat.verdict, calm.flat.relative), (Verdict::Noise, true));
}

#[test]
fn swapped_sides_mirror_everything() {
    let before = [cpu(&[("a.A", 40), ("a.B", 90), ("a.C", 7)], 9)];
    let after = [cpu(&[("a.A", 80), ("a.B", 60), ("a.D", 30)], 13)];
    for measure in [Measure::Rate, Measure::Share] {
        let there = compare(&before, &after, 1, measured_by(measure));
        let back = compare(&after, &before, 1, measured_by(measure));
        assert_eq!(there.rows.len(), back.rows.len());
        for one in &there.rows {
            let other = row(&back, &one.name);
            for (one, other) in [(&one.flat, &other.flat), (&one.cum, &other.cum)] {
                let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
                    (Some(a), Some(b)) => (a - b).abs() <= 1e-10 * a.abs(),
                    (a, b) => a == b,
                };
                assert!(
                    same(one.p, other.p) && same(one.p_adjusted, other.p_adjusted),
                    "{one:?} {other:?}"
                );
                let mirrored = match other.verdict {
                    Verdict::More => Verdict::Less,
                    Verdict::Less => Verdict::More,
                    same => same,
                };
                assert_eq!(one.verdict, mirrored);
            }
        }
    }
}

#[test]
fn flat_changes_add_up_to_that_of_the_total() {
    let before = cpu(&[("a.A", 40), ("a.B", 90)], 9);
    let after = cpu(&[("a.A", 80), ("a.D", 30)], 13);
    let delta = compare(&[before], &[after], 1, PLAIN);
    let moved: i64 = delta.rows.iter().map(|r| r.flat.after - r.flat.before).sum();
    assert_eq!(moved, delta.total.after - delta.total.before);
    assert_eq!(
        (delta.before.total, delta.after.total),
        (1_300_000_000, 1_100_000_000)
    );
}

#[test]
fn what_was_counted_whole_is_a_fact() {
    let before = plain(
        "goroutine",
        "count",
        &[("a.Leak", 5), ("a.Steady", 4), ("a.Done", 2)],
    );
    let after = plain("goroutine", "count", &[("a.Leak", 6), ("a.Steady", 4)]);
    let delta = compare(&[before], &[after], 0, PLAIN);
    let verdict = |name| row(&delta, name).flat.verdict;
    assert_eq!(verdict("a.Leak"), Verdict::More);
    assert_eq!(
        (verdict("a.Steady"), verdict("a.Done")),
        (Verdict::Same, Verdict::Less)
    );
    assert_eq!(
        (delta.model, delta.measure, delta.changed, delta.tested),
        (Model::Census, Measure::Value, 2, 0)
    );
    assert!(delta.rows.iter().all(|r| r.flat.p.is_none()));
    assert_eq!(
        (row(&delta, "a.Done").mark, delta.doubts.len()),
        (Some(Mark::Gone), 0)
    );
}

#[test]
fn contentions_need_replicates() {
    let block = |delay: i64| plain("delay", "nanoseconds", &[("a.Wait", delay), ("a.Calm", 100)]);
    let one = compare(&[block(100)], &[block(900)], 0, PLAIN);
    assert_eq!(
        (one.rows[0].flat.verdict, one.model),
        (Verdict::Untested, Model::None)
    );
    assert_eq!(one.doubts, [Doubt::NothingTested]);
    let three = compare(&[100, 120, 110].map(block), &[900, 950, 910].map(block), 0, PLAIN);
    assert_eq!(
        (three.rows[0].flat.verdict, three.rows[0].name.as_str()),
        (Verdict::More, "a.Wait")
    );
    assert_eq!(
        (three.rows[0].flat.before, three.rows[0].flat.measured[0]),
        (330, 110.0)
    );
    assert!(three.doubts.is_empty());
    let noisy = compare(&[100, 900, 300].map(block), &[900, 200, 910].map(block), 0, PLAIN);
    assert_eq!(noisy.rows[0].flat.verdict, Verdict::Noise);
}

#[test]
fn replicates_widen_the_doubt() {
    let runs = |counts: [i64; 3]| counts.map(|n| cpu(&[("a.F", n)], 10));
    let calm = compare(&runs([100, 110, 90]), &runs([130, 150, 140]), 1, PLAIN);
    let flat = &row(&calm, "a.F").flat;
    assert_eq!((flat.verdict, flat.dispersion), (Verdict::More, Some(1.0)));
    assert!(
        (flat.p.unwrap() - 0.011_237_1).abs() < 1e-7 && (flat.ratio.estimate.unwrap() - 1.4).abs() < 1e-12
    );
    let wild = compare(&runs([100, 160, 70]), &runs([130, 190, 100]), 1, PLAIN);
    assert_eq!(row(&wild, "a.F").flat.verdict, Verdict::Noise);
    assert!((row(&wild, "a.F").flat.dispersion.unwrap() - 17.0455).abs() < 1e-4);
}

const MEMORY: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

fn heap(blocks: i64, rate: i64) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &MEMORY);
    b.period("space", "bytes", rate);
    let (f, g) = (b.frame("a.Big", "", 0), b.frame("a.Small", "", 0));
    b.sample([f], &[0, 0, blocks, blocks << 21], []);
    b.sample([g], &[0, 0, 1024, 1024 * 512], []);
    b.finish()
}

#[test]
fn sampled_memory_is_weighed() {
    let delta = compare(&[heap(20, 524_288)], &[heap(60, 524_288)], 3, PLAIN);
    assert_eq!((delta.model, delta.measure), (Model::Weighted, Measure::Value));
    let big = &row(&delta, "a.Big").flat;
    assert_eq!(
        (big.verdict, big.before_count, big.after_count),
        (Verdict::More, Some(20), Some(59))
    );
    let k = 1.0 / (1.0 - (-4.0_f64).exp());
    let sd = (79.0 * (k * f64::from(1 << 21)).powi(2)).sqrt();
    let reach = 1.959_963_984_540_054 * sd;
    assert!((big.difference.low.unwrap() - (40.0 * f64::from(1 << 21) - reach)).abs() < 1.0);
    assert_eq!((big.ratio.estimate, big.ratio.low), (Some(3.0), None));
    assert_eq!(row(&delta, "a.Small").flat.verdict, Verdict::Few);
    let whole = compare(&[heap(20, 1)], &[heap(21, 1)], 3, PLAIN);
    assert_eq!(
        (whole.model, row(&whole, "a.Big").flat.verdict),
        (Model::Census, Verdict::More)
    );
    let shares = compare(
        &[heap(20, 524_288)],
        &[heap(60, 524_288)],
        3,
        measured_by(Measure::Share),
    );
    assert_eq!(row(&shares, "a.Big").flat.verdict, Verdict::Noise);
}

#[test]
fn operations_are_the_best_measure() {
    let profiles = [cpu(&[("a.F", 1000)], 10), cpu(&[("a.F", 1000)], 10)];
    let [before, after] = [(0, 1e6), (1, 2e6)].map(|(i, operations)| Recording {
        operations: Some(operations),
        ..recorded(&profiles, 1)[i]
    });
    let delta = delta(&[before], &[after], &PLAIN).unwrap();
    assert_eq!(
        (delta.basis, delta.rows[0].flat.verdict),
        (Some(Basis::Operation), Verdict::Less)
    );
    assert_eq!(delta.rows[0].flat.per_operation, [Some(1e4), Some(5e3)]);
    assert_eq!(delta.rows[0].flat.per_second, [Some(1e9), Some(1e9)]);
    assert_eq!(delta.after.operations, Some(2e6));
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let timeless = [cpu(&[("a.F", 9)], 0)];
    let recordings = recorded(&timeless, 1);
    assert_eq!(
        delta(&recordings, &recordings, &measured_by(Measure::Rate)),
        Err(Problem::NoRate)
    );
    assert_eq!(compare(&timeless, &timeless, 1, PLAIN).measure, Measure::Share);
    assert!(delta(&recordings, &recorded(&timeless, 0), &PLAIN).is_err());
    assert!(delta(&[], &recordings, &PLAIN).is_err());
    let huge = [plain("goroutine", "count", &[("f", i64::MAX)])];
    assert!(delta(&recorded(&huge, 0), &recorded(&huge, 0), &PLAIN).is_err());
}

#[test]
fn doubts_are_told() {
    let mut other = cpu(&[("a.F", 9)], 30);
    other.period = 20_000_000;
    let delta = compare(&[cpu(&[("a.F", 9)], 10)], &[other], 1, PLAIN);
    let expect = [
        Doubt::SamplingOnly,
        Doubt::Durations { factor: 3.0 },
        Doubt::Periods {
            least: 10_000_000,
            most: 20_000_000,
        },
    ];
    assert_eq!(delta.doubts, expect);
    let empty = compare(&[cpu(&[], 10)], &[cpu(&[], 10)], 1, PLAIN);
    assert!(empty.doubts.contains(&Doubt::Empty { input: "x".into() }));
    assert_eq!((empty.rows.len(), empty.total.verdict), (0, Verdict::Few));
    let deep = {
        let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
        let f = b.frame("f", "", 0);
        b.sample(vec![f; 64], &[9, 90], []);
        b.sample(vec![f; 65], &[9, 90], []);
        b.finish()
    };
    let cut = compare(std::slice::from_ref(&deep), std::slice::from_ref(&deep), 0, PLAIN);
    assert!(cut.doubts.contains(&Doubt::StacksCut {
        input: "x".into(),
        records: 1,
        depth: 64
    }));
}

#[test]
fn memory_of_different_rates_is_compared_with_a_doubt() {
    let delta = compare(&[heap(20, 524_288)], &[heap(20, 1)], 3, PLAIN);
    assert_eq!(delta.model, Model::Weighted);
    assert!(delta.doubts.contains(&Doubt::MemoryRates {
        least: 1,
        most: 524_288
    }));
    assert_eq!(row(&delta, "a.Big").flat.verdict, Verdict::Noise);
}
