//! Lines to results: what each line means, one stream of lines per package.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::config::{Config, MOST_KEYS, config_line};
use super::failure::{Failures, note, outcome};
use super::log::{BenchLog, BenchResult, BenchUnit, Measurement};
use super::recover::{Numbers, names, numbers, tail};
use super::stream::Parser;
use super::test2json::is_events;
use super::text::{decode, line_text, lines, split_field, without_escapes};
use super::units::{Units, unit_line};
use crate::error::{Error, Place, Warning};
use crate::unit::tidy;

/// How to read an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseOptions {
    /// Put results together again that the program's own output tore apart; otherwise their lines are bad lines.
    pub recover: bool,
    /// Keep bytes that are no UTF-8, to be had back by [`super::original_bytes`]; otherwise they become U+FFFD.
    pub keep_bytes: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            recover: true,
            keep_bytes: false,
        }
    }
}

impl ParseOptions {
    /// As benchstat reads: nothing recovered, every byte kept.
    pub const BENCHSTAT: Self = Self {
        recover: false,
        keep_bytes: true,
    };
}

/// Reads the output of `go test -bench`, as text or as events (`-json`). `input` is its name for messages.
///
/// Bad lines are warnings; the only error is [`Problem::NoResults`](crate::error::Problem::NoResults).
pub fn parse(bytes: &[u8], input: &str) -> Result<BenchLog, Error> {
    parse_with(bytes, input, ParseOptions::default())
}

/// As [`parse`], with options.
pub fn parse_with(bytes: &[u8], input: &str, options: ParseOptions) -> Result<BenchLog, Error> {
    let (encoding, text) = decode(bytes);
    let mut parser = Parser::new(input, options);
    for (_, line) in lines(&text) {
        parser.take(line);
    }
    parser.finish(encoding)
}

/// Whether a content is the output of `go test -bench`: events, a result, or the lines before the first result.
pub fn looks_like_bench(bytes: &[u8]) -> bool {
    let (_, text) = decode(bytes);
    let telling = |line: &[u8]| {
        let text = line_text(line, false);
        let result = text.strip_prefix("Benchmark").map(|rest| split_field(rest).1);
        let begun = || names(&text).len() == 1 && text.starts_with("Benchmark");
        result.is_some_and(|rest| numbers(rest).is_ok() || begun())
            || text.starts_with("goos: ")
            || text.starts_with("goarch: ")
    };
    is_events(&text) || lines(&text).any(|(_, line)| matches!(line, [b'B' | b'g', ..]) && telling(line))
}

/// Where a line stands and when it was written.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) line: u64,
    pub(super) time: Option<i64>,
}

/// The lines of one package, or of a plain text.
#[derive(Default)]
pub(super) struct Stream {
    /// The package that the events name; empty for plain text.
    pub(super) package: String,
    pub(super) config: Config,
    /// The configuration as shared by the results so far, until a line changes it.
    pub(super) shared: Option<Arc<Config>>,
    pub(super) has_pkg_line: bool,
    /// A name that waits for its numbers.
    pub(super) waiting: Option<Waiting>,
    /// A benchmark that `go test -v` says has begun.
    pub(super) started: Option<String>,
    /// Index of a panic whose benchmark is not known yet.
    pub(super) panic: Option<usize>,
    /// Text of a line that is not complete yet.
    pub(super) partial: Vec<u8>,
}

pub(super) struct Waiting {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) text: String,
}

