//! `panic-control-flow`: panic and recover as control flow.

use crate::audit::{Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "panic-control-flow",
    title: "panic and recover as control flow",
    group: Group::Interfaces,
    items: &["GO8"],
    tier: 3,
    base: None,
    listens: &[cpu(&["panic"])],
    saves: &[assumed(Measure::Cpu, 0.80, 1.0)],
    what: "A recover in a package whose own functions panic outside error paths; reported only with 2 % of the CPU in \
           panics.",
    why: "158 ns a round at no depth, more with each frame.",
    limits: "Parsers that unwind once a call and the borders of libraries are fine.",
    before: r#"
func run() {
	defer func() { _ = recover() }() // want
	for {
		step()
	}
}

func step() {
	if done {
		panic(stop)
	}
}"#,
    after: r#"
func run() {
	for step() {
	}
}

func step() bool {
	return !done
}"#,
    check: Check::Calls(&["recover"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(literal) = call.node.enclosing_function() else {
        return;
    };
    let home = literal.enclosing_function().unwrap_or(literal);
    let Some(body) = home.body() else { return };
    let called = body.calls().filter_map(|c| c.callee.declaration);
    let mut near = std::iter::once(home).chain(called);
    let is_plain = |n: Node<'_>| n.is_call_to("panic") && n.is(Kind::CallExpression) && !is_error_path(n);
    if near.any(|f| f.file().package().path() == call.node.package().path() && f.descendants().any(is_plain))
    {
        hits.report(
            call.node,
            "recover catches a panic that the package itself throws",
        )
        .fix("return a value that says so");
    }
}

/// Inside `if err != nil`, or a panic with an error.
fn is_error_path(node: Node<'_>) -> bool {
    let asks = |n: Node<'_>| {
        n.is(Kind::IfStatement)
            && n.field(Field::Condition)
                .is_some_and(|c| c.text().contains("err"))
    };
    let here = node.ancestors().take_while(|n| !n.kind().is_function());
    let argument = node.call().and_then(|c| c.argument(0));
    let is_text =
        argument.is_some_and(|a| a.is_constant() || a.text().contains("err") || a.is(Kind::CallExpression));
    is_text || here.into_iter().any(asks)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn panics_that_are_errors() {
        silent(
            &RULE,
            "func f() { defer func() { recover() }(); g() }; func g() { panic(`bug`) }",
        );
        silent(&RULE, "func f() { defer func() { recover() }(); other.Do() }");
        silent(
            &RULE,
            "func f() { defer func() { recover() }(); if err != nil { panic(x) } }; var x, err error",
        );
    }
}
