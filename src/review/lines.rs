//! Source text for lines, and what to say when there is none.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::analyze::Node;
use crate::error::printable;
use crate::profile::Profile;
use crate::source::{Sources, fits, line};

/// Finds source lines, each file read once.
pub(super) struct SourceLines<'a> {
    sources: &'a dyn Sources,
    texts: RefCell<HashMap<String, Option<String>>>,
    /// Start line by function name and file.
    starts: HashMap<(Vec<u8>, Vec<u8>), i64>,
}

/// What was found for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The text.
    Text(String),
    /// There is no such file.
    Missing,
    /// The file is another version than the one that was compiled.
    Stale,
}

impl<'a> SourceLines<'a> {
    pub fn new(sources: &'a dyn Sources, profiles: impl IntoIterator<Item = &'a Profile>) -> Self {
        let mut starts = HashMap::new();
        for profile in profiles {
            for function in &profile.functions {
                let text = |id| profile.text(id).to_vec();
                starts.insert(
                    (text(function.name), text(function.filename)),
                    function.start_line,
                );
            }
        }
        Self {
            sources,
            texts: RefCell::default(),
            starts,
        }
    }

    /// The text of the line of a node.
    pub fn find(&self, node: &Node) -> Found {
        let file = printable(&node.file);
        let mut texts = self.texts.borrow_mut();
        let text = texts
            .entry(file.clone())
            .or_insert_with(|| self.sources.text(&file));
        let Some(text) = text else { return Found::Missing };
        let start = self
            .starts
            .get(&(node.function.clone(), node.file.clone()))
            .copied()
            .unwrap_or(0);
        match line(text, node.line) {
            Some(found) if fits(text, &printable(&node.function), start) => {
                Found::Text(printable(found.as_bytes()))
            }
            _ => Found::Stale,
        }
    }

    /// The whole file, where it fits the line of a node.
    pub fn fitting(&self, node: &Node) -> Option<String> {
        match self.find(node) {
            Found::Text(_) => self.texts.borrow().get(&printable(&node.file)).cloned().flatten(),
            Found::Missing | Found::Stale => None,
        }
    }

    /// The text, or nothing.
    pub fn text(&self, node: &Node) -> String {
        match self.find(node) {
            Found::Text(text) => text,
            Found::Missing | Found::Stale => String::new(),
        }
    }
}

impl super::Context<'_> {
    /// Source lines for all profiles.
    pub(super) fn source_lines(&self) -> SourceLines<'_> {
        SourceLines::new(
            self.evidence.sources,
            self.evidence.profiles.iter().map(|p| &p.profile),
        )
    }
}
