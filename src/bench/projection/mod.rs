//! How results are laid out: `--table`, `--row`, `--col`, `--ignore`. Grammar and meaning: package `benchproc` of
//! golang.org/x/perf.
//!
//! ```text
//! projection = [ part { [","] part } ]      part = key | key "@" order | key "@" "(" word { word } ")"
//! order      = "alpha" | "num"              (none: in the order of first appearance)
//! ```

mod keys;
mod number;
mod projector;

pub use keys::{Field, KeyId, Keys};
pub use number::order_number;
pub use projector::{GroupOrder, Placed, Projector};

use std::fmt;

use super::query::{Kind, Lexer, QueryError, Token, shown_word};

/// One key of a projection, and how its values are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `.config`, `.fullname`, `.name`, `.file`, `/part`, or a configuration key.
    pub key: String,
    /// The order of its values.
    pub order: Order,
}

/// The order of the values of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// As they come.
    FirstSeen,
    /// By bytes.
    Alpha,
    /// By the number in them.
    Num,
    /// As listed; other values are left out.
    Fixed(Vec<String>),
}

/// The four projections of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projections {
    /// One table per value; the unit is always added.
    pub table: Vec<Part>,
    /// One row per value.
    pub row: Vec<Part>,
    /// One column per value.
    pub col: Vec<Part>,
    /// Keys that make no difference.
    pub ignore: Vec<Part>,
}

impl Projections {
    /// Reads all four.
    ///
    /// # Errors
    /// The name of the option (`table`, `row`, `col`, `ignore`) with what is wrong in it, the first in this order.
    pub fn parse(
        table: &str,
        row: &str,
        col: &str,
        ignore: &str,
    ) -> Result<Self, (&'static str, QueryError)> {
        let parse = |name, query| parse_projection(query).map_err(|error| (name, error));
        Ok(Self {
            table: parse("table", table)?,
            row: parse("row", row)?,
            col: parse("col", col)?,
            ignore: parse("ignore", ignore)?,
        })
    }
}

impl Default for Projections {
    /// A table per configuration, a row per benchmark, a column per file.
    fn default() -> Self {
        let one = |key: &str| {
            vec![Part {
                key: key.to_string(),
                order: Order::FirstSeen,
            }]
        };
        Self {
            table: one(".config"),
            row: one(".fullname"),
            col: one(".file"),
            ignore: Vec::new(),
        }
    }
}

/// Reads a projection.
pub fn parse_projection(query: &str) -> Result<Vec<Part>, QueryError> {
    let mut lexer = Lexer::new(query);
    let mut parts = Vec::new();
    while lexer.peek()?.kind != Kind::End {
        if !parts.is_empty() && lexer.peek()?.kind == Kind::Sign(',') {
            lexer.next(false)?;
        }
        parts.push(part(&mut lexer)?);
    }
    parts.into_iter().map(|part| part.checked(&lexer)).collect()
}

/// A part whose key and order are still to be looked at: all faults of the grammar come first.
struct Raw {
    key: (String, usize),
    order: (RawOrder, usize),
}

enum RawOrder {
    FirstSeen,
    Named(String),
    Fixed(Vec<String>),
}

fn part(lexer: &mut Lexer) -> Result<Raw, QueryError> {
    let token = lexer.next(false)?;
    let Kind::Word(key) = token.kind else {
        return lexer.error(token.offset, "expected key");
    };
    let mut order = (RawOrder::FirstSeen, token.offset);
    if lexer.peek()?.kind == Kind::Sign('@') {
        lexer.next(false)?;
        order = raw_order(lexer)?;
    }
    Ok(Raw {
        key: (key, token.offset),
        order,
    })
}

fn raw_order(lexer: &mut Lexer) -> Result<(RawOrder, usize), QueryError> {
    let Token { kind, offset } = lexer.next(false)?;
    match kind {
        Kind::Word(name) => Ok((RawOrder::Named(name), offset)),
        Kind::Sign('(') => Ok((RawOrder::Fixed(fixed(lexer)?), offset)),
        _ => lexer.error(offset, "expected named sort order or parenthesized list"),
    }
}

/// What follows the opening bracket of a list of values.
fn fixed(lexer: &mut Lexer) -> Result<Vec<String>, QueryError> {
    let mut words = Vec::new();
    loop {
        let token = lexer.next(false)?;
        match token.kind {
            Kind::Word(word) => words.push(word),
            Kind::Sign(')') if words.is_empty() => return lexer.error(token.offset, "nothing to match"),
            Kind::Sign(')') => return Ok(words),
            _ => return lexer.error(token.offset, "missing )"),
        }
    }
}

impl Raw {
    fn checked(self, lexer: &Lexer) -> Result<Part, QueryError> {
        let (key, key_at) = self.key;
        let (order, order_at) = self.order;
        let order = match order {
            RawOrder::FirstSeen => Order::FirstSeen,
            RawOrder::Named(name) if name == "alpha" => Order::Alpha,
            RawOrder::Named(name) if name == "num" => Order::Num,
            RawOrder::Named(name) => {
                return lexer.error(order_at, format!("unknown order {}", quoted(&name)));
            }
            RawOrder::Fixed(_) if key == ".config" => {
                return lexer.error(order_at, "fixed order not allowed for .config");
            }
            RawOrder::Fixed(words) => Order::Fixed(words),
        };
        match key.as_str() {
            "" => lexer.error(key_at, "key must not be empty"),
            ".unit" => lexer.error(key_at, ".unit is only allowed in filters"),
            _ => Ok(Part { key, order }),
        }
    }
}

/// A word in quotes, escaped as Go does it.
fn quoted(word: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_string(),
        '\r' => "\\r".to_string(),
        '\t' => "\\t".to_string(),
        c if c.is_ascii_control() => format!("\\x{:02x}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", word.chars().map(escaped).collect::<String>())
}

/// A form that reads back as the same part.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = shown_word(&self.key);
        match &self.order {
            Order::FirstSeen => write!(f, "{key}"),
            Order::Alpha => write!(f, "{key}@alpha"),
            Order::Num => write!(f, "{key}@num"),
            Order::Fixed(words) => {
                let words: Vec<String> = words.iter().map(|word| shown_word(word)).collect();
                write!(f, "{key}@({})", words.join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_their_place() {
        let check = |query: &str, offset, message: &str| {
            let error = parse_projection(query).unwrap_err();
            assert_eq!(
                (error.offset, error.message.as_str()),
                (offset, message),
                "{query}"
            );
        };
        check("a@rank", 2, "unknown order \"rank\"");
        check("a@\"\\n\"", 2, "unknown order \"\\n\"");
        check("x .config@(1 2)", 10, "fixed order not allowed for .config");
        check("a .unit", 2, ".unit is only allowed in filters");
        check("a \"\"", 2, "key must not be empty");
        check("a,", 2, "expected key");
        check(".unit a,,", 8, "expected key");
        check("(a)", 0, "expected key");
        check("a@(b AND)", 5, "missing )");
    }
}
