//! `sql-no-limit`: a list query without a limit.

use super::rows_not_closed::is_rows;
use super::statements::{LITERALS, statement};
use crate::audit::{
    Check, Clause, Group, Hits, How, Kind, Measure, Node, Rule, SqlScope, Type, Verb, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-no-limit",
    title: "a list query without a limit",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Alloc, 0.30, 0.95)],
    what: "A SELECT that is no aggregate, has no LIMIT, FETCH FIRST or TOP and no equality on a key, whose rows are read in a loop or into a slice.",
    why: "Memory and time grow with the table.",
    limits: "Keys are those of the schema; without one, columns named id or *_id. Silent for IN with a list, and for texts to which something is added.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id, body FROM posts WHERE author = $1 ORDER BY id", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id, body FROM posts WHERE author = $1 ORDER BY id LIMIT 100", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let Some(scope) = statement
        .outermost()
        .filter(|s| s.verb == Verb::Select && !s.tables.is_empty())
    else {
        return;
    };
    let is_limited = scope.has(Clause::Limit) || scope.has_word("top") || scope.has_word("group");
    let is_open = text.joined().trim_end().ends_with('\u{1}')
        || statement.scopes.iter().filter(|s| s.before.is_empty()).count() > 1;
    if is_limited || is_open || is_aggregate(scope) || has_key(scope, literal) || !is_read_as_list(text.node)
    {
        return;
    }
    hits.report(text.node, "nothing limits how many rows this query gives")
        .fix("page by key: AND id > $n ORDER BY id LIMIT …");
}

/// A call of an aggregate that is no window function.
fn is_aggregate(scope: &SqlScope) -> bool {
    let names = [
        "count",
        "sum",
        "max",
        "min",
        "avg",
        "exists",
        "coalesce",
        "array_agg",
        "json_agg",
        "string_agg",
    ];
    let head: Vec<_> = scope.clause(Clause::Head).collect();
    let calls = head
        .windows(2)
        .any(|w| matches!(w, [name, open] if names.contains(&name.text.as_str()) && open.is_sign("(")));
    (calls && !scope.has_word("over")) || head.iter().any(|t| t.is_word("exists"))
}

/// An equality on a key, or a list.
fn has_key(scope: &SqlScope, literal: Node<'_>) -> bool {
    let schema = &literal.database_facts().schema;
    let known: Vec<_> = scope
        .tables
        .iter()
        .filter_map(|t| schema.tables.get(&t.name))
        .collect();
    let is_key = |name: &str| match known.as_slice() {
        [] => name == "id" || name.ends_with("_id"),
        tables => tables.iter().any(|t| t.keys.contains(name)),
    };
    scope.filters().iter().any(|f| match f.how {
        How::Equal => f.around.is_empty() && is_key(&f.column.name),
        How::In => true,
        _ => false,
    })
}

/// Its call gives rows or a slice, or fills one.
fn is_read_as_list(text: Node<'_>) -> bool {
    let Some(call) = text
        .parent()
        .filter(|p| p.is(Kind::ArgumentList))
        .and_then(Node::parent)
        .and_then(Node::call)
    else {
        return false;
    };
    let types = call.node.result_types();
    let is_list = |t: &Option<Type<'_>>| t.as_ref().is_some_and(|t| t.is_slice() || is_rows(t));
    types.first().is_some_and(is_list) || matches!(call.callee.name, "Select" | "SelectContext")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!(
            "func f(db *sql.DB, v string, n int) {{\nrows, _ := db.Query({text}) // want\nfor rows.Next() {{}}\n}}"
        )
    }

    #[test]
    fn texts() {
        fires(&RULE, &with("`SELECT id FROM t WHERE a = ?`, v"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a = ? LIMIT 5`, v"));
        silent(&RULE, &with("`SELECT count(*) FROM t`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE id = ?`, v"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a IN (?, ?)`, v, v"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a = 1 ` + v"));
        silent(&RULE, &with("`UPDATE t SET a = 1`"));
    }
}
