//! Any serializable value as YAML and as JSON.

use std::borrow::Cow;

use serde::Serialize;
use serde_yaml::Value;

use super::TAB;
use crate::error::printable;

/// The value as YAML, keys in the order of their fields. Text of several lines is cleaned by [`literal_text`] and
/// stands as a literal block. A number that is not finite becomes `null`, as in [`json`].
/// Words are quoted by the rules of YAML 1.2, in which `no` and `12:30` are text; a reader of YAML 1.1 may see a boolean
/// and a number there.
///
/// # Errors
/// Only what the value's own `Serialize` says, and values that YAML cannot hold.
pub fn yaml<T: Serialize>(value: &T) -> Result<String, serde_yaml::Error> {
    let text = serde_yaml::to_string(&cleaned(serde_yaml::to_value(value)?))?;
    Ok(text.split_inclusive('\n').map(with_point).collect())
}

/// `key: 5e-9` as `key: 5.0e-9`, which readers of YAML 1.1 take for a number too.
fn with_point(line: &str) -> Cow<'_, str> {
    let split = line
        .trim_end()
        .rsplit_once(": ")
        .and_then(|(key, number)| Some((key, number.split_once('e')?)));
    let is_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let is_key = |s: &str| {
        s.trim_start_matches([' ', '-'])
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    match split {
        Some((key, (digits, exponent)))
            if is_key(key)
                && is_digits(digits.trim_start_matches('-').replacen('.', "", 1).as_str())
                && is_digits(exponent.trim_start_matches('-')) =>
        {
            let point = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            Cow::Owned(format!("{key}: {digits}{point}e{sign}{exponent}\n"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// The value as indented JSON with a last newline. A number that is not finite becomes `null`. Characters that
/// would steer a terminal are written as `\u` escapes.
///
/// # Errors
/// Only what the value's own `Serialize` says, and keys that are no text.
pub fn json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(value)?;
    let mut out = String::with_capacity(text.len() + 1);
    text.chars().for_each(|c| push_json(&mut out, c));
    out.push('\n');
    Ok(out)
}

/// Text as a literal block can hold it: tabs as four blanks, no trailing blanks, no carriage returns. Any other text
/// would be written as one quoted line, which nobody can read.
pub fn literal_text(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(literal_line).collect();
    lines.join("\n")
}

fn literal_line(line: &str) -> String {
    let plain = line.replace('\r', "").replace('\t', TAB);
    plain.trim_end_matches(' ').to_string()
}

fn cleaned(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\n') => Value::String(literal_text(&text)),
        Value::Number(number) if !number.is_finite() => Value::Null,
        Value::Sequence(values) => Value::Sequence(values.into_iter().map(cleaned).collect()),
        Value::Mapping(pairs) => Value::Mapping(
            pairs
                .into_iter()
                .map(|(key, value)| (key, cleaned(value)))
                .collect(),
        ),
        Value::Tagged(mut tagged) => {
            tagged.value = cleaned(tagged.value);
            Value::Tagged(tagged)
        }
        other => other,
    }
}

// Outside of strings JSON has none of these characters, so each stands inside one.
fn push_json(out: &mut String, c: char) {
    let harmless = c == '\n' || (' '..='~').contains(&c);
    if harmless || printable(c.encode_utf8(&mut [0; 4]).as_bytes()).starts_with(c) {
        out.push(c);
    } else {
        out.push_str(&format!("\\u{:04x}", u32::from(c)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::samples::hostile;
    use super::*;

    #[derive(Serialize)]
    struct Issue {
        rule: &'static str,
        met: bool,
        code: &'static str,
        low: f64,
        line: Option<u64>,
    }

    const ISSUE: Issue = Issue {
        rule: "make-map",
        met: true,
        code: "if x {\r\n\treturn\t// why \n}\n",
        low: f64::NAN,
        line: Some(3),
    };

    #[track_caller]
    fn check(value: &impl Serialize, expect: &str) {
        assert_eq!(yaml(value).unwrap(), expect);
    }

    #[test]
    fn small_numbers_have_a_point_for_older_readers() {
        let numbers = BTreeMap::from([("median", 5e-9), ("n", 1.5e300), ("half", 0.5)]);
        assert_eq!(
            yaml(&numbers).unwrap(),
            "half: 0.5\nmedian: 5.0e-9\nn: 1.5e+300\n"
        );
    }

    #[test]
    fn yaml_keeps_order_kinds_and_lines() {
        let expect =
            "rule: make-map\nmet: true\ncode: |\n  if x {\n      return    // why\n  }\nlow: null\nline: 3\n";
        check(&ISSUE, expect);
        assert_eq!(yaml(&ISSUE).unwrap(), yaml(&ISSUE).unwrap());
    }

    #[test]
    fn code_is_a_literal_block_whatever_stands_in_it() {
        check(&"a\nb", "|-\n  a\n  b\n");
        check(&"    a\n  b", "|2-\n      a\n    b\n");
        check(&"a: {b} # \"c\" 'd'\n世界", "|-\n  a: {b} # \"c\" 'd'\n  世界\n");
    }

    #[test]
    fn words_that_look_like_other_kinds_are_quoted() {
        for word in ["true", "False", "null", "12", "1e3", "0x10", "~", "007"] {
            let text = yaml(&word).unwrap();
            assert_eq!(
                serde_yaml::from_str::<Value>(&text).unwrap(),
                Value::from(word),
                "{text}"
            );
            assert!(text.starts_with(['\'', '"']), "{text}");
        }
    }

    #[test]
    fn json_is_indented_finite_and_safe() {
        let text = json(&ISSUE).unwrap();
        assert!(
            text.starts_with("{\n  \"rule\": \"make-map\",\n  \"met\": true,"),
            "{text}"
        );
        assert!(text.contains("\"low\": null") && text.ends_with("}\n"), "{text}");
        assert_eq!(
            json(&"\u{1b}\u{9b}\u{202e}é").unwrap(),
            "\"\\u001b\\u009b\\u202eé\"\n"
        );
    }

    proptest! {
        #[test]
        fn yaml_reads_back(words in prop::collection::vec(hostile(), 0..4), share in any::<f64>()) {
            let values: BTreeMap<String, &String> = words.iter().enumerate().map(|(i, w)| (format!("k{i}"), w)).collect();
            let cleaned = cleaned(serde_yaml::to_value((&values, share, true)).unwrap());
            let text = yaml(&(&values, share, true)).unwrap();
            prop_assert_eq!(serde_yaml::from_str::<Value>(&text).unwrap(), cleaned, "{}", text);
        }

        #[test]
        fn json_reads_back(words in hostile()) {
            prop_assert_eq!(serde_json::from_str::<String>(&json(&words).unwrap()).unwrap(), words);
        }
    }
}
