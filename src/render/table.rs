//! Tables on the terminal: which column gives way when the room is short.
//!
//! ```text
//! step 1  everything as wide as its widest cell
//! step 2  columns of words wrap between words, the widest first, down to their longest word
//! step 3  names are cut in the middle, the widest first, down to NAME_MIN or to what still tells them apart;
//!         so are titles that are one long word
//! ```
//! Numbers are never wrapped or cut: rather than that, the table is wider than the terminal.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::terminal::TerminalOptions;
use super::wrap::{Names, Style, Word, paint, words, wrap};
use crate::report::document::{Align, Inline, Text};

/// Columns that are left of a name at least.
const NAME_MIN: usize = 12;
/// Blanks between columns.
const GAP: usize = 2;

/// A table without borders, a rule below its header.
pub(super) fn table(columns: &[(String, Align)], rows: &[Vec<Text>], options: TerminalOptions) -> String {
    if columns.is_empty() {
        return String::new();
    }
    let grid = Grid::new(columns, rows);
    let widths = grid.widths(options.width);
    let titles = header(&grid, &widths);
    let height = titles.first().map_or(0, Vec::len);
    let body = grid.rows.iter().map(|row| cells(row, &widths));
    let text = arranged(&grid.aligns, titles, body);
    painted(&text, height.saturating_sub(1), &grid.verdicts(), options.color)
}

struct Grid {
    aligns: Vec<Align>,
    titles: Vec<Vec<Word>>,
    rows: Vec<Vec<Vec<Word>>>,
}

impl Grid {
    fn new(columns: &[(String, Align)], rows: &[Vec<Text>]) -> Self {
        let title = |title: &String| words(&[Inline::Text(title.clone())], Names::Bare);
        let cell = |text: Option<&Text>| text.map_or_else(Vec::new, |text| words(text, Names::Bare));
        Self {
            aligns: columns.iter().map(|(_, align)| *align).collect(),
            titles: columns.iter().map(|(text, _)| title(text)).collect(),
            rows: rows
                .iter()
                .map(|row| (0..columns.len()).map(|i| cell(row.get(i))).collect())
                .collect(),
        }
    }

    /// The different verdicts in the cells.
    fn verdicts(&self) -> Vec<(Style, String)> {
        let words = self.rows.iter().flatten().flatten();
        let mut verdicts: Vec<_> = words.flat_map(Word::verdicts).cloned().collect();
        verdicts.sort_by(|a, b| a.1.cmp(&b.1));
        verdicts.dedup();
        verdicts
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let columns = 0..self.aligns.len();
        let room = width.saturating_sub(GAP * self.aligns.len().saturating_sub(1));
        let whole: Vec<usize> = columns
            .clone()
            .map(|i| self.widest(i, line_width, line_width))
            .collect();
        let wrapped: Vec<usize> = columns.map(|i| self.wrapped(i)).collect();
        let cut: Vec<usize> = wrapped
            .iter()
            .enumerate()
            .map(|(i, wide)| self.cut(i, *wide))
            .collect();
        squeezed(squeezed(whole, &wrapped, room), &cut, room)
    }

    /// The least width of a column. Names that differ still differ when they are cut to it, as far as they are few
    /// enough to be compared.
    fn cut(&self, column: usize, wide: usize) -> usize {
        let title = word_width(&self.titles[column]).min(NAME_MIN);
        match self.aligns[column] {
            Align::Right => self.widest(column, |_| 0, line_width).max(title),
            Align::Left => (wide.min(NAME_MIN)..wide)
                .find(|width| self.differ(column, *width))
                .unwrap_or(wide),
        }
    }

    /// Whether the cells of a column that differ do so at this width.
    fn differ(&self, column: usize, width: usize) -> bool {
        const MOST: usize = 500;
        let cells = self
            .rows
            .iter()
            .take(MOST)
            .map(|row| cell(&row[column], usize::MAX));
        let whole: std::collections::BTreeSet<_> = cells.collect();
        let cut = self
            .rows
            .iter()
            .take(MOST)
            .map(|row| cell(&row[column], width).concat());
        cut.collect::<std::collections::BTreeSet<_>>().len() >= whole.len()
    }

