//! The heap as a whole: how fast it is filled, what it holds, what grows.

use super::gc::level_words;
use super::words::{
    bytes_text, code, code_or, heading, line, paragraph, place, point, prose, share_text, short_place,
    source, table, text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{
    HeapFacts, HeapReading, HeapSeries, Level, LiveSite, ResidentEstimate, Review, SiteGrowth, TinySite,
};
use crate::unit::{human, human_count, share};

/// The part of the chapter on memory; nothing where no input tells of the heap.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.heap else {
        return Vec::new();
    };
    let mut blocks = vec![heading(3, line("The heap as a whole")), reading(facts)];
    let points: Vec<_> = facts
        .resident
        .iter()
        .map(|r| point(prose(&resident(r, facts))))
        .collect();
    if !points.is_empty() {
        blocks.push(Block::List(points));
    }
    blocks.extend(rates(facts));
    blocks.extend(series(facts, review.benchmarks.is_empty()));
    blocks.extend(live_sites(facts));
    blocks.extend(tiny_sites(facts));
    blocks
}

fn reading(facts: &HeapFacts) -> Block {
    let [allocated, live] = [facts.allocated_bytes, facts.live_bytes].map(bytes_text);
    let ratio = facts
        .allocated_per_live
        .map_or_else(String::new, |r| human_count((r * 10.0).round() / 10.0));
    let words = match facts.reading {
        _ if facts.allocated_bytes == 0 => {
            format!("{live} are in use; what was allocated before is not told.")
        }
        HeapReading::ShortLived => format!(
            "{allocated} were allocated and {live} are in use, {ratio} times less: memory is short-lived, so the stack, \
             preallocation and reuse are where to look, not what is kept."
        ),
        HeapReading::Mixed => format!(
            "{allocated} were allocated and {live} are in use, {ratio} times less: some of it is short-lived, some is kept."
        ),
        HeapReading::Kept => format!(
            "{allocated} were allocated and {live} are in use, only {ratio} times less: most of it is kept, by a cache, by \
             what was set up at the start, or by a leak."
        ),
    };
    let mut said = vec![code(&facts.file), text(": ")];
    said.extend(prose(&words));
    Block::Paragraph(said)
}

fn resident(estimate: &ResidentEstimate, facts: &HeapFacts) -> String {
    let stacks = match estimate.goroutines {
        Some(n) => format!(
            " + at least {} for the stacks of {} goroutines",
            human(estimate.stack_bytes, "B"),
            human_count(n as f64)
        ),
        None => " + stacks, which no goroutine profile tells here".to_string(),
    };
    let counted = estimate.counted_bytes.map_or_else(String::new, |bytes| {
        format!(
            " The system counted {} at most; a large gap lies outside of Go's heap.",
            human(bytes as f64, "B")
        )
    });
    let twice = facts.live_bytes as f64 * 3.0;
    format!(
        "Resident memory: about {} in use × (1 + {:.0}/100) = {}{stacks}, if GOGC is {:.0}.{counted} GOGC=200 would make that {} \
         and halve the number of collections; GOMEMLIMIT at the container's limit less 10 % bounds it.",
        bytes_text(facts.live_bytes),
        estimate.gogc,
        human(estimate.heap_bytes, "B"),
        estimate.gogc,
        human(twice, "B"),
    )
}

fn rates(facts: &HeapFacts) -> Vec<Block> {
    if facts.rates.is_empty() {
        return vec![paragraph(
            "Allocation rate: not measured. Two heap profiles of one process, taken some time apart, or benchmark text with \
             `-benchmem` tell it.",
        )];
    }
    let columns = [
        ("Allocation rate", Align::Right),
        ("Level", Align::Left),
        ("Of", Align::Left),
        ("Arithmetic", Align::Left),
    ];
    let row = |rate: &crate::review::AllocationRate| {
        vec![
            line(&format!("{}/s", human(rate.bytes_per_second, "B"))),
            line(level_words(rate.level)),
            vec![code(&rate.of)],
            line(&rate.arithmetic),
        ]
    };
    vec![table(&columns, facts.rates.iter().map(row).collect())]
}

