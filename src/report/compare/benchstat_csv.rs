//! `--format benchstat-csv`: the records that benchstat prints, and the notes that it prints beside them.

use super::benchstat::{BenchstatOptions, heads, mean_notes, mean_ratio};
use super::csv::record;
use crate::analyze::compare::{RawTable, Table, Tables, raw_tables};
use crate::unit::shortest;

/// All tables as records, and the notes about their fields, such as `B6: …`, in order.
pub fn benchstat_csv(tables: &Tables, options: BenchstatOptions) -> (String, Vec<String>) {
    let raw = raw_tables(tables, options.confidence);
    let mut writer = Writer {
        options,
        ..Writer::default()
    };
    for ((table, raw), head) in tables.list.iter().zip(&raw).zip(heads(tables)) {
        if writer.lines > 0 {
            writer.record(&[]);
        }
        for line in head {
            writer.record(&[line]);
        }
        writer.table(tables, table, raw);
    }
    (writer.text, writer.notes)
}

impl Default for BenchstatOptions {
    fn default() -> Self {
        Self {
            alpha: 0.05,
            confidence: 0.95,
        }
    }
}

#[derive(Default)]
struct Writer {
    options: BenchstatOptions,
    text: String,
    notes: Vec<String>,
    lines: usize,
}

/// The first field of a column: centre and interval, and from the second column on change and test.
fn first_field(col: usize) -> usize {
    if col == 0 { 1 } else { 4 * col - 1 }
}

impl Writer {
    fn record(&mut self, fields: &[String]) {
        // Nothing at all, not one empty field.
        self.text.push_str(&record(fields));
        self.lines += 1;
    }

    fn table(&mut self, tables: &Tables, table: &Table, raw: &RawTable) {
        let width = first_field(table.columns.len());
        for field in 0..tables.col_fields.len() {
            let mut fields = vec![String::new(); width];
            for (col, column) in table.columns.iter().enumerate() {
                fields[first_field(col)] = column.values[field].clone();
            }
            self.record(&fields);
        }
        self.units(table);
        for (at, row) in table.rows.iter().enumerate() {
            let mut fields = vec![row.label()];
            for (col, cell) in row.cells.iter().enumerate() {
                if let (Some(cell), Some(raw)) = (cell, &raw.cells[at][col]) {
                    fields.resize(first_field(col), String::new());
                    let words = self.options.cell(raw, &cell.varies);
                    fields.push(shortest(raw.summary.centre));
                    fields.push(words.interval);
                    self.note(first_field(col), words.notes);
                    if let Some(change) = words.change {
                        fields.extend([change.delta, change.test]);
                        self.note(first_field(col) + 2, change.notes);
                    }
                }
            }
            self.record(&fields);
        }
        self.means(raw, width);
    }

    fn units(&mut self, table: &Table) {
        let mut fields = vec![String::new()];
        for col in 0..table.columns.len() {
            fields.extend([table.unit.clone(), "CI".to_string()]);
            if col > 0 {
                fields.extend(["vs base".to_string(), "P".to_string()]);
            }
        }
        self.record(&fields);
    }

    fn means(&mut self, raw: &RawTable, width: usize) {
        let mut fields = vec![String::new(); width];
        fields[0] = "geomean".to_string();
        for (col, mean) in raw.means.iter().enumerate() {
            let start = first_field(col);
            fields[start] = mean.value.map_or_else(String::new, shortest);
            if col > 0 {
                fields[start + 2] = mean_ratio(mean);
            }
            self.note(start, mean_notes(mean));
        }
        self.record(&fields);
    }

    /// Notes about a field of the line that comes next.
    fn note(&mut self, field: usize, notes: impl IntoIterator<Item = impl AsRef<str>>) {
        let place = format!("{}{}", letters(field), self.lines + 1);
        let notes = notes
            .into_iter()
            .map(|note| format!("{place}: {}", note.as_ref()));
        self.notes.extend(notes);
    }
}

/// A column's letters as benchstat counts them: digits of base 26 with A = 0, so that BA follows Z.
fn letters(mut field: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (field % 26) as u8));
        field /= 26;
        if field == 0 {
            return letters.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_digits_of_base_26() {
        for (field, expect) in [
            (0, "A"),
            (25, "Z"),
            (26, "BA"),
            (27, "BB"),
            (52, "CA"),
            (676, "BAA"),
        ] {
            assert_eq!(letters(field), expect);
        }
    }
}