    // A number and its unit stay on one line; the title above may wrap.
    fn wrapped(&self, column: usize) -> usize {
        match self.aligns[column] {
            Align::Left => self.widest(column, word_width, word_width),
            Align::Right => self.widest(column, word_width, line_width),
        }
    }

    fn widest(&self, column: usize, title: fn(&[Word]) -> usize, cell: fn(&[Word]) -> usize) -> usize {
        let cells = self.rows.iter().map(|row| cell(&row[column]));
        cells.fold(title(&self.titles[column]), usize::max)
    }
}

fn line_width(words: &[Word]) -> usize {
    let blanks = words.len().saturating_sub(1);
    words.iter().map(Word::width).sum::<usize>() + blanks
}

fn word_width(words: &[Word]) -> usize {
    words.iter().map(Word::width).max().unwrap_or(0)
}

/// Takes columns from the widest that is above its floor until the sum fits or all stand on their floors.
fn squeezed(mut widths: Vec<usize>, floors: &[usize], room: usize) -> Vec<usize> {
    let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
    while excess > 0 {
        let above = widths
            .iter_mut()
            .zip(floors)
            .filter(|(wide, floor)| **wide > **floor);
        let Some((widest, _)) = above.max_by_key(|(wide, _)| **wide) else {
            break;
        };
        *widest -= 1;
        excess -= 1;
    }
    widths
}

fn cells(row: &[Vec<Word>], widths: &[usize]) -> Vec<Vec<String>> {
    row.iter()
        .zip(widths)
        .map(|(words, width)| cell(words, *width))
        .collect()
}

fn cell(words: &[Word], width: usize) -> Vec<String> {
    let cut: Vec<Word> = words.iter().map(|word| word.clone().cut(width)).collect();
    wrap(&cut, width, false)
}

/// The titles of all columns with as many lines each, the last of which is the rule.
fn header(grid: &Grid, widths: &[usize]) -> Vec<Vec<String>> {
    let titles = cells(&grid.titles, widths);
    let height = titles.iter().map(Vec::len).max().unwrap_or(0);
    let columns = titles.into_iter().zip(widths);
    columns
        .map(|(title, width)| {
            let above = vec![String::new(); height - title.len()];
            above
                .into_iter()
                .chain(title)
                .chain(["─".repeat(*width)])
                .collect()
        })
        .collect()
}

