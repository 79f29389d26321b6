//! How often `compare` is wrong, by simulation: false alarms on identical distributions, and true slow-downs found.

use perfplan::analyze::compare::{
    Adjust, CompareOptions, Comparison, Outcome, Reading, TableBuilder, compare,
};
use perfplan::bench::{Filter, Projections, parse};
use perfplan::stats::Random;
use rayon::prelude::*;

/// A normal value by the sum of twelve uniform ones, then as Go prints it.
fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| random.unit()).sum::<f64>() - 6.0
}

/// The comparisons of a report of `benchmarks`, ten runs a side, the new side slower by `factor`.
fn report(seed: u64, benchmarks: usize, factor: f64, noise: f64, adjust: Adjust) -> Vec<Comparison> {
    let mut random = Random::new(seed);
    let mut builder = TableBuilder::new(&Projections::default(), Filter::all(), Reading::Own);
    for (label, factor) in [("old", 1.0), ("new", factor)] {
        let mut text = String::new();
        for benchmark in 0..benchmarks {
            for _ in 0..10 {
                let time = 5000.0 * factor * (1.0 + noise * normal(&mut random));
                text.push_str(&format!("BenchmarkX{benchmark} 100 {time:.0} ns/op\n"));
            }
        }
        builder.add(&parse(text.as_bytes(), label).expect("results"), label);
    }
    let options = CompareOptions {
        alpha: 0.05,
        confidence: 0.95,
        threshold: 0.01,
        thresholds: Vec::new(),
        better: Vec::new(),
        adjust,
    };
    compare(builder.finish(), &options).list
}

/// The part of some reports in which something holds.
fn part(reports: u64, holds: impl Fn(u64) -> bool + Sync) -> f64 {
    let count = (0..reports).into_par_iter().filter(|seed| holds(*seed)).count();
    count as f64 / reports as f64
}

#[test]
fn identical_code_is_rarely_called_slower() {
    for (adjust, noise) in [(Adjust::Bh, 0.02), (Adjust::Holm, 0.02), (Adjust::Bh, 0.10)] {
        let alarmed = part(200, |seed| {
            let list = report(seed, 100, 1.0, noise, adjust);
            assert_eq!(list.len(), 100);
            list.iter().any(|c| c.outcome == Outcome::Regression)
        });
        assert!(alarmed <= 0.05, "{adjust:?} at {noise}: {alarmed} of reports");
    }
}

/// So that the test above can fail: raw p values alone would call something significant in nearly every report.
#[test]
fn without_adjustment_nearly_every_report_has_a_false_alarm() {
    let alarmed = part(50, |seed| {
        let list = report(seed, 100, 1.0, 0.02, Adjust::None);
        list.iter().any(|c| c.p.is_some_and(|p| p <= 0.05))
    });
    assert!(alarmed > 0.9, "{alarmed} of reports");
}

#[test]
fn a_slow_down_of_five_percent_is_found_at_two_percent_noise() {
    let found = part(400, |seed| {
        report(seed, 1, 1.05, 0.02, Adjust::Bh)[0].outcome == Outcome::Regression
    });
    assert!(found > 0.95, "{found} of reports");
}

#[test]
fn sameness_is_shown_where_the_noise_allows_it() {
    let shown = part(200, |seed| {
        report(seed, 1, 1.0, 0.002, Adjust::Bh)[0].outcome == Outcome::Equivalent
    });
    assert!(shown > 0.95, "{shown} of reports");
    let wrong = part(200, |seed| {
        report(seed, 1, 1.02, 0.01, Adjust::Bh)[0].outcome == Outcome::Equivalent
    });
    assert!(wrong <= 0.05, "{wrong} of reports");
}
