//! `slice-clear`: a loop that sets every element to the zero value.

use crate::audit::{Check, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, indexed, is_zero, only, same, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "slice-clear",
    title: "a loop that sets every element to the zero value",
    items: &["GO6"],
    since: Some(GoVersion(21)),
    what: "A loop that sets every element of a slice to its zero value.",
    why: "clear does it with the widest stores that the machine has.",
    peers: &["sliceClear"],
    before: r#"
func f(xs []int) {
	for i := range xs { // want
		xs[i] = 0
	}
}"#,
    after: r#"
func f(xs []int) {
	clear(xs)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, "=", right)) = only(turn.body()).and_then(assignment).filter(|a| is_zero(a.2)) else {
        return;
    };
    let _ = right;
    let Some((list, at)) = indexed(left) else { return };
    let key = turn.loop_variables().first().copied();
    let over = match turn.as_loop() {
        Some(crate::audit::Loop::Range { over }) => Some(over.unparen()),
        Some(crate::audit::Loop::Clause {
            initializer: Some(start),
            condition: Some(condition),
            ..
        }) => {
            let from_start = assignment(start).is_some_and(|a| a.2.text() == "0");
            let bound = sides(condition, &["<"]).filter(|_| from_start).map(|s| s.2);
            bound
                .and_then(Node::call)
                .filter(|c| c.is_to("len"))
                .and_then(|c| c.argument(0))
        }
        _ => None,
    };
    let is_key = at.is(Kind::Identifier) && key.is_some() && at.local() == key;
    let is_whole = over.is_some_and(|o| same(o, list)) && list.ty().is_some_and(|t| t.is_slice());
    // The nil of a pointer is a zero value, the nil in an interface is one too.
    if is_key && is_whole {
        hits.report(
            turn,
            format!("every element of {} is set to its zero value", list.text()),
        )
        .fix(format!("clear({})", list.text()));
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
            r#"func f(xs []*T) { for i := 0; i < len(xs); i++ { // want
 xs[i] = nil } }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int, m map[int]int, a [4]int) { for i := range xs { xs[i] = 1 }; for k := range m { m[k] = 0 }; for i := range a { a[i] = 0 } }"#,
        );
    }
}
