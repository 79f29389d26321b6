//! `tags` as text, CSV and Markdown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::csv::csv;
use super::super::table::markdown_table;
use super::{TagKey, TagValue, TagsView, fitting};
use crate::error::printable;
use crate::unit::{percent, scaled_label};

const COLUMNS: [&str; 7] = ["key", "text", "number", "unit", "weight", "share", "samples"];

impl TagsView<'_> {
    /// Text byte for byte as `go tool pprof -tags` prints it: numbers that print alike are one row.
    pub fn pprof(&self) -> String {
        let mut out = String::new();
        for key in &self.keys {
            self.push_key(key, &mut out);
        }
        out
    }

    /// Text in the same layout after the filters in force, exact numbers in their unit, signed shares; a line says
    /// so where there are no labels.
    pub fn text(&self) -> String {
        let mut out: String = self
            .subject
            .filter_lines()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        if self.keys.is_empty() {
            out.push_str("no labels\n");
        }
        for key in &self.keys {
            let rows = key.values.iter().map(|v| (v.weight, value_text(key, v)));
            let rows: Vec<_> = rows
                .map(|(weight, text)| (self.weight_text(weight, true), text))
                .collect();
            self.push_block(key, &rows, true, &mut out);
        }
        out
    }

    /// A row per value.
    pub fn csv(&self) -> String {
        csv(&COLUMNS, self.rows())
    }

    /// A table with a row per value.
    pub fn markdown(&self) -> String {
        let rows = self.keys.iter().flat_map(|key| {
            key.values.iter().map(|v| {
                let share = v
                    .share
                    .map_or_else(String::new, |s| format!("{:.2} %", s * 100.0));
                let weight = self.subject.text(v.weight, self.subject.unit);
                vec![
                    key.key.clone(),
                    value_text(key, v),
                    weight,
                    share,
                    v.samples.to_string(),
                ]
            })
        });
        markdown_table(
            &["key", "value", "weight", "share", "samples"],
            &rows.collect::<Vec<_>>(),
        )
    }

    fn rows(&self) -> impl Iterator<Item = Vec<String>> {
        let text = |value: Option<String>| value.unwrap_or_default();
        self.keys.iter().flat_map(move |key| {
            key.values.iter().map(move |v| {
                vec![
                    key.key.clone(),
                    text(v.text.clone()),
                    text(v.number.map(|n| n.to_string())),
                    text(key.unit.clone().filter(|_| v.number.is_some())),
                    v.weight.to_string(),
                    text(v.share.map(|s| s.to_string())),
                    v.samples.to_string(),
                ]
            })
        })
    }

    fn push_key(&self, key: &TagKey, out: &mut String) {
        let mut buckets: BTreeMap<String, i128> = BTreeMap::new();
        for value in &key.values {
            let text = match value.number {
                Some(n) => scaled_label(n, key.unit.as_deref().unwrap_or_default(), self.subject.unit),
                None => value.text.clone().unwrap_or_default(),
            };
            *buckets.entry(text).or_default() += i128::from(value.weight);
        }
        let mut rows: Vec<_> = buckets
            .into_iter()
            .map(|(text, weight)| (fitting(weight), text))
            .collect();
        rows.sort_by_key(|(weight, _)| Reverse(weight.unsigned_abs()));
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(weight, text)| (self.weight_text(weight, false), text))
            .collect();
        self.push_block(key, &rows, false, out);
    }

    fn push_block(&self, key: &TagKey, rows: &[(String, String)], is_signed: bool, out: &mut String) {
        let name = printable(key.key.as_bytes());
        let of = self.subject.text(self.subject.total, self.subject.unit);
        let total = self.subject.text(key.total, self.subject.unit);
        let part = self.part_text(key.total, is_signed);
        let part = if part.is_empty() { part } else { format!(" {part}") };
        out.push_str(&format!(" {name}: Total {total} of {of}{part}\n"));
        let indent = name.chars().count() + 2;
        let width = rows
            .iter()
            .map(|(weight, _)| weight.chars().count())
            .max()
            .unwrap_or(0)
            + 1;
        for (weight, text) in rows {
            out.push_str(&format!(
                "{:indent$}{weight:>width$} {}\n",
                "",
                printable(text.as_bytes())
            ));
        }
        out.push('\n');
    }

    /// `80ms (50.00%):`
    fn weight_text(&self, weight: i64, is_signed: bool) -> String {
        let part = self.part_text(weight, is_signed);
        let blank = if part.is_empty() { "" } else { " " };
        format!("{}{blank}{part}:", self.subject.text(weight, self.subject.unit))
    }

    /// The part of the total in brackets; nothing where the total is not positive.
    fn part_text(&self, weight: i64, is_signed: bool) -> String {
        let total = self.subject.total;
        let sign = if is_signed && weight < 0 { "-" } else { "" };
        if total > 0 {
            format!("({sign}{})", percent(weight, total))
        } else {
            String::new()
        }
    }
}

/// A value as own text has it: a number exact, with its unit unless that is only the key again.
fn value_text(key: &TagKey, value: &TagValue) -> String {
    let unit = key.unit.as_deref().filter(|u| *u != key.key);
    match (value.number, unit) {
        (Some(number), Some(unit)) => format!("{number} {unit}"),
        (Some(number), None) => number.to_string(),
        (None, _) => value.text.clone().unwrap_or_default(),
    }
}
