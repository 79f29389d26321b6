//! `slice-lit`: a make with a small constant length followed by an assignment to each index.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, indexed, next_statement};

/// The rule.
pub const RULE: Rule = Rule {
    id: "slice-lit",
    title: "a make with a small constant length followed by an assignment to each index",
    items: &["GO6"],
    what: "A make with a small constant length is followed by an assignment to each index.",
    why: "A literal needs no bounds checks and shows the elements.",
    peers: &["sliceLit"],
    before: r#"
func f(a, b int) []int {
	xs := make([]int, 2) // want
	xs[0] = a
	xs[1] = b
	return xs
}"#,
    after: r#"
func f(a, b int) []int {
	return []int{a, b}
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration], check),
    ..COMPANION
};

const MAX_LENGTH: i64 = 16;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((name, ":=", value)) = assignment(node) else {
        return;
    };
    let make = value
        .call()
        .filter(|c| c.is_to("make") && value.ty().is_some_and(|t| t.is_slice()));
    let arguments = make.map_or(Vec::new(), |c| c.arguments());
    let [_, length] = arguments.as_slice() else { return };
    let Some(length) = length.constant_integer().filter(|n| (1..=MAX_LENGTH).contains(n)) else {
        return;
    };
    let mut statement = node;
    for at in 0..length {
        let next = next_statement(statement).and_then(|s| Some((s, assignment(s)?)));
        let Some((next, (left, "=", right))) = next else {
            return;
        };
        let is_next =
            indexed(left).is_some_and(|(x, i)| x.text() == name.text() && i.constant_integer() == Some(at));
        if !is_next || right.text().contains(name.text()) {
            return;
        }
        statement = next;
    }
    hits.report(
        node,
        format!("{} is made and then filled index by index", name.text()),
    )
    .fix("a literal with the elements");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(a int) { xs := make([]int, 2); xs[0] = a; use(xs) }"#,
        );
        silent(
            &RULE,
            r#"func f(a, n int) { xs := make([]int, n); xs[0] = a; use(xs) }"#,
        );
    }
}
