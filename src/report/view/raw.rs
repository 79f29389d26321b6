//! The tables of a profile line by line, as `go tool pprof -raw` dumps them: `perfplan info --format pprof`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::super::head::time_text;
use super::subject::Subject;
use crate::profile::{LabelValue, Location, LocationId, Mapping, MappingId, Profile, StringId};

/// Blanks before the labels of a sample.
const LABELS: &str = "                ";
/// Blanks before the further lines of a location.
const FURTHER: &str = "             ";

/// The dump of a profile; it has this text form only.
#[derive(Debug, Clone)]
pub struct RawView<'a> {
    profile: &'a Profile,
}

/// Makes the view.
pub fn raw<'a>(subject: &Subject<'a>) -> RawView<'a> {
    RawView {
        profile: subject.profile,
    }
}

impl RawView<'_> {
    /// Text byte for byte as the reference prints it. Where a profile has no binary at all, the reference gives it
    /// one without a name, with the number 1, and so does the dump.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_pprof(&self, out: &mut impl Write) -> io::Result<()> {
        let profile = self.profile;
        self.write_head(out)?;
        for sample in 0..profile.samples.len() {
            self.write_sample(sample, out)?;
        }
        writeln!(out, "Locations")?;
        for (row, location) in profile.locations.iter().enumerate() {
            self.write_location(LocationId(row as u32), location, out)?;
        }
        writeln!(out, "Mappings")?;
        if profile.mappings.is_empty() {
            writeln!(out, "1: 0x0/0x0/0x0   ")?;
        }
        for (row, mapping) in profile.mappings.iter().enumerate() {
            self.write_mapping(MappingId(row as u32), mapping, out)?;
        }
        Ok(())
    }

    fn write_head(&self, out: &mut impl Write) -> io::Result<()> {
        let profile = self.profile;
        for comment in &profile.comments {
            writeln!(out, "Comment: {}", profile.printable(*comment))?;
        }
        if !profile.doc_url.is_empty() {
            writeln!(out, "Doc: {}", profile.printable(profile.doc_url))?;
        }
        let name = |pick: fn(&crate::profile::ValueType) -> StringId| {
            profile
                .period_type
                .map_or_else(String::new, |t| profile.printable(pick(&t)))
        };
        writeln!(out, "PeriodType: {} {}", name(|t| t.kind), name(|t| t.unit))?;
        writeln!(out, "Period: {}", profile.period)?;
        if profile.time_nanos != 0 {
            writeln!(out, "Time: {}", exact_time_text(profile.time_nanos))?;
        }
        if profile.duration_nanos != 0 {
            let duration: String = duration_text(profile.duration_nanos).chars().take(4).collect();
            writeln!(out, "Duration: {duration}")?;
        }
        writeln!(out, "Samples:\n{}", self.types().trim())
    }

    fn types(&self) -> String {
        let profile = self.profile;
        let one = |t: &crate::profile::ValueType| {
            let is_default = t.kind == profile.default_sample_type;
            let mark = if is_default { "[dflt]" } else { "" };
            format!(
                "{}/{}{mark}",
                profile.printable(t.kind),
                profile.printable(t.unit)
            )
        };
        profile.sample_types.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn write_sample(&self, sample: usize, out: &mut impl Write) -> io::Result<()> {
        let profile = self.profile;
        for value in profile.samples.values(sample) {
            write!(out, " {value:10}")?;
        }
        write!(out, ": ")?;
        for location in profile.samples.stack(sample) {
            write!(out, "{} ", profile.stored_ids.location(location))?;
        }
        writeln!(out)?;
        for labels in [self.text_labels(sample), self.number_labels(sample)] {
            if !labels.is_empty() {
                writeln!(out, "{LABELS}{}", labels.join(" "))?;
            }
        }
        Ok(())
    }

    /// `key:[value value]`, sorted.
    fn text_labels(&self, sample: usize) -> Vec<String> {
        let mut by_key: BTreeMap<StringId, Vec<String>> = BTreeMap::new();
        for label in self.profile.samples.labels(sample) {
            if let LabelValue::Text(text) = label.value {
                by_key
                    .entry(label.key)
                    .or_default()
                    .push(self.profile.printable(text));
            }
        }
        self.sorted(by_key)
    }

    /// `key:[5 bytes]`, sorted; without units where a key has none in this sample.
    fn number_labels(&self, sample: usize) -> Vec<String> {
        let mut by_key: BTreeMap<StringId, Vec<(i64, StringId)>> = BTreeMap::new();
        for label in self.profile.samples.labels(sample) {
            if let LabelValue::Number(number, unit) = label.value {
                by_key.entry(label.key).or_default().push((number, unit));
            }
        }
        let texts = by_key.into_iter().map(|(key, values)| {
            let has_units = values.iter().any(|(_, unit)| !unit.is_empty());
            let text = |(number, unit): (i64, StringId)| match has_units {
                true => format!("{number} {}", self.profile.printable(unit)),
                false => number.to_string(),
            };
            (key, values.into_iter().map(text).collect())
        });
        self.sorted(texts.collect())
    }

    fn sorted(&self, by_key: BTreeMap<StringId, Vec<String>>) -> Vec<String> {
        let text = |(key, values): (StringId, Vec<String>)| {
            format!("{}:[{}]", self.profile.printable(key), values.join(" "))
        };
        let mut texts: Vec<_> = by_key.into_iter().map(text).collect();
        texts.sort();
        texts
    }

    /// A frame made of a label comes after the reference gave all places a mapping, and so has none.
    fn is_label_frame(&self, row: LocationId, location: &Location) -> bool {
        let profile = self.profile;
        let is_label = |l: &crate::profile::Line| {
            let function = &profile.functions[l.function.index()];
            l.line == 0 && function.system_name.is_empty() && !function.filename.is_empty()
        };
        location.address == 0 && matches!(profile.lines_of(row), [line] if is_label(line))
    }

    fn write_location(&self, row: LocationId, location: &Location, out: &mut impl Write) -> io::Result<()> {
        let profile = self.profile;
        write!(
            out,
            "{:6}: {:#x} ",
            profile.stored_ids.location(row),
            location.address
        )?;
        match location.mapping {
            Some(mapping) => write!(out, "M={} ", profile.stored_ids.mapping(mapping))?,
            None if profile.mappings.is_empty() && !self.is_label_frame(row, location) => {
                write!(out, "M=1 ")?;
            }
            None => {}
        }
        if location.is_folded {
            write!(out, "[F] ")?;
        }
        let lines = profile.lines_of(row);
        if lines.is_empty() {
            return writeln!(out);
        }
        for (i, line) in lines.iter().enumerate() {
            let further = if i > 0 { FURTHER } else { "" };
            writeln!(out, "{further}{}", self.line_text(line))?;
        }
        Ok(())
    }

    fn line_text(&self, line: &crate::profile::Line) -> String {
        let profile = self.profile;
        let function = &profile.functions[line.function.index()];
        let system = match function.system_name == function.name {
            true => String::new(),
            false => format!("({})", profile.printable(function.system_name)),
        };
        let (name, file) = (
            profile.printable(function.name),
            profile.printable(function.filename),
        );
        format!(
            "{name} {file}:{}:{} s={}{system}",
            line.line, line.column, function.start_line
        )
    }

    fn write_mapping(&self, row: MappingId, mapping: &Mapping, out: &mut impl Write) -> io::Result<()> {
        let flags = [
            (mapping.has_functions, "[FN]"),
            (mapping.has_filenames, "[FL]"),
            (mapping.has_line_numbers, "[LN]"),
            (mapping.has_inline_frames, "[IN]"),
        ];
        let flags: String = flags
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, flag)| *flag)
            .collect();
        writeln!(
            out,
            "{}: {:#x}/{:#x}/{:#x} {} {} {flags}",
            self.profile.stored_ids.mapping(row),
            mapping.start,
            mapping.limit,
            mapping.offset,
            self.profile.printable(mapping.filename),
            self.profile.printable(mapping.build_id),
        )
    }
}

