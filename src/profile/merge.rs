//! Several profiles to one: equal stacks with equal labels become one sample, values add.
//!
//! ```text
//!  inputs ─▶ Head (types in common, units, times) ─▶ Merger, input by input: Source (ids of one input to
//!            ids of the result, filled at first use) ─▶ samples by key ─▶ those whose values are all 0 go
//! ```

mod base;
mod head;

pub use base::{Base, subtract};

use std::collections::HashMap;

use super::wire::push_varint;
use super::{
    Function, FunctionId, LabelValue, Line, LocationId, Mapping, MappingId, Profile, ProfileBuilder, Samples,
    StringId,
};
use crate::error::Problem;
use head::Columns;

/// Merges profiles, each with its name for warnings. One profile comes back merged likewise: equal samples
/// joined, zero samples and unused rows gone.
///
/// Sample types are those that all inputs have, by name, in the order of the first one; a type that is lost is
/// a warning (`sample-type-lost`). Units become the finest that occurs. Functions are equal by all their
/// fields, mappings by size (rounded up to 4096), offset and build id or else file, locations by their distance
/// from the start of the mapping, lines and folding. The first mapping of the first input stays first.
///
/// # Errors
/// [`Problem::Merge`] if there are no inputs, no common type, or units or period types that do not fit;
/// [`Problem::Overflow`] if a value passes 64 bits.
///
/// ```
/// use perfplan::profile::{Format, ProfileBuilder, merge};
/// let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
/// let main = builder.frame("main.main", "main.go", 7);
/// builder.sample([main], &[5], []);
/// let profile = builder.finish();
/// let merged = merge(&[("a.txt", &profile), ("b.txt", &profile)]).unwrap();
/// assert_eq!((merged.samples.len(), merged.total(0)), (1, 10));
/// ```
pub fn merge(profiles: &[(&str, &Profile)]) -> Result<Profile, Problem> {
    let merged = merge_once(profiles)?;
    let cancelled = (0..merged.samples.len()).any(|s| is_zero(merged.samples.values(s)));
    if !cancelled {
        return Ok(merged);
    }
    // What cancelled out takes its locations and functions with it.
    merge_once(&[("", &merged)])
}

fn merge_once(profiles: &[(&str, &Profile)]) -> Result<Profile, Problem> {
    let (builder, columns) = head::combine(profiles)?;
    let mut merger = Merger {
        builder,
        mappings: HashMap::new(),
        samples: HashMap::new(),
        key: Vec::new(),
    };
    for ((_, profile), columns) in profiles.iter().zip(&columns) {
        merger.add(profile, columns)?;
    }
    Ok(merger.builder.finish())
}

fn is_zero(values: &[i64]) -> bool {
    values.iter().all(|v| *v == 0)
}

struct Merger {
    builder: ProfileBuilder,
    mappings: HashMap<MappingKey, MappingId>,
    samples: HashMap<Vec<u8>, usize>,
    /// Scratch for the key of a sample.
    key: Vec<u8>,
}

/// What makes mappings of two processes the same binary: addresses differ from run to run.
#[derive(PartialEq, Eq, Hash)]
struct MappingKey {
    size: u64,
    offset: u64,
    build_id_or_file: StringId,
}

impl MappingKey {
    fn of(mapping: &Mapping) -> Self {
        const PAGE: u64 = 4096;
        let size = mapping.limit.wrapping_sub(mapping.start).wrapping_add(PAGE - 1);
        let build_id_or_file = if mapping.build_id.is_empty() {
            mapping.filename
        } else {
            mapping.build_id
        };
        Self {
            size: size - size % PAGE,
            offset: mapping.offset,
            build_id_or_file,
        }
    }
}

/// One input, and where its rows are in the result, filled at first use.
struct Source<'a> {
    profile: &'a Profile,
    strings: Vec<Option<StringId>>,
    functions: Vec<Option<FunctionId>>,
    locations: Vec<Option<LocationId>>,
}

impl<'a> Source<'a> {
    fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            strings: vec![None; profile.strings.len()],
            functions: vec![None; profile.functions.len()],
            locations: vec![None; profile.locations.len()],
        }
    }
}

type Labels = Vec<(StringId, LabelValue)>;

impl Merger {
    fn add(&mut self, profile: &Profile, columns: &Columns) -> Result<(), Problem> {
        let mut source = Source::new(profile);
        if let (true, Some(first)) = (self.mappings.is_empty(), profile.mappings.first()) {
            self.mapping(&mut source, first);
        }
        let mut values = Vec::new();
        for sample in 0..profile.samples.len() {
            columns.select(&profile.samples, sample, &mut values)?;
            if !is_zero(&values) {
                self.sample(&mut source, sample, &values)?;
            }
        }
        Ok(())
    }

