//! `tls-no-session-cache`: TLS dials without a session cache.

use super::common::{Assigned, has_entry, is_for_tests, is_literal_of};
use crate::audit::{Call, Check, File, Group, Hits, Kind, Local, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "tls-no-session-cache",
    title: "TLS dials without a session cache",
    group: Group::Network,
    items: &["NE1"],
    tier: 3,
    listens: &[cpu(&["net.tls", "crypto"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.80)],
    what: "A tls.Config that goes to tls.Dial, DialWithDialer or Client has no ClientSessionCache.",
    why: "Every dial makes the whole handshake, with its public-key work, although the peer would resume the last \
          session.",
    limits: "Servers and the transports of net/http are not looked at.",
    before: r#"
func connect(addr string) (net.Conn, error) {
	return tls.Dial("tcp", addr, &tls.Config{}) // want
}"#,
    after: r#"
var sessions = &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(64)}

func connect(addr string) (net.Conn, error) {
	return tls.Dial("tcp", addr, sessions)
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file) || !file.imports("crypto/tls") {
        return;
    }
    let assigned = Assigned::of(file);
    let calls = file
        .root()
        .find_all(Kind::CallExpression)
        .filter(|n| !n.is_broken());
    for call in calls.filter_map(Node::call) {
        let Some(config) = config_of(&call) else { continue };
        let name = config.local().map(Local::name);
        let literal = without_address(config.local().and_then(Local::initial_value).unwrap_or(config));
        let is_bare =
            is_literal_of(literal, "crypto/tls.Config") && !has_entry(literal, &["ClientSessionCache"]);
        if is_bare && !assigned.sets(name, &["ClientSessionCache"]) {
            hits.report(
                call.node,
                format!("tls.{} makes a whole handshake each time", call.callee.name),
            )
            .fix("&tls.Config{…, ClientSessionCache: tls.NewLRUClientSessionCache(64)}, kept for all dials");
        }
    }
}

fn config_of<'a>(call: &Call<'a>) -> Option<Node<'a>> {
    match call.callee.name {
        "Dial" if call.is_to("crypto/tls.Dial") => call.argument(2),
        "DialWithDialer" if call.is_to("crypto/tls.DialWithDialer") => call.argument(3),
        "Client" if call.is_to("crypto/tls.Client") => call.argument(1),
        _ => None,
    }
}

/// `T{…}` of `&T{…}`.
fn without_address(node: Node<'_>) -> Node<'_> {
    let node = node.unparen();
    let literal = node.descendants().take(3).find(|n| n.is(Kind::CompositeLiteral));
    literal.filter(|_| node.is(Kind::UnaryExpression)).unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn configs() {
        fires(
            &RULE,
            "func f() { c := &tls.Config{ServerName: `a`}\ntls.Dial(`tcp`, `a`, c) // want\n }",
        );
        fires(
            &RULE,
            "func f(c net.Conn) { tls.Client(c, &tls.Config{}) // want\n }",
        );
        silent(
            &RULE,
            "func f() { c := &tls.Config{}; c.ClientSessionCache = cache; tls.Dial(`tcp`, `a`, c) }",
        );
        silent(&RULE, "func f(c *tls.Config) { tls.Dial(`tcp`, `a`, c) }");
        silent(&RULE, "func f(c net.Conn) { tls.Server(c, &tls.Config{}) }");
    }
}
