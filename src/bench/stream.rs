//! Lines to a log, one by one, and results handed over before the last line is read.

use std::io::{self, BufRead, Read};

use super::events::Streams;
use super::log::{BenchLog, BenchResult, Format};
use super::reader::{At, ParseOptions, Reader, Stream, parse_with};
use super::test2json::is_events;
use super::text::Encoding;
use crate::error::{Error, Problem};

/// As [`parse_with`], line by line: memory grows with the results and the longest line, not with the text. Only UTF-16 is
/// read as a whole.
///
/// # Errors
/// Those of the reader outside, [`Problem::NoResults`] inside.
pub fn parse_stream(
    reader: &mut impl BufRead,
    input: &str,
    options: ParseOptions,
) -> io::Result<Result<BenchLog, Error>> {
    let mut results = Vec::new();
    let parsed = parse_each(reader, input, options, &mut |some| results.append(some))?;
    Ok(parsed.map(|(log, _)| BenchLog { results, ..log }))
}

/// As [`parse_stream`], but the results are handed to `take` some at a time, in order, and are not in the log. Memory grows
/// with what `take` keeps; events are handed over at the end, since only then their packages are known. Tells how many
/// results there were.
///
/// # Errors
/// Those of the reader outside, [`Problem::NoResults`] inside.
pub fn parse_each(
    reader: &mut impl BufRead,
    input: &str,
    options: ParseOptions,
    take: &mut dyn FnMut(&mut Vec<BenchResult>),
) -> io::Result<Result<(BenchLog, usize), Error>> {
    let mut line = Vec::new();
    reader.take(3).read_to_end(&mut line)?;
    let (encoding, rest) = match line.as_slice() {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            reader.read_to_end(&mut line)?;
            return Ok(parse_with(&line, input, options).map(|log| handed_over(log, 0, take)));
        }
        [0xEF, 0xBB, 0xBF] => (Encoding::Utf8Bom, Vec::new()),
        _ => (Encoding::Utf8, line),
    };
    let mut parser = Parser::new(input, options);
    let mut reader = io::Cursor::new(rest).chain(reader);
    let mut line = Vec::new();
    let mut count = 0;
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        let whole = line.strip_suffix(b"\n");
        let text = whole.unwrap_or(&line);
        parser.take(text.strip_suffix(b"\r").unwrap_or(text));
        if whole.is_none() {
            break;
        }
        count += parser.hand_over(take);
    }
    Ok(parser
        .finish_after(count, encoding)
        .map(|log| handed_over(log, count, take)))
}

/// Hands over what the log still has; `count` were handed over before.
fn handed_over(
    mut log: BenchLog,
    count: usize,
    take: &mut dyn FnMut(&mut Vec<BenchResult>),
) -> (BenchLog, usize) {
    let count = count + log.results.len();
    take(&mut log.results);
    log.results = Vec::new();
    (log, count)
}

/// So many results are handed over at once.
const BATCH: usize = 1024;

/// Lines to a log, one by one.
pub(super) struct Parser<'a> {
    reader: Reader<'a>,
    line: u64,
    kind: Kind,
}

/// What the lines are; not known before the first that is not blank.
enum Kind {
    Unknown,
    Text(Stream),
    Events(Streams),
}

impl<'a> Parser<'a> {
    pub(super) fn new(input: &'a str, options: ParseOptions) -> Self {
        Self {
            reader: Reader::new(input, options),
            line: 0,
            kind: Kind::Unknown,
        }
    }

    /// Takes a line without its end.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.line += 1;
        let line = self.line;
        if matches!(self.kind, Kind::Unknown) && !bytes.trim_ascii().is_empty() {
            self.kind = match is_events(bytes) {
                true => Kind::Events(Streams::default()),
                false => Kind::Text(Stream::default()),
            };
        }
        match &mut self.kind {
            Kind::Unknown => {}
            Kind::Text(stream) => self.reader.take_line(stream, At { line, time: None }, bytes),
            Kind::Events(streams) => self.reader.take_event_line(streams, line, bytes),
        }
    }

    /// Hands over results of a text once there are many; tells how many.
    fn hand_over(&mut self, take: &mut dyn FnMut(&mut Vec<BenchResult>)) -> usize {
        let results = &mut self.reader.results;
        let count = results.len();
        if count < BATCH || !matches!(self.kind, Kind::Text(_)) {
            return 0;
        }
        take(results);
        results.clear();
        count
    }

    /// The log of all lines.
    pub(super) fn finish(self, encoding: Encoding) -> Result<BenchLog, Error> {
        self.finish_after(0, encoding)
    }

    /// The log, when `count` results were handed over before.
    fn finish_after(self, count: usize, encoding: Encoding) -> Result<BenchLog, Error> {
        let Self {
            mut reader,
            line,
            kind,
        } = self;
        let format = match kind {
            Kind::Unknown => Format::Text,
            Kind::Text(mut stream) => {
                reader.stop_waiting(&mut stream);
                Format::Text
            }
            Kind::Events(streams) => {
                reader.end_events(streams, line);
                Format::Test2Json
            }
        };
        if reader.results.is_empty() && count == 0 {
            return Err(Problem::NoResults.at(reader.input));
        }
        Ok(BenchLog {
            input: reader.input.to_string(),
            format,
            encoding,
            results: reader.results,
            units: reader.units,
            failures: reader.failures.list,
            warnings: reader.warnings,
            recovered: reader.recovered,
            syntax_errors: reader.syntax_errors,
            ignored_lines: reader.ignored_lines,
        })
    }
}
