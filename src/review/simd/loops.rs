//! Loops over bytes and numbers in own code, by the text of their lines.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use super::{SimdLimits, SimdRow, amdahl, is_own};
use crate::analyze::{Heat, Node, Nodes};
use crate::error::printable;
use crate::review::resource::Column;
use crate::review::{Context, Priority};
use crate::unit::share;

/// How far above a line its loop may begin.
const REACH: usize = 12;
/// Measured over 1 KiB with Go 1.27: bytes.IndexByte against a loop.
const SEARCH: f64 = 29.0;

/// What a loop does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Compares each byte with one.
    SearchByte,
    /// Adds or multiplies numbers.
    Arithmetic,
}

/// The loops whose lines take a share worth a word, most first.
pub(super) fn rows(
    context: &Context<'_>,
    lines: &Nodes,
    found: &Heat,
    column: &Column,
    limits: &SimdLimits,
) -> Vec<SimdRow> {
    let mut sums: BTreeMap<Node, (i64, Work)> = BTreeMap::new();
    let source = context.source_lines();
    let mut texts: HashMap<String, Option<String>> = HashMap::new();
    for row in found.rows.iter().filter(|r| r.flat > 0) {
        let node = lines.get(row.node);
        if !is_own(context, node) {
            continue;
        }
        let file = printable(&node.file);
        let text = texts
            .entry(file)
            .or_insert_with_key(|file| context.evidence.sources.text(file));
        // A file of another version would show other lines.
        let fits = !source.text(node).is_empty();
        if let Some((line, work)) = text.as_ref().filter(|_| fits).and_then(|t| loop_of(t, node.line)) {
            let head = Node { line, ..node.clone() };
            let sum = sums.entry(head).or_insert((0, work));
            sum.0 = sum.0.saturating_add(row.flat);
        }
    }
    let mut rows: Vec<SimdRow> = sums
        .iter()
        .map(|(node, (flat, work))| row(node, *work, column, *flat, limits))
        .filter(|r| r.share.share >= context.policy.line_share)
        .collect();
    rows.sort_by(|a, b| {
        b.share
            .share
            .total_cmp(&a.share.share)
            .then_with(|| (&a.file, a.line).cmp(&(&b.file, b.line)))
    });
    rows
}

fn row(node: &Node, work: Work, column: &Column, flat: i64, limits: &SimdLimits) -> SimdRow {
    let part = column.share(flat);
    let (operation, speedup, fallback, how) = match work {
        Work::SearchByte => (
            "searching or counting a byte",
            SEARCH,
            "none: bytes.IndexByte, bytes.Count and their twins in strings choose by the processor",
            "bytes.IndexByte or bytes.Count in place of the loop (measured 29 times as fast over 1 KiB)",
        ),
        Work::Arithmetic => (
            "arithmetic on numbers one after the other",
            limits.loop_speedup,
            "yes: the loop in Go, for processors without AVX2 or NEON",
            "an assembly routine on vectors; Go's compiler makes none by itself",
        ),
    };
    let whole = amdahl(part.share, speedup);
    let advised = speedup >= limits.loop_speedup && whole >= limits.whole_speedup;
    let why = match advised {
        true => format!(
            "{how}; only where a call sees more than {} contiguous bytes, which the profile does not tell",
            limits.least_bytes
        ),
        false => format!(
            "not worth it: {} of the CPU time give {whole:.2} times the speed of the whole, under {}",
            share(part.share),
            limits.whole_speedup
        ),
    };
    SimdRow {
        operation: operation.to_string(),
        function: printable(&node.function),
        file: printable(&node.file),
        line: node.line,
        share: part,
        loop_speedup: speedup,
        whole_speedup: whole,
        advised,
        fallback: fallback.to_string(),
        priority: match whole {
            w if w >= 1.5 => Priority::High,
            w if w >= 1.2 => Priority::Medium,
            _ => Priority::Low,
        },
        why,
    }
}

/// The line of the loop around a line, and what it does, where its text tells: a loop over the bytes or elements of one
/// slice whose body, as far as this line shows, compares or adds them.
pub(super) fn loop_of(text: &str, line: i64) -> Option<(i64, Work)> {
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let lines: Vec<&str> = text.lines().take(at + 2).collect();
    let hot = lines.get(at)?;
    let inner = indent(hot);
    let above = (at.saturating_sub(REACH)..at)
        .rev()
        .filter_map(|n| Some((n, *lines.get(n)?)));
    let is_head = |text: &str| text.trim_start().starts_with("for ") && text.trim_end().ends_with('{');
    // The hot line may be the loop's own; then the line below tells the work.
    let (head, body) = match is_head(hot) {
        true => ((at, *hot), *lines.get(at + 1)?),
        false => {
            let mut around = above.filter(|(_, l)| !l.trim().is_empty());
            (around.find(|(_, l)| is_head(l) && indent(l) < inner)?, *hot)
        }
    };
    let work = work(head.1.trim(), body.trim())?;
    Some((i64::try_from(head.0).ok()? + 1, work))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn work(head: &str, body: &str) -> Option<Work> {
    static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^for (?:(\w+) := 0; \w+ < len\(([\w.]+)\); \w+\+\+|(\w+), (\w+) := range ([\w.]+)|(\w+) := range ([\w.]+)) \{$").ok()
    });
    let found = HEAD.as_ref()?.captures(head)?;
    let name = |n: usize| found.get(n).map(|m| m.as_str());
    let index = name(1).or(name(3)).or(name(6)).filter(|i| *i != "_");
    let of = name(2).or(name(5)).or(name(7))?;
    let by_index = index.map(|i| format!("{of}[{i}]"));
    let element: Vec<&str> = by_index.as_deref().into_iter().chain(name(4)).collect();
    element.iter().find_map(|e| work_on(body, e))
}

fn work_on(body: &str, element: &str) -> Option<Work> {
    let compares = ["== '", "!= '"]
        .iter()
        .any(|op| body.contains(&format!("{element} {op}")));
    if compares && body.starts_with("if ") {
        return Some(Work::SearchByte);
    }
    let (_, added) = body.split_once(" += ").or_else(|| body.split_once(" ^= "))?;
    let plain = added
        .chars()
        .all(|c| c.is_alphanumeric() || "_.[]*+-() ".contains(c));
    (plain && words_of(added, element)).then_some(Work::Arithmetic)
}

/// Whether an expression has an operand, not only letters of one.
fn words_of(expression: &str, operand: &str) -> bool {
    expression.match_indices(operand).any(|(at, _)| {
        let part_of = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let before = expression.get(..at).unwrap_or_default().chars().next_back();
        let after = expression
            .get(at + operand.len()..)
            .unwrap_or_default()
            .chars()
            .next();
        !before.is_some_and(part_of) && !after.is_some_and(part_of)
    })
}
