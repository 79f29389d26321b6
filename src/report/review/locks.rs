//! Locks: who waits for them, who holds them, and what their delay says.

use super::words::{
    NOT_MEASURED, code, full_stop, heading, line, paragraph, point, short_place, table, text,
};
use crate::report::document::{Align, Block, Item, Text};
use crate::review::{Lock, LockLine, Review, RuntimeLocks};
use crate::unit::{human, human_count, share};

/// Lines that stand for a lock at most.
const MOST_LINES: usize = 3;

/// Locks by type and field where both kinds of profile tell of one, or where its delay says something; then the locks
/// of the runtime.
pub fn blocks(review: &Review) -> Vec<Block> {
    let locks = &review.locks;
    let is_joined = |l: &Lock| !l.waiters.is_empty() && !l.holders.is_empty();
    let mut blocks = Vec::new();
    if locks.iter().any(|l| is_joined(l) || !l.reading.is_empty()) {
        blocks.push(heading(3, line("Locks by type and field")));
        blocks.push(paragraph(&intro(locks)));
        blocks.push(table_of(review));
        blocks.extend(readings(locks));
    }
    blocks.extend(of_runtime(&review.runtime_locks));
    blocks
}

fn intro(locks: &[Lock]) -> String {
    let known = match locks.iter().all(|l| l.field_known) {
        true => "",
        false => {
            " Where the source of a line is not known, all locks of its type are one: `--source DIR` tells them apart."
        }
    };
    format!(
        "Who waits stands in the block profile, who made them wait in the mutex profile, at the line that releases the lock. \
         Delay is that of the mutex profile where it has the lock.{known}"
    )
}

fn table_of(review: &Review) -> Block {
    let columns = [
        ("Lock", Align::Left),
        ("Wait at", Align::Left),
        ("Held until", Align::Left),
        ("Delay per second", Align::Right),
        ("Contentions per second", Align::Right),
        ("Mean", Align::Right),
    ];
    let has = |kind: &str| review.inputs.iter().any(|i| i.kind == kind);
    let none = |kind| if has(kind) { "none seen" } else { NOT_MEASURED };
    let none = [none("block"), none("mutex")];
    table(
        &columns,
        review.locks.iter().map(|lock| row(lock, none)).collect(),
    )
}

/// `none` stands where nobody waits, or holds.
fn row(lock: &Lock, none: [&str; 2]) -> Vec<Text> {
    let delay = match lock.delay_per_second {
        Some(delay) => format!("{}/s", human(delay, "sec")),
        None => format!("{} in all", human(lock.delay_seconds, "sec")),
    };
    let often = match lock.contentions_per_second {
        Some(often) => format!("{}/s", human_count(often)),
        None => format!("{} in all", human_count(lock.contentions as f64)),
    };
    let mean = lock.mean_seconds.map(|mean| human(mean, "sec"));
    vec![
        vec![code(&lock.lock)],
        lines(&lock.waiters, none[0]),
        lines(&lock.holders, none[1]),
        line(&delay),
        line(&often),
        line(mean.as_deref().unwrap_or(NOT_MEASURED)),
    ]
}

/// Places, the largest delay first.
fn lines(lines: &[LockLine], none: &str) -> Text {
    if lines.is_empty() {
        return line(none);
    }
    let mut words = Text::new();
    for (at, place) in lines.iter().take(MOST_LINES).enumerate() {
        if at > 0 {
            words.push(text(", "));
        }
        words.extend(short_place(&place.file, place.line));
    }
    if lines.len() > MOST_LINES {
        words.push(text(&format!(" and {} more", lines.len() - MOST_LINES)));
    }
    words
}

fn readings(locks: &[Lock]) -> Option<Block> {
    let told = locks.iter().filter(|l| !l.reading.is_empty());
    let item = |l: &Lock| point(vec![code(&l.lock), text(&full_stop(&format!(": {}", l.reading)))]);
    let items: Vec<Item> = told.map(item).collect();
    (!items.is_empty()).then_some(Block::List(items))
}

fn of_runtime(locks: &[RuntimeLocks]) -> Vec<Block> {
    if locks.is_empty() {
        return Vec::new();
    }
    let item = |l: &RuntimeLocks| {
        let delay = match l.delay_per_second {
            Some(delay) => format!("{}/s", human(delay, "sec")),
            None => format!("{} in all", human(l.delay_seconds, "sec")),
        };
        let reading = match l.reading.as_str() {
            "" => String::new(),
            reading => format!("; {reading}"),
        };
        let words = format!(
            "{}: {delay}, {} of all delay in the mutex profile{reading}.",
            l.of,
            share(l.share)
        );
        point(line(&words))
    };
    vec![
        paragraph("Locks of the runtime itself, which are in no share above, by what they guard:"),
        Block::List(locks.iter().map(item).collect()),
    ]
}
