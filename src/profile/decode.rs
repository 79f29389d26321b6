//! Bytes to [`Profile`]: one pass over the wire into raw tables and columns, then ids and texts are resolved,
//! since fields come in any order and Go writes its strings last.
//!
//! What is accepted and refused is what `go tool pprof` accepts and refuses, but for sums past 64 bits, which
//! it lets wrap. The rules and their texts are in [`Problem`].

use std::collections::HashMap;
use std::ops::Range;

use super::container::{Limits, unpack};
use super::legacy;
use super::sniff::looks_like;
use super::wire::{Field, Owner, Reader, numbers, push_varint, varint};
use super::{
    Format, Function, FunctionId, Label, LabelValue, Line, Location, Mapping, MappingId, Profile, Samples,
    StoredIds, StringId, Strings, ValueType,
};
use crate::error::{Error, Place, Problem, Warning, printable};

/// Reads a profile: gzipped or plain, protobuf or one of the older text and binary forms. `input` is its name in warnings and errors.
///
/// # Errors
/// Everything that [`Problem`] says of containers, wire and validity.
pub fn decode(data: &[u8], input: &str, limits: Limits) -> Result<Profile, Error> {
    let plain = unpack(data, limits).map_err(|problem| problem.at(input))?;
    decode_plain(&plain, input)
}

/// The same for data that are already unpacked.
///
/// # Errors
/// Everything that [`Problem`] says of wire and validity.
pub fn decode_plain(plain: &[u8], input: &str) -> Result<Profile, Error> {
    let mut profile = decode_any(plain, input).map_err(|problem| problem.at(input))?;
    profile.check_sums().map_err(|problem| problem.at(input))?;
    warn_of_doubts(&mut profile, input);
    Ok(profile)
}

/// Protobuf, else one of the text and binary forms, else what the data look like, else the protobuf error.
fn decode_any(plain: &[u8], input: &str) -> Result<Profile, Problem> {
    let problem = match decode_proto(plain) {
        Ok(profile) => return Ok(profile),
        Err(problem) => problem,
    };
    match problem {
        Problem::Wire { .. }
        | Problem::StringIndex { .. }
        | Problem::NoStrings
        | Problem::FirstString { .. } => {
            let legacy = legacy::decode(plain, input);
            legacy.unwrap_or_else(|| Err(looks_like(plain).unwrap_or(problem)))
        }
        other => Err(other),
    }
}

fn decode_proto(plain: &[u8]) -> Result<Profile, Problem> {
    Raw::read(plain)?.resolve()
}

impl Profile {
    /// Whether the sums of absolute values fit 64 bits, and with them every flat, cum and total.
    ///
    /// # Errors
    /// [`Problem::Overflow`] with the sample at which the first sum passes.
    pub fn check_sums(&self) -> Result<(), Problem> {
        for index in 0..self.sample_types.len() {
            let mut sum: u64 = 0;
            for (sample, value) in self.samples.column(index).enumerate() {
                sum = sum.saturating_add(value.unsigned_abs());
                if sum > i64::MAX as u64 {
                    let sample_type = format!("{}/{}", self.type_name(index), self.unit_name(index));
                    return Err(Problem::Overflow {
                        sample_type,
                        sample: sample + 1,
                    });
                }
            }
        }
        Ok(())
    }
}

/// A profile as it stands on the wire: ids and string indexes not yet looked up.
#[derive(Default)]
struct Raw<'a> {
    strings: Vec<&'a [u8]>,
    sample_types: Vec<(i64, i64)>,
    mappings: Vec<RawMapping>,
    locations: Vec<RawLocation>,
    lines: Vec<RawLine>,
    functions: Vec<RawFunction>,
    stacks: Vec<u8>,
    stack_ends: Vec<usize>,
    values: Vec<i64>,
    value_ends: Vec<usize>,
    labels: Vec<RawLabel>,
    drop_frames: i64,
    keep_frames: i64,
    time_nanos: i64,
    duration_nanos: i64,
    period_type: Option<(i64, i64)>,
    period: i64,
    comments: Vec<i64>,
    default_sample_type: i64,
    doc_url: i64,
}

