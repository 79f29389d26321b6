//! `append-loop-bug`: in a range over xs, append(out, xs...) of the ranged slice itself.

use crate::audit::{Call, Check, Class, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::same;

/// The rule.
pub const RULE: Rule = Rule {
    id: "append-loop-bug",
    title: "in a range over xs, append(out, xs...) of the ranged slice itself",
    items: &["GO6"],
    class: Class::Correctness,
    what: "In a range over a slice the whole slice is appended on every turn.",
    why: "The result grows with the square of the elements; the element was meant.",
    peers: &["rangeAppendAll"],
    before: r#"
func f(xs []int) (out []int) {
	for _, x := range xs {
		if x > 0 {
			out = append(out, xs...) // want
		}
	}
	return out
}"#,
    after: r#"
func f(xs []int) (out []int) {
	for _, x := range xs {
		if x > 0 {
			out = append(out, x)
		}
	}
	return out
}"#,
    check: Check::Calls(&["append"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let last = call.arguments().pop().filter(|a| a.is(Kind::VariadicArgument));
    let Some(spread) = last.and_then(|a| a.child(0)) else {
        return;
    };
    let is_ranged = |l: &Node<'_>| l.ranged().is_some_and(|r| same(r, spread));
    let Some(turn) = call.node.enclosing_loops().find(is_ranged) else {
        return;
    };
    let changes = spread
        .local()
        .is_none_or(|l| l.writes().any(|w| turn.contains(w)));
    if !changes && turn.leaves().is_empty() {
        hits.report(
            call.node,
            format!(
                "all of {} is appended on every turn of the range over it",
                spread.text()
            ),
        )
        .fix("append the element");
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
            r#"func f(xs, ys []int) (out []int) { for range xs { out = append(out, ys...) }; return out }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) (out []int) { for range xs { out = append(out, xs...); break }; return out }"#,
        );
    }
}
