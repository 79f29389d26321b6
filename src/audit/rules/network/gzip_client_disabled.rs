//! `gzip-client-disabled`: transparent decompression is switched off.

use super::common::{is_for_tests, is_literal_of, text_around};
use crate::audit::{Check, Confidence, Field, Group, Hits, Kind, Node, Rule, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "gzip-client-disabled",
    title: "transparent decompression is switched off",
    group: Group::Network,
    items: &["NE5"],
    tier: 2,
    listens: &[cpu(&["syscall"])],
    what: "DisableCompression: true, or a header Accept-Encoding: gzip in a function that makes no gzip reader.",
    why: "The transport decompresses only what it asked for itself.",
    limits: "Right for bodies that are stored or handed on as they are.",
    before: r#"
func ask(req *http.Request) {
	req.Header.Set("Accept-Encoding", "gzip") // want
	send(req)
}"#,
    after: r#"
func ask(req *http.Request) {
	send(req)
}"#,
    check: Check::Nodes(
        &[
            Kind::KeyedElement,
            Kind::AssignmentStatement,
            Kind::CallExpression,
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(message) = switched_off(node).filter(|_| !is_for_tests(node.file())) else {
        return;
    };
    hits.report(node, message)
        .confidence(Confidence::Medium)
        .fix("leave it to the transport");
}

fn switched_off(node: Node<'_>) -> Option<&'static str> {
    let off = "the transport neither asks for compressed bodies nor reads them";
    match node.kind() {
        Kind::KeyedElement => {
            let is_key = node.child(0)?.text() == "DisableCompression" && node.child(1)?.text() == "true";
            let literal = node.enclosing(Kind::CompositeLiteral).filter(|_| is_key)?;
            is_literal_of(literal, "net/http.Transport").then_some(off)
        }
        Kind::AssignmentStatement => {
            let target = *node.list(Field::Left).first()?;
            let is_field = target.field(Field::Field)?.text() == "DisableCompression";
            let owner = target.field(Field::Operand).filter(|_| is_field)?.ty()?;
            let is_on = node.list(Field::Right).first()?.text() == "true";
            (is_on && owner.is_or_points_to("net/http.Transport")).then_some(off)
        }
        _ => {
            let name = node.field(Field::Function)?.field(Field::Field)?.text();
            let call = node
                .call()
                .filter(|c| matches!(name, "Set" | "Add") && c.is_to("(net/http.Header).Set|Add"))?;
            let text = |at: usize| call.argument(at).and_then(Node::constant_string);
            let is_asked = text(0)?.eq_ignore_ascii_case("accept-encoding") && text(1)?.contains("gzip");
            let around = text_around(node);
            let reads =
                around.is_empty() || around.contains("gzip.NewReader") || around.contains("Content-Encoding");
            (is_asked && !reads)
                .then_some("a body asked for by hand stays compressed, and nothing here reads it")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn ways() {
        fires(&RULE, "var t = &http.Transport{DisableCompression: true} // want");
        fires(
            &RULE,
            "func f(t *http.Transport) { t.DisableCompression = true // want\n }",
        );
        silent(&RULE, "var t = &http.Transport{DisableCompression: false}");
        silent(
            &RULE,
            "func f(r *http.Request) { r.Header.Set(`Accept-Encoding`, `identity`) }",
        );
        silent(
            &RULE,
            "func f(r *http.Request) { r.Header.Set(`Accept-Encoding`, `gzip`); z, _ := gzip.NewReader(send(r)); use(z) }",
        );
    }
}
