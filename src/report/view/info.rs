//! What a profile is and what it holds: `perfplan info`.

mod facts;
pub(super) mod text;

use serde::Serialize;

use self::facts::{counts, label_facts, mapping_facts, sample_types};
use super::super::head::Head;
use super::names::plain;
use super::subject::{Filter, Subject};
use crate::analyze::my_code;
use crate::error::{Place, Warning};
use crate::profile::{Format, MemStats, Profile, StringId};
use crate::review::{PgoInput, pgo_input};

/// How an input was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// `gzip` or `raw`.
    pub container: &'static str,
    /// Length as stored.
    pub bytes: u64,
    /// Length without gzip.
    pub bytes_uncompressed: u64,
}

/// The profile: the schema `perfplan.info/1`.
#[derive(Debug, Clone, Serialize)]
pub struct InfoView<'a> {
    schema: &'static str,
    profile: Head,
    total: i64,
    filters: &'a [Filter],
    /// Those of the profile, and what its format leaves out.
    pub warnings: Vec<Warning>,
    sample_types: Vec<SampleType>,
    default_sample_index: usize,
    /// That of all inputs; `None` where they differ.
    container: Option<&'static str>,
    format: Format,
    /// Sum over the inputs.
    bytes: u64,
    bytes_uncompressed: u64,
    /// Sizes of the tables.
    pub counts: Counts,
    /// Labels by key, texts before numbers.
    pub labels: Vec<LabelFact>,
    mappings: Vec<MappingFact>,
    comments: Vec<String>,
    doc_url: Option<String>,
    drop_frames: Option<String>,
    keep_frames: Option<String>,
    memstats: &'a MemStats,
    /// How it serves as default.pgo; `None` for profiles of anything but CPU time.
    pgo: Option<PgoInput>,
    #[serde(skip)]
    subject: Subject<'a>,
}

#[derive(Debug, Clone, Serialize)]
struct SampleType {
    index: usize,
    r#type: String,
    unit: String,
    sum: i64,
    total: i64,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Sample records.
    pub samples: usize,
    /// Locations, also those of no sample.
    pub locations: usize,
    /// Functions likewise.
    pub functions: usize,
    /// Binaries.
    pub mappings: usize,
    /// Locations that no symbol is known for.
    pub locations_without_lines: usize,
    /// Locations with calls that were inlined.
    pub locations_with_inlines: usize,
    /// Samples without a stack.
    pub empty_stacks: usize,
    /// Frames of the deepest stack, inlined calls included.
    pub max_stack_depth: usize,
}

/// A label's name and what there is of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelFact {
    /// The name.
    pub key: String,
    /// `text` or `number`.
    pub kind: &'static str,
    /// Unit of its numbers; `None` for texts.
    pub unit: Option<String>,
    /// How many different values.
    pub values: usize,
    /// How many samples have one.
    pub samples: usize,
}

#[derive(Debug, Clone, Serialize)]
struct MappingFact {
    start: String,
    limit: String,
    offset: String,
    file: Option<String>,
    build_id: Option<String>,
    has_functions: bool,
    has_filenames: bool,
    has_line_numbers: bool,
    has_inline_frames: bool,
}

/// Makes the view; `stored` tells of the inputs, one each.
pub fn info<'a>(subject: &Subject<'a>, stored: &[Stored]) -> InfoView<'a> {
    let profile = subject.profile;
    let first = stored.first().map(|s| s.container);
    let sum = |of: fn(&Stored) -> u64| stored.iter().map(of).fold(0, u64::saturating_add);
    let text = |id: StringId| (!id.is_empty()).then(|| plain(profile.text(id)));
    InfoView {
        schema: "perfplan.info/1",
        profile: subject.head(),
        total: subject.total,
        filters: subject.filters,
        warnings: warnings(subject),
        sample_types: sample_types(profile),
        default_sample_index: profile.default_type(),
        container: first.filter(|c| stored.iter().all(|s| s.container == *c)),
        format: profile.format,
        bytes: sum(|s| s.bytes),
        bytes_uncompressed: sum(|s| s.bytes_uncompressed),
        counts: counts(profile),
        labels: label_facts(subject),
        mappings: mapping_facts(profile),
        comments: profile.comments.iter().map(|c| plain(profile.text(*c))).collect(),
        doc_url: text(profile.doc_url),
        drop_frames: text(profile.drop_frames),
        keep_frames: text(profile.keep_frames),
        memstats: &profile.memstats,
        pgo: pgo_input(profile, my_code(profile, None).as_deref()),
        subject: *subject,
    }
}

fn warnings(subject: &Subject<'_>) -> Vec<Warning> {
    let mut warnings = subject.profile.warnings.clone();
    if hides_runtime(subject.profile) {
        let input = subject.inputs.first().cloned().unwrap_or_default();
        let text = "Go leaves the runtime's own frames at the leaf out of text dumps, so flat weight stands at the \
            first frame outside the runtime";
        warnings.push(Warning::new("hidden-runtime-frames", Place::input(input), text));
    }
    warnings
}

/// Whether the symbols are those of Go's comment lines.
fn hides_runtime(profile: &Profile) -> bool {
    let is_text = matches!(
        profile.format,
        Format::HeapText | Format::CountText | Format::ContentionText
    );
    is_text && !profile.functions.is_empty()
}

#[cfg(test)]
mod tests;
