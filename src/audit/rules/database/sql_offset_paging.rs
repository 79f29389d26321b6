//! `sql-offset-paging`: paging by OFFSET.

use super::statements::{LITERALS, clause, statement};
use crate::audit::{Check, Clause, Group, Hits, Measure, Node, Rule, TokenKind, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-offset-paging",
    title: "paging by OFFSET",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.30, 0.95)],
    what: "OFFSET with a parameter or a value that the program computes, or a constant of 1000 or more.",
    why: "The database reads and throws away all rows before the page.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM posts ORDER BY id LIMIT 50 OFFSET $1", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM posts WHERE id > $1 ORDER BY id LIMIT 50", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let skips = statement.scopes.iter().any(|s| {
        clause(s, Clause::Offset).get(1).is_some_and(|t| match t.kind {
            TokenKind::Number => t.text.parse::<u64>().is_ok_and(|n| n >= 1000),
            TokenKind::Parameter | TokenKind::Hole => true,
            _ => false,
        })
    });
    if skips {
        hits.report(
            text.node,
            "pages are counted off by OFFSET: each costs what all before it cost",
        )
        .fix("remember the last key: WHERE id > $1 ORDER BY id LIMIT …");
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
        fires(
            &RULE,
            &with("fmt.Sprintf(`SELECT id FROM t LIMIT 5 OFFSET %d`, n)"),
        );
        silent(&RULE, &with("`SELECT id FROM t LIMIT 5 OFFSET 10`"));
        silent(&RULE, &with("`SELECT id FROM t LIMIT 5`"));
    }
}
