//! The symptoms that a profile can show, as data: one file per kind.
//!
//! The order of [`catalogue`] is that of the claims: where a sample shows several symptoms, it counts for the first of
//! them that is above its threshold. What the user's code called on purpose comes first (a library, a primitive), then
//! what the language does on its behalf (growing, boxing, converting), then what all of these cost (the collector, the
//! allocator, copying), last the scheduler. So the boxing that allocates is told as boxing, and json that grows maps as
//! json.
//!
//! Thresholds and savings are defaults. Costs named as measured are from benchmarks run with Go 1.27 on linux/amd64, two
//! shared virtual processors: ratios, not times, carry over.

mod alloc;
mod boxing;
mod cgo;
mod channels;
mod compress;
mod conversions;
mod db;
mod defers;
mod fmt;
mod gc;
mod goroutines;
mod growslice;
mod held;
mod json;
mod locks;
mod maps;
mod memory_moves;
mod net;
mod own;
mod reflection;
mod regexp;
mod scheduler;
mod sorting;
mod sync;
mod syscalls;
mod text;
mod time;
mod tls;

use serde::{Deserialize, Serialize};

use crate::review::Interval;

/// What a profile can show, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Symptom {
    /// Short name, which findings carry as their rule.
    pub id: &'static str,
    /// What happens, as the beginning of a sentence.
    pub title: &'static str,
    /// Families of functions ([`crate::analyze::FAMILIES`]) or marks: a sample shows the symptom when it belongs to one.
    pub families: &'static [&'static str],
    /// Families and marks whose samples are no cost, or are told by another symptom.
    pub without: &'static [&'static str],
    /// Families whose lines have the work done for them where it is done in the background; none where a line cannot be
    /// told.
    pub behalf: &'static [&'static str],
    /// The functions to look at in a profile, as a regular expression; empty where those of the heaviest sample tell it.
    pub focus: &'static str,
    /// Counts only samples whose first family is one of these: what nothing else explains.
    pub alone: bool,
    /// Where the inclusive share of the CPU time becomes worth a word.
    pub levels: Levels,
    /// Part of the claimed weight that the advice can take away; nothing where that cannot be told.
    pub saving: Interval,
    /// Why it costs.
    pub diagnosis: &'static str,
    /// What to do, as an order without full stop.
    pub advice: &'static str,
    /// What is reached then.
    pub target: &'static str,
    /// When not to do it, and what the profile cannot tell.
    pub unless: &'static str,
    /// How much work that is.
    pub effort: Effort,
    /// The choice behind it, for the chapters on algorithms and concurrency.
    pub choice: Option<Choice>,
    /// Where the numbers and the advice come from.
    pub source: &'static str,
}

/// Shares of the CPU time, 0 to 1, from which a symptom is medium, high, critical.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Levels {
    pub medium: f64,
    pub high: f64,
    pub critical: f64,
}

/// How much work a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Effort {
    /// A line or two.
    S,
    /// A function or a type.
    M,
    /// Several packages, or the way the program runs.
    L,
}

/// What is chosen between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// To which chapter it belongs.
    pub kind: ChoiceKind,
    /// What the program uses now.
    pub now: &'static str,
    /// What would be used instead.
    pub instead: &'static str,
    /// Time and space of the alternative.
    pub complexity: &'static str,
    /// Others, and why not.
    pub alternatives: &'static str,
}

/// What a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChoiceKind {
    /// A data structure or an algorithm.
    Algorithm,
    /// How goroutines share and wait.
    Concurrency,
}

/// All symptoms of CPU time in the order in which they claim samples.
pub fn catalogue() -> impl Iterator<Item = &'static Symptom> {
    let kinds: [&'static [Symptom]; 25] = [
        gc::FORCED,
        reflection::CALLS,
        regexp::ALL,
        json::ALL,
        db::ALL,
        tls::ALL,
        net::ALL,
        compress::ALL,
        text::LOGGING,
        defers::ALL,
        sync::ALL,
        locks::ALL,
        channels::ALL,
        time::ALL,
        goroutines::ALL,
        cgo::ALL,
        syscalls::ALL,
        text::READING,
        fmt::ALL,
        sorting::ALL,
        text::PARSING,
        reflection::REFLECT,
        conversions::ALL,
        growslice::ALL,
        maps::ALL,
    ];
    let costs: [&'static [Symptom]; 6] = [
        boxing::ALL,
        gc::COLLECTOR,
        alloc::ALL,
        memory_moves::ALL,
        scheduler::ALL,
        own::ALL,
    ];
    kinds.into_iter().chain(costs).flatten()
}

/// What a heap profile can show of the bytes in use, in the order of the claims.
pub fn held() -> impl Iterator<Item = &'static Symptom> {
    held::ALL.iter()
}

/// The symptom with this id, of a CPU profile or of a heap profile.
pub fn symptom(id: &str) -> Option<&'static Symptom> {
    catalogue().chain(held()).find(|s| s.id == id)
}

/// What most symptoms have in common.
const BASE: Symptom = Symptom {
    id: "",
    title: "",
    families: &[],
    without: &[],
    behalf: &[],
    focus: "",
    alone: false,
    levels: percent(0.0, 0.0, 0.0),
    saving: saves(0.0, 0.0),
    diagnosis: "",
    advice: "",
    target: "",
    unless: "",
    effort: Effort::S,
    choice: None,
    source: "",
};

const fn percent(medium: f64, high: f64, critical: f64) -> Levels {
    Levels {
        medium: medium / 100.0,
        high: high / 100.0,
        critical: critical / 100.0,
    }
}

/// Parts in percent.
const fn saves(low: f64, high: f64) -> Interval {
    Interval {
        low: low / 100.0,
        high: high / 100.0,
    }
}

const fn algorithm(
    now: &'static str,
    instead: &'static str,
    complexity: &'static str,
    alternatives: &'static str,
) -> Option<Choice> {
    Some(Choice {
        kind: ChoiceKind::Algorithm,
        now,
        instead,
        complexity,
        alternatives,
    })
}

const fn concurrency(
    now: &'static str,
    instead: &'static str,
    complexity: &'static str,
    alternatives: &'static str,
) -> Option<Choice> {
    Some(Choice {
        kind: ChoiceKind::Concurrency,
        now,
        instead,
        complexity,
        alternatives,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::FamilySet;

    #[test]
    fn every_entry_is_whole() {
        let mut ids: Vec<&str> = catalogue().chain(held()).map(|s| s.id).collect();
        for symptom in catalogue().chain(held()) {
            let id = symptom.id;
            let texts = [
                symptom.title,
                symptom.diagnosis,
                symptom.advice,
                symptom.target,
                symptom.unless,
                symptom.source,
            ];
            assert!(texts.iter().all(|t| !t.is_empty() && !t.ends_with('.')), "{id}");
            assert!(symptom.advice.starts_with(char::is_uppercase), "{id}");
            let Levels {
                medium,
                high,
                critical,
            } = symptom.levels;
            assert!(
                0.0 < medium && medium <= high && high <= critical && critical <= 1.0,
                "{id}"
            );
            let Interval { low, high } = symptom.saving;
            assert!((0.0..=high).contains(&low) && high <= 1.0, "{id}");
            for family in symptom.families.iter().chain(symptom.without) {
                assert!(!FamilySet::of(&[family]).is_empty(), "{id}: {family}");
            }
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "each id once");
        assert!(count > 55, "{count}");
    }
}
