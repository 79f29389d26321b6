//! `goroutine-blocked-recv`: a goroutine waits on a channel that nobody sends to or closes.

use super::common::{
    ChannelUse, channel_use, goroutines, in_main, is_goroutine, is_receive, is_run_in_place, is_select_case,
    is_unbuffered_make,
};
use crate::audit::{
    Check, Class, Field, Function, Group, Hits, Kind, Local, LocalKind, Measure, Node, Package, Rule,
    Severity, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "goroutine-blocked-recv",
    title: "a goroutine waits on a channel that nobody sends to or closes",
    group: Group::Goroutines,
    items: &["GO1", "ME1", "CC1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Leaked)],
    what: "On a local channel that never leaves its function: a receive although nothing sends or closes, or a range \
           in a goroutine although nothing closes. Also a receive from or send to a channel that is never made, and a \
           select without cases in a goroutine.",
    why: "It waits for ever: 2 to 8 KB of stack and what it holds, never freed. A range over a channel ends only when \
          the channel is closed.",
    limits: "Silent where the channel is an argument, a result, a field or used by a literal that is kept, and in main \
             and init of a program.",
    target: "0 leaked",
    before: r#"
func run(todo []Job) {
	jobs := make(chan Job)
	go func() {
		for j := range jobs { // want
			handle(j)
		}
	}()
	for _, j := range todo {
		jobs <- j
	}
}"#,
    after: r#"
func run(todo []Job) {
	jobs := make(chan Job)
	go func() {
		for j := range jobs {
			handle(j)
		}
	}()
	for _, j := range todo {
		jobs <- j
	}
	close(jobs)
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for file in package.files() {
        for node in file.root().descendants().filter(|n| !n.is_broken()) {
            if node.is(Kind::Identifier)
                && let Some(channel) = node.local().filter(|l| l.declaration() == node)
            {
                look(channel, hits);
            } else if is_receive(node) && !is_select_case(node) && !in_main(node) {
                let is_fresh = node.field(Field::Operand).is_some_and(is_unbuffered_make);
                if is_fresh {
                    hits.report(node, "a receive from a new channel that nobody else has");
                }
            }
        }
    }
    for (_, function) in goroutines(package) {
        if let Some(select) = empty_select(function).filter(|s| !in_main(*s)) {
            hits.report(select, "a select without cases holds this goroutine for ever");
        }
    }
}

/// `select {}` of a function itself.
fn empty_select(function: Function<'_>) -> Option<Node<'_>> {
    let mut here = function.body.descendants_here();
    here.find(|n| n.is(Kind::SelectStatement) && !n.is_broken() && !n.children().any(|c| c.kind().is_case()))
}

/// Where a goroutine that runs this function waits for ever; `None` where that is not seen.
pub(super) fn stuck(function: Function<'_>) -> Option<Node<'_>> {
    let by_channel = || {
        function
            .body
            .locals()
            .find_map(|l| waits_for_ever(l).map(|(node, _)| node))
    };
    empty_select(function).or_else(by_channel)
}

fn look(channel: Local<'_>, hits: &mut Hits<'_>) {
    let Some((node, why)) = waits_for_ever(channel) else {
        return;
    };
    if !in_main(node) {
        hits.report(node, format!("{}: {why}", channel.name()));
    }
}

/// Which use of a local channel waits for ever, and why.
fn waits_for_ever(channel: Local<'_>) -> Option<(Node<'_>, &'static str)> {
    if channel.kind() != LocalKind::Variable || !channel.is_assigned_once() || channel.function().is_none() {
        return None;
    }
    let uses: Vec<(Node<'_>, ChannelUse)> = match origin(channel)? {
        Origin::Made => uses_of(channel)?,
        Origin::Nil => return on_nil(&uses_of(channel)?),
    };
    let has = |what: ChannelUse| uses.iter().any(|(_, w)| *w == what);
    if has(ChannelUse::Closes) {
        return None;
    }
    if !has(ChannelUse::Sends) {
        let waits = |w: &ChannelUse| matches!(w, ChannelUse::Receives | ChannelUse::Ranges);
        let (node, _) = uses.iter().find(|(n, w)| waits(w) && !is_select_case(*n))?;
        return Some((
            *node,
            "nothing sends on it or closes it, so this receive never ends",
        ));
    }
    let is_stuck = |(node, what): &&(Node<'_>, ChannelUse)| {
        let outside = channel.declaration();
        let literal = node.literal_inside(outside).filter(|l| is_goroutine(*l));
        let ranged = node.enclosing(Kind::ForStatement);
        *what == ChannelUse::Ranges && literal.is_some() && ranged.is_some_and(|r| r.leaves().is_empty())
    };
    let (node, _) = uses.iter().find(is_stuck)?;
    Some((*node, "nothing closes it, so this range never ends"))
}

enum Origin {
    Made,
    Nil,
}

/// Made here, or never.
fn origin(channel: Local<'_>) -> Option<Origin> {
    if let Some(value) = channel.initial_value() {
        let call = value.call().filter(|c| c.is_to("make"))?;
        let is_channel = call.argument(0).is_some_and(|t| t.is(Kind::ChannelType));
        return is_channel.then_some(Origin::Made);
    }
    let definition = channel.definition();
    let is_bare = definition.is(Kind::VarSpec) && definition.field(Field::Value).is_none();
    let is_channel = channel.type_node().is_some_and(|t| t.is(Kind::ChannelType));
    (is_bare && is_channel).then_some(Origin::Nil)
}

/// The uses of a channel; `None` where it leaves the function.
fn uses_of(channel: Local<'_>) -> Option<Vec<(Node<'_>, ChannelUse)>> {
    let home = channel.declaration();
    let mut found = Vec::new();
    for node in channel.uses() {
        let what = channel_use(node);
        let is_kept = || {
            let inside = node.ancestors().take_while(|n| !n.contains(home));
            inside
                .filter(|n| n.is(Kind::FuncLiteral))
                .any(|l| !is_run_in_place(l))
        };
        if what == ChannelUse::Escapes || is_kept() {
            return None;
        }
        found.push((node, what));
    }
    Some(found)
}

fn on_nil<'a>(uses: &[(Node<'a>, ChannelUse)]) -> Option<(Node<'a>, &'static str)> {
    let waits = |w: &ChannelUse| matches!(w, ChannelUse::Receives | ChannelUse::Ranges | ChannelUse::Sends);
    let (node, _) = uses.iter().find(|(n, w)| waits(w) && !is_select_case(*n))?;
    Some((*node, "it is never made, and a nil channel blocks for ever"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn nobody_sends() {
        fires(
            &RULE,
            "func f() { ch := make(chan int)\ngo func() {\n<-ch // want\n}() }",
        );
        fires(&RULE, "func f() { ch := make(chan int, 1)\n<-ch // want\n}");
        fires(&RULE, "func f() { go func() {\n<-make(chan int) // want\n}() }");
        fires(&RULE, "func f() { go func() {\nselect {} // want\n}() }");
        fires(
            &RULE,
            "func wait() {\nselect {} // want\n}; func f() { go wait() }",
        );
        silent(
            &RULE,
            "func f() { ch := make(chan int); go func() { ch <- 1 }(); <-ch }",
        );
        silent(
            &RULE,
            "func f() { ch := make(chan int); go func() { close(ch) }(); <-ch }",
        );
        silent(&RULE, "func f() { ch := make(chan int); fill(ch); <-ch }");
        silent(
            &RULE,
            "func f() chan int { ch := make(chan int); go func() { <-ch }(); return ch }",
        );
        silent(&RULE, "func f(t *T) { ch := make(chan int); t.ch = ch; <-ch }");
        silent(
            &RULE,
            "func f() { ch := make(chan int); g = func() { ch <- 1 }; <-ch }",
        );
        silent(
            &RULE,
            "func f() { ch := make(chan int); select { case <-ch: case <-other: } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { go func() { <-ctx.Done() }() }",
        );
        silent(
            &RULE,
            "package main\nfunc main() { ch := make(chan int); <-ch; go func() { select {} }() }",
        );
        silent(&RULE, "func f() { select {} }");
    }

    #[test]
    fn nobody_closes() {
        let run = |text: &str| {
            format!(
                "func f(xs []int) {{ ch := make(chan int)\ngo func() {{\nfor x := range ch {{ // want\n use(x) }} }}()\n{text}\n}}"
            )
        };
        fires(&RULE, &run("ch <- 1"));
        silent(&RULE, &run("defer close(ch)\nch <- 1"));
        silent(&RULE, &run("defer func() { close(ch) }()\nch <- 1"));
        silent(
            &RULE,
            "func f() { ch := make(chan int); go func() { for x := range ch { if x > 1 { return } } }(); ch <- 1 }",
        );
        silent(
            &RULE,
            "func f() { ch := make(chan int); go func() { ch <- 1 }(); for range ch { break } }",
        );
    }

    #[test]
    fn never_made() {
        fires(
            &RULE,
            "func f() { var ch chan int\ngo func() {\n<-ch // want\n}() }",
        );
        fires(&RULE, "func f() { var ch chan int\nch <- 1 // want\n}");
        silent(
            &RULE,
            "func f(ok bool) { var ch chan int; if ok { ch = make(chan int, 1) }; ch <- 1 }",
        );
        silent(&RULE, "func f(ch chan int) { <-ch }");
        silent(&RULE, "func f() { var ch chan int; set(&ch); <-ch }");
    }
}
