//! What a hit is known by when lines move: FNV-1a over rule, file, function, statement and its ordinal among equals.

/// FNV-1a, 64 bits, as 16 hexadecimal digits, over the parts with a NUL between them.
pub fn fingerprint(rule: &str, file: &str, function: &str, statement: &str, ordinal: usize) -> String {
    let text = [rule, file, function, statement, &ordinal.to_string()].join("\0");
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Go source as its tokens joined by single blanks, without comments.
pub fn statement_text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(length) = token_length(rest) {
        let (token, after) = rest.split_at(length);
        rest = after;
        let is_blank = token.trim().is_empty() || token.starts_with("//") || token.starts_with("/*");
        if is_blank {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

/// Operators of more than one character, longest first.
const OPERATORS: [&str; 28] = [
    "<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=", ":=", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&^", "//", "/*", "~",
];

/// Bytes of the first token, blanks and comments among them; `None` at the end.
fn token_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let until = |end: Option<usize>, width: usize| end.map_or(text.len(), |at| at + width);
    if text.starts_with("//") {
        return Some(until(text.find('\n'), 0));
    }
    if text.starts_with("/*") {
        return Some(until(text.find("*/"), 2));
    }
    if first.is_whitespace() {
        return Some(until(text.find(|c: char| !c.is_whitespace()), 0));
    }
    if first == '`' {
        return Some(until(text.get(1..)?.find('`'), 2));
    }
    if first == '"' || first == '\'' {
        return Some(quoted_length(text, first));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if is_word(first) {
        // A number may hold a point: 1.5.
        let in_number = |c: char| is_word(c) || (first.is_ascii_digit() && c == '.');
        return Some(until(text.find(|c| !in_number(c)), 0));
    }
    let operator = OPERATORS.iter().find(|o| text.starts_with(**o));
    Some(operator.map_or(first.len_utf8(), |o| o.len()))
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !is_escaped && c == quote {
            return at + 1;
        }
        is_escaped = !is_escaped && c == '\\';
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_description() {
        let statement = statement_text("result +=   item + \"\\n\" // grows");
        assert_eq!(statement, "result += item + \"\\n\"");
        let print = fingerprint(
            "concat-loop",
            "utils/formatter.go",
            "example.com/shop/utils.Join",
            &statement,
            0,
        );
        assert_eq!(print, "46af3fe46ff4891f");
    }

    #[test]
    fn tokens_are_joined_by_blanks() {
        let check = |source: &str, expect: &str| assert_eq!(statement_text(source), expect);
        check("f(a,b...)", "f ( a , b ... )");
        check("x:=`a\n b`/* c */+1.5e3", "x := `a\n b` + 1.5e3");
        check("m[\"a\\\"b\"]<-'\\''", "m [ \"a\\\"b\" ] <- '\\''");
        check("\"open", "\"open");
    }
}
