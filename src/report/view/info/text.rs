//! `info` as text, CSV and Markdown: lines of a name and a value.

use super::super::super::head::time_text;
use super::super::csv::csv;
use super::super::table::markdown_table;
use super::{InfoView, LabelFact, MappingFact};
use crate::error::{counted, printable};
use crate::profile::{Format, MemValue};
use crate::review::PgoInput;
use crate::unit::label;

/// Names and values, one a line.
pub(in crate::report::view) fn text_of(rows: &[(String, String)]) -> String {
    let names = rows.iter().map(|(name, _)| name.chars().count());
    let width = names.max().unwrap_or(0) + 1;
    let line = |(name, value): &(String, String)| {
        let name = format!("{}:", printable(name.as_bytes()));
        format!("{name:width$} {}\n", printable(value.as_bytes()))
    };
    rows.iter().map(line).collect()
}

/// The same as CSV.
pub(in crate::report::view) fn csv_of(rows: Vec<(String, String)>) -> String {
    csv(
        &["field", "value"],
        rows.into_iter().map(|(name, value)| vec![name, value]),
    )
}

/// The same as a table.
pub(in crate::report::view) fn markdown_of(rows: Vec<(String, String)>) -> String {
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name, value]).collect();
    markdown_table(&["field", "value"], &rows)
}

impl InfoView<'_> {
    /// A line per fact.
    pub fn text(&self) -> String {
        text_of(&self.rows())
    }

    /// The same as rows of `field` and `value`.
    pub fn csv(&self) -> String {
        csv_of(self.rows())
    }

    /// The same as a table.
    pub fn markdown(&self) -> String {
        markdown_of(self.rows())
    }

    fn rows(&self) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        let mut push = |name: &str, value: String| {
            if !value.is_empty() {
                rows.push((name.to_string(), value));
            }
        };
        self.storage_rows(&mut push);
        self.head_rows(&mut push);
        self.count_rows(&mut push);
        self.labels
            .iter()
            .for_each(|fact| push("label", label_text(fact)));
        self.mappings
            .iter()
            .for_each(|fact| push("mapping", mapping_text(fact)));
        self.comments
            .iter()
            .for_each(|comment| push("comment", comment.clone()));
        push("documentation", self.doc_url.clone().unwrap_or_default());
        push("drop frames", self.drop_frames.clone().unwrap_or_default());
        push("keep frames", self.keep_frames.clone().unwrap_or_default());
        push(
            "pgo",
            self.pgo.as_ref().map_or_else(String::new, PgoInput::sentence),
        );
        self.filters
            .iter()
            .for_each(|f| push("filter", format!("{}={}", f.option, f.value)));
        self.warnings
            .iter()
            .for_each(|warning| push("warning", warning.message.clone()));
        for (name, value) in &self.memstats.fields {
            push(&format!("memstats {name}"), memory_text(name, value));
        }
        rows
    }

    fn storage_rows(&self, push: &mut impl FnMut(&str, String)) {
        self.subject
            .inputs
            .iter()
            .for_each(|input| push("input", input.clone()));
        let container = self.container.map_or_else(String::new, |c| format!(", {c}"));
        push("format", format!("{}{container}", format_text(self.format)));
        let (stored, plain) = (self.bytes, self.bytes_uncompressed);
        if stored == 0 {
            return;
        }
        let uncompressed = if plain == stored {
            String::new()
        } else {
            format!(", {plain} uncompressed")
        };
        push("bytes", format!("{stored}{uncompressed}"));
    }

    fn head_rows(&self, push: &mut impl FnMut(&str, String)) {
        let profile = self.subject.profile;
        push("kind", profile.kind().name().to_string());
        push("binary", profile.binary());
        let build_id = profile.mappings.first().map(|m| profile.printable(m.build_id));
        push("build id", build_id.unwrap_or_default());
        if profile.time_nanos != 0 {
            push("time", time_text(profile.time_nanos));
        }
        if profile.duration_nanos != 0 {
            push("duration", label(profile.duration_nanos, "nanoseconds"));
        }
        if let Some(period) = profile.period_type {
            let (kind, unit) = (profile.printable(period.kind), profile.printable(period.unit));
            push("period", format!("{} {unit} of {kind}", profile.period));
        }
        for t in &self.sample_types {
            let mark = if t.index == self.default_sample_index {
                ", shown by default"
            } else {
                ""
            };
            let sum = if t.sum == t.total {
                String::new()
            } else {
                format!(", sum {}", t.sum)
            };
            push(
                "sample type",
                format!(
                    "{} {}/{}: total {}{sum}{mark}",
                    t.index, t.r#type, t.unit, t.total
                ),
            );
        }
    }

    fn count_rows(&self, push: &mut impl FnMut(&str, String)) {
        let c = &self.counts;
        let empty = match c.empty_stacks {
            0 => String::new(),
            n => format!(", {n} without a stack"),
        };
        push("samples", format!("{}{empty}", c.samples));
        push("deepest stack", counted(c.max_stack_depth as u64, "frame"));
        let without = c.locations_without_lines;
        let inlines = c.locations_with_inlines;
        push(
            "locations",
            format!(
                "{}, {without} without symbols, {inlines} with inlined calls",
                c.locations
            ),
        );
        push("functions", c.functions.to_string());
        push("mappings", c.mappings.to_string());
    }
}

