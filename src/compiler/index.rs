//! Which notes belong to a line of a profile.
//!
//! Profile and compiler name the same file differently: `/build/esc/a.go`, `example.com/esc/a.go`, `./a.go`. The file
//! of a note is taken to be in the folder of its package where its path does not contradict that, and then names are
//! compared from their ends.

use std::collections::BTreeMap;

use super::{CompilerNotes, Note};

/// Notes by file and line.
#[derive(Debug)]
pub struct NotesIndex<'a> {
    /// Files by their last name.
    files: BTreeMap<&'a str, Vec<File<'a>>>,
}

#[derive(Debug)]
struct File<'a> {
    /// The package that was compiled.
    package: &'a str,
    /// The whole name that it stands for.
    path: String,
    lines: BTreeMap<i64, Vec<&'a Note>>,
}

/// The notes of one file.
#[derive(Debug)]
pub struct FileNotes<'a> {
    lines: BTreeMap<i64, Vec<&'a Note>>,
}

impl<'a> FileNotes<'a> {
    /// The notes of a line, by column, then kind, each once.
    pub fn line(&self, line: i64) -> Vec<&'a Note> {
        let mut notes = self.lines.get(&line).cloned().unwrap_or_default();
        notes.sort_by(|a, b| {
            let explained = |n: &Note| n.explanation.is_none();
            (a.position.column, &a.kind, explained(a)).cmp(&(b.position.column, &b.kind, explained(b)))
        });
        notes.dedup_by(|a, b| a.position.column == b.position.column && a.kind == b.kind);
        notes
    }
}

impl<'a> NotesIndex<'a> {
    /// Sorts the notes.
    pub fn of(notes: &'a CompilerNotes) -> Self {
        let mut by_name: BTreeMap<(&str, &str), BTreeMap<i64, Vec<&Note>>> = BTreeMap::new();
        for note in &notes.notes {
            let file = by_name.entry((&note.package, &note.position.file)).or_default();
            file.entry(note.position.line).or_default().push(note);
        }
        let mut files: BTreeMap<&str, Vec<File<'_>>> = BTreeMap::new();
        for ((package, name), lines) in by_name {
            let path = whole(package, name);
            let file = File { package, path, lines };
            files.entry(last(name)).or_default().push(file);
        }
        Self { files }
    }

    /// The notes of a file as a profile names it, for a function of `package` (empty where it is not known). `None`
    /// where no file fits, or several do that are not the same.
    pub fn file(&self, package: &str, file: &str) -> Option<FileNotes<'a>> {
        let named = self.files.get(last(file))?;
        let of_package = |f: &&File<'_>| !package.is_empty() && f.package == package && in_package(f);
        let mut found: Vec<&File<'_>> = named.iter().filter(of_package).collect();
        if found.is_empty() {
            found = nearest(named, file);
        }
        let mut lines: BTreeMap<i64, Vec<&Note>> = BTreeMap::new();
        for (line, notes) in found.iter().flat_map(|f| &f.lines) {
            lines.entry(*line).or_default().extend(notes);
        }
        (!found.is_empty()).then_some(FileNotes { lines })
    }
}

/// The files whose names agree with the wanted one in most of their last parts; two at the least, unless one name is
/// a part of the other.
fn nearest<'b, 'a>(named: &'b [File<'a>], file: &str) -> Vec<&'b File<'a>> {
    let agreeing = |f: &File<'_>| {
        let (ours, wanted) = (parts(&f.path), parts(file));
        let count = ours
            .clone()
            .zip(wanted.clone())
            .take_while(|(a, b)| a == b)
            .count();
        let whole = count == ours.count() || count == wanted.count();
        if count >= 2 || whole { count } else { 0 }
    };
    let best = named.iter().map(agreeing).max().unwrap_or(0);
    let found: Vec<_> = named.iter().filter(|f| best > 0 && agreeing(f) == best).collect();
    let same = found.windows(2).all(|w| w[0].path == w[1].path);
    if same { found } else { Vec::new() }
}

/// The parts of a path from its end.
fn parts(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.rsplit(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
}

fn last(path: &str) -> &str {
    parts(path).next().unwrap_or(path)
}

/// Whether a file stands in the folder of the package that was compiled: notes also tell of inlined code of others.
fn in_package(file: &File<'_>) -> bool {
    parts(&file.path).skip(1).eq(parts(file.package))
}

/// The name with its package's path where it is relative and does not climb, or ends like it; else as it is.
pub(super) fn whole(package: &str, name: &str) -> String {
    let folder: Vec<&str> = parts(name).skip(1).collect();
    let relative = name.starts_with("./") || folder.is_empty();
    let absolute = name.starts_with('/') || name.get(1..2) == Some(":");
    let agrees = parts(package).zip(&folder).all(|(a, b)| a == *b);
    let belongs = match (relative, absolute) {
        (true, _) => agrees,
        (_, true) => parts(package).next() == folder.first().copied(),
        _ => false,
    };
    if package.is_empty() || !belongs {
        return name.to_string();
    }
    format!("{package}/{}", last(name))
}
