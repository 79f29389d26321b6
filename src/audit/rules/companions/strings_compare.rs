//! `strings-compare`: strings.Compare(a, b) compared with 0, 1 or -1.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "strings-compare",
    title: "strings.Compare(a, b) compared with 0, 1 or -1",
    items: &["GO5"],
    what: "The result of strings.Compare is compared with 0, 1 or -1.",
    why: "The operators are shorter and faster.",
    peers: &["stringsCompare"],
    before: r#"
func f(a, b string) bool {
	return strings.Compare(a, b) == 0 // want
}"#,
    after: r#"
func f(a, b string) bool {
	return a == b
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, operator, right)) = sides(node, &["==", "!=", "<", ">", "<=", ">="]) else {
        return;
    };
    let is_compare = |n: Node<'_>| n.is_call_to("strings.Compare");
    let is_sign = |n: Node<'_>| n.constant_integer().is_some_and(|v| (-1..=1).contains(&v));
    if !(is_compare(left) && is_sign(right) || is_compare(right) && is_sign(left)) {
        return;
    }
    let instead = match (operator, right.constant_integer()) {
        (_, Some(0)) => format!("a {operator} b"),
        ("==", Some(1)) => "a > b".to_string(),
        ("==", Some(-1)) => "a < b".to_string(),
        _ => "==, < or >".to_string(),
    };
    hits.report(node, "strings.Compare where an operator says it")
        .fix(instead);
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(a, b string) bool { return strings.Compare(a, b) == -1 // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(a, b string) int { return strings.Compare(a, b) }"#,
        );
    }
}
