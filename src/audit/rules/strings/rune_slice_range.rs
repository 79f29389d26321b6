//! `rune-slice-range`: ranging over []rune(s).

use super::conversion::outside;
use crate::audit::{Check, Field, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rune-slice-range",
    title: "ranging over []rune(s)",
    group: Group::Strings,
    items: &["GO5"],
    tier: 3,
    scope: Scope::Loop,
    listens: &[cpu(&["runes.conv"]), heat(Measure::Alloc)],
    saves: &[
        assumed(Measure::Cpu, 0.60, 0.95),
        assumed(Measure::Alloc, 1.0, 1.0),
    ],
    what: "A range over []rune(s) of a string that does not use the index; []rune(s)[0].",
    why: "Four bytes are allocated for each character, where a range over the string decodes them one by one.",
    limits: "Silent where the index is used: it counts runes there, and bytes in a range over the string.",
    peers: &["SA6003", "preferDecodeRune"],
    before: r#"
func count(name string) (n int) {
	for _, r := range []rune(name) { // want
		n += width(r)
	}
	return n
}"#,
    after: r#"
func count(name string) (n int) {
	for _, r := range name {
		n += width(r)
	}
	return n
}"#,
    check: Check::Nodes(&[Kind::TypeConversionExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let is_runes = node
        .field(Field::Type)
        .and_then(Node::as_type)
        .is_some_and(|t| t.is("[]rune"));
    let Some(text) = node
        .field(Field::Operand)
        .filter(|o| is_runes && o.ty().is_some_and(|t| t.is_string()))
    else {
        return;
    };
    let place = outside(node);
    let Some(parent) = place.parent() else { return };
    let ranges = parent.is(Kind::RangeClause)
        && place.field_name() == Field::Right
        && parent.parent().is_some_and(|l| l.range_targets().0.is_none());
    let is_first = parent.is(Kind::IndexExpression)
        && parent.field(Field::Index).and_then(Node::constant_integer) == Some(0)
        && !parent.is_assigned();
    if ranges {
        hits.report(
            node,
            format!("all runes of {} are copied to be ranged over", text.text()),
        )
        .fix(format!("range over {}", text.text()));
    } else if is_first {
        hits.report(
            node,
            format!("all runes of {} are copied for the first", text.text()),
        )
        .fix(format!("utf8.DecodeRuneInString({})", text.text()));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn uses() {
        fires(&RULE, "func f(s string) { use([]rune(s)[0]) // want\n }");
        fires(&RULE, "func f(s string) { for range []rune(s) { // want\n } }");
        silent(
            &RULE,
            "func f(s string) { for i, r := range []rune(s) { use(i, r) } }",
        );
        silent(&RULE, "func f(s string) { use([]rune(s)[1], []rune(s)) }");
        silent(
            &RULE,
            "func f(s []int32) { for _, r := range []rune(s) { use(r) } }",
        );
    }
}
