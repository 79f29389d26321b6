//! `lock-in-loop`: the same lock is taken and released on every turn.

use crate::audit::{
    Check, Confidence, Function, Group, Hits, Kind, Local, Measure, Node, Reach, Rule, Scope, assumed, cpu,
    heat,
};

use super::sections::{Section, root_of, sections};

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-in-loop",
    title: "the same lock is taken and released on every turn",
    group: Group::Sync,
    items: &["CC5"],
    scope: Scope::Loop,
    listens: &[cpu(&["lock.mutex", "lock.rwmutex"]), heat(Measure::Mutex)],
    saves: &[
        assumed(Measure::Cpu, 0.50, 0.95),
        assumed(Measure::Mutex, 0.30, 0.80),
    ],
    what: "Lock and its Unlock both stand in a loop's body, on a lock that does not change with the loop.",
    why: "21 ns a turn where nobody waits, 10 to 100 times that where somebody does.",
    limits: "Silent in loops without end, over channels, and where something waits in the loop outside the lock: \
             there releasing it is right.",
    target: "one lock per call, or per batch",
    instead: "Take the lock before the loop or per batch, or copy out what is needed.",
    before: r#"
type Registry struct {
	mu    sync.Mutex
	score map[string]int
}

func (r *Registry) sum(ids []string) (sum int) {
	for _, id := range ids {
		r.mu.Lock() // want
		sum += r.score[id]
		r.mu.Unlock()
	}
	return sum
}"#,
    after: r#"
type Registry struct {
	mu    sync.Mutex
	score map[string]int
}

func (r *Registry) sum(ids []string) (sum int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		sum += r.score[id]
	}
	return sum
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    for section in sections(function.body) {
        let Some(turn) = section
            .taken
            .node
            .enclosing_loop()
            .filter(|_| !section.is_deferred)
        else {
            continue;
        };
        let Some(body) = turn.body() else { continue };
        let lock = section.lock();
        if turn.is_endless()
            || is_over_channel(turn)
            || depends_on(lock, turn)
            || leaves_after(&section, body)
        {
            continue;
        }
        let Some(calls) = work_outside(&section, body) else {
            continue;
        };
        let confidence = if calls {
            Confidence::Medium
        } else {
            Confidence::High
        };
        hits.report(
            section.taken.node,
            format!("{} is taken and released on every turn of the loop", lock.text()),
        )
        .confidence(confidence)
        .fix(format!(
            "take {} before the loop, or for a batch of turns",
            lock.text()
        ));
    }
}

fn is_over_channel(turn: Node<'_>) -> bool {
    let Some(over) = turn.ranged() else { return false };
    let ty = over.ty();
    ty.is_some_and(|t| t.is_channel() || matches!(t, crate::audit::Type::Function(_)))
}

/// Whether another turn may mean another lock.
fn depends_on<'a>(lock: Node<'a>, turn: Node<'a>) -> bool {
    let changes =
        |local: Local<'a>| turn.contains(local.declaration()) || local.writes().any(|w| turn.contains(w));
    let mut inside = std::iter::once(lock).chain(lock.descendants());
    inside.any(|n| n.is(Kind::CallExpression) || (n.is(Kind::Identifier) && n.local().is_some_and(changes)))
        || root_of(lock).is_none()
}

/// The list that takes the lock ends the loop: it is taken once.
fn leaves_after(section: &Section<'_>, body: Node<'_>) -> bool {
    let lists = section.taken.statement.ancestors().take_while(|n| *n != body);
    let mut lists = lists
        .chain(std::iter::once(body))
        .filter(|n| n.is(Kind::Block) || n.kind().is_case());
    lists.any(|list| {
        let last = list.statements().last();
        last.is_some_and(|s| {
            matches!(
                s.kind(),
                Kind::ReturnStatement | Kind::BreakStatement | Kind::GotoStatement
            )
        })
    })
}

/// What the loop does outside the lock: `None` when something there waits, else whether it calls what is not known.
fn work_outside(section: &Section<'_>, body: Node<'_>) -> Option<bool> {
    let under: rustc_hash::FxHashSet<u32> = section.nodes().map(|n| n.id).collect();
    let mut calls = false;
    for node in body.descendants_here().filter(|n| !under.contains(&n.id)) {
        if node.waits() {
            return None;
        }
        let Some(call) = node.call().filter(|_| node.is(Kind::CallExpression)) else {
            continue;
        };
        let waits = [Reach::Blocks, Reach::Remote, Reach::Query, Reach::Write];
        if waits.into_iter().any(|r| call.reaches(r).is_some()) {
            return None;
        }
        let is_lock = super::sections::lock_op(&call).is_some();
        calls |= !is_lock && !call.is_builtin() && call.callee.package != "strings";
    }
    Some(calls)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(head: &str, body: &str) -> String {
        format!(
            "type T struct {{ mu sync.Mutex; n int; next *T }}; func (t *T) f(xs []int, ts []*T, c chan int) {{ for {head} {{ {body} }} }}"
        )
    }

    #[test]
    fn loops() {
        fires(
            &RULE,
            &with("i := range xs", "t.mu.Lock() // want\n t.n += i; t.mu.Unlock()"),
        );
        fires(
            &RULE,
            &with(
                "i := 0; i < 9; i++",
                "if i > 2 { t.mu.Lock() // want\n t.n++; t.mu.Unlock() }",
            ),
        );
        silent(&RULE, &with("", "t.mu.Lock(); t.n++; t.mu.Unlock()"));
        silent(
            &RULE,
            &with("x := range c", "t.mu.Lock(); t.n += x; t.mu.Unlock()"),
        );
        silent(
            &RULE,
            &with("_, u := range ts", "u.mu.Lock(); u.n++; u.mu.Unlock()"),
        );
        silent(
            &RULE,
            &with("t != nil", "t.mu.Lock(); t.n++; t.mu.Unlock(); t = t.next"),
        );
        silent(
            &RULE,
            &with("range xs", "t.mu.Lock(); t.n++; t.mu.Unlock(); time.Sleep(1)"),
        );
        silent(
            &RULE,
            &with(
                "range xs",
                "if t.n > 1 { t.mu.Lock(); t.n++; t.mu.Unlock(); return }",
            ),
        );
        silent(
            &RULE,
            &with(
                "range xs",
                "f := func() { t.mu.Lock(); t.n++; t.mu.Unlock() }; use(f)",
            ),
        );
    }
}
