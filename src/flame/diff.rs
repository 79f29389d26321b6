//! Two sides in one flame graph: widths of one, colours by what changed.
//!
//! ```text
//!  recordings ─▶ trie of calls with the sums of both sides ─▶ frames of the side that gives the widths
//!                                                  └────────▶ lines: calls that the other side alone has
//! ```
//! A frame has the colour of its function's cumulative change, as [`Delta`] judged it; the tooltip tells the numbers of
//! the frame itself. So all frames of a function look alike, and noise is grey wherever it stands.

mod calls;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use calls::{Call, Calls};

use super::colors::mixed;
use super::paint::{Frame, paint};
use super::{FlameOptions, empty_svg, min_visible};
use crate::analyze::{Basis, Change, Delta, DeltaRow, Measure, Recording, Verdict};
use crate::unit::Amounts;

/// Which side gives the widths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// As it was.
    Before,
    /// As it is now.
    #[default]
    After,
}

/// The most lines below the picture.
const MOST_LINES: usize = 20;

const NOISE: [u8; 3] = [212, 212, 212];
const UNTESTED: [u8; 3] = [236, 236, 236];
const PALE_RED: [u8; 3] = [252, 216, 208];
const RED: [u8; 3] = [240, 100, 86];
const PALE_BLUE: [u8; 3] = [210, 222, 252];
const BLUE: [u8; 3] = [104, 146, 244];

/// The differential flame graph as SVG; the same input gives the same bytes. `delta` is the comparison of the same
/// recordings by function. New frames are outlined; those that only the other side has are listed below with their
/// weight. A sign before a name says what the colour says.
///
/// # Errors
/// What inferno says; none is known for frames made here.
pub fn diff_svg(
    before: &[Recording<'_>],
    after: &[Recording<'_>],
    delta: &Delta,
    width: Width,
    options: &FlameOptions,
) -> Result<String, String> {
    let mut calls = Calls::default();
    for (side, recordings) in [before, after].into_iter().enumerate() {
        recordings.iter().for_each(|recording| calls.add(side, recording));
    }
    let picture = Picture::of(&calls, delta, width);
    let frames = picture.frames();
    if frames.is_empty() {
        return Ok(empty_svg(&options.title));
    }
    let side = if width == Width::After { "after" } else { "before" };
    let legend = format!(
        "width: {side} · red, +: more · blue, -: less · grey: noise · pale: too few samples · outlined: new"
    );
    let options = FlameOptions {
        subtitle: legend,
        ..options.clone()
    };
    paint(&frames, &options, &picture.lines())
}

/// What is drawn, and by which measure.
struct Picture<'a> {
    calls: &'a Calls,
    delta: &'a Delta,
    rows: HashMap<&'a str, &'a DeltaRow>,
    order: Vec<usize>,
    width: usize,
    /// Factors from sums to the measure.
    factors: [f64; 2],
    amounts: Amounts,
}

impl<'a> Picture<'a> {
    fn of(calls: &'a Calls, delta: &'a Delta, width: Width) -> Self {
        let totals = [delta.total.before, delta.total.after];
        let factors = [0, 1].map(|i| {
            if totals[i] == 0 {
                0.0
            } else {
                delta.total.measured[i] / totals[i] as f64
            }
        });
        let per = match (delta.measure, delta.basis) {
            (Measure::Rate, Some(Basis::Operation)) => "/op",
            (Measure::Rate, _) => "/s",
            _ => "",
        };
        let largest = delta.total.measured[0].max(delta.total.measured[1]);
        Self {
            calls,
            delta,
            rows: delta.rows.iter().map(|row| (row.name.as_str(), row)).collect(),
            order: calls.ordered(),
            width: usize::from(width == Width::After),
            factors,
            amounts: Amounts::of(largest, &delta.unit, per),
        }
    }

    /// The frames that are wide enough to be seen; their callees are narrower.
    fn frames(&self) -> Vec<Frame> {
        let least = min_visible(self.calls.calls[0].sums[self.width]).max(1);
        let calls = self.order.iter().map(|at| &self.calls.calls[*at]);
        calls
            .filter(|call| call.sums[self.width] >= least)
            .map(|call| self.frame(call))
            .collect()
    }

    fn frame(&self, call: &Call) -> Frame {
        let name = self.calls.name(call);
        let change = self.rows.get(name).map(|row| &row.cum);
        let [before, after] = self.texts(call);
        Frame {
            depth: call.depth,
            width: call.sums[self.width],
            name: format!("{}{}", change.map_or("", sign), name.replace(';', ":")),
            note: format!("{before} → {after}{}", change.map_or_else(String::new, judged)),
            fill: change.map_or(UNTESTED, color),
            is_outlined: call.sums[0] == 0,
        }
    }

    fn texts(&self, call: &Call) -> [String; 2] {
        [0, 1].map(|i| {
            let amount = call.sums[i] as f64 * self.factors[i];
            match self.delta.measure {
                Measure::Share => format!("{:.1} %", amount * 100.0),
                _ => self.amounts.text(amount),
            }
        })
    }

    /// The calls that only the other side has, heaviest first: those whose caller is on both sides.
    fn lines(&self) -> Vec<String> {
        let other = 1 - self.width;
        let calls = &self.calls.calls;
        let is_alone = |at: usize| calls[at].sums[self.width] == 0 && calls[at].sums[other] > 0;
        let is_lost =
            |at: &&usize| is_alone(**at) && (calls[**at].parent == 0 || !is_alone(calls[**at].parent));
        let mut lost: Vec<&Call> = self.order.iter().filter(is_lost).map(|at| &calls[*at]).collect();
        lost.sort_by_key(|call| std::cmp::Reverse(call.sums[other]));
        let word = if other == 0 { "gone" } else { "new" };
        let line = |call: &&Call| {
            let caller = self.calls.name(&calls[call.parent]);
            let below = if caller.is_empty() {
                String::new()
            } else {
                format!(", called by {caller}")
            };
            format!(
                "{word}: {} {}{below}",
                self.texts(call)[other],
                self.calls.name(call)
            )
        };
        let mut lines: Vec<String> = lost.iter().take(MOST_LINES).map(line).collect();
        if lost.len() > MOST_LINES {
            lines.push(format!("and {} lighter calls", lost.len() - MOST_LINES));
        }
        lines
    }
}

/// What the colour says, for those who do not see it.
fn sign(change: &Change) -> &'static str {
    match change.verdict {
        Verdict::More => "+ ",
        Verdict::Less => "- ",
        _ => "",
    }
}

fn judged(change: &Change) -> String {
    let verdict = change.verdict.name();
    let factor = change
        .ratio
        .estimate
        .map_or_else(String::new, |r| format!(" {:+.1} %", (r - 1.0) * 100.0));
    let p = change
        .p_adjusted
        .map_or_else(String::new, |p| format!(", p {p:.3}"));
    format!("; the function: {verdict}{factor}{p}")
}

/// Full colour from a factor of two on.
fn color(change: &Change) -> [u8; 3] {
    let strength = change
        .ratio
        .estimate
        .map_or(1.0, |ratio| ratio.ln().abs() / std::f64::consts::LN_2);
    match change.verdict {
        Verdict::More => mixed(PALE_RED, RED, strength),
        Verdict::Less => mixed(PALE_BLUE, BLUE, strength),
        Verdict::Noise | Verdict::Same => NOISE,
        Verdict::Few | Verdict::Untested => UNTESTED,
    }
}
