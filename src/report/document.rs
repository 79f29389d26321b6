//! A document: headings, paragraphs, tables, code, figures. It holds words and knows no syntax.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A name, a command, a number as the program wrote it.
    Code(String),
    /// What carries the sentence.
    Strong(String),
    /// A verdict for the better: where there is colour, in that of success. The words say it without.
    Better(String),
    /// A verdict for the worse likewise.
    Worse(String),
    /// A reference to a file of the same set.
    Link {
        /// What is shown.
        text: String,
        /// Relative path.
        target: String,
    },
}

/// A line of text.
pub type Text = Vec<Inline>;

/// How a column of a table is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Names and words.
    Left,
    /// Numbers.
    Right,
}

/// A point of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// A check box and whether it is ticked; `None` for a plain point.
    pub ticked: Option<bool>,
    /// What it says.
    pub text: Text,
    /// Points below it.
    pub items: Vec<Item>,
}

/// A part of a document, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading; level 1 is the title.
    Heading {
        /// From 1 to 4.
        level: u8,
        /// What it says.
        text: Text,
    },
    /// A paragraph.
    Paragraph(Text),
    /// Points, in their order.
    List(Vec<Item>),
    /// A name and what is to be said of it, one under the other.
    Facts(Vec<(String, Text)>),
    /// A table; every row has as many cells as there are columns.
    Table {
        /// Title and setting of each column.
        columns: Vec<(String, Align)>,
        /// The cells, row by row.
        rows: Vec<Vec<Text>>,
    },
    /// Text in which every blank counts.
    Code {
        /// `go`, `sh`, or empty.
        language: String,
        /// The lines, without a last newline.
        text: String,
    },
    /// A picture in a file of the same set.
    Figure {
        /// What it is called.
        title: String,
        /// Relative path.
        path: String,
        /// What it shows, for those who cannot see it.
        description: String,
    },
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its parts in reading order, the title among them.
    pub blocks: Vec<Block>,
}
