//! Comparisons one by one, as benchstat makes them: no adjustment, no verdict, every value in.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cell::{Summary, summarize};
use super::tables::{Cell, Table, Tables};
use crate::stats::{ExactUpTo, NullU, geomean, rank_test};

/// A table of samples with what each says about the first of its row.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// By row and column.
    pub cells: Vec<Vec<Option<RawCell>>>,
    /// By column.
    pub means: Vec<RawMean>,
}

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawCell {
    /// What it comes to.
    pub summary: Summary,
    /// Against the first of its row; `None` in the first column and where the row has no first sample.
    pub versus: Option<Versus>,
}

/// One sample against another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Versus {
    /// What the other comes to.
    pub old: Summary,
    /// Mann and Whitney's p; `None` for values that are declared to be the same in every run.
    pub p: Option<f64>,
    /// All values of both are one.
    pub all_equal: bool,
    /// A value is NaN, so that nothing can be said.
    pub has_nan: bool,
}

/// The geometric mean of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawMean {
    /// Of all its samples; `None` without samples or where one is not above 0.
    pub value: Option<f64>,
    /// Of the ratios over the rows that the first column has too; `None` in the first column.
    pub ratio: Option<RawRatio>,
    /// The column lacks rows that the first column has.
    pub differs: bool,
}

/// The mean of some ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawRatio {
    /// New / old.
    Mean(f64),
    /// Something was zero and is not any more.
    FromZero,
    /// A ratio is not above 0, or there is none.
    NotPositive,
}

/// Compares all samples of all tables with the first of their row.
pub fn raw_tables(tables: &Tables, confidence: f64) -> Vec<RawTable> {
    let nulls = nulls(tables);
    let of_table = |table: &Table| {
        let is_exact = tables.units.is_exact(&table.unit);
        let of_row = |row: &super::tables::Row| {
            let cells = row.cells.iter().enumerate();
            let old = row.cells.first().and_then(Option::as_ref);
            let raw = |(col, cell): (usize, &Option<Cell>)| {
                let cell = cell.as_ref()?;
                let old = old.filter(|_| col > 0);
                let sum = |cell: &Cell| summarize(&cell.values, is_exact, confidence);
                Some(RawCell {
                    summary: sum(cell),
                    versus: old.map(|old| versus(old, cell, sum(old), is_exact, &nulls)),
                })
            };
            cells.map(raw).collect()
        };
        let cells: Vec<Vec<Option<RawCell>>> = table.rows.par_iter().map(of_row).collect();
        let means = (0..table.columns.len()).map(|col| mean(&cells, col)).collect();
        RawTable { cells, means }
    };
    tables.list.iter().map(of_table).collect()
}

type Nulls = FxHashMap<(usize, usize), NullU>;

/// The distribution for each pair of sizes that an exact test takes.
fn nulls(tables: &Tables) -> Nulls {
    let rows = tables.list.iter().flat_map(|table| &table.rows);
    let sizes_of = |row: &super::tables::Row| {
        let mut cells = row.cells.iter();
        let old = cells
            .next()
            .and_then(Option::as_ref)
            .map(|cell| cell.values.len());
        let pair = |cell: &Cell| Some((old?, cell.values.len()));
        cells.flatten().filter_map(pair).collect::<Vec<_>>()
    };
    let mut sizes: Vec<(usize, usize)> = rows.flat_map(sizes_of).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
        .into_iter()
        .map(|(n1, n2)| ((n1, n2), NullU::new(n1, n2)))
        .collect()
}

fn versus(old: &Cell, new: &Cell, summary: Summary, is_exact: bool, nulls: &Nulls) -> Versus {
    let sizes = (old.values.len(), new.values.len());
    let has_nan = old.values.iter().chain(&new.values).any(|value| value.is_nan());
    let plain = Versus {
        old: summary,
        p: None,
        all_equal: false,
        has_nan: false,
    };
    match nulls.get(&sizes) {
        _ if is_exact => plain,
        Some(null) if !has_nan => {
            let test = rank_test(&old.values, &new.values, null, ExactUpTo::BENCHMATH);
            Versus {
                p: Some(test.p),
                all_equal: test.all_equal,
                ..plain
            }
        }
        _ => Versus {
            p: Some(1.0),
            has_nan,
            ..plain
        },
    }
}

fn mean(cells: &[Vec<Option<RawCell>>], col: usize) -> RawMean {
    let column = || cells.iter().filter_map(|row| row[col].as_ref());
    let centres = column().map(|cell| cell.summary.centre);
    let both: Vec<(f64, f64)> = column()
        .filter_map(|cell| Some((cell.versus?.old.centre, cell.summary.centre)))
        .collect();
    let baseline = cells.iter().filter(|row| row[0].is_some()).count();
    RawMean {
        value: geomean(centres),
        ratio: (col > 0).then(|| ratio(&both)),
        differs: col > 0 && both.len() != baseline,
    }
}

fn ratio(both: &[(f64, f64)]) -> RawRatio {
    if both.iter().any(|(old, new)| *old == 0.0 && *new != 0.0) {
        return RawRatio::FromZero;
    }
    let one = |(old, new): &(f64, f64)| if old == new { 1.0 } else { new / old };
    geomean(both.iter().map(one)).map_or(RawRatio::NotPositive, RawRatio::Mean)
}
