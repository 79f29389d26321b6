//! `repeated-query-no-prepare`: the same text is sent unprepared again and again.

use super::calls::{data_loop, is_apart, is_leaving, sql_argument};
use crate::audit::{Call, Check, Group, Hits, Measure, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "repeated-query-no-prepare",
    title: "the same text is sent unprepared again and again",
    group: Group::Database,
    items: &["DB2"],
    tier: 2,
    listens: &[cpu(&["db", "syscall"]), heat(Measure::Block)],
    saves: &[assumed(Measure::Cpu, 0.30, 0.67)],
    what: "A constant SQL text with arguments goes through Query or Exec of a *sql.DB in a loop over data.",
    why: "MySQL without interpolateParams and pq prepare for every call: 2 to 3 round trips.",
    limits: "Drivers that keep prepared statements by themselves, such as pgx, gain nothing.",
    before: r#"
func names(ctx context.Context, db *sql.DB, ids []int) {
	for _, id := range ids {
		row := db.QueryRowContext(ctx, "SELECT name FROM users WHERE id = ?", id) // want
		use(row)
	}
}"#,
    after: r#"
func names(ctx context.Context, db *sql.DB, ids []int) error {
	st, err := db.PrepareContext(ctx, "SELECT name FROM users WHERE id = ?")
	if err != nil {
		return err
	}
	defer st.Close()
	for _, id := range ids {
		use(st.QueryRowContext(ctx, id))
	}
	return nil
}"#,
    check: Check::Calls(
        &["(*database/sql.DB).Query|QueryContext|QueryRow|QueryRowContext|Exec|ExecContext"],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(text) = sql_argument(&call).filter(|t| t.is_constant()) else {
        return;
    };
    let has_arguments = call.arguments().last() != Some(&text);
    let is_pgx = call
        .node
        .package()
        .files()
        .any(|f| f.imports("github.com/jackc/pgx"));
    if data_loop(call.node).is_none()
        || !has_arguments
        || is_pgx
        || is_leaving(call.node)
        || is_apart(call.node)
    {
        return;
    }
    hits.report(
        call.node,
        "the same text is prepared anew by each call, unless the driver keeps it (pgx does)",
    )
    .fix("prepare it once before the loop");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn texts() {
        let with = |text: &str| {
            format!(
                "const q = `SELECT ?`; func f(db *sql.DB, tx *sql.Tx, xs []int, s string) {{ for _, x := range xs {{\n{text}\n}} }}"
            )
        };
        fires(&RULE, &with("db.Exec(q, x) // want"));
        silent(&RULE, &with("db.Exec(q)"));
        silent(&RULE, &with("db.Exec(s, x)"));
        silent(&RULE, &with("tx.Exec(q, x)"));
        silent(&RULE, "func f(db *sql.DB, x int) { db.Exec(`SELECT ?`, x) }");
    }
}
