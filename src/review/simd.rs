//! Where vectors could help: loops over bytes and numbers in own code, and routines that run on vectors already.
//!
//! What the whole gains follows by Amdahl's law: with a share p of the CPU time and a part that becomes s times as fast it
//! is 1 ÷ (1 − p + p ÷ s).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::resource::{Column, columns};
use super::{Context, Priority, Resource, Share};
use crate::analyze::{Granularity, Heat, Node, Nodes, Selection, heat};
use crate::error::printable;
use crate::profile::Kind;
use crate::unit::share;

mod loops;

/// From where on vectors are advised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimdLimits {
    /// How many times as fast a loop must become at least.
    pub loop_speedup: f64,
    /// The same of the whole program.
    pub whole_speedup: f64,
    /// Bytes of contiguous data that a call must see.
    pub least_bytes: u64,
}

impl SimdLimits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        loop_speedup: 4.0,
        whole_speedup: 1.1,
        least_bytes: 32,
    };

    /// The share from which a loop can make the whole fast enough.
    fn least_share(&self) -> f64 {
        (1.0 - 1.0 / self.whole_speedup) / (1.0 - 1.0 / self.loop_speedup)
    }
}

/// What a CPU profile says of vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimdFacts {
    /// The CPU profile.
    pub file: String,
    /// Own loops first, then routines, each by share.
    pub rows: Vec<SimdRow>,
    /// Why none is advised; empty where one is.
    pub none_because: String,
    /// The thresholds in force.
    pub limits: SimdLimits,
}

/// A loop or routine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SimdRow {
    /// What it does.
    pub operation: String,
    /// The function.
    pub function: String,
    /// The file as the profile names it, empty for routines.
    pub file: String,
    /// The line of the loop, 0 for routines.
    pub line: i64,
    /// Part of the CPU time in itself.
    pub share: Share,
    /// How many times as fast it may become; 1 where it runs on vectors already.
    pub loop_speedup: f64,
    /// How many times as fast the whole becomes then.
    pub whole_speedup: f64,
    /// Whether that is worth it.
    pub advised: bool,
    /// What must stand beside it where the processor lacks the instructions.
    pub fallback: String,
    /// How much it matters.
    pub priority: Priority,
    /// What to use, or why not.
    pub why: String,
}

/// Routines on vectors by the start of their names.
const VECTORISED: [(&str, &str); 21] = [
    ("runtime.memmove", "copying bytes"),
    ("memmove", "copying bytes"),
    ("runtime.memclr", "clearing bytes"),
    ("runtime.memequal", "comparing bytes"),
    ("memeqbody", "comparing bytes"),
    ("cmpbody", "ordering bytes"),
    ("runtime.cmpstring", "ordering bytes"),
    ("internal/bytealg.", "searching, counting and comparing bytes"),
    ("indexbytebody", "searching a byte"),
    ("countbody", "counting a byte"),
    ("aeshashbody", "hashing keys of maps"),
    ("runtime.aeshash", "hashing keys of maps"),
    ("runtime.memhash", "hashing keys of maps"),
    ("runtime.strhash", "hashing keys of maps"),
    ("hash/crc32.", "checksums"),
    ("crypto/sha", "hashing"),
    ("crypto/md5.block", "hashing"),
    ("crypto/internal/fips140/sha", "hashing"),
    ("crypto/aes", "encrypting"),
    ("crypto/internal/fips140/aes", "encrypting"),
    ("crypto/internal/fips140/subtle.xor", "xor of bytes"),
];

/// What the CPU profile says; `None` without one.
pub(super) fn facts(context: &Context<'_>) -> Option<SimdFacts> {
    let is_cpu = |p: &&super::ProfileInput| p.profile.kind() == Kind::Cpu;
    let input = context.evidence.profiles.iter().find(is_cpu)?;
    let column = columns(&input.profile)
        .into_iter()
        .find(|c| c.resource == Resource::Cpu)?;
    let limits = SimdLimits::DEFAULT;
    let lines = Nodes::of(&input.profile, Granularity::Lines);
    let found = heat(&input.profile, &lines, column.index, Selection::All);
    let mut rows = loops::rows(context, &lines, &found, &column, &limits);
    rows.extend(routines(context, &lines, &found, &column));
    let advised = rows.iter().any(|r| r.advised);
    Some(SimdFacts {
        file: input.name.clone(),
        none_because: match advised {
            true => String::new(),
            false => none_because(context, &lines, &found, &column, &limits),
        },
        rows,
        limits,
    })
}

