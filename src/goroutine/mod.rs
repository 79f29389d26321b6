//! Goroutine dumps: what `/debug/pprof/goroutine?debug=2`, `runtime.Stack`, SIGQUIT and a panic print.
//!
//! ```text
//! bytes ─▶ lines ─▶ Goroutine {state, minutes, labels, frames, creator, ancestors}…
//!                   and all text outside of goroutines, with its line numbers: panic messages, logs, registers
//! ```
//! A line inside a goroutine that is not of the form is a [`Warning`] with its number; reading goes on at the
//! next blank line or header. The time is linear in the length of the text.
//!
//! ```
//! let text = b"panic: oh\n\ngoroutine 7 [chan send, 3 minutes]:\nmain.send(0x1)\n\t/src/main.go:12 +0x1d\n\
//!              created by main.main in goroutine 1\n\t/src/main.go:9 +0x2a\n";
//! let dump = perfplan::goroutine::parse(text, "dump.txt").unwrap();
//! let one = &dump.goroutines[0];
//! assert_eq!((one.id, one.state.as_str(), one.wait_minutes), (7, "chan send", Some(3)));
//! assert_eq!((one.frames[0].function.as_str(), one.frames[0].line), ("main.send", 12));
//! assert_eq!(dump.preamble[0].text, "panic: oh");
//! ```

mod frame;
mod header;
mod reader;
#[cfg(test)]
mod tests;

use crate::error::Warning;

pub use reader::{looks_like_dump, parse};

/// All goroutines of a text. Several dumps in one text are read as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoroutineDump {
    /// The lines outside of goroutines that are not blank: the panic message before the first one, `[signal …]`,
    /// registers, what a program logged between two dumps.
    pub preamble: Vec<TextLine>,
    /// The goroutines in the order of the text.
    pub goroutines: Vec<Goroutine>,
    /// What could not be read, by line, and what is doubtful about the whole.
    pub warnings: Vec<Warning>,
}

/// A line of text that belongs to no goroutine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// Line from 1.
    pub line: u64,
    /// The text without its end of line.
    pub text: String,
}

/// A goroutine as it was when the dump was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goroutine {
    /// Its number; 0 is the scheduler's own stack of a thread, of which there may be several.
    pub id: u64,
    /// What it does or waits for, as the runtime words it: `chan send`, `running`; without the suffixes
    /// ` (leaked)`, ` (scan)` and ` (durable)`.
    pub state: String,
    /// Whole minutes since a collection first found it parked; `None` for under one, and where no collection ran.
    pub wait_minutes: Option<u64>,
    /// The runtime found that nothing can wake it.
    pub leaked: bool,
    /// Blocked inside a bubble of `testing/synctest` so that only the bubble can wake it.
    pub durable: bool,
    /// It may run on one thread only.
    pub locked_to_thread: bool,
    /// Number of its bubble of `testing/synctest`.
    pub bubble: Option<u64>,
    /// Remarks in the brackets that are none of the above, as they stand.
    pub notes: Vec<String>,
    /// Labels set with `pprof.Do`, in their order.
    pub labels: Vec<(String, String)>,
    /// Its stack, leaf first. Empty where the runtime could not walk it: it was running on another thread.
    pub frames: Vec<Frame>,
    /// Frames that the runtime left out of a deep stack.
    pub elided: Option<Elided>,
    /// The `go` statement that started it; `None` for main and for the runtime's own.
    pub created_by: Option<Creator>,
    /// The stacks of those that started it, nearest first, with `GODEBUG=tracebackancestors`.
    pub ancestors: Vec<Ancestor>,
}

/// A call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Full name of the function; `non-Go function` for a frame of C without a name.
    pub function: String,
    /// Source file as the compiler saw it; empty where the dump gives none.
    pub file: String,
    /// Line from 1, 0 where the dump gives none.
    pub line: i64,
    /// Inlined into its caller: the dump shows `...` in place of its arguments. Frames of ancestors always do.
    pub inlined: bool,
}

/// Frames left out of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elided {
    /// Number of frames before the gap.
    pub after: usize,
    /// How many are missing; `None` where the dump says only that there are more.
    pub frames: Option<u64>,
}

/// The `go` statement that started a goroutine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creator {
    /// The function that it stands in.
    pub function: String,
    /// Its source file; empty where the dump gives none.
    pub file: String,
    /// Its line, 0 where the dump gives none.
    pub line: i64,
    /// Number of the goroutine that ran it, which may be gone; since Go 1.21.
    pub goroutine: Option<u64>,
}

/// The stack of the goroutine that started another, as it was at that moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ancestor {
    /// Its number.
    pub goroutine: u64,
    /// Its stack, leaf first.
    pub frames: Vec<Frame>,
    /// Frames left out.
    pub elided: Option<Elided>,
    /// What started it in turn; its goroutine is that of the next ancestor.
    pub created_by: Option<Creator>,
}
