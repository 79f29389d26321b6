//! `keepalive-disabled`: connections are closed after every request.

use super::common::{declared_name, is_for_tests};
use crate::audit::rules::goroutines::common::in_main;
use crate::audit::{
    Check, Confidence, Field, Group, Hits, Kind, Listens, Measure, Node, Rule, Scope, Severity, assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "keepalive-disabled",
    title: "connections are closed after every request",
    group: Group::Network,
    items: &["NE1"],
    base: Some(Severity::Medium),
    scope: Scope::Func,
    listens: &[
        cpu(&["net.dial", "net.tls", "net.dns", "syscall"]),
        Listens {
            measure: Measure::Block,
            families: &["net.getconn", "net.dial"],
        },
    ],
    saves: &[
        assumed(Measure::Cpu, 0.50, 0.95),
        assumed(Measure::Block, 0.50, 0.95),
    ],
    what: "DisableKeepAlives: true, req.Close = true, a header Connection: close, or SetKeepAlivesEnabled(false).",
    why: "Measured without keep-alive: dialling takes 27 % of the CPU, system calls 48 %.",
    limits: "Silent in health checks, main of a program and tests; a comment beside it lowers the confidence.",
    before: r#"
func fetcher() *http.Client {
	t := &http.Transport{DisableKeepAlives: true} // want
	return &http.Client{Transport: t}
}"#,
    after: r#"
func fetcher() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	return &http.Client{Transport: t}
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
    let Some(what) = disabled_by(node) else { return };
    let name = declared_name(node).to_ascii_lowercase();
    let is_probe = ["health", "probe", "ping", "ready", "alive"]
        .iter()
        .any(|w| name.contains(w));
    if is_probe || in_main(node) || is_for_tests(node.file()) {
        return;
    }
    let is_explained = has_comment(node);
    let hit = hits.report(node, format!("{what} closes the connection after every request"));
    hit.fix("leave connections open; they are reused");
    if is_explained {
        hit.confidence(Confidence::Low);
    }
}

fn disabled_by(node: Node<'_>) -> Option<&'static str> {
    match node.kind() {
        Kind::KeyedElement => {
            let is_key = node.child(0)?.text() == "DisableKeepAlives" && node.child(1)?.text() == "true";
            let literal = node.enclosing(Kind::CompositeLiteral).filter(|_| is_key)?;
            let ty = literal.field(Field::Type)?.as_type()?;
            ty.is("net/http.Transport").then_some("DisableKeepAlives")
        }
        Kind::AssignmentStatement => {
            let is_true = node.list(Field::Right).first()?.text() == "true";
            let target = *node.list(Field::Left).first().filter(|_| is_true)?;
            let owner = || target.field(Field::Operand).and_then(Node::ty);
            match target.field(Field::Field)?.text() {
                "DisableKeepAlives" => owner()?
                    .is_or_points_to("net/http.Transport")
                    .then_some("DisableKeepAlives"),
                "Close" => owner()?.is("*net/http.Request").then_some("Close of the request"),
                _ => None,
            }
        }
        _ => disabled_by_call(node),
    }
}

fn disabled_by_call(node: Node<'_>) -> Option<&'static str> {
    let arguments = node.field(Field::Arguments)?;
    let (first, second) = (arguments.child(0)?, arguments.child(1));
    let name = node.field(Field::Function)?.field(Field::Field)?.text();
    match name {
        "SetKeepAlivesEnabled" => (first.text() == "false").then_some("SetKeepAlivesEnabled(false)"),
        "Set" | "Add" => {
            let is =
                |n: Node<'_>, text: &str| n.constant_string().is_some_and(|s| s.eq_ignore_ascii_case(text));
            let call = node.call().filter(|c| c.is_to("(net/http.Header).Set|Add"))?;
            (is(call.argument(0)?, "connection") && is(second?, "close"))
                .then_some("the header Connection: close")
        }
        _ => None,
    }
}

/// A comment on the line or the one above.
fn has_comment(node: Node<'_>) -> bool {
    let is_comment = |line: u32| node.tree().line_text(line).trim_start().starts_with("//");
    let line = node.line();
    let own = node.tree().line_text(line);
    own.split_once("// ")
        .is_some_and(|(_, text)| !text.starts_with("want"))
        || (line > 1 && is_comment(line - 1))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Confidence;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn ways() {
        fires(
            &RULE,
            "func f(t *http.Transport) { t.DisableKeepAlives = true // want\n }",
        );
        fires(&RULE, "func f(r *http.Request) { r.Close = true // want\n }");
        fires(
            &RULE,
            "func f(r *http.Request) { r.Header.Set(`Connection`, `close`) // want\n }",
        );
        fires(
            &RULE,
            "func f(s *http.Server) { s.SetKeepAlivesEnabled(false) // want\n }",
        );
        silent(&RULE, "func f(t *http.Transport) { t.DisableKeepAlives = false }");
        silent(&RULE, "func f(t *T) { t.Close = true }");
        silent(
            &RULE,
            "func f(r *http.Request) { r.Header.Set(`Connection`, `upgrade`) }",
        );
        silent(&RULE, "func f(s *http.Server) { s.SetKeepAlivesEnabled(true) }");
        silent(&RULE, "func healthCheck(r *http.Request) { r.Close = true }");
        silent(
            &RULE,
            "var t = T{DisableKeepAlives: true}; type T struct { DisableKeepAlives bool }",
        );
    }

    #[test]
    fn a_reason_beside_it() {
        let found = hits(
            &RULE,
            "func f(r *http.Request) {\n// the peer breaks reused connections\nr.Close = true }",
        );
        assert_eq!(found[0].confidence, Confidence::Low);
    }
}
