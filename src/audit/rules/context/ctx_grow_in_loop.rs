//! `ctx-grow-in-loop`: a context is wrapped again on every turn.

use super::common::is_context;
use crate::audit::rules::goroutines::common::is_run_in_place;
use crate::audit::{Check, Field, Group, Hits, Kind, Local, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-grow-in-loop",
    title: "a context is wrapped again on every turn",
    group: Group::Context,
    items: &["GO9"],
    tier: 2,
    listens: &[cpu(&["context"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.50, 0.95)],
    what: "ctx = context.With…(ctx, …), or ctx = f(ctx, …), in a loop or a literal that is called often, where ctx is \
           declared outside; also where ctx is a field.",
    why: "Each lookup and cancellation walks the whole chain, which grows by one on every turn.",
    limits: "Silent where ctx is declared in the loop or set anew in it, and where the loop ends behind the line.",
    peers: &["fatcontext"],
    before: r#"
func annotate(ctx context.Context, fields []field) context.Context {
	for _, f := range fields {
		ctx = context.WithValue(ctx, f.key, f.value) // want
	}
	return ctx
}"#,
    after: r#"
func annotate(ctx context.Context, fields []field) context.Context {
	return context.WithValue(ctx, fieldsKey{}, fields)
}"#,
    check: Check::Nodes(&[Kind::AssignmentStatement], check),
    ..Rule::BASE
};

fn check(statement: Node<'_>, hits: &mut Hits<'_>) {
    let (left, right) = (statement.list(Field::Left), statement.list(Field::Right));
    let (Some(target), [value]) = (left.first().copied(), right.as_slice()) else {
        return;
    };
    let is_plain = statement.field(Field::Operator).is_none_or(|o| o.text() == "=");
    if !is_plain || !wraps(target, *value) {
        return;
    }
    let grows = match target.kind() {
        Kind::Identifier => target.local().is_some_and(|l| local_grows(l, statement)),
        Kind::SelectorExpression => field_grows(target, statement),
        _ => false,
    };
    if grows {
        hits.report(
            value_or(statement, *value),
            format!("{} gets one layer more each time", target.text()),
        )
        .fix("declare a new context in the loop, or wrap once with all values");
    }
}

fn value_or<'a>(statement: Node<'a>, value: Node<'a>) -> Node<'a> {
    if value.line() == statement.line() {
        value
    } else {
        statement
    }
}

/// `f(ctx, …)` with a context as first argument and result.
fn wraps(target: Node<'_>, value: Node<'_>) -> bool {
    let Some(call) = value.call() else { return false };
    let is_same = call.argument(0).is_some_and(|a| a.text() == target.text());
    let gives_context = || {
        let first = call.node.result_types().into_iter().next().flatten();
        first.is_some_and(|t| t.is("context.Context"))
    };
    let is_known = call.callee.package == "context" && call.callee.name.starts_with("With");
    is_same && is_context(target) && (is_known || gives_context())
}

fn local_grows<'a>(local: Local<'a>, statement: Node<'a>) -> bool {
    let home = local.declaration();
    let around = statement.enclosing_loops().filter(|l| !l.contains(home)).last();
    if let Some(around) = around {
        return !is_last_turn(statement, around) && !is_reset(local, around);
    }
    let literal = statement
        .ancestors()
        .find(|n| n.is(Kind::FuncLiteral) && !n.contains(home));
    literal.is_some_and(|l| !is_run_in_place(l) && !is_reset(local, l))
}

/// A way out of the loop follows in the same block.
fn is_last_turn<'a>(statement: Node<'a>, around: Node<'a>) -> bool {
    let last = statement.parent().and_then(|b| b.statements().last());
    last.is_some_and(|l| around.leaves().contains(&l))
}

/// It gets a value there that is not made from itself.
fn is_reset<'a>(local: Local<'a>, inside: Node<'a>) -> bool {
    let here = |w: &Node<'a>| inside.contains(*w) && w.is_assigned();
    local.uses().filter(here).any(|w| {
        let statement = w.statement();
        let right = statement.map_or(Vec::new(), |s| s.list(Field::Right));
        !right.is_empty() && !right.iter().any(|r| r.uses(local))
    })
}

/// A field: in a loop, or in a method that may be called again.
fn field_grows(target: Node<'_>, statement: Node<'_>) -> bool {
    let owner = target.field(Field::Operand).and_then(Node::local);
    if let Some(around) = statement.enclosing_loop() {
        let is_fresh = owner.is_some_and(|o| around.contains(o.declaration()));
        return !is_fresh && !is_last_turn(statement, around);
    }
    let function = statement.function();
    let is_own = owner.is_some_and(|o| o.kind() == crate::audit::LocalKind::Receiver);
    is_own
        && function.is_some_and(|f| {
            f.receiver_type().is_some()
                && f.node
                    .field(Field::Receiver)
                    .is_some_and(|r| r.text().contains('*'))
        })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn loops() {
        fires(
            &RULE,
            "func f(ctx context.Context) { for range 9 { var cancel func()\nctx, cancel = context.WithCancel(ctx) // want\ncancel() } }",
        );
        fires(
            &RULE,
            "func with(ctx context.Context) context.Context { return ctx }; func f(ctx context.Context) { for {\nctx = with(ctx) // want\nuse(ctx) } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { for { ctx := context.WithValue(ctx, 1, 2); use(ctx) } }",
        );
        silent(
            &RULE,
            "func f(p context.Context) { var ctx context.Context; for { ctx = p; ctx = context.WithValue(ctx, 1, 2); use(ctx) } }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { for { if ok() { ctx = context.WithValue(ctx, 1, 2); break } }; use(ctx) }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { ctx = context.WithValue(ctx, 1, 2); use(ctx) }",
        );
    }

    #[test]
    fn literals_and_fields() {
        fires(
            &RULE,
            "func f(ctx context.Context) { handle(func() {\nctx = context.WithValue(ctx, 1, 2) // want\nuse(ctx) }) }",
        );
        fires(
            &RULE,
            "type S struct { ctx context.Context }; func (s *S) f() {\ns.ctx = context.WithValue(s.ctx, 1, 2) // want\n}",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { func() { ctx = context.WithValue(ctx, 1, 2) }() }",
        );
        silent(
            &RULE,
            "type S struct { ctx context.Context }; func (s S) f() S { s.ctx = context.WithValue(s.ctx, 1, 2); return s }",
        );
    }
}
