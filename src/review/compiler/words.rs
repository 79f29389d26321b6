//! Sentences for the compiler's reasons.

use crate::compiler::{Explanation, Note, NoteKind, Position, Reason};

/// Longest expression that is shown, in characters.
const MOST_SHOWN: usize = 60;

/// `&Point{...}` escapes: returned (a.go:13:34). `None` for notes of anything but the heap.
pub(super) fn why_on_heap(note: &Note) -> Option<String> {
    let subject = match &note.kind {
        NoteKind::Escapes { what } if what.is_empty() => "an expression escapes".to_string(),
        NoteKind::Escapes { what } => format!("`{}` escapes", shown(what)),
        NoteKind::Moved { variable } => format!("the variable `{}` is moved to the heap", shown(variable)),
        _ => return None,
    };
    let (why, at) = note.explanation.as_ref().map_or((String::new(), None), because);
    let place = short(at.unwrap_or(&note.position));
    Some(match why.as_str() {
        "" => format!("{subject} ({place})"),
        why => format!("{subject}: {why} ({place})"),
    })
}

/// Why alone, without subject and place: what several values may have in common.
pub(super) fn why(note: &Note) -> Option<String> {
    let explanation = note.explanation.as_ref().filter(|_| note.kind.allocates())?;
    let first = explanation.reason().map(reason_words);
    first.or_else(|| explanation.end().map(end_words))
}

/// Whether a value goes to the heap only on the way into a panic.
pub(super) fn only_panics(note: &Note) -> bool {
    let reasons = note.explanation.iter().flat_map(Explanation::telling);
    let mut panics = reasons.filter(|r| r.reason == "call parameter" && r.what.starts_with("panic("));
    panics.next().is_some()
}

/// The first two telling reasons, and where the first one stands.
fn because(explanation: &Explanation) -> (String, Option<&Position>) {
    let mut words: Vec<String> = explanation.telling().map(reason_words).collect();
    words.dedup();
    words.truncate(2);
    if words.is_empty() {
        return (explanation.end().map(end_words).unwrap_or_default(), None);
    }
    let at = explanation.reason().and_then(|r| r.at.as_ref());
    (words.join(", "), at)
}

fn reason_words(reason: &Reason) -> String {
    let words = match reason.reason.as_str() {
        "return" => "returned",
        "call parameter" => return format!("passed to `{}`", shown(callee(&reason.what))),
        "captured by a closure" => "captured by a closure",
        "reference" => "used by reference",
        "address-of" => "its address is taken",
        "indirection" => "read through a pointer",
        "dot" => "a field of it is used",
        "interface-converted" => "converted to an interface",
        "slice-literal-element" => "put in a slice literal",
        "struct literal element" => "put in a struct literal",
        "map literal key" | "map literal value" => "put in a map literal",
        "too large for stack" => "too large for the stack",
        "non-constant size" => "its size is not constant",
        "append" => "appended",
        "range" => "ranged over",
        other => other,
    };
    words.to_string()
}

/// `fmt.Sprintf` of `fmt.Sprintf("%d", ... argument...)`, `(*T).Do` of `(*T).Do(t)`.
fn callee(call: &str) -> &str {
    let receiver = match call.starts_with('(') {
        true => call.find(')').unwrap_or(0),
        false => 0,
    };
    let after = call.get(receiver..).and_then(|rest| rest.find('('));
    match after.map(|at| receiver + at) {
        Some(end) if end > 0 => call.get(..end).unwrap_or(call),
        _ => call,
    }
}

fn end_words(end: &str) -> String {
    if let Some(stored) = end
        .strip_prefix("{storage for ")
        .and_then(|e| e.strip_suffix('}'))
    {
        return format!("stored in `{}`", shown(stored));
    }
    match end {
        "{heap}" => "something on the heap refers to it".to_string(),
        end if end.starts_with("~r") => "returned".to_string(),
        end => format!("assigned to `{}`", shown(end)),
    }
}

/// An expression that fits a sentence: cut, and without backticks, which mark code.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_SHOWN).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown.replace('`', "'")
}

/// `a.go:13:34`.
fn short(position: &Position) -> String {
    let file = position.file.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{file}:{}:{}", position.line, position.column)
}
