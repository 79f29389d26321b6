//! `empty-critical-section`: Lock and Unlock (or RLock and RUnlock) of one mutex in adjacent statements.

use crate::audit::{Check, Class, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::next_statement;
use crate::audit::rules::sync::sections::lock_op;

/// The rule.
pub const RULE: Rule = Rule {
    id: "empty-critical-section",
    title: "Lock and Unlock (or RLock and RUnlock) of one mutex in adjacent statements",
    items: &["CC5"],
    class: Class::Correctness,
    what: "A lock is taken and released in adjacent statements.",
    why: "It guards nothing; a defer or the code between is missing.",
    peers: &["SA2001"],
    before: r#"
func f(mu *sync.Mutex) {
	mu.Lock() // want
	mu.Unlock()
	work()
}"#,
    after: r#"
func f(mu *sync.Mutex) {
	mu.Lock()
	work()
	mu.Unlock()
}"#,
    check: Check::Nodes(&[Kind::ExpressionStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((op, lock)) = node.call().and_then(|c| lock_op(&c)).filter(|o| o.0.takes()) else {
        return;
    };
    let next = next_statement(node).filter(|n| n.is(Kind::ExpressionStatement));
    let end = next.and_then(Node::call).and_then(|c| lock_op(&c));
    if end.is_some_and(|(o, l)| o == op.release() && l.text() == lock.text()) {
        hits.report(
            node,
            format!("{} is released right after it is taken", lock.text()),
        )
        .fix("put the code between them, or drop both");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(mu *sync.Mutex) { mu.Lock(); defer mu.Unlock() }"#,
        );
        silent(&RULE, r#"func f(mu *sync.RWMutex) { mu.Lock(); mu.RUnlock() }"#);
    }
}
