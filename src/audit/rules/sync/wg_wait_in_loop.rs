//! `wg-wait-in-loop`: Wait inside the loop that starts the goroutines.

use crate::audit::{Call, Check, Group, Hits, Listens, Measure, Node, Rule, Scope, cpu};

use super::spawns::calls_here;
use crate::audit::Kind;

/// The rule.
pub const RULE: Rule = Rule {
    id: "wg-wait-in-loop",
    title: "Wait inside the loop that starts the goroutines",
    group: Group::Sync,
    items: &["CC2"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[
        Listens {
            measure: Measure::Block,
            families: &["waitgroup"],
        },
        cpu(&[]),
    ],
    what: "x.Wait() of a WaitGroup in the body of the same loop that starts one goroutine on every turn.",
    why: "The goroutines run one after the other: the cost of a start and no parallelism.",
    limits: "Loops in batches, where an inner loop starts the goroutines, are fine.",
    before: r#"
func fetchAll(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go fetch(&wg, u)
		wg.Wait() // want
	}
}"#,
    after: r#"
func fetchAll(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go fetch(&wg, u)
	}
	wg.Wait()
}"#,
    check: Check::Calls(&["(*sync.WaitGroup).Wait"], check),
    ..Rule::BASE
};

fn check(wait: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = wait.node.enclosing_loop() else {
        return;
    };
    let (Some(body), Some(group)) = (around.body(), wait.operand()) else {
        return;
    };
    let is_own = |n: Node<'_>| n.enclosing_loop() == Some(around);
    let is_group = |c: &Call<'_>| c.operand().is_some_and(|o| o.text() == group.text());
    let by_go = calls_here(body).filter(|c| c.callee.name == "Go" && is_group(c) && is_own(c.node));
    let starts = body
        .descendants_here()
        .filter(|n| n.is(Kind::GoStatement) && is_own(*n));
    let adds = calls_here(body).any(|c| c.callee.name == "Add" && is_group(&c) && is_own(c.node));
    let (by_go, starts) = (by_go.count(), starts.count());
    let is_one = by_go + starts == 1 && (by_go == 1 || adds);
    let in_batches = body.descendants_here().any(|n| {
        let starts =
            n.is(Kind::GoStatement) || n.call().is_some_and(|c| c.callee.name == "Go" && is_group(&c));
        starts && !is_own(n)
    });
    if is_one && !in_batches && !is_conditional(wait.node, body) {
        let group = group.text();
        hits.report(
            wait.node,
            format!("{group}.Wait stands in the loop that starts one goroutine a turn: they run one after the other"),
        )
        .fix(format!("call {group}.Wait() after the loop"));
    }
}

/// In an `if`: every so many turns.
fn is_conditional(wait: Node<'_>, body: Node<'_>) -> bool {
    wait.statement().and_then(Node::parent) != Some(body)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn turns_and_batches() {
        let with = |body: &str| {
            format!("func f(xs []int, wg *sync.WaitGroup) {{ for _, x := range xs {{ {body} }} }}")
        };
        fires(&RULE, &with("wg.Go(func() { use(x) })\n wg.Wait() // want\n"));
        silent(&RULE, &with("wg.Add(2); go use(x); go use(x); wg.Wait()"));
        silent(
            &RULE,
            &with("for range 4 { wg.Go(func() { use(x) }) }; wg.Wait()"),
        );
        silent(&RULE, &with("wg.Add(1); go use(x); if x > 9 { wg.Wait() }"));
        silent(&RULE, &with("wg.Wait()"));
    }
}
