//! `rows-err`: rows are read without asking how the reading ended.

use super::calls::{chain, escapes, outermost};
use super::rows_not_closed::is_rows;
use crate::audit::{Check, Class, Group, Hits, LocalKind, Node, Rule, Type};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rows-err",
    title: "rows are read without asking how the reading ended",
    group: Group::Database,
    items: &["DB1"],
    tier: 2,
    class: Class::Correctness,
    what: "A query gives rows (database/sql, sqlx) on which the function never calls Err, and which do not leave it; also \
           rows assigned to _.",
    why: "A broken connection looks like the end of the data.",
    limits: "A function that is given the rows is trusted to ask.",
    peers: &["rowserrcheck", "sqlrowserr"],
    before: r#"
func names(ctx context.Context, db *sql.DB, q string) (out []string, err error) {
	rows, err := db.QueryContext(ctx, q) // want
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		out = append(out, scan(rows.Scan))
	}
	return out, nil
}"#,
    after: r#"
func names(ctx context.Context, db *sql.DB, q string) (out []string, err error) {
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		out = append(out, scan(rows.Scan))
	}
	return out, rows.Err()
}"#,
    check: Check::Calls(
        &[".Query|QueryContext|Queryx|QueryxContext|NamedQuery|NamedQueryContext"],
        |call, hits| check(call.node, hits),
    ),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let types = node.result_types();
    let is_pointer_to_rows = |t: &Type<'_>| is_rows(t) && matches!(t, Type::Pointer(_));
    if !types
        .first()
        .is_some_and(|t| t.as_ref().is_some_and(is_pointer_to_rows))
    {
        return;
    }
    let targets = outermost(node).targets();
    let Some(target) = targets.first() else { return };
    let is_blank = target.text() == "_";
    let is_unasked = target.local().is_some_and(|l| {
        let is_own = l.function() == node.enclosing_function() && l.kind() != LocalKind::Result;
        is_own && !l.uses().any(|u| chain(u).ends_with(".Err")) && !escapes(l, true)
    });
    if is_blank || is_unasked {
        let name = if is_blank { "the rows" } else { target.text() };
        hits.report(node, format!("nothing asks {name} how the reading ended"))
            .fix("return rows.Err() behind the loop");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn who_asks() {
        let with = |text: &str| {
            format!(
                "func f(db *sql.DB) error {{ rows, err := db.Query(`q`) // want\n if err != nil {{ return err }}; {text}; return nil }}"
            )
        };
        fires(&RULE, &with("for rows.Next() {}"));
        silent(&RULE, &with("for rows.Next() {}; return rows.Err()"));
        silent(&RULE, &with("return scan(rows)"));
        silent(&RULE, &with("t.rows = rows"));
        fires(
            &RULE,
            "func f(db *sql.DB) { _, err := db.Query(`q`) // want\n use(err) }",
        );
        silent(
            &RULE,
            "func f(db *sql.DB) (*sql.Rows, error) { return db.Query(`q`) }",
        );
    }
}
