//! A document as GitHub Markdown.

use super::escape::{Within, destination, escape, inline, line, longest_run};
use super::{code_lines, join_blocks};
use crate::report::document::{Align, Block, Document, Item, Text};

/// Separates two lists, which Markdown would otherwise read as one.
const LIST_BREAK: &str = "<!-- -->";

/// The document as GitHub Markdown: one blank line between blocks, no trailing blanks, one newline at the end.
/// Text is escaped; names are best given as `Inline::Code`, since GitHub turns `@name` and `:name:` in words into
/// mentions and pictures after it has read the Markdown.
pub fn markdown(document: &Document) -> String {
    let mut parts = Vec::new();
    let mut after_list = false;
    for block in &document.blocks {
        let is_list = matches!(block, Block::List(_) | Block::Facts(_));
        if is_list && after_list {
            parts.push(LIST_BREAK.to_string());
        }
        after_list = is_list;
        parts.push(block_text(block));
    }
    join_blocks(parts)
}

fn block_text(block: &Block) -> String {
    match block {
        Block::Heading { level, text } => heading(*level, text),
        Block::Paragraph(text) => line(text),
        Block::List(items) => list(items, 0).join("\n"),
        Block::Facts(facts) => facts.iter().map(fact).collect::<Vec<_>>().join("\n"),
        Block::Table { columns, rows } => table(columns, rows),
        Block::Code { language, text } => code(language, text),
        Block::Figure {
            title,
            path,
            description,
        } => figure(title, path, description),
    }
}

fn heading(level: u8, text: &Text) -> String {
    let marks = "#".repeat(usize::from(level.clamp(1, 6)));
    format!("{marks} {}", inline(text, Within::Line))
        .trim_end()
        .to_string()
}

fn list(items: &[Item], depth: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items {
        lines.push(format!(
            "{}- {}{}",
            "  ".repeat(depth),
            tick(item.ticked),
            line(&item.text)
        ));
        lines.extend(list(&item.items, depth + 1));
    }
    lines.iter().map(|line| line.trim_end().to_string()).collect()
}

fn tick(ticked: Option<bool>) -> &'static str {
    match ticked {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    }
}

fn fact((name, text): &(String, Text)) -> String {
    let name = escape(name.trim());
    let said = inline(text, Within::Line);
    let whole = match name.is_empty() {
        true => format!("- {}", line(text)),
        false => format!("- **{name}**: {said}"),
    };
    whole.trim_end().to_string()
}

fn table(columns: &[(String, Align)], rows: &[Vec<Text>]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    let titles = columns.iter().map(|(title, _)| escape(title).trim().to_string());
    let rules = columns.iter().map(|(_, align)| rule(*align).to_string());
    let mut lines = vec![row(titles), row(rules)];
    for cells in rows {
        let shown = (0..columns.len()).map(|i| {
            cells
                .get(i)
                .map_or_else(String::new, |cell| inline(cell, Within::Cell))
        });
        lines.push(row(shown));
    }
    lines.join("\n")
}

fn rule(align: Align) -> &'static str {
    match align {
        Align::Left => "---",
        Align::Right => "---:",
    }
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {} |", cells.join(" | "))
}

fn code(language: &str, text: &str) -> String {
    let body = code_lines(text).join("\n");
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '#' | '.');
    let language: String = language.chars().filter(plain).collect();
    format!("{fence}{language}\n{body}\n{fence}")
}

// The description stands in for the picture; the title stands below it.
fn figure(title: &str, path: &str, description: &str) -> String {
    let title = escape(title.trim());
    let description = escape(description.trim());
    let alt = if description.is_empty() {
        &title
    } else {
        &description
    };
    let image = format!("![{alt}]({})", destination(path));
    if title.is_empty() {
        return image;
    }
    format!("{image}\n\n*{title}*")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{code as name, document, everywhere, hostile, point, text};
    use super::*;

    #[track_caller]
    fn check(block: Block, expect: &str) {
        assert_eq!(markdown(&document(block)), format!("{expect}\n"));
    }

    #[test]
    fn headings() {
        let at = |level, words| Block::Heading {
            level,
            text: text(words),
        };
        check(at(1, "Performance Review: shop"), "# Performance Review: shop");
        check(at(3, "C ##"), r"### C \#\#");
        check(at(0, ""), "#");
    }

    #[test]
    fn lists_with_boxes_and_depth() {
        let mut deep = point(Some(true), "done");
        deep.items = vec![point(None, "- why")];
        check(
            Block::List(vec![point(Some(false), "to do"), deep]),
            "- [ ] to do\n- [x] done\n  - \\- why",
        );
    }

    #[test]
    fn neighbouring_lists_stay_apart() {
        let list = || Block::List(vec![point(None, "a")]);
        let both = Document {
            blocks: vec![list(), Block::Facts(vec![("b".into(), text("c"))])],
        };
        assert_eq!(markdown(&both), "- a\n\n<!-- -->\n\n- **b**: c\n");
    }

    #[test]
    fn facts() {
        let facts = vec![
            ("CPU share".into(), text("12 %")),
            (" a*b ".into(), text("")),
            (String::new(), text("- x")),
        ];
        check(
            Block::Facts(facts),
            "- **CPU share**: 12 %\n- **a\\*b**:\n- \\- x",
        );
    }

    #[test]
    fn tables_escape_bars() {
        check(
            Block::Table {
                columns: vec![("a|b".into(), Align::Left), ("ns".into(), Align::Right)],
                rows: vec![vec![name("x|y\\|z"), text("1|2")], vec![text("<script>")]],
            },
            "| a\\|b | ns |\n| --- | ---: |\n| `x\\|y\\\\|z` | 1\\|2 |\n| \\<script> |  |",
        );
    }

    #[test]
    fn code_blocks_outfence_their_text() {
        let block = |language: &str, text: &str| Block::Code {
            language: language.into(),
            text: text.into(),
        };
        check(
            block("go", "if x {\n\treturn  \r\n}"),
            "```go\nif x {\n    return\n}\n```",
        );
        check(block("a`\n b", "````"), "`````ab\n````\n`````");
    }

    #[test]
    fn figures() {
        let block = |title: &str, description: &str| Block::Figure {
            title: title.into(),
            path: "img/cpu 1.svg".into(),
            description: description.into(),
        };
        check(
            block("CPU", "a [flame]"),
            "![a \\[flame\\]](img/cpu%201.svg)\n\n*CPU*",
        );
        check(block("CPU", ""), "![CPU](img/cpu%201.svg)\n\n*CPU*");
    }

    #[test]
    fn blocks_are_one_blank_line_apart_and_empty_ones_vanish() {
        let document = Document {
            blocks: vec![
                Block::Paragraph(text("a")),
                Block::Paragraph(Vec::new()),
                Block::Paragraph(text("b ")),
            ],
        };
        assert_eq!(markdown(&document), "a\n\nb\n");
    }

    proptest! {
        #[test]
        fn no_control_characters_and_no_trailing_blanks(words in hostile()) {
            let out = markdown(&everywhere(&words));
            prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(out.lines().all(|line| line.trim_end() == line), "{out:?}");
            prop_assert!(out.ends_with('\n') && !out.ends_with("\n\n"));
        }

        #[test]
        fn a_table_row_has_the_bars_of_its_columns(words in hostile()) {
            let out = markdown(&everywhere(&words));
            let row = out.lines().skip_while(|line| *line != "| --- | ---: |").nth(1).unwrap();
            prop_assert_eq!(row.replace("\\|", "").matches('|').count(), 3, "{}", row);
        }
    }
}
