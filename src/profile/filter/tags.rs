//! Filters on labels: which samples, which keys, and labels as frames.

use std::collections::HashMap;

use super::super::{Function, Label, LabelValue, Line, Location, LocationId, Profile, Samples, StringId};
use super::Pattern;
use crate::error::Problem;
use crate::unit::{scale, scaled_label};

/// The value of `--tagfocus` and `--tagignore`: `[KEY=]X`, where X is a range of numbers or expressions with `,`
/// between them.
///
/// | form | meets a sample if |
/// |---|---|
/// | `32kb`, `:64kb`, `4mb:`, `12kb:64mb` | a numeric label (of KEY) is in the range, both ends included |
/// | `a,b` | for each expression some label matches, as `key:value` |
/// | `KEY=a,b` | some value of KEY matches one of the expressions |
#[derive(Debug, Clone)]
pub struct TagFilter {
    key: Option<String>,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Range(Range),
    Patterns(Vec<Pattern>),
}

/// A range in the unit of its lower end.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    low: Option<f64>,
    high: Option<f64>,
    unit: String,
}

impl TagFilter {
    /// Reads the value of an option.
    ///
    /// # Errors
    /// [`Problem::Pattern`] for an expression that does not compile.
    pub fn new(option: &str, text: &str) -> Result<Self, Problem> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (Some(key.to_string()), value),
            None => (None, text),
        };
        let test = match Range::parse(value) {
            Some(range) => Test::Range(range),
            None => {
                let patterns = value.split(',').map(|p| Pattern::new(option, p));
                Test::Patterns(patterns.collect::<Result<_, _>>()?)
            }
        };
        let key = key.filter(|k| !k.is_empty());
        Ok(Self { key, test })
    }

    /// Whether the labels of a sample pass. `units` are those of the numeric keys.
    fn meets(&self, profile: &Profile, labels: &[Label], units: &HashMap<StringId, String>) -> bool {
        let of_key = |l: &&Label| {
            self.key
                .as_ref()
                .is_none_or(|key| profile.text(l.key) == key.as_bytes())
        };
        let mut labels = labels.iter().filter(of_key);
        match &self.test {
            Test::Range(range) => labels.any(|label| match label.value {
                LabelValue::Number(number, _) => {
                    let unit = units.get(&label.key).map_or("", String::as_str);
                    range.contains(number, unit)
                }
                LabelValue::Text(_) => false,
            }),
            Test::Patterns(patterns) => {
                let texts: Vec<Vec<u8>> = labels.filter_map(|l| self.text_of(profile, l)).collect();
                let occurs = |p: &Pattern| texts.iter().any(|text| p.is_match(text));
                if self.key.is_some() {
                    patterns.iter().any(occurs)
                } else {
                    patterns.iter().all(occurs)
                }
            }
        }
    }

    /// What expressions are matched against: the value where the key is given, else `key:value`.
    fn text_of(&self, profile: &Profile, label: &Label) -> Option<Vec<u8>> {
        let LabelValue::Text(value) = label.value else {
            return None;
        };
        let value = profile.text(value);
        let alone = self.key.is_some();
        Some(if alone {
            value.to_vec()
        } else {
            [profile.text(label.key), b":", value].concat()
        })
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (low, high) = match text.split_once(':') {
            None => (Some(text), Some(text)),
            Some(("", high)) => (None, Some(high)),
            Some((low, "")) => (Some(low), None),
            Some((low, high)) => (Some(low), Some(high)),
        };
        let low = match low {
            Some(low) => Some(number_and_unit(low)?),
            None => None,
        };
        let high = match high {
            Some(high) => Some(number_and_unit(high)?),
            None => None,
        };
        let (number, unit) = low.or(high)?;
        let (first, name) = scale(number, unit, unit);
        let second = match high {
            Some((number, unit)) => {
                let (second, second_name) = scale(number, unit, if low.is_some() { &name } else { unit });
                if second_name != name {
                    return None;
                }
                Some(second)
            }
            None => None,
        };
        Some(Self {
            low: low.map(|_| first),
            high: second,
            unit: name,
        })
    }

    fn contains(&self, number: i64, unit: &str) -> bool {
        let (value, name) = scale(number, unit, &self.unit);
        name == self.unit
            && self.low.is_none_or(|low| value >= low)
            && self.high.is_none_or(|high| value <= high)
    }
}

/// `-12kb`: a whole number and the letters after it.
fn number_and_unit(text: &str) -> Option<(i64, &str)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = text.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(end);
    let number = number.parse().ok()?;
    unit.bytes()
        .all(|b| b.is_ascii_alphabetic())
        .then_some((number, unit))
}

/// `--tagfocus` and `--tagignore`: keeps the samples that the one meets and the other does not. Tells whether
/// each met anything; true where it was not given.
pub(super) fn by_tag(
    profile: &mut Profile,
    focus: Option<&TagFilter>,
    ignore: Option<&TagFilter>,
    units: &HashMap<StringId, String>,
) -> (bool, bool) {
    let (mut focus_met, mut ignore_met) = (focus.is_none(), ignore.is_none());
    if focus.is_none() && ignore.is_none() {
        return (true, true);
    }
    let mut samples = Samples::new(profile.samples.width());
    for sample in 0..profile.samples.len() {
        let labels = profile.samples.labels(sample);
        let focused = focus.is_none_or(|f| f.meets(profile, labels, units));
        let ignored = ignore.is_some_and(|f| f.meets(profile, labels, units));
        focus_met |= focused;
        ignore_met |= ignored;
        if focused && !ignored {
            let labels = labels.iter().map(|l| (l.key, l.value));
            samples.push(
                profile.samples.stack(sample),
                profile.samples.values(sample),
                labels,
            );
        }
    }
    profile.samples = samples;
    (focus_met, ignore_met)
}

