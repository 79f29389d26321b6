//! `append-combine`: two or more consecutive appends of single elements to the same slice.

use crate::audit::{Check, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::own_append;

/// The rule.
pub const RULE: Rule = Rule {
    id: "append-combine",
    title: "two or more consecutive appends of single elements to the same slice",
    items: &["GO6"],
    what: "Two or more statements in a row append single elements to the same slice.",
    why: "Each append tests the capacity and may grow.",
    peers: &["appendCombine"],
    before: r#"
func f(xs []int, a, b int) []int {
	xs = append(xs, a) // want
	xs = append(xs, b)
	return xs
}"#,
    after: r#"
func f(xs []int, a, b int) []int {
	xs = append(xs, a, b)
	return xs
}"#,
    check: Check::Nodes(
        &[
            Kind::Block,
            Kind::ExpressionCase,
            Kind::TypeCase,
            Kind::CommunicationCase,
            Kind::DefaultCase,
        ],
        check,
    ),
    ..COMPANION
};

fn check(list: Node<'_>, hits: &mut Hits<'_>) {
    let mut first: Option<(Node<'_>, Node<'_>, usize)> = None;
    for statement in list.statements() {
        let slice = single(statement);
        match (first, slice) {
            (Some((at, of, count)), Some(slice)) if of.text() == slice.text() => {
                first = Some((at, of, count + 1));
            }
            _ => {
                report(first, hits);
                first = slice.map(|s| (statement, s, 1));
            }
        }
    }
    report(first, hits);
}

fn report(run: Option<(Node<'_>, Node<'_>, usize)>, hits: &mut Hits<'_>) {
    if let Some((at, slice, count)) = run.filter(|r| r.2 > 1) {
        let slice = slice.text();
        hits.report(at, format!("{count} appends to {slice} in a row"))
            .fix(format!(
                "one append with all elements: {slice} = append({slice}, a, b)"
            ));
    }
}

/// The slice to which a statement appends one element that does not depend on it.
fn single(statement: Node<'_>) -> Option<Node<'_>> {
    let (slice, call) = own_append(statement)?;
    let arguments = call.arguments();
    let is_one = arguments.len() == 2 && !call.is_spread();
    (is_one && !arguments.get(1)?.text().contains(slice.text())).then_some(slice)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(xs, ys []int) { xs = append(xs, 1); ys = append(ys, 2); xs = append(xs, ys...); xs = append(xs, 3); use(xs, ys) }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) { xs = append(xs, 1); xs = append(xs, len(xs)) }"#,
        );
        fires(
            &RULE,
            r#"func f(xs []int, n int) { switch n { case 1:
 xs = append(xs, 1) // want
 xs = append(xs, 2); xs = append(xs, 3) } }"#,
        );
    }
}