pub(super) struct Reader<'a> {
    pub(super) input: &'a str,
    pub(super) options: ParseOptions,
    pub(super) results: Vec<BenchResult>,
    pub(super) units: Units,
    pub(super) failures: Failures,
    pub(super) warnings: Vec<Warning>,
    pub(super) recovered: usize,
    pub(super) syntax_errors: usize,
    pub(super) ignored_lines: usize,
    pub(super) known_names: FxHashSet<Arc<str>>,
    pub(super) known_units: FxHashMap<String, Arc<BenchUnit>>,
    pub(super) too_many_keys: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a str, options: ParseOptions) -> Self {
        Self {
            input,
            options,
            results: Vec::new(),
            units: Units::default(),
            failures: Failures::default(),
            warnings: Vec::new(),
            recovered: 0,
            syntax_errors: 0,
            ignored_lines: 0,
            known_names: FxHashSet::default(),
            known_units: FxHashMap::default(),
            too_many_keys: false,
        }
    }

    pub(super) fn take_line(&mut self, stream: &mut Stream, at: At, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let text = line_text(bytes, self.options.keep_bytes);
        if text.starts_with("Benchmark") {
            self.take_benchmark(stream, at, &text);
        } else if self.options.recover && self.mend(stream, at, &text) {
            // A name or a tail inside the program's own output.
        } else if let Some(fields) = unit_line(&text) {
            let messages = self.units.take_line(fields, at.line);
            messages
                .into_iter()
                .for_each(|message| self.bad_line(at, message));
        } else if let Some((key, value)) = config_line(&text) {
            // `panic: …` and `signal: …` have the form of a setting; benchstat takes them for one.
            let ending = matches!(key, "panic" | "signal");
            if ending {
                self.take_other(stream, at, &text);
            }
            if !ending || !self.options.recover {
                self.configure(stream, at, key, value);
            }
        } else {
            self.take_other(stream, at, &text);
        }
    }

    /// A line that begins with `Benchmark`.
    fn take_benchmark(&mut self, stream: &mut Stream, at: At, text: &str) {
        let (name, rest) = split_field(&text["Benchmark".len()..]);
        if name.len() + "Benchmark".len() == text.len() {
            stream.started = Some(name.to_string());
            return;
        }
        let message = match numbers(rest) {
            Ok(numbers) => {
                self.stop_waiting(stream);
                return self.push(stream, at, name, &numbers);
            }
            Err(message) => message,
        };
        let plain = without_escapes(rest);
        let ended = outcome(&plain);
        if let Some(note) = ended {
            self.take_note(stream, at, text, note);
        }
        let begun = self.options.recover && (self.mend(stream, at, text) || ended.is_some());
        if !(begun && message.contains("iteration count")) {
            self.bad_line(at, message);
        }
    }

    /// Looks for a waiting name and for the numbers of one; true if there was either.
    fn mend(&mut self, stream: &mut Stream, at: At, text: &str) -> bool {
        if !text.contains('\t') {
            return false;
        }
        let found = names(text);
        if found.is_empty() && text.starts_with("Benchmark") {
            return false;
        }
        for (name, _) in &found {
            self.stop_waiting(stream);
            let name = name.to_string();
            stream.waiting = Some(Waiting {
                name,
                line: at.line,
                text: text.to_string(),
            });
        }
        let rest = found.last().map_or(text, |(_, rest)| rest);
        let complete = found.last().and_then(|_| numbers(rest).ok());
        let completed = stream
            .waiting
            .take_if(|_| complete.is_some() || tail(rest).is_some());
        if let (Some(name), Some(numbers)) = (&completed, complete.or_else(|| tail(rest))) {
            self.recovered += 1;
            self.push(
                stream,
                At {
                    line: name.line,
                    ..at
                },
                &name.name,
                &numbers,
            );
        }
        completed.is_some() || !found.is_empty()
    }

    /// A line that is neither result nor setting: it may tell how the run ends.
    fn take_other(&mut self, stream: &mut Stream, at: At, text: &str) {
        let plain = without_escapes(text);
        if let Some(note) = note(&plain) {
            self.take_note(stream, at, &plain, note);
        }
    }

    fn configure(&mut self, stream: &mut Stream, at: At, key: &str, value: &str) {
        stream.has_pkg_line |= key == "pkg";
        stream.shared = None;
        if !stream.config.set(key, value) && !std::mem::replace(&mut self.too_many_keys, true) {
            let message = format!("more than {MOST_KEYS} configuration keys; the others are left out");
            self.warnings.push(Warning::new(
                "config-keys",
                Place::line(self.input, at.line),
                message,
            ));
        }
    }

    fn push(&mut self, stream: &mut Stream, at: At, name: &str, numbers: &Numbers) {
        stream.started = None;
        let config = stream
            .shared
            .get_or_insert_with(|| Arc::new(stream.config.clone()))
            .clone();
        let measure = |(value, unit): &(f64, &str)| {
            let unit = self.unit(unit);
            Measurement {
                value: value * unit.factor,
                original: *value,
                unit,
            }
        };
        let measurements = numbers.measurements.iter().map(measure).collect();
        let (name, iterations) = (self.name(name), numbers.iterations);
        self.results.push(BenchResult {
            name,
            iterations,
            measurements,
            config,
            line: at.line,
            time: at.time,
        });
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.known_names.get(name) {
            return known.clone();
        }
        let new: Arc<str> = name.into();
        self.known_names.insert(new.clone());
        new
    }

    fn unit(&mut self, original: &str) -> Arc<BenchUnit> {
        if let Some(known) = self.known_units.get(original) {
            return known.clone();
        }
        let base = tidy(original);
        let unit = BenchUnit {
            name: base.unit,
            original: original.to_string(),
            factor: base.factor,
        };
        let new = Arc::new(unit);
        self.known_units.insert(original.to_string(), new.clone());
        new
    }

    fn bad_line(&mut self, at: At, message: String) {
        self.syntax_errors += 1;
        self.warnings
            .push(Warning::new("syntax", Place::line(self.input, at.line), message));
    }
}

impl Stream {
    /// The import path: as the events say, else as the text does.
    pub(super) fn package(&self) -> &str {
        if self.package.is_empty() {
            self.config.get("pkg").unwrap_or_default()
        } else {
            &self.package
        }
    }
}
