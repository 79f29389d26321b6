//! What a scope filters, joins and sorts by.

use super::statement::{Clause, Scope};
use super::token::{Token, TokenKind};

/// A column as a scope names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The table or alias before the point; empty where there is none.
    pub qualifier: String,
    /// Its name.
    pub name: String,
}

/// How a column is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// `=` with a value.
    Equal,
    /// `=` with another column.
    Joined(Column),
    /// `IN (…)` or `= ANY (…)`.
    In,
    /// `<`, `>`, `BETWEEN` and their kin.
    Range,
    /// `LIKE` with what stands behind it.
    Like(Token),
    /// Anything else: `<>`, `IS NULL`, `NOT IN`.
    Other,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Which column.
    pub column: Column,
    /// How.
    pub how: How,
    /// `WHERE` or `ON`.
    pub clause: Clause,
    /// The function or operator around the column with its text; empty where there is none.
    pub around: String,
}

impl Scope {
    /// The comparisons of its conditions, in order.
    pub fn filters(&self) -> Vec<Filter> {
        let mut found = Vec::new();
        for clause in [Clause::Where, Clause::On] {
            let tokens: Vec<&Token> = self.clause(clause).collect();
            let mut at = 0;
            while at < tokens.len() {
                let (filter, next) = filter_at(&tokens, at, clause);
                found.extend(filter);
                at = next.max(at + 1);
            }
        }
        found
    }

    /// The first column by which it sorts.
    pub fn first_order(&self) -> Option<Column> {
        let tokens: Vec<&Token> = self.clause(Clause::Order).collect();
        let (column, next) = column_at(&tokens, 2)?;
        let ends = tokens
            .get(next)
            .is_none_or(|t| t.is_sign(",") || ["asc", "desc", "nulls"].iter().any(|w| t.is_word(w)));
        ends.then_some(column)
    }
}

/// `a`, `t.a`, `s.t.a`; not a call.
fn column_at(tokens: &[&Token], start: usize) -> Option<(Column, usize)> {
    let mut at = start;
    let mut qualifier = String::new();
    let mut name = tokens.get(at).filter(|t| t.is_name())?.text.clone();
    while tokens.get(at + 1).is_some_and(|t| t.is_sign("."))
        && let Some(next) = tokens
            .get(at + 2)
            .filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted))
    {
        qualifier = std::mem::replace(&mut name, next.text.clone());
        at += 2;
    }
    let is_call = tokens.get(at + 1).is_some_and(|t| t.is_sign("("));
    (!is_call).then_some((Column { qualifier, name }, at + 1))
}

fn filter_at(tokens: &[&Token], at: usize, clause: Clause) -> (Option<Filter>, usize) {
    if let Some((column, next)) = column_at(tokens, at) {
        let (how, stop) = how_at(tokens, next);
        let filter = |how| Filter {
            column,
            how,
            clause,
            around: String::new(),
        };
        return (how.map(filter), stop);
    }
    match wrapped_at(tokens, at) {
        Some((column, around, next)) => {
            let (how, _) = how_at(tokens, next);
            (
                how.map(|how| Filter {
                    column,
                    how,
                    clause,
                    around,
                }),
                next,
            )
        }
        None => (None, at + 1),
    }
}

/// The comparison that begins at a token.
fn how_at(tokens: &[&Token], at: usize) -> (Option<How>, usize) {
    let Some(sign) = tokens.get(at) else {
        return (None, at);
    };
    let next = at + 1;
    let how = match (sign.kind, sign.text.as_str()) {
        (TokenKind::Sign, "=") => {
            let is_any = tokens.get(next).is_some_and(|t| t.is_word("any"));
            return match column_at(tokens, next) {
                _ if is_any => (Some(How::In), next + 1),
                Some((other, stop)) => (Some(How::Joined(other)), stop),
                None => (Some(How::Equal), next),
            };
        }
        (TokenKind::Sign, "<" | ">" | "<=" | ">=") | (TokenKind::Word, "between") => How::Range,
        (TokenKind::Sign, "<>" | "!=") | (TokenKind::Word, "is" | "not") => How::Other,
        (TokenKind::Word, "in") => How::In,
        (TokenKind::Word, "like" | "ilike") => match tokens.get(next) {
            Some(pattern) => How::Like((*pattern).clone()),
            None => How::Other,
        },
        _ => return (None, at),
    };
    (Some(how), next)
}

/// `f(col, …)`: the column, the whole text, and where it goes on.
fn wrapped_at(tokens: &[&Token], at: usize) -> Option<(Column, String, usize)> {
    let name = tokens.get(at).filter(|t| t.kind == TokenKind::Word)?;
    let opens = tokens.get(at + 1).is_some_and(|t| t.is_sign("("));
    if !opens || !name.is_name() {
        return None;
    }
    let mut depth = 0_usize;
    let mut column = None;
    let mut text = String::new();
    let mut stop = at;
    while let Some(token) = tokens.get(stop) {
        text.push_str(&token.text);
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        } else if column.is_none() && depth == 1 && stop > at {
            column = column_at(tokens, stop).map(|(c, _)| c);
        }
        if depth > 0 && stop > at + 64 {
            return None;
        }
        stop += 1;
    }
    Some((column?, text, stop + 1))
}
