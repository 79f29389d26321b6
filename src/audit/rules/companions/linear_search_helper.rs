//! `linear-search-helper`: a loop that only looks for an element and sets or returns a bool or index.

use crate::audit::{Check, Field, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, next_statement, only, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "linear-search-helper",
    title: "a loop that only looks for an element and sets or returns a bool or index",
    items: &["AR-complexity"],
    since: Some(GoVersion(21)),
    what: "A range over a slice only looks for an element and returns or sets a bool or the index.",
    why: "slices.Contains says what is meant; where it is hot, a set looks once instead of at each element.",
    peers: &["slicescontains"],
    before: r#"
func has(xs []int, x int) bool {
	for _, v := range xs { // want
		if v == x {
			return true
		}
	}
	return false
}"#,
    after: r#"
func has(xs []int, x int) bool {
	return slices.Contains(xs, x)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some(over) = turn.ranged().filter(|o| o.ty().is_some_and(|t| t.is_slice())) else {
        return;
    };
    let (key, value) = turn.range_targets();
    let Some(test) = only(turn.body()).filter(|t| t.is(Kind::IfStatement)) else {
        return;
    };
    let is_bare = test.field(Field::Alternative).is_none() && test.field(Field::Initializer).is_none();
    let (Some(condition), Some(then)) = (
        test.field(Field::Condition).filter(|_| is_bare),
        test.field(Field::Consequence),
    ) else {
        return;
    };
    let Some(result) = found(then, turn, key) else {
        return;
    };
    let by_value = |n: Node<'_>| n.local().is_some() && value.is_some_and(|v| v.local() == n.local());
    let equal = sides(condition, &["=="]).filter(|(l, _, r)| {
        let other = if by_value(*l) { *r } else { *l };
        (by_value(*l) || by_value(*r)) && !other.uses_any(&turn.loop_variables())
    });
    let uses_value = value.and_then(Node::local).is_some_and(|v| condition.uses(v));
    if !uses_value {
        return;
    }
    let name = match (result, equal.is_some()) {
        ("index", true) => "slices.Index",
        ("index", false) => "slices.IndexFunc",
        (_, true) => "slices.Contains",
        _ => "slices.ContainsFunc",
    };
    hits.report(
        turn,
        format!("the loop only looks for an element of {}", over.text()),
    )
    .fix(format!("{name}, or a set where it is hot"));
}

/// What the loop makes known: `return true` before `return false`, `return i` before `return -1`, `found = true; break`.
fn found<'a>(then: Node<'a>, turn: Node<'a>, key: Option<Node<'a>>) -> Option<&'static str> {
    let statements: Vec<Node<'_>> = then.statements().collect();
    match statements.as_slice() {
        [one] if one.is(Kind::ReturnStatement) => {
            let after = next_statement(turn)
                .filter(|n| n.is(Kind::ReturnStatement))?
                .text();
            let value = one.text();
            let is_index =
                key.is_some_and(|k| value == format!("return {}", k.text())) && after == "return -1";
            let is_bool = (value == "return true" && after == "return false")
                || (value == "return false" && after == "return true");
            if is_index {
                Some("index")
            } else {
                is_bool.then_some("bool")
            }
        }
        [set, leave] if leave.is(Kind::BreakStatement) => {
            let (_, operator, value) = assignment(*set)?;
            (operator == "=" && value.is(Kind::True)).then_some("bool")
        }
        _ => None,
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
            r#"func f(xs []int) int { for i, v := range xs { // want
 if v > 3 { return i } }; return -1 }"#,
        );
        fires(
            &RULE,
            r#"func f(xs []int) (found bool) { for _, v := range xs { // want
 if v == 3 { found = true; break } }; return }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) bool { for _, v := range xs { if v == 3 { use(v); return true } }; return false }"#,
        );
        silent(
            &RULE,
            r#"func f(xs map[int]int) bool { for _, v := range xs { if v == 3 { return true } }; return false }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) int { for _, v := range xs { if v == 3 { return v } }; return 0 }"#,
        );
    }
}
