//! Reads benchmark results for the verbs that know nothing else, with labels.

use std::fmt;
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use perfplan::analyze::compare::{TableBuilder, Tables};
use perfplan::bench::filter::Filter;
use perfplan::bench::{BenchLog, BenchResult, ParseOptions, Projections, parse_each};
use perfplan::error::{Error, Problem, Warning, printable};
use perfplan::profile::{Limits, is_gzip, unpack};
use perfplan::report::compare::InputFacts;

use crate::compare_args::LayoutArgs;
use crate::{inputs, output};

/// The program ends with this on standard error.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: u8,
    /// Whole lines.
    pub text: String,
}

impl Ended {
    /// A fault of usage or input.
    pub fn fault(text: impl fmt::Display) -> anyhow::Error {
        let text = format!("perfplan: {text}");
        Self { code: 2, text }.into()
    }

    /// Several lines, each with the name of the program.
    pub fn lines(code: u8, lines: &[String]) -> anyhow::Error {
        let lines: Vec<String> = lines.iter().map(|line| format!("perfplan: {line}")).collect();
        let text = lines.join("\n");
        Self { code, text }.into()
    }
}

impl fmt::Display for Ended {
    /// Safe for a terminal; lines and tabs stay.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.text.split_inclusive(['\n', '\t']) {
            let text = piece.trim_end_matches(['\n', '\t']);
            f.write_str(&printable(text.as_bytes()))?;
            f.write_str(&piece[text.len()..])?;
        }
        Ok(())
    }
}

impl std::error::Error for Ended {}

/// An input with its label.
pub struct Labelled {
    pub label: String,
    pub path: String,
    /// `None` for an input without a single result.
    pub facts: Option<InputFacts>,
    /// About lines that could not be read.
    pub warnings: Vec<Warning>,
}

/// The filter and the projections, checked in this order.
pub fn layout(args: &LayoutArgs) -> anyhow::Result<(Filter, Projections)> {
    let fault = |name: &str, error: &dyn fmt::Display| Ended::fault(format!("parsing --{name}: {error}"));
    let filter = Filter::parse(&args.filter).map_err(|error| fault("filter", &error))?;
    let projections = Projections::parse(&args.table, &args.row, &args.col, &args.ignore)
        .map_err(|(name, error)| fault(name, &error))?;
    Ok((filter, projections))
}

/// A number that must lie in 0…1.
pub fn check_range(name: &str, value: f64) -> anyhow::Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Ended::fault(format!("--{name} must be in range [0, 1]")))
}

/// `2%` or `0.02`.
pub fn part(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let value: f64 = match trimmed.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => trimmed.parse().ok()?,
    };
    (value >= 0.0 && value.is_finite()).then_some(value)
}

/// Writes to a file, or to standard output.
pub fn emit(bytes: &[u8], path: Option<&Path>) -> anyhow::Result<()> {
    match path {
        Some(path) if path != Path::new("-") => output::write_whole(path, bytes),
        _ => output::print(bytes),
    }
}

/// What is wrong with inputs without a single result.
pub fn without_results(inputs: &[Labelled]) -> Vec<String> {
    let empty = inputs.iter().filter(|input| input.facts.is_none());
    empty
        .map(|input| format!("{}: no benchmark results", input.path))
        .collect()
}

/// Reads all inputs in their order and puts their results into tables. One thread reads while this one sorts, so that no more
/// results are held than the tables need. An input that cannot be read ends it.
pub fn read(
    inputs: &[String],
    options: ParseOptions,
    limits: Limits,
    mut builder: TableBuilder,
) -> anyhow::Result<(Vec<Labelled>, Tables)> {
    let named = labels(inputs);
    if named.iter().filter(|(_, path)| path == "-").count() > 1 {
        return Err(Ended::fault("standard input can be read only once"));
    }
    let mut read = Vec::new();
    std::thread::scope(|scope| {
        let (sender, pieces) = sync_channel(WAITING);
        let mut paths = named.iter().map(|(_, path)| path.as_str());
        scope.spawn(move || paths.all(|path| send_one(path, options, limits, &sender)));
        for (label, path) in &named {
            read.push(take_one(label, path, &pieces, &mut builder)?);
        }
        Ok(())
    })
    .map_err(|error: Error| Ended::fault(opening(&error)))?;
    Ok((read, builder.finish()))
}

