//! Where and how columns were measured.

use std::collections::BTreeMap;

use crate::bench::BenchResult;

/// A setting that is not the same in all columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `goos`, `goarch`, `cpu`, `pkg`, the Go version, or `/gomaxprocs`.
    pub key: &'static str,
    /// The values of each column, by its label, in order; a missing value is left out.
    pub values: Vec<(String, Vec<String>)>,
}

const KEYS: [&str; 8] = [
    "goos",
    "goarch",
    "cpu",
    "/gomaxprocs",
    "go",
    "goversion",
    "toolchain",
    "pkg",
];

/// The values of each key in each column.
#[derive(Debug, Default)]
pub(super) struct Seen {
    values: BTreeMap<(usize, u32), Vec<String>>,
}

impl Seen {
    /// Notes the settings of a result of column number `col`.
    pub(super) fn add(&mut self, result: &BenchResult, col: u32) {
        for (number, key) in KEYS.into_iter().enumerate() {
            let values = self.values.entry((number, col)).or_default();
            let value = result.value(key).unwrap_or_default();
            if !value.is_empty() && !values.iter().any(|known| known == value) {
                values.push(value.to_string());
            }
        }
    }

    /// The keys that differ between the columns, which come with number and label in their order.
    pub(super) fn differing(&self, columns: &[(u32, String)]) -> Vec<Environment> {
        let of = |(number, key): (usize, &'static str)| {
            let values = |(col, label): &(u32, String)| {
                let mut values = self.values.get(&(number, *col)).cloned().unwrap_or_default();
                values.sort();
                (label.clone(), values)
            };
            let values: Vec<(String, Vec<String>)> = columns.iter().map(values).collect();
            let first = values.first()?.1.clone();
            let differs = values.iter().any(|(_, other)| *other != first);
            differs.then_some(Environment { key, values })
        };
        KEYS.into_iter().enumerate().filter_map(of).collect()
    }
}
