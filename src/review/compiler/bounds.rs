//! Hot lines with bounds checks.

use super::{BoundsCheckLine, is_own};
use crate::analyze::{Granularity, Node, Nodes, Selection, heat};
use crate::compiler::{NoteKind, NotesIndex};
use crate::error::printable;
use crate::profile::Profile;
use crate::review::Context;
use crate::review::resource::Column;

/// Own lines with the least share of flat CPU time on which checks remain, hottest first.
pub(super) fn hot(
    context: &Context<'_>,
    (profile, column): (&Profile, Column),
    index: &NotesIndex<'_>,
) -> Vec<BoundsCheckLine> {
    let source = context.source_lines();
    let nodes = Nodes::of(profile, Granularity::Lines);
    let heat = heat(profile, &nodes, column.index, Selection::All);
    let least = context.policy.compiled_share;
    let rows = heat
        .rows
        .iter()
        .take_while(|r| column.share(r.flat).share >= least);
    let found = rows.filter_map(|row| {
        let node = nodes.get(row.node);
        let (of_index, of_slice) = checks(index, node)?;
        let function = printable(&node.function);
        let checked = of_index + of_slice > 0 && is_own(context, &function);
        checked.then(|| BoundsCheckLine {
            function,
            file: printable(&node.file),
            line: node.line,
            source: source.text(node),
            flat: column.share(row.flat),
            of_index,
            of_slice,
        })
    });
    found.take(context.policy.most_lines).collect()
}

/// The checks of a line: of an index, of a slice expression.
fn checks(index: &NotesIndex<'_>, node: &Node) -> Option<(u64, u64)> {
    let notes = index
        .file(&node.package(), &printable(&node.file))?
        .line(node.line);
    let count = |of_slice: bool| {
        let is = |k: &NoteKind| matches!(k, NoteKind::BoundsCheck { slicing } if *slicing == of_slice);
        notes.iter().filter(|n| is(&n.kind)).count() as u64
    };
    Some((count(false), count(true)))
}
