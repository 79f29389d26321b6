//! `query-for-exec`: Query used for a statement that returns nothing.

use super::calls::{chain, is_database_method, outermost, sql_text, verb_of};
use crate::audit::{Call, Check, Class, Group, Hits, Kind, Measure, Rule, Severity, SqlText, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "query-for-exec",
    title: "Query used for a statement that returns nothing",
    group: Group::Database,
    items: &["DB1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Goroutines)],
    what: "Query or QueryRow with an INSERT, UPDATE or DELETE that returns nothing and whose rows are not read; or the \
           rows are dropped.",
    why: "The rows are never closed: the connection is lost to the pool.",
    limits: "Silent where the rows are read, and for texts with RETURNING, OUTPUT or more than one statement.",
    peers: &["sqlQuery", "execinquery"],
    before: r#"
func clean(ctx context.Context, db *sql.DB, days int) error {
	_, err := db.QueryContext(ctx, "DELETE FROM carts WHERE age > $1", days) // want
	return err
}"#,
    after: r#"
func clean(ctx context.Context, db *sql.DB, days int) error {
	_, err := db.ExecContext(ctx, "DELETE FROM carts WHERE age > $1", days)
	return err
}"#,
    check: Check::Calls(
        &[".Query|QueryContext|Queryx|QueryxContext|NamedQuery|NamedQueryContext|QueryRow|QueryRowContext"],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if !is_database_method(&call) {
        return;
    }
    let place = outermost(call.node);
    let targets = place.targets();
    let is_row = call.callee.name.starts_with("QueryRow");
    let is_dropped = place.parent().is_some_and(|p| p.is(Kind::ExpressionStatement))
        || targets.first().is_some_and(|t| t.text() == "_");
    let local = targets.first().and_then(|t| t.local());
    let is_ignored = local.is_some_and(|l| {
        l.uses()
            .filter(|u| !u.is_assigned())
            .all(|u| matches!(chain(u).as_str(), ".Close" | ".Err"))
    });
    let is_silent = sql_text(&call).is_some_and(|t| returns_nothing(&t));
    if is_dropped || (is_silent && is_ignored && !is_row) {
        let verb = sql_text(&call).filter(returns_nothing).map(|t| verb_of(&t));
        let what = verb.map_or("a statement whose rows are dropped".to_string(), |v| {
            format!("{v}, which gives no rows")
        });
        hits.report(
            call.node,
            format!("{} runs {what}: they hold their connection", call.callee.name),
        )
        .fix(format!(
            "use {}",
            if call.callee.name.ends_with("Context") {
                "ExecContext"
            } else {
                "Exec"
            }
        ));
    }
}

fn returns_nothing(text: &SqlText<'_>) -> bool {
    let joined = text.joined().to_ascii_uppercase();
    let has = |word: &str| joined.contains(word);
    let is_write = matches!(verb_of(text).as_str(), "INSERT" | "UPDATE" | "DELETE");
    let is_open = joined.trim_end().ends_with('\u{1}');
    is_write
        && !has("RETURNING")
        && !has("OUTPUT")
        && !joined.trim_end_matches([';', ' ', '\n']).contains(';')
        && !is_open
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!("func f(db *sql.DB, id int) {{\n{text}\n}}")
    }

    #[test]
    fn statements() {
        fires(&RULE, &with("db.Query(`UPDATE t SET a = 1`) // want"));
        fires(
            &RULE,
            &with("db.QueryRow(`DELETE FROM t WHERE id = ?`, id) // want"),
        );
        fires(&RULE, &with("db.Query(`SELECT f()`) // want"));
        fires(
            &RULE,
            &with("rows, err := db.Query(`INSERT INTO t VALUES (1)`) // want\n use(err); defer rows.Close()"),
        );
        silent(
            &RULE,
            &with("rows, _ := db.Query(`INSERT INTO t VALUES (1) RETURNING id`); read(rows)"),
        );
        silent(
            &RULE,
            &with("rows, _ := db.Query(`UPDATE t SET a = 1`); rows.Next()"),
        );
        silent(
            &RULE,
            &with("db.QueryRow(`UPDATE t SET a = 1 RETURNING b`).Scan(&id)"),
        );
        silent(
            &RULE,
            &with("rows, _ := db.Query(`SELECT 1`); defer rows.Close()"),
        );
        silent(&RULE, "func f(u *url.URL) { u.Query() }");
    }
}
