//! Regular expressions as RE2 reads them, by a library that reads brackets otherwise.

use regex::Regex;

/// A regular expression in RE2's syntax. The error is a message on one line.
pub(super) fn compiled(pattern: &str) -> Result<Regex, String> {
    let own = own_classes(pattern)
        .ok_or_else(|| format!("error parsing regexp: invalid character class range: `{pattern}`"))?;
    Regex::new(&own).map_err(|problem| {
        let text = problem.to_string();
        let reason = text.lines().last().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        format!("error parsing regexp: {reason}: `{pattern}`")
    })
}

/// Named classes of RE2 inside of brackets.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// The pattern for a library in which brackets nest and `&&`, `--` and `~~` have a meaning inside of them, which RE2 does
/// not know. `None` for a named class that RE2 does not have.
fn own_classes(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix('\\').and_then(|after| after.chars().next());
        let named = rest
            .strip_prefix("[:")
            .filter(|_| in_class)
            .and_then(|after| after.find(":]"));
        let mut length = c.len_utf8() + escaped.map_or(0, char::len_utf8);
        if let Some(end) = named {
            let name = rest[2..2 + end].trim_start_matches('^');
            length = 4 + end;
            CLASSES.contains(&name).then_some(())?;
        } else if in_class && matches!(c, '[' | '&' | '~') {
            out.push('\\');
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
        if escaped.is_some() || named.is_some() {
            continue;
        }
        if c == '[' && !in_class {
            in_class = true;
            // A bracket that closes at once stands for itself.
            let negated = rest.strip_prefix('^').unwrap_or(rest);
            if let Some(after) = negated.strip_prefix(']') {
                out.push_str(&rest[..rest.len() - negated.len()]);
                out.push_str("\\]");
                rest = after;
            }
        } else if c == ']' {
            in_class = false;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_mean_what_they_mean_in_re2() {
        let check = |pattern: &str, text: &str, expect| {
            assert_eq!(
                compiled(pattern).map(|r| r.is_match(text)).ok(),
                expect,
                "{pattern} {text}"
            );
        };
        check("^[[]$", "[", Some(true));
        check("^[]a]$", "]", Some(true));
        check("^[^]a]$", "]", Some(false));
        check("^[a&&b]$", "&", Some(true));
        check("^[[:digit:]]+$", "12", Some(true));
        check("[[:foo:]]", "", None);
        check("^\\[x$", "[x", Some(true));
        check("(", "", None);
    }
}
