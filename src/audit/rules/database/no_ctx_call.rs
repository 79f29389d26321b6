//! `no-ctx-call`: a call that takes no context although a variant does.

use super::calls::functions_around;
use crate::audit::{Check, Class, Field, Group, Hits, Kind, Measure, Node, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "no-ctx-call",
    title: "a call that takes no context although a variant does",
    group: Group::Database,
    items: &["DB6", "GO9", "CC3", "NE3"],
    class: Class::Safety,
    listens: &[heat(Measure::Goroutines)],
    what: "A function or method of net, net/http, crypto/tls, os/exec, database/sql or sqlx, called or taken as a value, \
           that has a variant with a context; medium where a context or a request is in scope.",
    why: "The call cannot be cancelled and has no deadline: a slow peer holds the goroutine and all it owns.",
    limits: "Silent in code that runs once at the start.",
    peers: &["noctx"],
    before: r#"
func find(db *sql.DB, q string, id int) (*sql.Rows, error) {
	return db.Query(q, id) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, q string, id int) (*sql.Rows, error) {
	return db.QueryContext(ctx, q, id)
}"#,
    check: Check::Nodes(&[Kind::SelectorExpression], check),
    ..Rule::BASE
};

/// Functions by package, and what takes a context.
const FUNCTIONS: [(&str, &[&str], &str); 6] = [
    (
        "net/http",
        &["Get", "Post", "PostForm", "Head", "NewRequest"],
        "http.NewRequestWithContext",
    ),
    (
        "net/http/httptest",
        &["NewRequest"],
        "httptest.NewRequestWithContext",
    ),
    ("os/exec", &["Command"], "exec.CommandContext"),
    ("net", &["Dial", "DialTimeout"], "(*net.Dialer).DialContext"),
    (
        "net",
        &["Listen", "ListenPacket"],
        "(*net.ListenConfig).Listen and its kin",
    ),
    (
        "crypto/tls",
        &["Dial", "DialWithDialer"],
        "(*tls.Dialer).DialContext",
    ),
];
const LOOKUPS: [&str; 9] = ["Host", "IP", "Addr", "CNAME", "MX", "NS", "Port", "SRV", "TXT"];

/// Methods by type.
const METHODS: [(&str, &[&str]); 10] = [
    (
        "database/sql.DB",
        &["Begin", "Exec", "Ping", "Prepare", "Query", "QueryRow"],
    ),
    (
        "database/sql.Tx",
        &["Exec", "Prepare", "Query", "QueryRow", "Stmt"],
    ),
    ("database/sql.Stmt", &["Exec", "Query", "QueryRow"]),
    ("net/http.Client", &["Get", "Post", "PostForm", "Head"]),
    ("net.Dialer", &["Dial"]),
    ("crypto/tls.Dialer", &["Dial"]),
    ("crypto/tls.Conn", &["Handshake"]),
    (
        "github.com/jmoiron/sqlx.DB",
        &[
            "Get",
            "Select",
            "Queryx",
            "QueryRowx",
            "NamedExec",
            "NamedQuery",
            "MustExec",
            "Preparex",
            "PrepareNamed",
            "Beginx",
            "MustBegin",
        ],
    ),
    (
        "github.com/jmoiron/sqlx.Tx",
        &[
            "Get",
            "Select",
            "Queryx",
            "QueryRowx",
            "NamedExec",
            "MustExec",
            "Preparex",
            "PrepareNamed",
        ],
    ),
    (
        "github.com/jmoiron/sqlx.Stmt",
        &["Get", "Select", "Queryx", "QueryRowx", "MustExec"],
    ),
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let (Some(operand), Some(field)) = (node.field(Field::Operand), node.field(Field::Field)) else {
        return;
    };
    let name = field.text();
    if !is_known(name) {
        return;
    }
    let Some(instead) = by_function(operand, name).or_else(|| by_method(operand, name)) else {
        return;
    };
    let Some(function) = node.function().filter(|_| !is_startup(node)) else {
        return;
    };
    let has_context = std::iter::once(function)
        .chain(functions_around(function.node))
        .any(|f| {
            f.parameters()
                .iter()
                .filter_map(|p| p.ty())
                .any(|t| t.is("context.Context") || t.is("*net/http.Request"))
        });
    let hit = hits.report(
        node,
        format!("{} takes no context: it cannot be cancelled", node.text()),
    );
    hit.fix(format!("use {instead}"));
    if has_context && !node.file().facts().is_test {
        hit.severity(Severity::Medium);
    }
}

fn is_known(name: &str) -> bool {
    FUNCTIONS.iter().any(|(_, names, _)| names.contains(&name))
        || METHODS.iter().any(|(_, names)| names.contains(&name))
        || name.starts_with("Lookup")
}

fn by_function(operand: Node<'_>, name: &str) -> Option<String> {
    let path = operand.imported_path()?;
    let is_lookup = path == "net" && name.strip_prefix("Lookup").is_some_and(|l| LOOKUPS.contains(&l));
    if is_lookup {
        return Some(format!("(*net.Resolver).{name}"));
    }
    let row = FUNCTIONS
        .iter()
        .find(|(package, names, _)| *package == path && names.contains(&name))?;
    Some(row.2.to_string())
}

/// Of the type that declares the method, which an embedding one has too.
fn by_method(operand: Node<'_>, name: &str) -> Option<String> {
    let owner = operand.ty()?;
    let named = owner.method(name).map(|m| m.0).or_else(|| owner.named())?;
    METHODS
        .iter()
        .find(|(full, names)| named.is(full) && names.contains(&name))?;
    Some(match (named.name, name) {
        ("Client", _) => "http.NewRequestWithContext with Do".to_string(),
        (_, "Begin") => "BeginTx".to_string(),
        (_, "Beginx" | "MustBegin") => "BeginTxx".to_string(),
        _ => format!("{name}Context"),
    })
}

fn is_startup(node: Node<'_>) -> bool {
    let declaration = node.enclosing_declaration().and_then(crate::audit::Function::of);
    declaration.is_some_and(crate::audit::Function::is_startup) || node.file().path().contains("migrat")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn the_table() {
        fires(&RULE, "func f() { http.Get(`u`) // want\n }");
        fires(&RULE, "func f(c *http.Client) { c.Head(`u`) // want\n }");
        fires(&RULE, "func f() { exec.Command(`ls`) // want\n }");
        fires(&RULE, "func f() { net.LookupHost(`h`) // want\n }");
        fires(
            &RULE,
            "func f(tx *sql.Tx, q string) { use(tx.QueryRow) // want\n }",
        );
        fires(
            &RULE,
            "func f(db *sqlx.DB, q string) { db.Get(&x, q) // want\n db.Ping() // want\n }",
        );
        fires(
            &RULE,
            "type T struct { *sql.DB }; func (t T) f(q string) { t.Query(q) // want\n }",
        );
        silent(
            &RULE,
            "func f(u *url.URL, h http.Header) { u.Query(); h.Get(`k`) }",
        );
        silent(&RULE, "func init() { http.Get(`u`) }");
        silent(&RULE, "func f(x T) { x.Query(`q`) }");
    }

    #[test]
    fn with_a_context_at_hand() {
        let found = hits(
            &RULE,
            "func f(ctx context.Context, db *sql.DB) { func() { db.Query(`q`) }() }",
        );
        assert_eq!(found[0].severity, Severity::Medium);
        let found = hits(&RULE, "func f(db *sql.DB) { db.Query(`q`) }");
        assert_eq!(
            (found[0].severity, found[0].fix.as_deref()),
            (Severity::Low, Some("use QueryContext"))
        );
    }
}
