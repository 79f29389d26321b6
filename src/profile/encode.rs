//! [`Profile`] to bytes, by prost.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use prost::Message;

use super::{LabelValue, LocationId, Profile, StringId, ValueType, proto};

/// The profile as gzipped protobuf: texts in the order of their first use, ids 1…n, nothing unused, and the
/// same bytes for the same profile.
pub fn encode(profile: &Profile) -> Vec<u8> {
    let message = to_message(profile).encode_to_vec();
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let written = gzip.write_all(&message).and_then(|()| gzip.finish());
    written.unwrap_or_default()
}

/// The profile as prost's message.
pub fn to_message(profile: &Profile) -> proto::Profile {
    let mut writer = Writer::new(profile);
    let p = profile;
    let mut message = proto::Profile {
        sample_type: p.sample_types.iter().map(|t| writer.value_type(*t)).collect(),
        sample: (0..p.samples.len()).map(|i| writer.sample(i)).collect(),
        drop_frames: writer.text(p.drop_frames),
        keep_frames: writer.text(p.keep_frames),
        time_nanos: p.time_nanos,
        duration_nanos: p.duration_nanos,
        period_type: p.period_type.map(|t| writer.value_type(t)),
        period: p.period,
        comment: p.comments.iter().map(|c| writer.text(*c)).collect(),
        default_sample_type: writer.text(p.default_sample_type),
        doc_url: writer.text(p.doc_url),
        ..proto::Profile::default()
    };
    writer.tables(&mut message);
    message
}

/// Numbers the rows that are used, in the order of their first use.
struct Numbers {
    number: Vec<u64>,
    used: Vec<u32>,
}

impl Numbers {
    fn new(rows: usize) -> Self {
        Self {
            number: vec![0; rows],
            used: Vec::new(),
        }
    }

    fn of(&mut self, row: usize) -> u64 {
        if self.number[row] == 0 {
            self.used.push(row as u32);
            self.number[row] = self.used.len() as u64;
        }
        self.number[row]
    }
}

struct Writer<'a> {
    profile: &'a Profile,
    texts: Numbers,
    locations: Numbers,
    functions: Numbers,
    mappings: Numbers,
}

impl<'a> Writer<'a> {
    fn new(profile: &'a Profile) -> Self {
        let mut texts = Numbers::new(profile.strings.len());
        texts.of(0);
        let mut mappings = Numbers::new(profile.mappings.len());
        // The first mapping names the binary, so it stays first even if no location is in it.
        if !profile.mappings.is_empty() {
            mappings.of(0);
        }
        Self {
            texts,
            locations: Numbers::new(profile.locations.len()),
            functions: Numbers::new(profile.functions.len()),
            mappings,
            profile,
        }
    }

    fn text(&mut self, id: StringId) -> i64 {
        self.texts.of(id.index()) as i64 - 1
    }

    fn value_type(&mut self, value_type: ValueType) -> proto::ValueType {
        proto::ValueType {
            r#type: self.text(value_type.kind),
            unit: self.text(value_type.unit),
        }
    }

    fn sample(&mut self, sample: usize) -> proto::Sample {
        let samples = &self.profile.samples;
        proto::Sample {
            location_id: samples
                .stack(sample)
                .map(|id| self.locations.of(id.index()))
                .collect(),
            value: samples.values(sample).to_vec(),
            label: samples
                .labels(sample)
                .iter()
                .map(|l| self.label(l.key, l.value))
                .collect(),
        }
    }

    fn label(&mut self, key: StringId, value: LabelValue) -> proto::Label {
        let key = self.text(key);
        match value {
            LabelValue::Text(text) => proto::Label {
                key,
                str: self.text(text),
                ..Default::default()
            },
            LabelValue::Number(num, unit) => proto::Label {
                key,
                num,
                num_unit: self.text(unit),
                ..Default::default()
            },
        }
    }

    /// Locations use mappings and functions, and all of them texts, so they are numbered in this order.
    fn tables(&mut self, message: &mut proto::Profile) {
        let locations = std::mem::take(&mut self.locations.used);
        message.location = locations
            .iter()
            .zip(1..)
            .map(|(row, id)| self.location(*row, id))
            .collect();
        let mappings = std::mem::take(&mut self.mappings.used);
        message.mapping = mappings
            .iter()
            .zip(1..)
            .map(|(row, id)| self.mapping(*row, id))
            .collect();
        let functions = std::mem::take(&mut self.functions.used);
        message.function = functions
            .iter()
            .zip(1..)
            .map(|(row, id)| self.function(*row, id))
            .collect();
        let text = |row: &u32| self.profile.strings.by_index(*row).to_vec();
        message.string_table = self.texts.used.iter().map(text).collect();
    }

    fn location(&mut self, row: u32, id: u64) -> proto::Location {
        let location = self.profile.locations[row as usize];
        let line = |l: &super::Line| proto::Line {
            function_id: self.functions.of(l.function.index()),
            line: l.line,
            column: l.column,
        };
        proto::Location {
            id,
            mapping_id: location.mapping.map_or(0, |m| self.mappings.of(m.index())),
            address: location.address,
            line: self.profile.lines_of(LocationId(row)).iter().map(line).collect(),
            is_folded: location.is_folded,
        }
    }

    fn mapping(&mut self, row: u32, id: u64) -> proto::Mapping {
        let mapping = self.profile.mappings[row as usize];
        proto::Mapping {
            id,
            memory_start: mapping.start,
            memory_limit: mapping.limit,
            file_offset: mapping.offset,
            filename: self.text(mapping.filename),
            build_id: self.text(mapping.build_id),
            has_functions: mapping.has_functions,
            has_filenames: mapping.has_filenames,
            has_line_numbers: mapping.has_line_numbers,
            has_inline_frames: mapping.has_inline_frames,
        }
    }

    fn function(&mut self, row: u32, id: u64) -> proto::Function {
        let function = self.profile.functions[row as usize];
        proto::Function {
            id,
            name: self.text(function.name),
            system_name: self.text(function.system_name),
            filename: self.text(function.filename),
            start_line: function.start_line,
        }
    }
}
