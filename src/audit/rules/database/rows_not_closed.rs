//! `rows-not-closed`: result rows are not closed on every path.

use super::closed::{self, Closed};
use crate::audit::{Check, Class, Group, Hits, Measure, Node, Resource, Rule, Severity, Type, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rows-not-closed",
    title: "result rows are not closed on every path",
    group: Group::Database,
    items: &["DB1", "GO1", "ME1", "CC1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Leaked), heat(Measure::Goroutines)],
    what: "A query gives rows (database/sql, sqlx, pgx), and some path to a return neither closes them nor hands them \
           on; low where every path closes them, but not by defer.",
    why: "The connection goes back to the pool only then: the pool runs dry.",
    limits: "A function that is given the rows is trusted to close them.",
    target: "Stats().InUse returns to 0",
    peers: &["sqlclosecheck"],
    before: r#"
func ids(ctx context.Context, db *sql.DB, q string) ([]int, error) {
	rows, err := db.QueryContext(ctx, q) // want
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
	}
	return nil, rows.Err()
}"#,
    after: r#"
func ids(ctx context.Context, db *sql.DB, q string) ([]int, error) {
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
	}
	return nil, rows.Err()
}"#,
    check: Check::Nodes(closed::KINDS, check),
    ..Rule::BASE
};

const ROWS: Closed = Closed {
    is_one: is_rows,
    resource: Resource {
        release: &[".Close"],
        parts: &[],
        helpers: &["close"],
        readers: &["fmt", "log", "log/slog"],
        any_use: false,
    },
    name: "rows",
    dropped: (
        "the rows are dropped while they are open",
        "use Exec for a statement that gives no rows, or keep them and defer their Close",
    ),
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    closed::check(node, &ROWS, hits);
}

pub(super) fn is_rows(of: &Type<'_>) -> bool {
    of.is("*database/sql.Rows")
        || of.is("*github.com/jmoiron/sqlx.Rows")
        || of.is("github.com/jackc/pgx/v5.Rows")
        || of.is("github.com/jackc/pgx/v4.Rows")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn fates() {
        fires(
            &RULE,
            "func f(db *sql.DB) error { _, err := db.Query(`q`) // want\n return err }",
        );
        silent(
            &RULE,
            "func f(db *sql.DB) (*sql.Rows, error) { return db.Query(`q`) }",
        );
        silent(
            &RULE,
            "func f(db *sql.DB) error { rows, err := db.Query(`q`); if err != nil { return err }; return scan(rows) }",
        );
        silent(
            &RULE,
            "func f(db *sql.DB) error { rows, err := db.Query(`q`); if err == nil { defer rows.Close() }; return err }",
        );
        silent(
            &RULE,
            "func f(db *sql.DB) { for { rows, err := db.Query(`q`); if err != nil { continue }; rows.Close() } }",
        );
        fires(&RULE, "func f(p *pgxpool.Pool, ctx context.Context) { rows, _ := p.Query(ctx, `q`) // want\n rows.Next() }\nimport2"
            .replace("\nimport2", "").replacen("func", "package p\nimport \"context\"\nimport \"github.com/jackc/pgx/v5/pgxpool\"\nfunc", 1).as_str());
    }

    #[test]
    fn a_plain_close_is_low() {
        let found = hits(
            &RULE,
            "func f(db *sql.DB) error {\nrows, err := db.Query(`q`)\nif err != nil { return err }\nrows.Next()\nrows.Close()\nreturn nil }",
        );
        assert_eq!((found[0].severity, found[0].line), (Severity::Low, 5));
    }
}
