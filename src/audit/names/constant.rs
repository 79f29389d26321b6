//! Constants as far as they can be read off: literals, named constants, sums of them.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};

/// How many names and operators are followed.
const MAX_DEPTH: usize = 16;

impl<'a> Node<'a> {
    /// The value of a constant integer expression; durations in nanoseconds.
    pub fn constant_integer(self) -> Option<i64> {
        integer(self, MAX_DEPTH)
    }

    /// The value of a constant string expression.
    pub fn constant_string(self) -> Option<String> {
        string(self, MAX_DEPTH)
    }

    /// Whether it is a constant: a literal, a constant's name, an expression of such.
    pub fn is_constant(self) -> bool {
        constant(self, MAX_DEPTH)
    }

    /// The expression that a constant's name stands for.
    fn constant_value(self) -> Option<Self> {
        let node = self.unparen();
        let name = match node.kind() {
            Kind::Identifier => match node.local() {
                Some(local) if local.definition().is(Kind::ConstSpec) => return local.initial_value(),
                Some(_) => return None,
                None => node.package().constant_named(node.text())?,
            },
            Kind::SelectorExpression => {
                let path = node.field(Field::Operand)?.imported_path()?;
                let package = node.program.package_at(path)?;
                package.constant_named(node.field(Field::Field)?.text())?
            }
            _ => return None,
        };
        let spec = name.parent()?;
        let at = spec.fields(Field::Name).position(|n| n == name)?;
        spec.list(Field::Value).get(at).copied()
    }
}

fn integer(node: Node<'_>, depth: usize) -> Option<i64> {
    let depth = depth.checked_sub(1)?;
    let node = node.unparen();
    match node.kind() {
        Kind::IntLiteral => literal_integer(node.text()),
        Kind::BinaryExpression => {
            let left = integer(node.field(Field::Left)?, depth)?;
            let right = integer(node.field(Field::Right)?, depth)?;
            match node.field(Field::Operator)?.text() {
                "+" => left.checked_add(right),
                "-" => left.checked_sub(right),
                "*" => left.checked_mul(right),
                "/" => left.checked_div(right),
                "<<" => left.checked_mul(1_i64.checked_shl(u32::try_from(right).ok()?)?),
                ">>" => left.checked_shr(u32::try_from(right).ok()?),
                _ => None,
            }
        }
        Kind::UnaryExpression if node.text().starts_with('-') => {
            integer(node.field(Field::Operand)?, depth)?.checked_neg()
        }
        Kind::SelectorExpression if node.child(0)?.imported_path() == Some("time") => {
            nanoseconds(node.field(Field::Field)?.text())
        }
        _ => integer(node.constant_value()?, depth),
    }
}

/// What a unit of the package `time` is.
fn nanoseconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "Nanosecond" => 1,
        "Microsecond" => 1_000,
        "Millisecond" => 1_000_000,
        "Second" => 1_000_000_000,
        "Minute" => 60_000_000_000,
        "Hour" => 3_600_000_000_000,
        _ => return None,
    })
}

fn literal_integer(text: &str) -> Option<i64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let radix = |prefix: &str, base| text.strip_prefix(prefix).map(|d| i64::from_str_radix(d, base));
    let value = radix("0x", 16)
        .or_else(|| radix("0b", 2))
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0", 8).filter(|_| text.len() > 1 && text.bytes().all(|b| b.is_ascii_digit())));
    value.unwrap_or_else(|| text.parse()).ok()
}

fn string(node: Node<'_>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let node = node.unparen();
    match node.kind() {
        Kind::RawStringLiteral => Some(node.text().trim_matches('`').to_string()),
        Kind::InterpretedStringLiteral => unquote(node.text()),
        Kind::BinaryExpression if node.field(Field::Operator)?.text() == "+" => {
            let left = string(node.field(Field::Left)?, depth)?;
            Some(left + &string(node.field(Field::Right)?, depth)?)
        }
        _ => string(node.constant_value()?, depth),
    }
}

/// The text of an interpreted literal; numbers of bytes that are no character are replaced.
fn unquote(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let escape = rest.chars().next()?;
        let (digits, radix) = match escape {
            'x' => (rest.get(1..3)?, 16),
            'u' => (rest.get(1..5)?, 16),
            'U' => (rest.get(1..9)?, 16),
            '0'..='7' => (rest.get(..3)?, 8),
            _ => {
                bytes.push(plain_escape(escape)?);
                rest = rest.get(1..)?;
                continue;
            }
        };
        let value = u32::from_str_radix(digits, radix).ok()?;
        let is_char = matches!(escape, 'u' | 'U');
        if is_char {
            let c = char::from_u32(value)?;
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            bytes.push(u8::try_from(value).ok()?);
        }
        rest = rest.get(digits.len() + usize::from(radix == 16)..)?;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn plain_escape(c: char) -> Option<u8> {
    Some(match c {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' | '\'' | '"' => u8::try_from(c).ok()?,
        _ => return None,
    })
}

fn constant(node: Node<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let node = node.unparen();
    match node.kind() {
        kind if kind.is_literal() => true,
        Kind::UnaryExpression => {
            let operator = node.field(Field::Operator).map_or("", Node::text);
            !matches!(operator, "&" | "*" | "<-")
                && node.field(Field::Operand).is_some_and(|o| constant(o, depth))
        }
        Kind::BinaryExpression => [Field::Left, Field::Right]
            .iter()
            .all(|f| node.field(*f).is_some_and(|o| constant(o, depth))),
        _ => node.constant_value().is_some() || is_constant_name(node),
    }
}

/// A constant of the package without a value of its own, as after the first line of an iota block.
fn is_constant_name(node: Node<'_>) -> bool {
    node.is(Kind::Identifier)
        && node.local().is_none()
        && node.package().constant_named(node.text()).is_some()
}
