//! `sql-not-in-subquery`: NOT IN with a sub-select.

use super::statements::{LITERALS, statement};
use crate::audit::{Check, Group, Hits, Measure, Node, Rule, SqlScope, TokenKind, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-not-in-subquery",
    title: "NOT IN with a sub-select",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.30, 0.95)],
    what: "NOT IN (SELECT …).",
    why: "Often no anti-join, and one NULL empties the result.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT name FROM users WHERE team = $1 AND id NOT IN (SELECT user_id FROM bans)", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT name FROM users u WHERE team = $1 AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.user_id = u.id)", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let is_not_in = |s: &SqlScope| {
        let tokens: Vec<_> = s.tokens.iter().map(|(t, _)| t).collect();
        tokens.windows(3).any(|w| {
            matches!(w, [not, list, inner] if not.is_word("not") && list.is_word("in") && inner.kind == TokenKind::Select)
        })
    };
    if statement.scopes.iter().any(is_not_in) {
        hits.report(
            text.node,
            "NOT IN asks a sub-select, which a single NULL makes empty",
        )
        .fix("NOT EXISTS (SELECT 1 … WHERE …)");
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
        fires(&RULE, &with("`DELETE FROM t WHERE id NOT IN (SELECT x FROM u)`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE id NOT IN (1, 2)`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE id IN (SELECT x FROM u)`"));
    }
}
