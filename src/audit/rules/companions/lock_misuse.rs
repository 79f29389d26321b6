//! `lock-misuse`: adjacent mu.Lock() and mu.Unlock() with more statements after them (a defer was meant), defer mu.Lock(), and pairs of different kinds such as mu.RLock() with mu.Unlock() (base high).

use crate::audit::{Check, Class, Confidence, Function, Hits, Kind, Rule, Severity};

use super::COMPANION;
use super::shapes::next_statement;
use crate::audit::rules::sync::sections::{LockCall, lock_calls};

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-misuse",
    title: "adjacent mu.Lock() and mu.Unlock() with more statements after them (a defer was meant), defer mu.Lock(), and pairs of different kinds such as mu.RLock() with mu.Unlock() (base high)",
    items: &["CC5"],
    class: Class::Correctness,
    base: Some(Severity::High),
    what: "Lock and Unlock stand side by side with more statements after them, a function defers Lock, or it ends RLock by Unlock.",
    why: "The lock guards nothing, is never released, or is released in the wrong way, which ends the process.",
    peers: &["badLock"],
    before: r#"
func f(mu *sync.RWMutex) {
	mu.RLock()
	defer mu.Unlock() // want
	work()
}"#,
    after: r#"
func f(mu *sync.RWMutex) {
	mu.RLock()
	defer mu.RUnlock()
	work()
}"#,
    check: Check::Functions(check),
    ..COMPANION
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let calls = lock_calls(function.body);
    // Defers run a lock again where the function began by releasing it.
    let same = |a: &LockCall<'_>, b: &LockCall<'_>| a.lock.text() == b.lock.text();
    for (at, call) in calls.iter().enumerate() {
        let (before, after) = calls.split_at(at);
        let lock = call.lock.text();
        if call.op.takes() && call.is_deferred {
            let is_lent = before.iter().any(|b| same(b, call) && !b.op.takes());
            let is_literal = call
                .statement
                .child(0)
                .is_some_and(|c| c.child(0).is_some_and(|f| f.is(Kind::FuncLiteral)));
            if !is_lent && !is_literal {
                hits.report(
                    call.node,
                    format!("{lock}.{:?} is deferred: Unlock was meant", call.op),
                )
                .fix(format!("defer {lock}.{:?}()", call.op.release()));
            }
            continue;
        }
        if call.op.takes() {
            adjacent(call, after, hits);
        } else if let Some(taken) = before.iter().rev().find(|b| same(b, call) && b.op.takes()) {
            let mut others = calls.iter().filter(|c| same(c, call));
            let is_mixed =
                taken.op.release() != call.op && others.all(|c| c.op == taken.op || c.op == call.op);
            if is_mixed && calls.len() < MAX_CALLS {
                hits.report(
                    call.node,
                    format!("{lock} is taken by {:?} and released by {:?}", taken.op, call.op),
                )
                .fix(format!("{lock}.{:?}()", taken.op.release()));
            }
        }
    }
}

/// More lock calls in one function are not compared: no person wrote them.
const MAX_CALLS: usize = 64;

/// `Lock` and `Unlock` as statements one after the other, with more after them.
fn adjacent<'a>(taken: &LockCall<'a>, after: &[LockCall<'a>], hits: &mut Hits<'_>) {
    let Some(end) = after
        .get(1)
        .filter(|e| e.op == taken.op.release() && e.lock.text() == taken.lock.text())
    else {
        return;
    };
    let is_next =
        next_statement(taken.statement) == Some(end.statement) && end.statement.is(Kind::ExpressionStatement);
    if is_next && next_statement(end.statement).is_some() {
        let lock = taken.lock.text();
        // It may be meant: to wait until nobody holds it.
        hits.report(
            taken.node,
            format!("{lock} is released at once: a defer was meant"),
        )
        .severity(Severity::Medium)
        .confidence(Confidence::Medium)
        .fix(format!("defer {lock}.{:?}()", end.op));
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
            r#"func f(mu *sync.Mutex) { mu.Lock() // want
 mu.Unlock(); work() }"#,
        );
        fires(
            &RULE,
            r#"func f(mu *sync.Mutex) { work()
 defer mu.Lock() // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(mu *sync.Mutex) { mu.Unlock(); defer mu.Lock(); work() }"#,
        );
        silent(&RULE, r#"func f(mu *sync.RWMutex) { mu.RLock(); mu.RUnlock() }"#);
        silent(
            &RULE,
            r#"func f(mu *sync.RWMutex) { mu.RLock(); work(); mu.RUnlock(); mu.Lock(); work(); mu.Unlock() }"#,
        );
    }
}
