//! The lines below a header: calls, their places, what was left out, who started it.

use super::{Creator, Frame};

/// What a line below a header says.
pub(super) enum Line<'a> {
    /// A call, whose place is on the next line.
    Call(Frame),
    /// File and line of the call or creator before it.
    Place(&'a str, i64),
    /// Who started the goroutine; the place is on the next line.
    Created(Creator),
    /// Frames that were left out, and their number where it is told.
    Elided(Option<u64>),
    /// From here on the stack of the one that started it.
    Ancestor(u64),
    /// The runtime could not walk the stack.
    Unavailable,
    /// The goroutine has ended and other text begins: registers, the end of a test or of a program, another panic.
    Other,
    /// None of these.
    Unreadable,
}

pub(super) fn line(text: &str) -> Line<'_> {
    if let Some(place) = text.strip_prefix('\t') {
        return place_line(place);
    }
    let known = created(text)
        .map(Line::Created)
        .or_else(|| elided(text).map(Line::Elided))
        .or_else(|| ancestor(text).map(Line::Ancestor))
        .or_else(|| is_other(text).then_some(Line::Other))
        .or_else(|| call(text).map(Line::Call));
    known.unwrap_or(Line::Unreadable)
}

fn place_line(text: &str) -> Line<'_> {
    if text == "goroutine running on other thread; stack unavailable" {
        return Line::Unavailable;
    }
    place(text).map_or(Line::Unreadable, |(file, line)| Line::Place(file, line))
}

/// `FILE:LINE` before ` +0x…`, ` fp=0x…`, ` sp=0x…`, ` pc=0x…`; nothing before `pc=0x…` alone, as a frame of C
/// without a name has it.
fn place(mut text: &str) -> Option<(&str, i64)> {
    while let Some((before, last)) = text.rsplit_once(' ')
        && is_address(last)
    {
        text = before;
    }
    if is_address(text) {
        return Some(("", 0));
    }
    let (file, line) = text.rsplit_once(':')?;
    let digits = !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit());
    Some((file, line.parse().ok().filter(|_| digits)?))
}

fn is_address(word: &str) -> bool {
    let marks = ["+0x", "fp=0x", "sp=0x", "pc=0x"];
    let digits = marks.iter().find_map(|mark| word.strip_prefix(mark));
    digits.is_some_and(is_hex)
}

fn is_hex(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `FUNCTION(ARGUMENTS)`, cut at the parenthesis that closes at the end; a method has others before it.
fn call(text: &str) -> Option<Frame> {
    if text == "non-Go function" {
        return Some(named(text, false));
    }
    let mut depth = 0u64;
    let open = text.bytes().rposition(|b| {
        match b {
            b')' => depth += 1,
            b'(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    let arguments = text[open..].strip_prefix('(')?.strip_suffix(')')?;
    let function = &text[..open];
    let is_name = !function.is_empty() && !function.starts_with([' ', '[']);
    is_name.then(|| named(function, arguments == "..."))
}

fn named(function: &str, inlined: bool) -> Frame {
    Frame {
        function: function.to_string(),
        inlined,
        ..Frame::default()
    }
}

/// `created by F`, since Go 1.21 with ` in goroutine N`.
fn created(text: &str) -> Option<Creator> {
    let rest = text.strip_prefix("created by ").filter(|r| !r.is_empty())?;
    let known = rest
        .rsplit_once(" in goroutine ")
        .and_then(|(function, id)| Some((function, id.parse().ok()?)));
    let (function, goroutine) = known.map_or((rest, None), |(f, id)| (f, Some(id)));
    Some(Creator {
        function: function.to_string(),
        goroutine,
        ..Creator::default()
    })
}

/// `...N frames elided...` or `...additional frames elided...`.
fn elided(text: &str) -> Option<Option<u64>> {
    let count = text.strip_prefix("...")?.strip_suffix(" frames elided...")?;
    match count {
        "additional" => Some(None),
        _ => count.parse().ok().map(Some),
    }
}

fn ancestor(text: &str) -> Option<u64> {
    let id = text.strip_prefix("[originating from goroutine ")?;
    id.strip_suffix("]:")?.parse().ok()
}

/// What often follows a goroutine without a blank line.
fn is_other(text: &str) -> bool {
    const STARTS: [&str; 9] = [
        "exit status ",
        "FAIL",
        "panic: ",
        "fatal error: ",
        "SIG",
        "[signal ",
        "-----",
        "signal: ",
        "--- ",
    ];
    STARTS.iter().any(|start| text.starts_with(start)) || is_register(text)
}

/// `rax    0x1f`: the registers that a dump of the whole system ends with.
fn is_register(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let (name, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_name = name.len() <= 8 && name.bytes().all(|b| b.is_ascii_alphanumeric());
    is_name && words.next().is_none() && value.strip_prefix("0x").is_some_and(is_hex)
}
