//! `goroutine-detached-ctx`: a goroutine uses a request's context after the response.

use crate::audit::rules::goroutines::common::is_receive;
use crate::audit::{
    Check, Class, Field, Function, GoVersion, Group, Hits, Kind, Local, Node, Rule, Severity,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "goroutine-detached-ctx",
    title: "a goroutine uses a request's context after the response",
    group: Group::Context,
    items: &["GO9", "CC3"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::Medium),
    what: "In a request handler a go statement uses the request's context, or one made from it, and the handler does \
           not wait for it.",
    why: "The context ends with the handler: the work is cut off at random.",
    limits: "A Wait or a receive behind the go statement counts as waiting.",
    peers: &["G118"],
    before: r#"
func save(w http.ResponseWriter, r *http.Request) {
	go func() {
		audit(r.Context(), "saved") // want
	}()
	w.WriteHeader(http.StatusAccepted)
}"#,
    after: r#"
func save(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		audit(ctx, "saved")
	}()
	w.WriteHeader(http.StatusAccepted)
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    if !function.is_request_path() {
        return;
    }
    let starts: Vec<Node<'_>> = function
        .body
        .descendants_here()
        .filter(|n| n.is(Kind::GoStatement))
        .collect();
    if starts.is_empty() {
        return;
    }
    let derived = derived(function);
    let last_wait = function
        .body
        .descendants_here()
        .filter(|n| waits(*n))
        .map(|n| n.span().0)
        .max();
    let keeps = hits.go() >= GoVersion(21);
    for go in starts
        .into_iter()
        .filter(|go| last_wait.is_none_or(|w| w < go.span().0))
    {
        let Some(use_) = go.descendants().find(|n| is_request_context(*n, &derived)) else {
            continue;
        };
        let fix = if keeps {
            "context.WithoutCancel(…), with a timeout of its own"
        } else {
            "a context of its own, with a timeout"
        };
        hits.report(
            use_,
            "this context ends with the request, and the goroutine may not have",
        )
        .fix(fix);
    }
}

/// A Wait, or a receive in the handler itself.
fn waits(node: Node<'_>) -> bool {
    is_receive(node)
        || (node.is(Kind::CallExpression)
            && node
                .field(Field::Function)
                .and_then(|f| f.field(Field::Field))
                .is_some_and(|f| f.text() == "Wait"))
}

/// The handler's context, and locals that are made from it.
fn derived(function: Function<'_>) -> Vec<Local<'_>> {
    let mut found: Vec<Local<'_>> = function.context().into_iter().collect();
    for local in function.body.locals() {
        let is_here = local.function() == Some(function.node);
        let is_context = || local.ty().is_some_and(|t| t.is("context.Context"));
        let definition = local.definition();
        if !is_here || !definition.is(Kind::ShortVarDeclaration) || !is_context() {
            continue;
        }
        let right = definition.list(Field::Right);
        let is_cut = right.iter().any(|r| r.is_call_to("context.WithoutCancel"));
        let from = |r: &Node<'_>| {
            let mut inside = std::iter::once(*r).chain(r.descendants());
            inside.any(|n| is_request_context(n, &found))
        };
        if !is_cut && right.iter().any(from) {
            found.push(local);
        }
    }
    found
}

/// `r.Context()`, or one of these locals.
fn is_request_context<'a>(node: Node<'a>, derived: &[Local<'a>]) -> bool {
    match node.kind() {
        Kind::Identifier => {
            !node.is_assigned() && node.local().is_some_and(|l| derived.contains(&l)) && !is_cut_off(node)
        }
        Kind::CallExpression => node.is_call_to("(*net/http.Request).Context") && !is_cut_off(node),
        _ => false,
    }
}

/// The argument of `context.WithoutCancel`.
fn is_cut_off(node: Node<'_>) -> bool {
    let call = node
        .parent()
        .filter(|p| p.is(Kind::ArgumentList))
        .and_then(Node::parent);
    call.is_some_and(|c| c.is_call_to("context.WithoutCancel"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn handler(text: &str) -> String {
        format!("func f(w http.ResponseWriter, r *http.Request) {{\n{text}\n}}")
    }

    #[test]
    fn uses() {
        fires(
            &RULE,
            &handler("ctx := r.Context()\ngo func() {\nload(ctx) // want\n}()"),
        );
        fires(
            &RULE,
            &handler(
                "ctx, cancel := context.WithTimeout(r.Context(), 3); defer cancel()\ngo load(ctx) // want",
            ),
        );
        fires(
            &RULE,
            "func (s *S) Get(ctx context.Context, in *GetRequest) (*GetReply, error) {\ngo load(ctx) // want\nreturn nil, nil }; type GetRequest struct { }",
        );
        silent(&RULE, &handler("go load(context.WithoutCancel(r.Context()))"));
        silent(&RULE, &handler("load(r.Context())"));
        silent(&RULE, &handler("go load(context.Background())"));
        silent(&RULE, "func f(ctx context.Context) { go load(ctx) }");
    }

    #[test]
    fn waits() {
        silent(
            &RULE,
            &handler("go func() { load(r.Context()); done <- 1 }()\n<-done"),
        );
        silent(&RULE, &handler("go func() { load(r.Context()) }()\nwg.Wait()"));
        silent(
            &RULE,
            &handler("go func() { load(r.Context()); done <- 1 }()\nselect { case <-done: }"),
        );
    }
}
