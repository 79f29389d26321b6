//! `spin-wait`: a loop spins on a flag.

use crate::audit::{
    Check, Field, Group, Hits, Kind, Loop, Measure, Node, Rule, Scope, Severity, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "spin-wait",
    title: "a loop spins on a flag",
    group: Group::Channels,
    items: &["GO1", "CC4"],
    base: Some(Severity::High),
    scope: Scope::Loop,
    listens: &[cpu(&["sched.gosched"]), heat(Measure::Cpu)],
    saves: &[assumed(Measure::Cpu, 0.90, 1.0)],
    what: "A for whose condition reads a variable, a field or an atomic, and whose body is empty or only calls \
           runtime.Gosched.",
    why: "It burns a core and starves the writer that it waits for; without atomics it is also a data race that may \
          never end.",
    limits: "Silent where the condition counts too, as a bounded spin before a real wait does.",
    target: "idle CPU about 0",
    before: r#"
func await(ready *atomic.Bool) {
	for !ready.Load() { // want
	}
}"#,
    after: r#"
func await(ready chan struct{}) {
	<-ready
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..Rule::BASE
};

fn check(around: Node<'_>, hits: &mut Hits<'_>) {
    let Some(Loop::Condition(condition)) = around.as_loop() else {
        return;
    };
    let Some(body) = around.body().filter(|b| !b.has_broken()) else {
        return;
    };
    let is_empty = body
        .statements()
        .all(|s| s.is_call_to("runtime.Gosched") || s.is(Kind::EmptyStatement));
    if is_empty && is_flag_test(condition) {
        hits.report(
            around,
            format!("this loop spins until {} changes", condition.text()),
        )
        .fix("receive from a channel that the writer closes, or wait on a sync.Cond");
    }
}

/// `flag`, `!flag`, `*flag`, `x.flag == 0`.
fn is_flag_test(condition: Node<'_>) -> bool {
    let condition = condition.unparen();
    match condition.kind() {
        Kind::BinaryExpression => {
            let is_comparison = condition
                .field(Field::Operator)
                .is_some_and(|o| matches!(o.text(), "==" | "!=" | "<" | ">" | "<=" | ">="));
            let side = |f| condition.field(f);
            let (Some(left), Some(right)) = (side(Field::Left), side(Field::Right)) else {
                return false;
            };
            let is_fixed = |n: Node<'_>| n.is_constant() || n.unparen().is(Kind::Nil);
            is_comparison && ((is_flag(left) && is_fixed(right)) || (is_flag(right) && is_fixed(left)))
        }
        Kind::UnaryExpression if condition.text().starts_with('!') => {
            condition.field(Field::Operand).is_some_and(is_flag)
        }
        _ => is_flag(condition),
    }
}

fn is_flag(node: Node<'_>) -> bool {
    let node = node.unparen();
    match node.kind() {
        Kind::Identifier | Kind::SelectorExpression => true,
        Kind::UnaryExpression if node.text().starts_with('*') => {
            node.field(Field::Operand).is_some_and(is_flag)
        }
        Kind::CallExpression => node.call().is_some_and(|c| {
            let is_load = c.callee.name.starts_with("Load");
            (is_load && c.callee.package == "sync/atomic") || (c.is_to(".Load") && c.arguments().is_empty())
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn flags() {
        fires(&RULE, "func f(ok *bool) {\nfor !*ok { // want\n} }");
        fires(&RULE, "func f(s *S) {\nfor s.busy { // want\n} }");
        fires(
            &RULE,
            "var n int32; func f() {\nfor atomic.LoadInt32(&n) == 0 { // want\n runtime.Gosched() } }",
        );
        silent(&RULE, "func f(s *S) { for s.next() { } }");
        silent(&RULE, "func f(ok *bool) { for !*ok { work() } }");
        silent(
            &RULE,
            "func f(b *atomic.Bool) { for i := 0; i < 30 && !b.Load(); i++ { } }",
        );
        silent(
            &RULE,
            "func f(b *atomic.Bool, n int) { for !b.Load() && n > 0 { } }",
        );
        silent(&RULE, "func f() { for { } }");
    }
}
