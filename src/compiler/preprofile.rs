//! The text into which `go tool preprofile` turns a CPU profile for the compiler.
//!
//! ```text
//! GO PREPROFILE V1
//! caller
//! callee
//! 1 93              line of the call less that of the caller's declaration, and the weight
//! ```

use crate::error::printable;

/// The line that the text begins with.
const HEAD: &[u8] = b"GO PREPROFILE V1";

/// The edges of such a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preprofile {
    /// In the order of the text, which is that of falling weight.
    pub edges: Vec<PreprofileEdge>,
    /// Lines that are no part of an edge, and after which nothing was read.
    pub broken_line: Option<u64>,
}

/// A call that the compiler takes as hot, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreprofileEdge {
    /// The function that calls, printable.
    pub caller: String,
    /// The function that is called, printable.
    pub callee: String,
    /// Lines from the caller's declaration to the call.
    pub offset: i64,
    /// Samples, or nanoseconds.
    pub weight: i64,
}

impl Preprofile {
    /// Sum of all weights.
    pub fn weight(&self) -> i64 {
        self.edges.iter().map(|e| e.weight).fold(0, i64::saturating_add)
    }
}

/// Whether data are such a text.
pub fn looks_like_preprofile(data: &[u8]) -> bool {
    data.strip_prefix(HEAD)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'\n' | b'\r')))
}

/// Reads it up to the first line that does not fit.
pub fn parse_preprofile(data: &[u8]) -> Preprofile {
    let mut found = Preprofile::default();
    let mut lines = data.split(|b| *b == b'\n').zip(1u64..).skip(1);
    loop {
        let (caller, at) = match lines.next() {
            Some((b"", _)) | None => return found,
            Some((caller, at)) => (caller, at),
        };
        let edge = lines.next().and_then(|(callee, _)| {
            let (numbers, _) = lines.next()?;
            let numbers = std::str::from_utf8(numbers).ok()?.trim_end();
            let (offset, weight) = numbers.split_once(' ')?;
            Some(PreprofileEdge {
                caller: printable(caller),
                callee: printable(callee),
                offset: offset.parse().ok()?,
                weight: weight.parse().ok()?,
            })
        });
        match edge {
            Some(edge) => found.edges.push(edge),
            None => {
                found.broken_line = Some(at);
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_three_lines_each() {
        let text = b"GO PREPROFILE V1\na.F\nb.(*T).G\n1 93\nb.H\nc.I\n-2 7\n";
        assert!(looks_like_preprofile(text));
        let read = parse_preprofile(text);
        assert_eq!(
            (read.edges.len(), read.weight(), read.broken_line),
            (2, 100, None)
        );
        let second = read.edges.get(1).map(|e| (e.callee.as_str(), e.offset));
        assert_eq!(second, Some(("c.I", -2)));
    }

    #[test]
    fn a_cut_text_tells_where_it_ends() {
        let read = parse_preprofile(b"GO PREPROFILE V1\na.F\nb.G\n1 93\nb.H\nc.I\n");
        assert_eq!((read.edges.len(), read.broken_line), (1, Some(5)));
        assert!(!looks_like_preprofile(b"GO PREPROFILE V12\n") && !looks_like_preprofile(b""));
    }
}
