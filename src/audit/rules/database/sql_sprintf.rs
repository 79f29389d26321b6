//! `sql-sprintf`: SQL text built from values.

use super::statements::{LITERALS, statement};
use crate::audit::{Check, Group, Hits, Measure, Node, Rule, Token, TokenKind, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-sprintf",
    title: "SQL text built from values",
    group: Group::Database,
    items: &["DB2"],
    tier: 2,
    listens: &[cpu(&["fmt", "db"])],
    saves: &[assumed(Measure::Cpu, 0.20, 0.60)],
    what: "An SQL text into which fmt.Sprintf or + puts a value behind a comparison, inside quotes or into VALUES.",
    why: "Every text is new: no statement cache helps, and it is an injection path.",
    limits: "Names of tables and columns, lists of placeholders and constants are not values.",
    peers: &["G201", "G202"],
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, fmt.Sprintf("SELECT name FROM users WHERE id = %d", v), v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT name FROM users WHERE id = $1", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    if text.holes().all(is_harmless) {
        return;
    }
    let puts_in = statement.scopes.iter().any(|s| {
        let tokens: Vec<&Token> = s.tokens.iter().map(|(t, _)| t).collect();
        tokens
            .iter()
            .any(|t| t.kind == TokenKind::Text && t.text.contains('\u{1}'))
            || tokens
                .windows(2)
                .any(|w| matches!(w, [before, hole] if hole.kind == TokenKind::Hole && compares(before)))
    });
    if puts_in {
        hits.report(text.node, "a value is written into this SQL text")
            .fix("put a placeholder there, and give the value as an argument");
    }
}

/// A comparison before the value.
fn compares(before: &Token) -> bool {
    let signs = ["=", "<", ">", "<=", ">=", "<>", "!="];
    signs.iter().any(|s| before.is_sign(s))
        || before.is_word("like")
        || before.is_word("between")
        || before.is_word("offset")
}

/// A list of placeholders, a constant's name.
fn is_harmless(hole: Node<'_>) -> bool {
    let text = hole.text().to_ascii_lowercase();
    let is_list = hole.is_call_to("strings.Repeat|Join") || text.contains("placeholder");
    is_list || hole.is_constant()
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
        fires(&RULE, &with("`SELECT id FROM t WHERE name = '` + v + `'`"));
        fires(&RULE, &with("fmt.Sprintf(`DELETE FROM t WHERE a > %d`, n)"));
        silent(&RULE, &with("fmt.Sprintf(`SELECT id FROM %s WHERE a = ?`, v)"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a = ? ORDER BY ` + v"));
        silent(
            &RULE,
            &with("`SELECT id FROM t WHERE a IN (?` + strings.Repeat(`,?`, n) + `)`"),
        );
        silent(&RULE, &with("`SELECT id FROM t WHERE a = ` + `1`"));
    }
}
