//! `db-pool-config`: a connection pool with no limits.

use super::calls::{chain, escapes, is_apart, outermost, sql_argument};
use crate::audit::{
    Call, Check, Class, Confidence, Function, Group, Hits, Local, Measure, Node, Rule, Scope, Severity, cpu,
    heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "db-pool-config",
    title: "a connection pool with no limits",
    group: Group::Database,
    items: &["DB1"],
    class: Class::Safety,
    base: Some(Severity::Medium),
    scope: Scope::Program,
    listens: &[
        cpu(&["db.conn", "net.dial", "net.tls"]),
        heat(Measure::Goroutines),
    ],
    what: "A pool is opened (database/sql, sqlx, gorm, pgxpool) and never given a number of connections; or it is given \
           more than 2 without SetMaxIdleConns, more idle than open ones, or no lifetime.",
    why: "The default is no limit: a slow database gets more connections, which makes it slower.",
    limits: "Silent for SQLite in memory, migrations and tests, and for a handle that leaves the function where the program \
             limits pools elsewhere.",
    target: "open ≤ the database's limit ÷ instances; idle = open; lifetime 5 to 30 min; Stats().WaitCount about 0",
    before: r#"
func open(dsn string) (*sql.DB, error) {
	db, err := sql.Open("pgx", dsn) // want
	if err != nil {
		return nil, err
	}
	return db, nil
}"#,
    after: r#"
func open(dsn string) (*sql.DB, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	db.SetConnMaxLifetime(10 * time.Minute)
	db.SetConnMaxIdleTime(2 * time.Minute)
	return db, nil
}"#,
    check: Check::Calls(OPENS, check),
    ..Rule::BASE
};

/// What opens a pool.
pub(super) const OPENS: &[&str] = &[
    "database/sql.Open|OpenDB",
    "github.com/jmoiron/sqlx.Open|Connect|MustOpen|MustConnect|ConnectContext",
    "gorm.io/gorm.Open",
    "github.com/jackc/pgx/v5/pgxpool.New",
    "github.com/jackc/pgx/v4/pgxpool.Connect",
];

const ADVICE: &str = "set SetMaxOpenConns, SetMaxIdleConns and SetConnMaxLifetime behind it";

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if is_apart(call.node) || is_small(&call) {
        return;
    }
    if call.callee.package.contains("pgxpool") {
        pgx(&call, hits);
        return;
    }
    let handle = outermost(call.node).targets().first().and_then(|t| t.local());
    let setters = |name: &str| calls_on(call.node, handle, name);
    let open = setters("SetMaxOpenConns");
    if let (Some(first), Some(_)) = (open.first(), handle) {
        incomplete(&call, first, &setters, hits);
        return;
    }
    let is_gorm = call.callee.package == "gorm.io/gorm";
    let is_set_here = is_gorm && !calls_named(call.node, "SetMaxOpenConns").is_empty();
    let leaves =
        handle.is_none_or(|h| escapes(h, true) || is_gorm || h.function() != call.node.enclosing_function());
    if is_set_here || (leaves && call.node.database_facts().limits_pools) {
        return;
    }
    let hit = hits.report(
        call.node,
        "this pool opens as many connections as are asked for: nothing limits it",
    );
    hit.fix(ADVICE);
    if is_gorm {
        hit.confidence(Confidence::Medium);
    }
}

/// SQLite in memory.
fn is_small(call: &Call<'_>) -> bool {
    let is_memory = |n: Node<'_>| {
        let text = n.constant_string().unwrap_or_default();
        text.contains(":memory:") || text.contains("mode=memory")
    };
    call.arguments()
        .into_iter()
        .any(|a| is_memory(a) || a.descendants().any(|d| d.kind().is_string() && is_memory(d)))
}

/// Its text limits it, or nothing does.
fn pgx(call: &Call<'_>, hits: &mut Hits<'_>) {
    let text = sql_argument(call).and_then(Node::constant_string);
    if text.is_some_and(|t| !t.contains("pool_max_conns")) {
        hits.report(
            call.node,
            "this pool has the default number of connections: max(4, the number of processors)",
        )
        .severity(Severity::Low)
        .fix("say pool_max_conns in its text, or MaxConns in a Config");
    }
}

