//! The sources of `list`: each file is looked for and read once.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::subject::Subject;
use super::ListOptions;
use super::text::{SourceLines, source_lines};
use super::weights::Weights;
use crate::error::lossless;
use crate::source::{SourceSearch, Sources, fits};

/// A source that was read.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it was.
    pub(super) path: String,
    pub(super) lines: SourceLines,
}

/// What a search gave: a source, or why there is none.
pub(super) type Outcome = Rc<Result<Found, String>>;

/// Looks for sources and remembers what it found.
pub(super) struct Lookup<'a> {
    subject: &'a Subject<'a>,
    search: SourceSearch<'a>,
    sources: &'a dyn Sources,
    /// By trimmed path: where the reference looks.
    reference: HashMap<String, Outcome>,
    /// By path as stored: where the program looks otherwise.
    elsewhere: HashMap<String, Outcome>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, options: &ListOptions<'a>, sources: &'a dyn Sources) -> Self {
        let is_default = subject.source_path.is_empty();
        let search = SourceSearch {
            source_path: if is_default {
                options.folder
            } else {
                subject.source_path
            },
            trim_path: subject.trim_path,
        };
        Self {
            subject,
            search,
            sources,
            reference: HashMap::new(),
            elsewhere: HashMap::new(),
        }
    }

    /// The text where the reference looks for it.
    pub(super) fn reference(&mut self, weights: &Weights) -> Outcome {
        if let Some(known) = self.reference.get(&weights.file) {
            return Rc::clone(known);
        }
        let found = self.search.open(&weights.file, self.sources);
        let found = Rc::new(found.map(|(path, bytes)| Found {
            path,
            lines: source_lines(&bytes),
        }));
        self.reference.insert(weights.file.clone(), Rc::clone(&found));
        found
    }

    /// The text that was compiled: where the reference looks, else where the program finds it. A text whose start
    /// line does not hold the function is another version.
    pub(super) fn own(&mut self, weights: &Weights) -> Outcome {
        if weights.file.is_empty() {
            return Rc::new(Err("the profile names no file".to_string()));
        }
        let reference = self.reference(weights);
        if reference
            .as_ref()
            .as_ref()
            .is_ok_and(|found| is_right(found, weights))
        {
            return reference;
        }
        let elsewhere = self.elsewhere(weights);
        match (elsewhere.as_ref(), reference.as_ref()) {
            (Ok(found), _) if is_right(found, weights) => elsewhere,
            (Err(_), Err(_)) => reference,
            _ => Rc::new(Err(other_version(weights.start_line))),
        }
    }

    fn elsewhere(&mut self, weights: &Weights) -> Outcome {
        let path = lossless(self.subject.profile.text(weights.stored_file));
        if let Some(known) = self.elsewhere.get(path.as_ref()) {
            return Rc::clone(known);
        }
        let text = self.sources.text(&path).ok_or_else(|| "not found".to_string());
        let found = Rc::new(text.map(|text| Found {
            path: path.to_string(),
            lines: source_lines(text.as_bytes()),
        }));
        self.elsewhere.insert(path.into_owned(), Rc::clone(&found));
        found
    }
}

fn is_right(found: &Found, weights: &Weights) -> bool {
    let line = weights.start_line;
    line <= 0
        || found
            .lines
            .get(line)
            .is_some_and(|text| fits(text, &lossless(&weights.name), 1))
}

fn other_version(line: i64) -> String {
    format!("the source found is another version: line {line} does not begin this function")
}
