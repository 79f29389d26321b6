//! Every sample with its stack, one after the other: `perfplan traces`. All forms are written as a stream, for a
//! profile may have millions of samples; a buffered writer is best.

mod json;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::csv::csv_line;
use super::names::{FrameNames, Trim, frames, plain};
use super::subject::Subject;
use super::table::fence_of;
use crate::error::{lossless, printable};
use crate::profile::{Label, LabelValue, StringId};
use crate::unit::label;

const SEPARATOR: &str = "-----------+-------------------------------------------------------";

/// The samples of a profile in file order: the schema `perfplan.traces/1`.
#[derive(Debug, Clone)]
pub struct TracesView<'a> {
    subject: Subject<'a>,
    names: FrameNames,
}

/// Makes the view. Nothing is copied but one name per function.
pub fn traces<'a>(subject: &Subject<'a>) -> TracesView<'a> {
    TracesView {
        subject: *subject,
        names: FrameNames::of(subject, Trim::Yes, plain),
    }
}

/// Labels of one sample by key, values in file order.
#[derive(Default)]
struct Labels {
    texts: BTreeMap<StringId, Vec<StringId>>,
    numbers: BTreeMap<StringId, Vec<(i64, StringId)>>,
}

impl Labels {
    fn of(labels: &[Label]) -> Self {
        let mut by_key = Self::default();
        for label in labels {
            match label.value {
                LabelValue::Text(text) => by_key.texts.entry(label.key).or_default().push(text),
                LabelValue::Number(number, unit) => {
                    by_key.numbers.entry(label.key).or_default().push((number, unit));
                }
            }
        }
        by_key
    }
}

impl TracesView<'_> {
    /// The JSON form, on one line.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// Text byte for byte as `go tool pprof -traces` prints it: samples without a stack are left out, file names
    /// stand as the profile has them.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_pprof(&self, out: &mut impl Write) -> io::Result<()> {
        let names = FrameNames::of(&self.subject, Trim::No, printable);
        writeln!(out, "{}", self.subject.head_lines(self.subject.unit).join("\n"))?;
        for sample in 0..self.subject.profile.samples.len() {
            if self.subject.profile.samples.stack(sample).next().is_some() {
                self.write_sample(sample, &names, out)?;
            }
        }
        writeln!(out, "{SEPARATOR}")
    }

    /// Text in the same layout, with the filters in force and with samples that have no stack.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let lines = self.subject.head_lines(self.subject.unit).into_iter();
        for line in lines.chain(self.subject.filter_lines()) {
            writeln!(out, "{line}")?;
        }
        let names = FrameNames::of(&self.subject, Trim::Yes, printable);
        for sample in 0..self.subject.profile.samples.len() {
            self.write_sample(sample, &names, out)?;
        }
        writeln!(out, "{SEPARATOR}")
    }

    /// A row per sample: its values by type, its labels as `key=value` and its frames leaf first, both with `; `
    /// between them. The header has the names of the types and `labels`, `num_labels`, `frames`.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        let profile = self.subject.profile;
        let types: Vec<_> = (0..profile.sample_types.len())
            .map(|i| profile.type_name(i))
            .collect();
        let header = types.iter().map(String::as_str);
        out.write_all(csv_line(header.chain(["labels", "num_labels", "frames"])).as_bytes())?;
        for sample in 0..profile.samples.len() {
            let row = self.csv_row(sample);
            out.write_all(csv_line(row.iter().map(String::as_str)).as_bytes())?;
        }
        Ok(())
    }

    /// The text form in a fence.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        let fence = fence_of(&self.longest_ticks());
        writeln!(out, "{fence}text")?;
        self.write_text(out)?;
        writeln!(out, "{fence}")
    }

    /// As many backticks as stand side by side anywhere in the profile's texts.
    fn longest_ticks(&self) -> String {
        let strings = &self.subject.profile.strings;
        let runs = strings
            .texts()
            .map(|text| text.split(|b| *b != b'`').map(<[u8]>::len).max().unwrap_or(0));
        "`".repeat(runs.max().unwrap_or(0))
    }

    fn csv_row(&self, sample: usize) -> Vec<String> {
        let profile = self.subject.profile;
        let labels = Labels::of(profile.samples.labels(sample));
        let text = |id: &StringId| lossless(profile.text(*id)).into_owned();
        let texts = labels.texts.iter();
        let texts = texts.flat_map(|(k, vs)| vs.iter().map(move |v| format!("{}={}", text(k), text(v))));
        let numbers = labels.numbers.iter();
        let numbers = numbers.flat_map(|(k, vs)| vs.iter().map(move |(v, _)| format!("{}={v}", text(k))));
        let names = frames(profile, sample).map(|f| self.names.printable(profile, f));
        let mut row: Vec<_> = profile
            .samples
            .values(sample)
            .iter()
            .map(i64::to_string)
            .collect();
        row.push(texts.collect::<Vec<_>>().join("; "));
        row.push(numbers.collect::<Vec<_>>().join("; "));
        row.push(names.collect::<Vec<_>>().join("; "));
        row
    }

    fn write_sample(&self, sample: usize, names: &FrameNames, out: &mut impl Write) -> io::Result<()> {
        let profile = self.subject.profile;
        writeln!(out, "{SEPARATOR}")?;
        for line in self.label_lines(sample) {
            writeln!(out, "{line}")?;
        }
        let mut value = self.value_text(sample);
        for frame in frames(profile, sample) {
            let name = names.printable(profile, frame);
            let inline = if frame.is_inlined { " (inline)" } else { "" };
            writeln!(out, "{value:>10}   {name}{inline}")?;
            value.clear();
        }
        if !value.is_empty() && profile.samples.stack(sample).next().is_none() {
            writeln!(out, "{value:>10}   (no stack)")?;
        }
        Ok(())
    }

    /// The value, divided where means are shown, in a unit of its own unless one was asked for.
    fn value_text(&self, sample: usize) -> String {
        let (value, divisor) = self.subject.weight(sample);
        let value = if divisor == 0 {
            value
        } else {
            value.wrapping_div(divisor)
        };
        self.subject.text(value, self.subject.unit)
    }

    /// Text labels sorted as lines, then numeric ones.
    fn label_lines(&self, sample: usize) -> Vec<String> {
        let profile = self.subject.profile;
        let labels = Labels::of(profile.samples.labels(sample));
        let line = |key: &StringId, values: &[String]| {
            format!("{:>10}:  {}", profile.printable(*key), values.join(" "))
        };
        let texts = labels.texts.iter().map(|(key, values)| {
            let values: Vec<_> = values.iter().map(|v| profile.printable(*v)).collect();
            line(key, &values)
        });
        let mut lines: Vec<_> = texts.collect();
        lines.sort();
        let numbers = labels.numbers.iter().map(|(key, values)| {
            let unit = self.subject.label_units.get(key).map_or("", String::as_str);
            let values: Vec<_> = values.iter().map(|(v, _)| label(*v, unit)).collect();
            line(key, &values)
        });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort();
        lines.extend(numbers);
        lines
    }
}

#[cfg(test)]
mod tests;
