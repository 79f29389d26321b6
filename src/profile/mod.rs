//! pprof profiles: tables and columns.
//!
//! ```text
//!            samples                                       tables
//!  ┌ stack ──────────┬ values ──────┬ labels ┐
//!  │ 3 2 1           │ 1   10000000 │ a=b    │   stack: location ids, leaf first ─▶ locations
//!  │ 5 2 1           │ 4   40000000 │        │   location ─▶ mapping, lines (innermost inlined call first)
//!  └─────────────────┴──────────────┴────────┘   line ─▶ function ─▶ name, file
//! ```
//! A [`Profile`] is kept close to the wire: stacks stay packed as varints in one column, values in another,
//! labels in a third. That is what is fast on a million samples, and every view walks the columns.
//! Texts are bytes, each kept once, so two equal [`StringId`]s mean equal texts and the other way round.
//!
//! The format is that of google/pprof's `profile.proto`; `proto/profile.proto` tells it in our own words.

mod builder;
mod container;
mod decode;
mod encode;
pub mod filter;
mod labels;
mod legacy;
mod memstats;
mod merge;
mod names;
mod prune;
mod sniff;
mod table;
mod wire;

use crate::error::Warning;

pub use builder::ProfileBuilder;
pub use container::{Limits, is_gzip, unpack};
pub use decode::{decode, decode_plain};
pub use encode::{encode, to_message};
pub(crate) use legacy::unquote;
pub use memstats::{MemStats, MemValue};
pub use merge::{Base, merge, subtract};
pub use names::{Kind, clean_path, package_of};
pub use prune::{remove_uninteresting, simplified_name};
pub use sniff::looks_like;
pub use table::{Label, LabelValue, Samples, Stack, StringId, Strings};

/// The messages of `proto/profile.proto` as prost generates them: the wire types, for writing and tests.
pub mod proto {
    #![allow(missing_docs, reason = "generated; the schema itself is commented")]
    #![allow(clippy::all, reason = "generated")]
    include!(concat!(env!("OUT_DIR"), "/perfplan.pprof.rs"));
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Index into its table, from 0.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A row of [`Profile::functions`].
    FunctionId
);
id!(
    /// A row of [`Profile::mappings`].
    MappingId
);
id!(
    /// A row of [`Profile::locations`].
    LocationId
);

/// What a column of values is: its type (`cpu`) and its unit (`nanoseconds`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueType {
    /// What is counted.
    pub kind: StringId,
    /// In which unit.
    pub unit: StringId,
}

/// A function of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Function {
    /// Name as shown.
    pub name: StringId,
    /// Name as the linker knows it.
    pub system_name: StringId,
    /// Source file, as the compiler saw its path.
    pub filename: StringId,
    /// Line of its `func`, 0 if unknown.
    pub start_line: i64,
}

/// A line of source within a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    /// The function it is in.
    pub function: FunctionId,
    /// Line from 1, 0 if unknown.
    pub line: i64,
    /// Column from 1, 0 if unknown; Go never writes it.
    pub column: i64,
}

/// A place in the program: an address, and what it is in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// The binary it is in.
    pub mapping: Option<MappingId>,
    /// Address; for frames that are not the leaf one less than the return address.
    pub address: u64,
    /// Its lines are `lines[first_line..end_line]` of the profile: innermost inlined call first, the function
    /// that holds the address last. None where the place has no symbol.
    pub first_line: u32,
    /// See `first_line`.
    pub end_line: u32,
    /// Several places were folded into this one by the linker.
    pub is_folded: bool,
}

/// A binary mapped into the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// Address of its first byte.
    pub start: u64,
    /// Address after its last byte.
    pub limit: u64,
    /// Offset of `start` in the file.
    pub offset: u64,
    /// Path of the file.
    pub filename: StringId,
    /// The linker's id of the build.
    pub build_id: StringId,
    /// Locations of this binary have function names.
    pub has_functions: bool,
    /// They have file names.
    pub has_filenames: bool,
    /// They have line numbers.
    pub has_line_numbers: bool,
    /// They show inlined calls.
    pub has_inline_frames: bool,
}

/// How the profile was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named like the format it stands for")]
pub enum Format {
    Proto,
    HeapText,
    CountText,
    ContentionText,
    ThreadsText,
    CpuBinary,
    JavaText,
    Folded,
}

/// The ids that a file gives its rows, where they are not 1…n: only they tell what a dump of the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredIds {
    /// Those of the first locations, by row; a row after them has the number of its row from 1.
    pub locations: Vec<u64>,
    /// Those of the first mappings likewise.
    pub mappings: Vec<u64>,
}

impl StoredIds {
    /// The id of a location.
    pub fn location(&self, row: LocationId) -> u64 {
        let stored = self.locations.get(row.index()).copied();
        stored.unwrap_or(u64::from(row.0) + 1)
    }

