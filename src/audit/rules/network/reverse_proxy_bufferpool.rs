//! `reverse-proxy-bufferpool`: a reverse proxy allocates a copy buffer per response.

use super::common::{Assigned, has_entry, is_for_tests, is_literal_of, name_of};
use crate::audit::{Check, File, Group, Hits, Kind, Measure, Node, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "reverse-proxy-bufferpool",
    title: "a reverse proxy allocates a copy buffer per response",
    group: Group::Network,
    items: &["NE2", "ME6"],
    tier: 2,
    listens: &[heat(Measure::Alloc)],
    saves: &[assumed(Measure::Alloc, 0.80, 0.99)],
    what: "An httputil.ReverseProxy, by literal or constructor, that gets no BufferPool.",
    why: "32 KiB for each response.",
    limits: "How many responses there are is known to the heap profile only.",
    before: r#"
func proxy(u *url.URL) http.Handler {
	rp := httputil.NewSingleHostReverseProxy(u) // want
	return rp
}"#,
    after: r#"
func proxy(u *url.URL) http.Handler {
	rp := httputil.NewSingleHostReverseProxy(u)
	rp.BufferPool = copyBuffers
	return rp
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file) || !file.imports("net/http/httputil") {
        return;
    }
    let assigned = Assigned::of(file);
    for node in file.root().descendants().filter(|n| !n.is_broken()) {
        if is_bare(node) && !assigned.sets(name_of(node), &["BufferPool"]) {
            hits.report(node, "this proxy allocates 32 KiB for each response")
                .fix("set its BufferPool to one that keeps slices of 32 KiB");
        }
    }
}

fn is_bare(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::CompositeLiteral => is_proxy_literal(node) && !has_entry(node, &["BufferPool"]),
        Kind::CallExpression => node.is_call_to("net/http/httputil.NewSingleHostReverseProxy"),
        _ => false,
    }
}

fn is_proxy_literal(node: Node<'_>) -> bool {
    is_literal_of(node, "net/http/httputil.ReverseProxy")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn proxies() {
        fires(&RULE, "var p = &httputil.ReverseProxy{Director: direct} // want");
        silent(&RULE, "var p = &httputil.ReverseProxy{BufferPool: pool}");
        silent(
            &RULE,
            "func f() { p := &httputil.ReverseProxy{}; p.BufferPool = pool; use(p) }",
        );
    }
}
