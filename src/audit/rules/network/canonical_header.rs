//! `canonical-header`: a header key that must be canonicalised each time.

use crate::audit::{Check, Field, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "canonical-header",
    title: "a header key that must be canonicalised each time",
    group: Group::Network,
    items: &["NE1"],
    tier: 3,
    listens: &[heat(Measure::Alloc), cpu(&["http"])],
    saves: &[assumed(Measure::Alloc, 0.90, 1.0)],
    what: "Get, Set, Add, Del or Values of an http.Header with a constant key that is not canonical, or a look-up in one \
           with such a key.",
    why: "An allocation per call; an index with such a key finds nothing.",
    limits: "Keys that are not constant are not looked at.",
    peers: &["canonicalheader", "S1035"],
    before: r#"
func trace(r *http.Request) string {
	return r.Header.Get("x-request-id") // want
}"#,
    after: r#"
func trace(r *http.Request) string {
	return r.Header.Get("X-Request-Id")
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::IndexExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    // What is set by an index is meant as it is written.
    let Some(key) = key_of(node).filter(|_| !node.is_assigned()) else {
        return;
    };
    let Some(text) = key.constant_string().filter(|t| is_token(t)) else {
        return;
    };
    let canonical = canonical(&text);
    if canonical != text {
        let message = if node.is(Kind::IndexExpression) {
            format!(
                "an index by {} finds nothing: keys are kept as {canonical}",
                key.text()
            )
        } else {
            format!("{} is made canonical on every call", key.text())
        };
        hits.report(key, message).fix(format!("\"{canonical}\""));
    }
}

/// The key with which a header is asked.
fn key_of(node: Node<'_>) -> Option<Node<'_>> {
    if node.is(Kind::IndexExpression) {
        let key = node.field(Field::Index)?;
        let owner = node.field(Field::Operand).filter(|_| key.is_constant())?.ty()?;
        return owner.is("net/http.Header").then_some(key);
    }
    let name = node.field(Field::Function)?.field(Field::Field)?.text();
    let is_named = matches!(name, "Get" | "Set" | "Add" | "Del" | "Values");
    let key = node
        .field(Field::Arguments)?
        .child(0)
        .filter(|k| is_named && k.is_constant())?;
    let call = node.call()?;
    call.is_to("(net/http.Header).Get|Set|Add|Del|Values")
        .then_some(key)
}

/// Letters, digits and hyphens: what is made canonical at all.
fn is_token(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The first letter and those behind a hyphen in upper case, the others in lower case.
fn canonical(key: &str) -> String {
    let mut is_first = true;
    key.chars()
        .map(|c| {
            let c = if is_first {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            };
            is_first = c == '-';
            c
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn keys() {
        fires(
            &RULE,
            "func f(h http.Header) { h.Set(`content-type`, `x`) // want\n }",
        );
        fires(&RULE, "func f(h http.Header) { use(h[`ETag`]) // want\n }");
        silent(&RULE, "func f(h http.Header) { h.Set(`Content-Type`, `x`) }");
        silent(&RULE, "func f(h http.Header) { h[`x-own`] = nil }");
        silent(&RULE, "func f(h http.Header, k string) { h.Get(k) }");
        silent(&RULE, "func f(h T) { h.Get(`content-type`) }");
        silent(&RULE, "func f(h map[string]string) { use(h[`a`]) }");
    }

    #[test]
    fn the_fix_is_canonical() {
        let found = hits(&RULE, "func f(h http.Header) { h.Get(`X-API-key`) }");
        assert_eq!(found[0].fix.as_deref(), Some("\"X-Api-Key\""));
    }
}
