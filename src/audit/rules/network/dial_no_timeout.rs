//! `dial-no-timeout`: a dial without a time limit.

use super::common::{Assigned, has_entry, is_for_tests, is_literal_of, is_local_address, text_around};
use crate::audit::rules::goroutines::common::last_name;
use crate::audit::{Call, Check, Class, File, Group, Hits, Kind, Local, Measure, Node, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "dial-no-timeout",
    title: "a dial without a time limit",
    group: Group::Network,
    items: &["NE3"],
    tier: 2,
    class: Class::Safety,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Goroutines)],
    what: "net.Dial, tls.Dial, Dial of a net.Dialer without Timeout or Deadline, or grpc.Dial that waits for its \
           connection without a deadline.",
    why: "The kernel's own limit for connecting is minutes.",
    limits: "Silent for Unix sockets, UDP, loopback addresses and tests.",
    peers: &["noctx"],
    before: r#"
func connect(addr string) (net.Conn, error) {
	return net.Dial("tcp", addr) // want
}"#,
    after: r#"
func connect(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	return d.DialContext(ctx, "tcp", addr)
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if is_for_tests(file)
        || !["net", "crypto/tls", "google.golang.org/grpc"]
            .iter()
            .any(|p| file.imports(p))
    {
        return;
    }
    let assigned = Assigned::of(file);
    let calls = file
        .root()
        .find_all(Kind::CallExpression)
        .filter(|n| !n.is_broken());
    for call in calls
        .filter_map(Node::call)
        .filter(|c| matches!(c.callee.name, "Dial" | "DialContext"))
    {
        if is_open(&call, &assigned) && !is_near(&call) {
            hits.report(call.node, format!("{} may wait for minutes", name_of(&call)))
                .fix("net.Dialer{Timeout: 5 * time.Second}, and its DialContext");
        }
    }
}

fn name_of(call: &Call<'_>) -> String {
    let package = call.callee.package.rsplit('/').next().unwrap_or_default();
    format!("{package}.{}", call.callee.name)
}

fn is_open(call: &Call<'_>, assigned: &Assigned<'_>) -> bool {
    if call.is_to("google.golang.org/grpc.Dial|DialContext") {
        let waits = call.node.text().contains("WithBlock()");
        return waits && !text_around(call.node).contains("context.With");
    }
    call.is_to("net.Dial")
        || call.is_to("crypto/tls.Dial")
        || (call.is_to("(*net.Dialer).Dial") && call.operand().is_some_and(|o| is_open_dialer(o, assigned)))
}

/// A dialer whose literal is seen, without Timeout or Deadline.
fn is_open_dialer(operand: Node<'_>, assigned: &Assigned<'_>) -> bool {
    let limits = ["Timeout", "Deadline"];
    let mut value = operand
        .local()
        .and_then(Local::initial_value)
        .unwrap_or(operand)
        .unparen();
    if value.is(Kind::UnaryExpression) {
        value = value
            .child(1)
            .or_else(|| value.child(0))
            .unwrap_or(value)
            .unparen();
    }
    is_literal_of(value, "net.Dialer")
        && !has_entry(value, &limits)
        && !assigned.sets(Some(last_name(operand)), &limits)
}

/// A Unix socket, UDP, or this machine.
fn is_near(call: &Call<'_>) -> bool {
    let text = |at: usize| {
        call.argument(at)
            .and_then(Node::constant_string)
            .unwrap_or_default()
    };
    let is_quick = ["unix", "udp", "ip"].iter().any(|n| text(0).starts_with(n));
    is_quick || (call.callee.package != "google.golang.org/grpc" && is_local_address(&text(1)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn dials() {
        fires(&RULE, "func f() { tls.Dial(`tcp`, `a:1`, nil) // want\n }");
        fires(&RULE, "func f() { (&net.Dialer{}).Dial(`tcp`, `a:1`) // want\n }");
        fires(
            &RULE,
            "func f() { d := net.Dialer{KeepAlive: 3}\nd.Dial(`tcp`, `a:1`) // want\n }",
        );
        fires(&RULE, "func f() { grpc.Dial(`a`, grpc.WithBlock()) // want\n }");
        silent(&RULE, "func f() { net.Dial(`unix`, `s`) }");
        silent(&RULE, "func f() { net.Dial(`udp`, `a:1`) }");
        silent(&RULE, "func f() { net.Dial(`tcp`, `127.0.0.1:80`) }");
        silent(&RULE, "func f() { net.DialTimeout(`tcp`, `a:1`, 3) }");
        silent(&RULE, "func f() { (&net.Dialer{Timeout: 3}).Dial(`tcp`, `a:1`) }");
        silent(&RULE, "func f(d *net.Dialer) { d.Dial(`tcp`, `a:1`) }");
        silent(&RULE, "func f() { grpc.Dial(`a`) }");
    }
}
