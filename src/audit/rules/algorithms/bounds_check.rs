//! `bounds-check`: a bounds check stays in a hot line.

use crate::audit::rules::value::{is_same, short};
use crate::audit::{Check, Confidence, Field, Group, Hits, Kind, Loop, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "bounds-check",
    title: "a bounds check stays in a hot line",
    group: Group::Algorithms,
    items: &["AR-simd"],
    tier: 3,
    base: None,
    listens: &[cpu(&[])],
    saves: &[assumed(Measure::Cpu, 0.05, 0.20)],
    what: "A loop indexes a slice by its counter up to a bound that is not that slice's length.",
    why: "A compare and a branch for each element, and no vector code.",
    limits: "Counts only where the compiler's notes name a check on the line and a profile shows 3 % of the CPU there.",
    instead: "A length hint before the loop (_ = b[n-1]), ranges instead of indices, equal re-slicing.",
    before: r#"
func dot(a, b []float64, n int) (sum float64) {
	for i := 0; i < n; i++ {
		sum += a[i] * b[i] // want
	}
	return sum
}"#,
    after: r#"
func dot(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}"#,
    check: Check::Nodes(&[Kind::IndexExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(list), Some(index)) = (node.field(Field::Operand), node.field(Field::Index)) else {
        return;
    };
    let Some(counter) = index.local().filter(|_| index.is(Kind::Identifier)) else {
        return;
    };
    let Some(around) = node
        .enclosing_loop()
        .filter(|l| l.contains(counter.declaration()))
    else {
        return;
    };
    let Some(Loop::Clause {
        condition: Some(condition),
        ..
    }) = around.as_loop()
    else {
        return;
    };
    let bound = condition.field(Field::Right);
    let is_own_length = bound
        .and_then(Node::call)
        .is_some_and(|c| c.is_to("len") && c.argument(0).is_some_and(|a| is_same(a, list)));
    if is_own_length || bound.is_none() || !list.ty().is_some_and(|t| t.is_slice()) {
        return;
    }
    hits.report(
        node,
        format!(
            "{} is checked against the bounds of {} on every turn",
            short(node),
            short(list)
        ),
    )
    .confidence(Confidence::Low)
    .fix(format!(
        "cut {} to the loop's bound before the loop, or range over it",
        short(list)
    ));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        let with = |text: &str| format!("func f(a []int, m map[int]int, n int) {{ {text} }}");
        silent(&RULE, &with("for i := 0; i < len(a); i++ { use(a[i]) }"));
        silent(&RULE, &with("for i := range a { use(a[i]) }"));
        silent(&RULE, &with("for i := 0; i < n; i++ { use(m[i]) }"));
        silent(&RULE, &with("for i := 0; i < n; i++ { use(a[n]) }"));
    }
}
