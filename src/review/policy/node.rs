//! YAML text to a tree that knows its lines.
//!
//! Less than YAML: one document, no aliases (a short text can stand for gigabytes), no tags, no key twice, keys that are
//! plain words. Depth and length are limited, so that the rest may walk the tree recursively.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::decode::Fault;

/// Most levels of lists and maps in each other.
const DEPTH: usize = 32;

/// A value and the line, from 1, on which it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub line: u64,
    pub value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    /// Its text, and whether it stands there without quotes, so that it may be a number.
    Scalar(String, bool),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key and its line.
#[derive(Debug)]
pub(super) struct Key {
    pub text: String,
    pub line: u64,
}

impl Node {
    /// Whether nothing stands there.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null"))
    }
}

/// The only document of a text, `None` if it is empty.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => {
                return Err(Fault::at(
                    error.marker().line() as u64,
                    format!("no YAML: {}", error.info()),
                ));
            }
        }
    }
    Ok(builder.root)
}

/// What is open, outermost first.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    documents: usize,
}

struct Open {
    line: u64,
    value: Filling,
}

enum Filling {
    List(Vec<Node>),
    Map(Entries),
}

#[derive(Default)]
struct Entries {
    entries: Vec<(Key, Node)>,
    lines: BTreeMap<String, u64>,
    key: Option<Key>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let line = span.start.line() as u64;
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                let first = self.documents == 1;
                first
                    .then_some(())
                    .ok_or_else(|| Fault::at(line, "a second document".to_string()))
            }
            Event::Alias(_) => Err(Fault::at(
                line,
                "aliases are not read here: write the value itself".to_string(),
            )),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(Fault::at(
                line,
                "tags are not read here: write the value alone".to_string(),
            )),
            Event::Scalar(text, style, ..) => {
                self.scalar(line, text.into_owned(), style == ScalarStyle::Plain)
            }
            Event::SequenceStart(..) => self.begin(line, Filling::List(Vec::new())),
            Event::MappingStart(..) => self.begin(line, Filling::Map(Entries::default())),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, line: u64, value: Filling) -> Result<(), Fault> {
        if self.open.len() >= DEPTH {
            return Err(Fault::at(line, format!("more than {DEPTH} levels")));
        }
        if let Some(Open {
            value: Filling::Map(map),
            ..
        }) = self.open.last()
            && map.key.is_none()
        {
            return Err(Fault::at(line, "a list or map as a key".to_string()));
        }
        self.open.push(Open { line, value });
        Ok(())
    }

    fn scalar(&mut self, line: u64, text: String, plain: bool) -> Result<(), Fault> {
        let path = self.path();
        match self.open.last_mut() {
            Some(Open {
                value: Filling::Map(map),
                ..
            }) if map.key.is_none() => map.begin(Key { text, line }).map_err(|fault| fault.below(&path)),
            _ => {
                let value = Value::Scalar(text, plain);
                self.put(Node { line, value });
                Ok(())
            }
        }
    }

    /// Where the innermost open list or map stands.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match &open.value {
                Filling::List(list) => path.push_str(&format!("[{}]", list.len())),
                Filling::Map(Entries { key: Some(key), .. }) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(&key.text);
                }
                Filling::Map(_) => {}
            }
        }
        path
    }

    fn end(&mut self) -> Result<(), Fault> {
        if let Some(Open { line, value }) = self.open.pop() {
            let value = match value {
                Filling::List(list) => Value::List(list),
                Filling::Map(map) => Value::Map(map.entries),
            };
            self.put(Node { line, value });
        }
        Ok(())
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open {
                value: Filling::List(list),
                ..
            }) => list.push(node),
            Some(Open {
                value: Filling::Map(map),
                ..
            }) => {
                if let Some(key) = map.key.take() {
                    map.entries.push((key, node));
                }
            }
        }
    }
}

impl Entries {
    fn begin(&mut self, key: Key) -> Result<(), Fault> {
        if let Some(first) = self.lines.insert(key.text.clone(), key.line) {
            return Err(Fault::at(key.line, format!("a second time, after line {first}")).below(&key.text));
        }
        self.key = Some(key);
        Ok(())
    }
}
