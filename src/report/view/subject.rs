//! What a view shows: a profile after its filters, and what was fixed before them.

use std::collections::HashMap;

use serde::Serialize;

use crate::analyze::Granularity;
use crate::profile::{Profile, StringId};
use crate::unit::{label, percent, scale, scaled_label};

use super::super::head::{Head, time_text};

/// An option that limits what is shown, as the user gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Its name with underscores, as pprof spells it: `show_from`.
    pub option: &'static str,
    /// What it was set to.
    pub value: String,
}

/// The filters that the head of pprof's text tells.
const TOLD: [&str; 9] = [
    "focus",
    "ignore",
    "hide",
    "show",
    "show_from",
    "tagfocus",
    "tagignore",
    "tagshow",
    "taghide",
];

/// A profile ready to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The profile, after all filters.
    pub profile: &'a Profile,
    /// The inputs as the user named them.
    pub inputs: &'a [String],
    /// Index of the sample type that is shown.
    pub index: usize,
    /// What shares are shares of, in the unit of the type: the sum of absolute values, as a rule of all samples
    /// before filters; the mean with `mean`.
    pub total: i64,
    /// Filters in force, in pprof's order.
    pub filters: &'a [Filter],
    /// What is one row.
    pub granularity: Granularity,
    /// Values are divided by those of the first sample type.
    pub mean: bool,
    /// Values are multiplied by this and cut to integers when they are printed.
    pub ratio: f64,
    /// The unit of printed values, or `minimum`.
    pub unit: &'a str,
    /// Units of numeric labels by key, as `Profile::label_units` tells.
    pub label_units: &'a HashMap<StringId, String>,
    /// Prefixes cut from source paths, `:` between them.
    pub trim_path: &'a str,
    /// Folders of source, `:` between them.
    pub source_path: &'a str,
}

impl Subject<'_> {
    /// Name of the shown type: `mean_delay` with `mean`.
    pub fn sample_type(&self) -> String {
        let name = self.profile.type_name(self.index);
        if self.mean { format!("mean_{name}") } else { name }
    }

    /// Unit of the shown type, in which all values are.
    pub fn sample_unit(&self) -> String {
        self.profile.unit_name(self.index)
    }

    /// The head of the JSON form.
    pub fn head(&self) -> Head {
        Head::of(self.profile, self.inputs, self.index)
    }

    /// The weight of a sample, and what it is to be divided by (0 without `mean`).
    pub fn weight(&self, sample: usize) -> (i64, i64) {
        let samples = &self.profile.samples;
        let divisor = if self.mean { samples.value(sample, 0) } else { 0 };
        (samples.value(sample, self.index), divisor)
    }

    /// A value multiplied by the ratio and cut.
    pub fn scaled(&self, value: i64) -> i64 {
        if self.ratio > 0.0 && self.ratio != 1.0 {
            (value as f64 * self.ratio) as i64
        } else {
            value
        }
    }

    /// A value as text in a unit.
    pub fn text(&self, value: i64, unit: &str) -> String {
        scaled_label(self.scaled(value), &self.sample_unit(), unit)
    }

    /// The head of text in pprof's layout, a line each, times in UTC. `unit` is that of the total.
    pub fn head_lines(&self, unit: &str) -> Vec<String> {
        let profile = self.profile;
        let mut lines = Vec::new();
        if let Some(program) = profile.mappings.first() {
            let build_id = profile.printable(program.build_id);
            lines.extend((!program.filename.is_empty()).then(|| format!("File: {}", profile.binary())));
            lines.extend((!build_id.is_empty()).then(|| format!("Build ID: {build_id}")));
        }
        let comments = profile
            .comments
            .iter()
            .filter(|c| !profile.text(**c).starts_with(b"#"));
        lines.extend(comments.map(|c| profile.printable(*c)));
        let sample_type = self.sample_type();
        lines.extend((!sample_type.is_empty()).then(|| format!("Type: {sample_type}")));
        let doc = profile.printable(profile.doc_url);
        lines.extend((!doc.is_empty()).then(|| format!("Doc: {doc}")));
        if profile.time_nanos != 0 {
            lines.push(format!("Time: {}", time_text(profile.time_nanos)));
        }
        if profile.duration_nanos != 0 {
            lines.push(self.duration_line(unit));
        }
        lines
    }

    fn duration_line(&self, unit: &str) -> String {
        let duration = self.profile.duration_nanos;
        let (nanos, total_unit) = scale(self.total, &self.sample_unit(), "nanoseconds");
        let share = if total_unit == "ns" && nanos != 0.0 {
            format!("({})", percent(nanos as i64, duration))
        } else {
            String::new()
        };
        format!(
            "Duration: {}, Total samples = {} {share}",
            label(duration, "nanoseconds"),
            self.text(self.total, unit)
        )
    }

    /// The lines that tell the filters in force that pprof tells of; none without them. Long values are cut after
    /// 80 bytes.
    pub fn filter_lines(&self) -> Vec<String> {
        const LONGEST: usize = 80;
        let line = |filter: &Filter| {
            let text = format!("{}={}", filter.option, filter.value);
            let shown = text.as_bytes().get(..LONGEST).unwrap_or(text.as_bytes());
            let mark = if text.len() > LONGEST { "…" } else { "" };
            format!("   {}{mark}", crate::error::printable(shown))
        };
        let told = self.filters.iter().filter(|f| TOLD.contains(&f.option));
        let mut lines: Vec<_> = told.map(line).collect();
        if !lines.is_empty() {
            lines.insert(0, "Active filters:".to_string());
        }
        lines
    }
}
