//! `append-unused`: a local slice that is only appended to and never read.

use crate::audit::{Check, Class, Function, Hits, Kind, Local, LocalKind, Node, Rule};

use super::COMPANION;
use super::shapes::own_append;

/// The rule.
pub const RULE: Rule = Rule {
    id: "append-unused",
    title: "a local slice that is only appended to and never read",
    items: &["GO6"],
    class: Class::Correctness,
    what: "A local slice is only appended to and never read.",
    why: "The work and the memory are for nothing, or the result was forgotten.",
    peers: &["SA4010"],
    before: r#"
func f(xs []int) {
	var out []int
	for _, x := range xs {
		out = append(out, x) // want
	}
}"#,
    after: r#"
func f(xs []int) []int {
	var out []int
	for _, x := range xs {
		out = append(out, x)
	}
	return out
}"#,
    check: Check::Functions(check),
    ..COMPANION
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let is_own = |l: &Local<'_>| l.kind() == LocalKind::Variable && l.function() == Some(function.node);
    for local in function.body.locals().filter(is_own) {
        let is_fresh = local
            .initial_value()
            .is_none_or(|v| v.is(Kind::CompositeLiteral) || v.is_call_to("make"));
        let mut uses = local.uses().peekable();
        let Some(first) = uses.peek().copied() else {
            continue;
        };
        if is_fresh && uses.all(|u| is_of_append(u, local)) {
            hits.report(first, format!("{} is appended to and never read", local.name()));
        }
    }
}

/// The target or the first argument of `x = append(x, …)`.
fn is_of_append<'a>(use_: Node<'a>, local: Local<'a>) -> bool {
    let appended = use_.statement().and_then(own_append);
    appended.is_some_and(|(target, call)| {
        let first = call.argument(0);
        target.local() == Some(local) && (use_ == target || Some(use_) == first)
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(&RULE, r#"func f(ys []int) { xs := ys[:0]; xs = append(xs, 1) }"#);
        silent(
            &RULE,
            r#"func f() int { var xs []int; xs = append(xs, 1); return len(xs) }"#,
        );
        silent(
            &RULE,
            r#"func f() { var xs []int; xs = append(xs, 1); g := func() { use(xs) }; g() }"#,
        );
    }
}