fn format_text(format: Format) -> &'static str {
    match format {
        Format::Proto => "protobuf",
        Format::HeapText => "heap text",
        Format::CountText => "count text",
        Format::ContentionText => "contention text",
        Format::ThreadsText => "threads text",
        Format::CpuBinary => "binary CPU profile",
        Format::JavaText => "Java text",
        Format::Folded => "folded stacks",
    }
}

fn label_text(fact: &LabelFact) -> String {
    let unit = fact
        .unit
        .as_deref()
        .map_or_else(String::new, |u| format!(" in {u}"));
    let (values, samples) = (
        counted(fact.values as u64, "value"),
        counted(fact.samples as u64, "sample"),
    );
    format!("{} ({}{unit}): {values} in {samples}", fact.key, fact.kind)
}

fn mapping_text(fact: &MappingFact) -> String {
    let flags = [
        (fact.has_functions, "functions"),
        (fact.has_filenames, "file names"),
        (fact.has_line_numbers, "line numbers"),
        (fact.has_inline_frames, "inlined calls"),
    ];
    let flags: Vec<_> = flags
        .iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, text)| *text)
        .collect();
    let flags = if flags.is_empty() {
        String::new()
    } else {
        format!(", with {}", flags.join(", "))
    };
    let file = fact.file.as_deref().unwrap_or("(no file)");
    let build_id = fact
        .build_id
        .as_deref()
        .map_or_else(String::new, |id| format!(" {id}"));
    format!(
        "{}-{} at {} {file}{build_id}{flags}",
        fact.start, fact.limit, fact.offset
    )
}

/// A field of the runtime's statistics. Moments are nanoseconds since 1970 there.
fn memory_text(name: &str, value: &MemValue) -> String {
    let moment = |ns: u64| time_text(i64::try_from(ns).unwrap_or(i64::MAX));
    let pause = |ns: u64| label(i64::try_from(ns).unwrap_or(i64::MAX), "nanoseconds");
    match value {
        MemValue::Integer(ns) if name == "LastGC" && *ns != 0 => moment(*ns),
        MemValue::Integer(n) => n.to_string(),
        MemValue::Number(n) => n.to_string(),
        MemValue::Flag(flag) => flag.to_string(),
        MemValue::Pair { in_use, sys } => format!("{in_use} in use, {sys} from the system"),
        MemValue::Ring(entries) => {
            let kept = entries.iter().filter(|n| **n != 0).count();
            let largest = entries.iter().max().copied().unwrap_or(0);
            let kept = counted(kept as u64, "collection");
            match name {
                "PauseEnd" if largest != 0 => format!("last {kept}, the newest ended {}", moment(largest)),
                "PauseNs" => format!("last {kept}, the longest pause {}", pause(largest)),
                _ => format!("last {kept}, largest {largest}"),
            }
        }
        MemValue::Text(text) => text.clone(),
    }
}
