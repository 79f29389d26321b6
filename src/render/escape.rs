//! Lines of text in GitHub's Markdown: what is escaped, and where.

use crate::error::printable;
use crate::report::document::Inline;

/// Where a line stands; a bar inside a code span ends a table's cell unless it is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A paragraph, a heading or a point.
    Line,
    /// A cell.
    Cell,
}

/// A text without outer blanks, for a place where no block can begin.
pub(super) fn inline(text: &[Inline], within: Within) -> String {
    let pieces = merged(text);
    let mut out = String::new();
    for (piece, next) in pieces.iter().zip(1..) {
        let markup = match piece {
            Inline::Text(text) => escape(text),
            Inline::Code(text) if within == Within::Cell => code_span(text).replace('|', "\\|"),
            Inline::Code(text) => code_span(text),
            Inline::Strong(text) | Inline::Better(text) | Inline::Worse(text) => {
                strong(text, out.chars().last(), pieces.get(next))
            }
            Inline::Link { text, target } => format!("[{}]({})", escape(text), destination(target)),
        };
        out.push_str(&markup);
    }
    out.trim().to_string()
}

/// A text that begins a paragraph or a point, where `- `, `> ` or `1. ` would begin a block.
pub(super) fn line(text: &[Inline]) -> String {
    let mut out = inline(text, Within::Line);
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    let mut after = out.chars().skip(digits);
    let opens = match after.next() {
        Some('-' | '+' | '>') => digits == 0,
        Some('.' | ')') => digits > 0 && after.next().is_none_or(char::is_whitespace),
        _ => false,
    };
    if opens {
        out.insert(digits, '\\');
    }
    out
}

/// Neighbours of one kind as one piece: two code spans side by side would share their backticks.
fn merged(text: &[Inline]) -> Vec<Inline> {
    let mut pieces: Vec<Inline> = Vec::new();
    for piece in text {
        let piece = &without_colour(piece);
        match (pieces.last_mut(), piece) {
            (_, Inline::Text(new) | Inline::Code(new) | Inline::Strong(new)) if new.is_empty() => {}
            (Some(Inline::Text(old)), Inline::Text(new))
            | (Some(Inline::Code(old)), Inline::Code(new))
            | (Some(Inline::Strong(old)), Inline::Strong(new)) => old.push_str(new),
            _ => pieces.push(piece.clone()),
        }
    }
    pieces
}

/// A verdict as what carries the sentence: Markdown has no colours.
fn without_colour(piece: &Inline) -> Inline {
    match piece {
        Inline::Better(text) | Inline::Worse(text) => Inline::Strong(text.clone()),
        piece => piece.clone(),
    }
}

