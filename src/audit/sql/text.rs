//! SQL texts in Go: literals, named constants, sums of them with what the program puts in.

use super::super::names::Local;
use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::token::{HOLE, Token, tokens};

/// How many operands of a sum and names are followed.
const MAX_PIECES: usize = 400;

/// A part of a text.
#[derive(Debug, Clone)]
pub enum Piece<'a> {
    /// Constant text.
    Text(String),
    /// What is put in.
    Hole(Node<'a>),
}

/// A text that is sent to a database.
#[derive(Debug, Clone)]
pub struct SqlText<'a> {
    /// The whole expression.
    pub node: Node<'a>,
    /// Its parts in order.
    pub pieces: Vec<Piece<'a>>,
}

impl<'a> SqlText<'a> {
    /// The text of an expression of which some part is constant; locals that are assigned once are followed.
    pub fn of(node: Node<'a>) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut work = vec![node];
        let mut steps = 0;
        while let Some(next) = work.pop() {
            steps += 1;
            if steps > MAX_PIECES {
                return None;
            }
            let part = next.unparen();
            if let Some(text) = part.constant_string() {
                pieces.push(Piece::Text(text));
            } else if let Some((left, right)) = sum(part) {
                work.extend([right, left]);
            } else if let Some((format, values)) = formatted(part) {
                push_format(&format, &values, &mut pieces);
            } else if let Some(value) = part
                .local()
                .filter(|l| l.is_assigned_once())
                .and_then(Local::initial_value)
            {
                work.push(value);
            } else {
                pieces.push(Piece::Hole(part));
            }
        }
        let has_text = pieces.iter().any(|p| matches!(p, Piece::Text(_)));
        has_text.then_some(Self { node, pieces })
    }

    /// The text in which a literal stands first, where it looks like a statement: `SELECT`, `INSERT INTO`, … Other
    /// literals of the same sum give `None`.
    pub fn starting_at(literal: Node<'a>) -> Option<Self> {
        if !starts_statement(literal.text().trim_start_matches(['"', '`'])) {
            return None;
        }
        let mut top = literal;
        while let Some(parent) = top.parent() {
            let is_left = parent.is(Kind::BinaryExpression) && top.field_name() == Field::Left;
            let is_format = parent.is(Kind::ArgumentList) && parent.child(0) == Some(top);
            if is_left || parent.is(Kind::ParenthesizedExpression) {
                top = parent;
            } else if parent.is(Kind::BinaryExpression) {
                return None;
            } else if is_format && parent.parent().is_some_and(|p| p.is_call_to("fmt.Sprintf")) {
                top = parent.parent()?;
            } else {
                break;
            }
        }
        let text = Self::of(top)?;
        text.is_statement().then_some(text)
    }

    /// The text with a sign for each hole.
    pub fn joined(&self) -> String {
        let mut joined = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => joined.push_str(text),
                Piece::Hole(_) => joined.push(HOLE),
            }
        }
        joined
    }

    /// Its tokens.
    pub fn tokens(&self) -> Vec<Token> {
        tokens(&self.joined())
    }

    /// What is put in.
    pub fn holes(&self) -> impl Iterator<Item = Node<'a>> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Hole(node) => Some(*node),
            Piece::Text(_) => None,
        })
    }

    /// Whether it is a statement rather than words that begin like one: its keywords are written in capitals, or the
    /// package talks to a database.
    fn is_statement(&self) -> bool {
        let joined = self.joined();
        let mut words = joined.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let has = |word: &str| joined.split_whitespace().any(|w| w.eq_ignore_ascii_case(word));
        let is_whole = match verb.to_ascii_uppercase().as_str() {
            "SELECT" | "DELETE" => has("FROM"),
            "INSERT" | "REPLACE" => has("INTO"),
            "UPDATE" => has("SET"),
            "WITH" => has("AS") && has("FROM"),
            _ => false,
        };
        let is_capital = verb.bytes().all(|b| b.is_ascii_uppercase());
        is_whole && (is_capital || talks_to_database(self.node))
    }
}

fn starts_statement(text: &str) -> bool {
    let start = text.trim_start().trim_start_matches("\\n").trim_start();
    let verbs = ["select", "insert", "update", "delete", "with", "replace"];
    verbs.iter().any(|verb| {
        let is_verb = start
            .get(..verb.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(verb));
        is_verb
            && start
                .get(verb.len()..)
                .is_some_and(|r| r.starts_with(|c: char| c.is_whitespace() || c == '\\'))
    })
}

fn talks_to_database(node: Node<'_>) -> bool {
    let packages = &super::super::graph::DATABASE_PACKAGES;
    node.package()
        .files()
        .any(|f| packages.iter().any(|p| f.imports(p)))
}

fn sum(node: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let is_sum = node.is(Kind::BinaryExpression) && node.field(Field::Operator)?.text() == "+";
    if !is_sum {
        return None;
    }
    Some((node.field(Field::Left)?, node.field(Field::Right)?))
}

fn formatted(node: Node<'_>) -> Option<(String, Vec<Node<'_>>)> {
    let call = node.call().filter(|c| c.is_to("fmt.Sprintf") && !c.is_spread())?;
    let mut arguments = call.arguments().into_iter();
    let format = arguments.next()?.constant_string()?;
    Some((format, arguments.collect()))
}

/// The format's text with a hole for each verb.
fn push_format<'a>(format: &str, values: &[Node<'a>], pieces: &mut Vec<Piece<'a>>) {
    let mut text = String::new();
    let mut values = values.iter();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let verb = letters.find(|c| c.is_alphabetic() || *c == '%');
        match (verb, verb.filter(|v| *v != '%').and(values.next())) {
            (Some('%'), _) => text.push('%'),
            (_, Some(value)) => {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Hole(*value));
            }
            _ => {}
        }
    }
    pieces.push(Piece::Text(text));
}
