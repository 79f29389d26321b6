//! Sentences about samples and comparisons.

use super::facts::CompareFacts;
use crate::analyze::compare::{Caution, Column, Doubt};
use crate::error::counted;
use crate::stats::Noise;
use crate::unit::{fixed, human, share, shortest};

/// The stable name of a caution.
pub(super) fn caution_code(caution: &Caution) -> &'static str {
    match caution {
        Caution::AllEqual => "all-equal",
        Caution::DirectionUnknown => "direction-unknown",
        Caution::BelowThreshold => "below-threshold",
        Caution::TooFew { .. } => "too-few",
        Caution::WithinNoise { .. } => "within-noise",
        Caution::Varies { .. } => "varies",
        Caution::Unexpected { .. } => "not-exact",
        Caution::Excluded { .. } => "non-finite-excluded",
    }
}

/// What a caution says about a comparison in `unit`.
pub(super) fn caution_sentence(caution: &Caution, unit: &str) -> String {
    let side = |new: &bool| if *new { "new" } else { "old" };
    match caution {
        Caution::AllEqual => "all samples are equal".to_string(),
        Caution::DirectionUnknown => {
            format!(
                "a difference is shown, but {unit} does not say which way is better; use --better {unit}=lower"
            )
        }
        Caution::BelowThreshold => "a real difference, but within the threshold".to_string(),
        Caution::TooFew { needed } => {
            format!("too few runs to show any difference; use at least -count={needed}, better 10")
        }
        Caution::WithinNoise { floor } => format!(
            "no larger than what the baseline differs from itself ({} between its parts)",
            change(*floor)
        ),
        Caution::Varies { new, fields } => format!("{}: benchmarks vary in {}", side(new), fields.join(", ")),
        Caution::Unexpected { new, least, greatest } => format!(
            "{}: exact distribution expected, but values range from {} to {}",
            side(new),
            shortest(*least),
            shortest(*greatest)
        ),
        Caution::Excluded { old, new } => {
            format!("values that are not finite left out: {old} old, {new} new")
        }
    }
}

/// A ratio as a change: `+5.0 %`.
pub(super) fn change(ratio: f64) -> String {
    let percent = (ratio - 1.0) * 100.0;
    let sign = if percent >= 0.0 { "+" } else { "" };
    format!("{sign}{} %", fixed(percent, 1))
}

/// Doubts about the inputs as a whole: code, label where there is one, sentence, number.
pub(super) fn doubts_of_inputs(facts: &CompareFacts) -> Vec<(&'static str, Option<String>, String, f64)> {
    let tables = &facts.comparisons.tables;
    let mut doubts = Vec::new();
    for input in facts.inputs.iter().filter(|input| input.recovered > 0) {
        let count = counted(input.recovered as u64, "result");
        let sentence = format!("{count} put together from lines that other output had torn apart");
        doubts.push((
            "recovered",
            Some(input.label.clone()),
            sentence,
            input.recovered as f64,
        ));
    }
    let first = tables.columns.first().map(Column::label).unwrap_or_default();
    for label in tables.moved_baselines() {
        let sentence = format!("the baseline of a table that {first} is not in");
        doubts.push(("baseline-moved", Some(label), sentence, 1.0));
    }
    for field in tables.partial_fields() {
        let sentence = format!(
            "{field} is set for some results only and splits tables; --ignore {field} puts them together"
        );
        doubts.push(("config-splits", None, sentence, 1.0));
    }
    doubts
}

/// What is doubtful about a sample in `unit`, and the number that says how much.
pub(super) fn doubt_sentence(doubt: &Doubt, unit: &str) -> (String, f64) {
    match doubt {
        Doubt::Noise(noise) => noise_sentence(noise, unit),
        Doubt::Processes(p) => {
            let (part, count) = (share(p.share), p.count);
            let text = format!(
                "{part} of the variance lies between {count} processes; run more processes, not more runs"
            );
            (text, p.share)
        }
        Doubt::NotInterleaved => {
            let text =
                "one column was measured after the other, and one drifts; interleave the runs".to_string();
            (text, 1.0)
        }
        Doubt::Excluded(count) => (format!("{count} not finite, left out"), *count as f64),
    }
}

fn noise_sentence(noise: &Noise, unit: &str) -> (String, f64) {
    match noise {
        Noise::Drift { ratio, p, .. } => {
            let text = format!("drifts: last third / first third {} (p={p:.3})", change(*ratio));
            (text, *ratio)
        }
        Noise::Autocorrelated { r } => (format!("neighbouring runs are alike (r={r:.2})"), *r),
        Noise::Outliers { count, worst } => (
            format!("{count} far outside the quartiles, worst {}", human(*worst, unit)),
            *count as f64,
        ),
        Noise::WarmUp { first, others } => {
            let text = format!(
                "the first run is slow: {}, the others {}",
                human(*first, unit),
                human(*others, unit)
            );
            (text, *first)
        }
        Noise::Bimodal { low, high } => {
            let text = format!("two levels: {} and {}", human(*low, unit), human(*high, unit));
            (text, high / low)
        }
        Noise::Noisy { cv } => (
            format!("noisy: standard deviation {} of the mean", share(*cv)),
            *cv,
        ),
        Noise::Iterations { rho, .. } => (format!("depends on the number of iterations (ρ={rho:.2})"), *rho),
        Noise::SingleIteration { count } => (
            format!("{count} of a single iteration; raise -benchtime"),
            *count as f64,
        ),
    }
}
