//! `db-open-per-call`: a pool is opened for each operation.

use super::calls::{chain, escapes, is_apart, outermost};
use super::db_pool_config::OPENS;
use crate::audit::{
    Call, Check, Field, Group, Hits, Measure, Node, Rule, Scope, Severity, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "db-open-per-call",
    title: "a pool is opened for each operation",
    group: Group::Database,
    items: &["DB1"],
    base: Some(Severity::High),
    scope: Scope::Func,
    listens: &[cpu(&["db.conn", "net.dial", "net.tls"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.80, 0.99)],
    what: "A function that is not main, init or one named New, Open or Connect opens a pool and closes or drops it.",
    why: "A TCP and TLS handshake and a login for each call; no connection is used again.",
    limits: "Silent in tests, migrations and programs' own functions that serve no request: they may run one operation and \
             end.",
    target: "connections opened per second about 0",
    before: r#"
type handler struct{ dsn string }

func (h *handler) list(w http.ResponseWriter, r *http.Request) {
	db, err := sql.Open("pgx", h.dsn) // want
	if err != nil {
		return
	}
	defer db.Close()
	serve(w, db.QueryRowContext(r.Context(), "SELECT 1"))
}"#,
    after: r#"
type handler struct{ db *sql.DB }

func (h *handler) list(w http.ResponseWriter, r *http.Request) {
	serve(w, h.db.QueryRowContext(r.Context(), "SELECT 1"))
}"#,
    check: Check::Calls(OPENS, check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(function) = call.node.function() else {
        return;
    };
    let declaration = call
        .node
        .enclosing_declaration()
        .and_then(|d| d.field(Field::Name));
    let name = declaration.map_or("", Node::text);
    let is_tool = call.node.package().name() == "main" && !function.is_request_path();
    if is_apart(call.node) || is_tool || is_opener(name) || is_dry(&call) {
        return;
    }
    let targets = outermost(call.node).targets();
    let Some(target) = targets.first() else { return };
    let is_dropped = target.text() == "_";
    let local = target
        .local()
        .filter(|l| l.function() == call.node.enclosing_function());
    let is_closed = local.is_some_and(|l| l.uses().any(|u| chain(u) == ".Close") && !escapes(l, false));
    if is_dropped || is_closed {
        hits.report(
            call.node,
            format!("{name} opens a pool, connects and closes it again"),
        )
        .fix("open the pool once when the program starts, and hand it on");
    }
}

fn is_opener(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let starts = ["new", "open", "connect", "must", "ping", "wait", "setup"];
    matches!(name, "" | "main" | "init" | "TestMain") || starts.iter().any(|w| lower.starts_with(w))
}

/// A pool of gorm that does not run anything.
fn is_dry(call: &Call<'_>) -> bool {
    call.callee.package == "gorm.io/gorm" && call.node.text().contains("DryRun")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn who_opens() {
        let with = |name: &str, rest: &str| {
            format!("func {name}(s *T) {{ db, err := sql.Open(`x`, `y`) // want\n {rest} }}")
        };
        fires(&RULE, &with("count", "use(err); db.Ping(); db.Close()"));
        silent(&RULE, &with("count", "s.db = db; if err != nil { db.Close() }"));
        silent(&RULE, &with("NewStore", "defer db.Close()"));
        silent(&RULE, &with("openAll", "defer db.Close()"));
        silent(&RULE, &with("count", "use(db, err)"));
        silent(&RULE, "func f() (*sql.DB, error) { return sql.Open(`x`, `y`) }");
        silent(
            &RULE,
            "package main\nimport \"database/sql\"\nfunc run() { db, _ := sql.Open(`x`, `y`); defer db.Close() }",
        );
    }
}