#[derive(Default)]
struct RawMapping {
    id: u64,
    range: Range<u64>,
    offset: u64,
    filename: i64,
    build_id: i64,
    has: [bool; 4],
}

#[derive(Default)]
struct RawLocation {
    id: u64,
    mapping: u64,
    address: u64,
    lines: Range<usize>,
    is_folded: bool,
}

#[derive(Default)]
struct RawLine {
    function: u64,
    line: i64,
    column: i64,
}

#[derive(Default)]
struct RawFunction {
    id: u64,
    name: i64,
    system_name: i64,
    filename: i64,
    start_line: i64,
}

#[derive(Default)]
struct RawLabel {
    sample: u32,
    key: i64,
    text: i64,
    number: i64,
    unit: i64,
}

impl<'a> Raw<'a> {
    fn read(data: &'a [u8]) -> Result<Self, Problem> {
        let mut raw = Self::default();
        let mut reader = Reader::new(data);
        while let Some(field) = reader.field()? {
            raw.field(&field)?;
        }
        Ok(raw)
    }

    fn field(&mut self, field: &Field<'a>) -> Result<(), Problem> {
        match field.number {
            1 => self
                .sample_types
                .push(value_type(field, self.sample_types.len() + 1)?),
            2 => self.sample(field)?,
            3 => self.mappings.push(mapping(field, self.mappings.len() + 1)?),
            4 => self.location(field)?,
            5 => self.functions.push(function(field, self.functions.len() + 1)?),
            6 => self.strings.push(field.bytes()?),
            7 => self.drop_frames = field.int()?,
            8 => self.keep_frames = field.int()?,
            9 if self.time_nanos != 0 => return Err(Problem::TwoProfiles),
            9 => self.time_nanos = field.int()?,
            10 => self.duration_nanos = field.int()?,
            11 => self.period_type = Some(value_type(field, 0)?),
            12 => self.period = field.int()?,
            13 => numbers(field, Owner::File, |v| self.comments.push(v.cast_signed()))?,
            14 => self.default_sample_type = field.int()?,
            15 => self.doc_url = field.int()?,
            _ => {}
        }
        Ok(())
    }

    fn sample(&mut self, field: &Field<'a>) -> Result<(), Problem> {
        let number = self.stack_ends.len() + 1;
        let owner = Owner::Entry("sample", number);
        let mut reader = field.message(owner)?;
        while let Some(field) = reader.field()? {
            match field.number {
                1 => numbers(&field, owner, |id| push_varint(&mut self.stacks, id))?,
                2 => numbers(&field, owner, |value| self.values.push(value.cast_signed()))?,
                3 => self.labels.push(label(&field, number)?),
                _ => {}
            }
        }
        self.stack_ends.push(self.stacks.len());
        self.value_ends.push(self.values.len());
        Ok(())
    }

    fn location(&mut self, field: &Field<'a>) -> Result<(), Problem> {
        let number = self.locations.len() + 1;
        let mut reader = field.message(Owner::Entry("location", number))?;
        let first = self.lines.len();
        let mut location = RawLocation::default();
        while let Some(field) = reader.field()? {
            match field.number {
                1 => location.id = field.uint()?,
                2 => location.mapping = field.uint()?,
                3 => location.address = field.uint()?,
                4 => self.lines.push(line(&field, number)?),
                5 => location.is_folded = field.uint()? != 0,
                _ => {}
            }
        }
        location.lines = first..self.lines.len();
        self.locations.push(location);
        Ok(())
    }
}

fn value_type(field: &Field<'_>, number: usize) -> Result<(i64, i64), Problem> {
    let mut reader = field.message(Owner::Entry("sample type", number))?;
    let mut value_type = (0, 0);
    while let Some(field) = reader.field()? {
        match field.number {
            1 => value_type.0 = field.int()?,
            2 => value_type.1 = field.int()?,
            _ => {}
        }
    }
    Ok(value_type)
}

