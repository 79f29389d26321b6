//! `duration-mul`: a product of two time.Duration values of which neither is a constant.

use crate::audit::{Check, Class, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "duration-mul",
    title: "a product of two time.Duration values of which neither is a constant",
    items: &["NE3"],
    class: Class::Correctness,
    what: "Two values of type time.Duration are multiplied and neither is a constant or a converted number.",
    why: "Nanoseconds times nanoseconds are no duration.",
    peers: &["durationcheck"],
    before: r#"
func f(d, step time.Duration) time.Duration {
	return d * step // want
}"#,
    after: r#"
func f(d time.Duration, steps int) time.Duration {
	return d * time.Duration(steps)
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, _, right)) = sides(node, &["*"]) else {
        return;
    };
    if is_duration(left) && is_duration(right) {
        hits.report(
            node,
            format!("{} and {} are both durations", left.text(), right.text()),
        )
        .fix("convert one side to a number");
    }
}

/// A duration by itself: no constant, no converted number, no quotient or product.
fn is_duration(node: Node<'_>) -> bool {
    let is_value = matches!(node.kind(), Kind::Identifier | Kind::SelectorExpression)
        || (node.is(Kind::CallExpression) && !node.text().starts_with("time.Duration("));
    let is_number = |l: crate::audit::Local<'_>| {
        l.initial_value()
            .is_some_and(|v| v.text().starts_with("time.Duration("))
    };
    is_value
        && !node.is_constant()
        && !node.local().is_some_and(is_number)
        && node.ty().is_some_and(|t| t.is("time.Duration"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(d time.Duration, n int) { use(d*2, d*time.Second, time.Duration(n)*d, d*time.Duration(n)) }"#,
        );
        silent(&RULE, r#"func f(a, b int) { use(a * b) }"#);
    }
}
