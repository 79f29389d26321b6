//! `sql-select-star`: SELECT * in code.

use super::statements::{LITERALS, clause, has_run, statement};
use crate::audit::{Check, Clause, Group, Hits, Measure, Node, Rule, SqlScope, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-select-star",
    title: "SELECT * in code",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Alloc)],
    saves: &[
        assumed(Measure::Cpu, 0.10, 0.60),
        assumed(Measure::Alloc, 0.10, 0.60),
    ],
    what: "An SQL text with SELECT * or SELECT t.*, outside EXISTS.",
    why: "Columns nobody reads are sent, parsed and allocated; covering indexes do not help.",
    limits: "Silent for a star over a sub-select that lists its columns.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT * FROM users WHERE id = $1", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT name, mail FROM users WHERE id = $1", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let is_star = |s: &SqlScope| {
        let head = clause(s, Clause::Head);
        let has = has_run(&head, &["select", "*"])
            || has_run(&head, &["distinct", "*"])
            || has_run(&head, &[".", "*"]);
        has && s.before != "exists" && s.tables.iter().any(|t| !statement.named.contains(&t.name))
    };
    if statement.scopes.iter().any(is_star) {
        hits.report(text.node, "all columns are asked for, whatever is read of them")
            .fix("name the columns that are read");
    }
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
        fires(&RULE, &with("`SELECT u.* FROM users u`"));
        fires(&RULE, &with("`SELECT DISTINCT * FROM users`"));
        silent(&RULE, &with("`SELECT count(*) FROM users`"));
        silent(&RULE, &with("`SELECT 1 WHERE EXISTS (SELECT * FROM users)`"));
        silent(&RULE, &with("`SELECT * FROM (SELECT a FROM t) x`"));
        silent(&RULE, &with("`SELECT a * b FROM t`"));
        silent(&RULE, &with("`WITH x AS (SELECT a FROM t) SELECT * FROM x`"));
    }
}
