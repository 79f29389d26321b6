//! Source with the weight of each line: `perfplan list REGEX`.

mod lookup;
mod nodes;
mod text;
mod weights;

use crate::profile::filter::Pattern;
use serde::Serialize;

use self::lookup::Lookup;
use self::text::SourceLines;
use self::weights::{LineWeight, Weights, weights};
use super::head::Opening;
use super::subject::Subject;
use crate::error::lossless;
use crate::source::Sources;

/// What is listed.
#[derive(Debug, Clone, Copy)]
pub struct ListOptions<'a> {
    /// Matched against function names.
    pub regex: &'a Pattern,
    /// Leave lines of negative weight out.
    pub drop_negative: bool,
    /// Where relative sources are looked for when no folders of source are given: the working directory.
    pub folder: &'a str,
}

/// The functions with their sources: the schema `perfplan.list/1`.
#[derive(Debug, Clone, Serialize)]
pub struct ListView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    regex: &'a str,
    /// By name, then file; none where no name matches.
    pub functions: Vec<ListedFunction>,
    #[serde(skip)]
    subject: Subject<'a>,
}

/// A function in a file.
#[derive(Debug, Clone, Serialize)]
pub struct ListedFunction {
    /// Its name.
    pub name: String,
    /// Its file, trimmed; `None` if unknown.
    pub file: Option<String>,
    /// The source that was read; `None` if there is none.
    pub source: Option<String>,
    /// Why there is none.
    pub source_error: Option<String>,
    /// Line of its `func`; `None` if unknown.
    pub start_line: Option<i64>,
    /// Weight of the samples whose leaf is in it.
    pub flat: i64,
    /// Weight of the samples with a line of it, once per sample.
    pub cum: i64,
    /// From the start line, or a few lines before the first sampled one, to a few lines after the last; without a
    /// text the sampled ones alone.
    pub lines: Vec<ListedLine>,
    #[serde(skip)]
    reference: Reference,
}

/// A line of source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedLine {
    /// From 1; 0 if the profile does not tell.
    pub line: i64,
    /// Its text; `None` without a source.
    pub text: Option<String>,
    /// Weight of the samples whose leaf it is.
    pub flat: i64,
    /// Weight of the samples in which it occurs, once per sample.
    pub cum: i64,
}

/// What the reference lists of a function: sums over nodes, and the text where it alone looks.
#[derive(Debug, Clone)]
struct Reference {
    flat: i64,
    cum: i64,
    lines: Result<Vec<ListedLine>, String>,
}

/// Lists the functions whose name matches.
pub fn list<'a>(subject: &Subject<'a>, options: &ListOptions<'a>, sources: &dyn Sources) -> ListView<'a> {
    let listed = weights(subject, options.regex, options.drop_negative);
    let mut lookup = Lookup::new(subject, options, sources);
    let functions = listed.iter().map(|w| function(w, &mut lookup)).collect();
    ListView {
        schema: "perfplan.list/1",
        opening: Opening::of(subject),
        regex: options.regex.text(),
        functions,
        subject: *subject,
    }
}

fn function(weights: &Weights, lookup: &mut Lookup<'_>) -> ListedFunction {
    let own = lookup.own(weights);
    let own = own.as_ref().as_ref();
    ListedFunction {
        name: lossless(&weights.name).into_owned(),
        file: (!weights.file.is_empty()).then(|| weights.file.clone()),
        source: own.ok().map(|found| found.path.clone()),
        source_error: own.err().cloned(),
        start_line: Some(weights.start_line).filter(|l| *l != 0),
        flat: weights.flat,
        cum: weights.cum,
        lines: listed_lines(weights, own.ok().map(|found| &found.lines)),
        reference: reference(weights, lookup),
    }
}

fn reference(weights: &Weights, lookup: &mut Lookup<'_>) -> Reference {
    let cums = weights.lines.values().map(|l| l.node_cum);
    let found = lookup.reference(weights);
    let lines = found
        .as_ref()
        .as_ref()
        .map(|found| shown_lines(weights, &found.lines, |l| l.node_cum));
    Reference {
        flat: weights.flat,
        cum: cums.fold(0, i64::saturating_add),
        lines: lines.map_err(Clone::clone),
    }
}

/// The lines of the range that the text has.
fn shown_lines(weights: &Weights, text: &SourceLines, cum: impl Fn(&LineWeight) -> i64) -> Vec<ListedLine> {
    let line = |(line, text): (i64, &String)| {
        let weight = weights.lines.get(&line).copied().unwrap_or_default();
        ListedLine {
            line,
            text: Some(text.clone()),
            flat: weight.flat,
            cum: cum(&weight),
        }
    };
    text.range(weights.first, weights.last).map(line).collect()
}

/// The lines of the range, and every sampled line that the text does not have.
fn listed_lines(weights: &Weights, text: Option<&SourceLines>) -> Vec<ListedLine> {
    let mut lines = text.map_or_else(Vec::new, |text| shown_lines(weights, text, |l| l.cum));
    let has = |line: i64| text.is_some_and(|text| text.get(line).is_some());
    let bare = weights.lines.iter().filter(|(line, _)| !has(**line));
    lines.extend(bare.map(|(line, weight)| ListedLine {
        line: *line,
        text: None,
        flat: weight.flat,
        cum: weight.cum,
    }));
    lines.sort_by_key(|l| l.line);
    lines
}

#[cfg(test)]
mod tests;
