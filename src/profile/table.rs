//! The columns that are guarded: strings, each kept once, and samples, whose stacks stay packed.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::LocationId;
use super::wire::{push_varint, varint};

/// A text of a profile. Within one profile equal ids mean equal texts and the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StringId(u32);

impl StringId {
    /// The empty text, in every profile.
    pub const EMPTY: Self = Self(0);

    /// Index into its table, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether this is the empty text.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

/// Texts in one arena, each once.
#[derive(Debug, Clone)]
pub struct Strings {
    arena: Vec<u8>,
    ends: Vec<usize>,
    /// Hash of the text to the ids that have it: nearly always one.
    index: HashMap<u64, Vec<StringId>>,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self {
            arena: Vec::new(),
            ends: Vec::new(),
            index: HashMap::new(),
        };
        strings.intern(b"");
        strings
    }
}

impl Strings {
    /// The id of a text, which is added if it is new.
    pub fn intern(&mut self, text: &[u8]) -> StringId {
        let hash = hash_of(text);
        if let Some(id) = self.find_hashed(text, hash) {
            return id;
        }
        let id = StringId(self.ends.len() as u32);
        self.arena.extend_from_slice(text);
        self.ends.push(self.arena.len());
        self.index.entry(hash).or_default().push(id);
        id
    }

    /// The id of a text, if it is there.
    pub fn find(&self, text: &[u8]) -> Option<StringId> {
        self.find_hashed(text, hash_of(text))
    }

    fn find_hashed(&self, text: &[u8], hash: u64) -> Option<StringId> {
        let ids = self.index.get(&hash)?;
        ids.iter().copied().find(|id| self.get(*id) == text)
    }

    /// The text of an id.
    pub fn get(&self, id: StringId) -> &[u8] {
        let start = if id.index() == 0 {
            0
        } else {
            self.ends[id.index() - 1]
        };
        &self.arena[start..self.ends[id.index()]]
    }

    /// The text of a row of the table.
    pub(super) fn by_index(&self, row: u32) -> &[u8] {
        self.get(StringId(row))
    }

    /// All of them in the order of their ids.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|row| self.by_index(row as u32))
    }

    /// How many there are, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Never: the empty text is always there.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn hash_of(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelValue {
    /// A text.
    Text(StringId),
    /// A number and its unit.
    Number(i64, StringId),
}

/// A label of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Index of the sample.
    pub sample: u32,
    /// Its name; a sample may have several values for one key.
    pub key: StringId,
    /// What it says.
    pub value: LabelValue,
}

/// The measured stacks, as columns.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// Number of values per sample.
    width: usize,
    /// Location ids + 1 as varints, leaf first, sample after sample.
    stacks: Vec<u8>,
    /// Where the stack of a sample ends in `stacks`.
    ends: Vec<usize>,
    /// `width` values per sample.
    values: Vec<i64>,
    /// Labels by sample.
    labels: Vec<Label>,
}

impl Samples {
    /// No samples yet, of `width` values each.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Takes over columns that the decoder has checked.
    pub(super) fn from_columns(
        width: usize,
        stacks: Vec<u8>,
        ends: Vec<usize>,
        values: Vec<i64>,
        labels: Vec<Label>,
    ) -> Self {
        debug_assert_eq!(values.len(), ends.len() * width);
        Self {
            width,
            stacks,
            ends,
            values,
            labels,
        }
    }

