//! In which lines a hit's heat is looked for, and which lines belong to which function.

use serde::Serialize;

use super::names::Function;
use super::node::Node;
use super::program::Program;
use super::rule::Scope;
use super::syntax::{Field, Kind};

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Lines {
    /// Path relative to the root.
    pub file: String,
    /// The first, from 1.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// A function or method with a body, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Declared {
    /// Its lines.
    pub lines: Lines,
    /// Its name as a profile shows it.
    pub name: String,
}

/// All functions and methods of a program by file and line.
pub(super) fn declared(program: &Program) -> Vec<Declared> {
    let of_package = |p: super::Package<'_>| {
        let functions = p.functions().into_iter().filter_map(Function::of);
        let declared = |f: Function<'_>| Declared {
            lines: whole(f.node),
            name: f.profile_name(),
        };
        functions.map(declared).collect::<Vec<_>>()
    };
    let mut all: Vec<Declared> = program.packages().flat_map(of_package).collect();
    all.sort();
    all.dedup();
    all
}

/// The lines of a node.
pub(super) fn whole(node: Node<'_>) -> Lines {
    lines(node, node.line(), node.end_position().0)
}

fn lines(node: Node<'_>, first: u32, last: u32) -> Lines {
    Lines {
        file: node.file().path().to_string(),
        first,
        last: last.max(first),
    }
}

/// The lines of a scope around a reported node; none for the whole program.
pub(super) fn of_scope(scope: Scope, node: Node<'_>) -> Vec<Lines> {
    let statement = node.statement().unwrap_or(node);
    let function = || node.enclosing_declaration().unwrap_or(statement);
    match scope {
        Scope::Program => Vec::new(),
        Scope::Line => vec![without_blocks(statement)],
        Scope::Stmt => vec![whole(statement)],
        Scope::Loop if node.kind().is_loop() => vec![whole(node)],
        Scope::Loop => vec![whole(node.enclosing_loop().unwrap_or(statement))],
        Scope::Func => vec![whole(function())],
        Scope::Type => methods(node).unwrap_or_else(|| vec![whole(function())]),
        Scope::GoEntry => entry(node).unwrap_or_else(|| vec![whole(function())]),
    }
}

/// A statement up to the block that it begins.
fn without_blocks(statement: Node<'_>) -> Lines {
    let block = match statement.kind() {
        Kind::ForStatement | Kind::FunctionDeclaration | Kind::MethodDeclaration => statement.body(),
        Kind::IfStatement => statement.field(Field::Consequence),
        Kind::SelectStatement | Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement => {
            return lines(statement, statement.line(), statement.line());
        }
        _ => None,
    };
    let last = block.map_or(statement.end_position().0, Node::line);
    lines(statement, statement.line(), last)
}

/// The methods of the type that the node declares, or whose method it stands in.
fn methods(node: Node<'_>) -> Option<Vec<Lines>> {
    let mut around = std::iter::once(node).chain(node.ancestors());
    let spec = around.find(|n| n.is(Kind::TypeSpec));
    let name = match spec {
        Some(spec) => spec.field(Field::Name)?.text(),
        None => Function::of(node.enclosing_declaration()?)?.receiver_type()?,
    };
    let methods = node.package().methods_of(name);
    let of_method = |m: &Node<'_>| m.enclosing_declaration().map(whole);
    let lines: Vec<Lines> = methods.iter().filter_map(of_method).collect();
    (!lines.is_empty()).then_some(lines)
}

/// The `go` statement and the function that it starts.
fn entry(node: Node<'_>) -> Option<Vec<Lines>> {
    let mut around = std::iter::once(node).chain(node.ancestors());
    let start = around.find(|n| n.is(Kind::GoStatement))?;
    let started = start.call().and_then(|c| c.callee.declaration);
    let own = std::iter::once(whole(start));
    Some(own.chain(started.map(whole)).collect())
}
