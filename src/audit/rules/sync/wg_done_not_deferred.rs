//! `wg-done-not-deferred`: WaitGroup.Done is the last statement instead of deferred.

use crate::audit::{Call, Check, Class, Group, Hits, Kind, Node, Rule, Severity};

use super::spawns::{calls_here, is_wait_group, spawn};

/// The rule.
pub const RULE: Rule = Rule {
    id: "wg-done-not-deferred",
    title: "WaitGroup.Done is the last statement instead of deferred",
    group: Group::Sync,
    items: &["CC2"],
    tier: 2,
    class: Class::Correctness,
    what: "In a goroutine x.Done() of a sync.WaitGroup is a plain statement behind a call or a return; medium behind a \
           return.",
    why: "An early return, or a panic that is recovered above, leaves Wait hanging.",
    limits: "Silent where nothing stands before it that can panic or return.",
    target: "no goroutine in WaitGroup.Wait for a minute",
    before: r#"
func fetchAll(wg *sync.WaitGroup, u string) {
	go func() {
		fetch(u)
		wg.Done() // want
	}()
}"#,
    after: r#"
func fetchAll(wg *sync.WaitGroup, u string) {
	go func() {
		defer wg.Done()
		fetch(u)
	}()
}"#,
    check: Check::Nodes(&[Kind::GoStatement], check),
    ..Rule::BASE
};

fn check(go: Node<'_>, hits: &mut Hits<'_>) {
    let Some(body) = spawn(go).and_then(|s| s.literal.body()) else {
        return;
    };
    let is_done = |c: &Call<'_>| c.callee.name == "Done" && c.operand().is_some_and(is_wait_group);
    let dones: Vec<Call<'_>> = calls_here(body).filter(is_done).collect();
    let is_plain = |c: &Call<'_>| c.node.parent().is_some_and(|p| p.is(Kind::ExpressionStatement));
    if !dones.iter().all(is_plain) {
        return;
    }
    let Some(done) = dones.last() else { return };
    let before = |n: &Node<'_>| n.span().0 < done.node.span().0;
    let returns = body
        .descendants_here()
        .filter(|n| n.is(Kind::ReturnStatement))
        .any(|n| before(&n) && !is_behind_done(n));
    let calls = calls_here(body).any(|c| before(&c.node) && !c.is_builtin() && !is_done(&c));
    if returns || calls {
        let group = done.operand().map_or("the group", Node::text);
        let severity = if returns { Severity::Medium } else { Severity::Low };
        let what = if returns { "a return" } else { "a panic" };
        hits.report(
            done.node,
            format!("{group}.Done is not deferred: {what} before it leaves Wait hanging"),
        )
        .severity(severity)
        .fix(format!("defer {group}.Done() as the goroutine's first statement"));
    }
}

/// `wg.Done(); return` is no way past it.
fn is_behind_done(statement: Node<'_>) -> bool {
    let before = statement.previous_sibling().and_then(Node::call);
    before.is_some_and(|c| c.callee.name == "Done")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn what_stands_before() {
        let text =
            "func f(wg *sync.WaitGroup, b bool) { go func() { if b { return }\n wg.Done() // want\n }() }";
        fires(&RULE, text);
        assert_eq!(hits(&RULE, text)[0].severity, Severity::Medium);
        silent(
            &RULE,
            "func f(wg *sync.WaitGroup, x *int) { go func() { *x = 1; wg.Done() }() }",
        );
        silent(&RULE, "func f(wg *counter) { go func() { work(); wg.Done() }() }");
        fires(
            &RULE,
            "func f(wg *sync.WaitGroup, b bool) { go func() { if work(b) { wg.Done(); return }; work(b)\n wg.Done() // want\n }() }",
        );
    }
}
