//! Thread text: one stack per thread, with or without symbols.
//!
//! ```text
//! --- threadz 1 ---
//!
//! --- Thread 7f794ab90940 (name: main/14748) stack: ---
//!   PC: 0x00bc8f1c 0x0040be31
//! ```

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::{Format, Profile, ProfileBuilder};
use super::rows::{drop_doubled_leaf, unnamed};
use super::text::{Line, Lines, addresses, pattern, split_once};
use super::{Outcome, maps};
use crate::error::Problem;

static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"--- threadz \d+ ---"));

static THREAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"--- Thread [0-9A-Fa-f]+ \(name: .*/\d+\) stack: ---"));

/// Reads thread text.
pub(super) fn read(text: &[u8]) -> Outcome {
    let mut lines = Lines::new(text);
    let before = lines;
    let header = lines.header()?;
    if HEADER.is_match(header.text) {
        let is_preamble = |l: Line<'_>| !l.text.starts_with(b"-") && !maps::starts_at(l);
        while lines.next_if(is_preamble).is_some() {}
    } else if THREAD.is_match(header.text) {
        lines = before;
    } else {
        return None;
    }
    Some(threads(lines))
}

fn threads(mut lines: Lines<'_>) -> Result<Profile, Problem> {
    let mut stacks: Vec<(Vec<u64>, i64)> = Vec::new();
    while let Some(line) = lines.next_if(|l| !ends(l)) {
        if line.says_nothing() {
            continue;
        }
        if !THREAD.is_match(line.text) {
            return Err(line.expected("\"--- Thread ID (name: NAME/ID) stack: ---\""));
        }
        let stack = stack(&mut lines)?;
        match stacks.last_mut() {
            Some((_, count)) if stack.is_empty() => *count += 1,
            None if stack.is_empty() => {}
            _ => stacks.push((stack, 1)),
        }
    }
    Ok(profile(lines, stacks))
}

fn ends(line: Line<'_>) -> bool {
    maps::starts_at(line) || line.text.starts_with(b"---- no stack trace for")
}

/// The addresses of one thread; none if it stands where the previous one does.
fn stack(lines: &mut Lines<'_>) -> Result<Vec<u64>, Problem> {
    let mut stack = Vec::new();
    let mut same = false;
    while let Some(line) = lines.next_if(|l| !l.is_section()) {
        if split_once(line.text, b"same as previous thread").is_some() {
            same = true;
        } else {
            let found = addresses(line.text);
            stack.extend(found.ok_or_else(|| line.expected("addresses of at most 64 bits"))?);
        }
    }
    Ok(if same { Vec::new() } else { stack })
}

fn profile(lines: Lines<'_>, stacks: Vec<(Vec<u64>, i64)>) -> Profile {
    let mut builder = ProfileBuilder::new(Format::ThreadsText, &[("thread", "count")]);
    builder.period("thread", "count", 1);
    for (mut stack, count) in stacks {
        stack.iter_mut().skip(1).for_each(|a| *a = a.wrapping_sub(1));
        drop_doubled_leaf(&mut stack);
        let stack = unnamed(&mut builder, stack);
        builder.sample(stack, &[count], []);
    }
    let mappings = maps::section(lines, &mut builder);
    maps::attach(builder.head(), mappings);
    builder.finish()
}
