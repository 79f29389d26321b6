//! `goroutine-infinite-loop`: a goroutine loops for ever without a way to stop it.

use super::common::{goroutines, in_main, listens_to_quit};
use crate::audit::{
    Check, Class, Field, Function, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, Severity, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "goroutine-infinite-loop",
    title: "a goroutine loops for ever without a way to stop it",
    group: Group::Goroutines,
    items: &["GO1", "ME1", "CC1", "CC3"],
    class: Class::Leak,
    base: Some(Severity::Medium),
    scope: Scope::GoEntry,
    listens: &[heat(Measure::Leaked)],
    what: "A for without condition in a go literal, or in a function of the package that is started by go, from which \
           nothing leaves and which listens to no context and no channel that tells to stop.",
    why: "Every call of the function around it adds one that can never be taken back; tests and reloads make it \
          visible.",
    limits: "Silent for what main or init of a program starts once.",
    target: "stops within 1 s of cancellation",
    before: r#"
func watch(period time.Duration) {
	go func() {
		for { // want
			refresh()
			time.Sleep(period)
		}
	}()
}"#,
    after: r#"
func watch(ctx context.Context, period time.Duration) {
	go func() {
		t := time.NewTicker(period)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				refresh()
			}
		}
	}()
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for (go, function) in goroutines(package) {
        if is_daemon(go) {
            continue;
        }
        if let Some(endless) = endless_loop(function) {
            let name = match function.name() {
                "" => "this goroutine",
                name => name,
            };
            hits.report(endless, format!("{name} loops for ever, and nothing can stop it"))
                .fix("select on ctx.Done() or on a channel that is closed to stop it, and return");
        }
    }
}

/// Started once by a program.
fn is_daemon(go: Node<'_>) -> bool {
    in_main(go) && go.enclosing_loop().is_none()
}

/// The first loop of a function that never ends.
pub(super) fn endless_loop(function: Function<'_>) -> Option<Node<'_>> {
    let mut loops = function
        .body
        .descendants_here()
        .filter(|n| n.is(Kind::ForStatement));
    loops.find(|l| l.is_endless() && !l.is_broken() && !can_end(*l))
}

fn can_end(endless: Node<'_>) -> bool {
    let ranges_over_channel = |n: Node<'_>| {
        let over = n.ranged().and_then(Node::ty);
        over.is_some_and(|t| t.is_channel())
    };
    !endless.leaves().is_empty()
        || listens_to_quit(endless)
        || endless.descendants_here().any(ranges_over_channel)
        || asks_for_end(endless)
}

/// A panic in an expression, or a call that says that it ends the goroutine.
fn asks_for_end(endless: Node<'_>) -> bool {
    let calls = endless.descendants_here().filter(|n| n.is(Kind::CallExpression));
    calls.filter_map(|n| n.field(Field::Function)).any(|f| {
        let name = f.text().rsplit('.').next().unwrap_or_default();
        matches!(name, "panic" | "Goexit" | "Exit") || name.starts_with("Fatal") || name.starts_with("Panic")
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn body(text: &str) -> String {
        format!("func f(done chan int, ch chan int, n int) {{ go func() {{\n{text}\n}}() }}")
    }

    #[test]
    fn what_nothing_stops() {
        fires(&RULE, &body("for { // want\n work() }"));
        fires(&RULE, &body("for i := 0; ; i++ { // want\n work(i) }"));
        fires(&RULE, &body("for { // want\n for { if n > 0 { break } } }"));
        fires(&RULE, &body("for { // want\n switch { case n > 0: break } }"));
        fires(&RULE, &body("for { // want\n func() { return }() }"));
        fires(
            &RULE,
            "func loop() {\nfor { // want\n work() } }; func f() { go loop() }",
        );
        fires(
            &RULE,
            "type T int; func (t *T) loop() {\nfor { // want\n work() } }; func (t *T) f() { go t.loop() }",
        );
        fires(
            &RULE,
            "package main\nfunc main() { for range 9 { go func() {\nfor { // want\n}\n}() } }",
        );
    }

    #[test]
    fn ways_to_stop() {
        silent(&RULE, &body("for { if n > 0 { return } }"));
        silent(&RULE, &body("out: for { for { break out } }"));
        silent(&RULE, &body("for { if n > 0 { panic(n) } }"));
        silent(&RULE, &body("for { if n > 0 { runtime.Goexit() } }"));
        silent(&RULE, &body("for { if n > 0 { log.Fatal(n) } }"));
        silent(&RULE, &body("for { select { case <-done: finish() } }"));
        silent(&RULE, &body("for n < 3 { work() }"));
        silent(&RULE, &body("for range ch { work() }"));
        silent(&RULE, "func f() { for { work() } }");
        silent(
            &RULE,
            "package main\nfunc main() { go func() { for { work() } }() }",
        );
    }
}
