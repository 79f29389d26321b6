//! `index-missing`: a query filters, joins or sorts by a column without an index.

use crate::audit::{
    Check, Clause, Column, Filter, Group, Hits, How, Kind, Measure, Node, Rule, Schema, SqlScope, SqlText,
    Statement, TableSchema, Verb, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "index-missing",
    title: "a query filters, joins or sorts by a column without an index",
    group: Group::Database,
    items: &["DB5"],
    listens: &[
        cpu(&["db", "syscall"]),
        heat(Measure::Block),
        heat(Measure::Goroutines),
    ],
    saves: &[
        assumed(Measure::Cpu, 0.50, 0.99),
        assumed(Measure::Block, 0.50, 0.99),
    ],
    what: "An SQL text filters, joins or sorts a table of the schema (*.sql files, CREATE statements in Go, tags of gorm and \
           bun) by columns of which none leads an index, a primary key or a unique constraint.",
    why: "A full scan: the cost grows with the table.",
    limits: "Silent without a schema, for boolean columns, conditions with OR, and tables that the schema does not know.",
    target: "EXPLAIN shows an index scan; p95",
    before: r#"
const schema = `CREATE TABLE invoices (id BIGINT PRIMARY KEY, customer_id BIGINT, total BIGINT)`

func invoices(ctx context.Context, db *sql.DB, customer int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id, total FROM invoices WHERE customer_id = $1", customer) // want
}"#,
    after: r#"
const schema = `CREATE TABLE invoices (id BIGINT PRIMARY KEY, customer_id BIGINT, total BIGINT);
CREATE INDEX CONCURRENTLY invoices_customer_id ON invoices (customer_id)`

func invoices(ctx context.Context, db *sql.DB, customer int) (*sql.Rows, error) {
	return db.QueryContext(ctx, "SELECT id, total FROM invoices WHERE customer_id = $1", customer)
}"#,
    check: Check::Nodes(&[Kind::InterpretedStringLiteral, Kind::RawStringLiteral], check),
    ..Rule::BASE
};

fn check(literal: Node<'_>, hits: &mut Hits<'_>) {
    let Some(text) = SqlText::starting_at(literal).filter(|_| !super::calls::is_apart(literal)) else {
        return;
    };
    let schema = &literal.database_facts().schema;
    if schema.tables.is_empty() {
        return;
    }
    let statement = Statement::of(&text);
    let found: Vec<String> = statement
        .scopes
        .iter()
        .flat_map(|s| missing(s, &statement.named, schema))
        .collect();
    if !found.is_empty() {
        hits.report(text.node, format!("no index leads with {}", found.join(", ")))
            .fix("create an index that leads with it, where the table is large");
    }
}

/// What a scope looks for without an index: `orders.user_id (filter)`.
fn missing(scope: &SqlScope, named: &[String], schema: &Schema) -> Vec<String> {
    let filters = scope.filters();
    if matches!(scope.verb, Verb::Insert | Verb::Other) || scope.has_word("or") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for table in &scope.tables {
        let Some(known) = schema.tables.get(&table.name).filter(|k| !k.columns.is_empty()) else {
            continue;
        };
        if named.contains(&table.name) || is_settings(&table.name, scope) {
            continue;
        }
        let owns = |c: &Column| owns(scope, schema, &table.alias, known, c);
        let mine: Vec<&Filter> = filters
            .iter()
            .filter(|f| f.around.is_empty() && owns(&f.column))
            .collect();
        let name = |why: &'static str| move |c: String| format!("{}.{c} ({why})", table.name);
        found.extend(filtered(&mine, known).map(name("filter")));
        found.extend(sorted(scope, known, &owns).map(name("order")));
        found.extend(joined(&filters, known, table.is_left, &owns, schema).map(name("join")));
    }
    found.dedup();
    found
}

fn is_settings(table: &str, scope: &SqlScope) -> bool {
    let is_one = scope.clause(Clause::Limit).any(|t| t.text == "1");
    is_one && ["setting", "config", "option"].iter().any(|w| table.contains(w))
}

/// Whether a column belongs to a table: by its qualifier, or because no other table of the scope can have it.
fn owns(scope: &SqlScope, schema: &Schema, alias: &str, known: &TableSchema, column: &Column) -> bool {
    if !column.qualifier.is_empty() {
        return column.qualifier == alias && known.columns.contains_key(&column.name);
    }
    let others = scope.tables.iter().filter(|t| t.alias != alias);
    let may_have = |t: &str| {
        schema
            .tables
            .get(t)
            .is_none_or(|k| k.columns.contains_key(&column.name))
    };
    known.columns.contains_key(&column.name) && !others.into_iter().any(|t| may_have(&t.name))
}

