//! `ctx-background`: a fresh context although one is at hand.

use rustc_hash::FxHashMap;

use super::common::{at_hand, is_context, runs_apart};
use crate::audit::{
    Call, Check, Class, Confidence, Field, Function, Group, Hits, Kind, Measure, Node, Package, Rule,
    Severity, heat,
};

/// How many calls lie between the function that has a context and the one that makes a fresh one.
const MAX_CALLS: usize = 3;

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-background",
    title: "a fresh context although one is at hand",
    group: Group::Context,
    items: &["GO9", "CC3"],
    class: Class::Safety,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Goroutines)],
    what: "context.Background(), TODO() or nil is passed to a call in a function that has a context, as a parameter or \
           of a request; or such a function calls one of the sources that takes no context and does so itself, within \
           three calls.",
    why: "Cancellation and deadline stop here: the work goes on for a caller that has gone.",
    limits: "Silent in goroutines, deferred literals, shutdowns, functions whose names speak of cleaning up or \
             detaching, main, init and tests.",
    instead: "For work that shall outlive its caller context.WithoutCancel (Go 1.21) keeps the values.",
    peers: &["contextcheck", "G118", "SA1012"],
    before: r#"
func (s *svc) find(ctx context.Context, id int) (*item, error) {
	return s.repo.load(context.Background(), id) // want
}"#,
    after: r#"
func (s *svc) find(ctx context.Context, id int) (*item, error) {
	return s.repo.load(ctx, id)
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let mut known = FxHashMap::default();
    for file in package.files().filter(|f| !f.facts().is_test) {
        for node in file
            .root()
            .find_all(Kind::CallExpression)
            .filter(|n| !n.is_broken())
        {
            let Some(call) = node.call() else { continue };
            for argument in call.arguments() {
                direct(&call, argument, hits);
            }
            through(&call, &mut known, hits);
        }
    }
}

fn direct(call: &Call<'_>, argument: Node<'_>, hits: &mut Hits<'_>) {
    let is_nil = argument.is(Kind::Nil) && wants_context(call, argument);
    if (!is_nil && !is_fresh(argument)) || is_meant(argument) {
        return;
    }
    let Some(context) = at_hand(argument) else { return };
    let what = if is_nil { "a nil context" } else { argument.text() };
    hits.report(
        argument,
        format!("{what} is passed although {context} is at hand"),
    )
    .fix(format!("pass {context}"));
}

/// `context.Background()` or `context.TODO()`.
fn is_fresh(node: Node<'_>) -> bool {
    node.is(Kind::CallExpression) && node.is_call_to("context.Background|TODO")
}

/// Whether the called function takes a context at this argument, the first.
fn wants_context(call: &Call<'_>, argument: Node<'_>) -> bool {
    let is_first = call.argument(0) == Some(argument);
    let parameters = call
        .callee
        .declaration
        .filter(|_| is_first)
        .and_then(|d| d.field(Field::Parameters));
    let first = parameters
        .and_then(|p| p.child(0))
        .and_then(|p| p.field(Field::Type));
    first
        .and_then(Node::as_type)
        .is_some_and(|t| t.is("context.Context"))
}

/// Detached on purpose: where it stands, by the function's name, in a shutdown, or kept in a field.
fn is_meant(node: Node<'_>) -> bool {
    let declaration = node.enclosing_declaration();
    let name = declaration
        .and_then(|d| d.field(Field::Name))
        .map_or("", Node::text);
    let word = name.to_ascii_lowercase();
    // `Detached` alone, as an exported name, does not say that its calls are meant to be.
    let by_name = word.contains("cleanup")
        || word.contains("shutdown")
        || name.contains("detached")
        || word.rfind("detached").is_some_and(|at| at > 0);
    let is_start = name == "init" || (name == "main" && node.package().name() == "main");
    by_name || is_start || runs_apart(node) || is_for_shutdown(node) || is_kept(node)
}

/// The context of a `Shutdown`, also through `WithTimeout`.
fn is_for_shutdown(node: Node<'_>) -> bool {
    let Some(call) = node.parent().and_then(Node::parent).and_then(Node::call) else {
        return false;
    };
    let stops = |name: &str| matches!(name, "Shutdown" | "GracefulStop" | "Close" | "Stop");
    let goes_to_stop = || {
        let target = call.node.targets().first().copied().and_then(Node::local);
        target.is_some_and(|l| {
            let calls = l.uses().filter_map(|u| u.parent()?.parent()?.call());
            calls.into_iter().any(|c| stops(c.callee.name))
        })
    };
    stops(call.callee.name) || (call.callee.package == "context" && goes_to_stop())
}

/// `s.ctx, s.cancel = context.WithCancel(context.Background())`.
fn is_kept(node: Node<'_>) -> bool {
    let call = node.parent().and_then(Node::parent);
    let targets = call.map_or(Vec::new(), Node::targets);
    targets.first().is_some_and(|t| t.is(Kind::SelectorExpression))
}

