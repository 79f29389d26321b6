//! What the frames of a profile are called, one by one: every function's name and file is made once.

use std::borrow::Cow;

use crate::analyze::Granularity;
use crate::error::lossless;
use crate::profile::{Line, LocationId, Profile, clean_path, package_of};
use crate::source::trimmed_path;

use super::subject::Subject;

/// Names by function and by binary.
#[derive(Debug, Clone)]
pub(super) struct FrameNames {
    functions: Vec<FunctionName>,
    /// Base name of the file of each mapping.
    objects: Vec<String>,
    granularity: Granularity,
}

#[derive(Debug, Clone)]
struct FunctionName {
    name: String,
    file: String,
}

/// Whether the prefixes of `--trim-path` are cut from file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trim {
    Yes,
    No,
}

/// A frame: a line of a location, or the location itself where it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) location: LocationId,
    pub(super) line: Option<&'a Line>,
    /// The call was compiled into its caller.
    pub(super) is_inlined: bool,
}

impl FrameNames {
    /// The names of a profile; `text` makes them of their bytes.
    pub(super) fn of(subject: &Subject<'_>, trim: Trim, text: fn(&[u8]) -> String) -> Self {
        let profile = subject.profile;
        let file = |path: String| match trim {
            Trim::Yes => clean_path(trimmed_path(&path, subject.trim_path, subject.source_path)),
            Trim::No => clean_path(&path),
        };
        let functions = profile.functions.iter().map(|f| FunctionName {
            name: named(text(profile.text(f.name)), subject.granularity),
            file: file(text(profile.text(f.filename))),
        });
        let objects = profile
            .mappings
            .iter()
            .map(|m| base_name(&text(profile.text(m.filename))).to_string());
        Self {
            functions: functions.collect(),
            objects: objects.collect(),
            granularity: subject.granularity,
        }
    }

    /// The frame as pprof prints it: address, function, place, as far as the granularity has them.
    pub(super) fn printable(&self, profile: &Profile, frame: Frame<'_>) -> Cow<'_, str> {
        use Granularity::{Addresses, FileFunctions, Files, Functions, Lines, Packages};
        let function = self.function(frame);
        let name = function.map_or("", |f| f.name.as_str());
        match self.granularity {
            Functions | Packages if !name.is_empty() => return name.into(),
            Functions | Packages => return self.binary(profile, frame).into(),
            FileFunctions | Files | Lines | Addresses => {}
        }
        let file = function.map_or("", |f| f.file.as_str());
        let address = profile.locations[frame.location.index()].address;
        let mut parts: Vec<Cow<'_, str>> = Vec::new();
        if self.granularity == Addresses && address != 0 {
            parts.push(format!("{address:016x}").into());
        }
        let has_name = self.granularity != Files && !name.is_empty();
        parts.extend(has_name.then(|| name.into()));
        match self.place(file, frame) {
            Some(place) => parts.push(place.into()),
            None if !file.is_empty() => parts.push(file.into()),
            None if has_name => {}
            None => parts.push(self.binary(profile, frame).into()),
        }
        parts.join(" ").into()
    }

    /// File, line and column, where the granularity has a line.
    fn place(&self, file: &str, frame: Frame<'_>) -> Option<String> {
        let has_line = matches!(self.granularity, Granularity::Lines | Granularity::Addresses);
        let line = frame.line.filter(|l| has_line && l.line != 0)?;
        let with_column = self.granularity == Granularity::Addresses && line.column != 0;
        let column = if with_column {
            format!(":{}", line.column)
        } else {
            String::new()
        };
        Some(format!("{file}:{}{column}", line.line))
    }

    /// What stands for a frame without a name: the binary in brackets.
    fn binary(&self, profile: &Profile, frame: Frame<'_>) -> String {
        let mapping = profile.locations[frame.location.index()].mapping;
        let object = mapping
            .and_then(|m| self.objects.get(m.index()))
            .filter(|o| !o.is_empty());
        object.map_or_else(|| "<unknown>".to_string(), |o| format!("[{o}]"))
    }

    /// The name alone: of the function, or of what the granularity puts in its place.
    pub(super) fn name(&self, profile: &Profile, frame: Frame<'_>) -> Cow<'_, str> {
        let function = self.function(frame);
        let name = match self.granularity {
            Granularity::Files => function.map(|f| f.file.as_str()),
            _ => function.map(|f| f.name.as_str()),
        };
        match name.filter(|n| !n.is_empty()) {
            Some(name) => name.into(),
            None => self.binary(profile, frame).into(),
        }
    }

    /// The source file, if known.
    pub(super) fn file(&self, frame: Frame<'_>) -> Option<&str> {
        self.function(frame)
            .map(|f| f.file.as_str())
            .filter(|f| !f.is_empty())
    }

    fn function(&self, frame: Frame<'_>) -> Option<&FunctionName> {
        self.functions.get(frame.line?.function.index())
    }
}

fn named(name: String, granularity: Granularity) -> String {
    if granularity == Granularity::Packages {
        return package_of(&name).unwrap_or_else(|| "[binary]".to_string());
    }
    name
}

/// Bytes as the text that they are, for JSON and CSV.
pub(super) fn plain(bytes: &[u8]) -> String {
    lossless(bytes).into_owned()
}

/// The frames of a stack, leaf first.
pub(super) fn frames(profile: &Profile, sample: usize) -> impl Iterator<Item = Frame<'_>> {
    profile.samples.stack(sample).flat_map(|location| {
        let lines = profile.lines_of(location);
        let bare = lines.is_empty().then_some(Frame {
            location,
            line: None,
            is_inlined: false,
        });
        let last = lines.len().saturating_sub(1);
        let of_lines = lines.iter().enumerate().map(move |(i, line)| Frame {
            location,
            line: Some(line),
            is_inlined: i < last,
        });
        bare.into_iter().chain(of_lines)
    })
}

/// The last element of a path, as Go's `filepath.Base` has it, but that nothing stays nothing.
pub(super) fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") | None if !path.is_empty() => "/",
        Some(name) => name,
        None => "",
    }
}

/// A part of the total with its sign, `None` where the total is 0.
pub(super) fn share(value: i64, total: i64) -> Option<f64> {
    (total != 0).then(|| value as f64 / total as f64)
}

/// An address as JSON has it.
pub(super) fn address_text(address: u64) -> String {
    format!("0x{address:x}")
}

/// The trimmed and cleaned path of a file.
pub(super) fn base_path(subject: &Subject<'_>, file: crate::profile::StringId) -> String {
    let path = lossless(subject.profile.text(file));
    clean_path(trimmed_path(&path, subject.trim_path, subject.source_path))
}
