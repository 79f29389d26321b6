//! Tables with their columns and indexes, from DDL.

use std::collections::{BTreeMap, BTreeSet};

use super::token::{Token, TokenKind, tokens};

/// What is known of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSchema {
    /// Columns with their types' first words.
    pub columns: BTreeMap<String, String>,
    /// Columns that lead an index, a key or a unique constraint.
    pub leading: BTreeSet<String>,
    /// Primary and unique keys of one column.
    pub keys: BTreeSet<String>,
    /// Texts of indexed expressions, without blanks: `lower(name)`.
    pub expressions: BTreeSet<String>,
    /// Columns with a trigram or full-text index.
    pub searched: BTreeSet<String>,
}

impl TableSchema {
    /// Whether a column holds two values only.
    pub fn is_boolean(&self, column: &str) -> bool {
        self.columns
            .get(column)
            .is_some_and(|t| t.starts_with("bool") || t == "bit" || t == "tinyint1")
    }
}

/// Tables by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Tables by their names in lower case, without that of a schema.
    pub tables: BTreeMap<String, TableSchema>,
}

impl Schema {
    /// Takes up the statements of a text: CREATE TABLE, CREATE INDEX, ALTER TABLE … ADD.
    pub fn read(&mut self, text: &str) {
        for statement in tokens(text).split(|t| t.is_sign(";")) {
            let is_table = statement.iter().take(6).any(|t| t.is_word("table"));
            let is_index = statement.iter().take(4).any(|t| t.is_word("index"));
            match statement.first().map(|t| t.text.as_str()) {
                Some("create") if is_index => self.create_index(statement),
                Some("create") if is_table => self.create_table(statement),
                Some("alter") if is_table => self.alter_table(statement),
                _ => {}
            }
        }
    }

    fn create_table(&mut self, statement: &[Token]) {
        let Some((name, rest)) = name_after(statement, "table") else {
            return;
        };
        let Some(body) = parenthesized(rest).filter(|_| rest.first().is_some_and(|t| t.is_sign("("))) else {
            return;
        };
        let is_mysql = statement
            .iter()
            .any(|t| t.is_word("engine") || t.is_word("auto_increment"));
        let table = self.tables.entry(name).or_default();
        for part in parts(body) {
            define(table, part, is_mysql);
        }
    }

    fn create_index(&mut self, statement: &[Token]) {
        let Some((name, rest)) = name_after(statement, "on") else {
            return;
        };
        let is_unique = statement.iter().take(3).any(|t| t.is_word("unique"));
        let is_search = statement.iter().any(|t| {
            ["gin", "gist", "fulltext", "gin_trgm_ops"]
                .iter()
                .any(|w| t.is_word(w))
        });
        if let Some(list) = parenthesized(rest) {
            index(self.tables.entry(name).or_default(), list, is_unique, is_search);
        }
    }

    fn alter_table(&mut self, statement: &[Token]) {
        let Some((name, rest)) = name_after(statement, "table") else {
            return;
        };
        let table = self.tables.entry(name).or_default();
        for part in parts(rest) {
            let Some(at) = part.iter().position(|t| t.is_word("add")) else {
                continue;
            };
            let skipped = ["column", "if", "not", "exists"];
            let after = part.get(at + 1..).unwrap_or_default();
            let first = after
                .iter()
                .position(|t| !skipped.contains(&t.text.as_str()))
                .unwrap_or(after.len());
            define(table, after.get(first..).unwrap_or_default(), false);
        }
    }
}

/// The name behind a word, without IF NOT EXISTS and the schema's name, and what follows it.
fn name_after<'t>(statement: &'t [Token], word: &str) -> Option<(String, &'t [Token])> {
    let start = statement.iter().position(|t| t.is_word(word))? + 1;
    let rest = statement.get(start..)?;
    let skipped = ["if", "not", "exists", "only"];
    let mut at = rest.iter().position(|t| !skipped.contains(&t.text.as_str()))?;
    while rest.get(at + 1).is_some_and(|t| t.is_sign(".")) {
        at += 2;
    }
    let is_name = |t: &&Token| matches!(t.kind, TokenKind::Word | TokenKind::Quoted);
    let name = rest.get(at).filter(is_name)?.text.clone();
    Some((name, rest.get(at + 1..)?))
}

/// What stands between the first parenthesis and its end.
fn parenthesized(tokens: &[Token]) -> Option<&[Token]> {
    let open = tokens.iter().position(|t| t.is_sign("("))?;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        depth += usize::from(token.is_sign("("));
        depth -= usize::from(token.is_sign(")"));
        if depth == 0 {
            return tokens.get(open + 1..at);
        }
    }
    None
}

/// Parts between commas that no parenthesis holds.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_i32;
    let outer = |t: &Token| {
        depth += i32::from(t.is_sign("(")) - i32::from(t.is_sign(")"));
        depth == 0 && t.is_sign(",")
    };
    tokens.split(outer).filter(|p| !p.is_empty()).collect()
}

/// A column or a constraint of a table.
fn define(table: &mut TableSchema, part: &[Token], is_mysql: bool) {
    let has = |word: &str| part.iter().any(|t| t.is_word(word));
    let is_key = has("primary") || has("unique");
    let Some(first) = part.first() else { return };
    let is_constraint = [
        "primary",
        "unique",
        "key",
        "index",
        "constraint",
        "foreign",
        "check",
        "exclude",
        "fulltext",
    ];
    if first.kind == TokenKind::Word && is_constraint.contains(&first.text.as_str()) {
        let is_foreign = has("foreign");
        let is_index = is_key || first.text == "key" || first.text == "index" || (is_foreign && is_mysql);
        if let Some(list) = parenthesized(part).filter(|_| is_index || first.text == "fulltext") {
            index(table, list, is_key && !is_foreign, first.text == "fulltext");
        }
        return;
    }
    let length = part
        .get(2)
        .filter(|t| t.is_sign("("))
        .and(part.get(3))
        .map_or("", |t| &t.text);
    let kind = part.get(1).map_or("", |t| &t.text);
    let kind = if kind == "tinyint" {
        format!("{kind}{length}")
    } else {
        kind.to_string()
    };
    table.columns.insert(first.text.clone(), kind);
    if is_key {
        table.leading.insert(first.text.clone());
        table.keys.insert(first.text.clone());
    }
}

/// An index over a list of columns or expressions.
fn index(table: &mut TableSchema, list: &[Token], is_unique: bool, is_search: bool) {
    let parts = parts(list);
    let Some(first) = parts.first() else { return };
    let is_expression = first.iter().any(|t| t.is_sign("("));
    let Some(column) = first.first().map(|t| t.text.clone()) else {
        return;
    };
    if is_search {
        table
            .searched
            .extend(first.iter().filter(|t| t.is_name()).map(|t| t.text.clone()));
    } else if is_expression {
        let text: String = first.iter().map(|t| t.text.as_str()).collect();
        table
            .expressions
            .insert(text.trim_start_matches("((").trim_end_matches("))").to_string());
        // A length of a prefix: name(20).
        if first.get(2).is_some_and(|t| t.kind == TokenKind::Number) {
            table.leading.insert(column);
        }
    } else {
        if is_unique && parts.len() == 1 {
            table.keys.insert(column.clone());
        }
        table.leading.insert(column);
    }
}
