//! Compiler notes and runtime traces whose facts are known line by line. The files are outside of the repository; where
//! they are absent each test says so and passes.

use std::path::{Path, PathBuf};

use perfplan::compiler::{
    self, CompilerNotes, Note, NoteKind, NotesIndex, looks_like_notes, parse_preprofile,
};
use perfplan::goroutine::looks_like_dump;
use perfplan::runtime_trace::{looks_like_runtime_trace, parse, parse_execution_trace, sched_facts};

use crate::shared::shared;
use crate::support::bytes;

fn audit() -> Option<PathBuf> {
    shared("corpus/audit")
}

fn notes(folder: &Path, file: &str) -> CompilerNotes {
    let data = bytes(&folder.join(file));
    assert!(looks_like_notes(&data) && !looks_like_dump(&data), "{file}");
    compiler::parse(&data)
}

/// Kind, subject and detail of a note as the list of facts has them; `None` for kinds that it leaves out.
fn told(note: &Note) -> Option<(&'static str, String, String)> {
    let none = String::new;
    Some(match &note.kind {
        NoteKind::CanInline { function, cost } => {
            let cost = cost.map_or_else(none, |c| c.to_string());
            ("can_inline", function.clone(), cost)
        }
        NoteKind::CannotInline { function, reason } => ("cannot_inline", function.clone(), reason.clone()),
        NoteKind::InlinedCall { function } => ("inlined", function.clone(), none()),
        NoteKind::Escapes { what } => ("escapes", what.clone(), none()),
        NoteKind::Moved { variable } => ("moved", variable.clone(), none()),
        NoteKind::DoesNotEscape { what } => ("no_escape", what.clone(), none()),
        NoteKind::Leaks { parameter, .. } => ("leak", parameter.clone(), none()),
        NoteKind::Devirtualized { call, to } => ("devirtualized", call.clone(), to.clone()),
        NoteKind::BoundsCheck { .. } => ("bounds", none(), none()),
        _ => return None,
    })
}

/// A fact: line, column, kind, subject, detail. Where a reason tells the whole `append(out, &x)`, the plain line says
/// `append`; the flow of a parameter is compared by its name.
type Fact = (i64, i64, String, String, String);

fn short(subject: &str) -> String {
    match subject.starts_with("append(") {
        true => "append".to_string(),
        false => subject.to_string(),
    }
}

fn facts_of(notes: &CompilerNotes) -> Vec<Fact> {
    let fact = |note: &Note| {
        let (kind, subject, detail) = told(note)?;
        let at = &note.position;
        Some((at.line, at.column, kind.to_string(), short(&subject), detail))
    };
    let mut facts: Vec<Fact> = notes.notes.iter().filter_map(fact).collect();
    facts.sort();
    facts
}

/// The facts that the list has of a text.
fn expected(list: &str, sample: &str, input: &str) -> Vec<Fact> {
    let fact = |line: &str| {
        let mut cells = line.split('\t');
        let here = cells.next() == Some(sample) && cells.next() == Some(input);
        let cells: Vec<&str> = cells.collect();
        let [_, line, column, kind, subject, detail] = cells[..] else {
            return None;
        };
        let bare = matches!(kind, "leak" | "bounds");
        let subject = if kind == "bounds" { "" } else { subject };
        let detail = if bare { "" } else { detail };
        let number = |text: &str| text.parse::<i64>().ok();
        here.then_some((
            number(line)?,
            number(column)?,
            kind.to_string(),
            short(subject),
            detail.to_string(),
        ))
    };
    let mut facts: Vec<Fact> = list.lines().filter_map(fact).collect();
    facts.sort();
    facts
}

#[test]
fn every_note_of_a_text_is_read() {
    let Some(audit) = audit() else { return };
    let folder = audit.join("compiler");
    let list = String::from_utf8(bytes(&folder.join("facts.tsv"))).expect("UTF-8");
    let mut checked = 0;
    for (sample, input) in [
        ("escape", "m1.txt"),
        ("escape", "m2.txt"),
        ("escape", "bce.txt"),
        ("inline", "m2.txt"),
    ] {
        let notes = notes(&folder.join(sample), input);
        assert_eq!(notes.unknown_lines, 0, "{sample}/{input}");
        let expect = expected(&list, sample, input);
        assert_eq!(facts_of(&notes), expect, "{sample}/{input}");
        checked += expect.len();
    }
    assert!(checked > 150, "only {checked} facts");
}

#[test]
fn syntax_trees_between_the_notes_are_skipped() {
    let Some(audit) = audit() else { return };
    let folder = audit.join("compiler/escape");
    let (plain, verbose) = (notes(&folder, "m2.txt"), notes(&folder, "m3.txt"));
    assert!(verbose.unknown_lines > 100);
    let heap = |notes: &CompilerNotes| {
        let facts = facts_of(notes).into_iter();
        facts
            .filter(|f| f.2 == "escapes" || f.2 == "moved")
            .collect::<Vec<_>>()
    };
    assert_eq!(heap(&verbose), heap(&plain));
}

