//! `--format benchstat`: the text that benchstat prints.

use super::benchstat::{BenchstatOptions, CellWords, heads, mean_notes, mean_ratio};
use super::layout::{Grid, Stand};
use crate::analyze::compare::{Column, RawCell, RawTable, Table, Tables, raw_tables};
use crate::unit::{Scale, is_binary};

/// All tables as benchstat prints them; empty without a table.
pub fn benchstat_text(tables: &Tables, options: BenchstatOptions) -> String {
    let raw = raw_tables(tables, options.confidence);
    let mut blocks = Vec::new();
    for ((table, raw), head) in tables.list.iter().zip(&raw).zip(heads(tables)) {
        let mut text: String = head.into_iter().map(|line| line + "\n").collect();
        text.push_str(&table_text(tables, table, raw, options));
        blocks.push(text);
    }
    blocks.join("\n")
}

fn table_text(tables: &Tables, table: &Table, raw: &RawTable, options: BenchstatOptions) -> String {
    let mut writer = Writer {
        grid: Grid::default(),
        notes: Vec::new(),
        edge: 4 + 6 * table.columns.len(),
    };
    (0..table.columns.len()).for_each(|col| writer.grid.stretch(first_cell(col)));
    (0..tables.col_fields.len()).for_each(|field| writer.header(&table.columns, field));
    writer.units(table);
    for (row, cells) in table.rows.iter().zip(&raw.cells) {
        writer.grid.row();
        writer.grid.cell(0, Stand::Left, row.label());
        let centres: Vec<f64> = cells.iter().flatten().map(|cell| cell.summary.centre).collect();
        let scale = Scale::common(&centres, is_binary(&table.unit));
        for (col, (cell, raw)) in row.cells.iter().zip(cells).enumerate() {
            if let (Some(cell), Some(raw)) = (cell, raw) {
                writer.cell(col, scale, raw, &options.cell(raw, &cell.varies));
            }
        }
    }
    if table.rows.len() > 1 {
        writer.means(raw, is_binary(&table.unit));
    }
    writer.text()
}

/// The first of the cells of a column: centre, interval, notes, and from the second column on change, test, notes.
fn first_cell(col: usize) -> usize {
    if col == 0 { 1 } else { 6 * col - 2 }
}

struct Writer {
    grid: Grid,
    /// Each text once.
    notes: Vec<String>,
    edge: usize,
}

impl Writer {
    /// The values of a field of the columns: one span for neighbours that agree in it and in all fields before it.
    fn header(&mut self, columns: &[Column], field: usize) {
        self.grid.row();
        let same = |a: &Column, b: &Column| a.values[..=field] == b.values[..=field];
        let mut col = 0;
        for run in columns.chunk_by(same) {
            let last = col + run.len() - 1;
            let end = first_cell(last) + if last == 0 { 3 } else { 6 };
            let start = first_cell(col);
            self.grid.span(
                start,
                end - start,
                Stand::Centre,
                " │ ",
                run[0].values[field].clone(),
            );
            col += run.len();
        }
        self.grid.span(self.edge, 1, Stand::Left, " │", "");
    }

    fn units(&mut self, table: &Table) {
        self.grid.row();
        for col in 0..table.columns.len() {
            let start = first_cell(col);
            self.grid.span(start, 3, Stand::Centre, " │ ", table.unit.clone());
            if col > 0 {
                self.grid.span(start + 3, 3, Stand::Left, "  ", "vs base");
            }
        }
        self.grid.span(self.edge, 1, Stand::Left, " │", "");
    }

    fn cell(&mut self, col: usize, scale: Scale, raw: &RawCell, words: &CellWords) {
        let start = first_cell(col);
        self.grid
            .cell(start, Stand::Right, scale.text(raw.summary.centre));
        self.grid
            .span(start + 1, 1, Stand::Right, " ± ", words.interval.clone());
        let marks = self.marks(words.notes.iter().map(String::as_str));
        self.grid.cell(start + 2, Stand::Left, marks);
        if let Some(change) = &words.change {
            self.grid.cell(start + 3, Stand::Right, change.delta.clone());
            self.grid
                .cell(start + 4, Stand::Left, format!("({})", change.test));
            let marks = self.marks(change.notes.iter().map(String::as_str));
            self.grid.cell(start + 5, Stand::Left, marks);
        }
    }

    fn means(&mut self, raw: &RawTable, binary: bool) {
        self.grid.row();
        self.grid.cell(0, Stand::Left, "geomean");
        for (col, mean) in raw.means.iter().enumerate() {
            let start = first_cell(col);
            if let Some(value) = mean.value {
                let scale = Scale::common(&[value], binary);
                self.grid.cell(start, Stand::Right, scale.text(value));
            }
            let ratio = mean_ratio(mean);
            let stand = if ratio == "?" { Stand::Left } else { Stand::Right };
            if col > 0 {
                self.grid.cell(start + 3, stand, ratio);
            }
            let marks = self.marks(mean_notes(mean).into_iter());
            let last = if col == 0 { start + 2 } else { start + 5 };
            self.grid.cell(last, Stand::Left, marks);
        }
    }

    /// The numbers of some notes, raised.
    fn marks<'a>(&mut self, notes: impl Iterator<Item = &'a str>) -> String {
        let mark = |note: &str| {
            let at = self.notes.iter().position(|known| known == note);
            let at = at.unwrap_or_else(|| {
                self.notes.push(note.to_string());
                self.notes.len() - 1
            });
            raised(at + 1)
        };
        notes.map(mark).collect::<Vec<_>>().join(" ")
    }

    fn text(self) -> String {
        let mut text = self.grid.text();
        for (at, note) in self.notes.iter().enumerate() {
            text.push_str(&format!("{} {note}\n", raised(at + 1)));
        }
        text
    }
}

fn raised(number: usize) -> String {
    let digit = |c: char| match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        other => char::from_u32(0x2070 + u32::from(other) - u32::from('0')).unwrap_or(other),
    };
    number.to_string().chars().map(digit).collect()
}
