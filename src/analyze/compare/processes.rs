//! Several processes on one side: how far they differ from each other, which the runs within one cannot tell.

use crate::stats::median;

use super::tables::Cell;

/// What the processes of a sample tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Processes {
    /// How many; one per input.
    pub count: usize,
    /// The share (0…1) of the variance that lies between them: intraclass correlation of a one-way analysis of variance,
    /// with the size n₀ for groups of unequal size (Snedecor and Cochran).
    pub share: f64,
}

/// Compares the inputs of a sample. `None` unless two of them have two values each and the values vary.
pub fn processes(cell: &Cell) -> Option<Processes> {
    let groups: Vec<Vec<f64>> = by_input(cell)
        .into_iter()
        .filter(|group| group.len() > 1)
        .collect();
    let count = groups.len() as f64;
    let all: f64 = groups.iter().map(|group| group.len() as f64).sum();
    if groups.len() < 2 {
        return None;
    }
    let grand = groups.iter().flatten().sum::<f64>() / all;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for group in &groups {
        let n = group.len() as f64;
        let mean = group.iter().sum::<f64>() / n;
        between += n * (mean - grand).powi(2);
        within += group.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        squares += n * n;
    }
    let (between, within) = (between / (count - 1.0), within / (all - count));
    let size = (all - squares / all) / (count - 1.0);
    let variance = ((between - within) / size).max(0.0);
    let share = variance / (variance + within);
    share.is_finite().then_some(Processes {
        count: groups.len(),
        share,
    })
}

/// How far a sample differs from itself, as a ratio ≥ 1: between its processes, or else between its halves in the order of
/// measurement. The change that unchanged code may show. `None` below eight values or where a median is not above 0.
pub(super) fn noise_floor(cell: &Cell) -> Option<f64> {
    let groups = by_input(cell);
    let large = |groups: &[Vec<f64>]| groups.len() > 1 && groups.iter().all(|group| group.len() >= 4);
    let parts = if large(&groups) {
        groups
    } else {
        let (first, last) = cell.values.split_at(cell.values.len() / 2);
        vec![first.to_vec(), last.to_vec()]
    };
    if !large(&parts) {
        return None;
    }
    let medians: Vec<f64> = parts.iter().map(|part| median(part)).collect();
    let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
    let most = medians.iter().copied().fold(0.0, f64::max);
    (least > 0.0 && most.is_finite()).then_some(most / least)
}

/// The values of each input, in its order.
fn by_input(cell: &Cell) -> Vec<Vec<f64>> {
    let mut groups: Vec<(u32, Vec<f64>)> = Vec::new();
    let mut rest = cell.values.as_slice();
    for (input, count) in &cell.inputs {
        let (values, after) = rest.split_at((*count).min(rest.len()));
        rest = after;
        match groups.iter_mut().find(|(known, _)| known == input) {
            Some((_, group)) => group.extend_from_slice(values),
            None => groups.push((*input, values.to_vec())),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
