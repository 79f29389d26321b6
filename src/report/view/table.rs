//! Tables in Markdown.

/// A table of plain text: what Markdown or HTML would read as markup is escaped.
pub fn markdown_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = line(header.iter().map(|c| escaped(c)));
    out.push_str(&line(header.iter().map(|_| "---".to_string())));
    rows.for_each(|row| out.push_str(&line(row.iter().map(|c| escaped(c)))));
    out
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        let table = markdown_table(&["name"], [vec!["f[a|b]<c>".to_string()]].into_iter());
        assert_eq!(table, "| name |\n| --- |\n| f\\[a\\|b\\]&lt;c> |\n");
    }
}
