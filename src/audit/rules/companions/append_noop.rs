//! `append-noop`: append(x) with one argument.

use crate::audit::{Call, Check, Class, Hits, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "append-noop",
    title: "append(x) with one argument",
    items: &["GO6"],
    class: Class::Correctness,
    what: "append with nothing to append.",
    why: "It does nothing; an element was forgotten.",
    peers: &["appends"],
    before: r#"
func f(xs []int) []int {
	return append(xs) // want
}"#,
    after: r#"
func f(xs []int) []int {
	return xs
}"#,
    check: Check::Calls(&["append"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if let [slice] = call.arguments().as_slice() {
        hits.report(call.node, format!("append({}) appends nothing", slice.text()))
            .fix(slice.text());
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(xs []int) { use(append(xs, 1), append(xs, xs...)) }"#,
        );
    }
}
