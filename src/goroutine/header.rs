//! The first line of a goroutine: `goroutine 44 [chan send (leaked), 3 minutes] {tenant: t0}:`.

use super::Goroutine;
use crate::profile::unquote;

/// A goroutine by its header, still without frames; `None` for any other line.
pub(super) fn header(line: &str) -> Option<Goroutine> {
    let rest = line.strip_prefix("goroutine ")?;
    let (id, rest) = number(rest)?;
    let rest = after_thread(rest).strip_prefix(" [")?;
    let (brackets, rest) = rest.split_once(']')?;
    let (labels, rest) = match rest.strip_prefix(" {") {
        Some(labels) => read_labels(labels)?,
        None => (Vec::new(), rest),
    };
    let mut goroutine = Goroutine {
        id,
        labels,
        ..Goroutine::default()
    };
    set_state(&mut goroutine, brackets);
    (rest.trim_end() == ":").then_some(goroutine)
}

/// A whole number at the start, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// What follows ` gp=0x… m=nil mp=0x…`, which a dump of the whole system has.
fn after_thread(mut text: &str) -> &str {
    for name in [" gp=", " m=", " mp="] {
        if let Some(rest) = text.strip_prefix(name) {
            text = &rest[rest.find(' ').unwrap_or(rest.len())..];
        }
    }
    text
}

fn set_state(goroutine: &mut Goroutine, brackets: &str) {
    let mut parts = brackets.split(", ");
    let mut state = parts.next().unwrap_or_default();
    loop {
        state = if let Some(rest) = state.strip_suffix(" (leaked)") {
            goroutine.leaked = true;
            rest
        } else if let Some(rest) = state.strip_suffix(" (durable)") {
            goroutine.durable = true;
            rest
        } else if let Some(rest) = state.strip_suffix(" (scan)") {
            rest
        } else {
            break;
        };
    }
    goroutine.state = state.to_string();
    parts.for_each(|note| set_note(goroutine, note));
}

fn set_note(goroutine: &mut Goroutine, note: &str) {
    let minutes = note.strip_suffix(" minutes").and_then(|n| n.parse().ok());
    let bubble = note.strip_prefix("synctest bubble ").and_then(|n| n.parse().ok());
    if minutes.is_some() {
        goroutine.wait_minutes = minutes;
    } else if bubble.is_some() {
        goroutine.bubble = bubble;
    } else if note == "locked to thread" {
        goroutine.locked_to_thread = true;
    } else {
        goroutine.notes.push(note.to_string());
    }
}

/// Pairs of a key and a value.
type Labels = Vec<(String, String)>;

/// `key: value, "a key": "a value"}`, and what follows the brace.
fn read_labels(mut rest: &str) -> Option<(Labels, &str)> {
    let mut labels = Vec::new();
    if let Some(after) = rest.strip_prefix('}') {
        return Some((labels, after));
    }
    loop {
        let (key, after) = token(rest, &[':'])?;
        let (value, after) = token(after.strip_prefix(": ")?, &[',', '}'])?;
        labels.push((key, value));
        match after.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return Some((labels, after.strip_prefix('}')?)),
        }
    }
}

/// A text that is Go-quoted, or plain up to one of the marks.
fn token<'a>(text: &'a str, ends: &[char]) -> Option<(String, &'a str)> {
    if !text.starts_with('"') {
        let (plain, rest) = text.split_at(text.find(ends)?);
        return Some((plain.to_string(), rest));
    }
    let (bytes, rest) = unquote(text.as_bytes())?;
    // What follows a closing quote begins at a character.
    let rest = text.get(text.len() - rest.len()..)?;
    Some((String::from_utf8_lossy(&bytes).into_owned(), rest))
}
