//! Makes profiles by hand: for the text formats, for merging, and for tests.

use std::collections::HashMap;

use super::{
    Format, Function, FunctionId, LabelValue, Line, Location, LocationId, Mapping, MappingId, MemStats,
    Profile, Samples, StoredIds, StringId, Strings, ValueType,
};
use crate::error::Warning;

/// Builds a [`Profile`] row by row; equal functions, mappings and locations share a row.
///
/// ```
/// use perfplan::profile::{Format, ProfileBuilder};
/// let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
/// let main = builder.frame("main.main", "main.go", 7);
/// let work = builder.frame("main.work", "main.go", 12);
/// builder.sample([work, main], &[5], []);
/// let profile = builder.finish();
/// assert_eq!(profile.total(0), 5);
/// ```
#[derive(Debug)]
pub struct ProfileBuilder {
    profile: Profile,
    functions: HashMap<Function, FunctionId>,
    mappings: HashMap<Mapping, MappingId>,
    locations: HashMap<LocationKey, LocationId>,
}

type LocationKey = (Option<MappingId>, u64, bool, Vec<Line>);

impl ProfileBuilder {
    /// An empty profile with these sample types (type, unit).
    pub fn new(format: Format, sample_types: &[(&str, &str)]) -> Self {
        let mut strings = Strings::default();
        let sample_types: Vec<_> = sample_types
            .iter()
            .map(|(kind, unit)| ValueType {
                kind: strings.intern(kind.as_bytes()),
                unit: strings.intern(unit.as_bytes()),
            })
            .collect();
        let profile = Profile {
            samples: Samples::new(sample_types.len()),
            strings,
            sample_types,
            mappings: Vec::new(),
            locations: Vec::new(),
            lines: Vec::new(),
            functions: Vec::new(),
            drop_frames: StringId::EMPTY,
            keep_frames: StringId::EMPTY,
            time_nanos: 0,
            duration_nanos: 0,
            period_type: None,
            period: 0,
            comments: Vec::new(),
            default_sample_type: StringId::EMPTY,
            doc_url: StringId::EMPTY,
            format,
            stored_ids: StoredIds::default(),
            memstats: MemStats::default(),
            warnings: Vec::new(),
        };
        Self {
            profile,
            functions: HashMap::new(),
            mappings: HashMap::new(),
            locations: HashMap::new(),
        }
    }

    /// The head fields, to be set in place; tables and samples go through the other functions.
    pub fn head(&mut self) -> &mut Profile {
        &mut self.profile
    }

    /// The id of a text.
    pub fn string(&mut self, text: impl AsRef<[u8]>) -> StringId {
        self.profile.strings.intern(text.as_ref())
    }

    /// Sets what is counted between two samples, and how much of it.
    pub fn period(&mut self, kind: &str, unit: &str, period: i64) {
        let kind = self.string(kind);
        let unit = self.string(unit);
        self.profile.period_type = Some(ValueType { kind, unit });
        self.profile.period = period;
    }

    /// The id of a function.
    pub fn function(&mut self, function: Function) -> FunctionId {
        let next = FunctionId(self.profile.functions.len() as u32);
        let id = *self.functions.entry(function).or_insert(next);
        if id == next {
            self.profile.functions.push(function);
        }
        id
    }

    /// The id of a mapping.
    pub fn mapping(&mut self, mapping: Mapping) -> MappingId {
        let next = MappingId(self.profile.mappings.len() as u32);
        let id = *self.mappings.entry(mapping).or_insert(next);
        if id == next {
            self.profile.mappings.push(mapping);
        }
        id
    }

    /// The id of a location; `lines` innermost inlined call first, none if it has no symbol.
    pub fn location(
        &mut self,
        mapping: Option<MappingId>,
        address: u64,
        is_folded: bool,
        lines: &[Line],
    ) -> LocationId {
        let next = LocationId(self.profile.locations.len() as u32);
        let key = (mapping, address, is_folded, lines.to_vec());
        let id = *self.locations.entry(key).or_insert(next);
        if id == next {
            let first_line = self.profile.lines.len() as u32;
            self.profile.lines.extend_from_slice(lines);
            let end_line = self.profile.lines.len() as u32;
            self.profile.locations.push(Location {
                mapping,
                address,
                first_line,
                end_line,
                is_folded,
            });
        }
        id
    }

    /// The id of a location without address that is one line of a function.
    pub fn frame(&mut self, name: impl AsRef<[u8]>, file: impl AsRef<[u8]>, line: i64) -> LocationId {
        let name = self.string(name);
        let filename = self.string(file);
        let function = self.function(Function {
            name,
            system_name: name,
            filename,
            start_line: 0,
        });
        self.location(
            None,
            0,
            false,
            &[Line {
                function,
                line,
                column: 0,
            }],
        )
    }

    /// Appends a sample; `stack` leaf first, one value per sample type.
    ///
    /// # Panics
    /// If `values` are not as many as the sample types.
    pub fn sample(
        &mut self,
        stack: impl IntoIterator<Item = LocationId>,
        values: &[i64],
        labels: impl IntoIterator<Item = (StringId, LabelValue)>,
    ) {
        self.profile.samples.push(stack, values, labels);
    }

    /// Adds something doubtful.
    pub fn warn(&mut self, warning: Warning) {
        self.profile.warnings.push(warning);
    }

    /// The profile.
    pub fn finish(self) -> Profile {
        self.profile
    }
}