#[test]
fn the_log_tells_the_same_allocations_as_the_text() {
    let Some(audit) = audit() else { return };
    let escape = audit.join("compiler/escape");
    let log = notes(&escape, "json/example.com%2Fesc/a.json");
    assert_eq!((log.go_version.as_str(), log.unknown_lines), ("go1.27.3", 0));
    let text = notes(&escape, "m2.txt");
    let places = |notes: &CompilerNotes| {
        let allocating = notes.notes.iter().filter(|n| n.kind.allocates());
        let mut places: Vec<_> = allocating.map(|n| (n.position.line, n.position.column)).collect();
        places.sort_unstable();
        places.dedup();
        places
    };
    assert_eq!(places(&log), places(&text));
    let generated = notes(&escape, "json/example.com%2Fesc/%3Cautogenerated%3E.json");
    assert_eq!(generated.notes, []);

    let mut both = text;
    both.merge(log);
    let index = NotesIndex::of(&both);
    let file = index.file("example.com/esc", "/src/esc/a.go").expect("the file");
    let reason = |line| {
        let note = file.line(line).into_iter().find(|n| n.kind.allocates())?;
        let reason = note.explanation.as_ref()?.reason()?;
        let at = reason.at.as_ref()?;
        Some((reason.reason.clone(), at.line, at.column))
    };
    assert_eq!(reason(13), Some(("return".to_string(), 13, 34)));
    assert_eq!(reason(36), Some(("too large for stack".to_string(), 36, 6)));
}

#[test]
fn every_field_of_gctrace_is_read() {
    let Some(audit) = audit() else { return };
    let folder = audit.join("runtime");
    let trace = parse(&bytes(&folder.join("gctrace.txt")));
    let list = String::from_utf8(bytes(&folder.join("gctrace.expected.tsv"))).expect("UTF-8");
    let expect: Vec<Vec<String>> = list
        .lines()
        .skip(1)
        .map(|l| l.split('\t').map(str::to_string).collect())
        .collect();
    assert_eq!(trace.collections.len(), expect.len());
    for (cycle, cells) in trace.collections.iter().zip(&expect) {
        let number = |at: usize| cells[at].parse::<f64>().expect("a number");
        let found = [
            cycle.number as f64,
            cycle.at_seconds,
            (cycle.cpu_share * 100.0).round(),
            cycle.sweep_pause_ms,
            cycle.mark_ms,
            cycle.mark_pause_ms,
            cycle.cpu_sweep_ms,
            cycle.cpu_assist_ms,
            cycle.cpu_background_ms,
            cycle.cpu_idle_ms,
            cycle.cpu_mark_end_ms,
            cycle.heap_start_mib as f64,
            cycle.heap_end_mib as f64,
            cycle.heap_live_mib as f64,
            cycle.goal_mib as f64,
            cycle.stacks_mib.expect("stacks") as f64,
            cycle.globals_mib.expect("globals") as f64,
            cycle.processors as f64,
        ];
        let expect: Vec<f64> = (0..18).map(number).collect();
        assert_eq!(found[..], expect[..]);
        assert_eq!(cycle.forced.to_string(), cells[18]);
    }
}

#[test]
fn other_traces_of_the_runtime_are_told_apart() {
    let Some(audit) = audit() else { return };
    let read = |file: &str| bytes(&audit.join("runtime").join(file));
    let pacer = read("gcpacertrace.txt");
    assert!(!looks_like_runtime_trace(&pacer));
    let pacer = parse(&pacer);
    assert_eq!((pacer.skipped_lines, pacer.other_lines), (4, 0));

    let init = parse(&read("inittrace.txt"));
    assert_eq!((init.inits.len(), init.other_lines), (49, 2));
    let dear = init
        .inits
        .iter()
        .find(|i| i.package == "example.com/run")
        .expect("run");
    assert_eq!(
        (dear.clock_ms, dear.bytes, dear.objects),
        (21.0, 7_717_504, 80613)
    );

    let scheduler = parse(&read("schedtrace.txt"));
    let facts = sched_facts(&scheduler.scheduler).expect("lines");
    assert_eq!((facts.lines, facts.crowded, facts.longest_queue), (4, 0, 2));
    assert_eq!((facts.threads_max, facts.processors), (5, 2));

    for other in ["bench.txt", "heap.debug1.txt", "cpu.pb.gz", "test.json", "p.go"] {
        assert!(!looks_like_runtime_trace(&read(other)), "{other}");
        assert!(!looks_like_notes(&read(other)), "{other}");
    }
}

/// The counts are those of `go tool trace -d=wire` and of the lines of the file.
#[test]
fn an_execution_trace_and_a_prepared_profile_are_read_to_their_end() {
    let Some(folder) = audit() else { return };
    let trace = parse_execution_trace(&bytes(&folder.join("runtime/trace.out"))).expect("a trace");
    assert_eq!((trace.go_minor, trace.generations, trace.batches), (26, 1, 8));
    assert_eq!((trace.events, trace.stacks, trace.strings), (127, 37, 97));
    assert_eq!((trace.unknown_batches, trace.ends_at), (0, None));
    let prepared = parse_preprofile(&bytes(&folder.join("pgo/cpu.preprofile")));
    assert_eq!((prepared.edges.len(), prepared.broken_line), (198, None));
}
