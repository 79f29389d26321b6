//! Tables of samples.

use crate::bench::{BenchResult, Units};
use crate::error::Warning;

use super::environment::Environment;

/// All tables of a report, in order.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The keys whose values tell tables apart, without the unit.
    pub fields: Vec<String>,
    /// The keys whose values tell columns apart.
    pub col_fields: Vec<String>,
    /// All columns of all tables; the first is meant to be the baseline.
    pub columns: Vec<Column>,
    /// Tables by key, then unit.
    pub list: Vec<Table>,
    /// What the `Unit` lines of all inputs say.
    pub units: Units,
    /// Unit lines of one input that contradict those of another.
    pub warnings: Vec<Warning>,
    /// Where and how the columns were measured, as far as they differ.
    pub environment: Vec<Environment>,
}

/// The samples of one unit.
#[derive(Debug, Clone)]
pub struct Table {
    /// One value per field of the tables; may be empty.
    pub values: Vec<String>,
    /// In base units, or as printed where the reading keeps it.
    pub unit: String,
    /// At least one; the first is the baseline.
    pub columns: Vec<Column>,
    /// At least one.
    pub rows: Vec<Row>,
}

/// What one column holds: usually an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// One value per field of the columns.
    pub values: Vec<String>,
}

/// The samples of one benchmark.
#[derive(Debug, Clone)]
pub struct Row {
    /// One value per field of the rows.
    pub values: Vec<String>,
    /// One per column of the table.
    pub cells: Vec<Option<Cell>>,
}

/// One sample.
#[derive(Debug, Clone)]
pub struct Cell {
    /// In file order.
    pub values: Vec<f64>,
    /// The iteration count of each value; empty for a unit that no clock measures.
    pub iterations: Vec<i64>,
    /// The numbers of the inputs that the values come from, each with how many come from it, in their order.
    pub inputs: Vec<(u32, usize)>,
    /// First and last time of the results in nanoseconds since 1970, where all have one.
    pub time: Option<(i64, i64)>,
    /// How many values were NaN or infinite and are left out.
    pub excluded: usize,
    /// The keys in which the results of the sample differ although nothing tells them apart.
    pub varies: Vec<String>,
    /// A result of the sample, without its measurements, and the label of its input: what filters look at.
    pub example: (BenchResult, String),
}

impl Column {
    /// The values that are not empty, with a blank between them.
    pub fn label(&self) -> String {
        joined(&self.values)
    }
}

impl Row {
    /// The values that are not empty, with a blank between them.
    pub fn label(&self) -> String {
        joined(&self.values)
    }
}

fn joined(values: &[String]) -> String {
    let words: Vec<&str> = values
        .iter()
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .collect();
    words.join(" ")
}

impl Tables {
    /// The fields that have a value in some tables and none in others: they split tables that may belong together.
    pub fn partial_fields(&self) -> Vec<&str> {
        let is_partial = |at: &usize| {
            let empty = |table: &Table| table.values.get(*at).is_none_or(String::is_empty);
            self.list.iter().any(empty) && !self.list.iter().all(empty)
        };
        let fields = (0..self.fields.len()).filter(is_partial);
        fields
            .filter_map(|at| Some(self.fields.get(at)?.as_str()))
            .collect()
    }

    /// The labels of tables' baselines that are not the first column of all.
    pub fn moved_baselines(&self) -> Vec<String> {
        let first = self.columns.first();
        let mut moved: Vec<String> = Vec::new();
        for table in self.list.iter().filter(|table| table.columns.len() > 1) {
            let baseline = table.columns.first().filter(|column| Some(*column) != first);
            moved.extend(baseline.map(Column::label).filter(|label| !moved.contains(label)));
        }
        moved
    }

    /// The fields of a table that have a value.
    pub fn config<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.fields.iter().zip(&table.values);
        pairs
            .map(|(field, value)| (field.as_str(), value.as_str()))
            .filter(|(_, value)| !value.is_empty())
    }
}

/// What is kept of a measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// The value; otherwise it is only counted.
    pub(super) value: bool,
    /// The iteration count.
    pub(super) iterations: bool,
}

impl Cell {
    /// A sample without values, for which `result` stands.
    pub(super) fn begin(result: &BenchResult, label: &str) -> Self {
        let example = BenchResult {
            measurements: Box::default(),
            ..result.clone()
        };
        Self {
            values: Vec::new(),
            iterations: Vec::new(),
            inputs: Vec::new(),
            time: result.time.map(|time| (time, time)),
            excluded: 0,
            varies: Vec::new(),
            example: (example, label.to_string()),
        }
    }

    /// Takes a value, or only counts it.
    pub(super) fn push(&mut self, result: &BenchResult, value: f64, input: u32, with: Kept) {
        if !with.value {
            self.excluded += 1;
            return;
        }
        self.values.push(value);
        if with.iterations {
            self.iterations.push(result.iterations);
        }
        match self.inputs.last_mut() {
            Some((known, count)) if *known == input => *count += 1,
            _ => self.inputs.push((input, 1)),
        }
        self.time = match (self.time, result.time) {
            (Some((first, last)), Some(time)) => Some((first.min(time), last.max(time))),
            _ => None,
        };
    }
}
