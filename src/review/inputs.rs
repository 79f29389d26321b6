//! Compiler notes, runtime traces and lists of modules in the table of inputs.

use super::{Evidence, InputFacts};
use crate::error::counted;
use crate::runtime_trace::{RuntimeTrace, processes};

/// A row for each: notes first.
pub(super) fn facts(evidence: &Evidence<'_>) -> Vec<InputFacts> {
    let notes = evidence.notes.iter().map(|input| {
        let count = input.notes.notes.len() as u64;
        let what = counted(count, "note");
        let noun = what.split_once(' ').map_or("notes", |(_, noun)| noun);
        row(&input.name, "compiler notes", count, noun)
    });
    let runtime = evidence.runtime.iter().map(|input| InputFacts {
        duration_seconds: seconds(&input.trace),
        ..row(&input.name, "runtime trace", lines(&input.trace), "lines")
    });
    let modules = evidence.modules.iter().map(|input| {
        let count = input.modules.modules.len() as u64;
        let noun = if count == 1 { "module" } else { "modules" };
        row(&input.name, "module list", count, noun)
    });
    notes.chain(runtime).chain(modules).collect()
}

fn row(file: &str, kind: &str, count: u64, noun: &str) -> InputFacts {
    InputFacts {
        file: file.to_string(),
        kind: kind.to_string(),
        duration_seconds: None,
        samples: count,
        total: i64::try_from(count).unwrap_or(i64::MAX),
        unit: "count".to_string(),
        sample_type: noun.to_string(),
        binary: String::new(),
        build_id: String::new(),
    }
}

fn lines(trace: &RuntimeTrace) -> u64 {
    (trace.collections.len() + trace.scheduler.len() + trace.inits.len()) as u64
}

/// How long the processes ran by their last lines.
fn seconds(trace: &RuntimeTrace) -> Option<f64> {
    let collecting = processes(trace)
        .iter()
        .filter_map(|p| Some(p.last()?.at_seconds))
        .sum::<f64>();
    let scheduling = trace.scheduler.last().map_or(0.0, |s| s.at_ms as f64 / 1e3);
    let longest = collecting.max(scheduling);
    (longest > 0.0).then_some(longest)
}
