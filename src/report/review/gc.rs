//! Garbage collection: what it costs by each source, the numbers of a trace, what the runtime counted, what to set.

use super::words::{
    NOT_MEASURED, code, counted, fact, heading, line, paragraph, place, point, prose, share_text, table,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{GcShare, GcSource, GcTrace, HeapGrowth, Level, MemoryStats, RuntimeFacts};
use crate::unit::{human, share};

/// The part of the chapter on memory; nothing where no input tells of it.
pub fn blocks(facts: &RuntimeFacts) -> Vec<Block> {
    if facts.gc_shares.is_empty() && facts.memstats.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![heading(3, line("Garbage collection"))];
    if !facts.gc_shares.is_empty() {
        blocks.push(shares(&facts.gc_shares));
        blocks.extend(differing(&facts.gc_shares));
    }
    blocks.extend(facts.traces.iter().flat_map(trace));
    blocks.extend(facts.memstats.iter().flat_map(counts));
    let items: Vec<_> = facts.advice.iter().map(|words| point(prose(words))).collect();
    blocks.push(match items.is_empty() {
        true => paragraph("None of this calls for a change of GOGC or GOMEMLIMIT."),
        false => Block::List(items),
    });
    if facts.traces.is_empty() {
        blocks.push(paragraph(
            "Collections per second, allocation rate and pauses over time: not measured. `GODEBUG=gctrace=1` in front of the \
             program prints them on standard error; give that text as an input.",
        ));
    }
    blocks
}

fn shares(shares: &[GcShare]) -> Block {
    let columns = [
        ("CPU time spent collecting", Align::Right),
        ("Level", Align::Left),
        ("By", Align::Left),
        ("Of", Align::Left),
    ];
    let row = |s: &GcShare| {
        let by = match s.source {
            GcSource::CpuProfile => "samples below the collector, idle workers left out",
            GcSource::GcTrace => "the last line of gctrace: whole percents since the start",
            GcSource::MemStats => "GCCPUFraction: since the start",
        };
        vec![
            line(&share_text(&s.share)),
            line(level_words(s.level)),
            line(by),
            place(&s.file, 0),
        ]
    };
    table(&columns, shares.iter().map(row).collect())
}

/// Samples and the runtime's own numbers do not count the same.
fn differing(shares: &[GcShare]) -> Option<Block> {
    let sampled = |s: &GcShare| s.source == GcSource::CpuProfile;
    (shares.iter().any(sampled) && !shares.iter().all(sampled)).then(|| {
        paragraph(
            "Samples also count sweeping, giving memory back and the scheduling of the workers; the runtime's own numbers count \
             only marking, its pauses and what goroutines pay, and so are lower.",
        )
    })
}

/// A level as a word of a table.
pub fn level_words(level: Level) -> &'static str {
    match level {
        Level::Fine => "fine",
        Level::Warn => "warn",
        Level::High => "high",
        Level::Critical => "critical",
    }
}

/// A number with its level, where that calls for action.
fn judged(words: &str, level: Level) -> Text {
    match level {
        Level::Fine => line(words),
        level => line(&format!("{words}: {}", level_words(level))),
    }
}

fn trace(trace: &GcTrace) -> Vec<Block> {
    let rate = trace
        .per_second
        .map(|rate| format!("{} per second", human(rate, "")));
    let forced = match trace.forced {
        0 => String::new(),
        forced => format!(", {forced} of them forced"),
    };
    let cycles = counted(trace.cycles, "collection");
    let facts = vec![
        fact(
            "Collections",
            judged(
                &format!("{}{forced}", rate.as_deref().unwrap_or("too few for a rate")),
                trace.per_second_level,
            ),
        ),
        fact(
            "Allocation rate",
            judged(&allocation_rate(trace), trace.allocation_level),
        ),
        fact(
            "Longest pause",
            judged(
                &format!(
                    "{} (cycle {})",
                    human(trace.longest_pause_seconds, "sec"),
                    trace.longest_pause_cycle
                ),
                trace.pause_level,
            ),
        ),
        fact("Paid by goroutines", judged(&assist(trace), trace.assist_level)),
        fact(
            "Live heap",
            line(&format!(
                "{} in the median, {} at the end, at most {}; goal {}",
                human(trace.live_bytes_median, "B"),
                human(trace.live_bytes_last, "B"),
                human(trace.live_bytes_max, "B"),
                human(trace.goal_bytes_last, "B")
            )),
        ),
        fact(
            "Its slope",
            line(&trace.growth.as_ref().map_or_else(
                || format!("{NOT_MEASURED}: fewer than eight unforced collections"),
                slope,
            )),
        ),
    ];
    let head = vec![
        code(&trace.file),
        super::words::text(&format!(
            ", {cycles} in {} on {}:",
            human(trace.seconds, "sec"),
            counted(trace.processors, "processor")
        )),
    ];
    vec![Block::Paragraph(head), Block::Facts(facts)]
}

fn allocation_rate(trace: &GcTrace) -> String {
    match trace.allocation_rate {
        Some(rate) => format!(
            "{} per second, ± {} by rounding",
            human(rate, "B"),
            human(trace.allocation_rate_error, "B")
        ),
        None => NOT_MEASURED.to_string(),
    }
}

fn assist(trace: &GcTrace) -> String {
    match (trace.assist_of_mark, trace.assist_of_cpu) {
        (Some(of_mark), Some(of_cpu)) => {
            format!(
                "{} of the marking, {} of all CPU time",
                share(of_mark),
                share(of_cpu)
            )
        }
        _ => NOT_MEASURED.to_string(),
    }
}

fn slope(growth: &HeapGrowth) -> String {
    let words = format!(
        "{} ± {} per second",
        human(growth.bytes_per_second, "B"),
        human(growth.standard_error, "B")
    );
    match growth.suspected {
        true => format!(
            "{words}, also in the later half: {} of the live heap were added; a leak is suspected",
            share(growth.added_share)
        ),
        false => format!("{words}: no steady growth"),
    }
}

/// What MemStats says.
fn counts(stats: &MemoryStats) -> Vec<Block> {
    let bytes = |value: Option<u64>| value.map(|v| human(v as f64, "B"));
    let named = [
        ("Allocated since the start", bytes(stats.allocated_bytes)),
        ("Heap in use", bytes(stats.heap_bytes)),
        ("Free, not given back", bytes(stats.held_back_bytes)),
        ("Taken from the system", bytes(stats.system_bytes)),
        ("Most in memory", bytes(stats.resident_bytes_max)),
        ("Heap goal", bytes(stats.next_goal_bytes)),
    ];
    let mut facts: Vec<(String, Text)> = named
        .into_iter()
        .filter_map(|(name, value)| Some(fact(name, line(&value?))))
        .collect();
    if let Some((cycles, forced)) = stats.cycles.zip(stats.forced) {
        facts.push(fact(
            "Collections",
            line(&format!("{cycles}, {forced} of them forced")),
        ));
    }
    if let Some(pause) = stats.longest_pause_seconds.filter(|p| *p > 0.0) {
        facts.push(fact(
            "Longest pause of the last 256",
            judged(&human(pause, "sec"), stats.pause_level),
        ));
    }
    let head = vec![
        code(&stats.file),
        super::words::text(", as the runtime counted (exact, where the profile samples):"),
    ];
    vec![Block::Paragraph(head), Block::Facts(facts)]
}
