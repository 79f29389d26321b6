//! `goroutine-unbounded-spawn`: one goroutine per event, connection or item, without bound or exit.

use super::common::{is_readable, is_receive, listens_to_quit, started_by};
use super::{goroutine_blocked_recv, goroutine_infinite_loop};
use crate::audit::{
    Call, Check, Class, Confidence, Field, Function, Group, Hits, Kind, LocalKind, Loop, Measure, Node,
    Reach, Rule, Scope, Severity, assumed, cpu, heat,
};

/// Fan-out over so many constant elements is bounded.
const MAX_FAN_OUT: u64 = 64;

/// The rule.
pub const RULE: Rule = Rule {
    id: "goroutine-unbounded-spawn",
    title: "one goroutine per event, connection or item, without bound or exit",
    group: Group::Goroutines,
    items: &["GO1", "ME1", "CC1", "CC3"],
    class: Class::Leak,
    base: Some(Severity::Medium),
    scope: Scope::GoEntry,
    listens: &[heat(Measure::Leaked), cpu(&["goroutine.spawn", "sched"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.90)],
    what: "A go statement in a loop over a channel, accepted connections, a parameter, a field or a query's result, \
           where no semaphore, limit, pool or wait in the loop bounds how many run at once. High when the started \
           function has no way out.",
    why: "426 ns and 2 KB for each start; under load the number of goroutines follows the arrivals instead of the \
          capacity.",
    limits: "How many items there are is not known; a literal of at most 64 elements is a bound.",
    target: "at most a small multiple of GOMAXPROCS in flight; 0 leaked; every goroutine ends within its deadline",
    before: r#"
func pump(feed chan Event) {
	for ev := range feed {
		go apply(ev) // want
	}
}"#,
    after: r#"
func pump(ctx context.Context, feed chan Event) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4 * runtime.GOMAXPROCS(0))
	for ev := range feed {
		g.Go(func() error { return apply(ctx, ev) })
	}
	return g.Wait()
}"#,
    check: Check::Nodes(&[Kind::GoStatement], check),
    ..Rule::BASE
};

fn check(go: Node<'_>, hits: &mut Hits<'_>) {
    let Some(around) = go.enclosing_loop() else { return };
    let Some(per) = per_what(around) else { return };
    if is_bounded(go, around) {
        return;
    }
    let started = started_by(go).filter(|f| is_readable(*f));
    let is_endless = started.is_some_and(|f| {
        goroutine_infinite_loop::endless_loop(f).is_some() || goroutine_blocked_recv::stuck(f).is_some()
    });
    let is_uncancelled = started.is_some_and(|f| !can_be_cancelled(go, f));
    let mut message = format!("one goroutine {per}, and nothing bounds how many run at once");
    if is_endless {
        message.push_str("; what it starts has no way out");
    } else if is_uncancelled {
        message.push_str("; what it starts cannot be cancelled");
    }
    let hit = hits.report(go, message);
    hit.fix("let an errgroup with SetLimit, or a fixed number of workers, run them");
    if is_endless {
        hit.severity(Severity::High);
    }
    if is_uncancelled {
        hit.tag("no-cancel");
    }
    if around.ranged().is_some_and(|r| r.ty().is_none()) {
        hit.confidence(Confidence::Medium);
    }
}

/// What the loop starts a goroutine for; `None` where it is not one over data from outside.
fn per_what(around: Node<'_>) -> Option<&'static str> {
    match around.as_loop()? {
        Loop::Range { over } => per_element(around, over.unparen()),
        Loop::Condition(condition) => {
            let call = condition.unparen().call()?;
            call.is_to(".Next|Scan").then_some("per row or line")
        }
        _ if around.is_endless() => {
            let mut calls = calls_here(around);
            let arrives = |c: &Call<'_>| {
                c.is_to(".Accept|AcceptTCP|AcceptUnix|Receive|ReadFrom|ReadFromUDP|Recv|Next")
                    && c.node.enclosing_loop() == Some(around)
            };
            calls.any(|c| arrives(&c)).then_some("per connection or message")
        }
        _ => None,
    }
}

fn per_element(around: Node<'_>, over: Node<'_>) -> Option<&'static str> {
    let ty = over.ty();
    if ty.as_ref().is_some_and(crate::audit::Type::is_channel) {
        return Some("per item of a channel");
    }
    let is_counted = ty.as_ref().is_some_and(crate::audit::Type::is_integer);
    if is_counted || around.constant_turns().is_some_and(|n| n <= MAX_FAN_OUT) {
        return None;
    }
    match over.kind() {
        Kind::SelectorExpression if over.child(0).is_some_and(|o| o.imported_path().is_none()) => {
            Some("per element")
        }
        Kind::Identifier => {
            let local = over.local()?;
            let is_queried = || {
                let value = local.declaration().parent();
                let calls = local
                    .definition()
                    .find_all(Kind::CallExpression)
                    .filter_map(Node::call);
                value.is_some() && calls.take(4).any(|c| c.reaches(Reach::Query).is_some())
            };
            let is_outside = matches!(local.kind(), LocalKind::Parameter);
            (is_outside || (local.kind() == LocalKind::Variable && is_queried())).then_some("per element")
        }
        Kind::CallExpression => over.call()?.reaches(Reach::Query).map(|_| "per element"),
        _ => None,
    }
}