fn label(field: &Field<'_>, sample: usize) -> Result<RawLabel, Problem> {
    let mut reader = field.message(Owner::Part("label", "sample", sample))?;
    let mut label = RawLabel {
        sample: (sample - 1) as u32,
        ..RawLabel::default()
    };
    while let Some(field) = reader.field()? {
        match field.number {
            1 => label.key = field.int()?,
            2 => label.text = field.int()?,
            3 => label.number = field.int()?,
            4 => label.unit = field.int()?,
            _ => {}
        }
    }
    Ok(label)
}

fn mapping(field: &Field<'_>, number: usize) -> Result<RawMapping, Problem> {
    let mut reader = field.message(Owner::Entry("mapping", number))?;
    let mut mapping = RawMapping::default();
    while let Some(field) = reader.field()? {
        match field.number {
            1 => mapping.id = field.uint()?,
            2 => mapping.range.start = field.uint()?,
            3 => mapping.range.end = field.uint()?,
            4 => mapping.offset = field.uint()?,
            5 => mapping.filename = field.int()?,
            6 => mapping.build_id = field.int()?,
            n @ 7..=10 => mapping.has[n as usize - 7] = field.uint()? != 0,
            _ => {}
        }
    }
    Ok(mapping)
}

fn line(field: &Field<'_>, location: usize) -> Result<RawLine, Problem> {
    let mut reader = field.message(Owner::Part("line", "location", location))?;
    let mut line = RawLine::default();
    while let Some(field) = reader.field()? {
        match field.number {
            1 => line.function = field.uint()?,
            2 => line.line = field.int()?,
            3 => line.column = field.int()?,
            _ => {}
        }
    }
    Ok(line)
}

fn function(field: &Field<'_>, number: usize) -> Result<RawFunction, Problem> {
    let mut reader = field.message(Owner::Entry("function", number))?;
    let mut function = RawFunction::default();
    while let Some(field) = reader.field()? {
        match field.number {
            1 => function.id = field.uint()?,
            2 => function.name = field.int()?,
            3 => function.system_name = field.int()?,
            4 => function.filename = field.int()?,
            5 => function.start_line = field.int()?,
            _ => {}
        }
    }
    Ok(function)
}

