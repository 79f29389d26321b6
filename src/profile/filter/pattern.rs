//! Regular expressions as pprof's users write them: RE2 syntax, unanchored, on bytes.

use regex::bytes::{Regex, RegexBuilder};

use crate::error::Problem;

/// Most bytes that a compiled expression may take.
const MAX_COMPILED: usize = 10 << 20;

/// A compiled regular expression; it matches in linear time.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// Compiles the value of an option, which is named as it is written. RE2's classes `\d \s \w \b` are those of ASCII, `\Q…\E` quotes, and a `{`
    /// that begins no repetition stands for itself.
    ///
    /// # Errors
    /// [`Problem::Pattern`] with the option's name.
    ///
    /// ```
    /// use perfplan::profile::filter::Pattern;
    /// assert!(Pattern::new("--focus", r"\Q(*T)\E\.Get").unwrap().is_match(b"main.(*T).Get"));
    /// ```
    pub fn new(option: &str, text: &str) -> Result<Self, Problem> {
        let regex = RegexBuilder::new(&translated(text))
            .size_limit(MAX_COMPILED)
            .build();
        let regex = regex.map_err(|error| Problem::Pattern {
            option: option.to_string(),
            pattern: text.to_string(),
            why: reason(&error),
        })?;
        Ok(Self {
            text: text.to_string(),
            regex,
        })
    }

    /// As the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it occurs in the text.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex.is_match(text)
    }
}

/// What is wrong in one line; the parser draws a picture of several, the last of which tells it.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large when compiled".to_string(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_string()
        }
    }
}

/// RE2's syntax in that of the regex crate.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let (text, used) = match c {
            '\\' => escape(rest, in_class),
            '{' if !in_class && !is_repetition(rest) => ("\\{".to_string(), 1),
            _ => (c.to_string(), c.len_utf8()),
        };
        match c {
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        out.push_str(&text);
        rest = &rest[used..];
    }
    out
}

/// The translation of what a backslash begins, and how many bytes it takes.
fn escape(rest: &str, in_class: bool) -> (String, usize) {
    let Some(c) = rest[1..].chars().next() else {
        return ("\\".to_string(), 1);
    };
    let inside = |class: &str| {
        if in_class {
            class.to_string()
        } else {
            format!("[{class}]")
        }
    };
    let text = match c {
        'Q' => {
            let quoted = &rest[2..];
            let (text, end) = quoted
                .split_once("\\E")
                .map_or((quoted, 0), |(text, _)| (text, 2));
            return (regex::escape(text), 2 + text.len() + end);
        }
        'd' => inside("0-9"),
        's' => inside("\\t\\n\\x0C\\r "),
        'w' => inside("0-9A-Za-z_"),
        'D' => "[^0-9]".to_string(),
        'S' => "[^\\t\\n\\x0C\\r ]".to_string(),
        'W' => "[^0-9A-Za-z_]".to_string(),
        'b' | 'B' if !in_class => format!("(?-u:\\{c})"),
        _ => format!("\\{c}"),
    };
    (text, 1 + c.len_utf8())
}

/// Whether a `{` begins `{2}`, `{2,}` or `{2,3}`.
fn is_repetition(rest: &str) -> bool {
    let inner = rest[1..].split_once('}').map(|(inner, _)| inner);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    inner.is_some_and(|inner| match inner.split_once(',') {
        Some((low, high)) => is_number(low) && (high.is_empty() || is_number(high)),
        None => is_number(inner),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expect: bool) {
        let matched = Pattern::new("focus", pattern).map(|p| p.is_match(text.as_bytes()));
        assert_eq!(matched, Ok(expect), "{pattern} on {text}");
    }

    #[test]
    fn the_syntax_is_that_of_re2() {
        check("^main\\.", "main.run", true);
        check("interface {}", "f[interface {}]", true);
        check("a{2}", "aa", true);
        check("a{,2}", "a{,2}", true);
        check(r"\Qa.b\E", "axb", false);
        check(r"\Q(*T)", "main.(*T).x", true);
        check(r"^\w+$", "größe", false);
        check(r"[\d.]+$", "1.5", true);
        check(r"\bjson\b", "encoding/json.Marshal", true);
        check("(?i)MAIN", "main.x", true);
    }

    #[test]
    fn a_broken_one_says_which_option() {
        let error = Pattern::new("--focus", "a(").expect_err("unclosed");
        assert_eq!(
            error.to_string(),
            "--focus: \"a(\" is no regular expression: unclosed group"
        );
        assert!(Pattern::new("hide", r"(\pL{1,1000}){1,1000}").is_err());
    }
}
