//! `diff` held against the truth: profiles are drawn anew from what was recorded, so what changed is known.
//!
//! The figures behind the bounds are printed; `cargo test diff_simulation -- --nocapture` shows them.

use perfplan::analyze::{
    Adjust, Delta, DeltaOptions, Granularity, Measure, Nodes, Recording, Verdict, delta,
};
use perfplan::profile::{Profile, Samples};

use crate::support::{profile_of, root};

/// Samples per drawn profile.
const SAMPLES: f64 = 20_000.0;
const PAIRS: u64 = 100;
const PROGRAMS: [&str; 3] = ["feed", "ledger", "rates"];

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Above 0, at most 1.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// A Poisson count, by adding waiting times.
    fn poisson(&mut self, mean: f64) -> i64 {
        let (mut time, mut count) = (-self.unit().ln(), 0);
        while time < mean {
            time -= self.unit().ln();
            count += 1;
        }
        count
    }

    /// A number around 1 with about this spread.
    fn around_one(&mut self, spread: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        (spread * (sum - 6.0)).exp()
    }
}

fn recorded(program: &str, variant: &str) -> Profile {
    profile_of(&root().join(format!("testdata/{program}/{variant}/out/cpu.pb.gz")))
}

/// A profile like `truth`, with counts drawn anew: each record's mean is its count, stretched to `samples` in all and
/// by its own factor.
fn drawn(truth: &Profile, samples: f64, factors: &[f64], random: &mut Random) -> Profile {
    let all: i64 = truth.samples.column(0).sum();
    let counts: Vec<i64> = (0..truth.samples.len())
        .map(|i| random.poisson(truth.samples.value(i, 0) as f64 * samples / all as f64 * factors[i]))
        .collect();
    with_counts(truth, &counts)
}

fn with_counts(truth: &Profile, counts: &[i64]) -> Profile {
    let mut samples = Samples::new(2);
    for (i, count) in counts.iter().enumerate() {
        samples.push(truth.samples.stack(i), &[*count, count * truth.period], []);
    }
    Profile {
        samples,
        ..truth.clone()
    }
}

fn compare(before: &[Profile], after: &[Profile], measure: Measure, adjust: Adjust) -> Delta {
    let options = DeltaOptions {
        measure: Some(measure),
        alpha: 0.05,
        adjust,
        granularity: Granularity::Functions,
        by_cum: false,
    };
    let recording = |profile| Recording {
        name: "drawn",
        profile,
        index: 1,
        operations: Some(1.0),
        whole: None,
    };
    let [before, after] = [before, after].map(|list| list.iter().map(recording).collect::<Vec<_>>());
    delta(&before, &after, &options).expect("a comparison")
}

/// Rows tested and rows called changed, flat and cumulative together.
fn tally(delta: &Delta) -> (usize, usize) {
    let cells = || delta.rows.iter().flat_map(|row| [&row.flat, &row.cum]);
    let tested = cells().filter(|c| c.p_adjusted.is_some()).count();
    (tested, cells().filter(|c| c.verdict.is_change()).count())
}

/// Two recordings of the same program: at most 5 % of the functions change before correction, and none after it in at
/// least 95 of 100 pairs.
#[test]
fn the_same_program_twice_has_not_changed() {
    for program in PROGRAMS {
        let truth = recorded(program, "before");
        let factors = vec![1.0; truth.samples.len()];
        for measure in [Measure::Rate, Measure::Share] {
            let mut random = Random(1);
            let (mut tested, mut alarms, mut quiet) = (0, 0, [0, 0]);
            for _ in 0..PAIRS {
                let pair = [0; 2].map(|_| [drawn(&truth, SAMPLES, &factors, &mut random)]);
                let (rows, changed) = tally(&compare(&pair[0], &pair[1], measure, Adjust::None));
                (tested, alarms) = (tested + rows, alarms + changed);
                let corrected = compare(&pair[0], &pair[1], measure, Adjust::Bh);
                for (quiet, by_cum) in quiet.iter_mut().zip([false, true]) {
                    *quiet += u64::from(
                        corrected
                            .rows
                            .iter()
                            .all(|row| !row.column(by_cum).verdict.is_change()),
                    );
                }
            }
            let share = alarms as f64 / tested as f64;
            println!(
                "{program} by {}: {:.2} % of {tested} tests before correction, of {PAIRS} pairs {} (cum {}) quiet after it",
                measure.name(),
                share * 100.0,
                quiet[0],
                quiet[1]
            );
            // A bound that is never reached would hide a test that cannot find anything.
            assert!(share > 0.01 && share <= 0.05, "{program}: {share}");
            assert!(quiet[0] >= 95 && quiet[1] >= 95, "{program}: {quiet:?}");
        }
    }
}

