//! `ctx-value-hot`: context values are looked up in a hot loop.

use super::common::is_context;
use crate::audit::{Call, Check, Group, Hits, Measure, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-value-hot",
    title: "context values are looked up in a hot loop",
    group: Group::Context,
    items: &["GO9"],
    tier: 3,
    base: None,
    listens: &[cpu(&["context"])],
    saves: &[assumed(Measure::Cpu, 0.80, 1.0)],
    what: "ctx.Value in a loop, where the context's functions take at least 2 % of the CPU.",
    why: "Each lookup walks the chain of contexts up to the one that has the key.",
    limits: "Without a profile there is no hit.",
    instead: "Read it once before the loop.",
    before: r#"
func emit(ctx context.Context, events []event) {
	for _, e := range events {
		log := ctx.Value(logKey{}).(*logger) // want
		log.write(e)
	}
}"#,
    after: r#"
func emit(ctx context.Context, events []event) {
	log := ctx.Value(logKey{}).(*logger)
	for _, e := range events {
		log.write(e)
	}
}"#,
    check: Check::Calls(&[".Value"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let (Some(around), Some(context)) = (call.node.enclosing_loop(), call.operand()) else {
        return;
    };
    let is_own = context.local().is_some_and(|l| around.contains(l.declaration()));
    if call.arguments().len() == 1 && is_context(context) && !is_own {
        hits.report(
            call.node,
            format!("{} looks the value up on every turn", call.node.text()),
        )
        .fix("read it once before the loop");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn lookups() {
        fires(
            &RULE,
            "func f(ctx context.Context) { for {\nuse(ctx.Value(1)) // want\n} }",
        );
        silent(&RULE, "func f(ctx context.Context) { use(ctx.Value(1)) }");
        silent(
            &RULE,
            "func f(all []context.Context) { for _, ctx := range all { use(ctx.Value(1)) } }",
        );
        silent(&RULE, "func f(v T) { for { use(v.Value(1)) } }");
    }
}
