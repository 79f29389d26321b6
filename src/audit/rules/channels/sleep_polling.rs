//! `sleep-polling`: a loop sleeps a little and looks again.

use crate::audit::{Call, Check, Field, Group, Hits, Kind, Loop, Measure, Node, Rule, Scope, assumed, cpu};

/// Sleeps of so many nanoseconds are no polling.
const LONG: i64 = 10_000_000;

/// The rule.
pub const RULE: Rule = Rule {
    id: "sleep-polling",
    title: "a loop sleeps a little and looks again",
    group: Group::Channels,
    items: &["GO1", "CC4"],
    scope: Scope::Loop,
    listens: &[cpu(&["timer", "sched"])],
    saves: &[assumed(Measure::Cpu, 0.80, 1.0)],
    what: "time.Sleep of a constant under 10 ms is all that a loop with a condition does, or stands in the default of a \
           select in a loop.",
    why: "Each sleeper costs timer and wake-up work: 2000 that sleep 100 µs take 85 % of the CPU in timers; and the \
          answer comes late by up to one sleep.",
    limits: "Silent for longer sleeps, for those that grow, and in tests.",
    target: "wake-ups only when something happened",
    before: r#"
func await(done func() bool) {
	for !done() {
		time.Sleep(time.Millisecond) // want
	}
}"#,
    after: r#"
func await(ctx context.Context, done chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}"#,
    check: Check::Calls(&["time.Sleep"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let span = call.argument(0).and_then(Node::constant_integer);
    let is_short = span.is_some_and(|ns| (0..LONG).contains(&ns));
    let Some(around) = call.node.enclosing_loop().filter(|_| is_short) else {
        return;
    };
    let Some(statement) = call.node.statement() else {
        return;
    };
    let is_test = call.node.file().facts().is_test;
    if !is_test && (is_poll(around, statement) || is_default(around, statement)) {
        hits.report(call.node, "this loop wakes up only to look again")
            .fix("let whoever changes it close a channel or signal a sync.Cond, and wait for that");
    }
}

/// The sleep is all that the loop does; or its other statements only leave it.
fn is_poll(around: Node<'_>, sleep: Node<'_>) -> bool {
    let Some(body) = around.body() else { return false };
    let others: Vec<Node<'_>> = body.statements().filter(|s| *s != sleep).collect();
    if sleep.parent() != Some(body) {
        return false;
    }
    match around.as_loop() {
        Some(Loop::Condition(_)) => others.is_empty(),
        _ if around.is_endless() => {
            let leaves = around.leaves();
            let tests = |s: &Node<'_>| {
                let last = s.field(Field::Consequence).and_then(|c| c.statements().last());
                s.is(Kind::IfStatement) && last.is_some_and(|l| leaves.contains(&l))
            };
            others.len() == 1 && others.iter().all(tests)
        }
        _ => false,
    }
}

/// In the default of a select of this loop.
fn is_default(around: Node<'_>, sleep: Node<'_>) -> bool {
    let case = sleep.parent().filter(|p| p.is(Kind::DefaultCase));
    let select = case
        .and_then(Node::parent)
        .filter(|s| s.is(Kind::SelectStatement));
    select.is_some_and(|s| s.enclosing_loop() == Some(around))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn polls() {
        fires(
            &RULE,
            "func f() { for {\nif done() { return }\ntime.Sleep(5 * time.Millisecond) // want\n} }",
        );
        fires(
            &RULE,
            "func f(c chan int) { for { select { case <-c: return; default:\ntime.Sleep(100) // want\n} } }",
        );
        fires(
            &RULE,
            "const nap = time.Millisecond * 2; func f() { for busy() {\ntime.Sleep(nap) // want\n} }",
        );
        silent(
            &RULE,
            "func f() { for !done() { time.Sleep(10 * time.Millisecond) } }",
        );
        silent(
            &RULE,
            "func f() { d := time.Millisecond; for !done() { time.Sleep(d); d *= 2 } }",
        );
        silent(&RULE, "func f(d time.Duration) { for !done() { time.Sleep(d) } }");
        silent(
            &RULE,
            "func f() { for !done() { work(); time.Sleep(time.Millisecond) } }",
        );
        silent(&RULE, "func f() { for range 3 { time.Sleep(time.Millisecond) } }");
        silent(&RULE, "func f() { time.Sleep(time.Millisecond) }");
    }
}
