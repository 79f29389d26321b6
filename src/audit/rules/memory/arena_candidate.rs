//! `arena-candidate`: many small objects that die with the request.

use crate::audit::rules::value::outermost;
use crate::audit::{
    Check, Confidence, Function, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "arena-candidate",
    title: "many small objects that die with the request",
    group: Group::Memory,
    items: &["AR-arena"],
    tier: 3,
    base: None,
    scope: Scope::Func,
    listens: &[heat(Measure::Alloc), cpu(&["alloc", "gc.mark"])],
    saves: &[
        assumed(Measure::Alloc, 0.50, 0.90),
        assumed(Measure::Cpu, 0.30, 0.70),
    ],
    what: "At least 5 places in a request's function make objects by &T{…}, new or make.",
    why: "A slab in chunks 62 ns against 89 ns for 64 B, and no marking of chunks without pointers.",
    limits: "Advice of the review: it counts only where a heap profile shows 10 % of the bytes below the function, and \
             little of it in use.",
    instead: "A slab ([]T in chunks, indices instead of pointers), or one pooled scratch struct per request. Go's arena \
              package is an experiment on hold: no ground to build on.",
    before: r#"
func serve(w http.ResponseWriter, r *http.Request) { // want
	q := &query{text: r.URL.Path}
	p := &plan{of: q}
	s := &scan{of: p}
	f := &filter{of: s}
	rows := make([]row, 0, 8)
	run(q, p, s, f, rows)
}"#,
    after: r#"
func serve(w http.ResponseWriter, r *http.Request) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.reset()
	s.query.text = r.URL.Path
	run(s)
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

/// Fewer places are left to other rules.
const MIN_PLACES: usize = 5;

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    if !function.is_request_path() {
        return;
    }
    let places = function.body.descendants_here().filter(|n| makes(*n)).count();
    if places >= MIN_PLACES {
        let name = function.name();
        hits.report(
            function.node,
            format!("{places} places in {name} make objects that may die with the request"),
        )
        .confidence(Confidence::Low)
        .fix("keep them in one scratch struct per request, from a pool");
    }
}

fn makes(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::CompositeLiteral => outermost(node) != node,
        Kind::CallExpression => node.call().is_some_and(|c| c.is_to("make|new")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn elsewhere() {
        silent(&RULE, "func f() { use(&A{}, &B{}, &C{}, &D{}, &E{}) }");
        silent(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { use(&A{}, &B{}, &C{}, &D{}) }",
        );
    }
}
