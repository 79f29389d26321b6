//! `select-without-done`: a select loop ignores the context that it has.

use super::common::{context_at, is_quit_name, is_receive};
use crate::audit::{Check, Class, Field, Group, Hits, Kind, Measure, Node, Rule, Scope, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "select-without-done",
    title: "a select loop ignores the context that it has",
    group: Group::Goroutines,
    items: &["GO1", "GO9", "CC1", "CC3", "ME1"],
    class: Class::Leak,
    base: Some(Severity::Medium),
    scope: Scope::GoEntry,
    listens: &[heat(Measure::Leaked)],
    what: "A for without condition around a select that has no case for a context's Done or a channel that tells to \
           stop, and nothing in the loop leaves it, although a context is in scope.",
    why: "Cancellation is passed in and never looked at: the goroutine outlives its request.",
    limits: "A channel that tells to stop is known by its name.",
    target: "ends within 1 s of cancellation",
    before: r#"
func serve(ctx context.Context, inbox chan Mail) {
	for {
		select { // want
		case m := <-inbox:
			apply(ctx, m)
		}
	}
}"#,
    after: r#"
func serve(ctx context.Context, inbox chan Mail) {
	for {
		select {
		case m, ok := <-inbox:
			if !ok {
				return
			}
			apply(ctx, m)
		case <-ctx.Done():
			return
		}
	}
}"#,
    check: Check::Nodes(&[Kind::SelectStatement], check),
    ..Rule::BASE
};

fn check(select: Node<'_>, hits: &mut Hits<'_>) {
    let Some(around) = select.enclosing_loop().filter(|l| l.is_endless()) else {
        return;
    };
    let is_direct = select.parent() == around.body();
    let cases: Vec<Node<'_>> = select
        .children()
        .filter(|c| c.is(Kind::CommunicationCase))
        .collect();
    if !is_direct || cases.is_empty() || cases.iter().any(|c| is_quit_case(*c)) || !around.leaves().is_empty()
    {
        return;
    }
    let Some(context) = context_at(select) else { return };
    hits.report(
        select,
        format!("this loop never looks at {context}, so it outlives its cancellation"),
    )
    .fix(format!("case <-{context}.Done():\n\treturn"));
}

fn is_quit_case(case: Node<'_>) -> bool {
    let Some(communication) = case.field(Field::Communication) else {
        return false;
    };
    let mut inside = std::iter::once(communication).chain(communication.descendants());
    inside.any(|n| is_receive(n) && n.field(Field::Operand).is_some_and(is_quit_name))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn body(text: &str) -> String {
        format!("func f(ctx context.Context, in chan int, stopCh chan bool) {{ for {{\n{text}\n}} }}")
    }

    #[test]
    fn loops_that_never_end() {
        fires(&RULE, &body("select { // want\n case <-in: use() }"));
        fires(
            &RULE,
            &body("select { // want\n case <-in: break; case <-time.After(1): }"),
        );
        fires(
            &RULE,
            "type T struct { ctx context.Context }; func (t *T) f(in chan int) { for {\nselect { // want\n case <-in: } } }",
        );
        fires(
            &RULE,
            "func f(ctx context.Context, in chan int) { go func() { for {\nselect { // want\n case <-in: } } }() }",
        );
        silent(&RULE, &body("select { case <-in: case <-ctx.Done(): finish() }"));
        silent(&RULE, &body("select { case <-in: case <-stopCh: finish() }"));
        silent(&RULE, &body("select { case <-in: return }"));
        silent(&RULE, &body("select { case _, ok := <-in: if !ok { return } }"));
        silent(&RULE, "func f(in chan int) { for { select { case <-in: } } }");
        silent(
            &RULE,
            "func f(ctx context.Context, in chan int) { select { case <-in: } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context, in chan int) { for ctx.Err() == nil { select { case <-in: } } }",
        );
    }
}
