//! The comment lines below a sample line of Go's debug=1 text: labels and the symbolized stack.
//!
//! ```text
//! 2 @ 0x1000 0x2001
//! # labels: {"tenant":"t0"}
//! #⇥0x1fff⇥main.inner+0x10⇥⇥/src/a.go:7
//! ```

use super::super::{Function, LabelValue, Line as SourceLine, LocationId, ProfileBuilder, StringId};
use super::text::{Lines, hex, int, rsplit_once};

/// What the comment lines of one sample say.
#[derive(Debug, Default)]
pub(super) struct Comments<'a> {
    /// Key and value.
    labels: Vec<(Vec<u8>, Vec<u8>)>,
    /// Leaf first.
    frames: Vec<Frame<'a>>,
}

/// A frame line; name and file are empty where there is no symbol.
#[derive(Debug, Default)]
struct Frame<'a> {
    pc: u64,
    name: &'a [u8],
    file: &'a [u8],
    line: i64,
}

impl<'a> Comments<'a> {
    /// Reads the lines that start with `#`, up to the next other line.
    pub(super) fn read(lines: &mut Lines<'a>) -> Self {
        let mut comments = Self::default();
        while let Some(line) = lines.next_if(|line| line.text.starts_with(b"#")) {
            if let Some(labels) = line.text.strip_prefix(b"# labels: ") {
                comments.labels = parse_labels(labels).unwrap_or_default();
            } else {
                comments.frames.extend(parse_frame(line.text));
            }
        }
        comments
    }

    /// The labels, as a sample has them. One without a text is none, as in protobuf.
    pub(super) fn labels(&self, builder: &mut ProfileBuilder) -> Vec<(StringId, LabelValue)> {
        let labels = self.labels.iter().filter(|(_, value)| !value.is_empty());
        labels
            .map(|(key, value)| {
                let key = builder.string(key);
                (key, LabelValue::Text(builder.string(value)))
            })
            .collect()
    }

    /// The stack, if there is one.
    pub(super) fn stack(&self, builder: &mut ProfileBuilder) -> Option<Vec<LocationId>> {
        let locations = self.frames.iter().map(|frame| frame.location(builder));
        Some(locations.collect()).filter(|stack: &Vec<_>| !stack.is_empty())
    }
}

impl Frame<'_> {
    fn location(&self, builder: &mut ProfileBuilder) -> LocationId {
        if self.name.is_empty() {
            return builder.location(None, self.pc, false, &[]);
        }
        let line = named_line(builder, self.name, self.file, self.line);
        builder.location(None, self.pc, false, &[line])
    }
}

/// A line of a function that is known by name and file only.
pub(super) fn named_line(builder: &mut ProfileBuilder, name: &[u8], file: &[u8], line: i64) -> SourceLine {
    let name = builder.string(name);
    let filename = builder.string(file);
    let function = builder.function(Function {
        name,
        system_name: name,
        filename,
        start_line: 0,
    });
    SourceLine {
        function,
        line,
        column: 0,
    }
}

/// `#⇥0xPC⇥FUNC+0xOFF⇥FILE:LINE` with one or more tabs between the fields, or `#⇥0xPC` alone.
fn parse_frame(line: &[u8]) -> Option<Frame<'_>> {
    let mut fields = line.strip_prefix(b"#\t")?.split(|b| *b == b'\t');
    let pc = hex(fields.next()?.trim_ascii().strip_prefix(b"0x")?)?;
    let mut texts = fields.filter(|f| !f.trim_ascii().is_empty());
    let name = texts.next().unwrap_or_default();
    let place = texts.next().unwrap_or_default();
    let name = rsplit_once(name, b"+0x").map_or(name, |(name, _)| name);
    let (file, line) = rsplit_once(place, b":").unwrap_or((place, b""));
    Some(Frame {
        pc,
        name,
        file,
        line: int(line).unwrap_or(0),
    })
}

/// `{"k":"v", "k2":"v2"}`, all Go-quoted.
fn parse_labels(text: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut rest = text.trim_ascii().strip_prefix(b"{")?.trim_ascii_start();
    let mut labels = Vec::new();
    while rest != b"}" {
        let (key, after) = unquote(rest)?;
        let after = after.trim_ascii_start().strip_prefix(b":")?;
        let (value, after) = unquote(after.trim_ascii_start())?;
        labels.push((key, value));
        rest = after.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    }
    Some(labels)
}

/// A Go-quoted string at the start of a text, and what follows it.
pub(crate) fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut unquoted = Vec::new();
    loop {
        let (first, after) = rest.split_first()?;
        rest = match first {
            b'"' => return Some((unquoted, after)),
            b'\\' => unescape(after, &mut unquoted)?,
            other => {
                unquoted.push(*other);
                after
            }
        };
    }
}

/// What stands after a backslash; returns what follows it.
fn unescape<'a>(text: &'a [u8], unquoted: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (escape, rest) = text.split_first()?;
    let byte = match escape {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'x' => {
            let (digits, rest) = rest.split_at_checked(2)?;
            unquoted.push(u8::try_from(hex(digits)?).ok()?);
            return Some(rest);
        }
        b'u' => return unescape_char(rest, 4, unquoted),
        b'U' => return unescape_char(rest, 8, unquoted),
        other => *other,
    };
    unquoted.push(byte);
    Some(rest)
}

fn unescape_char<'a>(text: &'a [u8], digits: usize, unquoted: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (digits, rest) = text.split_at_checked(digits)?;
    let c = char::from_u32(u32::try_from(hex(digits)?).ok()?)?;
    unquoted.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let labels = parse_labels(text.as_bytes()).unwrap();
        let texts: Vec<_> = labels.iter().map(|(k, v)| (&k[..], &v[..])).collect();
        let expect: Vec<_> = expect.iter().map(|(k, v)| (k.as_bytes(), v.as_bytes())).collect();
        assert_eq!(texts, expect, "{text}");
    }

    #[test]
    fn labels_are_go_quoted() {
        check("{}", &[]);
        check(r#"{"a":"b", "c":"d"}"#, &[("a", "b"), ("c", "d")]);
        check(
            r#"{"t \"0\"":"a\\b\n\x41\u00e9"}"#,
            &[("t \"0\"", "a\\b\nA\u{e9}")],
        );
        assert!(parse_labels(br#"{"a":"b"#).is_none());
        assert!(parse_labels(br#"{"a":"\x4"#).is_none());
    }

    #[test]
    fn frames_are_cut_at_the_last_marks() {
        let frame = parse_frame(b"#\t0x1fff\tmain.(*T[a+0x1]).f+0x10\t\t\tC:/src/a b.go:7").unwrap();
        assert_eq!(frame.name, b"main.(*T[a+0x1]).f");
        assert_eq!(
            (frame.pc, frame.file, frame.line),
            (0x1fff, &b"C:/src/a b.go"[..], 7)
        );
        assert!(parse_frame(b"#\t0x10").unwrap().name.is_empty());
        assert!(parse_frame(b"# Alloc = 5").is_none());
    }
}