    /// Appends a sample; `stack` leaf first.
    ///
    /// # Panics
    /// If `values` are not as many as the sample types.
    pub fn push(
        &mut self,
        stack: impl IntoIterator<Item = LocationId>,
        values: &[i64],
        labels: impl IntoIterator<Item = (StringId, LabelValue)>,
    ) {
        assert_eq!(values.len(), self.width, "one value per sample type");
        let sample = self.ends.len() as u32;
        stack
            .into_iter()
            .for_each(|id| push_varint(&mut self.stacks, u64::from(id.0) + 1));
        self.ends.push(self.stacks.len());
        self.values.extend_from_slice(values);
        self.labels.extend(
            labels
                .into_iter()
                .map(|(key, value)| Label { sample, key, value }),
        );
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Number of values per sample.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The packed stack of a sample: location ids + 1 as varints, leaf first.
    #[inline]
    pub fn packed(&self, sample: usize) -> &[u8] {
        let start = if sample == 0 { 0 } else { self.ends[sample - 1] };
        &self.stacks[start..self.ends[sample]]
    }

    /// The stack of a sample, leaf first.
    #[inline]
    pub fn stack(&self, sample: usize) -> Stack<'_> {
        Stack {
            packed: self.packed(sample),
        }
    }

    /// The values of a sample, one per sample type.
    pub fn values(&self, sample: usize) -> &[i64] {
        &self.values[sample * self.width..(sample + 1) * self.width]
    }

    /// The values of a sample, to be changed in place.
    pub(super) fn values_mut(&mut self, sample: usize) -> &mut [i64] {
        &mut self.values[sample * self.width..(sample + 1) * self.width]
    }

    /// One value of a sample.
    #[inline]
    pub fn value(&self, sample: usize, index: usize) -> i64 {
        self.values[sample * self.width + index]
    }

    /// One value of every sample.
    pub fn column(&self, index: usize) -> impl Iterator<Item = i64> + '_ {
        self.values.iter().skip(index).step_by(self.width.max(1)).copied()
    }

    /// All labels, by sample.
    pub fn all_labels(&self) -> &[Label] {
        &self.labels
    }

    /// The labels of a sample in their order in the file.
    pub fn labels(&self, sample: usize) -> &[Label] {
        let sample = sample as u32;
        let start = self.labels.partition_point(|l| l.sample < sample);
        let length = self.labels[start..].partition_point(|l| l.sample == sample);
        &self.labels[start..start + length]
    }
}

/// The location ids of a stack, leaf first.
#[derive(Debug, Clone)]
pub struct Stack<'a> {
    packed: &'a [u8],
}

impl Stack<'_> {
    /// Takes the frame nearest to the root off the stack.
    #[inline]
    pub fn pop_root(&mut self) -> Option<LocationId> {
        let last = self.packed.len().checked_sub(1)?;
        let start = self.packed[..last]
            .iter()
            .rposition(|b| *b < 0x80)
            .map_or(0, |i| i + 1);
        let (id, _) = varint(&self.packed[start..])?;
        self.packed = &self.packed[..start];
        Some(LocationId((id - 1) as u32))
    }
}

impl Iterator for Stack<'_> {
    type Item = LocationId;

    #[inline]
    fn next(&mut self) -> Option<LocationId> {
        let (id, length) = varint(self.packed)?;
        self.packed = &self.packed[length..];
        Some(LocationId((id - 1) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_once() {
        let mut strings = Strings::default();
        let a = strings.intern(b"a");
        assert_eq!(strings.intern(b"a"), a);
        assert_eq!(strings.get(a), b"a");
        assert_eq!(strings.intern(b""), StringId::EMPTY);
        assert_eq!(strings.find(b"b"), None);
    }

    #[test]
    fn stacks_read_the_same_from_both_ends() {
        let ids: Vec<_> = [0, 500, 127, 128, 70_000].map(LocationId).into();
        let mut samples = Samples::new(1);
        samples.push(ids.iter().copied(), &[1], []);
        samples.push(
            [],
            &[2],
            [(StringId::EMPTY, LabelValue::Number(7, StringId::EMPTY))],
        );
        assert_eq!(samples.stack(0).collect::<Vec<_>>(), ids);
        let mut stack = samples.stack(0);
        let mut from_root: Vec<_> = std::iter::from_fn(|| stack.pop_root()).collect();
        from_root.reverse();
        assert_eq!(from_root, ids);
        assert_eq!(samples.stack(1).count(), 0);
        assert_eq!((samples.labels(0).len(), samples.labels(1).len()), (0, 1));
        assert_eq!(samples.column(0).sum::<i64>(), 3);
    }
}
