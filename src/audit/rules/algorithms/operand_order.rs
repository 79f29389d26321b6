//! `operand-order`: the expensive operand comes first.

use crate::audit::rules::value::short;
use crate::audit::{Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "operand-order",
    title: "the expensive operand comes first",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 3,
    listens: &[cpu(&[])],
    saves: &[assumed(Measure::Cpu, 0.20, 0.90)],
    what: "call() && simple, call() || simple, where the call looks pure and the other side is a name, a field or a compare \
           of those that shares no variable with the call.",
    why: "The cheap side often decides alone, and the call need not run.",
    limits: "Silent where the call may have an effect, and where the second side needs the first.",
    peers: &["optimize-operands-order", "condReorder"],
    before: r#"
func keep(path string, enabled bool) bool {
	return strings.HasPrefix(path, "/api") && enabled // want
}"#,
    after: r#"
func keep(path string, enabled bool) bool {
	return enabled && strings.HasPrefix(path, "/api")
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..Rule::BASE
};

/// Functions that only look.
const PURE: [&str; 4] = [
    "strings.HasPrefix|HasSuffix|Contains|ContainsAny|ContainsRune|EqualFold",
    "bytes.HasPrefix|HasSuffix|Contains|ContainsAny|Equal|EqualFold",
    "(*regexp.Regexp).MatchString|Match",
    "slices.Contains|Equal",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(left), Some(operator), Some(right)) = (
        node.field(Field::Left),
        node.field(Field::Operator),
        node.field(Field::Right),
    ) else {
        return;
    };
    if !matches!(operator.text(), "&&" | "||") {
        return;
    }
    let (left, right) = (left.unparen(), right.unparen());
    if !is_pure_call(left) || !is_simple(right) || shares(left, right) {
        return;
    }
    hits.report(
        node,
        format!("{} runs before {} is asked", short(left), short(right)),
    )
    .confidence(Confidence::Medium)
    .fix(format!("{} {} {}", short(right), operator.text(), short(left)));
}

/// A call that only looks, with arguments that call nothing.
fn is_pure_call(node: Node<'_>) -> bool {
    let bare = negated(node);
    let is_flat = || {
        bare.descendants()
            .all(|n| !n.is(Kind::CallExpression) && !n.is(Kind::FuncLiteral))
    };
    bare.is(Kind::CallExpression) && is_flat() && bare.call().is_some_and(|c| c.is_to_any(&PURE))
}

/// `x` of `!x`.
fn negated(node: Node<'_>) -> Node<'_> {
    let is_not = node.is(Kind::UnaryExpression) && node.text().starts_with('!');
    let operand = node.field(Field::Operand).filter(|_| is_not);
    operand.map_or(node, Node::unparen)
}

/// A name, a field of a name, or a compare of those with one another or a constant; never with nil.
fn is_simple(node: Node<'_>) -> bool {
    let bare = negated(node);
    if is_value(bare) {
        return !bare.is_constant();
    }
    let operator = bare.field(Field::Operator).map_or("", Node::text);
    let is_compare =
        bare.is(Kind::BinaryExpression) && matches!(operator, "==" | "!=" | "<" | ">" | "<=" | ">=");
    let sides = [Field::Left, Field::Right].map(|f| bare.field(f).map(Node::unparen));
    is_compare
        && sides
            .iter()
            .all(|s| s.is_some_and(|s| is_value(s) || (s.is_constant() && !s.is(Kind::CallExpression))))
}

fn is_value(node: Node<'_>) -> bool {
    let is_field = || {
        node.is(Kind::SelectorExpression)
            && node.field(Field::Operand).is_some_and(|o| o.is(Kind::Identifier))
    };
    (node.is(Kind::Identifier) && node.local().is_some()) || is_field()
}

/// Whether one name stands on both sides: the first may guard the second.
fn shares<'a>(left: Node<'a>, right: Node<'a>) -> bool {
    let names = |n: Node<'a>| {
        let all = std::iter::once(n).chain(n.descendants());
        all.filter(|n| n.is(Kind::Identifier))
            .map(Node::text)
            .collect::<Vec<_>>()
    };
    let ours = names(left);
    names(right).iter().any(|n| ours.contains(n))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn orders() {
        let with = |text: &str| format!("func f(s, t string, on bool, n int, p *T) bool {{ return {text} }}");
        fires(&RULE, &with("!strings.Contains(s, t) || n > 3 // want\n"));
        fires(&RULE, &with("strings.EqualFold(s, t) && p.on // want\n"));
        silent(&RULE, &with("on && strings.Contains(s, t)"));
        silent(&RULE, &with("next(s) && on"));
        silent(&RULE, &with("strings.Contains(s, t) && p != nil"));
        silent(&RULE, &with("strings.Contains(s, t) && s != t"));
        silent(&RULE, &with("strings.Contains(s, read()) && on"));
        silent(
            &RULE,
            &with("strings.HasPrefix(s, `a`) && strings.HasSuffix(s, `b`)"),
        );
    }
}
