//! `make-nonzero-append`: append to a slice that was made with a length.

use crate::audit::{Call, Check, Class, Group, Hits, Kind, Local, Measure, Node, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "make-nonzero-append",
    title: "append to a slice that was made with a length",
    group: Group::Memory,
    items: &["GO6"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Alloc)],
    what: "The first thing that happens to a slice from make([]T, n), with an n that is not 0, is an append to it.",
    why: "The result begins with n zero values, and the append allocates anew.",
    limits: "Silent where the slice was cut, filled by index, copied into or passed on before.",
    peers: &["makezero"],
    before: r#"
func double(in []int) []int {
	out := make([]int, len(in))
	for _, v := range in {
		out = append(out, v*2) // want
	}
	return out
}"#,
    after: r#"
func double(in []int) []int {
	out := make([]int, 0, len(in))
	for _, v := range in {
		out = append(out, v*2)
	}
	return out
}"#,
    check: Check::Calls(&["append"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some((first, local)) = call.argument(0).and_then(|a| Some((a, a.local()?))) else {
        return;
    };
    if !first.is(Kind::Identifier) || call.arguments().len() < 2 || !has_length(local) {
        return;
    }
    // The target of `x = append(x, …)` is a use before it in the source.
    let own = call.node.statement();
    let mut touched = local
        .uses()
        .filter(|u| !(is_measured(*u) || u.is_assigned() && u.statement() == own));
    if touched.next() == Some(first) {
        let name = local.name();
        hits.report(
            call.node,
            format!("{name} was made with a length, so that this append comes behind zero values"),
        )
        .fix(format!("make {name} with length 0 and that capacity"));
    }
}

/// From `make([]T, n)` with a length that is not 0.
fn has_length(local: Local<'_>) -> bool {
    let made = local
        .initial_value()
        .and_then(Node::call)
        .filter(|c| c.is_to("make"));
    made.is_some_and(|m| {
        let is_slice = m
            .argument(0)
            .and_then(Node::as_type)
            .is_some_and(|t| t.is_slice());
        let length = m.argument(1);
        is_slice && length.is_some_and(|l| l.constant_integer() != Some(0))
    })
}

/// `len(x)`, `cap(x)`.
fn is_measured(use_: Node<'_>) -> bool {
    let call = use_.parent().and_then(Node::parent).and_then(Node::call);
    call.is_some_and(|c| c.is_to("len|cap"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn filled_or_cut_before() {
        let with = |text: &str| format!("func f(n int, in []byte) []byte {{ {text}\nreturn nil }}");
        fires(
            &RULE,
            &with("x := make([]byte, n, 2*n); x = append(x, 1) // want"),
        );
        fires(
            &RULE,
            &with("x := make([]byte, n); return append(x, in...) // want"),
        );
        silent(&RULE, &with("x := make([]byte, 0, n); x = append(x, 1)"));
        silent(&RULE, &with("x := make([]byte, n); x[0] = 1; x = append(x, 1)"));
        silent(
            &RULE,
            &with("x := make([]byte, n); copy(x, in); x = append(x, 1)"),
        );
        silent(&RULE, &with("x := make([]byte, n); x = x[:0]; x = append(x, 1)"));
        silent(
            &RULE,
            &with("x := make([]byte, n); y := append(x[:0], 1); use(y)"),
        );
        silent(&RULE, &with("x := make([]byte, n); r.Read(x); x = append(x, 1)"));
    }
}