/// Calls of a method on a handle, in the function around a node.
fn calls_on<'a>(around: Node<'a>, handle: Option<Local<'a>>, method: &str) -> Vec<Call<'a>> {
    let Some(handle) = handle else { return Vec::new() };
    let wanted = format!(".{method}");
    let is_call =
        |u: &Node<'a>| chain(*u) == wanted && u.enclosing_declaration() == around.enclosing_declaration();
    let call_of = |u: Node<'a>| u.parent().and_then(Node::parent).and_then(Node::call);
    handle.uses().filter(is_call).filter_map(call_of).collect()
}

/// Calls of a method on whatever, in the function around a node.
fn calls_named<'a>(around: Node<'a>, method: &str) -> Vec<Call<'a>> {
    let function = around.enclosing_declaration().and_then(Function::of);
    function.map_or(Vec::new(), |f| {
        f.body.calls().filter(|c| c.callee.name == method).collect()
    })
}

/// The pool is limited, but not in all that belongs to it.
fn incomplete<'a>(
    call: &Call<'a>,
    open: &Call<'a>,
    setters: &dyn Fn(&str) -> Vec<Call<'a>>,
    hits: &mut Hits<'_>,
) {
    let number = |c: &Call<'a>| c.argument(0).and_then(Node::constant_integer);
    let limit = number(open);
    let idle = setters("SetMaxIdleConns");
    let idle_limit = idle.first().and_then(number);
    let lives = setters("SetConnMaxLifetime").len() + setters("SetConnMaxIdleTime").len();
    let (message, fix) = if idle.is_empty() && limit.is_some_and(|n| n > 2) {
        (
            "only 2 of its connections stay when idle: the others connect anew",
            "set SetMaxIdleConns to the same number",
        )
    } else if let (Some(idle), Some(limit)) = (idle_limit, limit)
        && idle > limit
        && limit > 0
    {
        (
            "it keeps more idle connections than it may open",
            "set SetMaxIdleConns to the number of SetMaxOpenConns",
        )
    } else if lives == 0 {
        (
            "its connections live for ever: none moves to another server, none is closed when idle",
            "set SetConnMaxLifetime",
        )
    } else {
        return;
    };
    hits.report(call.node, format!("this pool is limited, but {message}"))
        .severity(Severity::Low)
        .fix(fix);
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(rest: &str) -> String {
        format!(
            "func open(dsn string) *sql.DB {{\ndb, _ := sql.Open(`pgx`, dsn) // want\n{rest}\nreturn db\n}}"
        )
    }

    #[test]
    fn parts_of_a_configuration() {
        fires(&RULE, &with("db.Ping()"));
        fires(&RULE, &with("db.SetMaxOpenConns(10); db.SetConnMaxLifetime(1)"));
        fires(
            &RULE,
            &with("db.SetMaxOpenConns(10); db.SetMaxIdleConns(20); db.SetConnMaxLifetime(1)"),
        );
        fires(&RULE, &with("db.SetMaxOpenConns(10); db.SetMaxIdleConns(10)"));
        silent(&RULE, &with("db.SetMaxOpenConns(2); db.SetConnMaxLifetime(1)"));
        silent(
            &RULE,
            &with("db.SetMaxOpenConns(n); db.SetMaxIdleConns(n); db.SetConnMaxIdleTime(1)"),
        );
    }

    #[test]
    fn elsewhere() {
        silent(
            &RULE,
            &format!(
                "{}\nfunc tune(db *sql.DB) {{ db.SetMaxOpenConns(5) }}",
                with("tune(db)")
            ),
        );
        fires(
            &RULE,
            &format!(
                "{}\nfunc other() {{ d, _ := sql.Open(`x`, `y`); d.SetMaxOpenConns(1); d.SetConnMaxLifetime(1) }}",
                with("")
            ),
        );
        silent(
            &RULE,
            "func f() { db, _ := sql.Open(`sqlite`, `file::memory:`); use(db) }",
        );
    }
}