/// So many pieces may wait to be sorted.
const WAITING: usize = 64;

/// A part of an input on its way from reading to sorting.
enum Piece {
    Results(Vec<BenchResult>),
    End(Result<(BenchLog, usize), Error>),
}

/// Reads one input. False if the next is not to be read: the run ends with a fault.
fn send_one(path: &str, options: ParseOptions, limits: Limits, sender: &SyncSender<Piece>) -> bool {
    let mut take =
        |results: &mut Vec<BenchResult>| drop(sender.send(Piece::Results(std::mem::take(results))));
    let read = inputs::read_lines(path, limits, |reader| {
        let starts_with_gzip = is_gzip(reader.fill_buf()?);
        if !starts_with_gzip {
            return parse_each(reader, path, options, &mut take);
        }
        let mut data = Vec::new();
        reader.read_to_end(&mut data)?;
        match unpack(&data, limits) {
            Ok(plain) => parse_each(&mut plain.as_ref(), path, options, &mut take),
            Err(problem) => Ok(Err(problem.at(path))),
        }
    });
    let end = read.and_then(|parsed| parsed);
    let goes_on = end
        .as_ref()
        .map_or_else(|error| error.problem == Problem::NoResults, |_| true);
    sender.send(Piece::End(end)).is_ok() && goes_on
}

/// Sorts the pieces of one input.
fn take_one(
    label: &str,
    path: &str,
    pieces: &Receiver<Piece>,
    builder: &mut TableBuilder,
) -> Result<Labelled, Error> {
    builder.begin_input();
    let mut read = Labelled {
        label: label.to_string(),
        path: path.to_string(),
        facts: None,
        warnings: Vec::new(),
    };
    for piece in pieces {
        match piece {
            Piece::Results(results) => builder.add_results(&results, label),
            Piece::End(Err(error)) if error.problem == Problem::NoResults => break,
            Piece::End(Err(error)) => return Err(error),
            Piece::End(Ok((log, results))) => {
                builder.end_input(&log);
                read.facts = Some(InputFacts {
                    results,
                    ..InputFacts::of(&log, label)
                });
                read.warnings = log.warnings;
                break;
            }
        }
    }
    Ok(read)
}

/// `open FILE: reason` where the system had a reason.
fn opening(error: &Error) -> String {
    match &error.problem {
        Problem::System { .. } => format!("open {error}"),
        _ => error.to_string(),
    }
}

/// Labels and paths: `LABEL=PATH` at the first `=`; a path that is given several times gets numbers.
fn labels(inputs: &[String]) -> Vec<(String, String)> {
    let plain = |input: &&String| !input.contains('=');
    let number = |at: usize, input: &String| {
        let same = |list: &[String]| list.iter().filter(plain).filter(|other| *other == input).count();
        (same(&inputs[..at]), same(inputs))
    };
    let named = |(at, input): (usize, &String)| match input.split_once('=') {
        Some((label, path)) => (label.to_string(), path.to_string()),
        None => match number(at, input) {
            (_, 1) => (input.clone(), input.clone()),
            (before, _) => (format!("{input}#{before}"), input.clone()),
        },
    };
    inputs.iter().enumerate().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_what_stands_before_the_first_equals_sign() {
        let inputs = ["a", "x=b", "=c", "x=a=b", "a", "-", "in=-"].map(String::from);
        let got = labels(&inputs);
        let expect = [
            ("a#0", "a"),
            ("x", "b"),
            ("", "c"),
            ("x", "a=b"),
            ("a#1", "a"),
            ("-", "-"),
            ("in", "-"),
        ];
        let expect = expect.map(|(label, path)| (label.to_string(), path.to_string()));
        assert_eq!(got, expect);
    }

    #[test]
    fn parts_are_percentages_or_fractions() {
        assert_eq!(part("2%"), Some(0.02));
        assert_eq!(part(" 0.02 "), Some(0.02));
        assert_eq!(part("-1%"), None);
        assert_eq!(part("inf"), None);
        assert_eq!(part("x"), None);
    }
}