impl Raw<'_> {
    fn resolve(mut self) -> Result<Profile, Problem> {
        let mut texts = Texts::new(std::mem::take(&mut self.strings))?;
        let sample_types = self.resolve_types(&mut texts)?;
        let function_ids = Ids::new("function", self.functions.iter().map(|f| f.id))?;
        let mapping_ids = Ids::new("mapping", self.mappings.iter().map(|m| m.id))?;
        let location_ids = Ids::new("location", self.locations.iter().map(|l| l.id))?;
        let labels = self.resolve_labels(&mut texts)?;
        let functions = self.resolve_functions(&mut texts)?;
        let mappings = self.resolve_mappings(&mut texts)?;
        let head = self.resolve_head(&mut texts)?;
        self.check_types(&sample_types, &texts)?;
        self.check_value_counts(&sample_types, &texts)?;
        let lines = self.resolve_lines(&function_ids)?;
        let locations = self
            .locations
            .iter()
            .map(|l| resolve_location(l, &mapping_ids))
            .collect();
        let stacks = self.resolve_stacks(&location_ids)?;
        let stored_ids = StoredIds {
            locations: location_ids.stored(self.locations.iter().map(|l| l.id)),
            mappings: mapping_ids.stored(self.mappings.iter().map(|m| m.id)),
        };
        let samples = Samples::from_columns(
            sample_types.len(),
            stacks.0,
            stacks.1,
            std::mem::take(&mut self.values),
            labels,
        );
        Ok(Profile {
            strings: texts.strings,
            sample_types,
            samples,
            mappings,
            locations,
            lines,
            functions,
            stored_ids,
            ..head
        })
    }

    fn resolve_types(&self, texts: &mut Texts<'_>) -> Result<Vec<ValueType>, Problem> {
        let resolve = |(i, (kind, unit)): (usize, &(i64, i64))| {
            let kind = texts.get(*kind, || format!("sample type {}: type", i + 1))?;
            let unit = texts.get(*unit, || format!("sample type {}: unit", i + 1))?;
            Ok(ValueType { kind, unit })
        };
        self.sample_types.iter().enumerate().map(resolve).collect()
    }

    fn check_types(&self, types: &[ValueType], texts: &Texts<'_>) -> Result<(), Problem> {
        if types.is_empty() {
            return Err(Problem::NoSampleTypes {
                samples: self.stack_ends.len(),
            });
        }
        let mut seen = HashMap::new();
        for (i, t) in types.iter().enumerate() {
            if let Some(first) = seen.insert(t.kind, i) {
                let name = printable(texts.strings.get(t.kind));
                return Err(Problem::SampleTypeTwice {
                    first: first + 1,
                    second: i + 1,
                    name,
                });
            }
        }
        Ok(())
    }

    fn check_value_counts(&self, types: &[ValueType], texts: &Texts<'_>) -> Result<(), Problem> {
        let mut start = 0;
        for (i, end) in self.value_ends.iter().enumerate() {
            if end - start != types.len() {
                let names: Vec<_> = types
                    .iter()
                    .take(8)
                    .map(|t| printable(texts.strings.get(t.kind)))
                    .collect();
                return Err(Problem::ValueCount {
                    sample: i + 1,
                    values: end - start,
                    expected: types.len(),
                    types: names.join(", "),
                });
            }
            start = *end;
        }
        Ok(())
    }

    fn resolve_labels(&self, texts: &mut Texts<'_>) -> Result<Vec<Label>, Problem> {
        let mut labels = Vec::with_capacity(self.labels.len());
        for raw in &self.labels {
            let owner = |field: &str| format!("a label of sample {}: {field}", raw.sample + 1);
            let key = texts.get(raw.key, || owner("key"))?;
            let value = if raw.text != 0 {
                LabelValue::Text(texts.get(raw.text, || owner("text"))?)
            } else if raw.number != 0 || raw.unit != 0 {
                LabelValue::Number(raw.number, texts.get(raw.unit, || owner("unit"))?)
            } else {
                continue;
            };
            labels.push(Label {
                sample: raw.sample,
                key,
                value,
            });
        }
        Ok(labels)
    }

    fn resolve_functions(&self, texts: &mut Texts<'_>) -> Result<Vec<Function>, Problem> {
        let resolve = |raw: &RawFunction| {
            let owner = |field: &str| format!("function {}: {field}", raw.id);
            Ok(Function {
                name: texts.get(raw.name, || owner("name"))?,
                system_name: texts.get(raw.system_name, || owner("system name"))?,
                filename: texts.get(raw.filename, || owner("file name"))?,
                start_line: raw.start_line,
            })
        };
        self.functions.iter().map(resolve).collect()
    }

    fn resolve_mappings(&self, texts: &mut Texts<'_>) -> Result<Vec<Mapping>, Problem> {
        let resolve = |raw: &RawMapping| {
            let owner = |field: &str| format!("mapping {}: {field}", raw.id);
            Ok(Mapping {
                start: raw.range.start,
                limit: raw.range.end,
                offset: raw.offset,
                filename: texts.get(raw.filename, || owner("file name"))?,
                build_id: texts.get(raw.build_id, || owner("build id"))?,
                has_functions: raw.has[0],
                has_filenames: raw.has[1],
                has_line_numbers: raw.has[2],
                has_inline_frames: raw.has[3],
            })
        };
        self.mappings.iter().map(resolve).collect()
    }

    /// A profile with the head fields only.
    fn resolve_head(&self, texts: &mut Texts<'_>) -> Result<Profile, Problem> {
        let period_type = match self.period_type {
            Some((kind, unit)) => Some(ValueType {
                kind: texts.get(kind, || "period type: type".into())?,
                unit: texts.get(unit, || "period type: unit".into())?,
            }),
            None => None,
        };
        let comments: Result<_, _> = self
            .comments
            .iter()
            .map(|c| texts.get(*c, || "a comment".into()))
            .collect();
        let head = super::ProfileBuilder::new(Format::Proto, &[]).finish();
        Ok(Profile {
            drop_frames: texts.get(self.drop_frames, || "drop_frames".into())?,
            keep_frames: texts.get(self.keep_frames, || "keep_frames".into())?,
            default_sample_type: texts.get(self.default_sample_type, || "default_sample_type".into())?,
            doc_url: texts.get(self.doc_url, || "doc_url".into())?,
            comments: comments?,
            period_type,
            period: self.period,
            time_nanos: self.time_nanos,
            duration_nanos: self.duration_nanos,
            ..head
        })
    }

    fn resolve_lines(&self, functions: &Ids) -> Result<Vec<Line>, Problem> {
        let mut lines = Vec::with_capacity(self.lines.len());
        for location in &self.locations {
            for raw in &self.lines[location.lines.clone()] {
                let function = functions.find(raw.function).ok_or(match raw.function {
                    0 => Problem::LineWithoutFunction {
                        location: location.id,
                    },
                    id => Problem::FunctionMissing {
                        location: location.id,
                        id,
                    },
                })?;
                lines.push(Line {
                    function: FunctionId(function),
                    line: raw.line,
                    column: raw.column,
                });
            }
        }
        Ok(lines)
    }

    /// Stacks of location ids to stacks of location indexes + 1. Where ids are 1…n in order these are the same
    /// numbers, and the column is only checked.
    fn resolve_stacks(&mut self, ids: &Ids) -> Result<(Vec<u8>, Vec<usize>), Problem> {
        let stacks = std::mem::take(&mut self.stacks);
        let mut ends = std::mem::take(&mut self.stack_ends);
        let Ids::Dense(n) = ids else {
            return renumber_stacks(&stacks, ends, ids);
        };
        let mut at = 0;
        for (sample, end) in ends.iter_mut().enumerate() {
            while at < *end {
                let (id, length) = varint(&stacks[at..]).unwrap_or((0, 1));
                if id == 0 || id > u64::from(*n) {
                    return Err(Problem::LocationMissing {
                        sample: sample + 1,
                        id,
                    });
                }
                at += length;
            }
        }
        Ok((stacks, ends))
    }
}