/// The first column of the equalities, or of the ranges where there are none, if no index leads with any of them.
fn filtered(filters: &[&Filter], known: &TableSchema) -> Option<String> {
    let of = |wanted: fn(&How) -> bool| {
        let list = filters
            .iter()
            .filter(move |f| f.clause == Clause::Where && wanted(&f.how));
        list.map(|f| f.column.name.as_str()).collect::<Vec<_>>()
    };
    let equal = of(|h| matches!(h, How::Equal | How::In));
    let range = of(|h| matches!(h, How::Range));
    let leads = |c: &&str| known.leading.contains(*c);
    if equal.iter().chain(&range).any(leads) {
        return None;
    }
    let worth = equal.iter().find(|c| !known.is_boolean(c));
    worth
        .or_else(|| range.first().filter(|_| equal.is_empty()))
        .map(|c| (*c).to_string())
}

/// The first column of ORDER BY, where nothing else narrows the rows.
fn sorted(scope: &SqlScope, known: &TableSchema, owns: &dyn Fn(&Column) -> bool) -> Option<String> {
    if scope.has(Clause::Where) || scope.tables.len() != 1 || scope.has_word("group") {
        return None;
    }
    let column = scope.first_order()?;
    (owns(&column) && !known.leading.contains(&column.name)).then_some(column.name)
}

/// A joined column without an index, where the other side cannot be looked up either.
fn joined(
    filters: &[Filter],
    known: &TableSchema,
    is_left: bool,
    owns: &dyn Fn(&Column) -> bool,
    schema: &Schema,
) -> Option<String> {
    let is_indexed = |c: &Column| {
        schema
            .tables
            .values()
            .any(|t| t.leading.contains(&c.name) && t.columns.contains_key(&c.name))
    };
    filters.iter().find_map(|f| {
        let How::Joined(other) = &f.how else { return None };
        let (mine, theirs) = if owns(&f.column) {
            (&f.column, other)
        } else {
            (other, &f.column)
        };
        let is_bad = owns(mine) && !known.leading.contains(&mine.name) && (is_left || !is_indexed(theirs));
        is_bad.then(|| mine.name.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    fn with(text: &str) -> String {
        format!(
            "const ddl = `CREATE TABLE users (id INT PRIMARY KEY, mail TEXT, age INT, ok BOOLEAN); CREATE INDEX i ON users (age, mail);
CREATE TABLE posts (id INT PRIMARY KEY, author INT, at INT)`; func f(db *sql.DB) {{
db.Query(\"{text}\") // want
}}"
        )
    }

    #[test]
    fn columns() {
        fires(&RULE, &with("SELECT id FROM users WHERE mail = ?"));
        fires(&RULE, &with("SELECT p.id FROM posts p WHERE p.at > $1"));
        fires(&RULE, &with("SELECT id FROM posts ORDER BY at"));
        fires(
            &RULE,
            &with("SELECT u.id FROM users u LEFT JOIN posts p ON p.author = u.id WHERE u.id = ?"),
        );
        fires(&RULE, &with("DELETE FROM posts WHERE author IN (1, 2)"));
        fires(
            &RULE,
            &with("SELECT id FROM users WHERE id IN (SELECT author FROM posts WHERE at = ?)"),
        );
        silent(&RULE, &with("SELECT id FROM users WHERE age = ? AND mail = ?"));
        silent(&RULE, &with("SELECT id FROM users WHERE ok = ?"));
        silent(&RULE, &with("SELECT id FROM users WHERE id = ? ORDER BY mail"));
        silent(&RULE, &with("SELECT id FROM others WHERE mail = ?"));
        silent(
            &RULE,
            &with("SELECT p.id FROM posts p JOIN users u ON u.id = p.author WHERE p.id = ?"),
        );
        silent(&RULE, &with("SELECT id FROM users WHERE mail = ? OR age = ?"));
        silent(&RULE, &with("INSERT INTO users (mail) VALUES (?)"));
        silent(
            &RULE,
            "func f(db *sql.DB) { db.Query(`SELECT id FROM users WHERE mail = ?`) }",
        );
    }

    #[test]
    fn tags_tell_a_schema() {
        let source = "type Invoice struct { ID int; Customer int `gorm:\"index\"`; TotalSum int; gorm.Model }
func f(db *sql.DB) { db.Query(`SELECT id FROM invoices WHERE total_sum = ? AND 1 = 1`) }";
        let found = hits(&RULE, source);
        assert_eq!(
            found[0].message,
            "no index leads with invoices.total_sum (filter)"
        );
        silent(&RULE, &source.replace("total_sum =", "customer ="));
    }
}
