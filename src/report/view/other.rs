//! What `info` says of inputs that are no profiles: execution traces and profiles prepared for the compiler.

use serde::Serialize;

use super::info::text::{csv_of, markdown_of, text_of};
use crate::compiler::{Preprofile, looks_like_preprofile, parse_preprofile};
use crate::error::{Problem, counted};
use crate::runtime_trace::{ExecutionTrace, looks_like_execution_trace, parse_execution_trace};

/// Edges that are named.
const MOST_EDGES: usize = 5;

/// The facts of such an input: the schema `perfplan.other-info/1`.
#[derive(Debug, Clone, Serialize)]
pub struct OtherInfo {
    schema: &'static str,
    input: String,
    kind: &'static str,
    #[serde(flatten)]
    facts: Facts,
    hint: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Facts {
    Trace(TraceFacts),
    Preprofile(PreprofileFacts),
}

#[derive(Debug, Clone, Serialize)]
struct TraceFacts {
    version: String,
    bytes: u64,
    generations: u64,
    batches: u64,
    experimental_batches: u64,
    threads: u64,
    events: u64,
    goroutines_created: u64,
    cpu_samples: u64,
    stacks: u64,
    strings: u64,
    /// Batches in which the count of events ends early.
    unknown_batches: u64,
    /// Offset of the first byte that was not read.
    ends_at: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct PreprofileFacts {
    edges: u64,
    weight: i64,
    heaviest: Vec<EdgeFact>,
    broken_line: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct EdgeFact {
    caller: String,
    callee: String,
    offset: i64,
    weight: i64,
}

impl OtherInfo {
    /// The facts; `None` for data of other kinds.
    ///
    /// # Errors
    /// What [`parse_execution_trace`] says of old traces.
    pub fn of(data: &[u8], input: &str) -> Result<Option<Self>, Problem> {
        let info = |kind, facts, hint| Self {
            schema: "perfplan.other-info/1",
            input: input.to_string(),
            kind,
            facts,
            hint,
        };
        if looks_like_execution_trace(data) {
            let facts = Facts::Trace(trace_facts(&parse_execution_trace(data)?));
            let hint = "go tool trace opens it; CPU time and memory are questions for profiles";
            return Ok(Some(info("execution trace", facts, hint)));
        }
        if looks_like_preprofile(data) {
            let facts = Facts::Preprofile(preprofile_facts(&parse_preprofile(data)));
            let hint = "it is for the compiler's -pgo; views need the CPU profile that it was made of";
            return Ok(Some(info("prepared profile", facts, hint)));
        }
        Ok(None)
    }

    /// A line per fact.
    pub fn text(&self) -> String {
        text_of(&self.rows())
    }

    /// The same as rows of `field` and `value`.
    pub fn csv(&self) -> String {
        csv_of(self.rows())
    }

    /// The same as a table.
    pub fn markdown(&self) -> String {
        markdown_of(self.rows())
    }

    fn rows(&self) -> Vec<(String, String)> {
        let mut rows = vec![("input", self.input.clone()), ("kind", self.kind.to_string())];
        rows.extend(match &self.facts {
            Facts::Trace(facts) => trace_rows(facts),
            Facts::Preprofile(facts) => preprofile_rows(facts),
        });
        rows.push(("hint", self.hint.to_string()));
        rows.into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect()
    }
}

fn trace_facts(trace: &ExecutionTrace) -> TraceFacts {
    TraceFacts {
        version: format!("go 1.{}", trace.go_minor),
        bytes: trace.bytes,
        generations: trace.generations,
        batches: trace.batches,
        experimental_batches: trace.experimental_batches,
        threads: trace.threads,
        events: trace.events,
        goroutines_created: trace.goroutines_created,
        cpu_samples: trace.cpu_samples,
        stacks: trace.stacks,
        strings: trace.strings,
        unknown_batches: trace.unknown_batches,
        ends_at: trace.ends_at,
    }
}

fn trace_rows(facts: &TraceFacts) -> Vec<(&'static str, String)> {
    let experimental = match facts.experimental_batches {
        0 => String::new(),
        count => format!(", and {count} of experiments"),
    };
    let mut rows = vec![
        ("version", facts.version.clone()),
        ("bytes", facts.bytes.to_string()),
        ("generations", facts.generations.to_string()),
        ("batches", format!("{}{experimental}", facts.batches)),
        ("threads", facts.threads.to_string()),
        ("events", facts.events.to_string()),
        ("goroutines created", facts.goroutines_created.to_string()),
        ("CPU samples", facts.cpu_samples.to_string()),
        ("stacks", facts.stacks.to_string()),
        ("strings", facts.strings.to_string()),
    ];
    if facts.unknown_batches > 0 {
        let text = format!(
            "{} hold events of unknown types, after which nothing in them is counted",
            counted(facts.unknown_batches, "batch").replace("batchs", "batches")
        );
        rows.push(("warning", text));
    }
    if let Some(at) = facts.ends_at {
        let text = format!("read up to byte {at}: cut there, or of a newer form");
        rows.push(("warning", text));
    }
    rows
}

fn preprofile_facts(read: &Preprofile) -> PreprofileFacts {
    let edge = |e: &crate::compiler::PreprofileEdge| EdgeFact {
        caller: e.caller.clone(),
        callee: e.callee.clone(),
        offset: e.offset,
        weight: e.weight,
    };
    PreprofileFacts {
        edges: read.edges.len() as u64,
        weight: read.weight(),
        heaviest: read.edges.iter().take(MOST_EDGES).map(edge).collect(),
        broken_line: read.broken_line,
    }
}

fn preprofile_rows(facts: &PreprofileFacts) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("edges", facts.edges.to_string()),
        ("weight", facts.weight.to_string()),
    ];
    let edge = |e: &EdgeFact| {
        format!(
            "{} {} → {}, line {:+} of the caller",
            e.weight, e.caller, e.callee, e.offset
        )
    };
    rows.extend(facts.heaviest.iter().map(|e| ("edge", edge(e))));
    if let Some(line) = facts.broken_line {
        rows.push((
            "warning",
            format!("line {line} is not the first of an edge; what follows is not read"),
        ));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_summed_up() {
        let text = b"GO PREPROFILE V1\na.F\nb.G\n1 93\n";
        let info = OtherInfo::of(text, "x.pgo").unwrap().unwrap();
        assert!(
            info.text().contains("93 a.F → b.G, line +1 of the caller"),
            "{}",
            info.text()
        );
        let json = serde_json::to_value(&info).unwrap();
        assert_eq!(
            (json["edges"].as_u64(), json["kind"].as_str()),
            (Some(1), Some("prepared profile"))
        );
        let mut trace = b"go 1.26 trace\0\0\0".to_vec();
        trace.extend([1, 1, 7, 0, 2, 17, 1, 9]);
        let info = OtherInfo::of(&trace, "t.out").unwrap().unwrap();
        let text = info.text();
        assert!(
            text.contains("go 1.26") && text.contains("read up to byte 23"),
            "{text}"
        );
        assert!(OtherInfo::of(b"hello", "x").unwrap().is_none());
        assert!(OtherInfo::of(b"go 1.11 trace\0\0\0", "x").is_err());
    }
}
