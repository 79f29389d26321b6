//! Which measurements are looked at: `--filter`. Grammar and meaning: package `benchproc` of golang.org/x/perf.
//!
//! ```text
//! expr  = and { "OR" and }                   and   = match { ["AND"] match }
//! match = "(" expr ")" | "-" match | "*" | key ":" value | key ":" "(" value { "OR" value } ")"
//! value = word | "/" regexp "/"
//! ```

use std::fmt;

use regex::Regex;

use super::log::{BenchResult, BenchUnit};
use super::query::{Kind, Lexer, QueryError, Token, shown_value, shown_word};
use super::re2::compiled;

/// A condition on measurements.
#[derive(Debug, Clone)]
pub struct Filter {
    root: Node,
}

#[derive(Debug, Clone)]
enum Node {
    All,
    Is(String, Want),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

#[derive(Debug, Clone)]
enum Want {
    Word(String),
    /// As written, and compiled.
    Pattern(String, Regex),
}

/// Brackets and signs may be nested so deep; a query that people write has two or three levels.
const MOST_LEVELS: usize = 100;

impl Filter {
    /// The filter that everything passes: `*`.
    pub fn all() -> Self {
        Self { root: Node::All }
    }

    /// Reads a filter.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let mut parser = Parser {
            lexer: Lexer::new(query),
            level: 0,
        };
        let root = parser.expression()?;
        let rest = parser.lexer.next(false)?;
        match rest.kind {
            Kind::End => Ok(Self { root }),
            _ => parser.unexpected(&rest),
        }
    }

    /// Whether a measurement of a result passes. `label` is the value of `.file`.
    pub fn matches(&self, result: &BenchResult, label: &str, unit: &BenchUnit) -> bool {
        self.root.matches(result, label, unit)
    }

    /// Whether it can differ between the measurements of one result.
    pub fn looks_at_units(&self) -> bool {
        self.root.looks_at_units()
    }
}

/// The value of a key; empty where the result has none. `label` is the value of `.file`.
pub fn key_value<'a>(result: &'a BenchResult, label: &'a str, key: &str) -> &'a str {
    match key {
        ".file" => label,
        _ => result.value(key).unwrap_or_default(),
    }
}

impl Node {
    fn matches(&self, result: &BenchResult, label: &str, unit: &BenchUnit) -> bool {
        match self {
            Self::All => true,
            Self::Is(key, want) if key == ".unit" => want.fits(&unit.name) || want.fits(&unit.original),
            Self::Is(key, want) => want.fits(key_value(result, label, key)),
            Self::Not(node) => !node.matches(result, label, unit),
            Self::And(nodes) => nodes.iter().all(|node| node.matches(result, label, unit)),
            Self::Or(nodes) => nodes.iter().any(|node| node.matches(result, label, unit)),
        }
    }

    fn looks_at_units(&self) -> bool {
        match self {
            Self::All => false,
            Self::Is(key, _) => key == ".unit",
            Self::Not(node) => node.looks_at_units(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::looks_at_units),
        }
    }
}

impl Want {
    fn fits(&self, value: &str) -> bool {
        match self {
            Self::Word(word) => word == value,
            Self::Pattern(_, pattern) => pattern.is_match(value),
        }
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    level: usize,
}

impl Parser<'_> {
    fn unexpected<T>(&self, token: &Token) -> Result<T, QueryError> {
        let message = format!("unexpected \"{}\"", token.kind.text());
        self.lexer.error(token.offset, message)
    }

