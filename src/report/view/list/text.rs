//! `list` as text, CSV and Markdown, and the lines of a source.

use super::super::csv::csv;
use super::super::names::share;
use super::super::table::{escaped, fenced};
use super::{ListView, ListedFunction, ListedLine};
use crate::error::printable;
use crate::unit::percent;

const COLUMNS: [&str; 6] = ["name", "file", "line", "text", "flat", "cum"];

/// The longest line of which the reference reads the end; it stops before a longer one.
const LONGEST: usize = 1 << 16;

/// The lines of a source as the reference reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SourceLines(Vec<String>);

/// Cuts a text into lines, up to one that is too long.
pub(super) fn source_lines(text: &[u8]) -> SourceLines {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return SourceLines::default();
    }
    let lines = text
        .split(|b| *b == b'\n')
        .take_while(|line| line.len() < LONGEST);
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    SourceLines(
        lines
            .map(|line| crate::error::lossless(line).into_owned())
            .collect(),
    )
}

impl SourceLines {
    /// The line with this number, from 1.
    pub(super) fn get(&self, line: i64) -> Option<&str> {
        let row = usize::try_from(line).ok()?.checked_sub(1)?;
        self.0.get(row).map(String::as_str)
    }

    /// The lines with numbers from `first` to `last` that there are.
    pub(super) fn range(&self, first: i64, last: i64) -> impl Iterator<Item = (i64, &String)> {
        let before = usize::try_from(first.saturating_sub(1)).unwrap_or(0);
        let numbered = (1..).zip(&self.0).skip(before);
        numbered.take_while(move |(line, _)| *line <= last)
    }
}

impl ListView<'_> {
    /// Text byte for byte as `go tool pprof -list` prints it: sums over nodes, and sources only where it looks.
    pub fn pprof(&self) -> String {
        let mut out = format!("Total: {}\n", self.value(self.subject.total));
        for (function, next) in self.functions.iter().zip(1..) {
            let name = printable(function.name.as_bytes());
            let Some(file) = &function.file else {
                // Of one name the function without a file comes first; one that has a file speaks for both.
                if self
                    .functions
                    .get(next)
                    .is_none_or(|other| other.name != function.name)
                {
                    out.push_str(&format!("No source information for {name}\n"));
                }
                continue;
            };
            let reference = &function.reference;
            let part = percent(reference.cum, self.subject.total);
            self.push_heading(&name, file, (reference.flat, reference.cum), &part, &mut out);
            match &reference.lines {
                Ok(lines) => lines.iter().for_each(|line| self.push_line(line, &mut out)),
                Err(why) => out.push_str(&format!(" Error: {}\n", printable(why.as_bytes()))),
            }
        }
        out
    }

    /// Text in the same layout after the filters in force, with signed shares; a sample counts once in a function,
    /// and without a source the sampled lines are listed.
    pub fn text(&self) -> String {
        let mut out: String = self
            .subject
            .filter_lines()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        out.push_str(&format!("Total: {}\n", self.value(self.subject.total)));
        for function in &self.functions {
            out.push_str(&self.function_text(function));
        }
        out
    }

    /// A row per line.
    pub fn csv(&self) -> String {
        let rows = self.functions.iter().flat_map(|f| {
            f.lines.iter().map(move |l| {
                vec![
                    f.name.clone(),
                    f.file.clone().unwrap_or_default(),
                    l.line.to_string(),
                    l.text.clone().unwrap_or_default(),
                    l.flat.to_string(),
                    l.cum.to_string(),
                ]
            })
        });
        csv(&COLUMNS, rows)
    }

    /// A heading and the listing of each function.
    pub fn markdown(&self) -> String {
        let one =
            |f: &ListedFunction| format!("### {}\n\n{}", escaped(&f.name), fenced(&self.function_text(f)));
        self.functions.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    fn function_text(&self, function: &ListedFunction) -> String {
        let mut out = String::new();
        let name = match function.name.as_str() {
            "" => "<unknown>".to_string(),
            name => printable(name.as_bytes()),
        };
        let file = function.file.as_deref().unwrap_or("an unknown file");
        let part = self.part_text(function.cum);
        self.push_heading(&name, file, (function.flat, function.cum), &part, &mut out);
        if let Some(why) = &function.source_error {
            out.push_str(&format!(" No source: {}\n", printable(why.as_bytes())));
        }
        function
            .lines
            .iter()
            .for_each(|line| self.push_line(line, &mut out));
        out
    }

    /// The part of the total with its sign; it cannot pass 100 % as the reference's sums may.
    fn part_text(&self, cum: i64) -> String {
        let is_negative = share(cum, self.subject.total).is_some_and(|s| s < 0.0);
        let sign = if is_negative { "-" } else { "" };
        format!("{sign}{}", percent(cum, self.subject.total).trim_start())
    }

    fn push_heading(&self, name: &str, file: &str, sums: (i64, i64), part: &str, out: &mut String) {
        let (flat, cum) = (self.value(sums.0), self.value(sums.1));
        let file = printable(file.as_bytes());
        out.push_str(&format!("ROUTINE ======================== {name} in {file}\n"));
        out.push_str(&format!("{flat:>10} {cum:>10} (flat, cum) {part} of Total\n"));
    }

    fn push_line(&self, line: &ListedLine, out: &mut String) {
        let (flat, cum) = (self.value_or_dot(line.flat), self.value_or_dot(line.cum));
        let text = line.text.as_deref().unwrap_or_default();
        out.push_str(&format!("{flat:>10} {cum:>10} {:6}:{}\n", line.line, code(text)));
    }

    fn value_or_dot(&self, value: i64) -> String {
        if value == 0 {
            ".".to_string()
        } else {
            self.value(value)
        }
    }

    fn value(&self, value: i64) -> String {
        self.subject.text(value, self.subject.unit)
    }
}

/// Source as it is shown: tabs stay, other control characters are written as escapes.
fn code(text: &str) -> String {
    text.split('\t')
        .map(|part| printable(part.as_bytes()))
        .collect::<Vec<_>>()
        .join("\t")
}
