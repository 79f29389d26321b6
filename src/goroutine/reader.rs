//! Line after line to goroutines.

use std::collections::BTreeSet;

use super::frame::{Line, line};
use super::header::header;
use super::{Ancestor, Creator, Elided, Frame, Goroutine, GoroutineDump, TextLine};
use crate::error::{Error, Place, Problem, Warning, counted, printable};

/// Unreadable lines that are told one by one; the others are counted.
const MOST_WARNINGS: usize = 20;
/// How much of an unreadable line is shown.
const MOST_SHOWN: usize = 60;
/// How much of an input must be text to be looked through.
const HEAD: usize = 512;

/// Whether a text holds a goroutine with its state: at the start of a line stands `goroutine N […]:`.
pub fn looks_like_dump(data: &[u8]) -> bool {
    let is_text = |b: &u8| *b >= b' ' || b"\t\n\r\x0c\x1b".contains(b);
    data.iter().take(HEAD).all(is_text) && lines(data).any(is_header)
}

fn is_header(line: &[u8]) -> bool {
    line.starts_with(b"goroutine ") && header(&text_of(line)).is_some()
}

/// Reads a dump. The only error is that there is no goroutine in it.
pub fn parse(data: &[u8], input: &str) -> Result<GoroutineDump, Error> {
    let mut reader = Reader::new(input);
    let mut last = 0;
    for (number, line) in (1..).zip(lines(data)) {
        reader.line(number, &text_of(line));
        last = number;
    }
    reader.without_place(last);
    let dump = reader.finish();
    if dump.goroutines.is_empty() {
        return Err(Problem::NoGoroutines.at(input));
    }
    Ok(dump)
}

/// The lines without `\n` and one `\r` before it; a byte-order mark is skipped.
fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    data.split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Bytes that are no UTF-8 become `\xff`; all else stays.
fn text_of(line: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(line) {
        return text.into();
    }
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&printable(chunk.invalid()));
    }
    text.into()
}

/// Where in the grammar the next line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Outside of goroutines.
    Outside,
    /// In a goroutine.
    Stack,
    /// After a call.
    Place,
    /// After `created by`.
    CreatorPlace,
    /// In a goroutine after a line that could not be read.
    Skipped,
}

struct Reader<'a> {
    input: &'a str,
    dump: GoroutineDump,
    at: At,
    unreadable: usize,
}

impl<'a> Reader<'a> {
    fn new(input: &'a str) -> Self {
        Self {
            input,
            dump: GoroutineDump::default(),
            at: At::Outside,
            unreadable: 0,
        }
    }

    fn line(&mut self, number: u64, text: &str) {
        if let Some(goroutine) = header(text) {
            self.without_place(number);
            self.dump.goroutines.push(goroutine);
            self.at = At::Stack;
        } else if text.trim_ascii().is_empty() {
            self.without_place(number);
            self.at = At::Outside;
        } else if self.at == At::Outside {
            let text = text.to_string();
            self.dump.preamble.push(TextLine { line: number, text });
        } else if self.at != At::Skipped {
            self.inside(number, text);
        }
    }

    /// A line below a header.
    fn inside(&mut self, number: u64, text: &str) {
        let Some(goroutine) = self.dump.goroutines.last_mut() else {
            return;
        };
        let at = std::mem::replace(&mut self.at, At::Stack);
        let mut stack = StackOf::last(goroutine);
        match (line(text), at) {
            (Line::Place(file, line), At::Place) => stack.place_call(file, line),
            (Line::Place(file, line), At::CreatorPlace) => stack.place_creator(file, line),
            (Line::Place(..) | Line::Unreadable, _) => self.unreadable(number, text),
            (_, At::Place | At::CreatorPlace) => {
                self.at = at;
                self.without_place(number);
                self.inside(number, text);
            }
            (Line::Call(frame), _) => {
                stack.frames.push(frame);
                self.at = At::Place;
            }
            (Line::Created(creator), _) => {
                *stack.created_by = Some(creator);
                self.at = At::CreatorPlace;
            }
            (Line::Elided(frames), _) => {
                let after = stack.frames.len();
                *stack.elided = Some(Elided { after, frames });
            }
            (Line::Ancestor(id), _) => goroutine.ancestors.push(Ancestor {
                goroutine: id,
                ..Ancestor::default()
            }),
            (Line::Unavailable, _) => {}
            (Line::Other, _) => {
                self.at = At::Outside;
                self.line(number, text);
            }
        }
    }