/// `serves` is whether this may be a service, of which a profile can be fetched again.
fn series(facts: &HeapFacts, serves: bool) -> Vec<Block> {
    let Some(series) = &facts.series else {
        let how = match serves {
            true => {
                "Take the profile again after some minutes of the same load and give both: \
                 `curl -o heap2.pb.gz http://localhost:6060/debug/pprof/heap`"
            }
            false => "Give two heap profiles of the running service, taken some minutes apart.",
        };
        return vec![paragraph(&format!(
            "Growth: not measured, {} is one moment. {how}",
            facts.file
        ))];
    };
    let mut blocks = vec![Block::Paragraph(moments(series))];
    if series.rows.is_empty() {
        blocks.push(paragraph("No site holds more at the end than at the beginning."));
        return blocks;
    }
    let columns = [
        ("Growth", Align::Right),
        ("± by sampling", Align::Right),
        ("In use at each", Align::Left),
        ("Per second", Align::Left),
        ("Suspected", Align::Left),
        ("Place", Align::Left),
        ("Through", Align::Left),
    ];
    blocks.push(table(&columns, series.rows.iter().map(growth_row).collect()));
    blocks.push(paragraph(&format!(
        "Suspected is what grew in every interval, by at least {}, {} of the bytes in use at the end and {} standard errors.",
        bytes_text(facts.limits.least_growth_bytes),
        share(facts.limits.growth_share),
        facts.limits.growth_errors
    )));
    blocks
}

/// In use in each profile.
fn moments(series: &HeapSeries) -> Text {
    let mut words = line("In use over time: ");
    for (at, (file, total)) in series.files.iter().zip(&series.totals).enumerate() {
        let seconds = at
            .checked_sub(1)
            .and_then(|at| series.seconds.get(at).copied().flatten());
        let after = seconds.map_or_else(String::new, |s| format!(" after {}", human(s, "sec")));
        let comma = if at == 0 { "" } else { ", " };
        words.extend([
            text(&format!("{comma}{}{after} in ", bytes_text(*total))),
            code(file),
        ]);
    }
    words.push(text("."));
    words
}

fn growth_row(row: &SiteGrowth) -> Vec<Text> {
    let each: Vec<String> = row.bytes.iter().map(|b| bytes_text(*b)).collect();
    let slope = |s: &Option<f64>| s.map_or_else(|| "time unknown".to_string(), |s| human(s, "B"));
    let slopes: Vec<String> = row.slopes.iter().map(slope).collect();
    vec![
        line(&bytes_text(row.delta)),
        line(&human(row.delta_error, "B")),
        line(&each.join(", ")),
        line(&slopes.join(", ")),
        line(if row.passes { "yes" } else { "no" }),
        short_place(&row.file, row.line),
        code_or(&row.through, "the line itself"),
    ]
}

fn live_sites(facts: &HeapFacts) -> Vec<Block> {
    if facts.live_sites.is_empty() {
        return Vec::new();
    }
    let columns = [
        ("Share of bytes in use", Align::Right),
        ("Bytes", Align::Right),
        ("Objects", Align::Right),
        ("Level", Align::Left),
        ("Place", Align::Left),
        ("Through", Align::Left),
        ("Source", Align::Left),
    ];
    let mut blocks = vec![
        paragraph("What holds the bytes in use:"),
        table(&columns, facts.live_sites.iter().map(live_row).collect()),
    ];
    let meant = facts.live_sites.iter().filter(|s| !s.meaning.is_empty());
    let items: Vec<_> = meant.map(|s| point(meaning(s))).collect();
    if !items.is_empty() {
        blocks.push(Block::List(items));
    }
    blocks
}

fn live_row(site: &LiveSite) -> Vec<Text> {
    vec![
        line(&share_text(&site.share)),
        line(&bytes_text(site.bytes)),
        line(&human_count(site.objects as f64)),
        line(match site.level {
            Level::Warn => "medium",
            level => level_words(level),
        }),
        short_place(&site.file, site.line),
        code_or(&site.through, "the line itself"),
        source(&site.source),
    ]
}

fn meaning(site: &LiveSite) -> Text {
    let mut words = place(&site.file, site.line);
    words.push(text(&format!(": {}; {}.", bytes_text(site.bytes), site.meaning)));
    words
}

fn tiny_sites(facts: &HeapFacts) -> Vec<Block> {
    let item = |site: &TinySite| {
        let mut words = place(&site.file, site.line);
        words.push(text(&format!(
            ": {} of the objects, but {} of the bytes: {} objects of {} on average. Values instead of pointers, a slab (one \
             slice for many, measured 62 ns instead of 89 ns for 64 B), or no boxing in an interface.",
            share(site.objects_share),
            share(site.bytes_share),
            human_count(site.objects as f64),
            human(site.mean_size.round(), "B")
        )));
        point(words)
    };
    let items: Vec<_> = facts.tiny_sites.iter().map(item).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![paragraph("Many small objects:"), Block::List(items)]
}
