//! `copy-loop`: a range that assigns element by element from one slice to another at equal or shifted index.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, indexed, is_pure, only, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-loop",
    title: "a range that assigns element by element from one slice to another at equal or shifted index",
    items: &["AR-simd"],
    what: "A loop assigns the elements of one slice to those of another of the same type at the same or a shifted index.",
    why: "copy moves 32 bytes and more at a time.",
    peers: &["S1001", "S1018", "rangeToCopy", "arrayCopy", "sliceSelfCopy"],
    before: r#"
func f(dst, src []int) {
	for i, v := range src { // want
		dst[i] = v
	}
}"#,
    after: r#"
func f(dst, src []int) {
	copy(dst, src)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, "=", right)) = only(turn.body()).and_then(assignment) else {
        return;
    };
    let variables = turn.loop_variables();
    let Some(key) = variables.first().copied() else {
        return;
    };
    let Some((target, to)) = indexed(left).filter(|(_, i)| steps_with(*i, key)) else {
        return;
    };
    let from = match variables.get(1) {
        Some(value) if right.local() == Some(*value) => turn.ranged().filter(|_| right.is(Kind::Identifier)),
        _ => indexed(right)
            .filter(|(_, i)| steps_with(*i, key))
            .map(|(from, _)| from),
    };
    let counts_up = turn.ranged().is_some() || turn.text().lines().next().is_some_and(|l| l.contains("++"));
    let Some(from) = from.filter(|_| counts_up) else {
        return;
    };
    let is_list = |n: Node<'_>| {
        n.ty()
            .is_some_and(|t| t.is_slice() || t.to_string().starts_with('['))
    };
    let fits = is_list(target)
        && is_list(from)
        && target.ty().and_then(|t| t.element()) == from.ty().and_then(|t| t.element());
    // A shift to the right within one slice repeats its first element.
    let spreads = target.text() == from.text() && !to.is(Kind::Identifier);
    let is_steady = |n: Node<'_>| is_pure(n) && !n.uses_any(&variables);
    if fits && !spreads && is_steady(target) && is_steady(from) {
        hits.report(
            turn,
            format!(
                "{} is copied to {} element by element",
                from.text(),
                target.text()
            ),
        )
        .fix(format!("copy({}, {})", target.text(), from.text()));
    }
}

/// The counter, or the counter with something unchanging added.
fn steps_with<'a>(index: Node<'a>, key: crate::audit::Local<'a>) -> bool {
    if index.is(Kind::Identifier) {
        return index.local() == Some(key);
    }
    sides(index, &["+", "-"]).is_some_and(|(left, _, right)| {
        left.is(Kind::Identifier) && left.local() == Some(key) && is_pure(right) && !right.uses(key)
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(a, b []int) { for i := range b { // want
 a[i] = b[i+1] } }"#,
        );
        fires(
            &RULE,
            r#"func f(a, b []int, n int) { for i := 0; i < n; i++ { // want
 a[i] = b[i] } }"#,
        );
        silent(
            &RULE,
            r#"func f(a []any, b []int) { for i, v := range b { a[i] = v } }"#,
        );
        silent(&RULE, r#"func f(a []int) { for i := range a { a[i+1] = a[i] } }"#);
        silent(
            &RULE,
            r#"func f(a, b []int) { for i, v := range b { a[i] = v * 2 }; for i, v := range b { a[v] = i } }"#,
        );
        silent(
            &RULE,
            r#"func f(a map[int]int, b []int) { for i, v := range b { a[i] = v } }"#,
        );
    }
}
