//! All comparisons of a report.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cell::{Summary, summarize};
use super::comparison::{Caution, CompareOptions, Comparison, Comparisons, Outcome, Threshold, Unmatched};
use super::judge::adjust;
use super::means::{Geomean, mean};
use super::numbers::Numbers;
use super::processes::noise_floor;
use super::tables::{Cell, Row, Table, Tables};
use crate::bench::BenchUnit;
use crate::stats::NullU;
use crate::unit::{Direction, class, direction, is_time_like};

/// Compares each column of each table with the first one.
pub fn compare(tables: Tables, options: &CompareOptions) -> Comparisons {
    let summaries = summaries(&tables, options.confidence);
    let pairs = pairs(&tables);
    let nulls = nulls(&pairs);
    let context = Context {
        tables: &tables,
        options,
        nulls: &nulls,
    };
    let mut list: Vec<Comparison> = pairs.par_iter().map(|pair| context.comparison(pair)).collect();
    let families = adjust(&mut list, options.adjust);
    list.iter_mut().for_each(|one| one.judge(options.alpha));
    let unmatched = unmatched(&tables);
    let geomeans = geomeans(&list, &tables, 1.0 - options.alpha);
    Comparisons {
        tables,
        summaries,
        list,
        geomeans,
        unmatched,
        families,
    }
}

fn summaries(tables: &Tables, confidence: f64) -> Vec<Vec<Vec<Option<Summary>>>> {
    let of_table = |table: &Table| {
        let is_exact = tables.units.is_exact(&table.unit);
        let of_cell = |cell: &Option<Cell>| Some(summarize(&cell.as_ref()?.values, is_exact, confidence));
        table
            .rows
            .iter()
            .map(|row| row.cells.iter().map(of_cell).collect())
            .collect()
    };
    tables.list.par_iter().map(of_table).collect()
}

/// Where two samples stand that can be compared.
struct At<'a> {
    table: usize,
    row: usize,
    col: usize,
    old: &'a Cell,
    new: &'a Cell,
}

fn pairs(tables: &Tables) -> Vec<At<'_>> {
    let mut pairs = Vec::new();
    for (table, t) in tables.list.iter().enumerate() {
        for (row, r) in t.rows.iter().enumerate() {
            let mut cells = r.cells.iter().enumerate();
            let Some((_, Some(old))) = cells.next() else {
                continue;
            };
            for (col, new) in cells {
                let Some(new) = new else { continue };
                if !old.values.is_empty() && !new.values.is_empty() {
                    pairs.push(At {
                        table,
                        row,
                        col,
                        old,
                        new,
                    });
                }
            }
        }
    }
    pairs
}

/// The distribution for each pair of sizes that occurs.
fn nulls(pairs: &[At]) -> FxHashMap<(usize, usize), NullU> {
    let mut sizes: Vec<(usize, usize)> = pairs
        .iter()
        .map(|at| (at.old.values.len(), at.new.values.len()))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let null = |(n1, n2): (usize, usize)| ((n1, n2), NullU::new(n1, n2));
    sizes.into_par_iter().map(null).collect()
}

struct Context<'a> {
    tables: &'a Tables,
    options: &'a CompareOptions,
    nulls: &'a FxHashMap<(usize, usize), NullU>,
}

