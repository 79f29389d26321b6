//! `slice-clone`: append([]T(nil), x...), append(x[:0:0], y...).

use crate::audit::{Call, Check, Field, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "slice-clone",
    title: "append([]T(nil), x...), append(x[:0:0], y...)",
    items: &["GO6"],
    since: Some(GoVersion(21)),
    what: "A slice is cloned by append to an empty one.",
    why: "slices.Clone says so and gives exactly the room that is needed.",
    peers: &["appendclipped", "sliceClone"],
    before: r#"
func f(xs []int) []int {
	return append([]int(nil), xs...) // want
}"#,
    after: r#"
func f(xs []int) []int {
	return slices.Clone(xs)
}"#,
    check: Check::Calls(&["append"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let arguments = call.arguments();
    let ([empty, spread], true) = (arguments.as_slice(), call.is_spread()) else {
        return;
    };
    let Some(source) = spread.child(0).filter(|s| s.ty().is_some_and(|t| t.is_slice())) else {
        return;
    };
    if is_empty(empty.unparen()) && source.ty().map(|t| t.underlying()) == empty.ty().map(|t| t.underlying())
    {
        let name = if source.ty().is_some_and(|t| t.is_bytes()) {
            "bytes.Clone"
        } else {
            "slices.Clone"
        };
        hits.report(call.node, format!("{} is cloned by append", source.text()))
            .fix(format!("{name}({})", source.text()));
    }
}

/// `[]T(nil)`, `[]T{}`, `x[:0:0]`.
fn is_empty(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::TypeConversionExpression => node.field(Field::Operand).is_some_and(|o| o.is(Kind::Nil)),
        Kind::CompositeLiteral => node.body().is_some_and(|b| b.child(0).is_none()),
        Kind::SliceExpression => node.text().ends_with("[:0:0]"),
        _ => false,
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
            r#"func f(xs, ys []int) { use(append(xs[:0:0], ys...)) // want
 }"#,
        );
        fires(
            &RULE,
            r#"func f(b []byte) { use(append([]byte{}, b...)) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int, s string) { use(append(xs, xs...), append([]byte(nil), s...), append([]int{1}, xs...)) }"#,
        );
    }
}
