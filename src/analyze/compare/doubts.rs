//! What is doubtful about the samples themselves.

use rayon::prelude::*;

use super::processes::{Processes, processes};
use super::tables::{Cell, Row, Table, Tables};
use crate::stats::{Noise, diagnose, iteration_effect, noise};
use crate::unit::is_time_like;

/// A doubt about a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Number of the table.
    pub table: usize,
    /// Number of the row.
    pub row: usize,
    /// Number of the column.
    pub col: usize,
    /// What is doubtful.
    pub doubt: Doubt,
}

/// What is doubtful about a sample.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// The values or their order are not those of a calm series.
    Noise(Noise),
    /// Most of the variance lies between processes, so the runs of one say little.
    Processes(Processes),
    /// All of the baseline was measured before or after all of this sample, and one of them drifts.
    NotInterleaved,
    /// Values that are not finite were left out.
    Excluded(usize),
}

impl Doubt {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Noise(noise) => noise.code(),
            Self::Processes(_) => "processes",
            Self::NotInterleaved => "not-interleaved",
            Self::Excluded(_) => "non-finite-excluded",
        }
    }
}

/// The share of the variance between processes from which it is told.
const MOST_BETWEEN: f64 = 0.5;

/// All doubts by table, row and column. Only what a clock measures can be noisy.
pub fn diagnostics(tables: &Tables) -> Vec<Diagnostic> {
    let of_table = |(table, t): (usize, &Table)| {
        let clock = is_time_like(&t.unit);
        let of_row = move |(row, r): (usize, &Row)| {
            let at = move |(col, doubt)| Diagnostic {
                table,
                row,
                col,
                doubt,
            };
            doubts_of(r, clock).into_iter().map(at).collect::<Vec<_>>()
        };
        t.rows.par_iter().enumerate().flat_map(of_row).collect::<Vec<_>>()
    };
    tables.list.iter().enumerate().flat_map(of_table).collect()
}

fn doubts_of(row: &Row, clock: bool) -> Vec<(usize, Doubt)> {
    let mut doubts = Vec::new();
    let baseline = row.cells.first().and_then(Option::as_ref);
    for (col, cell) in row.cells.iter().enumerate() {
        let Some(cell) = cell else { continue };
        let excluded = (cell.excluded > 0).then_some(Doubt::Excluded(cell.excluded));
        doubts.extend(excluded.map(|doubt| (col, doubt)));
        if clock {
            doubts.extend(noise_of(cell).into_iter().map(|doubt| (col, doubt)));
            let alone = baseline.filter(|old| col > 0 && one_after_the_other(old, cell));
            doubts.extend(alone.map(|_| (col, Doubt::NotInterleaved)));
        }
    }
    doubts
}

fn noise_of(cell: &Cell) -> Vec<Doubt> {
    let iterations: Vec<f64> = cell.iterations.iter().map(|n| *n as f64).collect();
    let found = diagnose(&cell.values)
        .into_iter()
        .chain(iteration_effect(&cell.values, &iterations));
    let between = processes(cell).filter(|p| p.share > MOST_BETWEEN);
    found
        .map(Doubt::Noise)
        .chain(between.map(Doubt::Processes))
        .collect()
}

fn one_after_the_other(old: &Cell, new: &Cell) -> bool {
    let (Some(old_time), Some(new_time)) = (old.time, new.time) else {
        return false;
    };
    let apart = old_time.1 < new_time.0 || new_time.1 < old_time.0;
    let drifts = |cell: &Cell| noise::drift(&cell.values).is_some();
    apart && (drifts(old) || drifts(new))
}
