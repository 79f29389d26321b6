//! `lock-not-released`: a path returns with the lock held.

use rustc_hash::FxHashSet;

use crate::audit::{
    Check, Class, Effect, Field, Function, Group, Hits, Kind, Measure, Node, Paths, Rule, Severity, heat,
};

use super::sections::{LockCall, LockOp, lock_calls};

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-not-released",
    title: "a path returns with the lock held",
    group: Group::Sync,
    items: &["CC5", "CC1"],
    class: Class::Correctness,
    base: Some(Severity::High),
    listens: &[heat(Measure::Leaked)],
    what: "After x.Lock() or x.RLock() some path reaches a return without the matching unlock, plain, deferred, in a \
           deferred literal or by a helper named unlock.",
    why: "The next user waits for ever.",
    limits: "Silent in functions named for locking, where no unlock stands in the function, where it begins by \
             unlocking, and where the same condition guards both.",
    target: "no goroutine in the lock for over a minute",
    peers: &["missing-unlock", "missing-runlock"],
    before: r#"
func (r *Registry) find(key string) (int, error) {
	r.mu.Lock()
	v, ok := r.items[key]
	if !ok {
		return 0, errMissing // want
	}
	r.mu.Unlock()
	return v, nil
}"#,
    after: r#"
func (r *Registry) find(key string) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.items[key]
	if !ok {
		return 0, errMissing
	}
	return v, nil
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

/// More locks of one function are not followed: no person wrote them.
const MAX_LOCKS: usize = 64;

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let name = function.name().to_ascii_lowercase();
    if name.contains("lock") || name.starts_with("acquire") {
        return;
    }
    let calls = lock_calls(function.body);
    let takes = calls.iter().filter(|c| c.op.takes() && !c.is_deferred);
    for taken in takes
        .take(MAX_LOCKS)
        .filter(|c| c.statement.is(Kind::ExpressionStatement))
    {
        let mut same = calls.iter().filter(|c| c.lock.text() == taken.lock.text());
        let is_handed_on = !same.clone().any(|c| c.op == taken.op.release());
        // Who begins by unlocking, or locks at the end, was called with the lock held.
        let before = |c: &LockCall<'_>| c.node.span().0 < taken.node.span().0;
        let is_lent = same.clone().any(|c| c.is_deferred && (c.op.takes() || before(c)))
            || same.next().is_some_and(|c| !c.op.takes() && !c.is_deferred);
        if !is_handed_on && !is_lent && !changes(taken, &calls) {
            follow(taken, &calls, function, hits);
        }
    }
}

/// The lock depends on a loop in which it is not released, or on a condition that also guards the release.
fn changes<'a>(taken: &LockCall<'a>, calls: &[LockCall<'a>]) -> bool {
    let ends = |c: &&LockCall<'a>| c.op == taken.op.release() && c.lock.text() == taken.lock.text();
    let is_other_loop = taken
        .node
        .enclosing_loop()
        .is_some_and(|l| !calls.iter().filter(ends).any(|c| l.contains(c.node)));
    let guards = conditions(taken.node);
    let by_same = calls.iter().filter(ends).any(|c| {
        let own = conditions(c.node);
        own.iter().any(|g| guards.contains(g)) && !shares_branch(taken.node, c.node)
    });
    is_other_loop || by_same
}

/// The conditions of the `if`s around a node, as written.
fn conditions(node: Node<'_>) -> Vec<&str> {
    let here = node.ancestors().take_while(|n| !n.kind().is_function());
    here.filter(|n| n.is(Kind::IfStatement))
        .filter_map(|n| n.field(Field::Condition))
        .map(|c| c.text().trim_start_matches('!'))
        .collect()
}

/// Both stand in one and the same `if`.
fn shares_branch(one: Node<'_>, other: Node<'_>) -> bool {
    let here = one.ancestors().take_while(|n| !n.kind().is_function());
    here.filter(|n| n.is(Kind::IfStatement))
        .any(|n| n.contains(other))
}

