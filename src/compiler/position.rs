//! Lines, and the positions at their start.

use crate::error::printable;

/// A place in a source file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The file as the compiler names it: relative to the folder of the command, an import path with `-trimpath`, or
    /// absolute.
    pub file: String,
    /// From 1.
    pub line: i64,
    /// From 1, in bytes.
    pub column: i64,
}

/// The lines without `\n` and one `\r` before it.
pub(super) fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    data.split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// A line as text without control characters.
pub(super) fn text_of(line: &[u8]) -> String {
    printable(line)
}

/// `FILE.go:LINE:COLUMN` at the start of a text, and what follows it.
pub(super) fn split_position(text: &str) -> Option<(Position, &str)> {
    let ends = text.match_indices(".go:").map(|(at, _)| at + 3);
    ends.filter(|end| *end > 3).find_map(|end| {
        let (line, rest) = leading_number(text.get(end + 1..)?)?;
        let (column, rest) = leading_number(rest.strip_prefix(':')?)?;
        let file = text.get(..end)?.to_string();
        Some((Position { file, line, column }, rest))
    })
}

/// The digits at the start, as a number.
pub(super) fn leading_number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}
