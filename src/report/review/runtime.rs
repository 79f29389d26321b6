//! What starting up costs, and whether goroutines wait for a processor.

use super::words::{code, counted, heading, line, paragraph, table, text};
use crate::report::document::{Align, Block};
use crate::review::{GcLimits, InitPackage, InitTrace, Review, SchedulerTrace};
use crate::unit::{human, human_count, share};

/// Start-up by package, of each inittrace.
pub fn start_up(review: &Review) -> Vec<Block> {
    let Some(facts) = review.runtime.as_ref().filter(|r| !r.inits.is_empty()) else {
        return Vec::new();
    };
    let mut blocks = vec![heading(3, line("Start-up"))];
    blocks.extend(facts.inits.iter().flat_map(|init| of_trace(init, &facts.limits)));
    blocks
}

fn of_trace(init: &InitTrace, limits: &GcLimits) -> Vec<Block> {
    let words = format!(
        ": initialising all packages takes {} and {}; of that {} in {} of the standard library.",
        milliseconds(init.clock_ms),
        human(init.bytes as f64, "B"),
        milliseconds(init.standard_ms),
        counted(init.standard_packages, "package"),
    );
    let mut blocks = vec![Block::Paragraph(vec![code(&init.file), text(&words)])];
    let limit = format!(
        "{} or {}",
        milliseconds(limits.init_ms),
        human(limits.init_bytes as f64, "B")
    );
    if init.packages.is_empty() {
        blocks.push(paragraph(&format!("No other package reaches {limit}.")));
        return blocks;
    }
    let columns = [
        ("Package", Align::Left),
        ("Time", Align::Right),
        ("Bytes", Align::Right),
        ("Objects", Align::Right),
    ];
    let row = |p: &InitPackage| {
        vec![
            vec![code(&p.package)],
            line(&milliseconds(p.clock_ms)),
            line(&human(p.bytes as f64, "B")),
            line(&human_count(p.objects as f64)),
        ]
    };
    blocks.push(paragraph(&format!(
        "Packages that reach {limit}. What they make at start can be made on first use (`sync.OnceValue`), if not every run \
         needs it:"
    )));
    blocks.push(table(&columns, init.packages.iter().map(row).collect()));
    blocks
}

fn milliseconds(ms: f64) -> String {
    human(ms / 1e3, "sec")
}

/// Whether goroutines wait for processors, of each schedtrace.
pub fn scheduler(review: &Review) -> Vec<Block> {
    let Some(facts) = review.runtime.as_ref().filter(|r| !r.scheduler.is_empty()) else {
        return Vec::new();
    };
    let mut blocks = vec![heading(3, line("Waiting for a processor"))];
    blocks.extend(facts.scheduler.iter().map(queue));
    blocks
}

fn queue(trace: &SchedulerTrace) -> Block {
    let lines = trace.lines.max(1) as f64;
    let verdict = if trace.starved {
        "The process starves for processors: give it more, or bound how many goroutines run at once"
    } else {
        "The process does not starve for processors"
    };
    let words = format!(
        ", {} of schedtrace: in {} of them more goroutines waited in the global queue than the {} could run at once (at most {}), \
         in {} no processor was idle; at most {}. {verdict}.",
        counted(trace.lines, "line"),
        share(trace.crowded as f64 / lines),
        counted(trace.processors, "processor"),
        trace.longest_queue,
        share(trace.busy as f64 / lines),
        counted(trace.threads_max, "thread"),
    );
    Block::Paragraph(vec![code(&trace.file), text(&words)])
}
