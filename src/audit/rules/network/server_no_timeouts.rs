//! `server-no-timeouts`: an HTTP server without time limits.

use super::common::{
    Assigned, has_entry, is_for_tests, is_literal_of, is_local_address, name_of, text_around,
};
use crate::audit::{Check, Class, File, Group, Hits, Kind, Measure, Node, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "server-no-timeouts",
    title: "an HTTP server without time limits",
    group: Group::Network,
    items: &["NE3"],
    class: Class::Safety,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Goroutines)],
    what: "http.ListenAndServe, Serve and their TLS kin, or an http.Server that gets neither ReadHeaderTimeout nor \
           ReadTimeout.",
    why: "Slow clients hold connections and their goroutines for ever.",
    limits: "Silent for Unix sockets, loopback addresses and tests. Where streams are served, no WriteTimeout.",
    target: "ReadHeaderTimeout 5 s, ReadTimeout 30 s, IdleTimeout 60 to 120 s, WriteTimeout where no stream is served, \
             MaxHeaderBytes",
    peers: &["G112", "G114"],
    before: r#"
func serve(addr string, mux http.Handler) error {
	return http.ListenAndServe(addr, mux) // want
}"#,
    after: r#"
func serve(addr string, mux http.Handler) error {
	srv := &http.Server{
		Addr: addr, Handler: mux,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
	}
	return srv.ListenAndServe()
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

const LIMITS: [&str; 2] = ["ReadHeaderTimeout", "ReadTimeout"];

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file) || !file.imports("net/http") {
        return;
    }
    let assigned = Assigned::of(file);
    for node in file.root().descendants().filter(|n| !n.is_broken()) {
        let message = match node.kind() {
            Kind::CallExpression => plain_function(node),
            Kind::CompositeLiteral => literal(node, &assigned),
            _ => None,
        };
        if let Some(message) = message.filter(|_| !text_around(node).contains("\"unix\"")) {
            hits.report(node, message)
                .fix("&http.Server{…, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}");
        }
    }
}

fn plain_function(node: Node<'_>) -> Option<String> {
    let call = node
        .call()
        .filter(|c| c.is_to("net/http.ListenAndServe|ListenAndServeTLS|Serve|ServeTLS"))?;
    let address = call.argument(0).and_then(Node::constant_string);
    let is_own = address.is_some_and(|a| is_local_address(&a));
    (!is_own).then(|| format!("http.{} serves without time limits", call.callee.name))
}

fn literal(node: Node<'_>, assigned: &Assigned<'_>) -> Option<String> {
    let is_open = is_literal_of(node, "net/http.Server")
        && !has_entry(node, &LIMITS)
        && !assigned.sets(name_of(node), &LIMITS);
    let address = super::common::entry(node, "Addr").and_then(Node::constant_string);
    let is_own = address.is_some_and(|a| is_local_address(&a));
    (is_open && !is_own).then(|| "this server has neither ReadHeaderTimeout nor ReadTimeout".to_string())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn servers() {
        fires(&RULE, "var s = &http.Server{Addr: `:80`} // want");
        fires(&RULE, "func f(l net.Listener) { http.Serve(l, nil) // want\n }");
        fires(
            &RULE,
            "func f() { s := http.Server{WriteTimeout: 3} // want\n use(s) }",
        );
        silent(&RULE, "var s = &http.Server{ReadTimeout: 3}");
        silent(
            &RULE,
            "func f() { s := &http.Server{}; s.ReadHeaderTimeout = 3; s.ListenAndServe() }",
        );
        silent(
            &RULE,
            "func f() { l, _ := net.Listen(\"unix\", `s`); http.Serve(l, nil) }",
        );
        silent(&RULE, "func f() { http.ListenAndServe(`localhost:6060`, nil) }");
        silent(&RULE, "func f(t *testing.T) { http.ListenAndServe(`:80`, nil) }");
    }
}