fn calls_here<'a>(node: Node<'a>) -> impl Iterator<Item = Call<'a>> {
    let calls = node.descendants_here().filter(|n| n.is(Kind::CallExpression));
    calls.filter_map(Node::call)
}

/// A semaphore, a limit, a pool, or a wait in the loop.
fn is_bounded<'a>(go: Node<'a>, around: Node<'a>) -> bool {
    let Some(body) = around.body() else { return true };
    let is_semaphore = |n: Node<'a>| {
        let before = n.span().1 <= go.span().0;
        before && (n.is(Kind::SendStatement) || (is_receive(n) && is_token(n)))
    };
    if body.descendants_here().any(is_semaphore) {
        return true;
    }
    let bounds = |c: &Call<'_>| {
        matches!(
            c.callee.name,
            "SetLimit"
                | "Acquire"
                | "TryAcquire"
                | "Submit"
                | "Wait"
                | "Invoke"
                | "Allow"
                | "Reserve"
                | "Take"
        ) && c.callee.is_method
    };
    calls_here(body).any(|c| bounds(&c)) || limits_in_function(go)
}

/// A receive whose value is not kept: a token is taken.
fn is_token(receive: Node<'_>) -> bool {
    receive
        .parent()
        .is_some_and(|p| p.is(Kind::ExpressionStatement) || p.is(Kind::ReceiveStatement))
}

/// `SetLimit` or `Acquire` anywhere in the function.
fn limits_in_function(go: Node<'_>) -> bool {
    let text = go
        .function()
        .filter(|f| is_readable(*f))
        .map_or("", |f| f.body.text());
    text.contains(".SetLimit(") || text.contains(".Acquire(")
}

/// Whether what is started gets a context or listens to a channel that tells to stop.
fn can_be_cancelled<'a>(go: Node<'a>, started: Function<'a>) -> bool {
    let is_context = |n: Node<'_>| n.ty().is_some_and(|t| t.is("context.Context"));
    let arguments = go.call().map_or(Vec::new(), |c| c.arguments());
    arguments.into_iter().any(is_context)
        || listens_to_quit(started.body)
        || started
            .body
            .descendants()
            .filter(|n| n.is(Kind::Identifier) && n.field_name() != Field::Field)
            .any(|n| {
                n.local()
                    .is_some_and(|l| l.ty().is_some_and(|t| t.is("context.Context")))
            })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn loops_over_what_comes() {
        fires(
            &RULE,
            "func f(xs []string) { for _, x := range xs {\ngo get(x) // want\n} }",
        );
        fires(
            &RULE,
            "func (s *S) f() { for _, x := range s.items {\ngo get(x) // want\n} }",
        );
        fires(
            &RULE,
            "func f(l net.Listener) { for { c, err := l.Accept(); use(err)\ngo serve(c) // want\n} }",
        );
        fires(
            &RULE,
            "func f(r *sql.Rows) { for r.Next() {\ngo get(r) // want\n} }",
        );
        silent(
            &RULE,
            "func f() { for _, x := range []string{`a`, `b`} { go get(x) } }",
        );
        silent(
            &RULE,
            "func f() { for i := 0; i < runtime.NumCPU(); i++ { go get(i) } }",
        );
        silent(&RULE, "func f(n int) { for range n { go get() } }");
        silent(&RULE, "func f() { for { go get(); time.Sleep(1) } }");
        silent(&RULE, "func f(xs []string) { go get(xs) }");
    }

    #[test]
    fn bounds() {
        let body = |text: &str| {
            format!("func f(xs []string, sem chan bool) {{ for _, x := range xs {{\n{text}\n}} }}")
        };
        fires(&RULE, &body("go get(x) // want"));
        silent(&RULE, &body("sem <- true\ngo get(x)"));
        silent(&RULE, &body("<-sem\ngo get(x)"));
        silent(&RULE, &body("select { case sem <- true: }\ngo get(x)"));
        silent(&RULE, &body("w.Acquire(1)\ngo get(x)"));
        silent(&RULE, &body("go get(x)\nwg.Wait()"));
        fires(
            &RULE,
            "func f(xs []string) { var wg sync.WaitGroup; for _, x := range xs { wg.Add(1)\ngo get(x) // want\n}; wg.Wait() }",
        );
    }

    #[test]
    fn without_exit_it_is_high() {
        let found = hits(
            &RULE,
            "func one() { b := make(chan int); <-b }; func f(ch chan int) { for range ch { go one() } }",
        );
        assert_eq!(found[0].severity, Severity::High);
        let found = hits(
            &RULE,
            "func f(ctx context.Context, ch chan int) { for range ch { go func() { get(ctx) }() } }",
        );
        assert_eq!((found[0].severity, found[0].tags.len()), (Severity::Medium, 0));
    }
}