type Known<'a> = FxHashMap<(&'a str, (u32, u32), usize), Option<Vec<String>>>;

/// A call of a function that takes no context and makes a fresh one.
fn through<'a>(call: &Call<'a>, known: &mut Known<'a>, hits: &mut Hits<'_>) {
    let Some(function) = call.callee.declaration.and_then(Function::of) else {
        return;
    };
    if at_hand(call.node).is_none() || is_meant(call.node) || call.arguments().into_iter().any(is_context) {
        return;
    }
    if let Some(path) = path_to_fresh(function, MAX_CALLS, known) {
        let context = at_hand(call.node).unwrap_or_default();
        hits.report(
            call.node,
            format!(
                "{} makes a context of its own although {context} is at hand",
                path.join(" → ")
            ),
        )
        .confidence(Confidence::Medium)
        .fix(format!(
            "let {} take a context, and pass {context}",
            call.callee.name
        ));
    }
}

/// The names from a function without a context to the one that passes a fresh context on.
fn path_to_fresh<'a>(function: Function<'a>, calls: usize, known: &mut Known<'a>) -> Option<Vec<String>> {
    let calls = calls.checked_sub(1)?;
    let key = (function.node.file().path(), function.node.span(), calls);
    if let Some(path) = known.get(&key) {
        return path.clone();
    }
    let path = search(function, calls, known);
    known.insert(key, path.clone());
    path
}

fn search<'a>(function: Function<'a>, calls: usize, known: &mut Known<'a>) -> Option<Vec<String>> {
    if function.is_literal() || super::common::given(function).is_some() || function.is_startup() {
        return None;
    }
    let name = function.name().to_string();
    let own: Vec<Call<'a>> = function
        .body
        .descendants_here()
        .filter(|n| n.is(Kind::CallExpression))
        .filter_map(Node::call)
        .collect();
    let passes = |c: &Call<'a>| c.arguments().into_iter().any(|a| is_fresh(a) && !is_meant(a));
    if own.iter().any(passes) {
        return Some(vec![name]);
    }
    let mut below = own
        .iter()
        .filter_map(|c| c.callee.declaration.and_then(Function::of));
    let path = below.find_map(|f| path_to_fresh(f, calls, known))?;
    Some(std::iter::once(name).chain(path).collect())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Confidence;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn direct() {
        fires(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { load(context.TODO()) // want\n }",
        );
        fires(
            &RULE,
            "func load(ctx context.Context) {}; func f(ctx context.Context) { load(nil) // want\n }",
        );
        fires(
            &RULE,
            "func f(ctx context.Context) { each(func() { load(context.Background()) // want\n }) }",
        );
        fires(
            &RULE,
            "func f(ctx context.Context) { c, cancel := context.WithTimeout(context.Background(), 3) // want\n defer cancel(); load(c) }",
        );
        silent(&RULE, "func f(ctx context.Context) { load(ctx) }");
        silent(&RULE, "func f() { load(context.Background()) }");
        silent(
            &RULE,
            "func f(ctx context.Context) { if ctx == nil { ctx = context.Background() }; load(ctx) }",
        );
        silent(
            &RULE,
            "func load(p *int) {}; func f(ctx context.Context) { load(nil) }",
        );
    }

    #[test]
    fn detached_on_purpose() {
        silent(
            &RULE,
            "func f(ctx context.Context) { go func() { load(context.Background()) }() }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { go load(context.Background()) }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { defer func() { load(context.Background()) }() }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context) { defer load(context.Background()) }",
        );
        silent(
            &RULE,
            "func runDetached(ctx context.Context) { load(context.Background()) }",
        );
        silent(
            &RULE,
            "func cleanupAll(ctx context.Context) { load(context.Background()) }",
        );
        silent(
            &RULE,
            "func f(ctx context.Context, s *http.Server) { c, cancel := context.WithTimeout(context.Background(), 3); defer cancel(); s.Shutdown(c) }",
        );
        silent(
            &RULE,
            "func (s *S) f(ctx context.Context) { s.ctx, s.cancel = context.WithCancel(context.Background()) }",
        );
        silent(
            &RULE,
            "package main\nimport \"context\"\nfunc main() { load(context.Background()) }",
        );
    }

    #[test]
    fn through_calls() {
        let source = |call: &str| {
            format!(
                "func low() {{ load(context.Background()) }}; func mid() {{ low() }}; func f(ctx context.Context) {{ {call} }}"
            )
        };
        let found = hits(&RULE, &source("mid()"));
        assert_eq!((found.len(), found[0].confidence), (1, Confidence::Medium));
        assert!(found[0].message.contains("mid → low"), "{}", found[0].message);
        silent(&RULE, &source("go mid()"));
        silent(
            &RULE,
            "func low() { load(context.Background()) }; func a() { low() }; func b() { a() }; func c() { b() }; func f(ctx context.Context) { c() }",
        );
        silent(
            &RULE,
            "func low(ctx context.Context) { load(ctx) }; func f(ctx context.Context) { low(ctx) }",
        );
    }
}
