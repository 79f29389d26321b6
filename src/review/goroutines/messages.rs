//! What a dump says before its goroutines: why the program was stopped.

use super::{DumpMessage, STACK};
use crate::error::printable;
use crate::goroutine::{Frame, GoroutineDump, TextLine};
use crate::review::DumpInput;

/// How a message begins.
const STARTS: [&str; 6] = [
    "panic: ",
    "fatal error: ",
    "SIG",
    "runtime: ",
    "unexpected fault",
    "[signal ",
];
/// Lines of a message, and messages of a dump, that are quoted.
const MOST_LINES: usize = 12;
const MOST_MESSAGES: usize = 3;

/// The messages of all dumps, at most three of each.
pub(super) fn messages(dumps: &[DumpInput]) -> Vec<DumpMessage> {
    let of = |input: &DumpInput| {
        let mut found = of_dump(&input.dump);
        found.iter_mut().for_each(|m| m.file = input.name.clone());
        found
    };
    dumps.iter().flat_map(of).collect()
}

/// Lines that follow one another from a known beginning on; a message that was quoted is not quoted again.
fn of_dump(dump: &GoroutineDump) -> Vec<DumpMessage> {
    let follows = |a: &TextLine, b: &TextLine| a.line + 1 == b.line;
    let mut messages: Vec<DumpMessage> = Vec::new();
    for block in dump.preamble.chunk_by(follows) {
        let begins = |l: &TextLine| STARTS.iter().any(|s| l.text.starts_with(s));
        let Some(at) = block.iter().position(begins) else {
            continue;
        };
        let message = message(&block[at..]);
        let first = |m: &DumpMessage| m.text.lines().next().map(str::to_string);
        if !messages.iter().any(|m| first(m) == first(&message)) {
            messages.push(message);
        }
        if messages.len() == MOST_MESSAGES {
            break;
        }
    }
    if let (Some(message), Some(goroutine)) = (messages.first_mut(), dump.goroutines.first()) {
        message.goroutine = Some(goroutine.id);
        message.stack = goroutine.frames.iter().take(STACK).map(frame_text).collect();
    }
    messages
}

fn frame_text(frame: &Frame) -> String {
    let [function, file] = [&frame.function, &frame.file].map(|text| printable(text.as_bytes()));
    format!("{function} {file}:{}", frame.line)
}

fn message(lines: &[TextLine]) -> DumpMessage {
    // A message of several lines is indented by the runtime; that is not shown as an escape.
    let text = |l: &TextLine| printable(l.text.replace('\t', "    ").as_bytes());
    let shown: Vec<_> = lines.iter().take(MOST_LINES).map(text).collect();
    DumpMessage {
        line: lines.first().map_or(0, |l| l.line),
        text: shown.join("\n"),
        ..DumpMessage::default()
    }
}
