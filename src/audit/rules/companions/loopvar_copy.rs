//! `loopvar-copy`: v := v at the top of a loop (only go ≥ 1.22).

use crate::audit::{Check, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::assignment;

/// The rule.
pub const RULE: Rule = Rule {
    id: "loopvar-copy",
    title: "v := v at the top of a loop (only go ≥ 1.22)",
    items: &["GO1"],
    since: Some(GoVersion(22)),
    what: "A loop's variable is copied to one of the same name.",
    why: "Since Go 1.22 each turn has a variable of its own.",
    peers: &["copyloopvar", "forvar"],
    before: r#"
func f(xs []int) {
	for _, x := range xs {
		x := x // want
		go use(&x)
	}
}"#,
    after: r#"
func f(xs []int) {
	for _, x := range xs {
		go use(&x)
	}
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, ":=", right)) = assignment(node) else {
        return;
    };
    if left.text() != right.text() {
        return;
    }
    let turn = node
        .parent()
        .and_then(Node::parent)
        .filter(|t| t.is(Kind::ForStatement));
    let is_variable = turn.is_some_and(|t| right.local().is_some_and(|l| t.loop_variables().contains(&l)));
    // A loop that counts would see changes of its own variable.
    let is_steady = left.local().is_some_and(|l| l.writes().next().is_none())
        || turn.is_some_and(|t| t.ranged().is_some());
    if is_variable && is_steady {
        hits.report(
            node,
            format!("{} is a variable of each turn already", left.text()),
        )
        .fix("drop the copy");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"// go 1.21
func f(xs []int) { for _, x := range xs { x := x; use(&x) } }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) { for _, x := range xs { y := x; use(&y) }; z := 1; { z := z; use(z) } }"#,
        );
        silent(
            &RULE,
            r#"func f() { for i := 0; i < 9; i++ { i := i; i++; use(i) } }"#,
        );
    }
}