/// Words as words: everything that GitHub could read as markup has a backslash.
pub(super) fn escape(text: &str) -> String {
    let text = printable(text.as_bytes());
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_markup(before, c, rest.peek().copied()) {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

// An underscore inside a word and a sign such as `C#` mean nothing; to leave them alone keeps the source readable.
fn is_markup(before: Option<char>, c: char, after: Option<char>) -> bool {
    let word = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    match c {
        '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '$' => true,
        '_' => !(word(before) && word(after)),
        '#' => !word(before),
        '&' => after.is_none_or(|next| next == '#' || next.is_ascii_alphabetic()),
        // a link may follow the last character
        '!' => after.is_none(),
        _ => false,
    }
}

/// A code span whose fence is longer than every run of backticks in it.
fn code_span(text: &str) -> String {
    let text = printable(text.as_bytes());
    let fence = "`".repeat(longest_run(&text) + 1);
    let touches = text.starts_with('`') || text.ends_with('`');
    let stripped = text.starts_with(' ') && text.ends_with(' ');
    let pad = if touches || stripped { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Length of the longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

// Stars work only where a word or a blank makes clear which side they belong to; elsewhere the tag does.
fn strong(text: &str, before: Option<char>, next: Option<&Inline>) -> String {
    let after = match next {
        Some(Inline::Text(text)) => text.chars().next(),
        _ => None,
    };
    let edge = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(char::is_alphanumeric)
            || !inner.is_some_and(char::is_whitespace)
                && outer.is_none_or(|c| c.is_ascii_punctuation() || c == ' ')
    };
    let escaped = escape(text);
    if edge(text.chars().next(), before) && edge(text.chars().last(), after) {
        format!("**{escaped}**")
    } else {
        format!("<strong>{escaped}</strong>")
    }
}

/// A path as the destination of a link: what is not plain is percent-encoded. Only http and https stay schemes.
pub(super) fn destination(target: &str) -> String {
    let is_web = target.starts_with("https://") || target.starts_with("http://");
    let mut out = String::with_capacity(target.len());
    for byte in target.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'/' | b'-' | b'.' | b'_' | b'~' | b'#' | b'=' | b'+' | b',' | b'@' => out.push(char::from(byte)),
            b':' | b'?' | b'&' | b'%' if is_web => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Inline {
        Inline::Code(text.into())
    }

    fn words(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    fn bold(text: &str) -> Inline {
        Inline::Strong(text.into())
    }

    #[track_caller]
    fn check(text: &[Inline], expect: &str) {
        assert_eq!(line(text), expect);
    }

    #[test]
    fn words_are_no_markup() {
        check(
            &[words("a*b* <script> `x` [y] | ~z~ $1$")],
            r"a\*b\* \<script> \`x\` \[y\] \| \~z\~ \$1\$",
        );
        check(&[words("alloc_space of _x_")], r"alloc_space of \_x\_");
        check(&[words("&lt; R & D C# #1")], r"\&lt; R & D C# \#1");
        check(&[words("a\nb\u{1b}[0m")], r"a\\nb\\x1b\[0m");
        check(&[words("  outer blanks  ")], "outer blanks");
    }

    #[test]
    fn the_start_of_a_line_opens_no_block() {
        check(&[words("- a")], r"\- a");
        check(&[words("> a")], r"\> a");
        check(&[words("# a")], r"\# a");
        check(&[words("12. a")], r"12\. a");
        check(&[words("1.5 ms")], "1.5 ms");
        check(&[words("12")], "12");
        check(&[words("---")], r"\---");
    }

    #[test]
    fn code_keeps_its_backticks() {
        check(&[code("go.shape.struct { ; }")], "`go.shape.struct { ; }`");
        check(&[code("a`b")], "``a`b``");
        check(&[code("`a``")], "``` `a`` ```");
        check(&[code(" a ")], "`  a  `");
        check(&[code("a\nb")], r"`a\nb`");
        check(&[code("a"), code("b")], "`ab`");
        check(&[code("")], "");
        assert_eq!(inline(&[code("a|b"), words("|")], Within::Cell), r"`a\|b`\|");
        check(&[code("a|b")], "`a|b`");
    }

    #[test]
    fn strong_works_next_to_anything() {
        check(&[words("x "), bold("y"), words(" z")], "x **y** z");
        check(
            &[words("x"), bold("(y)"), words(", z")],
            "x<strong>(y)</strong>, z",
        );
        check(&[words("x "), bold("(y)"), words("z")], "x <strong>(y)</strong>z");
        check(&[bold("y:"), words(" z")], "**y:** z");
        check(&[bold(" y")], "<strong> y</strong>");
        check(&[bold("a"), bold("b")], "**ab**");
    }

    #[test]
    fn links_go_to_paths_and_nowhere_else() {
        let link = |target: &str| Inline::Link {
            text: "a]b".into(),
            target: target.into(),
        };
        check(&[words("now!"), link("x.svg")], r"now\![a\]b](x.svg)");
        check(&[link("a b(1).svg")], r"[a\]b](a%20b%281%29.svg)");
        check(&[link("javascript:x")], r"[a\]b](javascript%3Ax)");
        check(
            &[link("https://go.dev/x?y=1&z=%20")],
            r"[a\]b](https://go.dev/x?y=1&z=%20)",
        );
    }
}
