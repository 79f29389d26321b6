//! `sql-order-rand`: sorting by a random number.

use super::statements::{LITERALS, clause, statement};
use crate::audit::{Check, Clause, Group, Hits, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-order-rand",
    title: "sorting by a random number",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.50, 0.99)],
    what: "ORDER BY RAND() or RANDOM().",
    why: "Every row is read, numbered and sorted; LIMIT does not help.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM cards WHERE deck = $1 ORDER BY random() LIMIT 1", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM cards WHERE id >= $1 ORDER BY id LIMIT 1", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    let is_random = |w: &str| matches!(w, "rand" | "random" | "newid");
    let sorts = statement.scopes.iter().any(|s| {
        let order = clause(s, Clause::Order);
        order
            .windows(2)
            .any(|w| matches!(w, [name, open] if is_random(&name.text) && open.is_sign("(")))
    });
    if sorts {
        hits.report(text.node, "every row gets a random number and is sorted by it")
            .fix("draw a key in the program and read the next row from there");
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
        fires(&RULE, &with("`SELECT id FROM t ORDER BY RAND()`"));
        silent(&RULE, &with("`SELECT random() FROM t ORDER BY id`"));
        silent(&RULE, &with("`SELECT id FROM t ORDER BY random`"));
    }
}
