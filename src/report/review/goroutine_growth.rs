//! Goroutines: which groups grow from moment to moment.

use super::goroutines::{WHEREABOUTS, start_columns, started, whereabouts};
use super::words::{code, counted, heading, line, paragraph, table, text};
use crate::report::document::{Align, Block, Text};
use crate::review::{GoroutineGrowth, GoroutineSeries, Goroutines};
use crate::unit::human;

/// Counts of a series that are written out; of more the first and the last ones.
const COUNTS: usize = 6;

/// What grew over the inputs of one form.
pub(super) fn blocks(goroutines: &Goroutines, series: &GoroutineSeries) -> Vec<Block> {
    let mut blocks = vec![
        heading(3, line(&format!("Growth between {}", form(&series.form)))),
        Block::Paragraph(order(series)),
    ];
    if series.rows.is_empty() {
        blocks.push(paragraph("No group has grown."));
        return blocks;
    }
    let creators = series.rows.iter().any(|r| r.started_at.is_some());
    let mut columns = vec![("Growth", Align::Right), ("Counts", Align::Left)];
    columns.extend(WHEREABOUTS);
    columns.extend_from_slice(start_columns(creators));
    columns.push(("Rises", Align::Left));
    let rows = series.rows.iter().map(|r| growth_row(r, creators));
    blocks.push(table(&columns, rows.collect()));
    blocks.push(paragraph(&format!(
        "A group is named as a suspected leak if there are more of it at each moment and the whole growth is {} \
         standard deviations or more, the counts taken as Poisson's; `few` is less than that.",
        human(goroutines.limits.growth_deviations, "")
    )));
    blocks
}

fn form(form: &str) -> &'static str {
    match form {
        "dump" => "dumps",
        "goroutineleak" => "goroutineleak profiles",
        _ => "goroutine profiles",
    }
}

/// The inputs in the order that is taken for that of time, with their totals.
fn order(series: &GoroutineSeries) -> Text {
    let mut words = line("The order of the inputs is taken for the order of time: ");
    for (at, (file, total)) in series.files.iter().zip(&series.totals).enumerate() {
        if at > 0 {
            words.push(text(", "));
        }
        words.extend([code(file), text(&format!(" ({total})"))]);
    }
    words.push(text("."));
    let files = series.files.len() as u64;
    if series.moments < files {
        let moments = counted(series.moments, "moment");
        words.push(text(&format!(" Some of them do not differ: they are {moments}.")));
    }
    words
}

fn growth_row(row: &GoroutineGrowth, creators: bool) -> Vec<Text> {
    let mut cells = vec![line(&format!("+{}", row.delta)), line(&counts(&row.counts))];
    cells.extend(whereabouts(&row.state, &row.place));
    cells.extend(started(creators, row.started_at.as_ref(), &row.entry));
    cells.push(line(match (row.rises, row.passes) {
        (true, true) => "yes",
        (true, false) => "few",
        (false, _) => "no",
    }));
    cells
}

fn counts(counts: &[u64]) -> String {
    let text = |c: &[u64]| c.iter().map(u64::to_string).collect::<Vec<_>>().join("→");
    match counts.len() {
        n if n > COUNTS => format!("{}→…→{}", text(&counts[..COUNTS - 2]), text(&counts[n - 1..])),
        _ => text(counts),
    }
}
