//! `defer-in-infinite-loop`: a defer in a for without condition, return or leaving break: it never runs (base high).

use crate::audit::{Check, Class, Hits, Kind, Node, Rule, Severity};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "defer-in-infinite-loop",
    title: "a defer in a for without condition, return or leaving break: it never runs (base high)",
    items: &["GO7"],
    class: Class::Leak,
    base: Some(Severity::High),
    what: "A defer in a loop that has no condition and is never left.",
    why: "It never runs: each turn keeps its handle and a record of 16 B and more.",
    peers: &["SA5003"],
    before: r#"
func f(c chan string) {
	for {
		in := open(<-c)
		defer in.Close() // want
		read(in)
	}
}"#,
    after: r#"
func f(c chan string) {
	for {
		handle(<-c)
	}
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(turn) = node.enclosing_loops().find(|l| l.is_endless()) else {
        return;
    };
    if turn.leaves().is_empty() {
        let what = node
            .child(0)
            .and_then(|c| c.text().lines().next())
            .unwrap_or_default();
        hits.report(
            node,
            format!("{what} is deferred in a loop without end: it never runs"),
        )
        .fix("release it at the end of the turn, or call a function for each turn");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(&RULE, r#"func f() { for { defer g(); if done() { break } } }"#);
        silent(&RULE, r#"func f() { for { func() { defer g() }() } }"#);
        silent(&RULE, r#"func f(n int) { for n > 0 { defer g() } }"#);
    }
}
