//! Text in columns, with cells that span several of them. The rules are those of benchstat's tables; widths count
//! characters.

/// Rows of cells.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Piece>>,
    /// The columns that spans may widen.
    stretches: Vec<bool>,
}

/// How a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    Left,
    Centre,
    Right,
}

#[derive(Debug)]
struct Piece {
    column: usize,
    span: usize,
    margin: String,
    text: String,
    stand: Stand,
}

impl Grid {
    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Adds a cell to the last row, with one blank before its text.
    pub(super) fn cell(&mut self, column: usize, stand: Stand, text: impl Into<String>) {
        let text = text.into();
        let margin = if column == 0 || text.is_empty() { "" } else { " " };
        self.span(column, 1, stand, margin, text);
    }

    /// Adds a cell over several columns, with its own margin.
    pub(super) fn span(
        &mut self,
        column: usize,
        span: usize,
        stand: Stand,
        margin: &str,
        text: impl Into<String>,
    ) {
        let piece = Piece {
            column,
            span,
            margin: margin.to_string(),
            text: text.into(),
            stand,
        };
        if let Some(row) = self.rows.last_mut() {
            row.push(piece);
        }
    }

    /// Lets spans widen a column.
    pub(super) fn stretch(&mut self, column: usize) {
        self.stretches.resize(self.stretches.len().max(column + 1), false);
        self.stretches[column] = true;
    }

    /// The text, a newline after each row.
    pub(super) fn text(&self) -> String {
        let pieces = || self.rows.iter().flatten();
        let columns = pieces().map(|piece| piece.column + piece.span).max().unwrap_or(0);
        let mut margins = vec![0; columns];
        for piece in pieces() {
            let margin = &mut margins[piece.column];
            *margin = length(&piece.margin).max(*margin);
        }
        let widths = self.widths(&margins);
        let mut starts = vec![0];
        for width in &widths {
            starts.push(starts.last().copied().unwrap_or(0) + width);
        }
        let mut out = String::new();
        for row in &self.rows {
            write_row(&mut out, row, &margins, &starts);
        }
        out
    }

    fn widths(&self, margins: &[usize]) -> Vec<usize> {
        let mut widths = vec![0; margins.len()];
        let needed = |piece: &Piece| margins[piece.column] + length(&piece.text);
        let (single, mut spans): (Vec<&Piece>, Vec<&Piece>) =
            self.rows.iter().flatten().partition(|piece| piece.span == 1);
        for piece in single {
            widths[piece.column] = needed(piece).max(widths[piece.column]);
        }
        spans.sort_by_key(|piece| piece.span);
        for piece in spans {
            self.widen(&mut widths, piece, needed(piece));
        }
        widths
    }

    /// Widens the columns of a span that may be widened, so that they come as near to one width as can be.
    fn widen(&self, widths: &mut [usize], piece: &Piece, needed: usize) {
        let columns = piece.column..piece.column + piece.span;
        if widths[columns.clone()].iter().sum::<usize>() >= needed {
            return;
        }
        let stretches = |column: &usize| self.stretches.get(*column) == Some(&true);
        let fixed: usize = columns.clone().filter(|c| !stretches(c)).map(|c| widths[c]).sum();
        let mut wide: Vec<usize> = columns.filter(stretches).collect();
        wide.sort_by_key(|column| std::cmp::Reverse(widths[*column]));
        let mut rest = needed.saturating_sub(fixed);
        for (done, column) in wide.iter().enumerate() {
            let target = rest.div_ceil(wide.len() - done);
            widths[*column] = widths[*column].max(target);
            rest = rest.saturating_sub(widths[*column]);
        }
    }
}

fn write_row(out: &mut String, row: &[Piece], margins: &[usize], starts: &[usize]) {
    let mut at = 0;
    for piece in row {
        if piece.text.trim().is_empty() && piece.margin.trim().is_empty() {
            continue;
        }
        let (start, end) = (starts[piece.column], starts[piece.column + piece.span]);
        let margin = margins[piece.column];
        let room = (end - start).saturating_sub(margin + length(&piece.text));
        let padding = match piece.stand {
            Stand::Left => 0,
            Stand::Centre => room / 2,
            Stand::Right => room,
        };
        let blanks = start.abs_diff(at) + margin - length(&piece.margin);
        push_blanks(out, blanks);
        out.push_str(&piece.margin);
        push_blanks(out, padding);
        out.push_str(&piece.text);
        at = start + margin + padding + length(&piece.text);
    }
    out.push('\n');
}

fn push_blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_widen_the_columns_that_may_be_widened() {
        let mut grid = Grid::default();
        grid.stretch(1);
        grid.row();
        grid.span(1, 2, Stand::Centre, " | ", "a wide title");
        grid.span(3, 1, Stand::Left, " |", "");
        grid.row();
        grid.cell(0, Stand::Left, "x");
        grid.cell(1, Stand::Right, "1");
        grid.cell(2, Stand::Right, "22");
        let expect = "  | a wide title |\nx           1 22\n";
        assert_eq!(grid.text(), expect);
    }

    #[test]
    fn blank_cells_leave_no_blanks() {
        let mut grid = Grid::default();
        grid.row();
        grid.cell(0, Stand::Left, "x");
        grid.cell(1, Stand::Right, "");
        grid.row();
        assert_eq!(grid.text(), "x\n\n");
        assert_eq!(Grid::default().text(), "");
    }
}
