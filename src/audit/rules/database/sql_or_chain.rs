//! `sql-or-chain`: a long chain of OR on one column.

use std::collections::BTreeMap;

use super::statements::{LITERALS, clause, name_of, statement};
use crate::audit::{Check, Clause, Group, Hits, How, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sql-or-chain",
    title: "a long chain of OR on one column",
    group: Group::Database,
    items: &["DB5"],
    tier: 2,
    listens: &[cpu(&["db"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Block, 0.20, 0.80)],
    what: "Three or more col = x joined by OR on the same column.",
    why: "Plans that scan, and texts that are all different.",
    limits: "OR over different columns is not looked at.",
    before: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM t WHERE state = $1 OR state = $2 OR state = $3", v) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, v int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id FROM t WHERE state = ANY($1)", v)
}"#,
    check: Check::Nodes(LITERALS, check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some((text, statement)) = statement(literal) else {
        return;
    };
    for scope in &statement.scopes {
        let alternatives = clause(scope, Clause::Where)
            .iter()
            .filter(|t| t.is_word("or"))
            .count();
        let filters = scope.filters();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for filter in filters
            .iter()
            .filter(|f| f.how == How::Equal && f.around.is_empty())
        {
            *counts.entry(name_of(&filter.column)).or_default() += 1;
        }
        if let Some((column, n)) = counts.into_iter().find(|(_, n)| *n >= 3 && alternatives >= n - 1) {
            hits.report(
                text.node,
                format!("{column} is compared {n} times in a chain of OR"),
            )
            .fix("IN (…), or = ANY(…) with one parameter");
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
        fires(
            &RULE,
            &with("`SELECT id FROM t WHERE x = ? AND (a = 1 OR a = 2 OR a = 3)`"),
        );
        silent(&RULE, &with("`SELECT id FROM t WHERE a = 1 OR a = 2`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a = 1 OR b = 2 OR c = 3`"));
        silent(&RULE, &with("`SELECT id FROM t WHERE a IN (1, 2, 3)`"));
    }
}
