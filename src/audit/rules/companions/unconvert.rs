//! `unconvert`: a conversion of a value to the type it has.

use crate::audit::{Check, Field, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unconvert",
    title: "a conversion of a value to the type it has",
    items: &["AR-complexity"],
    what: "A variable, or a call of len or cap, is converted to the type that it has.",
    why: "It does nothing, or hides that a type was changed once.",
    peers: &["unconvert"],
    before: r#"
func f(n int) int {
	return int(n) // want
}"#,
    after: r#"
func f(n int) int {
	return n
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::TypeConversionExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let (to, value) = match node.kind() {
        Kind::CallExpression => {
            let to = node
                .field(Field::Function)
                .map(Node::unparen)
                .filter(|f| names_type(*f));
            (to, only_argument(node))
        }
        _ => (node.field(Field::Type), node.field(Field::Operand)),
    };
    let (Some(to), Some(value)) = (to, value.map(Node::unparen)) else {
        return;
    };
    let is_length = value.is_call_to("len") || value.is_call_to("cap");
    let is_variable =
        value.is(Kind::Identifier) && value.local().is_some_and(is_typed) && !value.is_constant();
    if (is_length || is_variable) && node.ty().is_some() && node.ty() == value.ty() && !is_generic(node) {
        hits.report(node, format!("{} is a {} already", value.text(), to.text()))
            .fix(value.text());
    }
}

/// A predeclared type, or one of the package.
fn names_type(function: Node<'_>) -> bool {
    const BASICS: [&str; 16] = [
        "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
        "uintptr", "byte", "rune", "float32", "float64",
    ];
    let name = function.text();
    let package = function.package();
    let is_type = BASICS.contains(&name) && package.function_named(name).is_none()
        || package.type_named(name).is_some();
    function.is(Kind::Identifier) && function.local().is_none() && is_type
}

fn only_argument(call: Node<'_>) -> Option<Node<'_>> {
    let list = call.field(Field::Arguments)?;
    list.child(0).filter(|_| list.child(1).is_none())
}

/// Its type is written, or that of a range or a call; not what a switch of types made of it.
fn is_typed(local: crate::audit::Local<'_>) -> bool {
    local.kind() == crate::audit::LocalKind::Parameter || local.type_node().is_some()
}

/// In a generic function a name may be a type parameter.
fn is_generic(node: Node<'_>) -> bool {
    let declaration = node.enclosing_declaration();
    declaration.is_some_and(|d| d.field(Field::TypeParameters).is_some() || d.text().contains("[T"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(s string, xs []int) { use(string(s), 1) // want
 }"#,
        );
        fires(
            &RULE,
            r#"func f(xs []int) { use(int(len(xs))) // want
 }"#,
        );
        silent(
            &RULE,
            r#"type N int; func f(n N, m int64, b []byte) { use(int(n), int(m), string(b), N(n2), int(3)) }; var n2 int"#,
        );
        silent(&RULE, r#"func f[T any](x T) { use(T(x)) }"#);
    }
}
