//! Programs of one or more files for the tests of the engine.

use super::node::Node;
use super::program::{Module, Program};
use super::syntax::{Kind, parse};

/// A program of files by their paths; the module is `m`.
pub fn program(files: &[(&str, &str)]) -> Program {
    let trees = files
        .iter()
        .map(|(path, text)| ((*path).to_string(), parse(text).unwrap()))
        .collect();
    Program::new(trees, vec![Module::parse("", "module m\ngo 1.25\n")], None)
}

/// The first node of a kind with this text, in the first file that has one.
pub fn find<'a>(program: &'a Program, kind: Kind, text: &str) -> Node<'a> {
    let mut nodes = program
        .files()
        .flat_map(|f| f.root().find_all(kind).collect::<Vec<_>>());
    nodes
        .find(|n| n.text() == text)
        .unwrap_or_else(|| panic!("no {kind:?} {text}"))
}

/// The last identifier with this name.
pub fn last_name<'a>(program: &'a Program, name: &str) -> Node<'a> {
    let nodes = program
        .files()
        .flat_map(|f| f.root().find_all(Kind::Identifier).collect::<Vec<_>>());
    nodes
        .filter(|n| n.text() == name)
        .last()
        .unwrap_or_else(|| panic!("no {name}"))
}