fn arranged(
    aligns: &[Align],
    titles: Vec<Vec<String>>,
    rows: impl Iterator<Item = Vec<Vec<String>>>,
) -> String {
    let row = |cells: Vec<Vec<String>>| {
        cells
            .iter()
            .map(|lines| Cell::new(lines.join("\n")))
            .collect::<Vec<_>>()
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(row(titles));
    table.add_rows(rows.map(row));
    let last = aligns.len().saturating_sub(1);
    for ((i, align), column) in aligns.iter().enumerate().zip(table.column_iter_mut()) {
        column.set_padding((0, if i == last { 0 } else { GAP as u16 }));
        column.set_cell_alignment(match align {
            Align::Left => CellAlignment::Left,
            Align::Right => CellAlignment::Right,
        });
    }
    table.trim_fmt()
}

/// Titles bold, verdicts in their colours. The table is laid out before, since colours have no width.
fn painted(text: &str, bold: usize, verdicts: &[(Style, String)], color: bool) -> String {
    let line = |(i, line): (usize, &str)| {
        let line = line.trim_end();
        if i < bold {
            return paint(line, Style::Strong, color);
        }
        let paint_verdict = |line: String, (style, word): &(Style, String)| {
            if color {
                line.replace(word.as_str(), &paint(word, *style, true))
            } else {
                line
            }
        };
        verdicts.iter().fold(line.to_string(), paint_verdict)
    };
    text.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{code, text};
    use super::*;

    const PLAIN: TerminalOptions = TerminalOptions {
        width: 80,
        color: false,
    };

    #[track_caller]
    fn check(columns: &[(&str, Align)], rows: &[Vec<Text>], width: usize, expect: &str) {
        let columns: Vec<(String, Align)> = columns
            .iter()
            .map(|(title, align)| ((*title).into(), *align))
            .collect();
        let options = TerminalOptions { width, color: false };
        assert_eq!(table(&columns, rows, options), expect);
    }

    const NAMED: [(&str, Align); 2] = [("name", Align::Left), ("flat", Align::Right)];

    #[test]
    fn numbers_stand_right() {
        let rows = [
            vec![code("main.main"), text("1.5 ms")],
            vec![code("x"), text("10 ms")],
        ];
        check(
            &NAMED,
            &rows,
            80,
            "name         flat\n─────────  ──────\nmain.main  1.5 ms\nx           10 ms",
        );
    }

    #[test]
    fn wide_characters_keep_the_columns_straight() {
        let rows = [vec![text("世界"), text("1")], vec![text("abcd"), text("22")]];
        check(
            &NAMED,
            &rows,
            80,
            "name  flat\n────  ────\n世界     1\nabcd    22",
        );
    }

    #[test]
    fn words_wrap_before_names_are_cut() {
        let columns = [("name", Align::Left), ("what it does", Align::Left)];
        let rows = [vec![code("go.shape.struct { ; }"), text("allocates in a loop")]];
        check(
            &columns,
            &rows,
            34,
            "                       what it\nname                   does\n─────────────────────  ───────────\ngo.shape.struct { ; }  allocates\n                       in a loop",
        );
    }

    #[test]
    fn names_are_cut_as_a_last_resort_and_numbers_never() {
        let rows = [vec![
            code("example.com/shop/internal/cart.(*Cart).Total"),
            text("1.5 ms"),
        ]];
        check(
            &NAMED,
            &rows,
            28,
            "name                    flat\n────────────────────  ──────\nexampl…(*Cart).Total  1.5 ms",
        );
        check(
            &NAMED,
            &rows,
            3,
            "name            flat\n────────────  ──────\nexa…t).Total  1.5 ms",
        );
    }

    #[test]
    fn short_rows_and_empty_tables() {
        check(&NAMED, &[vec![text("a")]], 80, "name  flat\n────  ────\na");
        check(&NAMED, &[], 80, "name  flat\n────  ────");
        check(&[], &[], 80, "");
    }

    #[test]
    fn colour_only_adds_to_the_header() {
        let columns = [("name".to_string(), Align::Left)];
        let options = TerminalOptions { color: true, ..PLAIN };
        assert_eq!(
            table(&columns, &[vec![text("a")]], options),
            "\x1b[1mname\x1b[0m\n────\na"
        );
    }

    #[test]
    fn verdicts_have_their_colours_and_names_that_differ_still_do() {
        let columns = [
            ("benchmark".to_string(), Align::Left),
            ("verdict".to_string(), Align::Left),
        ];
        let row = |name: &str, verdict: Inline| vec![vec![Inline::Code(name.into())], vec![verdict]];
        let rows = [
            row("Cache/mix=read-heavy-2", Inline::Worse("regression".into())),
            row("Cache/mix=write-heavy-2", Inline::Better("improvement".into())),
        ];
        let colored = table(
            &columns,
            &rows,
            TerminalOptions {
                width: 80,
                color: true,
            },
        );
        assert!(colored.contains("\u{1b}[1;31mregression\u{1b}[0m"), "{colored}");
        assert!(colored.contains("\u{1b}[1;32mimprovement\u{1b}[0m"), "{colored}");
        let narrow = table(
            &columns,
            &rows,
            TerminalOptions {
                width: 10,
                color: false,
            },
        );
        let names: Vec<_> = narrow
            .lines()
            .skip(2)
            .filter_map(|l| l.split(' ').next())
            .collect();
        assert_eq!(names, ["Cach…d-heavy-2", "Cach…e-heavy-2"]);
    }
}
