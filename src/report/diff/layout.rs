//! The table: which columns, what stands in a cell.

use super::view::DiffOptions;
use super::words::{family, measured_text, scale};
use crate::analyze::{Change, Delta, DeltaRow, DeltaSide, Granularity, Mark, Measure, Model, Verdict};
use crate::error::counted;
use crate::report::document::{Align, Block, Document, Inline, Text};
use crate::unit::{Amounts, label};

/// Titles of all columns but the name.
const TITLES: [&str; 7] = ["before", "after", "Δ", "Δ %", "interval", "share", "p adj"];

/// The table as text: a head, aligned columns, the total, and how many rows were tested and hidden.
pub(super) fn text(delta: &Delta, options: &DiffOptions) -> String {
    let table = Table::of(delta, options);
    let titles = table.titles();
    let mut lines: Vec<[String; 7]> = vec![titles];
    lines.extend(
        table
            .rows
            .iter()
            .map(|row| table.cells(row.column(delta.by_cum), row.mark)),
    );
    lines.push(table.cells(&delta.total, None));
    let mut widths = [0; 7];
    for cells in &lines {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let row_names = table.rows.iter().map(|row| row.name.as_str());
    let names = [table.name_title()]
        .into_iter()
        .chain(row_names)
        .chain(["(total)"]);
    let mut out = table.head() + "\n";
    for (cells, name) in lines.iter().zip(names) {
        out.push_str(&aligned(cells, &widths));
        out.push_str(&format!("  {name}\n"));
    }
    table
        .foot()
        .iter()
        .for_each(|line| out.push_str(&format!("{line}\n")));
    out
}

/// All cells to the right of their columns, two blanks between.
fn aligned(cells: &[String; 7], widths: &[usize; 7]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let padding = width + 2 - cell.chars().count().min(*width);
        line.push_str(&" ".repeat(padding));
        line.push_str(cell);
    }
    line
}

/// The table as a document.
pub(super) fn document(delta: &Delta, options: &DiffOptions) -> Document {
    let table = Table::of(delta, options);
    let plain = |words: &str| -> Text { vec![Inline::Text(words.to_string())] };
    let mut columns = vec![(table.name_title().to_string(), Align::Left)];
    columns.extend(table.titles().map(|title| (title, Align::Right)));
    let cells = |name: Inline, change: &Change, mark: Option<Mark>| -> Vec<Text> {
        let numbers = table.cells(change, mark);
        let numbers = numbers.iter().map(|cell| plain(cell));
        [vec![name]].into_iter().chain(numbers).collect()
    };
    let mut rows: Vec<Vec<Text>> = table
        .rows
        .iter()
        .map(|row| cells(Inline::Code(row.name.clone()), row.column(delta.by_cum), row.mark))
        .collect();
    rows.push(cells(Inline::Strong("total".to_string()), &delta.total, None));
    let heading = plain(&format!("{} by {}", delta.sample_type, delta.measure.name()));
    let mut blocks = vec![
        Block::Heading {
            level: 2,
            text: heading,
        },
        Block::Paragraph(plain(&table.sides())),
        Block::Table { columns, rows },
    ];
    blocks.extend(table.foot().iter().map(|line| Block::Paragraph(plain(line))));
    Document { blocks }
}

/// The rows that are shown, and the unit of their amounts.
struct Table<'a> {
    delta: &'a Delta,
    rows: Vec<&'a DeltaRow>,
    hidden: Vec<&'a DeltaRow>,
    fraction: f64,
    scale: Amounts,
}

impl<'a> Table<'a> {
    /// A row is shown if it reaches the fraction of the total in the column that orders, on a side.
    fn of(delta: &'a Delta, options: &DiffOptions) -> Self {
        let fraction = options.node_fraction;
        let reaches =
            |value: i64, side: &DeltaSide| value.saturating_abs() as f64 >= side.total as f64 * fraction;
        let is_shown = |row: &&DeltaRow| {
            let change = row.column(delta.by_cum);
            let is_heavy = reaches(change.before, &delta.before) || reaches(change.after, &delta.after);
            let has_weight = change.before != 0 || change.after != 0;
            fraction <= 0.0 || (is_heavy && has_weight)
        };
        let (rows, hidden): (Vec<_>, Vec<_>) = delta.rows.iter().partition(is_shown);
        let scale = scale(delta, rows.iter().map(|row| row.column(delta.by_cum)));
        Self {
            delta,
            rows,
            hidden,
            fraction,
            scale,
        }
    }

