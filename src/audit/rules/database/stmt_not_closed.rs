//! `stmt-not-closed`: a prepared statement is not closed on every path.

use super::closed::{self, Closed};
use crate::audit::{Check, Class, Group, Hits, Measure, Node, Resource, Rule, Severity, Type, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "stmt-not-closed",
    title: "a prepared statement is not closed on every path",
    group: Group::Database,
    items: &["DB1", "ME1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Inuse)],
    what: "Prepare gives a statement (database/sql, sqlx), and some path to a return neither closes it nor hands it on; \
           low where every path closes it, but not by defer.",
    why: "Statements pile up on the server and in the pool.",
    limits: "Statements kept in a field are not followed; a function that is given one is trusted to close it.",
    peers: &["sqlclosecheck"],
    before: r#"
func save(ctx context.Context, db *sql.DB, v int) error {
	st, err := db.PrepareContext(ctx, "INSERT INTO t(v) VALUES($1)") // want
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, v)
	return err
}"#,
    after: r#"
func save(ctx context.Context, db *sql.DB, v int) error {
	st, err := db.PrepareContext(ctx, "INSERT INTO t(v) VALUES($1)")
	if err != nil {
		return err
	}
	defer st.Close()
	_, err = st.ExecContext(ctx, v)
	return err
}"#,
    check: Check::Nodes(closed::KINDS, check),
    ..Rule::BASE
};

const STATEMENT: Closed = Closed {
    is_one: is_statement,
    resource: Resource {
        release: &[".Close"],
        parts: &[],
        helpers: &["close"],
        readers: &["fmt", "log", "log/slog"],
        any_use: false,
    },
    name: "the statement",
    dropped: (
        "the prepared statement is dropped while it is open",
        "keep it and defer its Close",
    ),
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let call = node.child(0).and_then(Node::call);
    // Tx.Stmt gives one that lives as long as the transaction.
    if call.is_some_and(|c| c.callee.name.starts_with("Prepare")) {
        closed::check(node, &STATEMENT, hits);
    }
}

fn is_statement(of: &Type<'_>) -> bool {
    of.is("*database/sql.Stmt")
        || of.is("*github.com/jmoiron/sqlx.Stmt")
        || of.is("*github.com/jmoiron/sqlx.NamedStmt")
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
            "func f(db *sqlx.DB) { st, _ := db.PrepareNamed(`q`) // want\n use2(st.QueryString) }",
        );
        fires(&RULE, "func f(db *sql.DB) { _, _ = db.Prepare(`q`) // want\n }");
        silent(
            &RULE,
            "func f(db *sql.DB) (*sql.Stmt, error) { return db.Prepare(`q`) }",
        );
        silent(
            &RULE,
            "type T struct { st *sql.Stmt }; func (t *T) f(db *sql.DB) (err error) { t.st, err = db.Prepare(`q`); return }",
        );
        silent(
            &RULE,
            "func f(tx *sql.Tx, st *sql.Stmt) { x := tx.Stmt(st); x.Exec() }",
        );
        let found = hits(
            &RULE,
            "func f(db *sql.DB) error { st, err := db.Prepare(`q`); if err != nil { return err }\n st.Exec()\n st.Close()\n return nil }",
        );
        assert_eq!((found[0].severity, found[0].line), (Severity::Low, 3));
    }
}
