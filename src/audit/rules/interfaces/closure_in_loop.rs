//! `closure-in-loop`: a new closure on every turn.

use crate::audit::{Call, Check, Confidence, Group, Hits, Kind, Local, Measure, Node, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "closure-in-loop",
    title: "a new closure on every turn",
    group: Group::Interfaces,
    items: &["GO8", "ME3"],
    tier: 3,
    listens: &[heat(Measure::Alloc)],
    saves: &[assumed(Measure::Alloc, 0.80, 1.0)],
    what: "In a loop a literal that captures the loop's variables is passed to a sort, a walk or a Do.",
    why: "One allocation a turn for the literal, and one for each variable that it captures and changes.",
    limits: "Where the called function is inlined the literal costs nothing: only a heap profile tells.",
    before: r#"
func weigh(groups []group) (sum int) {
	for _, g := range groups {
		walk(g, func(n *node) { sum += n.weight * g.factor }) // want
	}
	return sum
}

func walk(g group, visit func(*node))"#,
    after: r#"
func weigh(groups []group) (sum int) {
	v := visitor{sum: &sum}
	for _, g := range groups {
		v.factor = g.factor
		walk(g, &v)
	}
	return sum
}"#,
    check: Check::Nodes(&[Kind::FuncLiteral], check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some(turn) = literal.enclosing_loop() else {
        return;
    };
    let list = literal.parent().filter(|p| p.is(Kind::ArgumentList));
    let Some(call) = list.and_then(Node::parent).and_then(Node::call) else {
        return;
    };
    let is_started = call
        .node
        .parent()
        .is_some_and(|p| matches!(p.kind(), Kind::GoStatement | Kind::DeferStatement));
    if is_started || !keeps_calling(&call) || !captures(literal, turn) {
        return;
    }
    hits.report(
        literal,
        format!("a new literal for {} on every turn", call.callee.name),
    )
    .confidence(Confidence::Low)
    .fix("one value with a method, made before the loop");
}

/// Functions that call what they are given for each of many things.
fn keeps_calling(call: &Call<'_>) -> bool {
    let name = call.callee.name.to_ascii_lowercase();
    ["walk", "sort", "foreach", "visit", "inspect", "range", "each"]
        .iter()
        .any(|w| name.starts_with(w))
        || call.callee.name == "Do"
}

/// It uses what is declared inside the loop, and outside the literal.
fn captures<'a>(literal: Node<'a>, turn: Node<'a>) -> bool {
    let is_state = |l: Local<'a>| turn.contains(l.declaration()) && !literal.contains(l.declaration());
    literal
        .find_all(Kind::Identifier)
        .filter_map(Node::local)
        .any(is_state)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn what_is_captured() {
        let with = |body: &str| format!("func f(xs []int) {{ for _, x := range xs {{ {body} }} }}");
        silent(&RULE, &with("walk(x, func() { use(1) })"));
        silent(&RULE, &with("go walk(x, func() { use(x) })"));
        silent(&RULE, &with("f := func() { use(x) }; f()"));
        silent(&RULE, "func f(x int) { walk(x, func() { use(x) }) }");
    }
}
