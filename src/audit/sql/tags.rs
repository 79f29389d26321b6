//! The schema that struct tags of gorm and bun tell.

use super::super::node::Node;
use super::super::program::Package;
use super::super::syntax::{Field, Kind};
use super::schema::{Schema, TableSchema};

/// Takes up the structs of a package that have such tags.
pub(super) fn read(schema: &mut Schema, package: Package<'_>) {
    for spec in package.types() {
        let Some(body) = spec.field(Field::Type).filter(|t| t.is(Kind::StructType)) else {
            continue;
        };
        if !(body.text().contains("gorm") || body.text().contains("bun:")) {
            continue;
        }
        let mut table = TableSchema::default();
        let mut name = table_name(spec);
        for field in body.find_all(Kind::FieldDeclaration) {
            take_field(field, &mut table, &mut name);
        }
        if !table.columns.is_empty() && !table.leading.is_empty() {
            let known = schema.tables.entry(name).or_default();
            known.columns.extend(table.columns);
            known.leading.extend(table.leading);
            known.keys.extend(table.keys);
        }
    }
}

fn take_field(field: Node<'_>, table: &mut TableSchema, table_name: &mut String) {
    let tag = field.field(Field::Tag).map_or("", Node::text);
    if field.text().starts_with("gorm.Model") {
        table.columns.insert("id".to_string(), "bigint".to_string());
        table
            .columns
            .insert("deleted_at".to_string(), "timestamp".to_string());
        table.leading.extend(["id".to_string(), "deleted_at".to_string()]);
        table.keys.insert("id".to_string());
    }
    let (gorm, bun) = (value(tag, "gorm:"), value(tag, "bun:"));
    if let Some(named) = bun.split(',').find_map(|p| p.strip_prefix("table:")) {
        *table_name = named.to_ascii_lowercase();
        return;
    }
    let Some(own) = field.field(Field::Name).map(Node::text) else {
        return;
    };
    let kind = field.field(Field::Type).map_or("", Node::text);
    let given = gorm.split(';').find_map(|p| p.trim().strip_prefix("column:"));
    let first = bun
        .split(',')
        .next()
        .filter(|n| !n.is_empty() && !n.contains(':'));
    let column = given
        .or(first)
        .map_or_else(|| snake(own), str::to_ascii_lowercase);
    let mut is_leading = own == "ID";
    for option in gorm.split([';', ',']).chain(bun.split(',')) {
        let option = option.trim().to_ascii_lowercase();
        let word = option.split(':').next().unwrap_or_default();
        is_leading |= matches!(
            word,
            "index" | "uniqueindex" | "primarykey" | "primary_key" | "unique" | "pk"
        );
        if matches!(
            word,
            "uniqueindex" | "primarykey" | "primary_key" | "unique" | "pk"
        ) {
            table.keys.insert(column.clone());
        }
    }
    if is_leading {
        table.leading.insert(column.clone());
    }
    table.columns.insert(column, kind.to_string());
}

/// The value of a key in a struct tag.
fn value<'t>(tag: &'t str, key: &str) -> &'t str {
    let rest = tag.split_once(key).map_or("", |(_, rest)| rest);
    rest.strip_prefix('"')
        .and_then(|r| r.split_once('"'))
        .map_or("", |(v, _)| v)
}

/// What `TableName` returns, else the struct's name in the plural.
fn table_name(spec: Node<'_>) -> String {
    let name = spec.field(Field::Name).map_or("", Node::text);
    let method = spec.package().method_named(name, "TableName");
    let returned = method
        .and_then(|m| m.find_all(Kind::ReturnStatement).next())
        .and_then(|r| r.child(0));
    let given = returned.and_then(|l| l.child(0).unwrap_or(l).constant_string());
    let single = snake(name);
    let plural = match single.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if single.ends_with(['s', 'x']) || single.ends_with("ch") || single.ends_with("sh") => {
            format!("{single}es")
        }
        _ => format!("{single}s"),
    };
    given.map_or(plural, |g| g.to_ascii_lowercase())
}

/// `UserID` to `user_id`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let ends_run = before.is_uppercase() && letters.peek().is_some_and(|n| n.is_lowercase());
        if c.is_uppercase() && before != '_' && (!before.is_uppercase() || ends_run) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        before = c;
    }
    out
}
