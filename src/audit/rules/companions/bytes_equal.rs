//! `bytes-equal`: bytes.Compare(a, b) == 0 or != 0.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "bytes-equal",
    title: "bytes.Compare(a, b) == 0 or != 0",
    items: &["AR-parser"],
    what: "The result of bytes.Compare is compared with 0 for equality.",
    why: "bytes.Equal compares lengths first and needs no order.",
    peers: &["S1004", "bytesCompare"],
    before: r#"
func f(a, b []byte) bool {
	return bytes.Compare(a, b) == 0 // want
}"#,
    after: r#"
func f(a, b []byte) bool {
	return bytes.Equal(a, b)
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, operator, right)) = sides(node, &["==", "!="]) else {
        return;
    };
    let is_compare = |n: Node<'_>| n.is_call_to("bytes.Compare");
    let is_zero = |n: Node<'_>| n.constant_integer() == Some(0);
    if (is_compare(left) && is_zero(right)) || (is_compare(right) && is_zero(left)) {
        let not = if operator == "!=" { "!" } else { "" };
        hits.report(node, "bytes.Compare orders where only equality is asked")
            .fix(format!("{not}bytes.Equal"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(a, b []byte) bool { return bytes.Compare(a, b) < 0 }"#,
        );
        fires(
            &RULE,
            r#"func f(a, b []byte) bool { return 0 != bytes.Compare(a, b) // want
 }"#,
        );
    }
}