/// The hottest function and its share of the samples.
fn hottest(truth: &Profile) -> (String, f64) {
    let one = compare(
        std::slice::from_ref(truth),
        std::slice::from_ref(truth),
        Measure::Value,
        Adjust::Bh,
    );
    let row = one.rows.iter().max_by_key(|row| row.flat.before).expect("a row");
    (row.name.clone(), row.flat.shares[0].unwrap_or(0.0))
}

/// Factors that make one function slower by a part of itself.
fn slower(truth: &Profile, name: &str, by: f64) -> Vec<f64> {
    let nodes = Nodes::of(truth, Granularity::Functions);
    let factor = |i: usize| {
        let leaf = truth
            .samples
            .stack(i)
            .next()
            .map(|location| nodes.get(nodes.frames(location)[0]).printable());
        if leaf.is_some_and(|leaf| leaf == name) {
            1.0 + by
        } else {
            1.0
        }
    };
    (0..truth.samples.len()).map(factor).collect()
}

/// Samples with which a function of 5 % is seen to be a fifth slower: with half as many it is missed in one pair of four.
const ENOUGH: f64 = 2.0 * SAMPLES;

/// How many of 100 pairs find a function that became 20 % slower, and name it first.
fn found(truth: &Profile, name: &str, measure: Measure, samples: f64) -> (u64, u64) {
    let (even, planted) = (vec![1.0; truth.samples.len()], slower(truth, name, 0.2));
    let mut random = Random(7);
    let (mut found, mut first) = (0, 0);
    for _ in 0..PAIRS {
        let before = [drawn(truth, samples, &even, &mut random)];
        let after = [drawn(truth, samples, &planted, &mut random)];
        let delta = compare(&before, &after, measure, Adjust::Bh);
        let row = delta
            .rows
            .iter()
            .find(|row| row.name == name)
            .expect("the function");
        found += u64::from(row.flat.verdict == Verdict::More);
        first += u64::from(delta.rows[0].name == name && row.flat.verdict == Verdict::More);
    }
    (found, first)
}

#[test]
fn a_planted_slow_down_of_20_percent_is_found_and_named_first() {
    for program in PROGRAMS {
        let truth = recorded(program, "before");
        let (name, share) = hottest(&truth);
        for measure in [Measure::Rate, Measure::Share] {
            let by = measure.name();
            let (fewer, _) = found(&truth, &name, measure, SAMPLES);
            let (found, first) = found(&truth, &name, measure, ENOUGH);
            println!(
                "{program} by {by}: {name} ({:.1} %) found in {found}, first in {first} of {PAIRS}; with half the samples \
                 found in {fewer}",
                share * 100.0
            );
            assert!(
                found >= 95 && first >= 95,
                "{program} by {by}: {name} found {found}, first {first}"
            );
        }
    }
}

/// Runs differ by more than sampling does. One run a side takes that for change; three know better.
#[test]
fn replicates_know_the_noise_between_runs() {
    let truth = recorded("feed", "before");
    let mut random = Random(3);
    let run = |random: &mut Random| {
        let factors: Vec<f64> = (0..truth.samples.len())
            .map(|_| random.around_one(0.02))
            .collect();
        let whole = random.around_one(0.08);
        let factors: Vec<f64> = factors.iter().map(|f| f * whole).collect();
        drawn(&truth, SAMPLES, &factors, random)
    };
    let (mut single, mut repeated, mut tested) = (0, 0, [0, 0]);
    for _ in 0..30 {
        let [before, after] = [0; 2].map(|_| [0; 3].map(|_| run(&mut random)));
        let (rows, changed) = tally(&compare(&before[..1], &after[..1], Measure::Rate, Adjust::None));
        (single, tested[0]) = (single + changed, tested[0] + rows);
        let (rows, changed) = tally(&compare(&before, &after, Measure::Rate, Adjust::None));
        (repeated, tested[1]) = (repeated + changed, tested[1] + rows);
    }
    let shares = [
        single as f64 / tested[0] as f64,
        repeated as f64 / tested[1] as f64,
    ];
    println!(
        "runs that spread by 8 %: {:.1} % called changed by one run a side, {:.1} % by three",
        shares[0] * 100.0,
        shares[1] * 100.0
    );
    assert!(shares[0] > 0.08 && shares[1] < 0.06, "{shares:?}");
}

