//! What the rules on sync.Pool share: the object that a Get gives, resets, and the Puts of a package.

use rustc_hash::FxHashSet;

use super::growth::method_call;
use crate::audit::rules::value::root;
use crate::audit::{Call, Field, Kind, Local, LocalKind, Node, Package, Type};

/// The local that gets `p.Get().(T)`, and the type that is asserted.
pub fn got<'a>(get: &Call<'a>) -> Option<(Local<'a>, Type<'a>)> {
    let assertion = get
        .node
        .parent()
        .filter(|p| p.is(Kind::TypeAssertionExpression))?;
    let target = *assertion.targets().first()?;
    let local = target
        .local()
        .filter(|l| target.is(Kind::Identifier) && l.kind() == LocalKind::Variable)?;
    Some((local, assertion.field(Field::Type)?.as_type()?))
}

/// Whether a function or method of this name brings an object to a known state.
fn is_reset_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["reset", "clear", "init"].iter().any(|w| lower.contains(w))
}

/// Whether a use brings the object to a known state: `x.Reset()`, `*x = T{}`, `clear(x)`, `x[:0]`, `resetX(x)`.
pub fn is_reset(use_: Node<'_>) -> bool {
    if method_call(use_).is_some_and(|c| is_reset_name(c.callee.name) || c.callee.name == "Truncate") {
        return true;
    }
    let mut around = use_.ancestors().take(5).take_while(|n| !n.kind().is_statement());
    around.any(|n| match n.kind() {
        Kind::SliceExpression => is_cut(n),
        // `*x = append(*x, …)` keeps what is there.
        Kind::UnaryExpression => {
            let value = n.assigned_value().map_or("", Node::text);
            n.text().starts_with('*') && n.is_assigned() && !value.contains(&format!("append({}", n.text()))
        }
        Kind::CallExpression => n.call().is_some_and(|c| is_reset_name(c.callee.name)),
        _ => false,
    })
}

/// `x[:0]`.
fn is_cut(slice: Node<'_>) -> bool {
    slice.field(Field::End).is_some_and(|e| e.text() == "0")
}

/// The pools of a package, by their last name, whose objects some function brings to a known state before their Put.
pub fn reset_at_put(package: Package<'_>) -> FxHashSet<&str> {
    let puts = package
        .functions()
        .into_iter()
        .filter(|f| f.text().contains("Put("));
    let calls = puts.flat_map(|f| f.calls().collect::<Vec<_>>());
    let cared_for = calls.filter(|c| c.is_to(".Put") && is_put_reset(c));
    cared_for.filter_map(|c| c.operand().map(pool_name)).collect()
}

/// `pool` of `s.pool`: in other methods the receiver may have another name.
pub fn pool_name(pool: Node<'_>) -> &str {
    pool.text().rsplit('.').next().unwrap_or_default()
}

/// Whether the value is reset before this Put: anywhere where it came from elsewhere, else as the last thing before.
fn is_put_reset(put: &Call<'_>) -> bool {
    let Some(value) = put.argument(0).and_then(root) else {
        return false;
    };
    let Some(local) = value.local() else { return false };
    let is_taken_here = local.initial_value().is_some_and(|v| v.text().contains(".Get()"));
    if !is_taken_here {
        return local.uses().any(is_reset);
    }
    let is_deferred = put.node.parent().is_some_and(|p| p.is(Kind::DeferStatement));
    let before = local.uses().take_while(|u| *u != value).last();
    !is_deferred && before.is_some_and(is_reset)
}
