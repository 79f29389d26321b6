//! Small pieces of Markdown: a table, and text as it stands.

use crate::error::printable;

/// A table in GitHub's Markdown; columns whose cells are all numbers (or empty) stand to the right. What could be
/// read as markup is escaped, control characters are written as escapes.
pub fn markdown_table(header: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<_> = cells.collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut out = line(&mut header.iter().map(|h| escaped(h)));
    let mut marks = (0..header.len()).map(|i| if is_numeric(rows, i) { "---:" } else { "---" }.to_string());
    out.push_str(&line(&mut marks));
    for row in rows {
        let cells = (0..header.len()).map(|i| row.get(i).map_or_else(String::new, |c| escaped(c)));
        out.push_str(&line(&mut { cells }));
    }
    out
}

fn is_numeric(rows: &[Vec<String>], column: usize) -> bool {
    let mut cells = rows
        .iter()
        .filter_map(|r| r.get(column))
        .filter(|c| !c.is_empty())
        .peekable();
    cells.peek().is_some() && cells.all(|c| c.trim_end_matches([' ', '%']).parse::<f64>().is_ok())
}

/// A text in which nothing is markup and no cell ends.
pub(super) fn escaped(text: &str) -> String {
    let text = printable(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '#' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Text as it stands, in a fence longer than every run of backticks in it.
pub(super) fn fenced(text: &str) -> String {
    let fence = fence_of(text);
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{fence}text\n{text}{end}{fence}\n")
}

/// The fence for a text.
pub(super) fn fence_of(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_leave_their_table() {
        let rows = [
            vec!["a|b<script>".to_string(), "1".to_string()],
            vec!["x\ny".to_string(), "-2.50".to_string()],
            vec!["`_*".to_string()],
        ];
        let expect =
            "| name | n |\n| --- | ---: |\n| a\\|b&lt;script> | 1 |\n| x\\\\ny | -2.50 |\n| \\`\\_\\* |  |\n";
        assert_eq!(markdown_table(&["name", "n"], &rows), expect);
    }

    #[test]
    fn a_fence_is_longer_than_those_inside() {
        assert_eq!(fenced("a\n"), "```text\na\n```\n");
        assert_eq!(fenced("a ```` b"), "`````text\na ```` b\n`````\n");
        assert_eq!(fenced(""), "```text\n```\n");
    }
}
