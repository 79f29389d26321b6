//! `loop-no-ctx-check`: a long computation never looks at its context.

use super::common::is_context_local;
use crate::audit::{Check, Class, Function, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, heat};

/// So few turns need no test.
const FEW: u64 = 64;

/// The rule.
pub const RULE: Rule = Rule {
    id: "loop-no-ctx-check",
    title: "a long computation never looks at its context",
    group: Group::Context,
    items: &["GO9", "CC3"],
    tier: 3,
    class: Class::Safety,
    base: None,
    scope: Scope::Loop,
    listens: &[heat(Measure::Cpu)],
    what: "A loop with more than 1 % of the CPU, in a function that has a context, neither tests a context nor passes \
           one on.",
    why: "The work goes on after its caller has given up.",
    limits: "Without a profile there is no hit. Loops with a small constant number of turns are left out.",
    instead: "Test ctx.Err() every few thousand turns.",
    before: r#"
func sum(ctx context.Context, blocks [][]byte) {
	for _, b := range blocks { // want
		digest(b)
	}
}"#,
    after: r#"
func sum(ctx context.Context, blocks [][]byte) error {
	for i, b := range blocks {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		digest(b)
	}
	return nil
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let Some(context) = function.context().filter(|c| c.name() != "_") else {
        return;
    };
    let aware = aware_places(function);
    let loops = function
        .body
        .descendants_here()
        .filter(|n| n.is(Kind::ForStatement) && !n.is_broken());
    for around in loops.filter(|l| l.enclosing_loop().is_none() && !is_short(*l)) {
        let (start, stop) = around.span();
        let first = aware.partition_point(|place| *place < start);
        if aware.get(first).is_none_or(|place| *place >= stop) {
            hits.report(around, format!("this loop never looks at {}", context.name()))
                .fix(format!("test {}.Err() every few thousand turns", context.name()));
        }
    }
}

/// A small constant number of turns, or one turn per item of a channel, which ends otherwise.
fn is_short(around: Node<'_>) -> bool {
    let waits = around.ranged().and_then(Node::ty).is_some_and(|t| t.is_channel());
    waits || around.constant_turns().is_some_and(|n| n <= FEW) || around.calls().next().is_none()
}

/// The bytes at which a context is named, in order.
fn aware_places(function: Function<'_>) -> Vec<u32> {
    let mut contexts: Vec<Local<'_>> = function.context().into_iter().collect();
    contexts.extend(function.body.locals().filter(|l| is_context_local(*l)));
    let mut places: Vec<u32> = contexts
        .iter()
        .flat_map(|l| l.uses())
        .map(|u| u.span().0)
        .collect();
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn loops() {
        fires(
            &RULE,
            "func f(ctx context.Context, n int) {\nfor i := 0; i < n; i++ { // want\nfor range n { work(i) } } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context, n int) { for range n { work(ctx) } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context, n int) { for range 8 { work() } }",
        );
        silent(&RULE, "func f(n int) { for range n { work() } }");
        silent(
            &RULE,
            "func f(_ context.Context, n int) { for range n { work() } }",
        );
        silent(
            &RULE,
            "func f(p context.Context, n int) { ctx, cancel := context.WithCancel(p); defer cancel(); for range n { work(ctx) } }",
        );
    }
}
