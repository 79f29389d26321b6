//! `http-nobody`: a request with an empty body.

use crate::audit::{Call, Check, Field, Group, Hits, Kind, Node, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    id: "http-nobody",
    title: "a request with an empty body",
    group: Group::Network,
    items: &["NE1"],
    tier: 3,
    what: "http.NewRequest or NewRequestWithContext for GET or HEAD with nil as the body.",
    why: "Style only: http.NoBody says that none is meant, and costs the same.",
    peers: &["httpNoBody"],
    before: r#"
func ask(ctx context.Context, u string) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, http.MethodGet, u, nil) // want
}"#,
    after: r#"
func ask(ctx context.Context, u string) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, http.MethodGet, u, http.NoBody)
}"#,
    check: Check::Calls(&["net/http.NewRequest|NewRequestWithContext"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let arguments = call.arguments();
    let at = usize::from(call.callee.name == "NewRequestWithContext");
    let (Some(method), Some(body)) = (arguments.get(at), arguments.get(at + 2)) else {
        return;
    };
    if is_read(*method) && body.is(Kind::Nil) {
        hits.report(*body, "nil stands for an empty body")
            .fix("http.NoBody");
    }
}

/// GET or HEAD.
fn is_read(method: Node<'_>) -> bool {
    let name = method.field(Field::Field).map_or("", Node::text);
    matches!(name, "MethodGet" | "MethodHead")
        || method
            .constant_string()
            .is_some_and(|m| matches!(m.as_str(), "GET" | "HEAD" | ""))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn methods() {
        fires(&RULE, "func f() { http.NewRequest(`HEAD`, `u`, nil) // want\n }");
        silent(&RULE, "func f() { http.NewRequest(`POST`, `u`, nil) }");
        silent(&RULE, "func f(b io.Reader) { http.NewRequest(`GET`, `u`, b) }");
        silent(&RULE, "func f(m string) { http.NewRequest(m, `u`, nil) }");
    }
}
