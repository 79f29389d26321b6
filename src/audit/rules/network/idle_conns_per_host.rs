//! `idle-conns-per-host`: a transport that keeps only two idle connections per host.

use super::common::{Assigned, entry, has_entry, is_for_tests, is_literal_of, name_of};
use crate::audit::{Check, File, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "idle-conns-per-host",
    title: "a transport that keeps only two idle connections per host",
    group: Group::Network,
    items: &["NE2"],
    listens: &[cpu(&["net.dial", "net.tls"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.95)],
    what: "An http.Transport literal that sets no MaxIdleConnsPerHost, whatever its MaxIdleConns, or no \
           IdleConnTimeout.",
    why: "The default is two: under concurrency the third connection to a host is closed after each use. Without \
          IdleConnTimeout idle ones stay for ever.",
    limits: "A bare literal also loses the proxy of the environment and the dial timeouts, and HTTP/2 once TLS or \
             dialling is customised. Silent where keep-alive is off, and in tests.",
    target: "dials per second about 0",
    before: r#"
func pooled() *http.Transport {
	return &http.Transport{MaxIdleConns: 500} // want
}"#,
    after: r#"
func pooled() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 100
	t.IdleConnTimeout = 90 * time.Second
	return t
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file) || !file.imports("net/http") {
        return;
    }
    let assigned = Assigned::of(file);
    let literals = file
        .root()
        .find_all(Kind::CompositeLiteral)
        .filter(|n| !n.is_broken());
    for literal in literals.filter(|n| is_literal_of(*n, "net/http.Transport")) {
        let is_off = entry(literal, "DisableKeepAlives").is_some_and(|v| v.text() == "true")
            || assigned.sets(name_of(literal), &["DisableKeepAlives"]);
        if is_off {
            continue;
        }
        let lacks = |field: &str| !has_entry(literal, &[field]) && !assigned.sets(name_of(literal), &[field]);
        let message = match (lacks("MaxIdleConnsPerHost"), lacks("IdleConnTimeout")) {
            (true, _) => "this transport keeps two idle connections per host",
            (false, true) => "this transport keeps idle connections for ever",
            _ => continue,
        };
        let bare = lost(literal);
        hits.report(literal, format!("{message}{bare}"))
            .fix("clone http.DefaultTransport, then set MaxIdleConnsPerHost and IdleConnTimeout");
    }
}

/// What a literal without these fields does without.
fn lost(literal: Node<'_>) -> &'static str {
    let has_proxy = has_entry(literal, &["Proxy"]);
    let has_dial = has_entry(literal, &["DialContext", "Dial"]);
    match (has_proxy, has_dial) {
        (false, false) => ", and knows neither the proxy of the environment nor a dial timeout",
        (false, true) => ", and does not know the proxy of the environment",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn fields() {
        fires(&RULE, "var t = &http.Transport{} // want");
        fires(&RULE, "var t = &http.Transport{MaxIdleConnsPerHost: 9} // want");
        fires(&RULE, "var t = &http.Transport{IdleConnTimeout: 9} // want");
        silent(
            &RULE,
            "var t = &http.Transport{MaxIdleConnsPerHost: 9, IdleConnTimeout: 9}",
        );
        silent(&RULE, "var t = &http.Transport{DisableKeepAlives: true}");
        silent(
            &RULE,
            "func f() { t := &http.Transport{IdleConnTimeout: 9}; t.MaxIdleConnsPerHost = 9; use(t) }",
        );
        silent(&RULE, "func f(t *testing.T) { use(&http.Transport{}) }");
        silent(&RULE, "type Transport struct { }; var t = Transport{}");
    }
}
