//! `bench-loop`: for i := 0; i < b.N; i++ or for range b.N in a benchmark that needs no i.

use crate::audit::{Check, Field, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "bench-loop",
    title: "for i := 0; i < b.N; i++ or for range b.N in a benchmark that needs no i",
    items: &["AR-complexity"],
    since: Some(GoVersion(24)),
    what: "A benchmark counts to b.N itself and does not need the number.",
    why: "b.Loop keeps the set-up out of the time, and the compiler from dropping the body.",
    peers: &["bloop"],
    before: r#"
func BenchmarkSum(b *testing.B) {
	for i := 0; i < b.N; i++ { // want
		sum()
	}
}"#,
    after: r#"
func BenchmarkSum(b *testing.B) {
	for b.Loop() {
		sum()
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let bound = match turn.as_loop() {
        Some(crate::audit::Loop::Range { over }) if turn.range_targets().0.is_none() => Some(over),
        Some(crate::audit::Loop::Clause {
            condition: Some(condition),
            ..
        }) => {
            let is_counter = |l: &crate::audit::Local<'_>| !turn.body().is_some_and(|b| b.uses(*l));
            let unused = turn.loop_variables().iter().all(is_counter);
            sides(condition, &["<"]).filter(|_| unused).map(|s| s.2)
        }
        _ => None,
    };
    let owner = bound
        .filter(|b| b.text().ends_with(".N"))
        .and_then(|b| b.field(Field::Operand));
    if let Some(b) = owner.filter(|o| o.ty().is_some_and(|t| t.is("*testing.B"))) {
        hits.report(turn, format!("the benchmark counts to {}.N by hand", b.text()))
            .fix(format!("for {}.Loop()", b.text()));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func BenchmarkF(b *testing.B) { for range b.N { // want
 f() } }"#,
        );
        silent(
            &RULE,
            r#"func BenchmarkF(b *testing.B) { for i := 0; i < b.N; i++ { f(i) } }"#,
        );
        silent(&RULE, r#"func f(b *T) { for i := 0; i < b.N; i++ { f() } }"#);
    }
}
