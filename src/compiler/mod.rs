//! What the Go compiler says of its own decisions: what goes to the heap and why, what is inlined, which checks
//! remain.
//!
//! ```text
//! go build -gcflags=-m=2 ./...                  ─text─▶ parse_notes ─┐
//! go build -gcflags=-d=ssa/check_bce ./...      ─text─▶ parse_notes ─┼─merge─▶ CompilerNotes ─▶ NotesIndex: file, line
//! go build -gcflags=-json=0,/absolute/dir ./... ─JSON─▶ parse_log   ─┘
//! ```
//! All of them may stand among other output: what is none of them is counted, not refused. A (position, message)
//! counts once. The three forms know different things: only text says what does *not* escape and which calls were
//! inlined; only the JSON log has nil checks and large copies.
//!
//! ```
//! use perfplan::compiler::{NoteKind, NotesIndex, parse_notes};
//! let text = "# example.com/esc\n./a.go:31:11: make([]byte, n) does not escape\n";
//! let notes = parse_notes(text.as_bytes());
//! let index = NotesIndex::of(&notes);
//! let here = index.file("example.com/esc", "/src/esc/a.go").unwrap().line(31);
//! assert_eq!(here[0].kind, NoteKind::DoesNotEscape { what: "make([]byte, n)".into() });
//! ```
//!
//! Source of the forms: `cmd/compile` (escape, inline, ssa/check_bce, logopt), as recorded from Go 1.26 and 1.27.

mod collect;
mod explanation;
mod index;
mod log;
mod message;
mod position;
mod preprofile;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;

pub use explanation::{Explanation, Reason, Step};
pub use index::{FileNotes, NotesIndex};
pub use log::parse_log;
pub use position::Position;
pub use preprofile::{Preprofile, PreprofileEdge, looks_like_preprofile, parse_preprofile};
pub use text::parse_notes;

/// The notes of one or several compilations, in the order in which they were first told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompilerNotes {
    /// Each position and message once.
    pub notes: Vec<Note>,
    /// Lines that are not blank and no notes: other output.
    pub unknown_lines: u64,
    /// The compiler's version, `go1.27.3`; empty where it is not told, as in text.
    pub go_version: String,
}

impl CompilerNotes {
    /// Adds the notes of another input. What is known already is left out, also where text and log put it differently;
    /// if only the new one says why, the reason is taken over.
    pub fn merge(&mut self, other: Self) {
        self.unknown_lines = self.unknown_lines.saturating_add(other.unknown_lines);
        if self.go_version.is_empty() {
            self.go_version = other.go_version;
        }
        let known = self.notes.iter().enumerate();
        let known: HashMap<Sameness, usize> = known.map(|(at, note)| (note.sameness(), at)).collect();
        for note in other.notes {
            match known.get(&note.sameness()).and_then(|at| self.notes.get_mut(*at)) {
                Some(same) if same.explanation.is_none() => same.explanation = note.explanation,
                Some(_) => {}
                None => self.notes.push(note),
            }
        }
    }
}

/// File, line, column and kind of a note; kinds that text and log tell alike are one.
type Sameness = (String, i64, i64, Option<NoteKind>);

impl Note {
    fn sameness(&self) -> Sameness {
        let kind = match &self.kind {
            NoteKind::Escapes { .. } | NoteKind::Moved { .. } => None,
            NoteKind::CanInline { .. } => Some(NoteKind::CanInline {
                function: String::new(),
                cost: None,
            }),
            NoteKind::CannotInline { reason, .. } => Some(NoteKind::CannotInline {
                function: String::new(),
                reason: reason.clone(),
            }),
            NoteKind::Leaks { parameter, .. } => Some(NoteKind::Leaks {
                parameter: parameter.clone(),
                to: String::new(),
            }),
            other => Some(other.clone()),
        };
        let file = index::whole(&self.package, &self.position.file);
        (file, self.position.line, self.position.column, kind)
    }
}

/// What the compiler says of a position.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    /// Import path of the package that was being compiled; empty where it is not told.
    pub package: String,
    /// Where.
    pub position: Position,
    /// What.
    pub kind: NoteKind,
    /// Why, where it is told: at -m=2 and in the JSON log.
    pub explanation: Option<Explanation>,
}

/// The kinds of notes. Expressions and names are the compiler's words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKind {
    /// A function that may be inlined.
    CanInline {
        /// As the package sees it, `(*Store).Get`; empty in the JSON log.
        function: String,
        /// Its cost, where told; 80 is the budget, 2000 for hot calls with a profile.
        cost: Option<u64>,
    },
    /// A function that is never inlined.
    CannotInline {
        /// As above.
        function: String,
        /// `function too complex: cost 83 exceeds budget 80`, `unhandled op DEFER`, `marked go:noinline`.
        reason: String,
    },
    /// A call that was inlined.
    InlinedCall {
        /// The callee.
        function: String,
    },
    /// A call that was not, in the JSON log.
    CallNotInlined {
        /// May be empty.
        reason: String,
    },
    /// An expression whose value is allocated on the heap.
    Escapes {
        /// The expression; empty where the JSON log gives none.
        what: String,
    },
    /// A variable that lives on the heap.
    Moved {
        /// Its name.
        variable: String,
    },
    /// An expression that stays on the stack.
    DoesNotEscape {
        /// The expression.
        what: String,
    },
    /// What a parameter points to outlives the call.
    Leaks {
        /// Its name.
        parameter: String,
        /// Where it goes to, as the compiler puts it: a result, `{heap}`; empty where it is not told.
        to: String,
    },
    /// An interface call that became a direct one.
    Devirtualized {
        /// The call.
        call: String,
        /// The type.
        to: String,
    },
    /// A variable that a closure holds.
    Captured {
        /// Its name.
        variable: String,
        /// By reference, else by value.
        by_reference: bool,
    },
    /// A bounds check that remains.
    BoundsCheck {
        /// Of a slice expression, else of an index.
        slicing: bool,
    },
    /// A nil check that remains.
    NilCheck,
    /// A large copy.
    Copy {
        /// Its size.
        bytes: u64,
    },
    /// A loop variable that is new at each turn.
    LoopVariable {
        /// Its name.
        variable: String,
        /// On the heap, else on the stack.
        heap: bool,
    },
    /// A loop that the compiler rewrote for its variables.
    LoopModified,
}

impl NoteKind {
    /// Whether memory is allocated on the heap here.
    pub fn allocates(&self) -> bool {
        matches!(self, Self::Escapes { .. } | Self::Moved { .. })
    }
}

/// Whether a text holds notes: a line with a position and one of the compiler's messages, or the head of a JSON
/// log.
pub fn looks_like_notes(data: &[u8]) -> bool {
    const HEAD: usize = 512;
    let is_text = |b: &u8| *b >= b' ' || b"\t\n\r\x0c\x1b".contains(b);
    data.iter().take(HEAD).all(is_text)
        && position::lines(data).any(|line| log::is_head(line) || text::is_note(line))
}

/// Reads notes of either form, told apart line by line.
pub fn parse(data: &[u8]) -> CompilerNotes {
    if position::lines(data).any(log::is_head) {
        return parse_log(data);
    }
    parse_notes(data)
}
