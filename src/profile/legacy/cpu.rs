//! The binary CPU profile of gperftools, of old Go, and of Java.
//!
//! ```text
//! header: 0  3  0 (Java: 1)  period in µs  0
//! sample: count  depth  address…            end: 0 1 0, then a memory map (Java: names) as text
//! ```
//! Words have 32 or 64 bits, in either byte order.

use std::collections::HashMap;

use super::super::{Format, Profile, ProfileBuilder};
use super::rows::{drop_doubled_leaf, unnamed};
use super::text::Lines;
use super::{Outcome, java, maps};
use crate::error::Problem;

/// How words are stored.
#[derive(Clone, Copy)]
struct Layout {
    wide: bool,
    big_endian: bool,
}

const LAYOUTS: [Layout; 4] = [
    Layout {
        wide: false,
        big_endian: false,
    },
    Layout {
        wide: false,
        big_endian: true,
    },
    Layout {
        wide: true,
        big_endian: false,
    },
    Layout {
        wide: true,
        big_endian: true,
    },
];

/// The words that are still to be read.
#[derive(Clone, Copy)]
struct Words<'a> {
    rest: &'a [u8],
    layout: Layout,
}

impl Words<'_> {
    /// How many there are.
    fn len(&self) -> u64 {
        let size = if self.layout.wide { 8 } else { 4 };
        (self.rest.len() / size) as u64
    }
}

impl Iterator for Words<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let Layout { wide, big_endian } = self.layout;
        if wide {
            let (word, rest) = self.rest.split_first_chunk()?;
            self.rest = rest;
            return Some(if big_endian {
                u64::from_be_bytes(*word)
            } else {
                u64::from_le_bytes(*word)
            });
        }
        let (word, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u64::from(if big_endian {
            u32::from_be_bytes(*word)
        } else {
            u32::from_le_bytes(*word)
        }))
    }
}

/// A stack, leaf first, and how often it was seen.
struct Sample {
    count: u64,
    stack: Vec<u64>,
}

/// Reads a binary CPU profile.
pub(super) fn read(data: &[u8]) -> Outcome {
    let (mut words, is_java, period_us) = LAYOUTS.iter().find_map(|layout| {
        header(Words {
            rest: data,
            layout: *layout,
        })
    })?;
    let samples = samples(&mut words)?;
    let period = i64::try_from(period_us).ok()?.checked_mul(1000)?;
    Some(if is_java {
        java_profile(&samples, period, words.rest)
    } else {
        native_profile(samples, period, words.rest)
    })
}

/// What follows the header, whether it is Java, and the period.
fn header(mut words: Words<'_>) -> Option<(Words<'_>, bool, u64)> {
    let mut next = || words.next();
    let header = [next()?, next()?, next()?, next()?, next()?];
    match header {
        [0, 3, java @ (0 | 1), period, 0] if period > 0 => Some((words, java == 1, period)),
        _ => None,
    }
}

/// The samples up to the end mark; `None` if a stack runs past the end.
fn samples(words: &mut Words<'_>) -> Option<Vec<Sample>> {
    let mut samples = Vec::new();
    while !words.rest.is_empty() {
        let (count, depth) = (words.next()?, words.next()?);
        if depth > words.len() {
            return None;
        }
        let stack: Vec<u64> = words.by_ref().take(usize::try_from(depth).ok()?).collect();
        if count == 0 && stack == [0] {
            break;
        }
        samples.push(Sample { count, stack });
    }
    Some(samples)
}

fn native_profile(mut samples: Vec<Sample>, period: i64, rest: &[u8]) -> Result<Profile, Problem> {
    for sample in &mut samples {
        let calls = sample.stack.iter_mut().skip(1);
        calls.for_each(|address| *address = address.wrapping_sub(1));
    }
    drop_signal_frames(&mut samples);
    let mut builder = builder(period);
    for (row, sample) in samples.iter_mut().enumerate() {
        drop_doubled_leaf(&mut sample.stack);
        let stack = unnamed(&mut builder, sample.stack.iter().copied());
        builder.sample(stack, &values(sample.count, period, row)?, []);
    }
    let mappings = maps::read(Lines::new(rest), &mut builder);
    maps::attach(builder.head(), mappings);
    Ok(builder.finish())
}

fn java_profile(samples: &[Sample], period: i64, rest: &[u8]) -> Result<Profile, Problem> {
    let mut builder = builder(period);
    let names = java::Names::read(Lines::new(rest));
    for (row, sample) in samples.iter().enumerate() {
        let stack = names.stack(&mut builder, &sample.stack);
        builder.sample(stack, &values(sample.count, period, row)?, []);
    }
    maps::attach(builder.head(), Vec::new());
    Ok(builder.finish())
}

fn builder(period: i64) -> ProfileBuilder {
    let types = [("samples", "count"), ("cpu", "nanoseconds")];
    let mut builder = ProfileBuilder::new(Format::CpuBinary, &types);
    builder.period("cpu", "nanoseconds", period);
    builder
}

fn values(count: u64, period: i64, row: usize) -> Result<[i64; 2], Problem> {
    let values = i64::try_from(count)
        .ok()
        .and_then(|count| Some([count, count.checked_mul(period)?]));
    values.ok_or(Problem::Overflow {
        sample_type: "cpu/nanoseconds".into(),
        sample: row + 1,
    })
}

/// A second frame that nearly all samples have is one that the signal handler pushed; there may be two. One
/// sample in 32 may be without it.
fn drop_signal_frames(samples: &mut [Sample]) {
    let enough = samples.len() - samples.len() / 32;
    for _ in 0..2 {
        let mut counts = HashMap::new();
        let seconds = samples.iter().filter_map(|s| s.stack.get(1));
        seconds.for_each(|address| *counts.entry(*address).or_insert(0) += 1);
        // More than half have it, so there is at most one.
        let Some(address) = counts.into_iter().find(|(_, n)| *n >= enough).map(|(a, _)| a) else {
            return;
        };
        for sample in samples.iter_mut() {
            if sample.stack.get(1) == Some(&address) {
                sample.stack.remove(1);
            }
        }
    }
}
