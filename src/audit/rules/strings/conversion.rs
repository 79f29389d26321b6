//! Conversions between strings and bytes, which several rules of this group look for.

use crate::audit::{Field, Kind, Node};

/// `string(b)` or `[]byte(s)`.
#[derive(Clone, Copy)]
pub(super) enum Conversion<'a> {
    /// `string(b)` of a byte slice.
    ToString(Node<'a>),
    /// `[]byte(s)` of a string that is no constant.
    ToBytes(Node<'a>),
}

/// The conversion that an expression is.
pub(super) fn conversion(node: Node<'_>) -> Option<Conversion<'_>> {
    let node = node.unparen();
    if let Some(operand) = call_of(node, "string") {
        return operand
            .ty()
            .filter(crate::audit::types::Type::is_bytes)
            .map(|_| Conversion::ToString(operand));
    }
    if !node.is(Kind::TypeConversionExpression) {
        return None;
    }
    let is_bytes = node.field(Field::Type)?.as_type()?.is("[]byte");
    let operand = node.field(Field::Operand)?;
    let is_string = is_bytes && !operand.is_constant() && operand.ty().is_some_and(|t| t.is_string());
    is_string.then_some(Conversion::ToBytes(operand))
}

/// The bytes of `string(b)`.
pub(super) fn bytes_of(node: Node<'_>) -> Option<Node<'_>> {
    match conversion(node)? {
        Conversion::ToString(bytes) => Some(bytes),
        Conversion::ToBytes(_) => None,
    }
}

/// The string of `[]byte(s)`.
pub(super) fn string_of(node: Node<'_>) -> Option<Node<'_>> {
    match conversion(node)? {
        Conversion::ToBytes(string) => Some(string),
        Conversion::ToString(_) => None,
    }
}

/// The operand of a conversion that is written like a call of this predeclared type.
fn call_of<'a>(node: Node<'a>, name: &str) -> Option<Node<'a>> {
    if !node.is(Kind::CallExpression) {
        return None;
    }
    let function = node.field(Field::Function)?.unparen();
    let is_own = function.local().is_some() || function.package().function_named(name).is_some();
    if !function.is(Kind::Identifier) || function.text() != name || is_own {
        return None;
    }
    let list = node.field(Field::Arguments)?;
    list.child(0).filter(|_| list.child(1).is_none())
}

/// The node outside the parentheses around it.
pub(super) fn outside(mut node: Node<'_>) -> Node<'_> {
    while let Some(parent) = node.parent().filter(|p| p.is(Kind::ParenthesizedExpression)) {
        node = parent;
    }
    node
}
