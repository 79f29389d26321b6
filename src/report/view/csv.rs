//! Comma-separated values, RFC 4180.

/// A header line, then the rows; lines end in CRLF, and a cell with a comma, a quote or a line break is quoted.
pub fn csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = String::new();
    push_line(&mut out, header.iter().copied());
    for row in rows {
        push_line(&mut out, row.iter().map(String::as_str));
    }
    out
}

fn push_line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = [vec!["f[a,b]".to_string(), "say \"x\"".to_string()]];
        assert_eq!(
            csv(&["name", "n"], rows.into_iter()),
            "name,n\r\n\"f[a,b]\",\"say \"\"x\"\"\"\r\n"
        );
    }
}
