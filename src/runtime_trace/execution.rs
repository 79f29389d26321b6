//! Execution traces (`go test -trace`, `/debug/pprof/trace`): what their outer form tells.
//!
//! ```text
//! go 1.26 trace 0 0 0                                 16 bytes
//! 1 generation thread time size  events of a thread   a batch; numbers are varints
//! 49 experiment generation thread time size …         a batch in a form of its own: its events are not counted
//! 52                                                  the end of a generation, since Go 1.26
//! ```
//! Events are a byte for the type and as many varints as the type has. They are counted, not understood. Source of the
//! form: `internal/trace` and `internal/trace/tracev2` of Go 1.26.

use std::collections::BTreeSet;

use crate::error::Problem;

/// The first version of this form; the older one is read by older versions of `go tool trace`.
const FIRST_MINOR: u32 = 22;
const HEADER: usize = 16;
const BATCH: u8 = 1;
const EXPERIMENTAL_BATCH: u8 = 49;
const END_OF_GENERATION: u8 = 52;
const STACK: u8 = 3;
const STRING: u8 = 5;
const CPU_SAMPLE: u8 = 7;
const GO_CREATE: [u8; 2] = [14, 47];

/// How many numbers follow the byte of each type, from 0; those of stacks and strings are followed by more.
const NUMBERS: [u8; 53] = [
    0, 4, 0, 2, 0, 1, 0, 5, 1, 3, 3, 1, 4, 3, 4, 2, 3, 1, 1, 3, 3, 4, 3, 1, 1, 4, 3, 1, 2, 3, 2, 2, 2, 3, 2,
    2, 1, 2, 2, 2, 5, 3, 4, 4, 5, 3, 3, 4, 5, 4, 0, 4, 0,
];

/// What the form of a trace tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionTrace {
    /// The N of `go 1.N`: the version of the form, not always that of the program.
    pub go_minor: u32,
    /// Length in bytes.
    pub bytes: u64,
    /// Parts that can be read on their own, about a second each.
    pub generations: u64,
    /// Batches.
    pub batches: u64,
    /// Batches of experiments, whose events are not counted.
    pub experimental_batches: u64,
    /// Threads that wrote events.
    pub threads: u64,
    /// Events, without entries of the tables.
    pub events: u64,
    /// Entries of the tables of stacks, of all generations.
    pub stacks: u64,
    /// Entries of the tables of strings, likewise.
    pub strings: u64,
    /// Samples of the processor's time.
    pub cpu_samples: u64,
    /// Goroutines that were started while it was written.
    pub goroutines_created: u64,
    /// Batches in which a type of event is not known: what comes after it in them is not counted.
    pub unknown_batches: u64,
    /// Offset at which the data stop to be batches: it was cut, or is of a newer form.
    pub ends_at: Option<u64>,
}

/// Whether data are an execution trace of any version.
pub fn looks_like_execution_trace(data: &[u8]) -> bool {
    minor(data).is_some()
}

/// The N of the head `go 1.N trace`.
fn minor(data: &[u8]) -> Option<u32> {
    let head = data.get(..HEADER)?;
    let text = head.strip_prefix(b"go 1.")?;
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let rest = rest.strip_prefix(b" trace")?;
    let is_head = rest.iter().all(|b| *b == 0);
    std::str::from_utf8(number).ok()?.parse().ok().filter(|_| is_head)
}

/// Counts what is in a trace. A cut trace is read as far as it goes.
///
/// # Errors
/// [`Problem::Unrecognized`] for data that are none, and for versions before Go 1.22.
pub fn parse_execution_trace(data: &[u8]) -> Result<ExecutionTrace, Problem> {
    let go_minor = minor(data).ok_or_else(|| Problem::Unrecognized {
        what: "this is no execution trace".to_string(),
        hint: "`go test -trace trace.out` writes one".to_string(),
    })?;
    if go_minor < FIRST_MINOR {
        return Err(Problem::Unrecognized {
            what: format!(
                "this is an execution trace of the form before Go 1.{FIRST_MINOR} (go 1.{go_minor})"
            ),
            hint: format!(
                "open it with the go tool trace of that version, or record it anew with Go 1.{FIRST_MINOR} or later"
            ),
        });
    }
    let mut trace = ExecutionTrace {
        go_minor,
        bytes: data.len() as u64,
        ..ExecutionTrace::default()
    };
    let mut seen = (BTreeSet::new(), BTreeSet::new());
    let mut rest = Bytes { data, at: HEADER };
    while rest.at < data.len() {
        let start = rest.at;
        if batch(&mut rest, &mut trace, &mut seen).is_none() {
            trace.ends_at = Some(start as u64);
            break;
        }
    }
    (trace.generations, trace.threads) = (seen.0.len() as u64, seen.1.len() as u64);
    Ok(trace)
}

