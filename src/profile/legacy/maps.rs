//! The memory map at the end of a profile, and which address is in which mapping.
//!
//! Lines are those of `/proc/self/maps`, or `START-END [PERM] FILE [(@OFFSET)] [BUILDID]`, perhaps behind the
//! prefix of a log; `NAME=VALUE` defines what `$NAME` stands for in the lines after it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::{Mapping, MappingId, Profile, ProfileBuilder, StringId};
use super::text::{Line, Lines, hex, pattern, split_once};

const STARTS: [&[u8]; 2] = [b"--- Memory map: ---", b"MAPPED_LIBRARIES:"];

static PROC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^\s*(?:0x)?([0-9A-Fa-f]+)[\s-]?\s*(?:0x)?([0-9A-Fa-f]+):?(?:\s+([-rwxp]+))?",
        r"(?:\s+([0-9A-Fa-f]+))?\s+[0-9A-Fa-f]+:[0-9A-Fa-f]+\s+[0-9]+(?:\s+(\S+))?"
    ))
});

static BRIEF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^\s*(?:0x)?([0-9A-Fa-f]+)[\s-]?\s*(?:0x)?([0-9A-Fa-f]+):?(?:\s+([-rwxp]+))?",
        r"(?:\s+(\S+))?(?:\s+\(@([0-9A-Fa-f]+)\))?(?:\s+([0-9A-Fa-f]+))?"
    ))
});

static LOG_PREFIX: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^\[\]]+:[0-9]+\]\s"));

static LIBRARY: LazyLock<Regex> = LazyLock::new(|| pattern(r"[.]so$|[.]so[._][0-9]+"));

/// Whether a memory map starts after this line.
pub(super) fn starts_at(line: Line<'_>) -> bool {
    STARTS.iter().any(|start| split_once(line.text, start).is_some())
}

/// The mappings of the section that has them, if there is one.
pub(super) fn section(mut lines: Lines<'_>, builder: &mut ProfileBuilder) -> Vec<Mapping> {
    if lines.any(starts_at) {
        read(lines, builder)
    } else {
        Vec::new()
    }
}

/// The executable mappings that the lines tell; other lines are skipped.
pub(super) fn read(lines: Lines<'_>, builder: &mut ProfileBuilder) -> Vec<Mapping> {
    let mut names = Names::default();
    let mut mappings = Vec::new();
    for line in lines {
        let text = LOG_PREFIX
            .find(line.text)
            .map_or(line.text, |m| &line.text[m.end()..]);
        let text = names.replace(text);
        match entry(&text, builder) {
            Entry::Mapped(mapping) => mappings.push(mapping),
            Entry::NotExecutable => {}
            Entry::Other => names.define(&text),
        }
    }
    mappings
}

enum Entry {
    Mapped(Mapping),
    NotExecutable,
    Other,
}

fn entry(line: &[u8], builder: &mut ProfileBuilder) -> Entry {
    let long = PROC.captures(line).map(|c| (c, [5, 4, usize::MAX]));
    let form = long.or_else(|| BRIEF.captures(line).map(|c| (c, [4, 5, 6])));
    let Some((captures, [file, offset, build_id])) = form else {
        return Entry::Other;
    };
    let field = |i| captures.get(i).map_or(&b""[..], |m| m.as_bytes());
    let permissions = field(3);
    if !permissions.is_empty() && !permissions.contains(&b'x') {
        return Entry::NotExecutable;
    }
    let offset = match field(offset) {
        b"" => Some(0),
        digits => hex(digits),
    };
    let (Some(start), Some(limit), Some(offset)) = (hex(field(1)), hex(field(2)), offset) else {
        return Entry::Other;
    };
    Entry::Mapped(Mapping {
        offset,
        filename: builder.string(field(file)),
        build_id: builder.string(field(build_id)),
        ..mapped(start, limit)
    })
}

