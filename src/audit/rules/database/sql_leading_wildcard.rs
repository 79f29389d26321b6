//! `sql-leading-wildcard`: LIKE with a leading wildcard.

use super::statements::{LITERALS, name_of, statement};
use crate::audit::{Check, Group, Hits, How, Measure, Node, Rule, TokenKind, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-leading-wildcard",
    title: "LIKE with a leading wildcard",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.50, 0.99)],
    what: "LIKE with a pattern that begins with %, also one that is put together in Go or SQL.",
    why: "No B-tree can serve it.",
    limits: "Silent for columns with a trigram or full-text index in the schema.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM users WHERE name LIKE '%' || $1", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM users WHERE name LIKE $1 || '%'", v)
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
        let is_searched = |column: &str| {
            let known = scope.tables.iter().filter_map(|t| schema.tables.get(&t.name));
            known.into_iter().any(|t| t.searched.contains(column))
        };
        let leads =
            |how: &How| matches!(how, How::Like(p) if p.kind != TokenKind::Word && p.text.starts_with('%'));
        if let Some(found) = scope
            .filters()
            .iter()
            .find(|f| leads(&f.how) && !is_searched(&f.column.name))
        {
            hits.report(
                text.node,
                format!("LIKE on {} begins with a wildcard", name_of(&found.column)),
            )
            .fix("a trigram or full-text index, or a pattern with a fixed beginning");
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
        fires(&RULE, &with("`SELECT id FROM t WHERE name LIKE '%x'`"));
        fires(
            &RULE,
            &with("`SELECT id FROM t WHERE lower(name) LIKE '%` + v + `%'`"),
        );
        fires(
            &RULE,
            &with("fmt.Sprintf(`SELECT id FROM t WHERE name ILIKE '%%%s'`, v)"),
        );
        silent(&RULE, &with("`SELECT id FROM t WHERE name LIKE 'x%'`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE name LIKE ?`"));
    }
}
