//! `equalfold`: case folded on both sides to compare.

use crate::audit::{
    Call, Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Rule, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "equalfold",
    title: "case folded on both sides to compare",
    group: Group::Strings,
    items: &["GO5"],
    tier: 2,
    listens: &[cpu(&["strings"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.80, 0.88),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    what: "== or != between the same ToLower or ToUpper (of strings or bytes) on both sides, or on one side with a constant \
           of that case on the other.",
    why: "98 to 12 ns, and no allocation.",
    limits: "Letters whose cases differ in length fold differently; silent where the folded value is kept.",
    peers: &["SA6005", "equalFold"],
    before: r#"
func same(h, other string) bool {
	return strings.ToLower(h) == strings.ToLower(other) // want
}"#,
    after: r#"
func same(h, other string) bool {
	return strings.EqualFold(h, other)
}"#,
    check: Check::Nodes(&[Kind::BinaryExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let operator = node.field(Field::Operator).map_or("", Node::text);
    if !matches!(operator, "==" | "!=") {
        return;
    }
    let (Some(left), Some(right)) = (node.field(Field::Left), node.field(Field::Right)) else {
        return;
    };
    let (a, b) = (folded(left), folded(right));
    let not = if operator == "!=" { "!" } else { "" };
    match (a, b) {
        (Some(a), Some(b)) if a.callee.name == b.callee.name && a.callee.package == b.callee.package => {
            report(node, &a, text_of(&a), text_of(&b), not, Confidence::High, hits);
        }
        (Some(call), None) if is_of_case(right, call.callee.name) => {
            report(
                node,
                &call,
                text_of(&call),
                right.text(),
                not,
                Confidence::Medium,
                hits,
            );
        }
        (None, Some(call)) if is_of_case(left, call.callee.name) => {
            report(
                node,
                &call,
                text_of(&call),
                left.text(),
                not,
                Confidence::Medium,
                hits,
            );
        }
        _ => {}
    }
}

fn report(
    node: Node<'_>,
    call: &Call<'_>,
    a: &str,
    b: &str,
    not: &str,
    sure: Confidence,
    hits: &mut Hits<'_>,
) {
    let package = call.callee.package;
    hits.report(
        node,
        format!(
            "{}.{} makes a copy only to be compared",
            package, call.callee.name
        ),
    )
    .confidence(sure)
    .fix(format!("{not}{package}.EqualFold({a}, {b})"));
}

/// `strings.ToLower(x)`; of bytes the string of it.
fn folded(node: Node<'_>) -> Option<Call<'_>> {
    let call = node.call()?;
    if call.is_to("strings.ToLower|ToUpper") {
        return Some(call);
    }
    let list = node.unparen().field(Field::Arguments)?;
    let inner = list
        .child(0)?
        .call()
        .filter(|c| c.is_to("bytes.ToLower|ToUpper"))?;
    (node.unparen().field(Field::Function)?.text() == "string").then_some(inner)
}

fn text_of<'a>(call: &Call<'a>) -> &'a str {
    call.argument(0).map_or("", Node::text)
}

/// A constant that has letters, all of the case.
fn is_of_case(node: Node<'_>, fold: &str) -> bool {
    let Some(text) = node.constant_string() else {
        return false;
    };
    let same = if fold == "ToLower" {
        text.to_lowercase()
    } else {
        text.to_uppercase()
    };
    same == text && text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn sides() {
        let with = |text: &str| format!("func f(a, b string, x, y []byte) {{ use({text}) // want\n }}");
        fires(&RULE, &with("strings.ToUpper(a) != strings.ToUpper(b)"));
        fires(&RULE, &with("strings.ToLower(a) == `get`"));
        fires(
            &RULE,
            &with("string(bytes.ToLower(x)) == string(bytes.ToLower(y))"),
        );
        silent(&RULE, &with("strings.ToLower(a) == strings.ToUpper(b)"));
        silent(&RULE, &with("strings.ToLower(a) == b"));
        silent(&RULE, &with("strings.ToLower(a) == `GET`"));
        silent(&RULE, &with("strings.ToLower(a) == ``"));
        let found = hits(&RULE, &with("strings.ToUpper(a) != strings.ToUpper(b)"));
        assert_eq!(found[0].fix.as_deref(), Some("!strings.EqualFold(a, b)"));
    }
}