    fn name_title(&self) -> &'static str {
        match self.delta.granularity {
            Granularity::Lines => "line",
            Granularity::Files => "file",
            Granularity::Packages => "package",
            Granularity::Functions | Granularity::FileFunctions | Granularity::Addresses => "function",
        }
    }

    fn titles(&self) -> [String; 7] {
        let mut titles = TITLES.map(str::to_string);
        let level = format!("{:.4}", (1.0 - self.delta.alpha) * 100.0);
        let level = level.trim_end_matches('0').trim_end_matches('.');
        let unit = if self.delta.measure == Measure::Share {
            ", pp"
        } else {
            ""
        };
        titles[4] = format!("{level} % interval{unit}");
        titles
    }

    /// `cpu by rate   before: 16.71 s in 22.87 s   after: 16.44 s in 24.17 s`.
    fn head(&self) -> String {
        let delta = self.delta;
        let column = if delta.by_cum { "cum " } else { "" };
        let what = format!("{column}{} by {}", delta.sample_type, delta.measure.name());
        format!("{what}   {}", self.sides())
    }

    fn sides(&self) -> String {
        let delta = self.delta;
        let side = |name: &str, side: &DeltaSide| format!("{name}: {}", self.side_text(side));
        format!(
            "{}   {}",
            side("before", &delta.before),
            side("after", &delta.after)
        )
    }

    fn side_text(&self, side: &DeltaSide) -> String {
        let mut text = spaced(&label(side.total, &self.delta.unit));
        if let Some(duration) = side.duration_ns {
            text.push_str(&format!(" in {}", spaced(&label(duration, "nanoseconds"))));
        }
        if let Some(operations) = side.operations {
            text.push_str(&format!(", {operations} operations"));
        }
        if side.inputs.len() > 1 {
            text.push_str(&format!(", {} profiles", side.inputs.len()));
        }
        text
    }

    fn cells(&self, change: &Change, mark: Option<Mark>) -> [String; 7] {
        let measure = self.delta.measure;
        let [before, after] = change
            .measured
            .map(|amount| measured_text(measure, &self.scale, amount));
        let moved = match measure {
            Measure::Share => format!("{:+.1} pp", change.moved() * 100.0),
            _ => self.scale.signed(change.moved()),
        };
        [
            before,
            after,
            moved,
            verdict_text(change, mark),
            self.interval(change),
            share_text(change.shares),
            change.p_adjusted.map_or_else(String::new, |p| format!("{p:.3}")),
        ]
    }

    /// In percent of before for rates, in points of the total for shares, in amounts for values.
    fn interval(&self, change: &Change) -> String {
        let of_ratio = self.delta.model == Model::Poisson && self.delta.measure != Measure::Share;
        let estimate = if of_ratio { change.ratio } else { change.difference };
        let is_open = of_ratio && change.ratio.estimate.is_none();
        if is_open || (estimate.low.is_none() && estimate.high.is_none()) {
            return String::new();
        }
        let text = |value: f64| match self.delta.measure {
            _ if of_ratio => format!("{:+.1}", (value - 1.0) * 100.0),
            Measure::Share => format!("{:+.1}", value * 100.0),
            _ => self.scale.signed(value),
        };
        let low = estimate.low.map_or_else(|| "-∞".to_string(), text);
        let high = estimate.high.map_or_else(|| "+∞".to_string(), text);
        format!("{low} … {high}")
    }

    fn foot(&self) -> Vec<String> {
        let mut lines = vec![family(self.delta)];
        if !self.hidden.is_empty() {
            let changed = self
                .hidden
                .iter()
                .filter(|r| r.column(self.delta.by_cum).verdict.is_change())
                .count();
            let among = if changed > 0 {
                format!(", {changed} of them changed")
            } else {
                String::new()
            };
            lines.push(format!(
                "{} below {} % on both sides {} not shown{among}",
                counted(self.hidden.len() as u64, "row"),
                self.fraction * 100.0,
                if self.hidden.len() == 1 { "is" } else { "are" },
            ));
        }
        lines
    }
}

/// Δ % where something changed, else the sign of the verdict.
fn verdict_text(change: &Change, mark: Option<Mark>) -> String {
    let told = match change.verdict {
        Verdict::Noise => "~".to_string(),
        Verdict::Few | Verdict::Untested => "?".to_string(),
        Verdict::Same => "=".to_string(),
        Verdict::More | Verdict::Less => match (mark, change.ratio.estimate) {
            (Some(mark), _) => mark.name().to_string(),
            (None, Some(ratio)) => format!("{:+.1} %", (ratio - 1.0) * 100.0),
            (None, None) => "from 0".to_string(),
        },
    };
    if change.relative {
        format!("{told} rel")
    } else {
        told
    }
}

/// `14.3→ 1.9 %`.
fn share_text(shares: [Option<f64>; 2]) -> String {
    let [before, after] =
        shares.map(|share| share.map_or("–".to_string(), |s| format!("{:.1}", s * 100.0)));
    format!("{before}→{after:>4} %")
}

/// A blank between a number and its unit.
fn spaced(text: &str) -> String {
    let at = text.find(char::is_alphabetic).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    if unit.is_empty() {
        number.to_string()
    } else {
        format!("{number} {unit}")
    }
}
