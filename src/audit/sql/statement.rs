//! A statement as a list of scopes: each select by itself, with its tables and clauses.

use super::text::SqlText;
use super::token::{Token, TokenKind};

/// What a scope does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Verb {
    Select,
    Insert,
    Update,
    Delete,
    Other,
}

/// The part of a scope in which a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    /// Behind the verb: the list of a select.
    Head,
    /// Tables.
    From,
    /// The condition of a join.
    On,
    /// The condition.
    Where,
    /// `ORDER BY`.
    Order,
    /// `LIMIT`, `FETCH FIRST`.
    Limit,
    /// `OFFSET`.
    Offset,
    /// Anything else.
    Other,
}

/// A table as a scope names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// Its name, without the schema's.
    pub name: String,
    /// What the scope calls it; the name where it has no alias.
    pub alias: String,
    /// Whether it is joined by a LEFT JOIN.
    pub is_left: bool,
}

/// A select, insert, update or delete without its sub-selects.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What it does.
    pub verb: Verb,
    /// The word before the parenthesis that holds it: `exists`, `in`, `from`; empty for the outermost.
    pub before: String,
    /// Its tables in order.
    pub tables: Vec<TableName>,
    /// Its tokens with their clauses; a sub-select is one token.
    pub tokens: Vec<(Token, Clause)>,
}

/// A text, read.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// The outermost scopes stand behind those inside them.
    pub scopes: Vec<Scope>,
    /// Names that `WITH` gives.
    pub named: Vec<String>,
}

impl Statement {
    /// Reads a text.
    pub fn of(text: &SqlText<'_>) -> Self {
        Self::read(text.tokens())
    }

    /// Reads tokens.
    pub fn read(tokens: Vec<Token>) -> Self {
        let named = named(&tokens);
        let mut open = vec![Open::default()];
        let mut done = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let begins = tokens
                .peek()
                .is_some_and(|t| t.is_word("select") || t.is_word("with"));
            let nested = open.len() > 1;
            let Some(top) = open.last_mut() else { break };
            if token.is_sign("(") && begins {
                let before = top
                    .tokens
                    .last()
                    .map_or(String::new(), |t: &Token| t.text.clone());
                let text = String::new();
                top.tokens.push(Token {
                    kind: TokenKind::Select,
                    text,
                });
                open.push(Open {
                    before,
                    ..Open::default()
                });
            } else if token.is_sign(")") && top.depth == 0 && nested {
                done.extend(open.pop());
            } else if top.depth == 0 && is_set_operation(&token) {
                let before = top.before.clone();
                done.push(std::mem::replace(
                    top,
                    Open {
                        before,
                        ..Open::default()
                    },
                ));
            } else {
                top.depth = match token.text.as_str() {
                    "(" if token.kind == TokenKind::Sign => top.depth + 1,
                    ")" if token.kind == TokenKind::Sign => top.depth.saturating_sub(1),
                    _ => top.depth,
                };
                top.tokens.push(token);
            }
        }
        done.extend(open.into_iter().rev());
        let scopes = done
            .into_iter()
            .filter(|o| !o.tokens.is_empty())
            .map(scope)
            .collect();
        Self { scopes, named }
    }

    /// The scope that is no sub-select.
    pub fn outermost(&self) -> Option<&Scope> {
        self.scopes.iter().rev().find(|s| s.before.is_empty())
    }
}

#[derive(Default)]
struct Open {
    tokens: Vec<Token>,
    depth: usize,
    before: String,
}

fn is_set_operation(token: &Token) -> bool {
    let ends = ["union", "intersect", "except"].iter().any(|w| token.is_word(w));
    ends || token.is_sign(";")
}

/// `WITH a AS (…), b AS (…)`: names before `as (`.
fn named(tokens: &[Token]) -> Vec<String> {
    if !tokens.iter().any(|t| t.is_word("with")) {
        return Vec::new();
    }
    let is_as = |w: &&[Token]| matches!(w, [name, word, sign] if name.is_name() && word.is_word("as") && sign.is_sign("("));
    tokens
        .windows(3)
        .filter(is_as)
        .filter_map(|w| w.first().map(|t| t.text.clone()))
        .collect()
}

