//! Results to tables, one result at a time.

use rustc_hash::{FxHashMap, FxHashSet};

use super::environment::Seen;
use super::tables::{Cell, Column, Kept, Row, Table, Tables};
use super::units::UnitNames;
use crate::bench::projection::{GroupOrder, KeyId, Keys, Placed, Projections, Projector};
use crate::bench::{BenchLog, BenchResult, BenchUnit, Filter, Measurement, Units};
use crate::error::{Place, Warning};

/// Whose rules hold where benchstat's are questionable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Benchstat's: 0 ns/op is another unit than seconds, settings sort by bytes, every value stays.
    Benchstat,
    /// Our own: base units always, settings in the order of first appearance, values that are not finite are left out.
    Own,
}

/// Puts results into tables.
pub struct TableBuilder {
    reading: Reading,
    filter: Filter,
    projector: Projector,
    units: UnitNames,
    cells: Vec<Sample>,
    index: FxHashMap<Place4, usize>,
    seen: Seen,
    told: FxHashSet<(KeyId, KeyId, *const u8)>,
    settings: Units,
    warnings: Vec<Warning>,
    inputs: usize,
}

/// Table, unit, row, column.
type Place4 = (KeyId, u32, KeyId, KeyId);

struct Sample {
    place: Place4,
    cell: Cell,
    residues: Vec<KeyId>,
}

impl TableBuilder {
    /// No result yet.
    pub fn new(projections: &Projections, filter: Filter, reading: Reading) -> Self {
        Self {
            reading,
            filter,
            projector: Projector::new(projections),
            units: UnitNames::default(),
            cells: Vec::new(),
            index: FxHashMap::default(),
            seen: Seen::default(),
            told: FxHashSet::default(),
            settings: Units::default(),
            warnings: Vec::new(),
            inputs: 0,
        }
    }

    /// Takes an input under its label. The log may go afterwards.
    pub fn add(&mut self, log: &BenchLog, label: &str) {
        self.begin_input();
        self.add_results(&log.results, label);
        self.end_input(log);
    }

    /// Begins an input of which the results come some at a time.
    pub fn begin_input(&mut self) {
        self.inputs += 1;
    }

    /// Takes results of the input that was begun last, under its label. They may go afterwards.
    pub fn add_results(&mut self, results: &[BenchResult], label: &str) {
        for result in results {
            self.add_result(result, self.inputs.saturating_sub(1), label);
        }
    }

    /// Ends the input: `log` is what it says beside its results.
    pub fn end_input(&mut self, log: &BenchLog) {
        for setting in log.units.iter() {
            if let Err(message) = self.settings.add(setting.clone()) {
                let place = Place::line(&log.input, setting.line);
                self.warnings.push(Warning::new("syntax", place, message));
            }
        }
    }

    fn add_result(&mut self, result: &BenchResult, input: usize, label: &str) {
        let passed: Vec<&Measurement> = result
            .measurements
            .iter()
            .filter(|m| self.passes(result, label, m))
            .collect();
        if passed.is_empty() {
            return;
        }
        let Some(placed) = self.projector.place(result, input, label) else {
            return;
        };
        if self
            .told
            .insert((placed.col, placed.residue, result.name.as_ptr()))
        {
            self.seen.add(result, placed.col.index() as u32);
        }
        for measurement in passed {
            self.add_measurement(result, measurement, placed, (input, label));
        }
    }

    fn passes(&self, result: &BenchResult, label: &str, measurement: &Measurement) -> bool {
        let unit = &measurement.unit;
        if !self.keeps_unit(measurement) || !self.filter.looks_at_units() {
            return self.filter.matches(result, label, unit);
        }
        let as_printed = BenchUnit {
            name: unit.original.clone(),
            ..unit.as_ref().clone()
        };
        self.filter.matches(result, label, &as_printed)
    }

    /// Whether a measurement stays in its unit because its value is the same in base units.
    fn keeps_unit(&self, measurement: &Measurement) -> bool {
        self.reading == Reading::Benchstat && measurement.value == measurement.original
    }

    fn add_measurement(
        &mut self,
        result: &BenchResult,
        measurement: &Measurement,
        placed: Placed,
        (input, label): (usize, &str),
    ) {
        let keeps = self.keeps_unit(measurement);
        let unit = self.units.number(&measurement.unit, keeps);
        let place = (placed.table, unit, placed.row, placed.col);
        let at = *self.index.entry(place).or_insert_with(|| {
            let cell = Cell::begin(result, label);
            self.cells.push(Sample {
                place,
                cell,
                residues: Vec::new(),
            });
            self.cells.len() - 1
        });
        let Some(sample) = self.cells.get_mut(at) else {
            return;
        };
        if sample.residues.last() != Some(&placed.residue) && !sample.residues.contains(&placed.residue) {
            sample.residues.push(placed.residue);
        }
        let with = Kept {
            value: self.reading == Reading::Benchstat || measurement.value.is_finite(),
            iterations: self.units.is_clock(unit),
        };
        sample.cell.push(result, measurement.value, input as u32, with);
    }

