//! From amounts to the comparison: sides, rows, their order.

use super::doubts::doubts;
use super::gather::{Column, Gathered, sum};
use super::ground::Ground;
use super::{Change, Delta, DeltaOptions, DeltaRow, DeltaSide, Mark, Measure, Model, Recording};
use crate::error::Problem;
use crate::profile::StringId;

/// Judges what was gathered.
pub(super) fn judge(
    sides: [&[Recording<'_>]; 2],
    gathered: &Gathered,
    options: &DeltaOptions,
) -> Result<Delta, Problem> {
    let ground = Ground::of(sides, gathered, options)?;
    let mut columns = [false, true].map(|by_cum| ground.column(gathered, by_cum));
    let count = |column: &[Change], wanted: fn(&Change) -> bool| column.iter().filter(|c| wanted(c)).count();
    let ordering = usize::from(options.by_cum);
    let tested = count(&columns[ordering], |c| c.p_adjusted.is_some());
    let changed = count(&columns[ordering], |c| c.verdict.is_change());
    let [flat, cum] = std::mem::take(&mut columns);
    let first = &sides[0][0];
    Ok(Delta {
        sample_type: first.profile.type_name(first.index),
        unit: first.profile.unit_name(first.index),
        granularity: options.granularity,
        measure: ground.measure,
        basis: ground.basis,
        model: ground.model,
        alpha: options.alpha,
        adjust: options.adjust,
        by_cum: options.by_cum,
        before: side(sides[0], &gathered.sides[0], ground.model),
        after: side(sides[1], &gathered.sides[1], ground.model),
        total: ground.total(gathered),
        rows: rows(gathered, flat, cum, options.by_cum),
        tested,
        changed,
        doubts: doubts(sides, gathered, ground.measure == Measure::Value),
    })
}

fn side(recordings: &[Recording<'_>], columns: &[Column], model: Model) -> DeltaSide {
    let profile = recordings[0].profile;
    let build_id = profile.mappings.first().map_or(StringId::EMPTY, |m| m.build_id);
    let total = sum(&columns.iter().map(|c| c.total).collect::<Vec<_>>());
    let durations: Option<Vec<i64>> = recordings
        .iter()
        .map(|r| Some(r.profile.duration_nanos).filter(|d| *d > 0))
        .collect();
    DeltaSide {
        inputs: recordings.iter().map(|r| r.name.to_string()).collect(),
        kind: profile.kind(),
        binary: profile.binary(),
        build_id: profile.printable(build_id),
        total: total.value,
        count: (model != Model::None).then_some(total.count),
        duration_ns: durations.map(|d| d.into_iter().fold(0, i64::saturating_add)),
        operations: recordings.iter().map(|r| r.operations).sum(),
    }
}

/// The rows with any weight, in order.
fn rows(gathered: &Gathered, flat: Vec<Change>, cum: Vec<Change>, by_cum: bool) -> Vec<DeltaRow> {
    let changes = flat.into_iter().zip(cum);
    let mut rows: Vec<DeltaRow> = gathered
        .keys
        .iter()
        .zip(changes)
        .filter(|(_, (flat, cum))| [flat, cum].iter().any(|c| c.before != 0 || c.after != 0))
        .map(|((name, node), (flat, cum))| DeltaRow {
            name: name.clone(),
            function: crate::error::printable(&node.function),
            file: crate::error::printable(&node.file),
            line: node.line,
            package: node.package(),
            mark: mark(&flat, &cum),
            flat,
            cum,
        })
        .collect();
    let size = |row: &DeltaRow| row.column(by_cum).moved().abs();
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    rows
}

fn mark(flat: &Change, cum: &Change) -> Option<Mark> {
    match (
        flat.before == 0 && cum.before == 0,
        flat.after == 0 && cum.after == 0,
    ) {
        (true, false) => Some(Mark::New),
        (false, true) => Some(Mark::Gone),
        _ => None,
    }
}
