//! Escapes of Go string literals.

/// The text between the quotes of a Go string literal, escapes resolved; `None` for an escape that Go does not have.
/// A byte escape above 7F gives U+FFFD unless it belongs to a valid sequence.
pub(super) fn unquote(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let mut after = rest[at + 1..].chars();
        let kind = after.next()?;
        rest = match kind {
            'x' => numeric(after.as_str(), 2, 16, &mut bytes, true)?,
            'u' => numeric(after.as_str(), 4, 16, &mut bytes, false)?,
            'U' => numeric(after.as_str(), 8, 16, &mut bytes, false)?,
            '0'..='7' => numeric(&rest[at + 1..], 3, 8, &mut bytes, true)?,
            other => {
                bytes.push(simple_escape(other)?);
                after.as_str()
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn simple_escape(kind: char) -> Option<u8> {
    Some(match kind {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '"' => b'"',
        _ => return None,
    })
}

/// Takes a number of `digits` digits; gives the rest.
fn numeric<'a>(text: &'a str, digits: usize, radix: u32, to: &mut Vec<u8>, is_byte: bool) -> Option<&'a str> {
    let number = text
        .get(..digits)
        .filter(|n| n.chars().all(|c| c.is_digit(radix)))?;
    let value = u32::from_str_radix(number, radix).ok()?;
    if is_byte {
        to.push(u8::try_from(value).ok()?);
    } else {
        to.extend(char::from_u32(value)?.encode_utf8(&mut [0; 4]).bytes());
    }
    Some(&text[digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(unquote(text).as_deref(), expect, "{text}");
        check("plain", Some("plain"));
        check(r#"a\"b\\c"#, Some("a\"b\\c"));
        check(r"\n\t\x41\101\u2603\U0001F600", Some("\n\tAA\u{2603}\u{1F600}"));
        check(r"\xc3\xa9", Some("é"));
        check(r"\z", None);
        check(r"\'", None);
        check(r"\x4", None);
        check(r"\400", None);
        check(r"\ud800", None);
        check("\\", None);
    }
}