    /// The tables.
    pub fn finish(self) -> Tables {
        let groups = match self.reading {
            Reading::Benchstat => GroupOrder::Bytes,
            Reading::Own => GroupOrder::FirstSeen,
        };
        let projector = &self.projector;
        let ranks = Ranks {
            table: projector.ranks(&projector.tables, groups),
            row: projector.ranks(&projector.rows, groups),
            col: projector.ranks(&projector.cols, groups),
        };
        let mut samples = self.cells;
        samples.sort_by_key(|sample| ranks.of(sample.place));
        let columns = columns_of(&samples, projector, &ranks);
        let numbered: Vec<(u32, String)> = columns
            .iter()
            .map(|(id, column)| (id.index() as u32, column.label()))
            .collect();
        let environment = self.seen.differing(&numbered);
        let same_table = |a: &Sample, b: &Sample| a.place.0 == b.place.0 && a.place.1 == b.place.1;
        let mut list = Vec::new();
        let mut samples = samples.into_iter().peekable();
        while let Some(first) = samples.next() {
            let mut group = vec![first];
            while let Some(next) = samples.next_if(|next| same_table(&group[0], next)) {
                group.push(next);
            }
            list.push(table(group, projector, &ranks, &self.units));
        }
        let names = |keys: &Keys| keys.fields().map(|field| field.key.clone()).collect();
        Tables {
            fields: names(&projector.tables),
            col_fields: names(&projector.cols),
            columns: columns.into_iter().map(|(_, column)| column).collect(),
            list,
            units: self.settings,
            warnings: self.warnings,
            environment,
        }
    }
}

struct Ranks {
    table: Vec<usize>,
    row: Vec<usize>,
    col: Vec<usize>,
}

impl Ranks {
    fn of(&self, (table, unit, row, col): Place4) -> (usize, u32, usize, usize) {
        let rank = |ranks: &[usize], key: KeyId| ranks.get(key.index()).copied().unwrap_or(0);
        (
            rank(&self.table, table),
            unit,
            rank(&self.row, row),
            rank(&self.col, col),
        )
    }
}

/// All columns that occur, sorted.
fn columns_of(samples: &[Sample], projector: &Projector, ranks: &Ranks) -> Vec<(KeyId, Column)> {
    let mut ids: Vec<KeyId> = samples.iter().map(|sample| sample.place.3).collect();
    ids.sort_by_key(|id| ranks.col.get(id.index()).copied());
    ids.dedup();
    ids.into_iter().map(|id| (id, column(projector, id))).collect()
}

fn column(projector: &Projector, id: KeyId) -> Column {
    let values = projector.values(&projector.cols, id);
    Column {
        values: values.into_iter().map(str::to_string).collect(),
    }
}

/// One table of samples that are sorted by row, then column; not empty.
fn table(group: Vec<Sample>, projector: &Projector, ranks: &Ranks, units: &UnitNames) -> Table {
    let (table, unit, ..) = group[0].place;
    let mut cols: Vec<KeyId> = group.iter().map(|sample| sample.place.3).collect();
    cols.sort_by_key(|id| ranks.col.get(id.index()).copied());
    cols.dedup();
    let strings = |values: Vec<&str>| -> Vec<String> { values.into_iter().map(str::to_string).collect() };
    let mut rows: Vec<(KeyId, Row)> = Vec::new();
    for sample in group {
        let (.., row, col) = sample.place;
        if rows.last().is_none_or(|(id, _)| *id != row) {
            let values = strings(projector.values(&projector.rows, row));
            let cells = vec![None; cols.len()];
            rows.push((row, Row { values, cells }));
        }
        let mut cell = sample.cell;
        if sample.residues.len() > 1 {
            cell.varies = strings(projector.varying(&sample.residues));
        }
        let at = cols.iter().position(|id| *id == col);
        if let (Some((_, row)), Some(at)) = (rows.last_mut(), at) {
            row.cells[at] = Some(cell);
        }
    }
    Table {
        values: strings(projector.values(&projector.tables, table)),
        unit: units.name(unit),
        columns: cols.into_iter().map(|id| column(projector, id)).collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}
