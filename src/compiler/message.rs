//! The messages of `-m`, `-m=2` and `check_bce`.

use super::NoteKind;

/// What a message after a position is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// A note.
    Note(NoteKind),
    /// The head of an explanation: what escapes or leaks, and in which function.
    Explained {
        /// The note that it explains.
        kind: NoteKind,
        /// The function.
        function: String,
    },
    /// A line of an explanation.
    Step,
}

/// Reads a message; `None` for what is none of the compiler's notes.
pub(super) fn message(text: &str) -> Option<Message> {
    if text.starts_with("  ") {
        let step = text.trim_start();
        return (step.starts_with("flow: ") || step.starts_with("from ")).then_some(Message::Step);
    }
    let note = inlining(text)
        .or_else(|| bounds(text))
        .or_else(|| parameter(text))
        .or_else(|| other(text))
        .map(Message::Note);
    note.or_else(|| escape(text)).or_else(|| leak_explained(text))
}

fn inlining(text: &str) -> Option<NoteKind> {
    if let Some(rest) = text.strip_prefix("can inline ") {
        let (function, cost) = match rest.split_once(" with cost ") {
            Some((function, rest)) => (function, super::position::leading_number(rest)),
            None => (rest, None),
        };
        let cost = cost.and_then(|(cost, _)| u64::try_from(cost).ok());
        return name(function).map(|function| NoteKind::CanInline { function, cost });
    }
    if let Some(rest) = text.strip_prefix("cannot inline ") {
        let (function, reason) = rest.split_once(": ")?;
        let reason = reason.to_string();
        return name(function).map(|function| NoteKind::CannotInline { function, reason });
    }
    let function = text.strip_prefix("inlining call to ")?;
    name(function).map(|function| NoteKind::InlinedCall { function })
}

/// A name is one word, but for type arguments.
fn name(text: &str) -> Option<String> {
    let is_name = !text.is_empty() && (!text.contains(' ') || text.contains('['));
    is_name.then(|| text.to_string())
}

fn bounds(text: &str) -> Option<NoteKind> {
    match text {
        "Found IsInBounds" => Some(NoteKind::BoundsCheck { slicing: false }),
        "Found IsSliceInBounds" => Some(NoteKind::BoundsCheck { slicing: true }),
        _ => None,
    }
}

fn parameter(text: &str) -> Option<NoteKind> {
    let rest = text.strip_prefix("leaking param")?;
    let rest = rest.strip_prefix(" content").unwrap_or(rest).strip_prefix(": ")?;
    let (parameter, to) = match rest.split_once(" to result ") {
        Some((parameter, to)) => (parameter, to.split(' ').next().unwrap_or_default()),
        None => (rest, ""),
    };
    let [parameter, to] = [parameter, to].map(str::to_string);
    Some(NoteKind::Leaks { parameter, to })
}

fn other(text: &str) -> Option<NoteKind> {
    if let Some(variable) = text.strip_prefix("moved to heap: ") {
        let variable = variable.to_string();
        return Some(NoteKind::Moved { variable });
    }
    if let Some(what) = text.strip_suffix(" does not escape") {
        let what = what.to_string();
        return Some(NoteKind::DoesNotEscape { what });
    }
    let devirtualized = text.strip_prefix("PGO ").unwrap_or(text);
    if let Some((call, to)) = devirtualized
        .strip_prefix("devirtualizing ")
        .and_then(|rest| rest.split_once(" to "))
    {
        let [call, to] = [call, to].map(str::to_string);
        return Some(NoteKind::Devirtualized { call, to });
    }
    captured(text)
}

/// `F capturing by ref: x (addr=false assign=true width=8)`.
fn captured(text: &str) -> Option<NoteKind> {
    let (_, rest) = text.split_once(" capturing by ")?;
    let (how, rest) = rest.split_once(": ")?;
    let (variable, _) = rest.strip_suffix(')')?.split_once(" (")?;
    let by_reference = match how {
        "ref" => true,
        "value" => false,
        _ => return None,
    };
    let variable = variable.to_string();
    Some(NoteKind::Captured {
        variable,
        by_reference,
    })
}

/// `X escapes to heap`, `X escapes to heap in F:`; after a colon an explanation follows.
pub(super) fn escape(text: &str) -> Option<Message> {
    let (what, rest) = text.rsplit_once(" escapes to heap")?;
    let kind = NoteKind::Escapes {
        what: what.to_string(),
    };
    let Some(rest) = rest.strip_suffix(':') else {
        let plain = rest.is_empty() || rest.starts_with(" in ");
        return plain.then_some(Message::Note(kind));
    };
    let function = match rest {
        "" => "",
        rest => rest.strip_prefix(" in ")?,
    };
    let function = function.to_string();
    Some(Message::Explained { kind, function })
}

/// `parameter P leaks to R for F with derefs=N:`; the JSON log has no function and no colon.
pub(super) fn leak_explained(text: &str) -> Option<Message> {
    let rest = text.strip_prefix("parameter ")?;
    let (parameter, rest) = rest.split_once(" leaks to ")?;
    let (way, derefs) = rest.split_once(" with derefs=")?;
    derefs.trim_end_matches(':').parse::<i64>().ok()?;
    let (to, function) = way.split_once(" for ").unwrap_or((way, ""));
    let [parameter, to, function] = [parameter, to, function].map(str::to_string);
    let kind = NoteKind::Leaks { parameter, to };
    Some(Message::Explained { kind, function })
}
