//! `math-expr`: a product or quotient of two math.Abs calls, and the like for other even functions.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "math-expr",
    title: "a product or quotient of two math.Abs calls, and the like for other even functions",
    items: &["AR-complexity"],
    what: "A product or quotient of two calls of math.Abs.",
    why: "One call on the product gives the same.",
    peers: &["mathExpr"],
    before: r#"
func f(x, y float64) float64 {
	return math.Abs(x) * math.Abs(y) // want
}"#,
    after: r#"
func f(x, y float64) float64 {
	return math.Abs(x * y)
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, operator, right)) = sides(node, &["*", "/"]) else {
        return;
    };
    if left.is_call_to("math.Abs") && right.is_call_to("math.Abs") {
        hits.report(node, "two absolute values where one of the whole is enough")
            .fix(format!("math.Abs(x {operator} y)"));
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
            r#"func f(x, y float64) float64 { return math.Abs(x) + math.Abs(y) }"#,
        );
        silent(
            &RULE,
            r#"func f(x, y float64) float64 { return math.Abs(x) * y }"#,
        );
    }
}
