//! What the rules on strings.Builder and bytes.Buffer share: which are fresh, and which loops fill them.

use crate::audit::{Call, Field, Kind, Local, LocalKind, Node};

/// Loops of so few turns are not worth a Grow.
const FEW_TURNS: u64 = 4;

/// The local that a declaration makes with a fresh value of a type: `var b T`, `T{}`, `&T{}`, `new(T)`.
pub fn fresh<'a>(node: Node<'a>, type_name: &str) -> Option<Local<'a>> {
    let name = if node.is(Kind::VarSpec) {
        node.field(Field::Name)?
    } else {
        *node.list(Field::Left).first()?
    };
    let local = name.local().filter(|l| l.definition() == node)?;
    if !local.ty()?.is_or_points_to(type_name) {
        return None;
    }
    let is_bare = node.is(Kind::VarSpec) && node.field(Field::Value).is_none();
    let is_value = || local.ty().is_some_and(|t| !t.is_pointer());
    let is_fresh = match local.initial_value() {
        None => is_bare && is_value(),
        Some(value) => is_fresh_value(value),
    };
    is_fresh.then_some(local)
}

fn is_fresh_value(value: Node<'_>) -> bool {
    let value = value.unparen();
    let inner = match value.kind() {
        Kind::UnaryExpression if value.text().starts_with('&') => {
            value.field(Field::Operand).map(Node::unparen)
        }
        _ => Some(value),
    };
    let is_empty =
        |n: Node<'_>| n.is(Kind::CompositeLiteral) && n.body().is_some_and(|b| b.child(0).is_none());
    let is_empty_buffer =
        |c: &Call<'_>| c.is_to("bytes.NewBuffer") && c.argument(0).is_some_and(|a| a.is(Kind::Nil));
    inner.is_some_and(is_empty)
        || value
            .call()
            .is_some_and(|c| c.is_to("new") || is_empty_buffer(&c))
}

/// The call `x.f(…)` that a use of `x` is the operand of.
pub fn method_call(use_: Node<'_>) -> Option<Call<'_>> {
    let selector = use_.parent().filter(|p| p.is(Kind::SelectorExpression))?;
    let call = selector.parent().filter(|p| p.is(Kind::CallExpression))?;
    let is_callee = selector.field_name() == Field::Function;
    is_callee.then(|| call.call()).flatten()
}

/// The loop around the declaration's next lines that fills it, where every write in it has a length that can be told
/// or bounded beforehand, and it is used in no other way than by its own methods.
pub fn countable_filling(local: Local<'_>) -> Option<Node<'_>> {
    let mut filling = None;
    for use_ in local.uses() {
        let call = method_call(use_)?;
        match call.callee.name {
            "Grow" | "Reset" | "Truncate" => return None,
            "Write" | "WriteString" | "WriteByte" | "WriteRune" => {
                if use_.literal_inside(local.declaration()).is_some() {
                    return None;
                }
                filling = filling.or(filled_by(&call, local)?);
            }
            _ => {}
        }
    }
    filling
}

/// `Some(None)` for a write outside loops, `Some(loop)` for one of known length, `None` where it cannot be told.
fn filled_by<'a>(call: &Call<'a>, local: Local<'a>) -> Option<Option<Node<'a>>> {
    let outside = |l: &Node<'a>| !l.contains(local.declaration());
    let loops: Vec<Node<'a>> = call.node.enclosing_loops().take_while(outside).collect();
    let Some(outer) = loops.last().copied() else {
        return Some(None);
    };
    if !loops.iter().all(|l| is_counted(*l)) || !has_length(call, outer) {
        return None;
    }
    let mut turns = loops.iter().map(|l| l.constant_turns());
    let turns = turns.try_fold(1_u64, |all, n| Some(all.saturating_mul(n?)));
    if turns.is_some_and(|n| n <= FEW_TURNS) {
        return Some(None);
    }
    Some(Some(outer))
}

/// Ranges and loops with all three clauses; of an unknown operand those with two variables.
fn is_counted(node: Node<'_>) -> bool {
    let (_, value) = node.range_targets();
    let is_call = node.ranged().is_some_and(|r| r.is(Kind::CallExpression));
    node.is_counted().unwrap_or(value.is_some() && !is_call)
}

/// A byte, a rune, a constant, a number's text, or a string that can be seen before the loop: one of outside it or a
/// part of what it ranges over.
fn has_length<'a>(call: &Call<'a>, outer: Node<'a>) -> bool {
    if matches!(call.callee.name, "WriteByte" | "WriteRune") {
        return true;
    }
    let Some(written) = call.argument(0).map(Node::unparen) else {
        return false;
    };
    if written.is_constant() || written.is_call_to("strconv.Itoa|FormatInt|FormatBool|FormatUint") {
        return true;
    }
    let Some(local) = super::super::value::root(written).and_then(Node::local) else {
        return false;
    };
    let is_path = matches!(
        written.kind(),
        Kind::Identifier | Kind::SelectorExpression | Kind::IndexExpression
    );
    is_path && (local.kind() == LocalKind::Range || !outer.contains(local.declaration()))
}
