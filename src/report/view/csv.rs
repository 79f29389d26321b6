//! Tables as comma-separated values, RFC 4180.

use crate::error::printable;

/// A table as CSV: the header line, then a line per row, each ended by CR LF as the standard has it. A field with a
/// comma, a quote or an outer blank is quoted; control characters are written as escapes, so a row is one line.
pub fn csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = csv_line(header.iter().copied());
    rows.for_each(|row| out.push_str(&csv_line(row.iter().map(String::as_str))));
    out
}

/// One line of such a table.
pub(super) fn csv_line<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (i, text) in fields.enumerate() {
        if i > 0 {
            line.push(',');
        }
        push_field(&mut line, &printable(text.as_bytes()));
    }
    line.push_str("\r\n");
    line
}

fn push_field(line: &mut String, text: &str) {
    let has_outer_blank = text.starts_with(' ') || text.ends_with(' ');
    if has_outer_blank || text.contains([',', '"']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let check = |field: &str, expect: &str| {
            let rows = [vec![field.to_string(), "x".to_string()]];
            assert_eq!(
                csv(&["a", "b"], rows.into_iter()),
                format!("a,b\r\n{expect},x\r\n")
            );
        };
        check("plain", "plain");
        check("", "");
        check("F[a,b]", "\"F[a,b]\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check(" padded", "\" padded\"");
        check("two\nlines\r", "two\\nlines\\r");
        check("esc\u{1b}[31m", "esc\\x1b[31m");
    }

    #[test]
    fn a_table_without_rows_has_its_header() {
        assert_eq!(csv(&["name"], std::iter::empty()), "name\r\n");
    }
}
