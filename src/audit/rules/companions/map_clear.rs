//! `map-clear`: for k := range m { delete(m, k) }.

use crate::audit::{Check, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{only, same};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-clear",
    title: "for k := range m { delete(m, k) }",
    items: &["GO6"],
    since: Some(GoVersion(21)),
    what: "A range over a map that deletes each key.",
    why: "clear does it in one call of the runtime, and drops NaN keys too.",
    peers: &["mapClear"],
    before: r#"
func f(m map[string]int) {
	for k := range m { // want
		delete(m, k)
	}
}"#,
    after: r#"
func f(m map[string]int) {
	clear(m)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(over), (Some(key), None)) = (turn.ranged(), turn.range_targets()) else {
        return;
    };
    let call = only(turn.body())
        .and_then(Node::call)
        .filter(|c| c.is_to("delete"));
    let Some([map, at]) = call
        .map(|c| c.arguments())
        .and_then(|a| <[Node<'_>; 2]>::try_from(a).ok())
    else {
        return;
    };
    let is_key = at.local().is_some() && at.local() == key.local();
    if is_key && same(over, map) && over.ty().is_none_or(|t| t.is_map()) {
        hits.report(turn, format!("every key of {} is deleted", map.text()))
            .fix(format!("clear({})", map.text()));
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
            r#"func f(m, n map[int]int) { for k := range m { delete(n, k) }; for k := range m { if k > 1 { delete(m, k) } } }"#,
        );
        silent(
            &RULE,
            r#"// go 1.20
func f(m map[int]int) { for k := range m { delete(m, k) } }"#,
        );
    }
}
