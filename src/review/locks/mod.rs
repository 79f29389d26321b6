//! Locks: who waits for them and who holds them, joined by type and field.
//!
//! ```text
//! block profile  ─ lines that wait     (*Store).Get   s.mu.Lock()    ─┐
//!                                                                     ├─▶ Store.mu: waiters, holders, rates, reading
//! mutex profile  ─ lines that release  (*Store).Put   s.mu.Unlock()  ─┘
//! ```
//! The field stands in the source of the line, or of its function where a deferred call releases it. Without source
//! locks are told apart by the type of the receiver alone.

mod runtime;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::declared;
use super::lines::SourceLines;
use super::symptoms::lock_sites;
use super::{ContentionSite, Context};
use crate::analyze::Node;
use crate::profile::package_of;
use crate::unit::{human, human_count};

pub use runtime::RuntimeLocks;
pub(super) use runtime::runtime_locks;

/// Mean delay in seconds from which something slow is done under a lock.
const SLOW: f64 = 1e-3;
/// Mean delay under which, and contentions a second over which, a lock is too coarse.
const SHORT: f64 = 1e-5;
const OFTEN: f64 = 100_000.0;

/// A lock, who waits for it and who holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Package, type and field: `shop.Store.mu`; the type alone where the field is not known.
    pub lock: String,
    /// Whether the source told the field; else all locks of a type are one.
    pub field_known: bool,
    /// Lines that wait, from the block profile, largest delay first.
    pub waiters: Vec<LockLine>,
    /// Lines that release it to others who wait, from the mutex profile, largest delay first.
    pub holders: Vec<LockLine>,
    /// Delay in seconds, by the mutex profile if there is one, else by the block profile.
    pub delay_seconds: f64,
    /// The same for each second of wall time; none where no input tells its duration.
    pub delay_per_second: Option<f64>,
    /// How often somebody had to wait.
    pub contentions: i64,
    /// The same for each second.
    pub contentions_per_second: Option<f64>,
    /// Mean delay in seconds; none without contentions.
    pub mean_seconds: Option<f64>,
    /// What that says, a sentence without full stop; empty where nothing follows.
    pub reading: String,
}

/// A line that takes or releases a lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockLine {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Delay in seconds.
    pub delay_seconds: f64,
    /// How often.
    pub contentions: i64,
}

/// The locks of which any line reaches the least share of the delay of its profile, and that are waited for as long as
/// is worth a word, with all of their lines; largest delay first, then by name.
pub(super) fn locks(context: &Context<'_>) -> Vec<Lock> {
    let sites = lock_sites(context);
    let source = context.source_lines();
    let mut found: BTreeMap<(String, bool), Vec<&ContentionSite>> = BTreeMap::new();
    for site in &sites {
        found.entry(named(&source, site)).or_default().push(site);
    }
    let least = context.policy.symptoms.delay_share;
    found.retain(|_, sites| sites.iter().any(|s| s.share.share >= least));
    let mut locks: Vec<Lock> = found.into_iter().map(lock).collect();
    locks.retain(|l| {
        l.delay_per_second
            .is_none_or(|d| d >= context.policy.symptoms.least_delay)
    });
    locks.sort_by(|a, b| {
        b.delay_seconds
            .total_cmp(&a.delay_seconds)
            .then_with(|| a.lock.cmp(&b.lock))
    });
    locks.truncate(context.policy.most_lines);
    locks
}

fn lock(((lock, field_known), sites): ((String, bool), Vec<&ContentionSite>)) -> Lock {
    let (holding, waiting): (Vec<_>, Vec<_>) = sites.into_iter().partition(|s| s.holds);
    // The mutex profile tells whose fault it is; with both, one of them counts.
    let counted = if holding.is_empty() { &waiting } else { &holding };
    let delay_seconds: f64 = counted.iter().map(|s| s.delay_seconds).sum();
    let per_second: Option<Vec<f64>> = counted.iter().map(|s| s.delay_per_second).collect();
    let delay_per_second = per_second.map(|parts| parts.iter().sum::<f64>());
    let contentions = counted.iter().map(|s| s.contentions).fold(0, i64::saturating_add);
    let wall = delay_per_second.filter(|d| *d > 0.0).map(|d| delay_seconds / d);
    let contentions_per_second = wall.map(|wall| contentions as f64 / wall);
    let mean_seconds = (contentions > 0).then(|| delay_seconds / contentions as f64);
    let line = |s: &&ContentionSite| LockLine {
        function: s.function.clone(),
        file: s.file.clone(),
        line: s.line,
        delay_seconds: s.delay_seconds,
        contentions: s.contentions,
    };
    Lock {
        lock,
        field_known,
        waiters: waiting.iter().map(line).collect(),
        holders: holding.iter().map(line).collect(),
        delay_seconds,
        delay_per_second,
        contentions,
        contentions_per_second,
        mean_seconds,
        reading: reading(mean_seconds, contentions_per_second),
    }
}

