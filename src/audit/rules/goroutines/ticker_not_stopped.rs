//! `ticker-not-stopped`: a ticker or timer is never stopped.

use rustc_hash::FxHashSet;

use super::common::{is_receive, is_select_case};
use crate::audit::{
    Call, Check, Class, Field, GoVersion, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, Severity,
    cpu, heat,
};

/// From here on an unreachable timer is collected.
const COLLECTED: GoVersion = GoVersion(23);

/// The rule.
pub const RULE: Rule = Rule {
    id: "ticker-not-stopped",
    title: "a ticker or timer is never stopped",
    group: Group::Goroutines,
    items: &["GO1", "ME1"],
    class: Class::Leak,
    scope: Scope::Func,
    listens: &[heat(Measure::Leaked), cpu(&["timer"])],
    what: "time.NewTicker or NewTimer goes into a local that is never stopped and does not leave the function, or into \
           a field on which nothing in the package calls Stop; or time.Tick in a function that can return.",
    why: "Before Go 1.23 the runtime kept it firing for ever; since then an unreachable one is collected, and what \
          remains is the work until then.",
    limits: "Silent in functions that never return, and for a timer that is waited for in a plain receive.",
    target: "timers constant over time",
    peers: &["SA1015"],
    before: r#"
func retry(attempts []int, period time.Duration) {
	tick := time.NewTicker(period) // want
	for range attempts {
		<-tick.C
		try()
	}
}"#,
    after: r#"
func retry(attempts []int, period time.Duration) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for range attempts {
		<-tick.C
		try()
	}
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

const MAKERS: [&str; 4] = [
    "time.NewTicker|NewTimer",
    "github.com/cenkalti/backoff.NewTicker",
    "github.com/cenkalti/backoff/v4.NewTicker",
    "github.com/cenkalti/backoff/v5.NewTicker",
];

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let mut calls = Vec::new();
    let mut stopped = FxHashSet::default();
    for file in package.files() {
        for node in file
            .root()
            .find_all(Kind::CallExpression)
            .filter(|n| !n.is_broken())
        {
            match node.field(Field::Function).map_or("", last_part) {
                "NewTicker" | "NewTimer" | "Tick" => calls.extend(node.call()),
                "Stop" => {
                    stopped.extend(stopped_field(node));
                }
                _ => {}
            }
        }
    }
    for call in calls {
        let Some(message) = left_running(&call, &stopped) else {
            continue;
        };
        let go = call.node.file().go();
        let hit = hits.report(call.node, message);
        hit.fix("defer its Stop right behind the line that makes it");
        if go < COLLECTED {
            hit.severity(Severity::Medium);
        }
    }
}

fn last_part(function: Node<'_>) -> &str {
    function.text().rsplit('.').next().unwrap_or_default()
}

/// `t` of `x.t.Stop()`.
fn stopped_field(call: Node<'_>) -> Option<&str> {
    let operand = call.field(Field::Function)?.field(Field::Operand)?.unparen();
    Some(operand.field(Field::Field).unwrap_or(operand).text())
}

fn left_running(call: &Call<'_>, stopped: &FxHashSet<&str>) -> Option<String> {
    let name = call.callee.name;
    if call.is_to("time.Tick") {
        let is_exempt = call.node.package().name() == "main" || call.node.file().facts().is_test;
        let ends = call.node.function().is_some() && !never_returns(call.node);
        return (!is_exempt && ends).then(|| "the ticker behind time.Tick cannot be stopped".to_string());
    }
    if !call.is_to_any(&MAKERS) {
        return None;
    }
    if let Some(field) = field_of(call.node) {
        return (!stopped.contains(field)).then(|| format!("nothing in the package stops {field}"));
    }
    let target = call.node.targets().first().copied()?;
    let local = target
        .local()
        .filter(|l| l.function() == call.node.enclosing_function())?;
    let is_left = local.uses().all(|u| use_of(u, name) == Use::Harmless) && !never_returns(call.node);
    is_left.then(|| format!("{} is never stopped", local.name()))
}

/// The field that the call's result goes into.
fn field_of(call: Node<'_>) -> Option<&str> {
    if let Some(target) = call.targets().first().filter(|t| t.is(Kind::SelectorExpression)) {
        return target.field(Field::Field).map(Node::text);
    }
    let element = call
        .ancestors()
        .take_while(|n| !n.kind().is_statement())
        .find(|n| n.is(Kind::KeyedElement))?;
    let value = element.children().last()?;
    let is_value = value == call || value.child(0) == Some(call);
    is_value.then(|| element.child(0).map(Node::text)).flatten()
}

