//! The lines of the runtime from among a program's output.

use super::cursor::Cursor;
use super::{GcCycle, InitCost, RuntimeTrace, SchedState};
use crate::error::printable;

/// Whether a text holds a line of gctrace, schedtrace or inittrace.
pub fn looks_like_runtime_trace(data: &[u8]) -> bool {
    const HEAD: usize = 512;
    let is_text = |b: &u8| *b >= b' ' || b"\t\n\r\x0c\x1b".contains(b);
    data.iter().take(HEAD).all(is_text) && lines(data).any(|line| !read(&text_of(line)).is_empty())
}

/// Reads a text. Never fails.
pub fn parse(data: &[u8]) -> RuntimeTrace {
    let mut trace = RuntimeTrace::default();
    for line in lines(data).filter(|line| !line.trim_ascii().is_empty()) {
        let text = text_of(line);
        let found = read(&text);
        if found.is_empty() {
            let skipped = is_skipped(&text);
            trace.skipped_lines += u64::from(skipped);
            trace.other_lines += u64::from(!skipped);
        }
        for one in found {
            match one {
                Line::Gc(cycle) => trace.collections.push(cycle),
                Line::Sched(state) => trace.scheduler.push(state),
                Line::Init(cost) => trace.inits.push(cost),
            }
        }
    }
    trace
}

/// What the runtime says.
enum Line {
    Gc(GcCycle),
    Sched(SchedState),
    Init(InitCost),
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    data.split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// A line as text without control characters.
fn text_of(line: &[u8]) -> String {
    printable(line)
}

/// All that a line holds: `init` at its start only, the others behind anything.
fn read(text: &str) -> Vec<Line> {
    if let Some(cost) = init(text) {
        return vec![Line::Init(cost)];
    }
    let starts = |word: &'static str| text.match_indices(word).map(|(at, _)| at);
    let after = |at: usize| text.get(at..).unwrap_or_default();
    let gc = starts("gc ").filter_map(|at| Some((at, Line::Gc(cycle(after(at))?))));
    let sched = starts("SCHED ").filter_map(|at| Some((at, Line::Sched(state(after(at))?))));
    let mut found: Vec<_> = gc.chain(sched).collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, line)| line).collect()
}

fn is_skipped(text: &str) -> bool {
    text.starts_with("pacer: ") || (text.starts_with("scav ") && text.contains(" KiB work"))
}

fn cycle(text: &str) -> Option<GcCycle> {
    let mut at = Cursor::new(text);
    at.word("gc ")?;
    let mut cycle = GcCycle {
        number: at.integer()?,
        ..GcCycle::default()
    };
    at.word(" @")?;
    cycle.at_seconds = at.number()?;
    at.word("s ")?;
    cycle.cpu_share = at.integer()? as f64 / 100.0;
    at.word("%: ")?;
    clock(&mut at, &mut cycle)?;
    cpu(&mut at, &mut cycle)?;
    heap(&mut at, &mut cycle)?;
    at.word(", ")?;
    cycle.processors = at.integer()?;
    at.word(" P")?;
    cycle.forced = at.rest().starts_with(" (forced)");
    Some(cycle)
}

/// `0.19+4.9+0.066 ms clock, `.
fn clock(at: &mut Cursor<'_>, cycle: &mut GcCycle) -> Option<()> {
    cycle.sweep_pause_ms = at.number()?;
    at.word("+")?;
    cycle.mark_ms = at.number()?;
    at.word("+")?;
    cycle.mark_pause_ms = at.number()?;
    at.word(" ms clock, ")
}

/// `0.38+0.014/2.1/0.097+0.13 ms cpu, `.
fn cpu(at: &mut Cursor<'_>, cycle: &mut GcCycle) -> Option<()> {
    cycle.cpu_sweep_ms = at.number()?;
    at.word("+")?;
    cycle.cpu_assist_ms = at.number()?;
    at.word("/")?;
    cycle.cpu_background_ms = at.number()?;
    at.word("/")?;
    cycle.cpu_idle_ms = at.number()?;
    at.word("+")?;
    cycle.cpu_mark_end_ms = at.number()?;
    at.word(" ms cpu, ")
}

/// `3->5->3 MB, 4 MB goal`, and since Go 1.19 `, 0 MB stacks, 0 MB globals`.
fn heap(at: &mut Cursor<'_>, cycle: &mut GcCycle) -> Option<()> {
    cycle.heap_start_mib = at.integer()?;
    at.word("->")?;
    cycle.heap_end_mib = at.integer()?;
    at.word("->")?;
    cycle.heap_live_mib = at.integer()?;
    at.word(" MB, ")?;
    cycle.goal_mib = at.integer()?;
    at.word(" MB goal")?;
    let mut more = *at;
    if let Some((stacks, globals)) = stacks_and_globals(&mut more) {
        (cycle.stacks_mib, cycle.globals_mib) = (Some(stacks), Some(globals));
        *at = more;
    }
    Some(())
}

fn stacks_and_globals(at: &mut Cursor<'_>) -> Option<(u64, u64)> {
    at.word(", ")?;
    let stacks = at.integer()?;
    at.word(" MB stacks, ")?;
    let globals = at.integer()?;
    at.word(" MB globals")?;
    Some((stacks, globals))
}

fn state(text: &str) -> Option<SchedState> {
    let mut at = Cursor::new(text);
    at.word("SCHED ")?;
    let at_ms = at.integer()?;
    at.word("ms: gomaxprocs=")?;
    let processors = at.integer()?;
    at.word(" idleprocs=")?;
    let idle_processors = at.integer()?;
    at.word(" threads=")?;
    let threads = at.integer()?;
    for name in [" spinningthreads=", " needspinning=", " idlethreads="] {
        at.word(name)?;
        at.integer()?;
    }
    at.word(" runqueue=")?;
    let run_queue = at.integer()?;
    at.word(" [")?;
    let queues = at.numbers().split_whitespace().map(str::parse);
    at.word("]")?;
    Some(SchedState {
        at_ms,
        processors,
        idle_processors,
        threads,
        run_queue,
        local_queues: queues.collect::<Result<_, _>>().ok()?,
    })
}

fn init(text: &str) -> Option<InitCost> {
    let mut at = Cursor::new(text);
    at.word("init ")?;
    let package = at.until(" @")?.to_string();
    let at_ms = at.number()?;
    at.word(" ms, ")?;
    let clock_ms = at.number()?;
    at.word(" ms clock, ")?;
    let bytes = at.integer()?;
    at.word(" bytes, ")?;
    let objects = at.integer()?;
    at.word(" allocs")?;
    let whole = at.rest().is_empty() && !package.is_empty() && !package.contains(' ');
    whole.then_some(InitCost {
        package,
        at_ms,
        clock_ms,
        bytes,
        objects,
    })
}