/// Names that stand for texts. Their number and the length of a replaced line are limited, since names can
/// stand for texts with names in them.
#[derive(Default)]
struct Names {
    values: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Names {
    const MOST: usize = 64;
    const LONGEST_LINE: usize = 1 << 16;

    fn define(&mut self, line: &[u8]) {
        if let Some((name, value)) = split_once(line, b"=")
            && self.values.len() < Self::MOST
        {
            let name = [b"$", name.trim_ascii()].concat();
            self.values.push((name, value.trim_ascii().to_vec()));
        }
    }

    fn replace(&self, line: &[u8]) -> Vec<u8> {
        let mut replaced = Vec::with_capacity(line.len());
        let mut rest = line;
        while let Some((first, after)) = rest.split_first() {
            let known = self.values.iter().find(|(name, _)| rest.starts_with(name));
            let fits = |value: &&Vec<u8>| replaced.len() + value.len() <= Self::LONGEST_LINE;
            if let Some((name, value)) = known.filter(|(_, value)| fits(&value)) {
                replaced.extend_from_slice(value);
                rest = rest.get(name.len()..).unwrap_or_default();
            } else {
                replaced.push(*first);
                rest = after;
            }
        }
        replaced
    }
}

/// Gives the profile its mappings, tidied up, and each location the one that it is in.
pub(super) fn attach(profile: &mut Profile, mappings: Vec<Mapping>) {
    let mut mappings = joined(mappings);
    put_program_first(profile, &mut mappings);
    correct_first(profile, &mut mappings);
    let addresses = profile.locations.iter().map(|l| l.address);
    let addresses: BTreeSet<u64> = addresses.filter(|a| *a != 0).collect();
    let addresses: Vec<u64> = addresses.into_iter().collect();
    let mut finder = Finder::new(mappings, &addresses);
    for location in profile.locations.iter_mut().filter(|l| l.address != 0) {
        let row = addresses.binary_search(&location.address);
        let mapping = row.ok().map(|row| finder.find(row));
        location.mapping = mapping.map(|m| MappingId(m as u32));
    }
    profile.mappings = finder.mappings;
}

/// Entries that are parts of one mapping become one.
fn joined(mappings: Vec<Mapping>) -> Vec<Mapping> {
    let mut joined: Vec<Mapping> = Vec::with_capacity(mappings.len());
    for mapping in mappings {
        match joined.last_mut() {
            Some(last) if continues(last, &mapping) => extend(last, &mapping),
            _ => joined.push(mapping),
        }
    }
    joined
}

fn continues(first: &Mapping, second: &Mapping) -> bool {
    let agree = |a: StringId, b: StringId| a.is_empty() || b.is_empty() || a == b;
    let size = first.limit.wrapping_sub(first.start);
    first.limit == second.start
        && agree(first.filename, second.filename)
        && agree(first.build_id, second.build_id)
        && (first.offset == 0 || second.offset == 0 || first.offset.wrapping_add(size) == second.offset)
}

fn extend(first: &mut Mapping, second: &Mapping) {
    first.limit = second.limit;
    if !second.filename.is_empty() {
        first.filename = second.filename;
    }
    if !second.build_id.is_empty() {
        first.build_id = second.build_id;
    }
}

/// The first mapping that is neither a library nor made by the kernel is the program.
fn put_program_first(profile: &Profile, mappings: &mut [Mapping]) {
    let is_program = |m: &Mapping| {
        let file = profile.text(m.filename);
        let file = split_once(file, b"(deleted)")
            .map_or(file, |(file, _)| file)
            .trim_ascii();
        !file.is_empty() && !file.starts_with(b"[") && !LIBRARY.is_match(file)
    };
    if let Some(program) = mappings.iter().position(is_program) {
        mappings.swap(0, program);
    }
}

/// Where the program's text lies on huge pages, or was mapped without its beginning.
fn correct_first(profile: &Profile, mappings: &mut Vec<Mapping>) {
    const USUAL_START: u64 = 0x40_0000;
    if let [first, second, ..] = &mappings[..]
        && first.limit == second.start
        && profile.text(first.filename).starts_with(b"/anon_hugepage")
    {
        mappings.remove(0);
    }
    if let Some(first) = mappings.first_mut()
        && first.start.wrapping_sub(first.offset) == USUAL_START
    {
        (first.start, first.offset) = (USUAL_START, 0);
    }
}

/// Finds the mapping of an address: the first that holds it, else the first that would from the beginning of its
/// file, which then grows, else one without a name. Once that one is there nothing grows any more.
struct Finder {
    mappings: Vec<Mapping>,
    /// For each address the mapping that holds it.
    within: Vec<Option<usize>>,
    /// For each address the mapping that would hold it from the beginning of its file.
    before: Vec<Option<usize>>,
    unnamed: Option<usize>,
}

impl Finder {
    fn new(mappings: Vec<Mapping>, addresses: &[u64]) -> Self {
        let spans: Vec<_> = mappings.iter().map(|m| (m.start, m.limit)).collect();
        let from_file_start = |m: &Mapping| (m.start.checked_sub(m.offset).unwrap_or(m.start), m.start);
        let before: Vec<_> = mappings.iter().map(from_file_start).collect();
        Self {
            within: first_spans(&spans, addresses),
            before: first_spans(&before, addresses),
            mappings,
            unnamed: None,
        }
    }

    /// The mapping of the address with this row.
    fn find(&mut self, row: usize) -> usize {
        if let Some(Some(mapping)) = self.within.get(row) {
            return *mapping;
        }
        let before = self.before.get(row).copied().flatten();
        if let Some((index, mapping)) = before.and_then(|m| Some((m, self.mappings.get_mut(m)?)))
            && (self.unnamed.is_none() || mapping.offset == 0)
        {
            mapping.start = mapping.start.wrapping_sub(mapping.offset);
            mapping.offset = 0;
            return index;
        }
        let mappings = &mut self.mappings;
        *self.unnamed.get_or_insert_with(|| {
            mappings.push(mapped(0, u64::MAX));
            mappings.len() - 1
        })
    }
}

/// A mapping of which only the range is known.
fn mapped(start: u64, limit: u64) -> Mapping {
    Mapping {
        start,
        limit,
        offset: 0,
        filename: StringId::EMPTY,
        build_id: StringId::EMPTY,
        has_functions: false,
        has_filenames: false,
        has_line_numbers: false,
        has_inline_frames: false,
    }
}

/// For each address (sorted) the first span (start, limit) of the list that holds it: one sweep over both.
fn first_spans(spans: &[(u64, u64)], addresses: &[u64]) -> Vec<Option<usize>> {
    let mut starts: Vec<_> = spans.iter().enumerate().map(|(i, s)| (s.0, i)).collect();
    starts.sort_unstable();
    let mut starts = starts.into_iter().peekable();
    let mut open = BTreeSet::new();
    let mut found = Vec::with_capacity(addresses.len());
    for address in addresses {
        while let Some((_, span)) = starts.next_if(|(start, _)| start <= address) {
            open.insert(span);
        }
        let ended = |span: &usize| spans.get(*span).is_none_or(|s| s.1 <= *address);
        while let Some(span) = open.first().copied().filter(ended) {
            open.remove(&span);
        }
        found.push(open.first().copied());
    }
    found
}
