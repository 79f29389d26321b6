//! `tls-config-per-call`: TLS set-up per call.

use super::common::{declared_name, is_for_tests, is_in_handler, is_literal_of};
use crate::audit::{Check, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "tls-config-per-call",
    title: "TLS set-up per call",
    group: Group::Network,
    items: &["NE1"],
    tier: 3,
    scope: Scope::Func,
    listens: &[cpu(&["net.tls", "crypto"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.95)],
    what: "A tls.Config, a certificate pool or a key pair is made in a request handler or a loop.",
    why: "No session is resumed, and certificates are parsed again.",
    limits: "Silent in constructors, init, main and tests.",
    before: r#"
func relay(w http.ResponseWriter, r *http.Request) {
	cfg := &tls.Config{RootCAs: roots} // want
	forward(w, r, cfg)
}"#,
    after: r#"
var relayTLS = &tls.Config{RootCAs: roots}

func relay(w http.ResponseWriter, r *http.Request) {
	forward(w, r, relayTLS)
}"#,
    check: Check::Nodes(&[Kind::CompositeLiteral, Kind::CallExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(what) = made(node) else { return };
    let name = declared_name(node);
    let is_set_up =
        name.is_empty() || name.to_ascii_lowercase().starts_with("new") || matches!(name, "init" | "main");
    let is_often = is_in_handler(node) || node.enclosing_loop().is_some();
    if !is_set_up && is_often && !is_for_tests(node.file()) {
        hits.report(node, format!("{what} is made anew each time"))
            .fix("make it once, and keep it beside the client");
    }
}

fn made(node: Node<'_>) -> Option<&'static str> {
    if node.is(Kind::CompositeLiteral) {
        return is_literal_of(node, "crypto/tls.Config").then_some("this tls.Config");
    }
    let call = node.call()?;
    if call.is_to("crypto/x509.NewCertPool|SystemCertPool") {
        return Some("this certificate pool");
    }
    call.is_to("crypto/tls.LoadX509KeyPair|X509KeyPair")
        .then_some("this key pair")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn places() {
        fires(
            &RULE,
            "func f(xs []int) { for range xs {\nc, _ := tls.LoadX509KeyPair(`a`, `b`) // want\nuse(c) } }",
        );
        silent(&RULE, "func f() { use(&tls.Config{}) }");
        silent(
            &RULE,
            "func newAll(xs []int) { for range xs { use(&tls.Config{}) } }",
        );
        silent(&RULE, "var c = &tls.Config{}");
    }
}
