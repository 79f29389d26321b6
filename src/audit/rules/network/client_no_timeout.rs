//! `client-no-timeout`: an HTTP client without a time limit.

use super::common::{Assigned, entry, has_entry, is_for_tests, is_literal_of, name_of, text_around};
use crate::audit::{Check, Class, Field, File, Group, Hits, Kind, Measure, Node, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "client-no-timeout",
    title: "an HTTP client without a time limit",
    group: Group::Network,
    items: &["NE3"],
    class: Class::Safety,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Goroutines)],
    what: "http.Get and its kin, a method of http.DefaultClient, or an http.Client that gets no Timeout, where the \
           function makes no request with a deadline.",
    why: "A peer that never answers holds a goroutine, a connection and everything that waits for them.",
    limits: "Silent for event streams and in tests. That time is spent in a call is no evidence: waiting goroutines are.",
    target: "p99 bounded; Timeout 5 to 30 s; on the transport ResponseHeaderTimeout, TLSHandshakeTimeout 10 s",
    before: r#"
func load(feed string) error {
	resp, err := http.Get(feed) // want
	if err != nil {
		return err
	}
	return resp.Body.Close()
}"#,
    after: r#"
var feeds = &http.Client{Timeout: 10 * time.Second}

func load(ctx context.Context, feed string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, feed, nil)
	if err != nil {
		return err
	}
	resp, err := feeds.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file) || !file.imports("net/http") {
        return;
    }
    let assigned = Assigned::of(file);
    for node in file.root().descendants().filter(|n| !n.is_broken()) {
        let message = match node.kind() {
            Kind::CallExpression => default_client(node).or_else(|| zero_client(node, &assigned)),
            Kind::CompositeLiteral => literal(node, &assigned),
            Kind::VarSpec => variable(node, &assigned),
            _ => None,
        };
        if let Some(message) = message.filter(|_| !has_deadline(node)) {
            hits.report(node, message)
                .fix("&http.Client{Timeout: 10 * time.Second}, one for the process");
        }
    }
}

/// `http.Get(…)`, `http.DefaultClient.Do(…)`.
fn default_client(node: Node<'_>) -> Option<String> {
    let call = node.call()?;
    if call.is_to("net/http.Get|Post|PostForm|Head") {
        return Some(format!("http.{} waits without a limit", call.callee.name));
    }
    let is_request = matches!(call.callee.name, "Do" | "Get" | "Post" | "PostForm" | "Head");
    let operand = call
        .operand()
        .filter(|o| is_request && o.is(Kind::SelectorExpression))?;
    let is_default = operand.field(Field::Field)?.text() == "DefaultClient"
        && operand.field(Field::Operand)?.imported_path() == Some("net/http");
    is_default.then(|| "http.DefaultClient waits without a limit".to_string())
}

/// `new(http.Client)`.
fn zero_client(node: Node<'_>, assigned: &Assigned<'_>) -> Option<String> {
    let call = node.call().filter(|c| c.is_to("new"))?;
    let is_client = call.argument(0)?.as_type()?.is("net/http.Client");
    (is_client && !assigned.sets(name_of(node), &["Timeout"]))
        .then(|| "this client has no Timeout".to_string())
}

fn literal(node: Node<'_>, assigned: &Assigned<'_>) -> Option<String> {
    let is_open = is_literal_of(node, "net/http.Client") && !has_entry(node, &["Timeout"]);
    let is_zero = || entry(node, "Timeout").is_some_and(|t| t.constant_integer() == Some(0));
    let is_open = is_open || (is_literal_of(node, "net/http.Client") && is_zero());
    let is_named_stream = name_of(node).is_some_and(is_stream);
    (is_open && !is_named_stream && !assigned.sets(name_of(node), &["Timeout"]))
        .then(|| "this client has no Timeout".to_string())
}

/// `var c http.Client`.
fn variable(spec: Node<'_>, assigned: &Assigned<'_>) -> Option<String> {
    let ty = spec
        .field(Field::Type)
        .filter(|_| spec.field(Field::Value).is_none())?;
    let is_client = ty.text().ends_with("Client") && ty.as_type()?.is("net/http.Client");
    let name = spec.field(Field::Name)?.text();
    (is_client && !is_stream(name) && !assigned.sets(Some(name), &["Timeout"]))
        .then(|| format!("{name} has no Timeout"))
}

fn is_stream(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["stream", "sse", "proxy"].iter().any(|w| name.contains(w))
}

/// Requests of this function end by their context, or it is about a stream.
fn has_deadline(node: Node<'_>) -> bool {
    let text = text_around(node);
    let has_limit = text.contains("context.WithTimeout") || text.contains("context.WithDeadline");
    (has_limit && text.contains("WithContext(")) || text.contains("text/event-stream")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn clients() {
        fires(&RULE, "var c = &http.Client{} // want");
        fires(&RULE, "var c http.Client // want");
        fires(&RULE, "func f() { c := new(http.Client) // want\n use(c) }");
        fires(
            &RULE,
            "func f(r *http.Request) { http.DefaultClient.Do(r) // want\n }",
        );
        fires(
            &RULE,
            "func f() *T { return &T{c: &http.Client{Jar: nil}} // want\n }",
        );
        silent(&RULE, "var c = &http.Client{Timeout: 3}");
        silent(&RULE, "func f() { c := &http.Client{}; c.Timeout = 3; use(c) }");
        silent(&RULE, "func f() { var c http.Client; c.Timeout = 3; use(c) }");
        silent(
            &RULE,
            "func f(s *S) { s.client = &http.Client{}; s.client.Timeout = 3 }",
        );
        silent(&RULE, "func f(c *http.Client) { c.Get(`u`) }");
    }

    #[test]
    fn deadlines_and_streams() {
        silent(
            &RULE,
            "func f(p context.Context) { ctx, cancel := context.WithTimeout(p, 1); defer cancel(); r, _ := http.NewRequestWithContext(ctx, `GET`, `u`, nil); http.DefaultClient.Do(r) }",
        );
        silent(&RULE, "var streamClient = &http.Client{}");
        silent(
            &RULE,
            "func f(r *http.Request) { r.Header.Set(`Accept`, `text/event-stream`); http.DefaultClient.Do(r) }",
        );
        silent(&RULE, "func f(t *testing.T) { http.Get(`u`) }");
    }
}
