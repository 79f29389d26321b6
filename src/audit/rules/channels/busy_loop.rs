//! `busy-loop`: a loop polls with a select default.

use crate::audit::{
    Call, Check, Field, Group, Hits, Kind, Loop, Measure, Node, Rule, Scope, Severity, assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "busy-loop",
    title: "a loop polls with a select default",
    group: Group::Channels,
    items: &["GO1", "CC4"],
    base: Some(Severity::High),
    scope: Scope::Loop,
    listens: &[cpu(&["chan.select", "sched.gosched"])],
    saves: &[assumed(Measure::Cpu, 0.90, 1.0)],
    what: "A for without counter around a select whose default is empty or does nothing that waits, and nothing else \
           in the loop waits either; or one that only tests and calls runtime.Gosched.",
    why: "One core per waiter: 6 ns a turn, a hundred million turns a second.",
    limits: "Silent where a turn calls anything that may wait or work.",
    target: "idle CPU about 0",
    peers: &["SA5004"],
    before: r#"
func drain(queue chan Job) {
	for {
		select {
		case j := <-queue:
			run(j)
		default: // want
		}
	}
}"#,
    after: r#"
func drain(queue chan Job) {
	for j := range queue {
		run(j)
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..Rule::BASE
};

fn check(around: Node<'_>, hits: &mut Hits<'_>) {
    let Some(body) = around.body().filter(|_| is_bare(around)) else {
        return;
    };
    if let Some(default) = polling_default(around, body) {
        hits.report(default, "this default makes the loop turn without waiting")
            .fix("leave the default out, or range over the channel");
    } else if is_yielding(around, body) {
        hits.report(around, "this loop spins without waiting")
            .fix("wait on a channel or a sync.Cond");
    }
}

/// `for { … }`, or `for !flag { … }` whose condition does not wait; without a counter.
fn is_bare(around: Node<'_>) -> bool {
    match around.as_loop() {
        Some(Loop::Endless) => true,
        Some(Loop::Condition(condition)) => is_idle(condition),
        _ => false,
    }
}

/// The default of the select in a body that has nothing else to wait for.
fn polling_default<'a>(around: Node<'a>, body: Node<'a>) -> Option<Node<'a>> {
    let select = body.statements().find(|s| s.is(Kind::SelectStatement))?;
    let default = select.children().find(|c| c.is(Kind::DefaultCase))?;
    let others = body.statements().filter(|s| *s != select);
    let is_idle = others.chain(default.statements()).all(is_idle);
    let leaves = around
        .leaves()
        .into_iter()
        .any(|l| !is_in_case(l, select, default));
    (is_idle && !leaves && select.children().any(|c| c.is(Kind::CommunicationCase))).then_some(default)
}

/// Whether a way out of the loop stands in one of the select's cases that wait.
fn is_in_case<'a>(leave: Node<'a>, select: Node<'a>, default: Node<'a>) -> bool {
    select.contains(leave) && !default.contains(leave)
}

/// A statement that neither waits nor works: counting, yielding, reading a clock or an atomic.
fn is_idle(statement: Node<'_>) -> bool {
    let is_quick = |n: Node<'_>| match n.kind() {
        Kind::CallExpression => n.call().is_some_and(|c| is_quick_call(&c)),
        Kind::FuncLiteral | Kind::ForStatement | Kind::SelectStatement | Kind::SendStatement => false,
        Kind::GoStatement | Kind::DeferStatement | Kind::Error => false,
        _ => !n.waits(),
    };
    std::iter::once(statement)
        .chain(statement.descendants())
        .all(is_quick)
}

fn is_quick_call(call: &Call<'_>) -> bool {
    call.is_to("runtime.Gosched")
        || call.is_to("time.Now|Since|Until")
        || matches!(call.callee.package, "sync/atomic")
        || (call.is_to(".Load") && call.arguments().is_empty())
        || call.is_to("len")
        || call.is_to("cap")
}

/// `for { if try() { break }; runtime.Gosched() }`.
fn is_yielding<'a>(around: Node<'a>, body: Node<'a>) -> bool {
    let yields = |s: Node<'_>| s.is_call_to("runtime.Gosched");
    let leaves = around.leaves();
    let tests = |s: Node<'a>| {
        let consequence = s.field(Field::Consequence);
        let last = consequence.and_then(|c| c.statements().last());
        s.is(Kind::IfStatement)
            && s.field(Field::Alternative).is_none()
            && last.is_some_and(|l| leaves.contains(&l))
    };
    let statements: Vec<Node<'a>> = body.statements().collect();
    statements.iter().any(|s| yields(*s)) && statements.iter().all(|s| yields(*s) || tests(*s))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn body(text: &str) -> String {
        format!("func f(ch chan int, q chan bool, c net.Conn) {{ n := 0; for {{\n{text}\n}} }}")
    }

    #[test]
    fn polls() {
        fires(&RULE, &body("select { case <-ch: return\ndefault: // want\n}"));
        fires(
            &RULE,
            &body("select { case <-ch: work()\ndefault: // want\n n++; continue }"),
        );
        fires(
            &RULE,
            &body("select { case <-ch:\ndefault: // want\n runtime.Gosched() }\nn++"),
        );
        fires(
            &RULE,
            "func f(s *atomic.Bool, ch chan int) { for !s.Load() { select { case <-ch:\ndefault: // want\n} } }",
        );
        silent(
            &RULE,
            "func f(s *bufio.Scanner, ch chan int) { for s.Scan() { select { case <-ch: default: } } }",
        );
        silent(&RULE, &body("select { case <-ch: case <-q: return }"));
        silent(&RULE, &body("select { case <-ch: default: time.Sleep(1) }"));
        silent(&RULE, &body("select { case <-ch: default: <-q }"));
        silent(&RULE, &body("select { case <-ch: default: c.Read(nil) }"));
        silent(&RULE, &body("select { case <-ch: default: work() }"));
        silent(&RULE, &body("select { case <-ch: default: return }"));
        silent(&RULE, &body("select { case <-q: return; default: }\nwork()"));
        silent(
            &RULE,
            &body("if n > 3 { return }\nselect { case <-ch: default: n++ }"),
        );
        silent(
            &RULE,
            "func f(ch chan int) { for i := 0; i < 9; i++ { select { case <-ch: default: } } }",
        );
        silent(&RULE, "func f(ch chan int) { select { case <-ch: default: } }");
    }

    #[test]
    fn yields() {
        fires(
            &RULE,
            "func f() {\nfor { // want\n if try() { break }\n runtime.Gosched() } }",
        );
        silent(
            &RULE,
            "func f() { for { if try() { break }; work(); runtime.Gosched() } }",
        );
        silent(&RULE, "func f() { for { if try() { break }; time.Sleep(1) } }");
    }
}
