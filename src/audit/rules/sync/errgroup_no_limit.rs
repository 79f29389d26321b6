//! `errgroup-no-limit`: an errgroup over data without a limit.

use crate::audit::{Call, Check, Class, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "errgroup-no-limit",
    title: "an errgroup over data without a limit",
    group: Group::Sync,
    items: &["CC7", "GO1"],
    tier: 2,
    class: Class::Leak,
    scope: Scope::GoEntry,
    listens: &[heat(Measure::Leaked), cpu(&["goroutine.spawn", "sched"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.90)],
    what: "g.Go of an errgroup in a range over data, and neither SetLimit nor a semaphore in the function.",
    why: "As many goroutines as items, each with a stack of 2 KB or more and whatever it opens.",
    limits: "Silent for ranges over at most 64 elements that the source tells, and for groups that come from elsewhere.",
    before: r#"
func fetchAll(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, u := range urls {
		g.Go(func() error { return fetch(ctx, u) }) // want
	}
	return g.Wait()
}"#,
    after: r#"
func fetchAll(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, u := range urls {
		g.Go(func() error { return fetch(ctx, u) })
	}
	return g.Wait()
}"#,
    check: Check::Calls(&["(*golang.org/x/sync/errgroup.Group).Go"], check),
    ..Rule::BASE
};

const MAX_FEW: u64 = 64;

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let data = call.node.enclosing_loops().find(|l| l.is_over_data());
    let is_few = data.and_then(Node::constant_turns).is_some_and(|n| n <= MAX_FEW);
    let (Some(data), Some(group)) = (data.filter(|_| !is_few), call.operand()) else {
        return;
    };
    let local = group.local();
    let Some(home) = local
        .and_then(crate::audit::Local::function)
        .filter(|_| is_made_here(group))
    else {
        return;
    };
    if is_bounded(home) {
        return;
    }
    let over = data.ranged().map_or("the data", Node::text);
    let group = group.text();
    hits.report(
        call.node,
        format!("{group}.Go starts a goroutine for each element of {over}, without a limit"),
    )
    .fix(format!("{group}.SetLimit(n) before the loop"));
}

/// A variable of the function, no parameter: else the limit may be set where it was made.
fn is_made_here(group: Node<'_>) -> bool {
    group
        .local()
        .is_some_and(|l| l.kind() == crate::audit::LocalKind::Variable)
}

/// A limit or a semaphore anywhere in the function.
fn is_bounded(function: Node<'_>) -> bool {
    let limits = |c: Call<'_>| matches!(c.callee.name, "SetLimit" | "Acquire" | "TryAcquire" | "TryGo");
    let sends = |n: Node<'_>| n.is(Kind::SendStatement) && n.text().contains("struct{}{}");
    function.calls().any(limits) || function.descendants().any(sends)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn bounds() {
        let with = |head: &str, over: &str| {
            format!(
                "func f(xs []int, c chan struct{{}}) {{ var g errgroup.Group; {head}\n for range {over} {{\n g.Go(work) // want\n }} }}"
            )
        };
        fires(&RULE, &with("", "xs"));
        silent(&RULE, &with("", "[]int{1, 2}").replace("// want", ""));
        silent(&RULE, &with("c <- struct{}{}", "xs"));
        silent(
            &RULE,
            "func f(g *errgroup.Group, xs []int) { for range xs { g.Go(work) } }",
        );
    }
}
