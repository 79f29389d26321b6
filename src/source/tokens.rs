//! The tokens of Go source, as far as declarations need them.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A string, a rune or a number.
    Literal,
    /// One character of an operator or bracket.
    Mark,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Bytes before it.
    pub start: usize,
    /// A line ends between the token before and this one.
    pub first_of_line: bool,
}

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != TokenKind::Literal
    }

    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of a text without its comments; a string that does not end takes the rest of its line or text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut first_of_line) = (Vec::new(), 0, true);
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'\n' => {
                first_of_line = true;
                at += 1;
                continue;
            }
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = until(bytes, at, b"\n");
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = after(bytes, at + 2, b"*/");
                first_of_line |= bytes.get(at..end).is_some_and(|c| c.contains(&b'\n'));
                at = end;
                continue;
            }
            b'`' => after(bytes, at + 1, b"`"),
            b'"' | b'\'' => quoted(bytes, at, *byte),
            b if is_word(*b) => word(bytes, at),
            _ => at + 1,
        };
        let kind = match byte {
            b'`' | b'"' | b'\'' | b'0'..=b'9' => TokenKind::Literal,
            b if is_word(*b) => TokenKind::Word,
            _ => TokenKind::Mark,
        };
        let Some(piece) = text.get(at..end) else { break };
        found.push(Token {
            kind,
            text: piece,
            start: at,
            first_of_line,
        });
        (at, first_of_line) = (end, false);
    }
    found
}

/// Letters of any script are names in Go; so is every byte that is not ASCII here.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|b| is_word(**b)).count()
}

/// The place of the next `what`, else the end.
fn until(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(what.len()).position(|w| w == what);
    found.map_or(bytes.len(), |at| from + at)
}

fn after(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    (until(bytes, from, what) + what.len()).min(bytes.len())
}

fn quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            b if *b == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = tokens(text).iter().map(|t| t.text).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn comments_and_strings_hide_what_they_hold() {
        check("a /* ( \n */ b // )\nc", &["a", "b", "c"]);
        check(
            r#"x := "a // \" b" + `"`"#,
            &["x", ":", "=", r#""a // \" b""#, "+", "`\"`"],
        );
        check("'\\'' größe \"open\nnext", &["'\\''", "größe", "\"open", "next"]);
        check("\"\\", &["\"\\"]);
    }

    #[test]
    fn lines_are_told() {
        let firsts: Vec<bool> = tokens("a b\nc /*\n*/ d")
            .iter()
            .map(|t| t.first_of_line)
            .collect();
        assert_eq!(firsts, [true, false, true, true]);
    }
}
