//! Compiler notes beside the measurements: why memory is on the heap, which hot functions are called each time,
//! which hot lines check their bounds.

mod bounds;
pub(super) mod inlining;
mod model;
pub(super) mod sites;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use super::resource::{Column, columns};
use super::{Context, Evidence, Resource};
use crate::analyze::is_std;
use crate::compiler::{CompilerNotes, NoteKind, NotesIndex};
use crate::profile::{Profile, package_of};

pub use model::*;

/// Files and reasons that are listed where nothing was measured.
const MOST_FILES: usize = 10;

/// All notes as one.
pub(super) fn merged(context: &Context<'_>) -> CompilerNotes {
    let mut all = CompilerNotes::default();
    for input in context.evidence.notes {
        all.merge(input.notes.clone());
    }
    all
}

/// The first package that was compiled, if the notes tell one.
pub(super) fn package(evidence: &Evidence<'_>) -> Option<String> {
    let mut notes = evidence.notes.iter().flat_map(|input| &input.notes.notes);
    notes.find(|n| !n.package.is_empty()).map(|n| n.package.clone())
}

/// The facts; `None` without notes.
pub(super) fn facts(context: &Context<'_>, notes: &CompilerNotes) -> Option<CompilerFacts> {
    if context.evidence.notes.is_empty() {
        return None;
    }
    let index = NotesIndex::of(notes);
    let cpu = cpu_profile(context);
    let count = |is: fn(&NoteKind) -> bool| notes.notes.iter().filter(|n| is(&n.kind)).count() as u64;
    let measured = super::memory::allocation_profile(context).is_some();
    Some(CompilerFacts {
        go_version: notes.go_version.clone(),
        on_heap: count(NoteKind::allocates),
        on_stack: count(|k| matches!(k, NoteKind::DoesNotEscape { .. })),
        not_inlined: count(|k| matches!(k, NoteKind::CannotInline { .. })),
        bounds_checks: count(|k| matches!(k, NoteKind::BoundsCheck { .. })),
        explained: notes.notes.iter().any(|n| n.explanation.is_some()),
        least_share: context.policy.compiled_share,
        cpu_measured: cpu.is_some(),
        hot_not_inlined: cpu.map_or_else(Vec::new, |cpu| inlining::hot(context, cpu, &index)),
        hot_bounds_checks: cpu.map_or_else(Vec::new, |cpu| bounds::hot(context, cpu, &index)),
        files: if measured { Vec::new() } else { files(notes) },
        reasons: if measured { Vec::new() } else { reasons(notes) },
    })
}

/// The CPU profile and its column.
fn cpu_profile<'a>(context: &'a Context<'_>) -> Option<(&'a Profile, Column)> {
    context.evidence.profiles.iter().find_map(|input| {
        let of_cpu = |c: &Column| c.resource == Resource::Cpu;
        let column = columns(&input.profile).into_iter().find(of_cpu)?;
        Some((&input.profile, column))
    })
}

/// Whether a function is the user's to change.
fn is_own(context: &Context<'_>, function: &str) -> bool {
    let package = package_of(function).unwrap_or_default();
    match context.prefix.as_deref() {
        Some(prefix) => package == "main" || package.starts_with(prefix),
        None => package == "main" || !is_std(&package),
    }
}

/// The files by how much they send to the heap. Those of the standard library come from inlining.
fn files(notes: &CompilerNotes) -> Vec<NotedFile> {
    let mut by_file: BTreeMap<&str, NotedFile> = BTreeMap::new();
    for note in &notes.notes {
        let name = note.position.file.trim_start_matches("./");
        let file = by_file.entry(name).or_insert_with(|| NotedFile {
            file: name.to_string(),
            on_heap: 0,
            not_inlined: 0,
            bounds_checks: 0,
        });
        file.on_heap += u64::from(note.kind.allocates());
        file.not_inlined += u64::from(matches!(note.kind, NoteKind::CannotInline { .. }));
        file.bounds_checks += u64::from(matches!(note.kind, NoteKind::BoundsCheck { .. }));
    }
    let counts = |f: &NotedFile| f.on_heap + f.not_inlined + f.bounds_checks;
    let mut files: Vec<NotedFile> = by_file.into_values().filter(|f| counts(f) > 0).collect();
    files.sort_by(|a, b| {
        let key = |f: &NotedFile| (f.on_heap, counts(f));
        key(b).cmp(&key(a)).then_with(|| a.file.cmp(&b.file))
    });
    files.truncate(MOST_FILES);
    files
}

/// The reasons by how many values they send to the heap.
fn reasons(notes: &CompilerNotes) -> Vec<NotedReason> {
    let mut by_reason: BTreeMap<String, u64> = BTreeMap::new();
    for why in notes.notes.iter().filter_map(words::why) {
        *by_reason.entry(why).or_default() += 1;
    }
    let reasons = by_reason.into_iter();
    let mut reasons: Vec<NotedReason> = reasons.map(|(why, values)| NotedReason { why, values }).collect();
    reasons.sort_by(|a, b| b.values.cmp(&a.values).then_with(|| a.why.cmp(&b.why)));
    reasons.truncate(MOST_FILES);
    reasons
}

/// What the notes leave open.
pub(super) fn caveats(facts: Option<&CompilerFacts>) -> Vec<String> {
    let Some(facts) = facts else { return Vec::new() };
    let mut caveats = vec![
        "compiler notes are joined to the profiles by file and line: notes of another version of the source would be \
         put to the wrong lines"
            .to_string(),
    ];
    if facts.on_heap > 0 && !facts.explained {
        caveats.push(
            "the compiler notes do not say why values go to the heap: `go build -gcflags=-m=2 ./...` does"
                .to_string(),
        );
    }
    if facts.on_heap + facts.on_stack == 0 {
        caveats.push(
            "the compiler notes do not say what goes to the heap: `go build -gcflags=-m=2 ./...` does"
                .to_string(),
        );
    }
    if facts.bounds_checks == 0 {
        caveats.push(
            "the compiler notes do not say which bounds checks remain: `go build -gcflags=-d=ssa/check_bce ./...` does"
                .to_string(),
        );
    }
    caveats
}
