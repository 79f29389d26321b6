//! `infinite-recursion`: a function whose every path calls itself.

use crate::audit::{Check, Class, Function, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "infinite-recursion",
    title: "a function whose every path calls itself",
    items: &["AR-complexity"],
    class: Class::Correctness,
    what: "Every way through a function calls the function itself, outside literals.",
    why: "It ends with a stack of 1 GB and the process.",
    peers: &["SA5007"],
    before: r#"
type number int

func (n number) String() string {
	return n.String() // want
}"#,
    after: r#"
type number int

func (n number) String() string {
	return n.text()
}"#,
    check: Check::Functions(check),
    ..COMPANION
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    if function.is_literal() {
        return;
    }
    let name = function.name();
    let is_named =
        |n: &Node<'_>| n.is(Kind::CallExpression) && crate::audit::names::called_name(*n) == Some(name);
    let is_own =
        |n: &Node<'_>| is_named(n) && n.call().and_then(|c| c.callee.declaration) == Some(function.node);
    let Some(call) = function.body.descendants_here().find(is_own) else {
        return;
    };
    let stops = |n: Node<'_>| {
        matches!(
            n.kind(),
            Kind::GoStatement | Kind::DeferStatement | Kind::SelectStatement | Kind::ForStatement
        ) || n.never_returns()
    };
    let Some(first) = function
        .body
        .first_statement()
        .filter(|_| !function.body.descendants_here().any(stops))
    else {
        return;
    };
    let calls_itself = |s: Node<'_>| {
        let is_plain = !matches!(
            s.kind(),
            Kind::IfStatement
                | Kind::ExpressionSwitchStatement
                | Kind::TypeSwitchStatement
                | Kind::LabeledStatement
        );
        is_plain && s.descendants_here().filter(is_own).any(|c| !is_conditional(c, s))
    };
    if always(first, calls_itself) {
        hits.report(call, format!("every way through {name} calls {name}"));
    }
}

/// Whether all paths from a statement come through one of which this holds.
fn always<'a>(first: Node<'a>, holds: impl Fn(Node<'a>) -> bool) -> bool {
    let mut work = vec![first];
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some(statement) = work.pop() {
        if !seen.insert(statement.id) || holds(statement) {
            continue;
        }
        let next = statement.successors();
        if next.is_empty() || next.iter().any(|e| e.to.is_none()) {
            return false;
        }
        work.extend(next.into_iter().filter_map(|e| e.to));
    }
    true
}

/// On the right of `&&` or `||`.
fn is_conditional(call: Node<'_>, statement: Node<'_>) -> bool {
    let mut around = call.ancestors().take_while(|n| *n != statement);
    around.any(|n| sides(n, &["&&", "||"]).is_some_and(|(_, _, right)| right.contains(call)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(n int) int { if n > 1 { n-- } else { n++ }
 return f(n) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(n int) int { if n < 1 { return 0 }; return f(n - 1) }"#,
        );
        silent(&RULE, r#"func f(n int) bool { return n < 1 || f(n-1) }"#);
        silent(&RULE, r#"func f(n int) func() { return func() { f(n) } }"#);
        silent(&RULE, r#"func (t *T) f() { t.inner.f() }"#);
    }
}
