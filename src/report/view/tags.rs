//! The labels of a profile by weight: `perfplan tags`.

mod text;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::head::Opening;
use super::names::share;
use super::subject::Subject;
use crate::error::lossless;
use crate::profile::{LabelValue, StringId};

/// The labels: the schema `perfplan.tags/1`.
#[derive(Debug, Clone, Serialize)]
pub struct TagsView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    /// Keys by name.
    pub keys: Vec<TagKey>,
    #[serde(skip)]
    subject: Subject<'a>,
}

/// A label's name and what values it has.
#[derive(Debug, Clone, Serialize)]
pub struct TagKey {
    /// The name.
    pub key: String,
    /// Sum of the weights of its values.
    pub total: i64,
    /// The part of the view's total, signed; `None` where that is 0.
    pub share: Option<f64>,
    /// Unit of its numbers; `None` where it has none.
    pub unit: Option<String>,
    /// By |weight|, then texts by their bytes, then numbers.
    pub values: Vec<TagValue>,
}

/// One value of a label. Numbers are exact.
#[derive(Debug, Clone, Serialize)]
pub struct TagValue {
    /// The text, if it is one.
    pub text: Option<String>,
    /// The number, if it is one.
    pub number: Option<i64>,
    /// Sum of the values of the samples that carry it, once for every time that they do.
    pub weight: i64,
    /// The part of the view's total, signed; `None` where that is 0.
    pub share: Option<f64>,
    /// Number of sample records that carry it.
    pub samples: u64,
}

/// What a label says, whatever the unit of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Said {
    Text(StringId),
    Number(i64),
}

/// The values of one key.
type Cells = Vec<(Said, Cell)>;

#[derive(Default)]
struct Cell {
    weight: i128,
    samples: u64,
    /// The last sample that carried it, + 1.
    mark: u32,
}

/// Weighs the labels. With `mean` the weights are sums all the same, as in pprof.
pub fn tags<'a>(subject: &Subject<'a>) -> TagsView<'a> {
    // By the bytes of the name; the id tells the cells of a key.
    let mut by_key: BTreeMap<(&[u8], StringId), Cells> = BTreeMap::new();
    #[expect(clippy::iter_over_hash_type, reason = "the values of a key are sorted below")]
    for ((key, said), cell) in cells(subject) {
        let name = (subject.profile.text(key), key);
        by_key.entry(name).or_default().push((said, cell));
    }
    let keys = by_key
        .into_iter()
        .map(|((_, key), cells)| tag_key(subject, key, cells));
    TagsView {
        schema: "perfplan.tags/1",
        opening: Opening::of(subject),
        keys: keys.collect(),
        subject: *subject,
    }
}

fn cells(subject: &Subject<'_>) -> HashMap<(StringId, Said), Cell> {
    let samples = &subject.profile.samples;
    let mut cells: HashMap<_, Cell> = HashMap::new();
    for label in samples.all_labels() {
        let said = match label.value {
            LabelValue::Text(text) => Said::Text(text),
            LabelValue::Number(number, _) => Said::Number(number),
        };
        let cell = cells.entry((label.key, said)).or_default();
        cell.weight += i128::from(samples.value(label.sample as usize, subject.index));
        let mark = label.sample + 1;
        if cell.mark != mark {
            cell.mark = mark;
            cell.samples += 1;
        }
    }
    cells
}

fn tag_key(subject: &Subject<'_>, key: StringId, mut cells: Cells) -> TagKey {
    // Two texts may look alike where one is not UTF-8: their ids keep them in order.
    cells.sort_by_key(|(said, _)| *said);
    let total = fitting(cells.iter().map(|(_, cell)| cell.weight).sum());
    let has_number = cells.iter().any(|(said, _)| matches!(said, Said::Number(_)));
    let unit = subject.label_units.get(&key).filter(|_| has_number);
    let mut values: Vec<_> = cells
        .iter()
        .map(|(said, cell)| tag_value(subject, *said, cell))
        .collect();
    values.sort_by(|a, b| rank(a).cmp(&rank(b)));
    TagKey {
        key: lossless(subject.profile.text(key)).into_owned(),
        total,
        share: share(total, subject.total),
        unit: unit.cloned(),
        values,
    }
}

fn rank(value: &TagValue) -> (Reverse<u64>, Option<&str>, Option<i64>) {
    (
        Reverse(value.weight.unsigned_abs()),
        value.text.as_deref(),
        value.number,
    )
}

fn tag_value(subject: &Subject<'_>, said: Said, cell: &Cell) -> TagValue {
    let weight = fitting(cell.weight);
    TagValue {
        text: match said {
            Said::Text(text) => Some(lossless(subject.profile.text(text)).into_owned()),
            Said::Number(_) => None,
        },
        number: match said {
            Said::Text(_) => None,
            Said::Number(number) => Some(number),
        },
        weight,
        share: share(weight, subject.total),
        samples: cell.samples,
    }
}

/// A sample may carry a value often, so that a sum may pass what the total holds.
fn fitting(weight: i128) -> i64 {
    i64::try_from(weight).unwrap_or(if weight < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests;