    fn unreadable(&mut self, number: u64, text: &str) {
        self.at = At::Skipped;
        let shown: String = text.chars().take(MOST_SHOWN).collect();
        let shown = printable(shown.as_bytes());
        let rest = format!("the rest of goroutine {} is left out", self.id());
        self.tell(number, format!("no line of a stack: \"{shown}\"; {rest}"));
    }

    /// A line that comes where the file of a call should stand: the text was cut there.
    fn without_place(&mut self, number: u64) {
        if matches!(self.at, At::Place | At::CreatorPlace) {
            self.at = At::Stack;
            self.tell(
                number,
                format!("goroutine {}: a call without file and line", self.id()),
            );
        }
    }

    /// Number of the goroutine that is being read.
    fn id(&self) -> u64 {
        self.dump.goroutines.last().map_or(0, |g| g.id)
    }

    fn tell(&mut self, line: u64, message: String) {
        self.unreadable += 1;
        if self.unreadable <= MOST_WARNINGS {
            let place = Place::line(self.input, line);
            self.dump
                .warnings
                .push(Warning::new("unreadable-line", place, message));
        }
    }

    fn finish(mut self) -> GoroutineDump {
        if self.unreadable > MOST_WARNINGS {
            let more = counted((self.unreadable - MOST_WARNINGS) as u64, "more line");
            self.warn(
                "unreadable-lines",
                format!("{more} in other goroutines could not be read"),
            );
        }
        let twice = repeated(&self.dump.goroutines);
        if twice > 0 {
            let twice = counted(twice, "goroutine");
            self.warn(
                "several-dumps",
                format!("{twice} occur again: several dumps in one text are counted together; give each as a file of its own to see what grows"),
            );
        }
        self.dump
    }

    fn warn(&mut self, code: &str, message: String) {
        let place = Place::input(self.input);
        self.dump.warnings.push(Warning::new(code, place, message));
    }
}

/// How many goroutines have the number of an earlier one. Every thread has a goroutine 0.
fn repeated(goroutines: &[Goroutine]) -> u64 {
    let mut seen = BTreeSet::new();
    let again = |g: &&Goroutine| g.id != 0 && !seen.insert(g.id);
    goroutines.iter().filter(again).count() as u64
}

/// The stack that lines belong to: the goroutine's own, or that of its last ancestor.
struct StackOf<'a> {
    frames: &'a mut Vec<Frame>,
    elided: &'a mut Option<Elided>,
    created_by: &'a mut Option<Creator>,
}

impl<'a> StackOf<'a> {
    fn last(goroutine: &'a mut Goroutine) -> Self {
        match goroutine.ancestors.last_mut() {
            Some(ancestor) => Self {
                frames: &mut ancestor.frames,
                elided: &mut ancestor.elided,
                created_by: &mut ancestor.created_by,
            },
            None => Self {
                frames: &mut goroutine.frames,
                elided: &mut goroutine.elided,
                created_by: &mut goroutine.created_by,
            },
        }
    }

    fn place_call(&mut self, file: &str, line: i64) {
        if let Some(frame) = self.frames.last_mut() {
            (frame.file, frame.line) = (file.to_string(), line);
        }
    }

    fn place_creator(&mut self, file: &str, line: i64) {
        if let Some(creator) = self.created_by {
            (creator.file, creator.line) = (file.to_string(), line);
        }
    }
}
