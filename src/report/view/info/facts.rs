//! What `info` counts.

use std::collections::{BTreeMap, HashSet};

use super::super::names::{address_text, plain};
use super::super::subject::Subject;
use super::{Counts, LabelFact, MappingFact, SampleType};
use crate::error::lossless;
use crate::profile::{LabelValue, LocationId, Profile, StringId};

pub(super) fn sample_types(profile: &Profile) -> Vec<SampleType> {
    let one = |index| SampleType {
        index,
        r#type: profile.type_name(index),
        unit: profile.unit_name(index),
        // It fits: the sum of absolute values does.
        sum: i64::try_from(profile.sum(index)).unwrap_or(i64::MAX),
        total: profile.total(index),
    };
    (0..profile.sample_types.len()).map(one).collect()
}

pub(super) fn counts(profile: &Profile) -> Counts {
    let frames: Vec<usize> = (0..profile.locations.len())
        .map(|row| profile.lines_of(LocationId(row as u32)).len())
        .collect();
    let depths = (0..profile.samples.len()).map(|sample| {
        let stack = profile.samples.stack(sample);
        stack
            .map(|l| frames.get(l.index()).copied().unwrap_or(0).max(1))
            .sum()
    });
    let mut counts = Counts {
        samples: profile.samples.len(),
        locations: frames.len(),
        functions: profile.functions.len(),
        mappings: profile.mappings.len(),
        locations_without_lines: frames.iter().filter(|n| **n == 0).count(),
        locations_with_inlines: frames.iter().filter(|n| **n > 1).count(),
        ..Counts::default()
    };
    for depth in depths {
        counts.empty_stacks += usize::from(depth == 0);
        counts.max_stack_depth = counts.max_stack_depth.max(depth);
    }
    counts
}

#[derive(Default)]
struct Seen {
    values: HashSet<LabelValue>,
    samples: usize,
    mark: u32,
}

pub(super) fn label_facts(subject: &Subject<'_>) -> Vec<LabelFact> {
    let profile = subject.profile;
    let mut seen: BTreeMap<(&[u8], bool, StringId), Seen> = BTreeMap::new();
    for label in profile.samples.all_labels() {
        let (is_number, value) = match label.value {
            LabelValue::Text(_) => (false, label.value),
            LabelValue::Number(number, _) => (true, LabelValue::Number(number, StringId::EMPTY)),
        };
        let seen = seen
            .entry((profile.text(label.key), is_number, label.key))
            .or_default();
        seen.values.insert(value);
        seen.samples += usize::from(seen.mark != label.sample + 1);
        seen.mark = label.sample + 1;
    }
    let fact = |((key, is_number, id), seen): ((&[u8], bool, StringId), Seen)| LabelFact {
        key: lossless(key).into_owned(),
        kind: if is_number { "number" } else { "text" },
        unit: subject.label_units.get(&id).filter(|_| is_number).cloned(),
        values: seen.values.len(),
        samples: seen.samples,
    };
    seen.into_iter().map(fact).collect()
}

pub(super) fn mapping_facts(profile: &Profile) -> Vec<MappingFact> {
    let text = |id: StringId| (!id.is_empty()).then(|| plain(profile.text(id)));
    let fact = |m: &crate::profile::Mapping| MappingFact {
        start: address_text(m.start),
        limit: address_text(m.limit),
        offset: address_text(m.offset),
        file: text(m.filename),
        build_id: text(m.build_id),
        has_functions: m.has_functions,
        has_filenames: m.has_filenames,
        has_line_numbers: m.has_line_numbers,
        has_inline_frames: m.has_inline_frames,
    };
    profile.mappings.iter().map(fact).collect()
}
