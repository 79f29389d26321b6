//! Bytes to lines: byte-order marks, UTF-16, line ends, white space, and bytes that are no UTF-8.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How the bytes of an input are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8 without a mark; also what is no valid text at all.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 with a byte-order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// UTF-16, little end first, as PowerShell's `>` writes it.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big end first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// The text without its byte-order mark. Only UTF-16 is copied.
pub(super) fn decode(bytes: &[u8]) -> (Encoding, Cow<'_, [u8]>) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8Bom, rest.into()),
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16Le, utf16(rest, u16::from_le_bytes).into()),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16Be, utf16(rest, u16::from_be_bytes).into()),
        _ => (Encoding::Utf8, bytes.into()),
    }
}

/// The lines with their numbers from 1, without `\n` and one `\r` before it. Of any length.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    (1..).zip(
        text.split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line)),
    )
}

/// A line as text. Bytes that are no UTF-8 become U+FFFD, or, if they are to be kept, marks that
/// [`original_bytes`] turns back.
pub(super) fn line_text(line: &[u8], keep_bytes: bool) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) if !keep_bytes || !text.chars().any(is_mark) => text.into(),
        _ if !keep_bytes => String::from_utf8_lossy(line),
        _ => marked(line).into(),
    }
}

/// The bytes that a text was read from, for a text that was read with [`super::ParseOptions::keep_bytes`].
pub fn original_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        match is_mark(c) {
            true => bytes.push((c as u32 - FIRST_MARK) as u8 + 0x80),
            false => bytes.extend(c.encode_utf8(&mut buffer).bytes()),
        }
    }
    bytes
}

/// Splits at the first white space: the field, and the rest without the white space before it.
pub(super) fn split_field(text: &str) -> (&str, &str) {
    let (field, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (field, rest.trim_start())
}

/// Without the escape sequences that colour a terminal.
pub(super) fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\x1b') {
        return text.into();
    }
    let mut pieces = text.split('\x1b');
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| match piece.strip_prefix('[') {
        Some(sequence) => sequence
            .trim_start_matches(|c: char| matches!(c, ' '..='?'))
            .get(1..)
            .unwrap_or(""),
        None => piece,
    });
    std::iter::once(first).chain(rest).collect::<String>().into()
}

/// The last 128 usable characters of the last private plane stand for the bytes 80 to FF. A text that holds one of
/// them itself is taken for bytes as well, so that turning back is always exact.
const FIRST_MARK: u32 = 0x0010_FF00;

fn is_mark(c: char) -> bool {
    (FIRST_MARK..FIRST_MARK + 128).contains(&(c as u32))
}

fn marked(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len() + 12);
    let mark = |byte: &u8| char::from_u32(FIRST_MARK + u32::from(byte & 0x7F)).unwrap_or('\u{FFFD}');
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            match is_mark(c) {
                true => text.extend(c.to_string().as_bytes().iter().map(mark)),
                false => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().map(mark));
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let decoded = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}'));
    let mut text: String = decoded.collect();
    text.extend(odd.iter().map(|_| '\u{FFFD}'));
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_tell_the_encoding() {
        let check = |bytes: &[u8], encoding, text: &str| {
            let (got, decoded) = decode(bytes);
            assert_eq!((got, decoded.as_ref()), (encoding, text.as_bytes()));
        };
        check(b"ab", Encoding::Utf8, "ab");
        check(b"\xEF\xBB\xBFab", Encoding::Utf8Bom, "ab");
        check(b"\xFF\xFEa\0\xB5\0", Encoding::Utf16Le, "aµ");
        check(b"\xFE\xFF\0a\xD8\x3D\xDE\0", Encoding::Utf16Be, "a😀");
        check(b"\xFF\xFEa\0b", Encoding::Utf16Le, "a\u{FFFD}");
        check(b"\xFF\xFE\x00\xD8", Encoding::Utf16Le, "\u{FFFD}");
        check(b"", Encoding::Utf8, "");
    }

    #[test]
    fn lines_lose_their_ends_only() {
        let got: Vec<_> = lines(b"a\r\nb\n\nc\r\r").collect();
        assert_eq!(got, [(1, &b"a"[..]), (2, b"b"), (3, b""), (4, b"c\r")]);
    }

    #[test]
    fn bytes_survive_when_they_are_to_be_kept() {
        let check = |line: &[u8]| assert_eq!(original_bytes(&line_text(line, true)), line);
        check(b"plain");
        check("µ\u{10FF05}x".as_bytes());
        check(b"a\xFFb\xC3");
        assert_eq!(line_text(b"a\xFFb", true).chars().count(), 3);
        assert_eq!(line_text(b"a\xFFb", false), "a\u{FFFD}b");
    }

    #[test]
    fn escape_sequences_vanish() {
        assert_eq!(
            without_escapes("\x1b[31m--- FAIL: X\x1b[0m\x1b[1;32mok"),
            "--- FAIL: Xok"
        );
        assert_eq!(without_escapes("a\x1b[3"), "a");
    }
}