    fn expression(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.conjunction()?];
        while self.lexer.peek()?.kind == Kind::Or {
            self.lexer.next(false)?;
            nodes.push(self.conjunction()?);
        }
        Ok(joined(nodes, Node::Or))
    }

    fn conjunction(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.condition()?];
        loop {
            let token = self.lexer.peek()?;
            match token.kind {
                Kind::And => drop(self.lexer.next(false)?),
                Kind::Word(_) | Kind::Sign('(' | '-' | '*') => {}
                Kind::Sign(')') | Kind::Or | Kind::End => return Ok(joined(nodes, Node::And)),
                _ => return self.unexpected(&token),
            }
            nodes.push(self.condition()?);
        }
    }

    fn condition(&mut self) -> Result<Node, QueryError> {
        let token = self.lexer.next(false)?;
        self.level += 1;
        if self.level > MOST_LEVELS {
            let message = format!("nested deeper than {MOST_LEVELS} levels");
            return self.lexer.error(token.offset, message);
        }
        let node = match token.kind {
            Kind::Sign('(') => self.bracket(),
            Kind::Sign('-') => self.condition().map(|node| Node::Not(Box::new(node))),
            Kind::Sign('*') => Ok(Node::All),
            Kind::Word(ref key) => self.comparison(key, token.offset),
            _ => self
                .lexer
                .error(token.offset, "expected key:value or subexpression"),
        };
        self.level -= 1;
        node
    }

    fn bracket(&mut self) -> Result<Node, QueryError> {
        let inner = self.expression()?;
        let close = self.lexer.next(false)?;
        if close.kind == Kind::Sign(')') {
            return Ok(inner);
        }
        self.lexer.error(close.offset, "missing \")\"")
    }

    fn comparison(&mut self, key: &str, start: usize) -> Result<Node, QueryError> {
        let expected = "expected key:value";
        if self.lexer.next(false)?.kind != Kind::Sign(':') {
            return self.lexer.error(start, expected);
        }
        let token = self.lexer.next(true)?;
        let node = match token.kind {
            Kind::Sign('(') => self.values(key)?,
            _ => match want(&token) {
                Some(want) => Node::Is(key.to_string(), want),
                None => return self.lexer.error(start, expected),
            },
        };
        match key {
            "" => self.lexer.error(start, "key must not be empty"),
            ".config" => self.lexer.error(start, ".config is only allowed in projections"),
            _ => Ok(node),
        }
    }

    /// What follows the opening bracket of a list of values.
    fn values(&mut self, key: &str) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            let token = self.lexer.next(true)?;
            let Some(want) = want(&token) else {
                return self.lexer.error(token.offset, "expected value");
            };
            nodes.push(Node::Is(key.to_string(), want));
            let token = self.lexer.next(false)?;
            match token.kind {
                Kind::Sign(')') => return Ok(joined(nodes, Node::Or)),
                Kind::Or => {}
                _ => {
                    return self
                        .lexer
                        .error(token.offset, "value list must be separated by OR");
                }
            }
        }
    }
}

fn want(token: &Token) -> Option<Want> {
    match &token.kind {
        Kind::Word(word) => Some(Want::Word(word.clone())),
        // The lexer has compiled it once already.
        Kind::Regex(pattern) => compiled(pattern)
            .ok()
            .map(|regex| Want::Pattern(pattern.clone(), regex)),
        _ => None,
    }
}

fn joined(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        1 => nodes.remove(0),
        _ => join(nodes),
    }
}

/// A form that reads back as the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |nodes: &[Self], between: &str| {
            let parts: Vec<String> = nodes.iter().map(Self::to_string).collect();
            format!("({})", parts.join(between))
        };
        match self {
            Self::All => f.write_str("*"),
            Self::Is(key, Want::Word(word)) => write!(f, "{}:{}", shown_word(key), shown_value(word)),
            Self::Is(key, Want::Pattern(pattern, _)) => write!(f, "{}:/{pattern}/", shown_word(key)),
            Self::Not(node) => write!(f, "-{node}"),
            Self::And(nodes) => f.write_str(&list(nodes, " AND ")),
            Self::Or(nodes) => f.write_str(&list(nodes, " OR ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::parse;

    #[test]
    fn measurements_pass_or_not() {
        let text = "pkg: p\nBenchmarkX/fmt=json/size=1k-8 1 2 ns/op 3 B/op\n";
        let log = parse(text.as_bytes(), "x").unwrap();
        let result = &log.results[0];
        let check = |query: &str, expect: [bool; 2]| {
            let filter = Filter::parse(query).unwrap();
            let got: Vec<bool> = result
                .measurements
                .iter()
                .map(|m| filter.matches(result, "new", &m.unit))
                .collect();
            assert_eq!(got, expect, "{query}");
        };
        check("*", [true, true]);
        check("-*", [false, false]);
        check(".unit:ns/op", [true, false]);
        check(".unit:(sec/op OR B/op)", [true, true]);
        check("/fmt:json /size:/^1/ pkg:p .file:new", [true, true]);
        check("/fmt:gob OR .name:X", [true, true]);
        check("-.unit:B/op .name:X", [true, false]);
        check("commit:\"\"", [true, true]);
        check("/gomaxprocs:8 .fullname:X/fmt=json/size=1k-8", [true, true]);
    }

    #[test]
    fn what_does_not_belong_is_named() {
        let check = |query, offset, message: &str| {
            let error = Filter::parse(query).unwrap_err();
            assert_eq!(
                (error.offset, error.message.as_str()),
                (offset, message),
                "{query}"
            );
        };
        check("(*@alpha)", 2, "unexpected \"@\"");
        check("a:b,c:d", 3, "unexpected \",\"");
        check("(a:b", 4, "missing \")\"");
        check("a:b)", 3, "unexpected \")\"");
    }

    #[test]
    fn depth_is_limited() {
        let deep = format!("{}*{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(Filter::parse(&deep).is_err_and(|e| e.message.contains("nested deeper")));
        assert!(Filter::parse(&"-".repeat(100_000)).is_err());
        let wide = vec!["(-*)"; 10_000].join(" ");
        assert!(Filter::parse(&wide).is_ok());
    }
}
