//! `recursion-no-memo`: overlapping recursion without memory.

use crate::audit::{
    Call, Check, Confidence, Field, Function, Group, Hits, Kind, LocalKind, Measure, Node, Rule, Scope,
    assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "recursion-no-memo",
    title: "overlapping recursion without memory",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 3,
    base: None,
    scope: Scope::Func,
    listens: &[cpu(&[])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.99)],
    what: "A function calls itself twice or more in one statement or block, with arguments made only of its own integer or \
           string parameters, and keeps no results by them.",
    why: "The same arguments come again and again: the number of calls grows exponentially.",
    limits: "Counts only where a profile shows 5 % of the CPU in it. Silent for walks of trees.",
    instead: "A table filled from small to large, or a map of results.",
    before: r#"
func ways(n int) int { // want
	if n < 2 {
		return 1
	}
	return ways(n-1) + ways(n-2)
}"#,
    after: r#"
func ways(n int) int {
	a, b := 1, 1
	for range n - 1 {
		a, b = b, a+b
	}
	return b
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let name = function.name();
    if name.is_empty() || !function.body.text().contains(name) {
        return;
    }
    let calls: Vec<Call<'_>> = function
        .body
        .calls()
        .filter(|c| c.callee.declaration == Some(function.node))
        .collect();
    let is_overlapping = calls.len() > 1 && calls.iter().all(|c| is_of_parameters(c, function));
    if !is_overlapping || !share_a_path(&calls) || remembers(function) {
        return;
    }
    hits.report(
        function.node,
        format!(
            "{name} calls itself {} times for smaller arguments and remembers nothing",
            calls.len()
        ),
    )
    .confidence(Confidence::Medium)
    .fix("fill a table from small to large, or keep results in a map");
}

/// Arguments of integer and string parameters, constants and operators only, at least one that shrinks.
fn is_of_parameters(call: &Call<'_>, function: Function<'_>) -> bool {
    let own = function.parameters();
    let is_plain = |n: &Node<'_>| match n.kind() {
        Kind::Identifier => n.local().map_or(n.is_constant(), |l| {
            let is_own = l.kind() == LocalKind::Parameter && own.contains(&l);
            is_own && l.ty().is_some_and(|t| t.is_integer() || t.is_string())
        }),
        Kind::CallExpression | Kind::SelectorExpression | Kind::IndexExpression | Kind::FuncLiteral => false,
        _ => true,
    };
    let list = call.node.field(Field::Arguments);
    let is_smaller = |n: &Node<'_>| matches!(n.kind(), Kind::BinaryExpression | Kind::SliceExpression);
    list.is_some_and(|l| l.descendants().all(|n| is_plain(&n)) && l.descendants().any(|n| is_smaller(&n)))
}

/// Two of the calls in one statement, or in statements of one block of which none returns.
fn share_a_path(calls: &[Call<'_>]) -> bool {
    calls.windows(2).any(|pair| {
        let [a, b] = pair else { return false };
        let (Some(a), Some(b)) = (a.node.statement(), b.node.statement()) else {
            return false;
        };
        a == b || (a.parent() == b.parent() && !a.is(Kind::ReturnStatement))
    })
}

/// A map or slice by which it looks results up.
fn remembers(function: Function<'_>) -> bool {
    function.body.find_all(Kind::IndexExpression).any(|i| {
        let is_text = i
            .field(Field::Operand)
            .and_then(Node::ty)
            .is_some_and(|t| t.is_string());
        !is_text
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        silent(
            &RULE,
            "func f(n int) int { if n < 2 { return f(n - 1) }; return f(n - 2) }",
        );
        silent(&RULE, "func f(n *node) int { return f(n.left) + f(n.right) }");
        silent(
            &RULE,
            "func f(n int) int { if v, ok := seen[n]; ok { return v }; return f(n-1) + f(n-2) }",
        );
        silent(&RULE, "func f(n int) int { return n * f(n-1) }");
        silent(
            &RULE,
            "func f(xs []int, n int) int { return f(xs[:n], n-1) + f(xs, n-2) }",
        );
    }
}
