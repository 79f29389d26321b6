//! `append-loop`: for _, v := range ys { x = append(x, v) } and nothing else in the body.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{only, own_append};

/// The rule.
pub const RULE: Rule = Rule {
    id: "append-loop",
    title: "for _, v := range ys { x = append(x, v) } and nothing else in the body",
    items: &["GO6"],
    what: "A range over a slice whose body only appends the element to another slice of the same type.",
    why: "One append of the whole copies at once and grows once.",
    peers: &["S1011", "rangeToAppend"],
    before: r#"
func f(xs, ys []int) []int {
	for _, y := range ys { // want
		xs = append(xs, y)
	}
	return xs
}"#,
    after: r#"
func f(xs, ys []int) []int {
	return append(xs, ys...)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some(over) = turn.ranged() else { return };
    let (None, Some(value)) = turn.range_targets() else {
        return;
    };
    let Some((slice, call)) = only(turn.body()).and_then(own_append) else {
        return;
    };
    let is_value = call
        .argument(1)
        .and_then(Node::local)
        .is_some_and(|l| Some(l) == value.local());
    let is_one = is_value && call.arguments().len() == 2 && !call.is_spread();
    let types = over.ty().zip(slice.ty());
    let fits = types.is_some_and(|(o, s)| o.is_slice() && s.is_slice() && o.element() == s.element());
    if is_one && fits && over.text() != slice.text() {
        let (slice, over) = (slice.text(), over.text());
        hits.report(
            turn,
            format!("the elements of {over} are appended to {slice} one by one"),
        )
        .fix(format!("{slice} = append({slice}, {over}...)"));
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
            r#"func f(xs []any, ys []int) { for _, y := range ys { xs = append(xs, y) }; use(xs) }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int, ys map[int]int) { for _, y := range ys { xs = append(xs, y) }; use(xs) }"#,
        );
        silent(
            &RULE,
            r#"func f(xs, ys []int) { for _, y := range ys { xs = append(xs, y+1) }; for _, y := range ys { xs = append(xs, y); use(y) } }"#,
        );
    }
}