/// `2006-01-02 15:04:05.999999999 +0000 UTC`, the fraction without trailing zeros.
fn exact_time_text(unix_ns: i64) -> String {
    let time = time_text(unix_ns);
    let time = time.strip_suffix(" UTC").unwrap_or(&time);
    format!(
        "{time}{} +0000 UTC",
        fraction(unix_ns.rem_euclid(1_000_000_000).unsigned_abs(), 9)
    )
}

/// A duration as Go writes it: `207.5s`, `4h35m0s`, `1.5ms`.
fn duration_text(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    let parts = |unit: u64, digits, name| format!("{sign}{}{}{name}", ns / unit, fraction(ns % unit, digits));
    match ns {
        0 => "0s".to_string(),
        1..1_000 => parts(1, 0, "ns"),
        1_000..1_000_000 => parts(1_000, 3, "µs"),
        1_000_000..1_000_000_000 => parts(1_000_000, 6, "ms"),
        _ => {
            let (minutes, rest) = (ns / 60_000_000_000, ns % 60_000_000_000);
            let seconds = format!("{}{}s", rest / 1_000_000_000, fraction(rest % 1_000_000_000, 9));
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}"),
            }
        }
    }
}

/// `.5` of 500 with 3 digits; nothing of 0.
fn fraction(part: u64, digits: usize) -> String {
    if part == 0 {
        return String::new();
    }
    format!(".{part:0digits$}").trim_end_matches('0').to_string()
}

#[cfg(test)]
mod tests;
