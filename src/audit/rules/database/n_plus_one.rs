//! `n-plus-one`: one query per element.

use crate::audit::{
    Call, Check, Confidence, Group, Hits, Kind, Local, Measure, Node, Reach, Rule, Severity, assumed, cpu,
    heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "n-plus-one",
    title: "one query per element",
    group: Group::Database,
    items: &["DB4", "DB3"],
    base: Some(Severity::Medium),
    listens: &[
        cpu(&["db", "syscall"]),
        heat(Measure::Block),
        heat(Measure::Goroutines),
    ],
    saves: &[
        assumed(Measure::Cpu, 0.70, 0.98),
        assumed(Measure::Block, 0.70, 0.98),
    ],
    what: "A range over data in which a call asks a database, itself or within three calls, with an argument that \
           depends on the loop's variables.",
    why: "One round trip per element: latency grows with the data, and the pool is held all the time.",
    limits: "Caches are not seen: a helper that asks a cache first is still reported. Writes are insert-in-loop's. \
             Silent in migrations and for chunks.",
    target: "queries per request O(1); latency about one round trip",
    before: r#"
type repo struct{ db *sql.DB }

func (r *repo) membersOf(ctx context.Context, team int) (*sql.Rows, error) {
	return r.db.QueryContext(ctx, "SELECT id FROM members WHERE team = ?", team)
}

func load(ctx context.Context, r *repo, teams []Team) {
	for _, t := range teams {
		members, err := r.membersOf(ctx, t.ID) // want
		use(members, err)
	}
}"#,
    after: r#"
type repo struct{ db *sql.DB }

func (r *repo) membersOfAll(ctx context.Context, teams []int) (*sql.Rows, error) {
	return r.db.QueryContext(ctx, "SELECT id FROM members WHERE team = ANY($1)", teams)
}

func load(ctx context.Context, r *repo, teams []int) {
	members, err := r.membersOfAll(ctx, teams)
	use(members, err)
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..Rule::BASE
};

fn check(outer: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(body), true) = (outer.body(), is_fit(outer)) else {
        return;
    };
    let changing = dependents(outer, body);
    for call in body.calls() {
        let is_nearest = call
            .node
            .ancestors()
            .find(|n| n.is(Kind::ForStatement) && is_fit(*n))
            == Some(outer);
        if !is_nearest || !depends(&call, &changing) || is_leaving(&call, outer) {
            continue;
        }
        let Some(path) = call.reaches(Reach::Query) else {
            continue;
        };
        report(&call, &path, hits);
    }
}

fn report(call: &Call<'_>, path: &[String], hits: &mut Hits<'_>) {
    let is_request = call
        .node
        .function()
        .is_some_and(crate::audit::Function::is_request_path);
    let hit = hits.report(call.node, format!("one query per element: {}", path.join(" → ")));
    hit.fix("ask once for all elements, then group them by key");
    if is_request {
        hit.severity(Severity::High);
    }
    if path.len() > 2 {
        hit.confidence(Confidence::Medium);
    }
}

/// A range over data, but not over chunks, and not in migrations and tests.
fn is_fit(outer: Node<'_>) -> bool {
    let is_chunked = outer.ranged().is_some_and(|r| r.is_call_to("slices.Chunk"));
    let file = outer.file();
    let is_apart = file.path().contains("migration") || file.facts().is_test;
    outer.is_over_data()
        && !is_chunked
        && !is_apart
        && outer.ranged().and_then(Node::ty).is_none_or(|t| !t.is_channel())
}

/// The loop's variables, and the locals of its body that are made from them.
fn dependents<'a>(outer: Node<'a>, body: Node<'a>) -> Vec<Local<'a>> {
    let mut found = outer.loop_variables();
    let (key, value) = outer.range_targets();
    found.extend([key, value].into_iter().flatten().filter_map(Node::local));
    for local in body.locals() {
        if local.definition().uses_any(&found) {
            found.push(local);
        }
    }
    found
}

/// An argument, or one of the calls before it in a chain, uses what changes.
fn depends<'a>(call: &Call<'a>, changing: &[Local<'a>]) -> bool {
    let in_chain = call
        .operand()
        .is_some_and(|o| o.unparen().is(Kind::CallExpression) && o.uses_any(changing));
    in_chain || call.arguments().iter().any(|a| a.uses_any(changing))
}

/// `return r.find(x.ID)`: it happens once.
fn is_leaving(call: &Call<'_>, outer: Node<'_>) -> bool {
    call.node
        .statement()
        .is_some_and(|s| s.is(Kind::ReturnStatement) && s.enclosing_loop() == Some(outer))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Confidence;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn direct_queries() {
        let with = |text: &str| format!("func f(db *sql.DB, xs []int) {{ {text} }}");
        fires(
            &RULE,
            &with("for _, x := range xs { id := x + 1\n db.QueryRow(`q`, id) // want\n }"),
        );
        fires(
            &RULE,
            &with("for i := range xs {\n db.Query(`q`, xs[i]) // want\n }"),
        );
        silent(&RULE, &with("for range xs { db.Query(`q`) }"));
        silent(&RULE, &with("for _, x := range []int{1, 2} { db.Query(`q`, x) }"));
        silent(
            &RULE,
            &with("for _, x := range xs { db.Exec(`INSERT INTO t VALUES(?)`, x) }"),
        );
        silent(&RULE, &with("for i := 0; i < 3; i++ { db.Query(`q`, i) }"));
        silent(
            &RULE,
            &with("for c := range slices.Chunk(xs, 100) { db.Query(`q`, c) }"),
        );
    }

    #[test]
    fn by_names() {
        let source = "type store interface { Orders(id int) error }; type impl struct{ db *sql.DB };
func (i *impl) Orders(id int) error { return i.all(id) }
func (i *impl) all(id int) error { _, err := i.db.Query(`q`, id); return err }
func f(s store, xs []int) { for _, x := range xs {
 s.Orders(x) // want
} }";
        fires(&RULE, source);
        let found = hits(&RULE, source);
        assert_eq!(found[0].confidence, Confidence::Medium);
        assert_eq!(found[0].message, "one query per element: Orders → all → db.Query");
    }

    #[test]
    fn generic_names_say_nothing() {
        silent(
            &RULE,
            "type impl struct{ db *sql.DB }; func (i *impl) Get(id int) { i.db.Query(`q`, id) }
func f(store any, xs []int) { for _, x := range xs { store.Get(x) } }",
        );
    }
}