/// The two random halves of one recording differ by chance alone.
#[test]
fn random_halves_of_a_profile_rarely_change() {
    let mut trials_with_change = 0;
    let mut random = Random(11);
    const TRIALS: u64 = 300;
    for trial in 0..TRIALS {
        let truth = recorded(
            PROGRAMS[(trial % 3) as usize],
            if trial % 2 == 0 { "before" } else { "after" },
        );
        let mut half = vec![0; truth.samples.len()];
        for (i, count) in half.iter_mut().enumerate() {
            *count = (0..truth.samples.value(i, 0))
                .filter(|_| random.next() >> 63 == 0)
                .count() as i64;
        }
        let rest: Vec<i64> = half
            .iter()
            .enumerate()
            .map(|(i, n)| truth.samples.value(i, 0) - n)
            .collect();
        let sides = [half, rest].map(|counts| [with_counts(&truth, &counts)]);
        let delta = compare(&sides[0], &sides[1], Measure::Share, Adjust::Bh);
        trials_with_change += u64::from(delta.changed > 0);
    }
    println!("random halves: {trials_with_change} of {TRIALS} trials show a change");
    assert!(trials_with_change <= TRIALS / 20, "{trials_with_change}");
}

/// Sampled memory: how many objects of each site are caught is drawn anew, and each caught one stands for several. The
/// normal distribution is a little too thin for sums of few objects of very different weight: some 6 % instead of 5.
#[test]
fn sampled_memory_twice_has_not_changed() {
    let truth = profile_of(&root().join("testdata/feed/before/out/mem.pb.gz"));
    let mut random = Random(5);
    let (mut tested, mut alarms, mut quiet) = (0, 0, 0);
    for _ in 0..PAIRS {
        let pair = [0; 2].map(|_| sampled_again(&truth, &mut random));
        let delta = |adjust| {
            let options = DeltaOptions {
                measure: None,
                alpha: 0.05,
                adjust,
                granularity: Granularity::Functions,
                by_cum: false,
            };
            let [before, after] = pair.each_ref().map(|profile| Recording {
                name: "drawn",
                profile,
                index: 1,
                operations: None,
                whole: None,
            });
            delta(&[before], &[after], &options).expect("a comparison")
        };
        let (rows, changed) = tally(&delta(Adjust::None));
        (tested, alarms) = (tested + rows, alarms + changed);
        quiet += u64::from(delta(Adjust::Bh).changed == 0);
    }
    let share = alarms as f64 / tested as f64;
    println!(
        "memory: {:.2} % of {tested} tests before correction, {quiet} of {PAIRS} pairs quiet after it",
        share * 100.0
    );
    assert!(share > 0.01 && share <= 0.07 && quiet >= 90, "{share}, {quiet}");
}

/// A memory profile in which as many objects were caught as chance has it, written down as the runtime does.
fn sampled_again(truth: &Profile, random: &mut Random) -> Profile {
    let mut samples = Samples::new(4);
    for i in 0..truth.samples.len() {
        let (objects, bytes) = (truth.samples.value(i, 0), truth.samples.value(i, 1));
        if objects == 0 {
            continue;
        }
        let size = bytes as f64 / objects as f64;
        let factor = 1.0 / (1.0 - (-size / truth.period as f64).exp());
        let caught = random.poisson((objects as f64 / factor).max(1.0));
        let objects = (caught as f64 * factor).round() as i64;
        let bytes = (objects as f64 * size).round() as i64;
        samples.push(truth.samples.stack(i), &[objects, bytes, 0, 0], []);
    }
    Profile {
        samples,
        ..truth.clone()
    }
}
