//! Lines, numbers and patterns of the text forms.

use regex::bytes::Regex;

use crate::error::{Problem, printable};

/// A line without its end, and its number from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) text: &'a [u8],
}

impl<'a> Line<'a> {
    /// Without the blanks around it.
    pub(super) fn trimmed(self) -> &'a [u8] {
        self.text.trim_ascii()
    }

    /// Whether it is blank or a comment.
    pub(super) fn says_nothing(self) -> bool {
        matches!(self.trimmed().first(), None | Some(b'#'))
    }

    /// Whether it begins a section, as `--- Memory map: ---` does.
    pub(super) fn is_section(self) -> bool {
        self.trimmed().starts_with(b"---")
    }

    /// The problem that it is not of its form.
    pub(super) fn expected(self, expected: &str) -> Problem {
        const SHOWN: usize = 60;
        let cut = self.text.get(..SHOWN).unwrap_or(self.text);
        Problem::TextLine {
            line: self.number,
            expected: expected.into(),
            got: printable(cut),
        }
    }
}

/// The lines of a text that are still to be read. It is `Copy`: a copy remembers a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            number: 0,
        }
    }

    /// The first line that is neither blank nor a comment.
    pub(super) fn header(&mut self) -> Option<Line<'a>> {
        self.find(|line| !line.says_nothing())
    }

    /// The next line if it is one that is wanted.
    pub(super) fn next_if(&mut self, wanted: impl Fn(Line<'a>) -> bool) -> Option<Line<'a>> {
        let before = *self;
        let line = self.next().filter(|line| wanted(*line));
        if line.is_none() {
            *self = before;
        }
        line
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|b| *b == b'\n');
        let (line, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.get(1..).unwrap_or_default();
        self.number += 1;
        Some(Line {
            number: self.number,
            text: line.strip_suffix(b"\r").unwrap_or(line),
        })
    }
}

/// A pattern of this program on bytes, where `\d`, `\s` and `\w` mean ASCII only.
pub(super) fn pattern(pattern: &'static str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).expect("the patterns of the program are valid")
}

/// A decimal number that fits.
pub(super) fn int(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A hexadecimal number without `0x` that fits.
pub(super) fn hex(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// All numbers that begin with `0x`; `None` if one of them does not fit 64 bits.
pub(super) fn addresses(mut text: &[u8]) -> Option<Vec<u64>> {
    let mut found = Vec::new();
    while let Some(at) = text.windows(2).position(|w| w == b"0x") {
        text = text.get(at + 2..).unwrap_or_default();
        let is_digit = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let length = text.iter().take_while(|b| is_digit(b)).count();
        let (digits, rest) = text.split_at(length);
        if !digits.is_empty() {
            found.push(hex(digits)?);
        }
        text = rest;
    }
    Some(found)
}

/// Splits at the first of some bytes.
pub(super) fn split_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).position(|w| w == separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

/// Splits at the last of some bytes.
pub(super) fn rsplit_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).rposition(|w| w == separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}
