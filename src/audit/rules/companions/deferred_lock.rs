//! `deferred-lock`: mu.Lock() directly followed by defer mu.Lock() (base high).

use crate::audit::{Check, Class, Hits, Kind, Node, Rule, Severity};

use super::COMPANION;
use crate::audit::rules::sync::sections::lock_op;

/// The rule.
pub const RULE: Rule = Rule {
    id: "deferred-lock",
    title: "mu.Lock() directly followed by defer mu.Lock() (base high)",
    items: &["CC5"],
    class: Class::Correctness,
    base: Some(Severity::High),
    what: "A lock is taken, and the next statement defers taking it again.",
    why: "The function's end waits for the lock that it holds.",
    peers: &["SA2003"],
    before: r#"
func f(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Lock() // want
	work()
}"#,
    after: r#"
func f(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	work()
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some((op, lock)) = node.call().and_then(|c| lock_op(&c)).filter(|o| o.0.takes()) else {
        return;
    };
    let before = node
        .previous_sibling()
        .filter(|p| p.is(Kind::ExpressionStatement));
    let same = before.and_then(Node::call).and_then(|c| lock_op(&c));
    if same.is_some_and(|(o, l)| o == op && l.text() == lock.text()) {
        let lock = lock.text();
        hits.report(
            node,
            format!("{lock}.{op:?} is deferred right after it: the function waits for itself"),
        )
        .fix(format!("defer {lock}.{:?}()", op.release()));
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
            r#"func f(mu *sync.Mutex) { mu.Unlock(); defer mu.Lock() }"#,
        );
        silent(
            &RULE,
            r#"func f(mu, nu *sync.Mutex) { mu.Lock(); defer nu.Lock() }"#,
        );
    }
}
