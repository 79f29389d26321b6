//! Goroutines: what waits where, started by whom; what grows; what leaks.

use super::goroutine_growth;
use super::words::{
    code, counted, heading, line, listing, paragraph, place, point, prose, short_function, short_place,
    table, text,
};
use crate::analyze::CodePlace;
use crate::report::document::{Align, Block, Inline, Item, Text};
use crate::review::{GoroutineGroupFacts, GoroutineSnapshot, Goroutines, LeakVerdict, Review};

/// The chapter; nothing where no input holds goroutines.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(goroutines) = &review.goroutines else {
        return Vec::new();
    };
    let mut blocks = vec![Block::Paragraph(opening(goroutines))];
    blocks.extend(messages(goroutines));
    blocks.extend(groups(goroutines));
    goroutines
        .growth
        .iter()
        .for_each(|series| blocks.extend(goroutine_growth::blocks(goroutines, series)));
    let leaks = goroutines
        .groups
        .iter()
        .filter(|g| g.verdict != LeakVerdict::None);
    leaks.for_each(|group| blocks.extend(leak(group)));
    blocks.extend(missing(goroutines));
    blocks
}

/// How many there are in what the table is of, and whether any leak.
fn opening(goroutines: &Goroutines) -> Text {
    let of = goroutines
        .snapshots
        .iter()
        .rfind(|s| s.file == goroutines.groups_of);
    let count = of.map_or(0, |s| s.goroutines);
    let mut words = vec![
        text(&format!("{} in ", counted(count, "goroutine"))),
        code(&goroutines.groups_of),
        text(". "),
    ];
    words.extend(looked(goroutines));
    let suspected = of_verdict(goroutines, LeakVerdict::Suspected);
    let noun = match of_verdict(goroutines, LeakVerdict::Measured) {
        0 => "group",
        _ => "other group",
    };
    if suspected > 0 {
        words.push(text(&format!(" {} may leak.", counted(suspected, noun))));
    }
    words
}

fn of_verdict(goroutines: &Goroutines, verdict: LeakVerdict) -> u64 {
    goroutines.groups.iter().filter(|g| g.verdict == verdict).count() as u64
}

/// What the runtime found where it looked for leaks.
fn looked(goroutines: &Goroutines) -> Text {
    let measured = |s: &&GoroutineSnapshot| s.leaked.is_some();
    // A profile of leaks says more than a dump that was written for something else.
    let profile = goroutines.snapshots.iter().rfind(|s| s.form == "goroutineleak");
    let Some(found) = profile.or(goroutines.snapshots.iter().rfind(measured)) else {
        return line("Whether any can never go on was not measured.");
    };
    let leaked = match found.leaked {
        None | Some(0) => "no leaked goroutine".to_string(),
        Some(count) => counted(count, "leaked goroutine"),
    };
    vec![
        text(&format!("The runtime found {leaked} (")),
        code(&found.file),
        text(")."),
    ]
}

/// What the dumps say before their goroutines.
fn messages(goroutines: &Goroutines) -> Vec<Block> {
    let block = |message: &crate::review::DumpMessage| {
        let place = short_place(&message.file, i64::try_from(message.line).unwrap_or(0));
        let said = [place, line(" says:")].concat();
        let mut blocks = vec![Block::Paragraph(said), listing("", &message.text)];
        if let Some(id) = message.goroutine {
            blocks.push(paragraph(&format!("The goroutine that it shows first, {id}:")));
            blocks.push(listing("", &message.stack.join("\n")));
        }
        blocks
    };
    goroutines.messages.iter().flat_map(block).collect()
}

fn groups(goroutines: &Goroutines) -> Vec<Block> {
    let groups = &goroutines.groups;
    if groups.is_empty() {
        return vec![paragraph("No group is the program's own.")];
    }
    let waits = groups.iter().any(|g| g.longest_wait_minutes.is_some());
    let creators = groups.iter().any(|g| g.started_at.is_some());
    let mut columns = vec![("Count", Align::Right)];
    columns.extend(WHEREABOUTS);
    columns.extend_from_slice(start_columns(creators));
    if waits {
        columns.push(("Wait, min", Align::Right));
        columns.push(("Sum, min", Align::Right));
    }
    columns.push(("Leaks", Align::Left));
    let rows = groups.iter().map(|g| row(g, creators, waits)).collect();
    let mut blocks = vec![heading(3, line("Groups")), table(&columns, rows)];
    blocks.extend(left_out(goroutines).map(|words| paragraph(&words)));
    blocks
}

fn row(group: &GoroutineGroupFacts, creators: bool, waits: bool) -> Vec<Text> {
    let mut cells = vec![line(&group.count.to_string())];
    cells.extend(whereabouts(&group.state, &group.place));
    cells.extend(started(creators, group.started_at.as_ref(), &group.entry));
    if waits {
        cells.push(line(&minutes(group.longest_wait_minutes)));
        cells.push(line(&minutes(group.total_wait_minutes)));
    }
    cells.push(line(&leaks(group)));
    cells
}

