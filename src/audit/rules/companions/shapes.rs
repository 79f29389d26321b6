//! Forms of statements and expressions that many small checks look for.

use crate::audit::{Call, Field, Kind, Node};

/// Whether two expressions are written alike and give the same each time: no calls and no receives in them.
pub(super) fn same(one: Node<'_>, other: Node<'_>) -> bool {
    one.unparen().text() == other.unparen().text() && is_pure(one)
}

/// Names, fields, elements, literals and operators on them.
pub(super) fn is_pure(node: Node<'_>) -> bool {
    let mut all = std::iter::once(node).chain(node.descendants());
    all.all(|n| match n.kind() {
        Kind::CallExpression => n.call().is_some_and(|c| c.is_to("len") || c.is_to("cap")),
        Kind::FuncLiteral => false,
        Kind::UnaryExpression => !n.text().starts_with("<-"),
        _ => true,
    })
}

/// The only statement of a block or loop.
pub(super) fn only(block: Option<Node<'_>>) -> Option<Node<'_>> {
    let mut statements = block?.statements();
    let first = statements.next()?;
    statements.next().is_none().then_some(first)
}

/// `x = y` or `x := y` with one value on each side, and what stands between.
pub(super) fn assignment(node: Node<'_>) -> Option<(Node<'_>, &str, Node<'_>)> {
    let operator = match node.kind() {
        Kind::AssignmentStatement => node.field(Field::Operator)?.text(),
        Kind::ShortVarDeclaration => ":=",
        _ => return None,
    };
    match (
        node.list(Field::Left).as_slice(),
        node.list(Field::Right).as_slice(),
    ) {
        ([left], [right]) => Some((*left, operator, *right)),
        _ => None,
    }
}

/// `x = append(x, …)`: the slice and the call.
pub(super) fn own_append(node: Node<'_>) -> Option<(Node<'_>, Call<'_>)> {
    let (left, operator, right) = assignment(node).filter(|_| node.is(Kind::AssignmentStatement))?;
    let call = right.call().filter(|c| c.is_to("append"))?;
    let is_own = operator == "=" && same(left, call.argument(0)?);
    is_own.then_some((left, call))
}

/// The two sides of a comparison or other operation.
pub(super) fn sides<'a>(node: Node<'a>, operators: &[&str]) -> Option<(Node<'a>, &'a str, Node<'a>)> {
    let node = node.unparen();
    let operator = node
        .field(Field::Operator)
        .filter(|_| node.is(Kind::BinaryExpression))?;
    let is_wanted = operators.contains(&operator.text());
    let (left, right) = (node.field(Field::Left)?, node.field(Field::Right)?);
    is_wanted.then_some((left.unparen(), operator.text(), right.unparen()))
}

/// `x` and `i` of `x[i]`.
pub(super) fn indexed(node: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let node = node.unparen();
    let index = node
        .field(Field::Index)
        .filter(|_| node.is(Kind::IndexExpression))?;
    Some((node.field(Field::Operand)?, index.unparen()))
}

/// The zero value of some type as a literal.
pub(super) fn is_zero(node: Node<'_>) -> bool {
    let node = node.unparen();
    matches!(node.kind(), Kind::Nil | Kind::False)
        || matches!(node.text(), "0" | "0.0" | "\"\"" | "``" | "'\\x00'")
        || (node.is(Kind::CompositeLiteral)
            && node.body().is_some_and(|b| b.child(0).is_none())
            && node.ty().is_some_and(|t| t.is_struct()))
}

/// The next statement of the same list.
pub(super) fn next_statement(node: Node<'_>) -> Option<Node<'_>> {
    node.next_sibling().filter(|n| n.kind().is_statement())
}
