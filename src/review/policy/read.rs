//! The way in: bytes to a policy.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PolicyFile;
use super::decode::Fault;
use super::node::{self, Node, Value};
use crate::error::{Error, Place, Problem};

/// A policy is written by hand; what is longer than this many bytes is something else.
const MOST_BYTES: usize = 1 << 20;

/// A policy and where its keys stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadPolicy {
    /// Name of the file as given.
    pub name: String,
    /// What it says.
    pub file: PolicyFile,
    /// The line, from 1, of every key by its path, such as `gate.fail_on` or `budgets.benchmarks[0].match`.
    lines: BTreeMap<String, u64>,
}

impl ReadPolicy {
    /// The line of a key; `None` where it is not in the file.
    pub fn line(&self, key: &str) -> Option<u64> {
        self.lines.get(key).copied()
    }

    /// All keys that the file holds, with their lines, by name.
    pub fn keys(&self) -> impl Iterator<Item = (&str, u64)> {
        self.lines.iter().map(|(key, line)| (key.as_str(), *line))
    }

    /// The file and line of a key, to tell people where a value comes from: `perfplan.yaml:12`.
    pub fn origin(&self, key: &str) -> Option<String> {
        Some(Place::line(&self.name, self.line(key)?).to_string())
    }
}

/// Reads a policy; an empty file is one that says nothing.
///
/// # Errors
/// [`Problem::Policy`] at its line for what is no YAML, a key that is unknown or there twice, a value of the wrong kind
/// or unit, a name that nothing is called; aliases, tags, several documents and files above 1 MiB are refused.
pub fn read(bytes: impl AsRef<[u8]>, name: &str) -> Result<ReadPolicy, Error> {
    read_bytes(bytes.as_ref(), name).map_err(|fault| {
        let place = fault
            .line
            .map_or_else(|| Place::input(name), |line| Place::line(name, line));
        let Fault { key, what, hint, .. } = fault;
        Error::new(place, Problem::Policy { key, what, hint })
    })
}

fn read_bytes(bytes: &[u8], name: &str) -> Result<ReadPolicy, Fault> {
    if bytes.len() > MOST_BYTES {
        return Err(whole("more than 1 MiB: no policy"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| whole("no UTF-8 text"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(root) = node::parse(text)? else {
        return Ok(ReadPolicy {
            name: name.to_string(),
            ..ReadPolicy::default()
        });
    };
    let mut policy = ReadPolicy {
        name: name.to_string(),
        file: PolicyFile::deserialize(&root)?,
        lines: BTreeMap::new(),
    };
    collect(&root, "", &mut policy.lines);
    super::check::check(&policy)?;
    Ok(policy)
}

fn whole(what: &str) -> Fault {
    Fault {
        what: what.to_string(),
        ..Fault::default()
    }
}

/// The lines of all keys below a node; the tree is not deep.
fn collect(node: &Node, path: &str, lines: &mut BTreeMap<String, u64>) {
    match &node.value {
        Value::Scalar(..) => {}
        Value::List(list) => {
            for (at, item) in list.iter().enumerate() {
                let path = format!("{path}[{at}]");
                lines.insert(path.clone(), item.line);
                collect(item, &path, lines);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                let joint = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{joint}{}", key.text);
                lines.insert(path.clone(), key.line);
                collect(value, &path, lines);
            }
        }
    }
}
