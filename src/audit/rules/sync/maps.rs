//! What is done to a map, one use of it after the other.

use crate::audit::{Field, Kind, Node};

/// A use of a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MapUse {
    /// `m[k]` is read.
    Get,
    /// `m[k] = v`.
    Insert,
    /// `m[k]++`, `m[k] = append(m[k], …)`.
    Update,
    /// `delete(m, k)`.
    Delete,
    /// `m = make(…)`, a comparison with nil.
    Prepare,
    /// Its length, a range, anything else.
    Whole,
}

/// What is done to the map that a node means, with the key.
pub(super) fn map_use(map: Node<'_>) -> (MapUse, Option<Node<'_>>) {
    let Some(parent) = map.parent() else {
        return (MapUse::Whole, None);
    };
    match parent.kind() {
        Kind::IndexExpression if map.field_name() == Field::Operand => {
            (index_use(parent, map), parent.field(Field::Index))
        }
        Kind::ArgumentList => {
            let call = parent.parent().and_then(Node::call);
            let deletes = call.filter(|c| c.is_to("delete"));
            deletes.map_or((MapUse::Whole, None), |c| (MapUse::Delete, c.argument(1)))
        }
        Kind::BinaryExpression if parent.text().ends_with("nil") => (MapUse::Prepare, None),
        _ if map.is_assigned() => {
            let value = map.assigned_value();
            let is_new = value.is_some_and(|v| v.is_call_to("make") || v.is(Kind::CompositeLiteral));
            (if is_new { MapUse::Prepare } else { MapUse::Whole }, None)
        }
        _ => (MapUse::Whole, None),
    }
}

fn index_use(index: Node<'_>, map: Node<'_>) -> MapUse {
    if !index.is_assigned() {
        // `m[k].n++` and `m[k][j] = v` change what is behind the key, not the map.
        return MapUse::Get;
    }
    let again = index
        .assigned_value()
        .is_some_and(|v| v.text().contains(map.text()));
    let statement = index.statement();
    let is_plain = statement.is_some_and(|s| {
        s.is(Kind::AssignmentStatement) && s.field(Field::Operator).is_some_and(|o| o.text() == "=")
    });
    if again || !is_plain {
        MapUse::Update
    } else {
        MapUse::Insert
    }
}

/// The uses of one function, in source order.
pub(super) type Uses<'a> = Vec<(MapUse, Option<Node<'a>>)>;

/// Whether these uses of one function only get, or get and insert what is absent.
pub(super) fn only_fills(uses: &Uses<'_>) -> bool {
    uses.iter().enumerate().all(|(at, (what, key))| match what {
        MapUse::Get | MapUse::Prepare => true,
        MapUse::Insert => {
            let is_same = |k: Option<Node<'_>>| k.map(Node::text) == key.map(Node::text);
            uses.iter()
                .take(at)
                .any(|(w, k)| *w == MapUse::Get && is_same(*k))
        }
        _ => false,
    })
}
