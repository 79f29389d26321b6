//! `map-scan-lookup`: a map is ranged to find one key.

use crate::audit::rules::value::{Trust, is_unchanged, short, sides};
use crate::audit::{Check, Field, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-scan-lookup",
    title: "a map is ranged to find one key",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 3,
    scope: Scope::Loop,
    listens: &[cpu(&["map.iter"])],
    saves: &[assumed(Measure::Cpu, 0.80, 1.0)],
    what: "A range over a map whose body only asks if the key equals a value that the loop does not change.",
    why: "A lookup is one probe; the range visits every entry.",
    peers: &["inefficient-map-lookup"],
    before: r#"
func show(flags map[string]int, sought string) {
	for name, v := range flags { // want
		if name == sought {
			use(v)
		}
	}
}"#,
    after: r#"
func show(flags map[string]int, sought string) {
	if v, ok := flags[sought]; ok {
		use(v)
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(over) = node.ranged().filter(|o| o.ty().is_some_and(|t| t.is_map())) else {
        return;
    };
    if let Some(wanted) = wanted_key(node) {
        hits.report(
            node,
            format!(
                "all of {} is ranged to find the key {}",
                short(over),
                short(wanted)
            ),
        )
        .fix(format!("{}[{}]", short(over), short(wanted)));
    }
}

/// The value that the key is compared with: in the only statement by ==, or in the first by != with a continue.
fn wanted_key(node: Node<'_>) -> Option<Node<'_>> {
    let (key, _) = node.range_targets();
    let key = key?.local()?;
    let mut statements = node.body()?.statements();
    let first = statements.next().filter(|s| s.is(Kind::IfStatement))?;
    let condition = first.field(Field::Condition)?;
    let is_only = statements.next().is_none() && first.field(Field::Alternative).is_none();
    let then = first.field(Field::Consequence)?;
    let skips = then
        .statements()
        .next()
        .is_some_and(|s| s.is(Kind::ContinueStatement));
    let pair = sides(condition, "==")
        .filter(|_| is_only)
        .or_else(|| sides(condition, "!=").filter(|_| skips));
    let (left, right) = pair?;
    let wanted = match (left.local() == Some(key), right.local() == Some(key)) {
        (true, false) if left.is(Kind::Identifier) => right,
        (false, true) if right.is(Kind::Identifier) => left,
        _ => return None,
    };
    is_unchanged(wanted, node, Trust::Fields).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn lookups() {
        let with =
            |text: &str| format!("func f(m map[string]int, xs []int, sought string, n int) {{ {text} }}");
        fires(
            &RULE,
            &with("for k, v := range m { // want\n if k != sought { continue }; use(v) }"),
        );
        silent(&RULE, &with("for _, v := range m { if v == n { use(v) } }"));
        silent(
            &RULE,
            &with("for k, v := range m { if k == sought { use(v) }; n++ }"),
        );
        silent(
            &RULE,
            &with("for k, v := range m { if k == sought { use(v); sought = next() } }"),
        );
        silent(&RULE, &with("for i, v := range xs { if i == n { use(v) } }"));
        silent(
            &RULE,
            &with("for k, v := range m { if k == sought { use(v) } else { n++ } }"),
        );
    }
}