    /// The id of a mapping.
    pub fn mapping(&self, row: MappingId) -> u64 {
        self.mappings
            .get(row.index())
            .copied()
            .unwrap_or(u64::from(row.0) + 1)
    }
}

/// One profile, or several merged.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Every text that something refers to, each once; the first is the empty one.
    pub strings: Strings,
    /// What the columns of values are; their names differ.
    pub sample_types: Vec<ValueType>,
    /// The measured stacks.
    pub samples: Samples,
    /// The binaries; the first one is the program.
    pub mappings: Vec<Mapping>,
    /// The places.
    pub locations: Vec<Location>,
    /// The lines of all locations, see [`Location::first_line`].
    pub lines: Vec<Line>,
    /// The functions.
    pub functions: Vec<Function>,
    /// Frames to cut: a regular expression on function names, or empty.
    pub drop_frames: StringId,
    /// Exceptions to `drop_frames`.
    pub keep_frames: StringId,
    /// Start of the collection, nanoseconds since 1970, 0 if unknown.
    pub time_nanos: i64,
    /// Length of the collection in nanoseconds, 0 if unknown.
    pub duration_nanos: i64,
    /// What is counted between two samples.
    pub period_type: Option<ValueType>,
    /// How much of it; 0 if unknown.
    pub period: i64,
    /// Free texts.
    pub comments: Vec<StringId>,
    /// Name of the type to show first, or empty.
    pub default_sample_type: StringId,
    /// Where the profile is explained, or empty.
    pub doc_url: StringId,
    /// How it was stored.
    pub format: Format,
    /// Ids that the file gives its rows.
    pub stored_ids: StoredIds,
    /// What the heap text of a Go program says of the runtime's memory.
    pub memstats: MemStats,
    /// What is doubtful about it.
    pub warnings: Vec<Warning>,
}

impl Profile {
    /// The text of an id.
    pub fn text(&self, id: StringId) -> &[u8] {
        self.strings.get(id)
    }

    /// The text of an id as one line of safe text.
    pub fn printable(&self, id: StringId) -> String {
        crate::error::printable(self.text(id))
    }

    /// The lines of a location, innermost inlined call first.
    pub fn lines_of(&self, location: LocationId) -> &[Line] {
        let location = &self.locations[location.index()];
        &self.lines[location.first_line as usize..location.end_line as usize]
    }

    /// Index of the sample type to show first: the default one, else the last.
    pub fn default_type(&self) -> usize {
        let named = self
            .sample_types
            .iter()
            .position(|t| t.kind == self.default_sample_type);
        named.unwrap_or(self.sample_types.len().saturating_sub(1))
    }

    /// Index of the sample type with this name.
    pub fn type_named(&self, name: &str) -> Option<usize> {
        self.sample_types
            .iter()
            .position(|t| self.text(t.kind) == name.as_bytes())
    }

    /// Name of a sample type, made printable.
    pub fn type_name(&self, index: usize) -> String {
        self.printable(self.sample_types[index].kind)
    }

    /// Unit of a sample type, made printable.
    pub fn unit_name(&self, index: usize) -> String {
        self.printable(self.sample_types[index].unit)
    }

    /// The sample type that a user means: a number from 0 or a name; `inuse_space` also finds `space`.
    ///
    /// # Errors
    /// [`crate::error::Problem::NoSuchSampleType`] with the nearest name.
    pub fn find_type(&self, wanted: &str) -> Result<usize, crate::error::Problem> {
        let by_number = wanted.parse().ok().filter(|i| *i < self.sample_types.len());
        let short = wanted.strip_prefix("inuse_").unwrap_or(wanted);
        by_number
            .or_else(|| self.type_named(wanted))
            .or_else(|| self.type_named(short))
            .ok_or_else(|| {
                let names: Vec<_> = (0..self.sample_types.len()).map(|i| self.type_name(i)).collect();
                let nearest = crate::error::nearest(wanted, names.iter().map(String::as_str));
                let nearest = nearest.map(str::to_string);
                crate::error::Problem::NoSuchSampleType {
                    wanted: wanted.into(),
                    have: names.join(", "),
                    nearest,
                }
            })
    }

    /// Base name of the program's file, made printable; empty if unknown.
    pub fn binary(&self) -> String {
        self.mappings.first().map_or_else(String::new, |m| {
            let path = self.printable(m.filename);
            path.rsplit('/').next().unwrap_or_default().to_string()
        })
    }

    /// Sum of the values of a sample type.
    pub fn sum(&self, index: usize) -> i128 {
        self.samples.column(index).map(i128::from).sum()
    }

    /// Sum of the absolute values of a sample type: what shares are shares of. It fits, or the profile would
    /// have been refused.
    pub fn total(&self, index: usize) -> i64 {
        let total: u128 = self
            .samples
            .column(index)
            .map(|v| u128::from(v.unsigned_abs()))
            .sum();
        i64::try_from(total).unwrap_or(i64::MAX)
    }
}