fn renumber_stacks(stacks: &[u8], ends: Vec<usize>, ids: &Ids) -> Result<(Vec<u8>, Vec<usize>), Problem> {
    let mut renumbered = Vec::with_capacity(stacks.len());
    let mut new_ends = Vec::with_capacity(ends.len());
    let mut at = 0;
    for (sample, end) in ends.into_iter().enumerate() {
        while at < end {
            let (id, length) = varint(&stacks[at..]).unwrap_or((0, 1));
            let index = ids.find(id).ok_or(Problem::LocationMissing {
                sample: sample + 1,
                id,
            })?;
            push_varint(&mut renumbered, u64::from(index) + 1);
            at += length;
        }
        new_ends.push(renumbered.len());
    }
    Ok((renumbered, new_ends))
}

fn resolve_location(raw: &RawLocation, mappings: &Ids) -> Location {
    Location {
        mapping: mappings.find(raw.mapping).map(MappingId),
        address: raw.address,
        first_line: raw.lines.start as u32,
        end_line: raw.lines.end as u32,
        is_folded: raw.is_folded,
    }
}

/// The texts of the file, interned at their first use, so that unused ones cost nothing.
struct Texts<'a> {
    table: Vec<&'a [u8]>,
    known: Vec<Option<StringId>>,
    strings: Strings,
}

impl<'a> Texts<'a> {
    fn new(table: Vec<&'a [u8]>) -> Result<Self, Problem> {
        match table.first() {
            None => Err(Problem::NoStrings),
            Some(first) if !first.is_empty() => Err(Problem::FirstString {
                text: printable(&first[..first.len().min(40)]),
            }),
            Some(_) => Ok(Self {
                known: vec![None; table.len()],
                table,
                strings: Strings::default(),
            }),
        }
    }

