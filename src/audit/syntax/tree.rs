//! A syntax tree of our own: one array of nodes in source order.
//!
//! ```text
//!  id      0 ─────────────── source_file                end = 7
//!          1 ── package_clause                          end = 3
//!          2 ───── package_identifier                   end = 3
//!          3 ── function_declaration                    end = 7
//!          4 ───── identifier …
//! ```
//! A node's descendants are the ids from its own to its `end`: they are walked without recursion, and the next
//! sibling of a node is its `end`.

use super::{Field, Kind};

/// The number of a node in its tree, in source order.
pub type NodeId = u32;

/// One node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub kind: Kind,
    pub field: Field,
    pub is_broken: bool,
    pub start: u32,
    pub stop: u32,
    pub parent: NodeId,
    pub end: NodeId,
}

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(super) text: String,
    pub(super) nodes: Vec<Record>,
    pub(super) line_starts: Vec<u32>,
    pub(super) comments: Vec<(u32, u32)>,
    pub(super) broken: u32,
}

impl Tree {
    /// No source at all.
    pub fn empty() -> Self {
        Self {
            text: String::new(),
            nodes: vec![ROOT],
            line_starts: vec![0],
            comments: Vec::new(),
            broken: 0,
        }
    }

    /// The source.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many nodes there are; never 0.
    pub fn node_count(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// How many statements could not be read and are left out.
    pub fn broken_count(&self) -> u32 {
        self.broken
    }

    /// The comments in order: their text and the line (from 1) on which they start.
    pub fn comments(&self) -> impl Iterator<Item = (u32, &str)> {
        let text = |&(start, stop): &(u32, u32)| (self.line_of(start), self.slice(start, stop));
        self.comments.iter().map(text)
    }

    /// The line (from 1) that holds a byte.
    pub fn line_of(&self, offset: u32) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// Column of a byte in its line, in bytes from 1.
    pub fn column_of(&self, offset: u32) -> u32 {
        let line = self.line_of(offset) as usize;
        let start = self.line_starts.get(line.wrapping_sub(1)).copied();
        offset - start.unwrap_or(0) + 1
    }

    /// A line (from 1) without its end; empty beyond the file.
    pub fn line_text(&self, line: u32) -> &str {
        let index = (line as usize).wrapping_sub(1);
        let Some(&start) = self.line_starts.get(index) else {
            return "";
        };
        let stop = self.line_starts.get(index + 1).copied();
        let stop = stop.unwrap_or(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.slice(start, stop).trim_end_matches(['\n', '\r'])
    }

    /// The text between two bytes; empty where they cut a character.
    pub fn slice(&self, start: u32, stop: u32) -> &str {
        self.text.get(start as usize..stop as usize).unwrap_or_default()
    }

    /// The children of a node in order.
    pub(in crate::audit) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.end(id);
        let first = Some(id + 1).filter(|c| *c < end);
        std::iter::successors(first, move |c| Some(self.end(*c)).filter(|c| *c < end))
    }

    /// The first child of a field.
    pub(in crate::audit) fn child(&self, id: NodeId, field: Field) -> Option<NodeId> {
        self.children(id).find(|c| self.field(*c) == field)
    }

    /// A node's source.
    pub(in crate::audit) fn node_text(&self, id: NodeId) -> &str {
        let (start, stop) = self.span(id);
        self.slice(start, stop)
    }

    /// A node's record; ids from elsewhere give the root.
    pub(super) fn record(&self, id: NodeId) -> &Record {
        self.nodes.get(id as usize).unwrap_or(&ROOT)
    }
}

const ROOT: Record = Record {
    kind: Kind::SourceFile,
    field: Field::None,
    is_broken: true,
    start: 0,
    stop: 0,
    parent: 0,
    end: 0,
};

/// Where lines start, in bytes.
pub(super) fn line_starts(text: &str) -> Vec<u32> {
    let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
    let starts = ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
    std::iter::once(0).chain(starts).collect()
}
