//! `redundant-check`: if x != nil && len(x) > 0 on slices, maps, channels.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{same, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "redundant-check",
    title: "if x != nil && len(x) > 0 on slices, maps, channels",
    items: &["AR-complexity"],
    what: "x != nil stands beside a test of len(x) for a slice, map or channel.",
    why: "The length of nil is 0: one test is enough.",
    peers: &["redundantNilCheck"],
    before: r#"
func f(xs []int) bool {
	return xs != nil && len(xs) > 0 // want
}"#,
    after: r#"
func f(xs []int) bool {
	return len(xs) > 0
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, operator, right)) = sides(node, &["&&", "||"]) else {
        return;
    };
    let (nil, length): (_, &[&str]) = if operator == "&&" {
        ("!=", &[">", "!=", ">="])
    } else {
        ("==", &["==", "<"])
    };
    let Some((x, _, n)) = sides(left, &[nil]).filter(|s| s.2.is(Kind::Nil)) else {
        return;
    };
    let _ = n;
    let Some((len, how, bound)) = sides(right, length) else {
        return;
    };
    let of = len.call().filter(|c| c.is_to("len")).and_then(|c| c.argument(0));
    let is_empty = match how {
        ">=" | "<" => bound.constant_integer() == Some(1),
        _ => bound.constant_integer() == Some(0),
    };
    let is_list = x
        .ty()
        .is_some_and(|t| t.is_slice() || t.is_map() || t.is_channel());
    if is_empty && is_list && of.is_some_and(|o| same(o, x)) {
        hits.report(
            node,
            format!("the test for nil says nothing beside the length of {}", x.text()),
        )
        .fix(right.text());
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(m map[int]int) bool { return m == nil || len(m) == 0 // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(p *[4]int, xs, ys []int) { use(p != nil && len(p) > 0, xs != nil && len(ys) > 0, xs != nil && len(xs) > 2, xs != nil || len(xs) > 0) }"#,
        );
    }
}
