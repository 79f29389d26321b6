//! SQL is read as far as the rules need it.

use super::{Clause, How, Schema, Statement, Verb, tokens};

fn read(text: &str) -> Statement {
    Statement::read(tokens(text))
}

#[test]
fn scopes_and_tables() {
    let statement = read(
        "SELECT a.x FROM shop.orders AS a LEFT JOIN users u ON u.id = a.user_id WHERE a.id IN (SELECT id FROM hot) -- no\nLIMIT 3",
    );
    assert_eq!(statement.scopes.len(), 2);
    let outer = statement.outermost().unwrap();
    let names: Vec<_> = outer
        .tables
        .iter()
        .map(|t| (t.name.as_str(), t.alias.as_str(), t.is_left))
        .collect();
    assert_eq!(names, [("orders", "a", false), ("users", "u", true)]);
    assert!(outer.has(Clause::Limit) && outer.verb == Verb::Select);
    assert_eq!(statement.scopes[0].before, "in");
}

#[test]
fn filters() {
    let check = |condition: &str| {
        let statement = read(&format!("SELECT x FROM t WHERE {condition}"));
        let found = statement.outermost().unwrap().filters();
        found
            .iter()
            .map(|f| format!("{}:{}{}", f.column.name, how(&f.how), f.around))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(check("a = ? AND t.b >= $1 AND c IN (1, 2)"), "a:= b:< c:in");
    assert_eq!(check("a::text = :x AND `b` = t.c"), "a:= b:c");
    assert_eq!(
        check("lower(a) = $1 AND coalesce(b, 0) > 2"),
        "a:=lower(a) b:<coalesce(b,0)"
    );
    assert_eq!(
        check("a <> 1 AND b IS NULL AND c NOT IN (2)"),
        "a:other b:other c:other"
    );
    assert_eq!(check("a = ANY($1) AND b LIKE '%x'"), "a:in b:like %x");
}

fn how(how: &How) -> String {
    match how {
        How::Equal => "=".into(),
        How::Joined(other) => other.name.clone(),
        How::In => "in".into(),
        How::Range => "<".into(),
        How::Like(pattern) => format!("like {}", pattern.text),
        How::Other => "other".into(),
    }
}

#[test]
fn schemas() {
    let mut schema = Schema::default();
    schema.read(
        "CREATE TABLE IF NOT EXISTS shop.users (id BIGINT PRIMARY KEY, mail TEXT UNIQUE, age INT, ok BOOLEAN, CONSTRAINT x UNIQUE (a, b));
         CREATE INDEX CONCURRENTLY i ON users USING btree (age DESC, id);
         CREATE INDEX ON users (lower(name)); CREATE INDEX j ON users USING gin (bio gin_trgm_ops);
         ALTER TABLE users ADD COLUMN team INT, ADD CONSTRAINT u UNIQUE (nick);",
    );
    let users = &schema.tables["users"];
    assert_eq!(
        users.leading.iter().map(String::as_str).collect::<Vec<_>>(),
        ["a", "age", "id", "mail", "nick"]
    );
    assert_eq!(
        users.keys.iter().map(String::as_str).collect::<Vec<_>>(),
        ["id", "mail", "nick"]
    );
    assert!(
        users.is_boolean("ok")
            && users.columns.contains_key("team")
            && !users.columns.contains_key("constraint")
    );
    assert!(users.expressions.contains("lower(name)") && users.searched.contains("bio"));
}

#[test]
fn nothing_makes_it_panic() {
    for text in [
        "",
        "(",
        ")",
        "SELECT",
        "'",
        "\"",
        "[a",
        "CREATE TABLE",
        "CREATE TABLE t (",
        "CREATE INDEX ON",
        "x::",
        "$",
        "WITH",
        "((((SELECT",
    ] {
        let statement = read(text);
        statement.scopes.iter().for_each(|s| {
            s.filters();
            s.first_order();
        });
        Schema::default().read(text);
    }
}