fn follow<'a>(taken: &LockCall<'a>, calls: &[LockCall<'a>], function: Function<'a>, hits: &mut Hits<'_>) {
    let mut done: FxHashSet<u32> = FxHashSet::default();
    for call in calls {
        let ends = call.op == taken.op.release() && call.lock.text() == taken.lock.text();
        if ends {
            done.extend(call.statement.flow_statement().map(|s| s.id));
        }
    }
    done.extend(mentions(taken, function));
    let paths = Paths {
        from: taken.statement,
        error: None,
        value: None,
    };
    let effect = |s: Node<'a>| {
        let is_done = done.contains(&s.id) || s.is_broken();
        if is_done { Effect::Done } else { Effect::None }
    };
    let lock = taken.lock.text();
    for end in paths.open_ends(effect) {
        let place = if end == function.body { taken.node } else { end };
        let what = if end == function.body {
            "the function ends"
        } else {
            "this return leaves"
        };
        hits.report(place, format!("{what} with {lock} still held"))
            .fix(format!(
                "defer {lock}.{:?}() right after it is taken",
                taken.op.release()
            ));
    }
}

/// Statements that unlock in another way: a helper, a literal, the method handed on as a value.
fn mentions<'a>(taken: &LockCall<'a>, function: Function<'a>) -> Vec<u32> {
    let value = format!("{}.{:?}", taken.lock.text(), taken.op.release());
    let is_other = |n: &Node<'a>| match n.kind() {
        Kind::SelectorExpression => {
            let name = n.field(Field::Field).map_or("", Node::text);
            n.text() == value
                || (LockOp::named(name).is_none() && name.to_ascii_lowercase().contains("unlock"))
        }
        Kind::CallExpression => crate::audit::names::called_name(*n).is_some_and(|name| {
            LockOp::named(name).is_none() && name.to_ascii_lowercase().contains("unlock")
        }),
        _ => false,
    };
    let nodes = function.body.descendants().filter(is_other);
    let outside = nodes.map(|n| n.literal_inside(function.body).unwrap_or(n));
    outside.filter_map(Node::flow_statement).map(|s| s.id).collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(body: &str) -> String {
        format!("func f(mu *sync.RWMutex, b, c bool, n int, s *S) func() {{ {body} }}")
    }

    #[test]
    fn open_paths() {
        fires(
            &RULE,
            &with("mu.RLock()\n switch n { case 1: return nil // want\n }; mu.RUnlock(); return nil"),
        );
        fires(
            &RULE,
            &with("mu.RLock(); mu.Lock(); mu.Unlock()\n if b { mu.RUnlock() }\n return nil // want\n"),
        );
        fires(
            &RULE,
            "func f(mu *sync.Mutex, b bool) {\n mu.Lock() // want\n if b { mu.Unlock() } }",
        );
        fires(
            &RULE,
            &with(
                "for i := 0; i < n; i++ { mu.Lock(); if b {\n return nil // want\n }; mu.Unlock() }; return nil",
            ),
        );
    }

    #[test]
    fn closed_paths() {
        silent(
            &RULE,
            &with("mu.Lock(); if b { mu.Unlock(); return nil }; mu.Unlock(); return nil"),
        );
        silent(
            &RULE,
            &with("mu.Lock(); defer func() { if b { mu.Unlock() } }(); return nil"),
        );
        silent(
            &RULE,
            &with("if b { mu.Lock() }; n++; if b { mu.Unlock() }; return nil"),
        );
        silent(
            &RULE,
            &with("if s.shared { mu.Lock() }; n++; if s.shared { mu.Unlock() }; return nil"),
        );
        silent(
            &RULE,
            &with("mu.Lock(); if b { return mu.Unlock }; mu.Unlock(); return nil"),
        );
        silent(
            &RULE,
            &with("mu.Lock(); if b { return func() { mu.Unlock() } }; mu.Unlock(); return nil"),
        );
        silent(
            &RULE,
            &with("mu.Lock(); if b { panic(1) }; mu.Unlock(); return nil"),
        );
        silent(
            &RULE,
            &with("mu.Lock(); if b { unlockSlow(mu); return nil }; mu.Unlock(); return nil"),
        );
        silent(&RULE, &with("mu.Unlock(); n++; mu.Lock(); return nil"));
        silent(&RULE, &with("mu.Lock(); return nil"));
        silent(
            &RULE,
            "func lockBoth(mu *sync.Mutex, b bool) { mu.Lock(); if b { return }; mu.Unlock() }",
        );
        silent(
            &RULE,
            "func f(ss []*S) { for _, s := range ss { s.mu.Lock() }; for _, s := range ss { s.mu.Unlock() } }",
        );
    }
}
