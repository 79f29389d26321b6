//! Rows and statements alike: closed on every path, and by defer.

use crate::audit::{Fate, Field, Hits, Kind, Node, Resource, Severity, Type};

/// What is to be closed.
pub(super) struct Closed {
    /// Whether a result is one.
    pub is_one: fn(&Type<'_>) -> bool,
    /// How it is followed.
    pub resource: Resource,
    /// What it is called where it has no name.
    pub name: &'static str,
    /// What is said where it is dropped.
    pub dropped: (&'static str, &'static str),
}

/// Calls that give such a thing, in statements and on right sides.
pub(super) const KINDS: &[Kind] = &[Kind::ExpressionList, Kind::ExpressionStatement];

/// Follows what a statement acquires.
pub(super) fn check(node: Node<'_>, what: &Closed, hits: &mut Hits<'_>) {
    let is_value =
        node.is(Kind::ExpressionStatement) || matches!(node.field_name(), Field::Right | Field::Value);
    let Some(call) = node
        .child(0)
        .filter(|_| is_value && node.child(1).is_none())
        .and_then(Node::call)
    else {
        return;
    };
    let types = call.node.result_types();
    let Some(at) = types.iter().position(|t| t.as_ref().is_some_and(what.is_one)) else {
        return;
    };
    let targets = call.node.targets();
    let name = targets.get(at).map_or(what.name, |t| t.text());
    let advice = format!("defer {name}.Close() right behind the test of the error");
    match what.resource.fate(&call, at) {
        Fate::Dropped => {
            hits.report(call.node, what.dropped.0).fix(what.dropped.1);
        }
        Fate::Open(ends) => {
            let line = ends.first().map_or(0, |end| end_line(*end));
            hits.report(
                call.node,
                format!("{name} stays open on the path that ends in line {line}"),
            )
            .fix(advice);
        }
        Fate::Closed(releases) => {
            let in_loop = call.node.enclosing_loop().is_some();
            let plain = releases
                .iter()
                .find(|(s, deferred)| !deferred && s.enclosing_loop().is_none());
            let is_deferred = releases.iter().any(|(_, deferred)| *deferred);
            if let Some((statement, _)) = plain.filter(|_| !is_deferred && !in_loop) {
                let text =
                    format!("{name} is closed, but not by defer: a panic or a later return leaves it open");
                hits.report(*statement, text).severity(Severity::Low).fix(advice);
            }
        }
        Fate::Elsewhere => {}
    }
}

/// The line in which a path ends: that of the return, or of the body's end.
pub(super) fn end_line(end: Node<'_>) -> u32 {
    if end.is(Kind::Block) {
        end.end_position().0
    } else {
        end.line()
    }
}
