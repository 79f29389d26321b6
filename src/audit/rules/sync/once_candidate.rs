//! `once-candidate`: lazy initialisation by hand.

use crate::audit::{
    Check, Field, Function, GoVersion, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat,
    measured,
};

use super::sections::{LockOp, Section, lock_op, sections};

/// The rule.
pub const RULE: Rule = Rule {
    id: "once-candidate",
    title: "lazy initialisation by hand",
    group: Group::Sync,
    items: &["AR-once"],
    tier: 2,
    scope: Scope::Func,
    listens: &[cpu(&["lock.mutex"]), heat(Measure::Mutex)],
    saves: &[
        measured(Measure::Cpu, 0.60, 0.95),
        assumed(Measure::Mutex, 0.80, 1.0),
    ],
    since: Some(GoVersion(21)),
    what: "A test for nil, a lock and the same test again around an initialisation, or a function that locks, tests for \
           nil, initialises and unlocks on every call.",
    why: "A Once that is done costs 1.6 ns, the lock 21; a test without the lock is a race.",
    limits: "Silent where the initialisation can fail, depends on parameters, or the variable is set to nil again.",
    before: r#"
var (
	mu    sync.Mutex
	words map[string]int
)

func table() map[string]int {
	mu.Lock() // want
	defer mu.Unlock()
	if words == nil {
		words = build()
	}
	return words
}"#,
    after: r#"
var table = sync.OnceValue(build)"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    if function
        .node
        .field(Field::Result)
        .is_some_and(|r| r.text().contains("error"))
    {
        return;
    }
    let parameters = function.parameters();
    let is_free =
        |n: Node<'_>| !n.uses_any(&parameters) && !n.text().contains("err") && !is_reset(n, function);
    for test in function.body.find_all(Kind::IfStatement) {
        if let Some(inner) = double_checked(test).filter(|i| is_free(*i)) {
            let tested = tested_nil(inner).map_or("", Node::text);
            hits.report(
                test,
                format!("{tested} is initialised behind two tests and a lock"),
            )
            .fix("sync.OnceValue, or a sync.Once beside the value");
            return;
        }
    }
    let mut all = sections(function.body).into_iter();
    let (Some(section), None) = (all.next(), all.next()) else {
        return;
    };
    let first = function.body.statements().next();
    if first != Some(section.taken.statement) || section.taken.op != LockOp::Lock {
        return;
    }
    if let Some(test) = initialises(&section).filter(|t| is_free(*t)) {
        let tested = tested_nil(test).map_or("", Node::text);
        hits.report(
            section.taken.node,
            format!(
                "every call takes {} to see that {tested} is there",
                section.lock().text()
            ),
        )
        .fix("sync.OnceValue, or a sync.Once beside the value");
    }
}

/// `x` of `if x == nil { … x = … }` without else.
fn tested_nil(test: Node<'_>) -> Option<Node<'_>> {
    let condition = test.field(Field::Condition)?.unparen();
    let operator = condition
        .field(Field::Operator)
        .filter(|_| condition.is(Kind::BinaryExpression))?;
    let is_nil = condition.field(Field::Right)?.is(Kind::Nil) && operator.text() == "==";
    let tested = condition.field(Field::Left)?.unparen();
    let is_place =
        tested.is(Kind::Identifier) && tested.local().is_none() || tested.is(Kind::SelectorExpression);
    let is_set = |n: Node<'_>| n.is_assigned() && n.text() == tested.text();
    let sets = test.field(Field::Consequence)?.descendants_here().any(is_set);
    (is_nil && is_place && sets && test.field(Field::Alternative).is_none()).then_some(tested)
}

/// The inner test of `if x == nil { lock; if x == nil { x = … } }`.
fn double_checked(test: Node<'_>) -> Option<Node<'_>> {
    let condition = test.field(Field::Condition)?;
    let mut statements = test.field(Field::Consequence)?.statements();
    let (op, _) = lock_op(&statements.next()?.call()?)?;
    let again = |s: &Node<'_>| {
        s.is(Kind::IfStatement)
            && s.field(Field::Condition)
                .is_some_and(|c| c.text() == condition.text())
    };
    let inner = statements.find(again).filter(|_| op == LockOp::Lock)?;
    tested_nil(inner).map(|_| inner)
}

/// Under the lock stands nothing but the test with the initialisation, and a return of the value.
fn initialises<'a>(section: &Section<'a>) -> Option<Node<'a>> {
    let (test, rest) = section.statements().split_first()?;
    let tested = tested_nil(*test).filter(|_| test.is(Kind::IfStatement))?;
    let returns =
        |s: &Node<'a>| s.is(Kind::ReturnStatement) && s.child(0).is_some_and(|v| v.text() == tested.text());
    let is_rest = rest.is_empty() || (rest.len() == 1 && rest.iter().all(returns));
    is_rest.then_some(*test)
}

/// Somewhere in the package the variable or field becomes nil again.
fn is_reset(test: Node<'_>, function: Function<'_>) -> bool {
    let Some(tested) = tested_nil(test) else {
        return true;
    };
    let name = tested.field(Field::Field).unwrap_or(tested).text();
    let resets = |n: Node<'_>| {
        let last = n.field(Field::Field).unwrap_or(n);
        last.text() == name && n.is_assigned() && n.assigned_value().is_some_and(|v| v.is(Kind::Nil))
    };
    let is_place = |n: &Node<'_>| matches!(n.kind(), Kind::Identifier | Kind::SelectorExpression);
    let functions = function.node.package().functions();
    functions
        .into_iter()
        .any(|f| f.descendants().filter(is_place).any(resets))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(result: &str, body: &str) -> String {
        format!(
            "var mu sync.Mutex; var tab map[int]int; type T struct {{ mu sync.Mutex; tab map[int]int }}; func (t *T) f(n int) {result} {{ {body} }}"
        )
    }

    #[test]
    fn forms() {
        fires(
            &RULE,
            &with(
                "map[int]int",
                "if tab == nil { // want\n mu.Lock(); defer mu.Unlock(); if tab == nil { tab = build() } }; return tab",
            ),
        );
        fires(
            &RULE,
            &with(
                "",
                "t.mu.Lock() // want\n if t.tab == nil { t.tab = build() }; t.mu.Unlock(); use(t.tab)",
            ),
        );
        silent(
            &RULE,
            &with(
                "error",
                "t.mu.Lock(); if t.tab == nil { t.tab = build() }; t.mu.Unlock(); return nil",
            ),
        );
        silent(
            &RULE,
            &with(
                "",
                "t.mu.Lock(); if t.tab == nil { t.tab = build(n) }; t.mu.Unlock()",
            ),
        );
        silent(
            &RULE,
            &with(
                "",
                "t.mu.Lock(); if t.tab == nil { t.tab = build() }; t.tab[1] = 2; t.mu.Unlock()",
            ),
        );
        silent(
            &RULE,
            &format!(
                "{}; func (t *T) reset() {{ t.tab = nil }}",
                with(
                    "",
                    "t.mu.Lock(); if t.tab == nil { t.tab = build() }; t.mu.Unlock()"
                )
            ),
        );
    }
}
