//! A document as terminal text.

use unicode_width::UnicodeWidthStr;

use super::table::table;
use super::wrap::{Names, Style, paint, words, wrap};
use super::{TAB, code_lines, join_blocks};
use crate::error::printable;
use crate::report::document::{Block, Document, Inline, Item, Text};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Columns on the screen. A longer word, code and numbers may pass it.
    pub width: usize,
    /// Whether ANSI colours are written. They add nothing that the text does not say.
    pub color: bool,
}

impl TerminalOptions {
    fn narrower(self, columns: usize) -> Self {
        Self {
            width: self.width.saturating_sub(columns),
            ..self
        }
    }
}

/// How far a list stands to the right of the point that it belongs to.
const LIST_STEP: usize = 2;

/// The document as text for a terminal: one blank line between blocks, one newline at the end. With colour the same
/// characters stand at the same places. Control characters of the input come out as escapes.
pub fn terminal(document: &Document, options: TerminalOptions) -> String {
    join_blocks(document.blocks.iter().map(|block| block_text(block, options)))
}

fn block_text(block: &Block, options: TerminalOptions) -> String {
    let lines = match block {
        Block::Heading { level, text } => heading(*level, text, options),
        Block::Paragraph(text) => paragraph(text, options),
        Block::List(items) => list(items, options),
        Block::Facts(pairs) => facts(pairs, options),
        Block::Table { columns, rows } => return table(columns, rows, options),
        Block::Code { text, .. } => code_lines(text)
            .iter()
            .map(|line| format!("{TAB}{line}"))
            .collect(),
        Block::Figure {
            title,
            path,
            description,
        } => figure(title, path, description, options),
    };
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(' ')).collect();
    lines.join("\n")
}

fn heading(level: u8, text: &Text, options: TerminalOptions) -> Vec<String> {
    let plain = wrap(&words(text, Names::Bare), options.width, false);
    let width = plain.iter().map(|line| line.width()).max().unwrap_or(0);
    let rule = if level <= 1 { "=" } else { "─" }.repeat(width);
    let title = plain.iter().map(|line| paint(line, Style::Strong, options.color));
    title.chain([rule]).collect()
}

fn paragraph(text: &Text, options: TerminalOptions) -> Vec<String> {
    wrap(&words(text, Names::Quoted), options.width, options.color)
}

fn list(items: &[Item], options: TerminalOptions) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items {
        let mark = mark(item.ticked);
        lines.extend(beside(
            mark,
            paragraph(&item.text, options.narrower(mark.len())),
            mark.len(),
        ));
        let below = list(&item.items, options.narrower(LIST_STEP));
        lines.extend(below.iter().map(|line| " ".repeat(LIST_STEP) + line));
    }
    lines
}

fn mark(ticked: Option<bool>) -> &'static str {
    match ticked {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "- ",
    }
}

/// The lines `indent` columns to the right, the mark in the room before the first of them.
fn beside(mark: &str, lines: Vec<String>, indent: usize) -> Vec<String> {
    let blanks = " ".repeat(indent);
    let first = mark.to_string() + &" ".repeat(indent.saturating_sub(mark.width()));
    let mut lines = lines.into_iter();
    let top = first + &lines.next().unwrap_or_default();
    [top]
        .into_iter()
        .chain(lines.map(|line| format!("{blanks}{line}")))
        .collect()
}

// The texts stand in one column, or below each other when a name takes more than half of the line.
fn facts(facts: &[(String, Text)], options: TerminalOptions) -> Vec<String> {
    let names: Vec<String> = facts
        .iter()
        .map(|(name, _)| printable(name.as_bytes()) + ":")
        .collect();
    let widest = names.iter().map(|name| name.width()).max().unwrap_or(0) + 1;
    let is_narrow = widest * 2 > options.width;
    let mut lines = Vec::new();
    for (name, (_, text)) in names.iter().zip(facts) {
        let indent = if is_narrow { TAB.len() } else { widest };
        let said = paragraph(text, options.narrower(indent));
        if is_narrow {
            lines.push(name.clone());
            lines.extend(said.iter().map(|line| format!("{TAB}{line}")));
        } else {
            lines.extend(beside(name, said, indent));
        }
    }
    lines
}