impl Context<'_> {
    fn comparison(&self, at: &At) -> Comparison {
        let unit = &self.tables.list[at.table].unit;
        let declared = self.tables.units.is_exact(unit);
        let (old, new) = (&at.old.values, &at.new.values);
        let sum = |values: &[f64]| summarize(values, declared, self.options.confidence);
        let (old_sum, new_sum) = (sum(old), sum(new));
        let exact = declared || is_constant(unit, old, new);
        let numbers = if exact {
            Numbers::known(old_sum.centre, new_sum.centre)
        } else {
            Numbers::tested(
                old,
                new,
                self.nulls.get(&(old.len(), new.len())),
                self.options.alpha,
            )
        };
        let mut comparison = Comparison {
            table: at.table,
            row: at.row,
            col: at.col,
            better: self.better(unit),
            class: class(unit),
            old: old_sum,
            new: new_sum,
            ratio: numbers.ratio,
            difference: numbers.difference,
            p: numbers.p,
            p_adjusted: numbers.p,
            method: numbers.method,
            threshold: self.threshold(unit, at.new, exact && (declared || unit == "allocs/op")),
            outcome: Outcome::Inconclusive,
            noise_floor: noise_floor(at.old).filter(|_| !exact),
            cautions: Vec::new(),
            narrow: numbers.narrow,
        };
        comparison.cautions = cautions(&comparison, at, numbers.all_equal);
        comparison
    }

    fn better(&self, unit: &str) -> Direction {
        let named = self.options.better.iter().rfind(|(name, _)| name == unit);
        named
            .map(|(_, direction)| *direction)
            .or_else(|| self.tables.units.better(unit))
            .unwrap_or_else(|| direction(unit))
    }

    fn threshold(&self, unit: &str, cell: &Cell, counts: bool) -> f64 {
        let (result, label) = &cell.example;
        let unit = BenchUnit {
            name: unit.to_string(),
            original: unit.to_string(),
            factor: 1.0,
        };
        let fits = |t: &&Threshold| t.filter.matches(result, label, &unit);
        let named = self.options.thresholds.iter().rfind(fits).map(|t| t.value);
        named.unwrap_or(if counts { 0.0 } else { self.options.threshold })
    }
}

/// Whether the values of both sides do not vary and need not to: what a clock measures always does, and one run alone
/// tells only of what is counted.
fn is_constant(unit: &str, old: &[f64], new: &[f64]) -> bool {
    let constant = |values: &[f64]| values.windows(2).all(|pair| pair[0] == pair[1]);
    let counted = matches!(unit, "allocs/op" | "B/op");
    !is_time_like(unit) && (counted || old.len().min(new.len()) >= 2) && constant(old) && constant(new)
}

fn cautions(comparison: &Comparison, at: &At, all_equal: bool) -> Vec<Caution> {
    let mut cautions = Vec::new();
    cautions.extend(all_equal.then_some(Caution::AllEqual));
    for (new, cell, summary) in [(false, at.old, comparison.old), (true, at.new, comparison.new)] {
        if !cell.varies.is_empty() {
            let fields = cell.varies.clone();
            cautions.push(Caution::Varies { new, fields });
        }
        if let Some((least, greatest)) = summary.unexpected {
            cautions.push(Caution::Unexpected { new, least, greatest });
        }
    }
    let (old, new) = (at.old.excluded, at.new.excluded);
    cautions.extend((old + new > 0).then_some(Caution::Excluded { old, new }));
    cautions
}

fn unmatched(tables: &Tables) -> Vec<Unmatched> {
    let mut list = Vec::new();
    for (table, t) in tables.list.iter().enumerate() {
        for (row, r) in t.rows.iter().enumerate() {
            let has = |cell: &Option<Cell>| cell.as_ref().is_some_and(|cell| !cell.values.is_empty());
            let columns = |wanted: bool| -> Vec<usize> {
                let cells = r.cells.iter().enumerate();
                cells
                    .filter(|(_, cell)| has(cell) == wanted)
                    .map(|(col, _)| col)
                    .collect()
            };
            let (present, missing) = (columns(true), columns(false));
            if !missing.is_empty() {
                list.push(Unmatched {
                    table,
                    row,
                    present,
                    missing,
                });
            }
        }
    }
    list
}

fn geomeans(list: &[Comparison], tables: &Tables, confidence: f64) -> Vec<Geomean> {
    let same = |a: &Comparison, b: &Comparison| a.table == b.table;
    let of_table = |group: &[Comparison]| -> Vec<Geomean> {
        let table = &tables.list[group[0].table];
        let of_column = |col: usize| {
            let members: Vec<&Comparison> = group.iter().filter(|c| c.col == col).collect();
            let has = |row: &&Row| row.cells[0].is_some() || row.cells[col].is_some();
            let rows = table.rows.iter().filter(has).count();
            mean(&members, rows - members.len(), confidence)
        };
        (1..table.columns.len()).filter_map(of_column).collect()
    };
    list.chunk_by(same)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map(of_table)
        .collect()
}
