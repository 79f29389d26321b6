//! `prepare-in-loop`: a statement is prepared on every turn.

use super::calls::{is_apart, is_database_method, is_leaving, outermost, sql_argument};
use crate::audit::{
    Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, Severity, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "prepare-in-loop",
    title: "a statement is prepared on every turn",
    group: Group::Database,
    items: &["DB2"],
    base: Some(Severity::Medium),
    listens: &[cpu(&["db", "syscall"]), heat(Measure::Block)],
    saves: &[
        assumed(Measure::Cpu, 0.50, 0.67),
        assumed(Measure::Block, 0.50, 0.67),
    ],
    what: "Prepare and its kin in a loop, with an SQL text that does not change there.",
    why: "Prepare, execute, close: three round trips where one would do.",
    limits: "Silent where the text depends on the loop, and where a statement is kept once it is there.",
    target: "one prepare per statement and connection",
    before: r#"
func save(ctx context.Context, tx *sql.Tx, names []string) error {
	for _, name := range names {
		st, err := tx.PrepareContext(ctx, "INSERT INTO users(name) VALUES($1)") // want
		if err != nil {
			return err
		}
		run(st, name)
	}
	return nil
}"#,
    after: r#"
func save(ctx context.Context, tx *sql.Tx, names []string) error {
	st, err := tx.PrepareContext(ctx, "INSERT INTO users(name) VALUES($1)")
	if err != nil {
		return err
	}
	defer st.Close()
	for _, name := range names {
		run(st, name)
	}
	return nil
}"#,
    check: Check::Calls(
        &[".Prepare|PrepareContext|Preparex|PreparexContext|PrepareNamed|PrepareNamedContext"],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let (Some(around), Some(text)) = (call.node.enclosing_loop(), sql_argument(&call)) else {
        return;
    };
    if is_apart(call.node) || is_leaving(call.node) || !is_database_method(&call) || is_kept(&call, around) {
        return;
    }
    if call.operand().is_some_and(|o| depends_on(o, around)) || depends_on(text, around) {
        return;
    }
    hits.report(
        call.node,
        "the same statement is prepared on every turn of this loop",
    )
    .fix("prepare it before the loop, and defer its Close there");
}

/// Whether an expression may differ from turn to turn: a call, or a name that the loop declares or assigns to.
fn depends_on<'a>(node: Node<'a>, around: Node<'a>) -> bool {
    let changes = |n: Node<'a>| match n.kind() {
        Kind::CallExpression | Kind::IndexExpression => true,
        Kind::Identifier => n
            .local()
            .is_some_and(|l| around.contains(l.declaration()) || l.writes().any(|w| around.contains(w))),
        _ => false,
    };
    std::iter::once(node).chain(node.descendants()).any(changes)
}

/// It goes into something from outside the loop, under a condition, or into a map.
fn is_kept<'a>(call: &Call<'a>, around: Node<'a>) -> bool {
    let targets = outermost(call.node).targets();
    let is_outside = |t: &Node<'a>| t.local().is_none_or(|l| !around.contains(l.declaration()));
    let in_branch = call.node.ancestors().take_while(|n| *n != around).any(|n| {
        n.is(Kind::IfStatement) && n.field(Field::Initializer).is_none_or(|i| !i.contains(call.node))
    });
    targets
        .first()
        .is_some_and(|t| is_outside(t) && (in_branch || t.is(Kind::IndexExpression)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!(
            "func f(db *sql.DB, q string, xs []string, m map[string]*sql.Stmt) {{ var st *sql.Stmt; for _, x := range xs {{\n{text}\n}} }}"
        )
    }

    #[test]
    fn texts() {
        fires(&RULE, &with("s, _ := db.Prepare(q) // want\n use(s)"));
        fires(
            &RULE,
            &with("if s, err := db.Prepare(q); err == nil { // want\n use(s) }"),
        );
        silent(&RULE, &with("s, _ := db.Prepare(x); use(s)"));
        silent(&RULE, &with("s, _ := db.Prepare(`a ` + x); use(s)"));
        silent(&RULE, &with("if st == nil { st, _ = db.Prepare(q) }"));
        silent(
            &RULE,
            &with("s, _ := other.Prepare(q); use(s)")
                .replace("db *sql.DB", "other *Compiler")
                .replace("*sql.Stmt", "*int"),
        );
        silent(&RULE, "func f(db *sql.DB) { s, _ := db.Prepare(`q`); use(s) }");
    }
}
