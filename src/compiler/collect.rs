//! Notes as they come, each once, with their explanations.
//!
//! At -m=2 an allocation is told twice: with its explanation, then plainly; the plain line may be shorter (`append`
//! for `append(out, &x)`) or name the variable (`moved to heap: x`). The JSON log tells the explanation first, then
//! an empty record. So explained heads wait until the end and go to the plain notes of their position; those that
//! fit none are notes themselves.

use std::collections::{HashMap, HashSet};

use super::{CompilerNotes, Explanation, Note, NoteKind, Position, Step};

/// A position with its package.
type Key = (String, Position);

/// Collects the notes of a text.
#[derive(Default)]
pub(super) struct Collector {
    known: HashSet<(Key, NoteKind)>,
    notes: Vec<Note>,
    explained: Vec<Explained>,
    /// The last explained head of each position, by its number in `explained`.
    last: HashMap<Key, usize>,
    pub unknown_lines: u64,
    pub go_version: String,
}

struct Explained {
    key: Key,
    kind: NoteKind,
    explanation: Explanation,
    used: bool,
}

impl Collector {
    /// A plain note.
    pub fn note(&mut self, package: &str, position: Position, kind: NoteKind) {
        let key = (package.to_string(), position);
        if self.known.insert((key.clone(), kind.clone())) {
            let (package, position) = key;
            self.notes.push(Note {
                package,
                position,
                kind,
                explanation: None,
            });
        }
    }

    /// The head of an explanation; its steps may follow.
    pub fn explained(&mut self, package: &str, position: Position, kind: NoteKind, explanation: Explanation) {
        let key = (package.to_string(), position);
        self.last.insert(key.clone(), self.explained.len());
        self.explained.push(Explained {
            key,
            kind,
            explanation,
            used: false,
        });
    }

    /// A step of the last explanation of a position; whether there is one.
    pub fn step(&mut self, package: &str, position: Position, step: Step) -> bool {
        let at = self.last.get(&(package.to_string(), position));
        let last = at.and_then(|at| self.explained.get_mut(*at));
        last.map(|head| head.explanation.steps.push(step)).is_some()
    }

    /// All notes. Explanations are given to the notes that they explain.
    pub fn finish(mut self) -> CompilerNotes {
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, head) in self.explained.iter().enumerate() {
            by_key.entry(head.key.clone()).or_default().push(at);
        }
        for note in &mut self.notes {
            let key = (note.package.clone(), note.position.clone());
            let heads = by_key.get(&key).map_or(&[][..], Vec::as_slice);
            attach(note, heads, &mut self.explained);
        }
        let nameless = |kind: &NoteKind| matches!(kind, NoteKind::Escapes { what } if what.is_empty());
        let explained = self.explained.into_iter().filter(|head| !head.used);
        for head in explained {
            if self.known.insert((head.key.clone(), head.kind.clone())) {
                let (package, position) = head.key;
                self.notes.push(Note {
                    package,
                    position,
                    kind: head.kind,
                    explanation: Some(head.explanation),
                });
            }
        }
        // An empty record beside another allocation of its place says nothing more.
        let named: HashSet<Key> = self
            .notes
            .iter()
            .filter(|n| n.kind.allocates() && !nameless(&n.kind))
            .map(|n| (n.package.clone(), n.position.clone()))
            .collect();
        self.notes
            .retain(|n| !nameless(&n.kind) || !named.contains(&(n.package.clone(), n.position.clone())));
        CompilerNotes {
            notes: self.notes,
            unknown_lines: self.unknown_lines,
            go_version: self.go_version,
        }
    }
}

/// Gives a note the first explanation that fits; all others that fit are used up too.
fn attach(note: &mut Note, heads: &[usize], explained: &mut [Explained]) {
    for at in heads {
        let Some(head) = explained.get_mut(*at) else {
            continue;
        };
        if !fits(&note.kind, &head.kind) {
            continue;
        }
        head.used = true;
        if note.explanation.is_none() {
            note.explanation = Some(head.explanation.clone());
        }
        if let (NoteKind::Escapes { what }, NoteKind::Escapes { what: whole }) = (&mut note.kind, &head.kind)
        {
            what.clone_from(whole);
        }
    }
}

/// Whether a plain note is the one that an explained head announced.
fn fits(plain: &NoteKind, head: &NoteKind) -> bool {
    match (plain, head) {
        (NoteKind::Escapes { what }, NoteKind::Escapes { what: whole }) => {
            what == whole || (what == "append" && whole.starts_with("append("))
        }
        (NoteKind::Moved { variable }, NoteKind::Escapes { what }) => variable == what,
        (NoteKind::Leaks { parameter, .. }, NoteKind::Leaks { parameter: other, .. }) => parameter == other,
        _ => false,
    }
}