/// The columns of [`whereabouts`].
pub(super) const WHEREABOUTS: [(&str, Align); 3] = [
    ("State", Align::Left),
    ("Function", Align::Left),
    ("Place", Align::Left),
];

/// State, function, place.
pub(super) fn whereabouts(waits: &str, place: &CodePlace) -> [Text; 3] {
    [
        line(state(waits)),
        vec![short_function(&place.function)],
        bare_place(place),
    ]
}

/// `file:line` without a folder, which the function's package tells.
fn bare_place(at: &CodePlace) -> Text {
    let file = at.file.rsplit(['/', '\\']).next().unwrap_or_default();
    place(file, at.line)
}

fn leaks(group: &GoroutineGroupFacts) -> String {
    match (group.verdict, group.leaked) {
        (LeakVerdict::Measured, Some(leaked)) if leaked < group.count => format!("{leaked} of them"),
        (LeakVerdict::Measured, _) => "yes".to_string(),
        (LeakVerdict::Suspected, _) => "suspected".to_string(),
        (LeakVerdict::None, _) => "—".to_string(),
    }
}

pub(super) fn state(state: &str) -> &str {
    if state.is_empty() { "not told" } else { state }
}

fn waiting(state: &str) -> String {
    match state {
        "" => "waiting".to_string(),
        state => format!("in {state}"),
    }
}

fn minutes(minutes: Option<u64>) -> String {
    minutes.map_or("<1".to_string(), |m| m.to_string())
}

/// The columns of [`started`]: where no creator is known there is but the first function.
pub(super) fn start_columns(creators: bool) -> &'static [(&'static str, Align)] {
    match creators {
        true => &[("Started by", Align::Left), ("Started at", Align::Left)],
        false => &[("Begins in", Align::Left)],
    }
}

/// The `go` statement: its function and place; without one the first function.
pub(super) fn started(creators: bool, creator: Option<&CodePlace>, entry: &CodePlace) -> Vec<Text> {
    let begins = match entry.function.as_str() {
        "" => line("not told"),
        function => vec![short_function(function)],
    };
    match creator {
        _ if !creators => vec![begins],
        Some(creator) => vec![vec![short_function(&creator.function)], bare_place(creator)],
        None if entry.function == "main.main" => vec![line("the program"), line("—")],
        None => vec![line("not told"), [line("begins in "), begins].concat()],
    }
}

fn left_out(goroutines: &Goroutines) -> Option<String> {
    let left = &goroutines.left_out;
    let mut parts = Vec::new();
    if left.groups > 0 {
        let groups = counted(left.groups, "smaller group");
        parts.push(format!("{groups} with {}", counted(left.goroutines, "goroutine")));
    }
    if left.of_runtime > 0 {
        parts.push(format!(
            "{} of the runtime itself",
            counted(left.of_runtime, "goroutine")
        ));
    }
    if left.leaks > 0 {
        parts.push(format!("{} that leak or may leak", counted(left.leaks, "group")));
    }
    (!parts.is_empty()).then(|| format!("Not listed: {}.", parts.join(", ")))
}

/// A group that leaks: why, what may end it, and the stack of one.
fn leak(group: &GoroutineGroupFacts) -> Vec<Block> {
    let name: Inline = short_function(&group.place.function);
    let title = vec![
        text(&format!("{} {} at ", group.count, waiting(&group.state))),
        name,
    ];
    let mut blocks = vec![heading(3, title), paragraph(&group.because)];
    if !group.labels.is_empty() {
        let labels: Vec<Inline> = group.labels.iter().map(|l| code(l)).collect();
        let mut words = line("Labels of all of them: ");
        for (at, label) in labels.into_iter().enumerate() {
            words.extend((at > 0).then(|| text(", ")));
            words.push(label);
        }
        words.push(text("."));
        blocks.push(Block::Paragraph(words));
    }
    blocks.push(paragraph(&match group.example {
        Some(id) => format!("The stack of one of them, goroutine {id}:"),
        None => "Their stack:".to_string(),
    }));
    blocks.push(listing("", &group.stack.join("\n")));
    blocks
}

fn missing(goroutines: &Goroutines) -> Vec<Block> {
    if goroutines.missing.is_empty() {
        return Vec::new();
    }
    let item = |missing: &crate::review::MissingGoroutines| -> Item {
        let mut words = prose(&missing.what);
        if !missing.command.is_empty() {
            words.extend([text(": "), code(&missing.command)]);
        }
        point(words)
    };
    vec![
        heading(3, line("Not told by these inputs")),
        Block::List(goroutines.missing.iter().map(item).collect()),
    ]
}
