//! What the tests of the views need: profiles as a view takes them, and texts side by side.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it skips and may fail"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use perfplan::analyze::Granularity;
use perfplan::error::printable;
use perfplan::profile::{Limits, Profile, StringId, decode, remove_uninteresting};
use perfplan::report::view::{Subject, raw, traces};

use crate::shared::corpus;
use crate::support::{bytes, recorded_profiles};

/// The rows of a manifest as lists of cells, without its head.
pub fn manifest(folder: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes(&folder.join("manifest.tsv"))).expect("UTF-8");
    let cells = |line: &str| line.split('\t').map(str::to_string).collect();
    text.lines().skip(1).map(cells).collect()
}

/// All profiles that must be accepted.
pub fn accepted_files(corpus: &Path) -> Vec<PathBuf> {
    let of = |folder: &str, is_profile: fn(&[String]) -> bool| {
        let folder = corpus.join(folder);
        let rows = manifest(&folder).into_iter().filter(|cells| is_profile(cells));
        rows.map(|cells| folder.join(&cells[0])).collect::<Vec<_>>()
    };
    let mut files = of("profiles", |cells| cells[6] != "-");
    files.extend(of("generated", |cells| cells[2] != "dump"));
    files.extend(of("profiles/bad", |cells| cells[1] == "accept"));
    files
}

/// A profile as a view takes it.
pub struct Shown {
    pub profile: Profile,
    label_units: HashMap<StringId, String>,
}

impl Shown {
    /// Reads a file that is known to be a profile.
    pub fn of(file: &Path) -> Self {
        let decoded = decode(&bytes(file), "x", Limits::default());
        let mut profile = decoded.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        remove_uninteresting(&mut profile, "x");
        Self {
            label_units: profile.label_units(),
            profile,
        }
    }

    /// Functions of a sample type, without filters.
    pub fn subject<'a>(&'a self, index: usize, unit: &'a str) -> Subject<'a> {
        Subject {
            profile: &self.profile,
            inputs: &[],
            index,
            total: self.profile.total(index),
            filters: &[],
            granularity: Granularity::Functions,
            mean: false,
            ratio: 1.0,
            unit,
            label_units: &self.label_units,
            trim_path: "",
            source_path: "",
        }
    }

    /// Text dumps with symbols show more than the reference does, and it prints a name of two lines as two lines.
    pub fn is_exception(&self) -> bool {
        use perfplan::profile::Format::{ContentionText, CountText, HeapText};
        let is_text = matches!(self.profile.format, ContentionText | CountText | HeapText);
        let mut names = self.profile.functions.iter().map(|f| self.profile.text(f.name));
        is_text && names.len() > 0 || names.any(|name| name.contains(&b'\n'))
    }
}

pub fn traces_text(subject: &Subject<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    traces(subject).write_pprof(&mut out).expect("memory takes it");
    out
}

pub fn raw_text(subject: &Subject<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    raw(subject).write_pprof(&mut out).expect("memory takes it");
    out
}

/// The first line in which two texts differ. Control characters in names are escaped by us alone.
pub fn difference(own: &[u8], expect: &[u8]) -> Option<String> {
    if own == expect {
        return None;
    }
    let lines = |text: &[u8]| text.split(|b| *b == b'\n').map(printable).collect::<Vec<_>>();
    let (own, expect) = (lines(own), lines(expect));
    let at = own.iter().zip(&expect).position(|(a, b)| a != b);
    let at = at.or_else(|| (own.len() != expect.len()).then(|| own.len().min(expect.len())))?;
    Some(format!(
        "line {}: {:?}, expected {:?}",
        at + 1,
        own.get(at),
        expect.get(at)
    ))
}

/// Prints all failures, then fails if there are any.
pub fn settle(failures: &[String], compared: usize, at_least: usize) {
    failures.iter().for_each(|failure| println!("{failure}"));
    println!("{compared} compared, {} differ", failures.len());
    assert!(failures.is_empty(), "{} differ, see above", failures.len());
    assert!(compared >= at_least, "only {compared} compared");
}

/// Own recordings and shared profiles.
pub fn all_files() -> Vec<PathBuf> {
    let mut files = recorded_profiles();
    files.extend(corpus().iter().flat_map(|corpus| accepted_files(corpus)));
    files
}
