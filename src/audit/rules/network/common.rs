//! What the rules about network and HTTP share: literals of known types, and what is set on them later.

use rustc_hash::FxHashSet;

use crate::audit::rules::goroutines::common::last_name;
use crate::audit::{Field, File, Function, Kind, Node};

/// `T{…}` of a type by its full name.
pub(super) fn is_literal_of(node: Node<'_>, name: &str) -> bool {
    let short = name.rsplit('.').next().unwrap_or(name);
    let ty = node
        .field(Field::Type)
        .filter(|t| node.is(Kind::CompositeLiteral) && t.text().ends_with(short));
    ty.and_then(Node::as_type).is_some_and(|t| t.is(name))
}

/// The value that a literal gives to a field by its name.
pub(super) fn entry<'a>(literal: Node<'a>, key: &str) -> Option<Node<'a>> {
    let elements = literal.body()?;
    let element = elements
        .children()
        .filter(|e| e.is(Kind::KeyedElement))
        .find(|e| e.child(0).is_some_and(|k| k.text() == key))?;
    let value = element.child(1)?;
    Some(if value.is(Kind::LiteralElement) {
        value.child(0).unwrap_or(value)
    } else {
        value
    })
}

/// Whether a literal gives a value to any of these fields; one without names gives all.
pub(super) fn has_entry(literal: Node<'_>, keys: &[&str]) -> bool {
    let is_positional = literal
        .body()
        .and_then(|b| b.child(0))
        .is_some_and(|e| !e.is(Kind::KeyedElement));
    is_positional || keys.iter().any(|k| entry(literal, k).is_some())
}

/// A literal with the `&` and parentheses before it.
pub(super) fn whole(node: Node<'_>) -> Node<'_> {
    let mut whole = node;
    while let Some(parent) = whole.parent() {
        let is_address = parent.is(Kind::UnaryExpression) && parent.text().starts_with('&');
        let is_wrapped = parent.is(Kind::LiteralElement) || parent.is(Kind::ParenthesizedExpression);
        if !is_address && !is_wrapped {
            break;
        }
        whole = parent;
    }
    whole
}

/// The name that a literal or call gets: of a variable or a field.
pub(super) fn name_of(node: Node<'_>) -> Option<&str> {
    let node = whole(node);
    if let Some(target) = node.targets().first() {
        return Some(last_name(*target));
    }
    let parent = node.parent()?;
    match parent.kind() {
        Kind::KeyedElement => parent.child(0).map(Node::text),
        _ => None,
    }
}

/// The fields that a file assigns to, with the last name of what they belong to: `client`, `Timeout`.
pub(super) struct Assigned<'a>(FxHashSet<(&'a str, &'a str)>);

impl<'a> Assigned<'a> {
    /// Those of a file.
    pub(super) fn of(file: File<'a>) -> Self {
        let mut found = FxHashSet::default();
        for statement in file.root().find_all(Kind::AssignmentStatement) {
            for target in statement.list(Field::Left) {
                if let (Some(owner), Some(field)) = (target.field(Field::Operand), target.field(Field::Field))
                {
                    found.insert((last_name(owner), field.text()));
                }
            }
        }
        Self(found)
    }

    /// Whether any of these fields is assigned to on something of this name.
    pub(super) fn sets(&self, name: Option<&str>, fields: &[&str]) -> bool {
        name.is_some_and(|n| fields.iter().any(|f| self.0.contains(&(n, *f))))
    }
}

/// Whether the file is a test, or made for tests.
pub(super) fn is_for_tests(file: File<'_>) -> bool {
    file.facts().is_test || file.imports("testing")
}

/// The functions around a node, literals among them, innermost first.
pub(super) fn functions_around(node: Node<'_>) -> impl Iterator<Item = Function<'_>> {
    node.ancestors().filter_map(Function::of)
}

/// Whether a request passes through here: any function around it takes one.
pub(super) fn is_in_handler(node: Node<'_>) -> bool {
    functions_around(node).any(Function::is_request_path)
}

/// The name of the declaration around a node.
pub(super) fn declared_name(node: Node<'_>) -> &str {
    let declaration = node.enclosing_declaration();
    declaration
        .and_then(|d| d.field(Field::Name))
        .map_or("", Node::text)
}

/// The text of the function or literal around a node; empty where it is too long to be searched for each node in it.
pub(super) fn text_around(node: Node<'_>) -> &str {
    let declaration = node.enclosing_declaration();
    let text = declaration.map_or("", Node::text);
    if text.len() <= 40_000 { text } else { "" }
}

/// Whether a constant address can only be this machine: loopback, or a Unix socket.
pub(super) fn is_local_address(address: &str) -> bool {
    ["localhost", "127.", "[::1]", "unix:", "/"]
        .iter()
        .any(|p| address.starts_with(p))
}
