//! `map-copy-loop`: a range over one map that only inserts into another.

use crate::audit::{Check, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, indexed, is_pure, only};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-copy-loop",
    title: "a range over one map that only inserts into another",
    items: &["GO6"],
    since: Some(GoVersion(21)),
    what: "A range over one map that only inserts into another.",
    why: "maps.Copy says it in one call, maps.Clone copies whole tables.",
    peers: &["mapsloop"],
    before: r#"
func f(to, from map[string]int) {
	for k, v := range from { // want
		to[k] = v
	}
}"#,
    after: r#"
func f(to, from map[string]int) {
	maps.Copy(to, from)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(from), (Some(key), Some(value))) = (turn.ranged(), turn.range_targets()) else {
        return;
    };
    let Some((left, "=", right)) = only(turn.body()).and_then(assignment) else {
        return;
    };
    let Some((to, at)) = indexed(left) else { return };
    let is_same =
        |a: Node<'_>, b: Node<'_>| a.local().is_some() && a.local() == b.local() && a.is(Kind::Identifier);
    let fits = from
        .ty()
        .zip(to.ty())
        .is_some_and(|(f, t)| f.is_map() && t.is_map() && f.element() == t.element());
    if is_same(at, key)
        && is_same(right, value)
        && fits
        && !to.uses_any(&turn.loop_variables())
        && is_pure(to)
    {
        hits.report(
            turn,
            format!(
                "the entries of {} are copied to {} one by one",
                from.text(),
                to.text()
            ),
        )
        .fix(format!("maps.Copy({}, {})", to.text(), from.text()));
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
            r#"func f(a map[string]any, b map[string]int) { for k, v := range b { a[k] = v } }"#,
        );
        silent(
            &RULE,
            r#"func f(a, b map[int]int) { for k, v := range b { a[v] = k }; for k, v := range b { a[k] = v + 1 } }"#,
        );
        silent(
            &RULE,
            r#"func f(a map[int]int, b []int) { for k, v := range b { a[k] = v } }"#,
        );
    }
}
