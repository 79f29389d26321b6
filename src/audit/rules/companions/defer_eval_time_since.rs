//! `defer-eval-time-since`: defer f(time.Since(t)): the argument is evaluated at once.

use crate::audit::{Check, Class, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "defer-eval-time-since",
    title: "defer f(time.Since(t)): the argument is evaluated at once",
    items: &["ME3"],
    class: Class::Correctness,
    what: "The argument of a deferred call contains time.Since.",
    why: "It is evaluated at once, when next to no time has passed.",
    peers: &["defers"],
    before: r#"
func f(start time.Time) {
	defer observe(time.Since(start)) // want
	work()
}"#,
    after: r#"
func f(start time.Time) {
	defer func() { observe(time.Since(start)) }()
	work()
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(call) = node.call() else { return };
    let is_since = |n: Node<'_>| n.is(Kind::CallExpression) && n.is_call_to("time.Since");
    let arguments = call.arguments().into_iter().filter(|a| !a.is(Kind::FuncLiteral));
    let mut inside = arguments.flat_map(|a| std::iter::once(a).chain(a.descendants_here()));
    if inside.any(is_since) {
        hits.report(
            node,
            "time.Since is evaluated where it is deferred, not when the function ends",
        )
        .fix("defer func() { … time.Since(start) … }()");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(t time.Time) { defer log.Print(time.Since(t).Seconds()) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(t time.Time) { defer f2(func() { use(time.Since(t)) }); use(time.Since(t)) }"#,
        );
    }
}