/// Reads a batch; `None` where the data are none.
fn batch(
    rest: &mut Bytes<'_>,
    trace: &mut ExecutionTrace,
    seen: &mut (BTreeSet<u64>, BTreeSet<u64>),
) -> Option<()> {
    let kind = rest.byte()?;
    match kind {
        BATCH => {}
        EXPERIMENTAL_BATCH => rest.byte().map(|_| ())?,
        END_OF_GENERATION => return Some(()),
        _ => return None,
    }
    let (generation, thread, _time, size) = (rest.number()?, rest.number()?, rest.number()?, rest.number()?);
    let events = rest.take(usize::try_from(size).ok()?)?;
    seen.0.insert(generation);
    // Tables and marks belong to no thread.
    if thread != u64::MAX {
        seen.1.insert(thread);
    }
    if kind == BATCH {
        trace.batches += 1;
        let mut events = Bytes { data: events, at: 0 };
        while events.at < events.data.len() {
            if event(&mut events, trace).is_none() {
                trace.unknown_batches += 1;
                break;
            }
        }
    } else {
        trace.experimental_batches += 1;
    }
    Some(())
}

/// Counts an event; `None` where it is not known or cut.
fn event(events: &mut Bytes<'_>, trace: &mut ExecutionTrace) -> Option<()> {
    let kind = events.byte()?;
    let numbers = NUMBERS.get(usize::from(kind)).copied().filter(|_| kind > BATCH)?;
    let mut last = 0;
    for _ in 0..numbers {
        last = events.number()?;
    }
    match kind {
        STACK => {
            for _ in 0..last.checked_mul(4)? {
                events.number()?;
            }
            trace.stacks += 1;
        }
        STRING => {
            let length = events.number()?;
            events.take(usize::try_from(length).ok()?)?;
            trace.strings += 1;
        }
        CPU_SAMPLE => trace.cpu_samples += 1,
        _ if numbers > 0 => {
            trace.events += 1;
            trace.goroutines_created += u64::from(GO_CREATE.contains(&kind));
        }
        _ => {}
    }
    Some(())
}

struct Bytes<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A varint of at most ten bytes.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for place in 0..10 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.data.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    /// A batch of a generation and thread.
    fn batch(generation: u64, thread: u64, events: &[u8]) -> Vec<u8> {
        let mut bytes = vec![BATCH];
        for number in [generation, thread, 1000, events.len() as u64] {
            bytes.extend(varint(number));
        }
        bytes.extend(events);
        bytes
    }

    fn trace(minor: u32, batches: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = format!("go 1.{minor} trace").into_bytes();
        bytes.resize(HEADER, 0);
        bytes.extend(batches.concat());
        bytes
    }

    #[test]
    fn batches_events_and_tables_are_counted() {
        let strings = [vec![4, 5, 1, 3], b"abc".to_vec()].concat();
        let data = trace(
            26,
            &[
                batch(1, 7, &[14, 1, 2, 3, 4, 17, 1, 16, 9, 2, 1]),
                batch(1, u64::MAX, &strings),
                batch(1, u64::MAX, &[2, 3, 1, 1, 9, 8, 7, 6]),
                batch(1, u64::MAX, &[6, 7, 1, 2, 3, 4, 5]),
                vec![END_OF_GENERATION],
                batch(2, 8, &[17, 1]),
            ],
        );
        let read = parse_execution_trace(&data).unwrap();
        let expect = ExecutionTrace {
            go_minor: 26,
            bytes: data.len() as u64,
            generations: 2,
            batches: 5,
            threads: 2,
            events: 4,
            stacks: 1,
            strings: 1,
            cpu_samples: 1,
            goroutines_created: 1,
            ..ExecutionTrace::default()
        };
        assert_eq!(read, expect);
    }

    #[test]
    fn cut_and_newer_traces_are_read_as_far_as_they_go() {
        let data = trace(30, &[batch(1, 7, &[17, 1]), batch(1, 8, &[17, 1])]);
        let cut = parse_execution_trace(data.get(..data.len() - 1).unwrap_or_default()).unwrap();
        assert_eq!(
            (cut.batches, cut.events, cut.ends_at),
            (1, 1, Some(HEADER as u64 + 8))
        );
        let unknown = parse_execution_trace(&trace(30, &[batch(1, 7, &[17, 1, 200, 1])])).unwrap();
        assert_eq!(
            (unknown.events, unknown.unknown_batches, unknown.ends_at),
            (1, 1, None)
        );
        let endless = trace(26, &[vec![1, 0xff, 0xff]]);
        assert!(parse_execution_trace(&endless).unwrap().ends_at.is_some());
    }

    #[test]
    fn older_forms_are_refused() {
        let refused = parse_execution_trace(&trace(21, &[])).unwrap_err();
        assert!(refused.to_string().contains("before Go 1.22"), "{refused}");
        assert!(!looks_like_execution_trace(b"go 1.26 toolchain") && !looks_like_execution_trace(b"go 1."));
        assert!(parse_execution_trace(b"x").is_err());
    }
}