fn scope(open: Open) -> Scope {
    let mut verb = Verb::Other;
    let mut clause = Clause::Other;
    let mut depth = 0_usize;
    let mut tokens: Vec<(Token, Clause)> = Vec::with_capacity(open.tokens.len());
    for token in open.tokens {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.kind == TokenKind::Word {
            let before = tokens.last().map_or("", |(t, _)| t.text.as_str());
            clause = clause_after(&token.text, before).unwrap_or(clause);
            if verb == Verb::Other {
                verb = verb_of(&token.text);
            }
        }
        tokens.push((token, clause));
    }
    let tables = tables(&tokens);
    Scope {
        verb,
        before: open.before,
        tables,
        tokens,
    }
}

fn verb_of(word: &str) -> Verb {
    match word {
        "select" => Verb::Select,
        "insert" | "replace" => Verb::Insert,
        "update" => Verb::Update,
        "delete" => Verb::Delete,
        _ => Verb::Other,
    }
}

fn clause_after(word: &str, before: &str) -> Option<Clause> {
    Some(match word {
        "select" => Clause::Head,
        "from" if before == "distinct" => return None,
        "update" if before == "for" || before == "key" || before == "do" => Clause::Other,
        "from" | "join" | "into" | "update" => Clause::From,
        "inner" | "left" | "right" | "full" | "cross" | "natural" => Clause::From,
        "on" => Clause::On,
        "where" => Clause::Where,
        "order" => Clause::Order,
        "limit" | "fetch" => Clause::Limit,
        "offset" => Clause::Offset,
        "conflict" | "duplicate" | "group" | "having" | "window" | "for" | "set" | "values" | "returning"
        | "using" => Clause::Other,
        _ => return None,
    })
}

/// Names behind FROM, JOIN, INTO, UPDATE and commas between tables.
fn tables(tokens: &[(Token, Clause)]) -> Vec<TableName> {
    let mut found: Vec<TableName> = Vec::new();
    let mut is_expected = false;
    let mut is_left = false;
    let mut at = 0;
    while let Some((token, clause)) = tokens.get(at) {
        at += 1;
        if *clause != Clause::From {
            is_expected = false;
            continue;
        }
        if token.is_word("left") {
            is_left = true;
        }
        if token.is_sign(",")
            || ["from", "join", "into", "update"]
                .iter()
                .any(|w| token.is_word(w))
        {
            is_expected = true;
            continue;
        }
        if is_expected && token.is_name() {
            let (table, next) = table_at(tokens, at - 1, std::mem::take(&mut is_left));
            found.extend(table);
            at = next;
        }
        is_expected &= token.is_word("only") || token.is_word("lateral");
    }
    found
}

/// `schema.name AS alias`; a call is no table.
fn table_at(tokens: &[(Token, Clause)], start: usize, is_left: bool) -> (Option<TableName>, usize) {
    let token = |at: usize| tokens.get(at).map(|(t, _)| t);
    let mut at = start;
    while token(at + 1).is_some_and(|t| t.is_sign(".")) && token(at + 2).is_some_and(Token::is_name) {
        at += 2;
    }
    let name = token(at).map_or(String::new(), |t| t.text.clone());
    let is_insert = token(start.wrapping_sub(1)).is_some_and(|t| t.is_word("into"));
    if token(at + 1).is_some_and(|t| t.is_sign("(")) && !is_insert {
        return (None, at + 1);
    }
    let has_as = token(at + 1).is_some_and(|t| t.is_word("as"));
    let alias_at = at + 1 + usize::from(has_as);
    let alias = token(alias_at).filter(|t| t.is_name()).map(|t| t.text.clone());
    let next = if alias.is_some() { alias_at + 1 } else { at + 1 };
    let alias = alias.unwrap_or_else(|| name.clone());
    (Some(TableName { name, alias, is_left }), next)
}

impl Scope {
    /// The tokens of a clause.
    pub fn clause(&self, clause: Clause) -> impl Iterator<Item = &Token> {
        self.tokens
            .iter()
            .filter(move |(_, c)| *c == clause)
            .map(|(t, _)| t)
    }

    /// Whether it has such a clause.
    pub fn has(&self, clause: Clause) -> bool {
        self.clause(clause).next().is_some()
    }

    /// Whether this word stands in it.
    pub fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|(t, _)| t.is_word(word))
    }
}