    fn get(&mut self, index: i64, owner: impl Fn() -> String) -> Result<StringId, Problem> {
        let at = usize::try_from(index).ok().filter(|i| *i < self.table.len());
        let at = at.ok_or_else(|| Problem::StringIndex {
            owner: owner(),
            index,
            len: self.table.len(),
        })?;
        let strings = &mut self.strings;
        Ok(*self.known[at].get_or_insert_with(|| strings.intern(self.table[at])))
    }
}

/// Finds the row of an id.
enum Ids {
    /// Ids are 1…n in order.
    Dense(u32),
    /// Ids are small: row + 1 by id, 0 where there is none.
    Table(Vec<u32>),
    /// Ids are any 64-bit numbers.
    Sparse(HashMap<u64, u32>),
}

impl Ids {
    fn new(table: &'static str, ids: impl Iterator<Item = u64> + Clone) -> Result<Self, Problem> {
        let count = ids.clone().count() as u32;
        let highest = ids.clone().max().unwrap_or(0);
        if ids.clone().any(|id| id == 0) {
            return Err(Problem::IdZero { table });
        }
        if ids.clone().zip(1..).all(|(id, n)| id == n) {
            return Ok(Self::Dense(count));
        }
        if highest > 4 * u64::from(count) + 1024 {
            return Self::sparse(table, ids);
        }
        let mut rows = vec![0; highest as usize + 1];
        for (row, id) in ids.enumerate() {
            if std::mem::replace(&mut rows[id as usize], row as u32 + 1) != 0 {
                return Err(Problem::IdTwice { table, id });
            }
        }
        Ok(Self::Table(rows))
    }

    fn sparse(table: &'static str, ids: impl Iterator<Item = u64>) -> Result<Self, Problem> {
        let mut rows = HashMap::new();
        for (row, id) in ids.enumerate() {
            if rows.insert(id, row as u32).is_some() {
                return Err(Problem::IdTwice { table, id });
            }
        }
        Ok(Self::Sparse(rows))
    }

    /// The ids by row, nothing where they are 1…n.
    fn stored(&self, ids: impl Iterator<Item = u64>) -> Vec<u64> {
        match self {
            Self::Dense(_) => Vec::new(),
            Self::Table(_) | Self::Sparse(_) => ids.collect(),
        }
    }

    #[inline]
    fn find(&self, id: u64) -> Option<u32> {
        match self {
            Self::Dense(n) => (id != 0 && id <= u64::from(*n)).then(|| id as u32 - 1),
            Self::Table(rows) => rows.get(usize::try_from(id).ok()?)?.checked_sub(1),
            Self::Sparse(rows) => rows.get(&id).copied(),
        }
    }
}

fn warn_of_doubts(profile: &mut Profile, input: &str) {
    let mut warn = |code: &str, text: String| {
        profile
            .warnings
            .push(Warning::new(code, Place::input(input), text));
    };
    if profile.samples.is_empty() {
        warn("no-samples", "the profile has no samples".into());
    }
    for (key, first, second) in label_units(&profile.samples) {
        let text = |id| printable(profile.strings.get(id));
        warn(
            "label-units",
            format!(
                "label {} has the units {} and {}; the first is used",
                text(key),
                text(first),
                text(second)
            ),
        );
    }
}

/// Numeric label keys that occur with two units: key, first unit, the first other one.
fn label_units(samples: &Samples) -> Vec<(StringId, StringId, StringId)> {
    let mut first_unit = HashMap::new();
    let mut doubtful: Vec<(StringId, StringId, StringId)> = Vec::new();
    for label in samples.all_labels() {
        if let LabelValue::Number(_, unit) = label.value {
            let first = *first_unit.entry(label.key).or_insert(unit);
            if first != unit && doubtful.iter().all(|d| d.0 != label.key) {
                doubtful.push((label.key, first, unit));
            }
        }
    }
    doubtful
}
