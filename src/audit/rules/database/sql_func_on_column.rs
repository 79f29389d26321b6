//! `sql-func-on-column`: a function around the filtered column.

use super::statements::{LITERALS, statement};
use crate::audit::{Check, Clause, Filter, Group, Hits, How, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-func-on-column",
    title: "a function around the filtered column",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.50, 0.99)],
    what: "A condition compares a function of a column: date(col) =, lower(col) =.",
    why: "A plain index on the column is not used.",
    limits: "Silent where the schema has an index on the same expression.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM logs WHERE date(created_at) = $1", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM logs WHERE created_at >= $1 AND created_at < $1", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let schema = &literal.database_facts().schema;
    for scope in &statement.scopes {
        let is_indexed = |around: &str| {
            let known = scope.tables.iter().filter_map(|t| schema.tables.get(&t.name));
            known.into_iter().any(|t| t.expressions.contains(around))
        };
        let is_wrapped =
            |f: &Filter| !f.around.is_empty() && f.clause == Clause::Where && f.how != How::Other;
        if let Some(found) = scope
            .filters()
            .iter()
            .find(|f| is_wrapped(f) && !is_indexed(&f.around))
        {
            hits.report(
                text.node,
                format!("{} hides the column from its index", found.around),
            )
            .fix("compare the column itself, or index the expression");
        }
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
        fires(&RULE, &with("`SELECT id FROM t WHERE lower(name) = ?`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE name = lower(?)`"));
        silent(&RULE, &with("`SELECT lower(name) FROM t WHERE id = ?`"));
        silent(
            &RULE,
            &with("`SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)`"),
        );
    }
}
