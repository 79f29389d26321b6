//! `goroutine-blocked-send`: a result goroutine can block for ever on its send.

use crate::audit::{
    Check, Class, Effect, Field, Group, Hits, Kind, Local, LocalKind, Measure, Node, Paths, Rule, Scope,
    Severity, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "goroutine-blocked-send",
    title: "a result goroutine can block for ever on its send",
    group: Group::Goroutines,
    items: &["GO1", "ME1", "CC1", "GO2"],
    class: Class::Leak,
    base: Some(Severity::High),
    scope: Scope::GoEntry,
    listens: &[heat(Measure::Leaked)],
    what: "A go literal sends on a local channel without room, and the function can go on without receiving: it returns \
           first, another case of the select gives up, or there are more senders than receives.",
    why: "The receiver gave up, the sender never does: one goroutine each time, 2 to 8 KB of stack plus what it holds, \
          never freed.",
    limits: "Channels in structs and parameters are not followed; the goroutineleak profile tells of those.",
    target: "goroutine count constant after N requests; 0 leaked",
    peers: &["hanging-goroutine"],
    before: r#"
func ask(ctx context.Context, key string) (int, error) {
	reply := make(chan int)
	go func() { reply <- slow(key) }() // want
	select {
	case v := <-reply:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}"#,
    after: r#"
func ask(ctx context.Context, key string) (int, error) {
	reply := make(chan int, 1)
	go func() { reply <- slow(key) }()
	select {
	case v := <-reply:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}"#,
    check: Check::Nodes(&[Kind::GoStatement], check),
    ..Rule::BASE
};

fn check(go: Node<'_>, hits: &mut Hits<'_>) {
    let literal = go
        .child(0)
        .and_then(|c| c.field(Field::Function))
        .filter(|f| f.is(Kind::FuncLiteral));
    let Some(literal) = literal else { return };
    for send in literal.find_all(Kind::SendStatement) {
        let channel = send.field(Field::Channel).and_then(Node::local);
        let is_plain = !send.parent().is_some_and(|p| p.is(Kind::CommunicationCase));
        let Some(channel) = channel.filter(|c| is_plain && is_unbuffered(*c, literal)) else {
            continue;
        };
        if let Some(why) = blocks(go, literal, channel) {
            hits.report(
                go,
                format!(
                    "the goroutine can block for ever on its send to {}: {why}",
                    channel.name()
                ),
            )
            .fix(format!(
                "give {} room for every send, as in make(chan T, 1)",
                channel.name()
            ));
            return;
        }
    }
}

/// A local of the function around the literal, made without room.
fn is_unbuffered(channel: Local<'_>, literal: Node<'_>) -> bool {
    let make = channel
        .initial_value()
        .and_then(Node::call)
        .filter(|c| c.is_to("make"));
    let is_made = make.is_some_and(|c| match c.arguments().as_slice() {
        [_] => true,
        [_, size] => size.constant_integer() == Some(0),
        _ => false,
    });
    is_made
        && channel.kind() == LocalKind::Variable
        && !literal.contains(channel.declaration())
        && channel.function() == literal.enclosing_function()
        && channel.is_assigned_once()
}

/// What a use of the channel is.
#[derive(PartialEq)]
enum Use {
    Sends,
    Receives,
    Asks,
    Escapes,
}

fn use_of(node: Node<'_>) -> Use {
    let Some(parent) = node.parent() else {
        return Use::Escapes;
    };
    match parent.kind() {
        Kind::SendStatement if node.field_name() == Field::Channel => Use::Sends,
        Kind::UnaryExpression if parent.text().starts_with("<-") => Use::Receives,
        Kind::RangeClause => Use::Receives,
        Kind::ArgumentList => {
            let call = parent.parent().and_then(Node::call);
            let asks = call.is_some_and(|c| c.is_to("close") || c.is_to("len") || c.is_to("cap"));
            if asks { Use::Asks } else { Use::Escapes }
        }
        _ => Use::Escapes,
    }
}

/// Why the sender may wait for ever; `None` where it does not, or where that cannot be told.
fn blocks<'a>(go: Node<'a>, literal: Node<'a>, channel: Local<'a>) -> Option<&'static str> {
    let uses: Vec<Node<'a>> = channel.uses().collect();
    let home = channel.declaration();
    let foreign = |u: &Node<'a>| {
        u.literal_inside(home)
            .is_some_and(|l| l != literal && !is_started(l))
    };
    if uses.iter().any(|u| use_of(*u) == Use::Escapes || foreign(u)) {
        return None;
    }
    let receives: Vec<Node<'a>> = uses.into_iter().filter(|u| use_of(*u) == Use::Receives).collect();
    if receives.is_empty() {
        return Some("nothing receives from it");
    }
    // Another goroutine receives: whether often enough is not known.
    if receives
        .iter()
        .any(|r| r.literal_inside(home).is_some_and(|l| is_goroutine(l)))
    {
        return None;
    }
    let is_repeated = go.enclosing_loop().is_some_and(|l| !l.contains(home));
    if is_repeated
        && receives
            .iter()
            .all(|r| r.enclosing_loops().next().is_none() && !is_ranged(*r))
    {
        return Some("one goroutine for each turn of the loop, but one receive");
    }
    let is_done = |statement: Node<'a>| {
        let in_header = |r: &Node<'a>| r.flow_statement() == Some(statement);
        let in_loop = statement.is(Kind::ForStatement);
        let inside = |r: &Node<'a>| statement.contains(*r);
        let by_literal = statement.is(Kind::DeferStatement) || statement.is(Kind::GoStatement);
        let done = receives
            .iter()
            .any(|r| in_header(r) || ((in_loop || by_literal) && inside(r)));
        if done { Effect::Done } else { Effect::None }
    };
    let paths = Paths {
        from: go,
        error: None,
        value: None,
    };
    let ends = paths.open_ends(is_done);
    (!ends.is_empty()).then_some("the function can end without receiving from it")
}