fn reading(mean: Option<f64>, per_second: Option<f64>) -> String {
    match (mean, per_second) {
        (Some(mean), _) if mean >= SLOW => format!(
            "a wait takes {} on average, {} or more: something slow is done under the lock; take it out",
            human(mean, "sec"),
            human(SLOW, "sec")
        ),
        (Some(mean), Some(often)) if mean < SHORT && often > OFTEN => format!(
            "waits of {} on average, {} times a second: the lock is too coarse; shards or atomics",
            human(mean, "sec"),
            human_count(often)
        ),
        _ => String::new(),
    }
}

/// What names the lock of a site, and whether its field is known.
fn named(source: &SourceLines<'_>, site: &ContentionSite) -> (String, bool) {
    let package = package_of(&site.function).unwrap_or_default();
    let short = package.rsplit('/').next().unwrap_or_default().to_string();
    let (receiver, function) = declared(&site.function).unwrap_or_default();
    let text = source.text(&node(site));
    let call = match is_call(&text) {
        true => Some(text),
        false => of_function(source, site),
    };
    let expression = call.as_deref().and_then(locked);
    let variable = receiver_variable(source, site);
    match expression {
        Some(expression) => {
            let (first, fields) = expression.split_once('.').unwrap_or((expression, ""));
            let is_receiver = !receiver.is_empty() && variable.as_deref() == Some(first);
            match (is_receiver, fields) {
                (true, "") => (format!("{short}.{receiver}"), true),
                (true, fields) => (format!("{short}.{receiver}.{fields}"), true),
                (false, _) => (format!("{short}: {expression}"), true),
            }
        }
        None if receiver.is_empty() => (format!("{short}.{function}"), false),
        None => (format!("{short}.{receiver}"), false),
    }
}

/// The calls that take or release a lock.
const CALLS: [&str; 5] = [".RUnlock()", ".Unlock()", ".RLock()", ".Lock()", ".TryLock()"];

fn is_call(text: &str) -> bool {
    CALLS.iter().any(|call| text.contains(call))
}

/// `s.mu` of `defer s.mu.Unlock()`; indices in brackets are cut.
fn locked(text: &str) -> Option<&str> {
    let end = CALLS.iter().filter_map(|call| text.find(call)).min()?;
    let before = text.get(..end)?;
    let is_part = |c: char| c.is_alphanumeric() || "_.[]".contains(c);
    let start = before.rfind(|c| !is_part(c)).map_or(0, |at| {
        at + before
            .get(at..)
            .and_then(|r| r.chars().next())
            .map_or(1, char::len_utf8)
    });
    before.get(start..).filter(|e| !e.is_empty())
}

/// The call of the function of a site that takes a lock, if all of its calls take the same one: a deferred call
/// releases it at the line of the return.
fn of_function(source: &SourceLines<'_>, site: &ContentionSite) -> Option<String> {
    let lines = source.function(&node(site))?;
    let mut calls = lines
        .iter()
        .filter(|l| is_call(l) && !l.trim_start().starts_with("//"));
    let first = calls.next()?.clone();
    let expression = locked(&first)?;
    calls.all(|l| locked(l) == Some(expression)).then_some(first)
}

/// `s` of `func (s *Store) Get(…)`.
fn receiver_variable(source: &SourceLines<'_>, site: &ContentionSite) -> Option<String> {
    let lines = source.function(&node(site))?;
    let of = lines
        .first()?
        .trim_start()
        .strip_prefix("func (")?
        .split(')')
        .next()?;
    of.split_whitespace().next().map(str::to_string)
}

/// Its place. A wrapper that the compiler makes for a deferred call stands in the function that defers.
fn node(site: &ContentionSite) -> Node {
    let (outer, last) = site.function.rsplit_once('.').unwrap_or((&site.function, ""));
    let is_wrapper = last.starts_with("deferwrap") || last.starts_with("gowrap");
    let function = if is_wrapper { outer } else { &site.function };
    Node {
        function: function.to_string().into_bytes(),
        file: site.file.clone().into_bytes(),
        line: site.line,
        ..Node::default()
    }
}

impl SourceLines<'_> {
    /// The lines of the function around the line of a node, from its `func` on; `None` without fitting source.
    fn function(&self, node: &Node) -> Option<Vec<String>> {
        let text = self.fitting(node)?;
        let at = usize::try_from(node.line).ok()?;
        let lines: Vec<&str> = text.lines().collect();
        let start = lines.iter().take(at).rposition(|l| l.starts_with("func "))?;
        let body = lines.get(start..)?;
        let end = body
            .iter()
            .position(|l| l.starts_with('}'))
            .map_or(body.len(), |end| end + 1);
        (start + end >= at).then(|| body.iter().take(end).map(ToString::to_string).collect())
    }
}
