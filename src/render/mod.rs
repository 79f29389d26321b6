//! Syntax: a [`Document`](crate::report::document::Document) as GitHub Markdown or terminal text, any
//! serializable value as YAML or JSON.
//!
//! Nothing here rounds a number, picks a word or decides what is shown. What comes from outside (names, paths,
//! source lines) is escaped, so that it is read as text and never as markup or as a terminal command.

mod data;
mod escape;
mod markdown;
mod table;
mod terminal;
mod wrap;

pub use data::{json, literal_text, yaml};
pub use markdown::markdown;
pub use terminal::{TerminalOptions, terminal};

use crate::error::printable;

/// A tab in text whose width must be known.
const TAB: &str = "    ";

/// The lines of a code block: tabs as four blanks, no trailing blanks, control characters as escapes.
fn code_lines(text: &str) -> Vec<String> {
    let lines = text.trim_end().split('\n');
    lines
        .map(|line| printable(line.trim_end().replace('\t', TAB).as_bytes()))
        .collect()
}

/// Puts blocks together: one blank line between them, one newline at the end. Empty ones take no room.
fn join_blocks(blocks: impl IntoIterator<Item = String>) -> String {
    let shown: Vec<String> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    shown.join("\n\n") + "\n"
}

#[cfg(test)]
mod samples {
    //! Documents for the tests of both forms.

    use proptest::prelude::*;

    use crate::report::document::{Align, Block, Document, Inline, Item, Text};

    pub fn text(words: &str) -> Text {
        vec![Inline::Text(words.into())]
    }

    pub fn code(name: &str) -> Text {
        vec![Inline::Code(name.into())]
    }

    pub fn document(block: Block) -> Document {
        Document { blocks: vec![block] }
    }

    pub fn point(ticked: Option<bool>, words: &str) -> Item {
        Item {
            ticked,
            text: text(words),
            items: Vec::new(),
        }
    }

    /// One block of every kind with the same string in every place.
    pub fn everywhere(hostile: &str) -> Document {
        let line = vec![
            Inline::Text(hostile.into()),
            Inline::Code(hostile.into()),
            Inline::Strong(hostile.into()),
            Inline::Link {
                text: hostile.into(),
                target: hostile.into(),
            },
        ];
        Document {
            blocks: vec![
                Block::Heading {
                    level: 2,
                    text: line.clone(),
                },
                Block::Paragraph(line.clone()),
                Block::List(vec![Item {
                    ticked: Some(true),
                    text: line.clone(),
                    items: vec![point(None, hostile)],
                }]),
                Block::Facts(vec![(hostile.into(), line.clone())]),
                Block::Table {
                    columns: vec![(hostile.into(), Align::Left), (hostile.into(), Align::Right)],
                    rows: vec![vec![line.clone(), line]],
                },
                Block::Code {
                    language: hostile.into(),
                    text: hostile.into(),
                },
                Block::Figure {
                    title: hostile.into(),
                    path: hostile.into(),
                    description: hostile.into(),
                },
            ],
        }
    }

    /// Strings with every kind of character that means something somewhere.
    pub fn hostile() -> impl Strategy<Value = String> {
        let marks = prop::sample::select(vec![
            "\u{1b}[31m",
            "\u{9b}",
            "\n",
            "\r\n",
            "\t",
            "\0",
            "`",
            "```",
            "**",
            "_",
            "|",
            "\\",
            "<b>",
            "&lt;",
            "#",
            "- ",
            "1. ",
            "[x]",
            "!",
            "世界",
            "e\u{301}",
            "🦀",
            "\u{202e}",
            " ",
            "name",
            "$",
            "~",
            "\u{85}",
            "\u{2028}",
        ]);
        let any = any::<char>().prop_map(String::from);
        prop::collection::vec(prop_oneof![3 => marks.prop_map(String::from), 1 => any], 0..12)
            .prop_map(|parts| parts.concat())
    }
}