fn figure(title: &str, path: &str, description: &str, options: TerminalOptions) -> Vec<String> {
    let first = format!(
        "figure: {} → {}",
        printable(title.as_bytes()),
        printable(path.as_bytes())
    );
    let description = vec![Inline::Text(description.to_string())];
    let below = paragraph(&description, options.narrower(TAB.len()));
    [first]
        .into_iter()
        .chain(below.iter().map(|line| format!("{TAB}{line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{code as name, document, everywhere, hostile, point, text};
    use super::*;

    const PLAIN: TerminalOptions = TerminalOptions {
        width: 24,
        color: false,
    };

    #[track_caller]
    fn check(block: Block, expect: &str) {
        assert_eq!(terminal(&document(block), PLAIN), format!("{expect}\n"));
    }

    #[test]
    fn headings_have_a_rule_as_wide_as_they_are() {
        let at = |level, words| Block::Heading {
            level,
            text: text(words),
        };
        check(at(1, "Review"), "Review\n======");
        check(at(2, "世界"), "世界\n────");
        let color = TerminalOptions { color: true, ..PLAIN };
        assert_eq!(terminal(&document(at(1, "A")), color), "\x1b[1mA\x1b[0m\n=\n");
    }

    #[test]
    fn paragraphs_wrap() {
        check(
            Block::Paragraph(text("the allocator takes a third of the time")),
            "the allocator takes a\nthird of the time",
        );
    }

    #[test]
    fn lists_hang_below_their_marks() {
        let mut first = point(Some(true), "measure the thing again and again");
        first.items = vec![point(None, "with -count=10 on a quiet machine")];
        check(
            Block::List(vec![first, point(Some(false), "stop")]),
            "[x] measure the thing\n    again and again\n  - with -count=10 on a\n    quiet machine\n[ ] stop",
        );
    }

    #[test]
    fn facts_stand_in_one_column_where_there_is_room() {
        let facts = |name: &str| {
            Block::Facts(vec![
                (name.into(), text("not measured here")),
                ("b".into(), text("1")),
            ])
        };
        check(facts("Rate"), "Rate: not measured here\nb:    1");
        check(
            facts("Frequencies"),
            "Frequencies:\n    not measured here\nb:\n    1",
        );
    }

    #[test]
    fn code_keeps_its_blanks() {
        let code = Block::Code {
            language: "go".into(),
            text: "if x {\n\treturn a_very_long_name_of_a_function\n\n}\n".into(),
        };
        check(
            code,
            "    if x {\n        return a_very_long_name_of_a_function\n\n    }",
        );
    }

    #[test]
    fn figures_say_where_they_are_and_what_they_show() {
        let figure = Block::Figure {
            title: "CPU".into(),
            path: "img/cpu.svg".into(),
            description: "wide towers are costly".into(),
        };
        check(
            figure,
            "figure: CPU → img/cpu.svg\n    wide towers are\n    costly",
        );
    }

    #[test]
    fn control_characters_come_out_as_escapes() {
        check(Block::Paragraph(name("a\u{1b}[2J\nb")), "`a\\x1b[2J\\nb`");
    }

    fn without_ansi(text: &str) -> String {
        ["\x1b[0m", "\x1b[1m", "\x1b[36m"]
            .iter()
            .fold(text.to_string(), |text, code| text.replace(code, ""))
    }

    proptest! {
        #[test]
        fn colour_only_adds_and_nothing_else_steers_the_terminal(words in hostile(), width in 0usize..60) {
            let plain = terminal(&everywhere(&words), TerminalOptions { width, color: false });
            let color = terminal(&everywhere(&words), TerminalOptions { width, color: true });
            prop_assert!(!plain.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(plain.lines().all(|line| !line.ends_with(' ')), "{plain:?}");
            prop_assert!(plain.ends_with('\n') && !plain.ends_with("\n\n"));
            prop_assert_eq!(without_ansi(&color), plain);
        }
    }
}
