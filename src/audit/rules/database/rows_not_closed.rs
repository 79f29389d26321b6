//! `rows-not-closed`: result rows are not closed on every path.

use crate::audit::{
    Check, Class, Fate, Field, Group, Hits, Kind, Measure, Node, Resource, Rule, Severity, Type, heat,
};

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
    check: Check::Nodes(&[Kind::ExpressionList, Kind::ExpressionStatement], check),
    ..Rule::BASE
};

const ROWS: Resource = Resource {
    release: &[".Close"],
    parts: &[],
    helpers: &["close"],
    readers: &["fmt", "log", "log/slog"],
    any_use: false,
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let is_value =
        node.is(Kind::ExpressionStatement) || matches!(node.field_name(), Field::Right | Field::Value);
    let Some(call) = node
        .child(0)
        .filter(|_| is_value && node.child(1).is_none())
        .and_then(Node::call)
    else {
        return;
    };
    let types = call.node.result_types();
    let Some(at) = types.iter().position(|t| t.as_ref().is_some_and(is_rows)) else {
        return;
    };
    let targets = call.node.targets();
    let name = targets.get(at).map_or("rows", |t| t.text());
    match ROWS.fate(&call, at) {
        Fate::Dropped => {
            hits.report(call.node, "the rows are dropped while they are open")
                .fix("use Exec for a statement that gives no rows, or keep them and defer their Close");
        }
        Fate::Open(ends) => {
            let line = ends.first().map_or(0, |e| {
                if e.is(Kind::Block) {
                    e.end_position().0
                } else {
                    e.line()
                }
            });
            hits.report(
                call.node,
                format!("{name} stays open on the path that ends in line {line}"),
            )
            .fix(format!("defer {name}.Close() right behind the test of the error"));
        }
        Fate::Closed(releases) => {
            let in_loop = call.node.enclosing_loop().is_some();
            let plain = releases
                .iter()
                .find(|(s, deferred)| !deferred && s.enclosing_loop().is_none());
            let is_deferred = releases.iter().any(|(_, deferred)| *deferred);
            if let Some((statement, _)) = plain.filter(|_| !is_deferred && !in_loop) {
                hits.report(
                    *statement,
                    format!("{name} is closed, but not by defer: a panic or a later return leaves it open"),
                )
                .severity(Severity::Low)
                .fix(format!("defer {name}.Close() right behind the test of the error"));
            }
        }
        Fate::Elsewhere => {}
    }
}

fn is_rows(of: &Type<'_>) -> bool {
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
