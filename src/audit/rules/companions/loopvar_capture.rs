//! `loopvar-capture`: a go, defer or last-statement literal captures the loop variable (only go < 1.22; base medium).

use crate::audit::{Check, Class, Field, GoVersion, Hits, Kind, Node, Rule, Severity};

use super::COMPANION;
use crate::audit::rules::sync::spawns::spawn;

/// The rule.
pub const RULE: Rule = Rule {
    id: "loopvar-capture",
    title: "a go, defer or last-statement literal captures the loop variable (only go < 1.22; base medium)",
    items: &["GO1"],
    class: Class::Correctness,
    base: Some(Severity::Medium),
    until: Some(GoVersion(22)),
    what: "Before Go 1.22 a literal of a go or defer statement in a loop, or one that the last statement starts, uses the loop's variable.",
    why: "All turns share one variable: most literals see its last value.",
    peers: &["loopclosure", "range-val-in-closure"],
    before: r#"// go 1.21
func f(xs []int) {
	for _, x := range xs {
		go func() { use(x) }() // want
	}
}"#,
    after: r#"// go 1.21
func f(xs []int) {
	for _, x := range xs {
		go func(x int) { use(x) }(x)
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some(body) = turn.body() else { return };
    let variables = turn.loop_variables();
    let last = body.statements().last();
    for node in body
        .descendants_here()
        .filter(|n| n.enclosing_loop() == Some(turn))
    {
        let literal = match node.kind() {
            Kind::GoStatement | Kind::DeferStatement => node.child(0).and_then(|c| c.field(Field::Function)),
            Kind::CallExpression => spawn(node)
                .filter(|_| node.statement() == last)
                .map(|s| s.literal),
            _ => None,
        };
        let Some(literal) = literal.filter(|l| l.is(Kind::FuncLiteral) && l.uses_any(&variables)) else {
            continue;
        };
        let is_after =
            |c: &crate::audit::Call<'_>| c.node.span().0 > node.span().1 && c.callee.name == "Wait";
        if node.is(Kind::DeferStatement) || !body.calls().any(|c| is_after(&c)) {
            let name = variables
                .iter()
                .find(|v| literal.uses(**v))
                .map_or("", |v| v.name());
            hits.report(node, format!("the literal shares {name} with all other turns"))
                .fix("pass it as an argument");
        }
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
            r#"// go 1.20
func f(xs []int) { for i := range xs {
 defer func() { use(i) }() // want
 } }"#,
        );
        silent(
            &RULE,
            r#"// go 1.21
func f(xs []int) { for _, x := range xs { x := x; go func() { use(x) }() } }"#,
        );
        silent(
            &RULE,
            r#"// go 1.22
func f(xs []int) { for _, x := range xs { go func() { use(x) }() } }"#,
        );
        silent(
            &RULE,
            r#"// go 1.21
func f(xs []int) { for _, x := range xs { func() { use(x) }() } }"#,
        );
    }
}
