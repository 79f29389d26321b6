//! `range-int`: for i := 0; i < n; i++ with i not written and n not changed in the body (Go 1.22).

use crate::audit::{Check, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "range-int",
    title: "for i := 0; i < n; i++ with i not written and n not changed in the body (Go 1.22)",
    items: &["AR-complexity"],
    since: Some(GoVersion(22)),
    what: "A loop counts from 0 by one to a bound that its body does not change, and does not write its counter.",
    why: "range over the number says so, and the counter cannot be changed by mistake.",
    peers: &["rangeint", "intrange"],
    before: r#"
func f(n int) {
	for i := 0; i < n; i++ { // want
		use(i)
	}
}"#,
    after: r#"
func f(n int) {
	for i := range n {
		use(i)
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some(crate::audit::Loop::Clause {
        initializer: Some(start),
        condition: Some(condition),
        update: Some(update),
    }) = turn.as_loop()
    else {
        return;
    };
    let Some((counter, ":=", zero)) = assignment(start).filter(|a| a.2.text() == "0") else {
        return;
    };
    let _ = zero;
    let Some(local) = counter.local() else { return };
    let bound = sides(condition, &["<"])
        .filter(|s| s.0.local() == Some(local))
        .map(|s| s.2);
    let counts = update.is(Kind::IncStatement) && update.child(0).and_then(Node::local) == Some(local);
    let Some(bound) = bound.filter(|_| counts) else {
        return;
    };
    let is_address = |u: Node<'_>| {
        u.parent()
            .is_some_and(|p| p.is(Kind::UnaryExpression) && p.text().starts_with('&'))
    };
    let is_changed = local
        .uses()
        .any(|u| is_address(u) || (u.is_assigned() && !update.contains(u)));
    if !is_changed && is_steady(bound, turn) {
        let (name, bound) = (counter.text(), bound.text());
        hits.report(turn, format!("{name} only counts from 0 to {bound}"))
            .fix(format!("for {name} := range {bound}"));
    }
}

/// A constant, a variable that the loop does not set, or the length of one.
fn is_steady(bound: Node<'_>, turn: Node<'_>) -> bool {
    let bound = bound.unparen();
    if bound.is_constant() {
        return bound.is(Kind::IntLiteral) || bound.is(Kind::Identifier);
    }
    let counted = match bound.call() {
        Some(call) if call.is_to("len") => call.argument(0),
        Some(_) => None,
        None => Some(bound),
    };
    let Some(counted) = counted.map(Node::unparen).filter(|c| c.is(Kind::Identifier)) else {
        return false;
    };
    counted.local().is_some_and(|l| {
        let is_address = |u: Node<'_>| {
            u.parent()
                .is_some_and(|p| p.is(Kind::UnaryExpression) && p.text().starts_with('&'))
        };
        !l.uses()
            .any(|u| is_address(u) || (u.is_assigned() && turn.contains(u)))
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(xs []int) { for i := 0; i < len(xs); i++ { // want
 use(i) } }"#,
        );
        silent(&RULE, r#"func f(n int) { for i := 0; i < n; i++ { i++ } }"#);
        silent(&RULE, r#"func f(n int) { for i := 0; i < n; i++ { n-- } }"#);
        silent(
            &RULE,
            r#"func f(xs []int) { for i := 0; i < len(xs); i++ { xs = append(xs, i) } }"#,
        );
        silent(
            &RULE,
            r#"func f(n int) { for i := 1; i < n; i++ { use(i) }; for i := 0; i <= n; i++ { use(i) }; for i := 0; i < g(); i++ { use(i) } }"#,
        );
        silent(
            &RULE,
            r#"// go 1.21
func f(n int) { for i := 0; i < n; i++ { use(i) } }"#,
        );
    }
}
