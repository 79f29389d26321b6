//! `type-assert-hot`: type switches to interfaces in a hot loop.

use crate::audit::{Check, Field, Group, Hits, Kind, Measure, Node, Rule, Type, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "type-assert-hot",
    title: "type switches to interfaces in a hot loop",
    group: Group::Interfaces,
    items: &["GO8"],
    tier: 3,
    base: None,
    listens: &[cpu(&["iface.assert"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.95)],
    what: "An assertion or type switch to interface types in a loop; reported only with 2 % of the CPU in the runtime's \
           search for their methods below it.",
    why: "An assertion to a concrete type is one compare, one to an interface looks for its methods.",
    before: r#"
func join(parts []any) {
	for _, p := range parts {
		if s, ok := p.(fmt.Stringer); ok { // want
			add(s.String())
		}
	}
}"#,
    after: r#"
func join(parts []fmt.Stringer) {
	for _, p := range parts {
		add(p.String())
	}
}"#,
    check: Check::Nodes(&[Kind::TypeAssertionExpression, Kind::TypeSwitchStatement], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    if node.enclosing_loop().is_none() {
        return;
    }
    let types: Vec<Node<'_>> = match node.kind() {
        Kind::TypeAssertionExpression => node.field(Field::Type).into_iter().collect(),
        _ => node
            .children()
            .filter(|c| c.is(Kind::TypeCase))
            .flat_map(|c| c.fields(Field::Type).collect::<Vec<_>>())
            .collect(),
    };
    let is_interface = |t: &Node<'_>| t.as_type().is_some_and(|t| t != Type::Any && t.is_interface());
    if let Some(wanted) = types.into_iter().find(is_interface) {
        hits.report(
            node,
            format!("a value is asked for {} on every turn", wanted.text()),
        )
        .fix("decide once before the loop, or keep the concrete type");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn types() {
        let with = |body: &str| format!("func f(vs []any) {{ for _, v := range vs {{ {body} }} }}");
        fires(
            &RULE,
            &with("\n switch v.(type) { // want\n case int: case error: }"),
        );
        silent(
            &RULE,
            &with("use(v.(int)); use(v.(*T)); switch v.(type) { case int: }"),
        );
        silent(&RULE, "func f(v any) { use(v.(fmt.Stringer)) }");
    }
}
