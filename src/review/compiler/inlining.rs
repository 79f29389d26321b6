//! Functions that run hot and are called each time.

use super::{NotInlined, is_own};
use crate::analyze::{Granularity, Nodes, Selection, heat};
use crate::compiler::{Note, NoteKind, NotesIndex};
use crate::profile::{Profile, package_of};
use crate::review::Context;
use crate::review::resource::Column;

/// What a function may cost to be inlined into hot calls with a profile (`-pgo`), instead of 80.
pub(in crate::review) const HOT_BUDGET: u64 = 2000;

/// Own functions with the least share of flat CPU time that the compiler never inlines, hottest first.
pub(super) fn hot(
    context: &Context<'_>,
    (profile, column): (&Profile, Column),
    index: &NotesIndex<'_>,
) -> Vec<NotInlined> {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let heat = heat(profile, &nodes, column.index, Selection::All);
    let least = context.policy.compiled_share;
    let rows = heat
        .rows
        .iter()
        .take_while(|r| column.share(r.flat).share >= least);
    let found = rows.filter_map(|row| {
        let name = &nodes.get(row.node).function;
        let function = crate::error::printable(name);
        let declared = profile
            .functions
            .iter()
            .find(|f| profile.text(f.name) == name.as_slice())?;
        let (file, line) = (profile.printable(declared.filename), declared.start_line);
        let reason = reason(index, &function, &file, line).filter(|_| is_own(context, &function))?;
        let cost = cost(&reason);
        Some(NotInlined {
            advice: advice(&reason, cost),
            flat: column.share(row.flat),
            function,
            file,
            line,
            reason,
            cost,
        })
    });
    found.take(context.policy.most_lines).collect()
}

/// Why the function declared at a line is never inlined.
pub(in crate::review) fn reason(
    index: &NotesIndex<'_>,
    function: &str,
    file: &str,
    line: i64,
) -> Option<String> {
    let package = package_of(function).unwrap_or_default();
    let notes = index.file(&package, file)?.line(line);
    let is_meant = |note: &&&Note| match &note.kind {
        NoteKind::CannotInline { function: noted, .. } => noted.is_empty() || is_named(function, noted),
        _ => false,
    };
    notes.iter().find(is_meant).and_then(|note| match &note.kind {
        NoteKind::CannotInline { reason, .. } => Some(reason.clone()),
        _ => None,
    })
}

/// Whether the full name of a function is the one that the compiler gives within its package. Type arguments differ.
fn is_named(function: &str, noted: &str) -> bool {
    let bare = |name: &str| name.split('[').next().unwrap_or_default().to_string();
    let (function, noted) = (bare(function), bare(noted));
    function
        .strip_suffix(noted.as_str())
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The number of `function too complex: cost 83 exceeds budget 80`.
pub(in crate::review) fn cost(reason: &str) -> Option<u64> {
    let (_, rest) = reason.split_once(" cost ")?;
    rest.split(' ').next()?.parse().ok()
}

/// The cost that a note tells.
pub(in crate::review) fn cost_of(kind: &NoteKind) -> Option<u64> {
    match kind {
        NoteKind::CanInline { cost, .. } => *cost,
        NoteKind::CannotInline { reason, .. } => cost(reason),
        _ => None,
    }
}

fn advice(reason: &str, cost: Option<u64>) -> String {
    let held = |what: &str| {
        format!("it holds a {what}; a part without it, as a function of its own, could be inlined")
    };
    match (reason, cost) {
        (_, Some(cost)) if cost <= HOT_BUDGET => format!(
            "with this CPU profile as default.pgo the compiler inlines hot calls of a cost up to {HOT_BUDGET}"
        ),
        (_, Some(_)) => format!("too large to be inlined even with a profile, which allows {HOT_BUDGET}"),
        ("marked go:noinline", _) => "the directive forbids it; take it away if nothing needs it".to_string(),
        ("unhandled op DEFER", _) => held("defer statement"),
        ("unhandled op GO", _) => held("go statement"),
        ("unhandled op SELECT", _) => held("select statement"),
        ("unhandled op RANGEFUNC", _) => held("range over a function"),
        _ => "the compiler has no way around this".to_string(),
    }
}
