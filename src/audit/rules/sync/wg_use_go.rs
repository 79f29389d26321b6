//! `wg-use-go`: Add, go, Done written out.

use crate::audit::{Call, Check, Field, GoVersion, Group, Hits, Kind, Node, Rule};

use super::spawns::{is_wait_group, spawn};

/// The rule.
pub const RULE: Rule = Rule {
    id: "wg-use-go",
    title: "Add, go, Done written out",
    group: Group::Sync,
    items: &["CC2"],
    tier: 3,
    since: Some(GoVersion(25)),
    what: "x.Add(1) of a sync.WaitGroup directly before go func() {…}() without parameters, whose first statement is \
           defer x.Done() or whose last is x.Done().",
    why: "No time is saved; Add in the wrong place and a missed Done become impossible.",
    limits: "Silent where the literal defers anything else: it may recover, and the order of the two would change.",
    peers: &["waitgroupgo", "use-waitgroup-go"],
    before: r#"
func start(wg *sync.WaitGroup, u string) {
	wg.Add(1)
	go func() { // want
		defer wg.Done()
		fetch(u)
	}()
}"#,
    after: r#"
func start(wg *sync.WaitGroup, u string) {
	wg.Go(func() { fetch(u) })
}"#,
    check: Check::Calls(&["(*sync.WaitGroup).Add"], check),
    ..Rule::BASE
};

fn check(add: Call<'_>, hits: &mut Hits<'_>) {
    let group = add.operand().filter(|o| is_wait_group(*o));
    let is_one = add.argument(0).and_then(Node::constant_integer) == Some(1);
    let statement = add
        .node
        .parent()
        .filter(|p| p.is(Kind::ExpressionStatement) && is_one);
    let Some((group, go)) = group.zip(statement.and_then(Node::next_sibling)) else {
        return;
    };
    let Some(started) = spawn(go).filter(|_| go.is(Kind::GoStatement)) else {
        return;
    };
    let takes_nothing = started
        .literal
        .field(Field::Parameters)
        .is_none_or(|p| p.child(0).is_none())
        && started.literal.field(Field::Result).is_none()
        && go
            .child(0)
            .and_then(Node::call)
            .is_some_and(|c| c.arguments().is_empty());
    if takes_nothing && started.literal.body().is_some_and(|b| is_counted(b, group)) {
        let group = group.text();
        hits.report(go, format!("{group}.Add, go and {group}.Done are written out"))
            .fix(format!("{group}.Go(func() {{ … }})"));
    }
}

/// Done comes first by `defer`, or last; nothing else is deferred.
fn is_counted(body: Node<'_>, group: Node<'_>) -> bool {
    let is_done = |n: Option<Node<'_>>, kind: Kind| {
        let call = n.filter(|n| n.is(kind)).and_then(Node::call);
        call.is_some_and(|c| c.callee.name == "Done" && c.operand().is_some_and(|o| o.text() == group.text()))
    };
    let statements: Vec<Node<'_>> = body.statements().collect();
    let defers = body
        .descendants_here()
        .filter(|n| n.is(Kind::DeferStatement))
        .count();
    (is_done(statements.first().copied(), Kind::DeferStatement) && defers == 1)
        || (is_done(statements.last().copied(), Kind::ExpressionStatement) && defers == 0)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn forms() {
        let with = |body: &str| format!("func f(wg *sync.WaitGroup) {{ {body} }}");
        fires(
            &RULE,
            &with("wg.Add(1)\n go func() { // want\n work(); wg.Done() }()"),
        );
        silent(&RULE, &with("wg.Add(2); go func() { defer wg.Done(); work() }()"));
        silent(
            &RULE,
            &with("wg.Add(1); work(); go func() { defer wg.Done(); work() }()"),
        );
        silent(
            &RULE,
            &with("wg.Add(1); go func(i int) { defer wg.Done(); work() }(1)"),
        );
        silent(
            &RULE,
            &with("wg.Add(1); go func() { defer wg.Done(); defer work() }()"),
        );
        silent(
            &RULE,
            &format!(
                "// go 1.24\n{}",
                with("wg.Add(1); go func() { defer wg.Done(); work() }()")
            ),
        );
        silent(
            &RULE,
            "func f(wg *counter) { wg.Add(1); go func() { defer wg.Done(); work() }() }",
        );
    }
}