fn is_ranged(receive: Node<'_>) -> bool {
    receive.parent().is_some_and(|p| p.is(Kind::RangeClause))
}

/// A literal that is called where it stands, also by `go` or `defer`.
fn is_started(literal: Node<'_>) -> bool {
    literal.field_name() == Field::Function && literal.parent().is_some_and(|p| p.is(Kind::CallExpression))
}

fn is_goroutine(literal: Node<'_>) -> bool {
    let call = literal.parent().filter(|_| is_started(literal));
    call.and_then(Node::parent)
        .is_some_and(|p| p.is(Kind::GoStatement))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn after(text: &str) -> String {
        format!(
            "func f(n int, done chan bool) error {{\nch := make(chan int)\ngo func() {{ ch <- 1 }}() // want\n{text}\n}}"
        )
    }

    #[test]
    fn the_ways_to_leave() {
        fires(&RULE, &after("select { case <-ch: default: }\nreturn nil"));
        fires(&RULE, &after("if n > 0 { return nil }\n<-ch\nreturn nil"));
        fires(&RULE, &after("return nil"));
        fires(
            &RULE,
            "func f(xs []int) int {\nch := make(chan int)\nfor range xs {\n go func() { ch <- 1 }() // want\n}\nreturn <-ch }",
        );
    }

    #[test]
    fn the_ways_to_receive() {
        silent(&RULE, &after("<-ch\nreturn nil"));
        silent(&RULE, &after("return use(<-ch)"));
        silent(&RULE, &after("for v := range ch { use(v) }\nreturn nil"));
        silent(
            &RULE,
            &after("select { case <-ch: case <-done: <-ch }\nreturn nil"),
        );
        silent(
            &RULE,
            &after("select { case <-ch: case <-done: go func() { <-ch }(); return nil }\nreturn nil"),
        );
        silent(
            &RULE,
            &after("select { case <-ch: case <-done: panic(1) }\nreturn nil"),
        );
        silent(
            &RULE,
            &after("for { select { case <-ch: return nil; case <-done: use(n) } }"),
        );
        silent(&RULE, &after("select { case <-done: }\n<-ch\nreturn nil"));
        silent(
            &RULE,
            "func f(xs []int) {\nch := make(chan int)\nfor range xs { go func() { ch <- 1 }() }\nfor range xs { <-ch } }",
        );
    }

    #[test]
    fn channels_that_leave_are_not_followed() {
        silent(&RULE, &after("keep(ch)\nreturn nil"));
        silent(&RULE, "func f(ch chan int) { go func() { ch <- 1 }() }");
        silent(
            &RULE,
            "func f() chan int { ch := make(chan int); go func() { ch <- 1 }(); return ch }",
        );
    }
}
