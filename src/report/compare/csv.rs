//! Records of comma-separated values.

/// A record with its newline. A field that holds a comma, a quote or a line end, or begins with white space, is quoted.
pub(super) fn record(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\n"
}

fn quoted(field: &str) -> String {
    let begins_blank = field.starts_with(char::is_whitespace);
    if !begins_blank && !field.contains([',', '"', '\n', '\r']) && field != "\\." {
        return field.to_string();
    }
    format!("\"{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let check = |field: &str, expect| assert_eq!(quoted(field), expect);
        check("a b", "a b");
        check(" a", "\" a\"");
        check("a,b", "\"a,b\"");
        check("a\"b", "\"a\"\"b\"");
        check("", "");
        assert_eq!(record(&["a".into(), String::new(), "b,".into()]), "a,,\"b,\"\n");
    }
}
