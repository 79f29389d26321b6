//! `atomic-misuse`: x = atomic.AddT(&x, n): the plain assignment undoes the atomic add.

use crate::audit::{Check, Class, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::assignment;

/// The rule.
pub const RULE: Rule = Rule {
    id: "atomic-misuse",
    title: "x = atomic.AddT(&x, n): the plain assignment undoes the atomic add",
    items: &["CC5"],
    class: Class::Correctness,
    what: "The result of atomic.Add is assigned to the variable that it counts.",
    why: "The plain assignment undoes additions of others in between.",
    peers: &["atomic"],
    before: r#"
func f(n *stats) {
	n.hits = atomic.AddInt64(&n.hits, 1) // want
}"#,
    after: r#"
func f(n *stats) {
	atomic.AddInt64(&n.hits, 1)
}"#,
    check: Check::Nodes(&[Kind::AssignmentStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((left, "=", right)) = assignment(node) else {
        return;
    };
    let Some(call) = right.call().filter(|c| c.is_to(ADDS)) else {
        return;
    };
    let counted = call.argument(0).map(Node::text).and_then(|t| t.strip_prefix('&'));
    let is_pointer = left
        .text()
        .strip_prefix('*')
        .is_some_and(|p| call.argument(0).is_some_and(|a| a.text() == p));
    if counted == Some(left.text()) || is_pointer {
        hits.report(
            node,
            format!("the assignment to {} undoes the atomic addition", left.text()),
        )
        .fix("use the result only, or drop the assignment");
    }
}

const ADDS: &str = "sync/atomic.AddInt32|AddInt64|AddUint32|AddUint64|AddUintptr";

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(p *int64) { *p = atomic.AddInt64(p, 1) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(a, b int64) { b = atomic.AddInt64(&a, 1); use(b) }"#,
        );
    }
}