#[derive(PartialEq)]
enum Use {
    Harmless,
    Ends,
}

/// `t.C` and `t.Reset` leave it running; any other use may end it elsewhere.
fn use_of(node: Node<'_>, maker: &str) -> Use {
    let selector = node.parent().filter(|p| p.is(Kind::SelectorExpression));
    let receive = selector.and_then(Node::parent).filter(|p| is_receive(*p));
    match selector.and_then(|s| s.field(Field::Field)).map(Node::text) {
        // A timer that is waited for has fired.
        Some("C") if maker == "NewTimer" && receive.is_some_and(|r| !is_select_case(r)) => Use::Ends,
        Some("C") if receive.is_some() || is_ranged(selector) => Use::Harmless,
        Some("Reset") => Use::Harmless,
        _ => Use::Ends,
    }
}

fn is_ranged(selector: Option<Node<'_>>) -> bool {
    selector
        .and_then(Node::parent)
        .is_some_and(|p| p.is(Kind::RangeClause))
}

/// Whether the function around a node ends only with the program.
fn never_returns(node: Node<'_>) -> bool {
    let Some(function) = node.function() else {
        return true;
    };
    let is_endless = |l: Node<'_>| {
        let over_tick = l.ranged().is_some_and(|r| r.is_call_to("time.Tick"));
        (l.is_endless() || over_tick) && l.leaves().is_empty()
    };
    let statements = function.body.statements();
    statements
        .map(unlabelled)
        .any(|l| l.is(Kind::ForStatement) && is_endless(l))
}

/// The statement behind a label.
fn unlabelled(statement: Node<'_>) -> Node<'_> {
    let inner = || statement.children().find(|c| c.kind().is_statement());
    if statement.is(Kind::LabeledStatement) {
        inner().unwrap_or(statement)
    } else {
        statement
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn locals() {
        fires(
            &RULE,
            "func f() { t := time.NewTimer(1) // want\n select { case <-t.C: case <-other: } }",
        );
        fires(
            &RULE,
            "func f() { t := time.NewTicker(1) // want\n for range t.C { if ok() { return } } }",
        );
        silent(
            &RULE,
            "func f() { t := time.NewTicker(1); defer t.Stop(); <-t.C }",
        );
        silent(
            &RULE,
            "func f() { t := time.NewTicker(1); defer func() { t.Stop() }(); <-t.C }",
        );
        silent(&RULE, "func f() { t := time.NewTicker(1); keep(t) }");
        silent(
            &RULE,
            "func f() *time.Ticker { t := time.NewTicker(1); return t }",
        );
        silent(
            &RULE,
            "func f() <-chan time.Time { t := time.NewTicker(1); return t.C }",
        );
        silent(
            &RULE,
            "func f() { t := time.NewTicker(1); for { <-t.C; work() } }",
        );
        silent(
            &RULE,
            "func f() { t := time.NewTicker(1); out: for { <-t.C; if ok() { continue out } } }",
        );
        silent(&RULE, "func f() { t := time.NewTimer(1); <-t.C }");
    }

    #[test]
    fn fields() {
        fires(&RULE, "func (s *S) f() { s.tick = time.NewTicker(1) // want\n }");
        fires(
            &RULE,
            "func f() *S { return &S{tick: time.NewTicker(1)} // want\n }",
        );
        silent(
            &RULE,
            "func (s *S) f() { s.tick = time.NewTicker(1) }; func (s *S) g() { s.tick.Stop() }",
        );
    }

    #[test]
    fn tick() {
        fires(&RULE, "func f() { <-time.Tick(1) // want\n }");
        silent(&RULE, "func f() { for range time.Tick(1) { work() } }");
        silent(
            &RULE,
            "package main\nimport \"time\"\nfunc f() { <-time.Tick(1) }",
        );
    }

    #[test]
    fn before_1_23_it_stays() {
        let source = "// go 1.22\npackage p\nimport \"time\"\nfunc f() { t := time.NewTicker(1); <-t.C }";
        assert_eq!(hits(&RULE, source)[0].severity, Severity::Medium);
    }
}