/// `--tagshow` and `--taghide`: keeps the labels whose keys the one matches and the other does not. Tells whether
/// each met anything; true where it was not given.
pub(super) fn by_key(profile: &mut Profile, show: Option<&Pattern>, hide: Option<&Pattern>) -> (bool, bool) {
    let (mut show_met, mut hide_met) = (show.is_none(), hide.is_none());
    if show.is_none() && hide.is_none() {
        return (true, true);
    }
    let mut samples = Samples::new(profile.samples.width());
    for sample in 0..profile.samples.len() {
        let mut keep = |label: &&Label| {
            let key = profile.text(label.key);
            let shown = show.is_none_or(|p| p.is_match(key));
            let hidden = hide.is_some_and(|p| p.is_match(key));
            show_met |= shown;
            hide_met |= hidden;
            shown && !hidden
        };
        let labels = profile.samples.labels(sample).iter().filter(|l| keep(l));
        let labels: Vec<_> = labels.map(|l| (l.key, l.value)).collect();
        samples.push(
            profile.samples.stack(sample),
            profile.samples.values(sample),
            labels,
        );
    }
    profile.samples = samples;
    (show_met, hide_met)
}

/// `--tagroot` and `--tagleaf`: puts a frame for every key around each stack, named by the sample's values of the
/// key; the first root key is the outermost caller, the last leaf key the innermost callee. Numbers are printed
/// in `unit`. Tells whether any sample has a root key, and a leaf key.
pub(super) fn add_frames(
    profile: &mut Profile,
    roots: &[String],
    leaves: &[String],
    unit: &str,
) -> (bool, bool) {
    if roots.is_empty() && leaves.is_empty() {
        return (true, true);
    }
    let mut known = HashMap::new();
    let (mut root_met, mut leaf_met) = (roots.is_empty(), leaves.is_empty());
    let mut samples = Samples::new(profile.samples.width());
    for sample in 0..profile.samples.len() {
        let labels: Vec<Label> = profile.samples.labels(sample).to_vec();
        let mut frame = |key: &String, met: &mut bool| {
            let values = values_of(profile, &labels, key, unit);
            *met |= !values.is_empty();
            pseudo_frame(profile, &mut known, values.join(&b','), key)
        };
        let below: Vec<_> = leaves.iter().rev().map(|key| frame(key, &mut leaf_met)).collect();
        let above: Vec<_> = roots.iter().rev().map(|key| frame(key, &mut root_met)).collect();
        let stack: Vec<_> = profile.samples.stack(sample).collect();
        let stack = below.into_iter().chain(stack).chain(above);
        let labels = labels.iter().map(|l| (l.key, l.value));
        samples.push(stack, profile.samples.values(sample), labels);
    }
    profile.samples = samples;
    (root_met, leaf_met)
}

/// The values of a key as text: strings first, then numbers.
fn values_of(profile: &Profile, labels: &[Label], key: &str, unit: &str) -> Vec<Vec<u8>> {
    let of_key = labels.iter().filter(|l| profile.text(l.key) == key.as_bytes());
    let (texts, numbers): (Vec<&Label>, Vec<&Label>) =
        of_key.partition(|l| matches!(l.value, LabelValue::Text(_)));
    let has_units = numbers
        .iter()
        .any(|l| matches!(l.value, LabelValue::Number(_, unit) if !unit.is_empty()));
    let text = |label: &&Label| match label.value {
        LabelValue::Text(text) => profile.text(text).to_vec(),
        LabelValue::Number(number, own) if has_units => {
            scaled_label(number, &profile.printable(own), unit).into_bytes()
        }
        LabelValue::Number(number, _) => scaled_label(number, "", "").into_bytes(),
    };
    texts.iter().chain(&numbers).map(text).collect()
}

fn pseudo_frame(
    profile: &mut Profile,
    known: &mut HashMap<(Vec<u8>, String), LocationId>,
    name: Vec<u8>,
    key: &str,
) -> LocationId {
    *known
        .entry((name, key.to_string()))
        .or_insert_with_key(|(name, key)| {
            let name = profile.strings.intern(name);
            let filename = profile.strings.intern(key.as_bytes());
            let function = super::super::FunctionId(profile.functions.len() as u32);
            profile.functions.push(Function {
                name,
                system_name: StringId::EMPTY,
                filename,
                start_line: 0,
            });
            let line = profile.lines.len() as u32;
            profile.lines.push(Line {
                function,
                line: 0,
                column: 0,
            });
            let location = LocationId(profile.locations.len() as u32);
            profile.locations.push(Location {
                mapping: None,
                address: 0,
                first_line: line,
                end_line: line + 1,
                is_folded: false,
            });
            location
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_range(range: &str, number: i64, unit: &str) -> Option<bool> {
        Range::parse(range).map(|r| r.contains(number, unit))
    }

    #[test]
    fn ranges_include_their_ends_and_know_units() {
        assert_eq!(in_range("32kb", 32768, "bytes"), Some(true));
        assert_eq!(in_range("12kb:1mb", 1 << 20, "bytes"), Some(true));
        assert_eq!(in_range(":64kb", 65537, "bytes"), Some(false));
        assert_eq!(in_range("4mb:", 4 << 20, "bytes"), Some(true));
        assert_eq!(in_range("32kb", 32768, "nanoseconds"), Some(false));
        assert_eq!(in_range("5", 5, "thread"), Some(true));
        assert_eq!(in_range("-5:5", -5, ""), Some(true));
    }

    #[test]
    fn what_is_no_range_is_an_expression() {
        for text in [
            "a1",
            "1kb:2s",
            "10.0.0.1",
            "1:2:3",
            "99999999999999999999",
            ":",
            "",
        ] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
