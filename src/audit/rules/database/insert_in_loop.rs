//! `insert-in-loop`: one write statement per element.

use super::calls::{data_loop, is_apart, is_database_method, is_leaving, is_write, sql_text};
use crate::audit::{
    Call, Check, Group, Hits, Kind, Local, Measure, Node, Piece, Rule, Severity, SqlText, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "insert-in-loop",
    title: "one write statement per element",
    group: Group::Database,
    items: &["DB3"],
    base: Some(Severity::Medium),
    listens: &[cpu(&["db", "syscall"]), heat(Measure::Block)],
    saves: &[
        assumed(Measure::Cpu, 0.80, 0.98),
        assumed(Measure::Block, 0.80, 0.98),
    ],
    what: "In a loop over data an INSERT, UPDATE, DELETE, REPLACE, MERGE or UPSERT is executed, or an ORM creates or saves \
           a row; low for a statement that was prepared in a transaction.",
    why: "A round trip and, outside a transaction, a commit for each row.",
    limits: "Silent for batches (several groups of values, or a list that is put in), chunks, migrations and tests.",
    target: "at least 50 times fewer round trips",
    instead: "Several rows per VALUES (at most 65 535 parameters on PostgreSQL, some 1000 rows), COPY, CreateInBatches, at \
              the least one transaction.",
    before: r#"
func save(ctx context.Context, db *sql.DB, events []Event) error {
	for _, e := range events {
		if _, err := db.ExecContext(ctx, "INSERT INTO events(id, body) VALUES($1, $2)", e.ID, e.Body); err != nil { // want
			return err
		}
	}
	return nil
}"#,
    after: r#"
func save(ctx context.Context, db *sql.DB, events []Event) error {
	for part := range slices.Chunk(events, 500) {
		query, args := insertEvents(part)
		if _, err := db.ExecContext(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}"#,
    check: Check::Calls(
        &[
            ".Exec|ExecContext|MustExec|NamedExec|NamedExecContext",
            "(*gorm.io/gorm.DB).Create|Save",
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = data_loop(call.node) else {
        return;
    };
    if is_apart(call.node) || is_leaving(call.node) || !is_database_method(&call) {
        return;
    }
    if call.is_to("(*gorm.io/gorm.DB).Create|Save") {
        report(&call, "one row is written per element", Severity::Medium, hits);
        return;
    }
    if let Some(prepare) = prepared_by(&call, around) {
        let is_write = sql_text(&prepare).is_some_and(|t| is_write(&t) && !is_batch(&t));
        let in_transaction = prepare.callee.receiver == "Tx";
        if is_write {
            let severity = if in_transaction {
                Severity::Low
            } else {
                Severity::Medium
            };
            report(
                &call,
                "a prepared write is executed once per element",
                severity,
                hits,
            );
        }
        return;
    }
    let is_statement = call.callee.receiver.ends_with("Stmt");
    if let Some(text) = sql_text(&call).filter(|t| !is_statement && is_write(t) && !is_batch(t)) {
        let verb = super::calls::verb_of(&text);
        report(&call, &format!("one {verb} per element"), Severity::Medium, hits);
    }
}

fn report(call: &Call<'_>, what: &str, severity: Severity, hits: &mut Hits<'_>) {
    hits.report(call.node, format!("{what}: a round trip for each"))
        .severity(severity)
        .fix("write many rows with one statement, or copy them");
}

/// The call that prepared the statement before the loop.
fn prepared_by<'a>(call: &Call<'a>, around: Node<'a>) -> Option<Call<'a>> {
    let local = call.operand()?.local()?;
    let definition = local.definition();
    if around.contains(definition) {
        return None;
    }
    let assigned = local.writes().filter_map(Node::statement);
    let mut statements = std::iter::once(definition).chain(assigned);
    statements.find_map(|s| s.calls().find(|c| c.callee.name.starts_with("Prepare")))
}

/// Several groups of values, or a list that is put in behind VALUES or IN.
fn is_batch(text: &SqlText<'_>) -> bool {
    let joined = text.joined().to_ascii_uppercase();
    let Some((_, values)) = joined.split_once("VALUES").or_else(|| joined.split_once(" IN ")) else {
        return false;
    };
    let groups = values
        .split(')')
        .filter(|g| g.trim_start_matches([' ', ',', '\n', '\t']).starts_with('('))
        .count();
    let has_list = text.pieces.iter().any(|p| match p {
        Piece::Hole(node) => is_list(*node),
        Piece::Text(_) => false,
    });
    groups > 1 || has_list
}

/// `strings.Join(…)`, `strings.Repeat(…)`, a builder's text, or a local that is made so.
fn is_list(node: Node<'_>) -> bool {
    let value = node.local().and_then(Local::initial_value).unwrap_or(node);
    let makes =
        |n: &Node<'_>| n.is_call_to("strings.Join|Repeat|TrimSuffix|TrimRight") || n.is_call_to(".String");
    let mut parts = std::iter::once(value).chain(value.descendants());
    parts.any(|n| n.is(Kind::CallExpression) && makes(&n))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    fn with(text: &str) -> String {
        format!("func f(db *sql.DB, tx *sql.Tx, g *gorm.DB, xs []int) error {{ {text}; return nil }}")
    }

    #[test]
    fn writes() {
        fires(
            &RULE,
            &with("for _, x := range xs {\n db.Exec(`UPDATE t SET a = ?`, x) // want\n }"),
        );
        fires(
            &RULE,
            &with("for i := 0; i < len(xs); i++ {\n db.Exec(`delete from t where a = ?`, xs[i]) // want\n }"),
        );
        fires(&RULE, &with("for i := range xs {\n g.Create(&xs[i]) // want\n }"));
        silent(&RULE, &with("for _, x := range xs { db.Exec(`SELECT f(?)`, x) }"));
        silent(
            &RULE,
            &with("for _, x := range xs { db.Exec(`INSERT INTO t VALUES (?), (?)`, x, x) }"),
        );
        silent(
            &RULE,
            &with("for i := 0; i < 3; i++ { db.Exec(`INSERT INTO t VALUES (?)`, i) }"),
        );
        silent(&RULE, &with("for { db.Exec(`DELETE FROM t LIMIT 1000`) }"));
        silent(
            &RULE,
            &with("for _, x := range xs { return db.Exec(`INSERT INTO t VALUES (?)`, x) }"),
        );
        silent(
            &RULE,
            &with("for _, x := range xs { db.Exec(`INSERT INTO t VALUES ` + strings.Join(groups(x), `,`)) }"),
        );
    }

    #[test]
    fn prepared_statements() {
        let source = |on: &str| {
            with(&format!(
                "st, _ := {on}.Prepare(`INSERT INTO t VALUES (?)`); for _, x := range xs {{ st.Exec(x) }}"
            ))
        };
        assert_eq!(hits(&RULE, &source("tx"))[0].severity, Severity::Low);
        assert_eq!(hits(&RULE, &source("db"))[0].severity, Severity::Medium);
    }
}
