//! The words of filters and projections, and what can be wrong with them. Grammar: package `benchproc` of
//! golang.org/x/perf.

use std::fmt;

use super::re2::compiled;
use super::unquote::unquote;

/// What is wrong with a filter or a projection, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The text as given.
    pub query: String,
    /// Byte offset in the text.
    pub offset: usize,
    /// Without the place.
    pub message: String,
}

impl QueryError {
    pub(super) fn new(query: &str, offset: usize, message: impl Into<String>) -> Self {
        Self {
            query: query.to_string(),
            offset,
            message: message.into(),
        }
    }
}

impl fmt::Display for QueryError {
    /// The message, the text, and a caret below the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.query.get(..self.offset).unwrap_or(&self.query);
        let columns = before.chars().filter(|c| is_graphic(*c)).count();
        let (message, query, blanks) = (&self.message, &self.query, " ".repeat(columns));
        write!(f, "syntax error: {message}\n\t{query}\n\t{blanks}^")
    }
}

impl std::error::Error for QueryError {}

/// Letters, marks, digits, punctuation, symbols and blanks; nothing that steers.
fn is_graphic(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// One word or sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte offset at which it begins.
    pub(super) offset: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    /// The text between the slashes.
    Regex(String),
    And,
    Or,
    Sign(char),
    End,
}

impl Kind {
    /// As it stands in the text, for messages.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Regex(text) => text,
            Self::And => "AND",
            Self::Or => "OR",
            Self::Sign('(') => "(",
            Self::Sign(')') => ")",
            Self::Sign(':') => ":",
            Self::Sign('@') => "@",
            Self::Sign(',') => ",",
            Self::Sign('-') => "-",
            Self::Sign(_) => "*",
            Self::End => "",
        }
    }
}

/// A text being read; the next word is looked at before it is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    query: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        Self { query, at: 0 }
    }

    /// A problem at a byte offset.
    pub(super) fn error<T>(&self, offset: usize, message: impl Into<String>) -> Result<T, QueryError> {
        Err(QueryError::new(self.query, offset, message))
    }

    /// The next word, which stays.
    pub(super) fn peek(&self) -> Result<Token, QueryError> {
        let mut ahead = *self;
        ahead.next(false)
    }

    /// Takes the next word. Where a value stands, a leading `/` begins a regular expression.
    pub(super) fn next(&mut self, is_value: bool) -> Result<Token, QueryError> {
        let rest = &self.query[self.at..];
        let text = rest.trim_start();
        let offset = self.at + rest.len() - text.len();
        let (kind, length) = match text.chars().next() {
            None => (Kind::End, 0),
            Some('/') if is_value => self.regex(text, offset)?,
            Some('"') => self.quoted(text, offset)?,
            Some(c) if is_operator(c) || matches!(c, '-' | '*') => (Kind::Sign(c), c.len_utf8()),
            Some(_) => bare(text),
        };
        self.at = offset + length;
        Ok(Token { kind, offset })
    }

    fn quoted(&self, text: &str, offset: usize) -> Result<(Kind, usize), QueryError> {
        let mut is_escaped = false;
        let end = text.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            ends
        });
        let Some((end, _)) = end else {
            return self.error(offset, "missing end quote");
        };
        match unquote(&text[1..end]) {
            Some(word) => Ok((Kind::Word(word), end + 1)),
            None => self.error(offset, "bad escape sequence"),
        }
    }

    fn regex(&self, text: &str, offset: usize) -> Result<(Kind, usize), QueryError> {
        let Some(end) = closing_slash(text) else {
            return self.error(offset, "missing close \"/\"");
        };
        let pattern = &text[1..end];
        if let Err(message) = compiled(pattern) {
            return self.error(offset, message);
        }
        let after = text[end + 1..].chars().next();
        if after.is_some_and(|c| !c.is_whitespace() && !is_operator(c)) {
            let message = "regexp must be followed by space or an operator (unescaped \"/\"?)";
            return self.error(offset + end + 1, message);
        }
        Ok((Kind::Regex(pattern.to_string()), end + 1))
    }
}

fn is_operator(c: char) -> bool {
    matches!(c, '(' | ')' | ':' | '@' | ',')
}

fn bare(text: &str) -> (Kind, usize) {
    let ends = |c: char| c.is_whitespace() || is_operator(c);
    let word = &text[..text.find(ends).unwrap_or(text.len())];
    let kind = match word {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        _ => Kind::Word(word.to_string()),
    };
    (kind, word.len())
}

/// The first `/` after the first character that is outside of `[]`, `()` and escapes.
fn closing_slash(text: &str) -> Option<usize> {
    let (mut in_class, mut depth, mut is_escaped) = (false, 0_usize, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ']' => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// A word where a value stands, as it can be read again: a leading slash would begin a regular expression.
pub(super) fn shown_value(word: &str) -> String {
    match word.starts_with('/') && shown_word(word) == word {
        true => format!("\"{word}\""),
        false => shown_word(word),
    }
}

/// A word as it can be read again: quoted where it must be.
pub(super) fn shown_word(word: &str) -> String {
    let odd = |c: char| c.is_whitespace() || is_operator(c) || c == '"' || c.is_control();
    let bare = !word.is_empty()
        && !word.starts_with(['-', '*'])
        && !matches!(word, "AND" | "OR")
        && !word.contains(odd);
    if bare {
        return word.to_string();
    }
    let escaped: String = word
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(query: &str) -> Vec<Kind> {
        let mut lexer = Lexer::new(query);
        let next = || lexer.next(true).map(|t| t.kind).unwrap_or(Kind::End);
        std::iter::repeat_with(next)
            .take_while(|kind| *kind != Kind::End)
            .collect()
    }

    #[test]
    fn signs_end_words_and_some_only_begin_them() {
        let word = |w: &str| Kind::Word(w.to_string());
        assert_eq!(tokens("a-b*c"), [word("a-b*c")]);
        assert_eq!(
            tokens("-a:b"),
            [Kind::Sign('-'), word("a"), Kind::Sign(':'), word("b")]
        );
        assert_eq!(tokens("a \"b c\\n\" OR"), [word("a"), word("b c\n"), Kind::Or]);
        assert_eq!(
            tokens("/a[/](/)\\/b/ x"),
            [Kind::Regex("a[/](/)\\/b".into()), word("x")]
        );
        assert_eq!(tokens("\u{a0}é"), [word("é")]);
    }

    #[test]
    fn the_caret_stands_below_the_place() {
        let error = QueryError::new("é:\"x", 3, "missing end quote");
        assert_eq!(
            error.to_string(),
            "syntax error: missing end quote\n\té:\"x\n\t  ^"
        );
    }

    #[test]
    fn words_are_shown_so_that_they_can_be_read_again() {
        for word in ["a", "", "AND", "a b", "-x", "q\"\\", "/r", "a:b", "x\u{1}"] {
            assert_eq!(tokens(&shown_value(word)), [Kind::Word(word.to_string())]);
        }
    }
}