/// The law of Amdahl.
fn amdahl(part: f64, speedup: f64) -> f64 {
    1.0 / (1.0 - part + part / speedup)
}

/// Why no loop is worth vectors: what the hottest own line could give.
fn none_because(
    context: &Context<'_>,
    lines: &Nodes,
    found: &Heat,
    column: &Column,
    limits: &SimdLimits,
) -> String {
    let own = found.rows.iter().filter(|r| is_own(context, lines.get(r.node)));
    let hottest = own.max_by(|a, b| {
        a.flat
            .cmp(&b.flat)
            .then_with(|| lines.get(b.node).cmp(lines.get(a.node)))
    });
    let needed = format!(
        "a loop {} times as fast makes the whole {:.2} times as fast from {} of the CPU time on",
        limits.loop_speedup,
        limits.whole_speedup,
        share(limits.least_share())
    );
    let Some(row) = hottest.filter(|r| r.flat > 0) else {
        return format!("no line of own code runs itself in any sample; {needed}");
    };
    let node = lines.get(row.node);
    let part = column.share(row.flat).share;
    let place = format!("{}:{}", printable(&node.file), node.line);
    let whole = amdahl(part, limits.loop_speedup);
    match part >= limits.least_share() {
        true => format!(
            "the hottest own line, {place} with {}, is no loop over bytes or numbers that the source shows; {needed}",
            share(part)
        ),
        false => format!(
            "the hottest own line, {place}, takes {}: {} times as fast it would make the whole {whole:.2} times as fast; {needed}",
            share(part),
            limits.loop_speedup
        ),
    }
}

fn is_own(context: &Context<'_>, node: &Node) -> bool {
    let package = node.package();
    let own = package == "main" || context.prefix.as_deref().is_some_and(|p| package.starts_with(p));
    own && !node.file.ends_with(b"_test.go")
}

/// The routines that take a share worth a word, most first. What they do is added up by kind of operation.
fn routines(context: &Context<'_>, lines: &Nodes, found: &Heat, column: &Column) -> Vec<SimdRow> {
    let mut sums: BTreeMap<&str, (i64, i64, String)> = BTreeMap::new();
    for row in &found.rows {
        let name = printable(&lines.get(row.node).function);
        if let Some((_, operation)) = VECTORISED.iter().find(|(start, _)| name.starts_with(start)) {
            let sum = sums.entry(operation).or_insert((0, 0, String::new()));
            sum.0 = sum.0.saturating_add(row.flat);
            if row.flat > sum.1 {
                (sum.1, sum.2) = (row.flat, name);
            }
        }
    }
    let mut rows: Vec<SimdRow> = sums
        .into_iter()
        .map(|(operation, (flat, _, function))| routine(operation, function, column.share(flat)))
        .filter(|r| r.share.share >= context.policy.line_share)
        .collect();
    rows.sort_by(|a, b| {
        b.share
            .share
            .total_cmp(&a.share.share)
            .then_with(|| a.operation.cmp(&b.operation))
    });
    rows
}

fn routine(operation: &str, function: String, part: Share) -> SimdRow {
    SimdRow {
        operation: operation.to_string(),
        function,
        file: String::new(),
        line: 0,
        loop_speedup: 1.0,
        whole_speedup: 1.0,
        advised: false,
        fallback: "none: the library chooses by the processor".to_string(),
        priority: Priority::Low,
        why: format!(
            "runs on vectors or special instructions already: only fewer or shorter calls help, at most {:.2} times as fast \
             without any",
            amdahl(part.share.min(0.99), f64::INFINITY)
        ),
        share: part,
    }
}

#[cfg(test)]
mod tests;