    fn sample(&mut self, source: &mut Source<'_>, sample: usize, values: &[i64]) -> Result<(), Problem> {
        let samples: &Samples = &source.profile.samples;
        let stack: Vec<_> = samples
            .stack(sample)
            .map(|id| self.location(source, id))
            .collect();
        let labels: Labels = samples
            .labels(sample)
            .iter()
            .map(|l| (self.text(source, l.key), self.label_value(source, l.value)))
            .collect();
        write_key(&mut self.key, &stack, &labels);
        if let Some(row) = self.samples.get(&self.key) {
            return head::add_values(self.builder.head(), *row, values);
        }
        let row = self.samples.len();
        self.samples.insert(std::mem::take(&mut self.key), row);
        self.builder.sample(stack, values, labels);
        Ok(())
    }

    fn text(&mut self, source: &mut Source<'_>, id: StringId) -> StringId {
        let builder = &mut self.builder;
        let mut intern = || builder.string(source.profile.text(id));
        match source.strings.get_mut(id.index()) {
            Some(known) => *known.get_or_insert_with(intern),
            None => intern(),
        }
    }

    fn label_value(&mut self, source: &mut Source<'_>, value: LabelValue) -> LabelValue {
        match value {
            LabelValue::Text(text) => LabelValue::Text(self.text(source, text)),
            LabelValue::Number(number, unit) => LabelValue::Number(number, self.text(source, unit)),
        }
    }

    fn location(&mut self, source: &mut Source<'_>, id: LocationId) -> LocationId {
        if let Some(Some(known)) = source.locations.get(id.index()) {
            return *known;
        }
        let location = source.profile.locations[id.index()];
        let mapping = location
            .mapping
            .and_then(|m| source.profile.mappings.get(m.index()));
        let lines: Vec<_> = source
            .profile
            .lines_of(id)
            .iter()
            .map(|l| self.line(source, l))
            .collect();
        let (mapping, address) = match mapping.map(|m| (m, self.mapping(source, m))) {
            Some((from, to)) => (Some(to), self.moved(location.address, from, to)),
            None => (None, location.address),
        };
        let new = self
            .builder
            .location(mapping, address, location.is_folded, &lines);
        source.locations[id.index()] = Some(new);
        new
    }

    /// An address of one run's mapping as the address in the run that was met first.
    fn moved(&mut self, address: u64, from: &Mapping, to: MappingId) -> u64 {
        let to = self.builder.head().mappings.get(to.index());
        to.map_or(address, |to| {
            address.wrapping_sub(from.start).wrapping_add(to.start)
        })
    }

    fn line(&mut self, source: &mut Source<'_>, line: &Line) -> Line {
        Line {
            function: self.function(source, line.function),
            ..*line
        }
    }

    fn function(&mut self, source: &mut Source<'_>, id: FunctionId) -> FunctionId {
        if let Some(Some(known)) = source.functions.get(id.index()) {
            return *known;
        }
        let function = source.profile.functions[id.index()];
        let function = Function {
            name: self.text(source, function.name),
            system_name: self.text(source, function.system_name),
            filename: self.text(source, function.filename),
            start_line: function.start_line,
        };
        let new = self.builder.function(function);
        source.functions[id.index()] = Some(new);
        new
    }

    fn mapping(&mut self, source: &mut Source<'_>, mapping: &Mapping) -> MappingId {
        let mapping = Mapping {
            filename: self.text(source, mapping.filename),
            build_id: self.text(source, mapping.build_id),
            ..*mapping
        };
        let builder = &mut self.builder;
        *self
            .mappings
            .entry(MappingKey::of(&mapping))
            .or_insert_with(|| builder.mapping(mapping))
    }
}

/// Two samples have the same key if their stacks are equal, and for each label key the texts and the numbers in
/// their order.
fn write_key(key: &mut Vec<u8>, stack: &[LocationId], labels: &[(StringId, LabelValue)]) {
    key.clear();
    stack.iter().for_each(|id| push_varint(key, u64::from(id.0) + 1));
    push_varint(key, 0);
    let mut sorted: Vec<_> = labels.iter().collect();
    sorted.sort_by_key(|(name, value)| (*name, matches!(value, LabelValue::Number(..))));
    for (name, value) in sorted {
        push_varint(key, name.index() as u64);
        match value {
            LabelValue::Text(text) => {
                push_varint(key, 0);
                push_varint(key, text.index() as u64);
            }
            LabelValue::Number(number, unit) => {
                push_varint(key, unit.index() as u64 + 1);
                push_varint(key, number.cast_unsigned());
            }
        }
    }
}

#[cfg(test)]
mod tests;
