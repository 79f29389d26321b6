//! Concurrency Design: where goroutines wait and for whom, and what else could be used.

use super::choices::{Group, groups, rationale, title};
use super::locks;
use super::words::{
    NOT_MEASURED, code, code_or, counted, fact, heading, line, paragraph, prose, share_text, shell,
    short_function, short_place, source, table, text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{ChoiceKind, ContentionSite, Issue, Priority, Review};
use crate::unit::{human, human_count, share};

/// The sites of each profile of waiting, then a section for each choice.
pub fn blocks(review: &Review) -> Vec<Block> {
    let by_input = review.contention.chunk_by(|a, b| a.file_of == b.file_of);
    let mut blocks: Vec<Block> = by_input.flat_map(sites).collect();
    blocks.extend(locks::blocks(review));
    blocks.extend(unmeasured(review));
    let groups = groups(review, ChoiceKind::Concurrency);
    blocks.extend(groups.iter().flat_map(|group| section(review, group)));
    blocks.extend(threads(review));
    blocks
}

/// How many threads the process started: of a threadcreate profile only the total says something.
fn threads(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.threads else {
        return Vec::new();
    };
    let started = format!(
        ": the process started {} in all",
        counted(facts.threads, "thread")
    );
    let verdict = match (facts.limit, facts.processors) {
        (Some(limit), Some(processors)) => format!(
            " for {} ({}): {} than {limit}, from which something blocks them (system calls, C, `runtime.LockOSThread`)",
            counted(processors, "processor"),
            facts.processors_from,
            if facts.many { "more" } else { "not more" },
        ),
        _ => "; GOMAXPROCS is not known, so whether they are many is not: a gctrace or benchmark text beside it tells"
            .to_string(),
    };
    let mut words = vec![code(&facts.file)];
    words.extend(prose(&format!(
        "{started}{verdict}. The stacks of this profile say nothing."
    )));
    vec![heading(3, line("Threads")), Block::Paragraph(words)]
}

/// What is said of profiles of waiting that are missing, or that hold nothing of own code.
fn unmeasured(review: &Review) -> Vec<Block> {
    let commands = &review.profiling_commands;
    let missing = [&commands.mutex, &commands.block].map(String::as_str);
    let missing: Vec<&str> = missing.into_iter().filter(|c| !c.is_empty()).collect();
    let mut blocks = Vec::new();
    let waits = |kind: &&str| review.inputs.iter().any(|i| i.kind == **kind);
    let is_silent = |kind: &&str| !review.contention.iter().any(|s| s.holds == (**kind == *"mutex"));
    for kind in ["mutex", "block"].iter().filter(|k| waits(k) && is_silent(k)) {
        let limit = share(review.method.symptoms.delay_share);
        blocks.push(paragraph(&format!(
            "In the {kind} profile no line of own code reaches {limit} of the delay."
        )));
    }
    if !missing.is_empty() {
        let what = match (commands.mutex.is_empty(), commands.block.is_empty()) {
            (false, false) => "Delay by locks and channels",
            (false, true) => "Who holds the locks that others wait for",
            _ => "Who waits for locks and channels",
        };
        blocks.push(paragraph(&format!("{what}: not measured. This measures it:")));
        blocks.push(shell(&missing.join("\n")));
    }
    blocks
}

fn sites(sites: &[ContentionSite]) -> Vec<Block> {
    let Some(first) = sites.first() else {
        return Vec::new();
    };
    let what = match first.holds {
        true => "Lines that let others wait for a lock, which they release there",
        false => "Lines that wait",
    };
    let columns = [
        ("Contention", Align::Left),
        ("Share of delay", Align::Right),
        ("Delay per second", Align::Right),
        ("Waits", Align::Right),
        ("Mean", Align::Right),
        ("For", Align::Left),
        ("Place", Align::Left),
        ("Function", Align::Left),
        ("Source", Align::Left),
    ];
    let words = vec![text(&format!("{what}, in ")), code(&first.file_of), text(":")];
    vec![
        Block::Paragraph(words),
        table(&columns, sites.iter().map(row).collect()),
    ]
}

fn row(site: &ContentionSite) -> Vec<Text> {
    let mean = site.mean_seconds().map(|mean| human(mean, "sec"));
    vec![
        line(level(site)),
        line(&share_text(&site.share)),
        line(&delay(site)),
        line(&human_count(site.contentions as f64)),
        line(mean.as_deref().unwrap_or(NOT_MEASURED)),
        code_or(&site.family, "not known"),
        short_place(&site.file, site.line),
        vec![short_function(&site.function)],
        source(&site.source),
    ]
}

/// A goroutine that waits for a channel may have nothing to do: only a lock is contention for sure.
fn level(site: &ContentionSite) -> &'static str {
    if !site.holds && matches!(site.family.as_str(), "chan.recv" | "chan.select" | "cond") {
        return "may be idle";
    }
    match (site.delay_per_second, site.level) {
        (None, _) => NOT_MEASURED,
        (_, Priority::High) => "High",
        (_, Priority::Medium) => "Medium",
        (_, Priority::Low) => "Low",
    }
}

fn delay(site: &ContentionSite) -> String {
    match site.delay_per_second {
        Some(delay) => format!("{}/s", human(delay, "sec")),
        None => format!("{} in all", human(site.delay_seconds, "sec")),
    }
}

fn section(review: &Review, group: &Group<'_>) -> Vec<Block> {
    let choice = group.choice;
    let facts = vec![
        fact("Synchronization now", line(&choice.now)),
        fact("Advised", line(&choice.instead)),
        fact("Rationale", rationale(group)),
        fact("Contention estimate", estimate(review, group)),
        fact("Complexity", line(&choice.complexity)),
        fact("Alternative", line(&choice.alternatives)),
    ];
    vec![heading(3, title(group)), Block::Facts(facts)]
}

/// Whether a profile of waiting was given.
fn waits(review: &Review) -> bool {
    review
        .inputs
        .iter()
        .any(|i| matches!(i.kind.as_str(), "mutex" | "block"))
}

/// The largest delay that was measured at a line of the findings, else in their functions; that it is not measured, else.
fn estimate(review: &Review, group: &Group<'_>) -> Text {
    let of = |fits: fn(&ContentionSite, &Issue) -> bool| {
        let here = |s: &&ContentionSite| group.issues.iter().any(|i| fits(s, i));
        let sites = review.contention.iter().filter(here);
        sites.reduce(|a, b| if b.delay_seconds > a.delay_seconds { b } else { a })
    };
    let at_line = of(|s, i| s.line == i.line && s.function == i.function);
    let known = at_line.or_else(|| of(|s, i| s.function == i.function));
    match known {
        Some(site) => {
            let mut words = line(&format!("{}, {} at ", level(site), delay(site)));
            words.extend(short_place(&site.file, site.line));
            words
        }
        None if !waits(review) => line(NOT_MEASURED),
        None => line("Low: the profiles of waiting show no delay at these lines"),
    }
}
