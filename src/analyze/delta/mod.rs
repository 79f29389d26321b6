//! Two sides of profiles, before and after: what changed, and what is only noise.
//!
//! ```text
//!  profiles ─ noise ──▶ how many independent samples stand behind a record, and how they vary
//!           ─ gather ─▶ flat and cumulative amount per name and profile ─┐
//!           ─ doubts ─▶ what makes the two sides hard to compare         ├─ judge ─▶ Delta
//!                                                        stats::change ──┘
//! ```
//! Rows are matched by their printable names, never by address, so two builds compare. The profiles of a side are
//! summed for the values and kept apart for the noise.

mod doubts;
mod gather;
mod ground;
mod judge;
mod model;
mod noise;
mod outcome;

#[cfg(test)]
mod tests;

use super::Granularity;
use crate::error::Problem;
use crate::profile::Profile;

pub use doubts::Doubt;
pub use model::{Adjust, Basis, Change, Delta, DeltaRow, DeltaSide, Estimate, Mark, Measure, Verdict};
pub use noise::Model;

/// A profile with what is to be compared of it.
#[derive(Debug, Clone, Copy)]
pub struct Recording<'a> {
    /// Its input as given.
    pub name: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// Index of the sample type; its name and unit are the same in all recordings of a comparison.
    pub index: usize,
    /// How many operations the program did while it was recorded, above 0, where that is known.
    pub operations: Option<f64>,
    /// The profile before filters took samples away, whose total shares are shares of; `None`: `profile` itself.
    pub whole: Option<&'a Profile>,
}

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct DeltaOptions {
    /// What is judged; `None`: the rate where it is known, else the share of counted samples, else the value.
    pub measure: Option<Measure>,
    /// Chance of a false alarm, 0 to 1.
    pub alpha: f64,
    /// The adjustment for many rows.
    pub adjust: Adjust,
    /// What is one row; addresses are compared as functions.
    pub granularity: Granularity,
    /// The cumulative amount orders and counts the rows, not the flat one.
    pub by_cum: bool,
}

/// Compares two sides of at least one recording each.
///
/// # Errors
/// [`Problem::NoRate`] if the rate is asked for and not known; [`Problem::Merge`] if units differ, a side is missing,
/// or the sum of all values passes 2⁶³ − 1.
pub fn delta(
    before: &[Recording<'_>],
    after: &[Recording<'_>],
    options: &DeltaOptions,
) -> Result<Delta, Problem> {
    let sides = [before, after];
    check(sides)?;
    let gathered = gather::gather(sides, options.granularity);
    judge::judge(sides, &gathered, options)
}

fn check(sides: [&[Recording<'_>]; 2]) -> Result<(), Problem> {
    let merge = |what: String| Err(Problem::Merge { what });
    let [Some(first), Some(_)] = sides.map(|side| side.first()) else {
        return merge("a side without a profile".into());
    };
    let unit = first.profile.unit_name(first.index);
    let mut sum: i128 = 0;
    for recording in sides.into_iter().flatten() {
        let other = recording.profile.unit_name(recording.index);
        if other != unit {
            let input = crate::error::printable(recording.name.as_bytes());
            return merge(format!("counted in {unit}, {input} in {other}"));
        }
        let whole = recording.whole.unwrap_or(recording.profile);
        sum += i128::from(whole.total(recording.index));
    }
    if sum > i128::from(i64::MAX) {
        return merge("the values of both sides together pass 2^63-1".into());
    }
    Ok(())
}
