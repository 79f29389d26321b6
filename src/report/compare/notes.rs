//! What stands below the tables: notes, who is missing, what failed, what is doubtful, how many runs it takes.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{failures, method, plain};
use super::facts::CompareFacts;
use super::words::{doubt_sentence, doubts_of_inputs};
use crate::analyze::compare::{Comparison, Outcome, Unmatched};
use crate::bench::name::split_gomaxprocs;
use crate::error::counted;
use crate::report::document::{Block, Inline, Item};
use crate::stats::power::chance_of_large_shift;
use crate::stats::{Runs, detectable_at, power, runs_for};
use crate::unit::{UnitClass, fixed, share};

/// Numbered sentences; equal ones have one number.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<String>,
    numbers: FxHashMap<String, usize>,
}

impl Notes {
    pub(super) fn number(&mut self, sentence: String) -> usize {
        if let Some(number) = self.numbers.get(&sentence) {
            return *number;
        }
        self.list.push(sentence.clone());
        self.numbers.insert(sentence, self.list.len());
        self.list.len()
    }
}

/// A list of this many names is cut.
const MOST_NAMES: usize = 20;

/// All that stands below the tables. `shown` comparisons stand above.
pub(super) fn closing(facts: &CompareFacts, shown: usize, notes: Notes) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !notes.list.is_empty() {
        let numbered = notes.list.into_iter().zip(1..);
        let fact = |(sentence, number): (String, usize)| (number.to_string(), plain(sentence));
        blocks.push(Block::Facts(numbered.map(fact).collect()));
    }
    let hidden = facts.comparisons.list.len() - shown;
    if hidden > 0 {
        blocks.push(Block::Paragraph(plain(format!(
            "{} not shown",
            counted(hidden as u64, "comparison")
        ))));
    }
    blocks.extend(titled("environment", environment(facts)));
    blocks.extend(titled("unmatched", unmatched(facts)));
    blocks.extend(titled("failures", failures(facts)));
    blocks.extend(titled("diagnostics", diagnostics(facts)));
    blocks.extend(titled("runs", advice(facts)));
    blocks.extend(method(facts).map(|text| Block::Paragraph(plain(text))));
    blocks
}

fn titled(title: &str, mut sentences: Vec<String>) -> Vec<Block> {
    if sentences.is_empty() {
        return Vec::new();
    }
    let more = sentences.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        sentences.truncate(MOST_NAMES);
        sentences.push(format!("{more} more; all of them are in --format json"));
    }
    let item = |sentence| Item {
        ticked: None,
        text: plain(sentence),
        items: Vec::new(),
    };
    vec![
        Block::Paragraph(vec![Inline::Strong(title.to_string())]),
        Block::List(sentences.into_iter().map(item).collect()),
    ]
}

fn environment(facts: &CompareFacts) -> Vec<String> {
    let tables = &facts.comparisons.tables;
    let splits = |key: &str| tables.fields.iter().any(|field| field == key);
    let one = |e: &crate::analyze::compare::Environment| {
        let values: Vec<String> = e
            .values
            .iter()
            .map(|(label, values)| match values.is_empty() {
                true => format!("{label}: none"),
                false => format!("{label}: {}", values.join(", ")),
            })
            .collect();
        let offer = match e.key {
            key if splits(key) => format!("; tables split by it, --ignore {key} puts them together"),
            "/gomaxprocs" => "; --ignore /gomaxprocs matches rows without the suffix".to_string(),
            _ => String::new(),
        };
        format!("{} differs: {}{offer}", e.key, values.join("; "))
    };
    tables.environment.iter().map(one).collect()
}

/// Names by where they are.
fn unmatched(facts: &CompareFacts) -> Vec<String> {
    let failed = failed(facts);
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut seen = FxHashSet::default();
    for u in &facts.comparisons.unmatched {
        let (place, name) = (placed(facts, u, &failed), facts.row_label(u.table, u.row));
        if !seen.insert((place.clone(), name.clone())) {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| *known == place) {
            Some((_, names)) => names.push(name),
            None => groups.push((place, vec![name])),
        }
    }
    let line = |(place, mut names): (String, Vec<String>)| {
        let count = counted(names.len() as u64, "benchmark");
        let more = names.len().saturating_sub(MOST_NAMES);
        names.truncate(MOST_NAMES);
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{count} {place}: {}{rest}", names.join(", "))
    };
    groups.into_iter().map(line).collect()
}

/// Label and name, without the suffix, of each benchmark that failed.
fn failed(facts: &CompareFacts) -> FxHashSet<(String, String)> {
    let named = facts.failures().filter_map(|(label, failure)| {
        let name = failure.benchmark.as_deref()?;
        Some((label.to_string(), split_gomaxprocs(name).0.to_string()))
    });
    named.collect()
}

/// A benchmark that failed is not one that was removed.
fn placed(facts: &CompareFacts, u: &Unmatched, failed: &FxHashSet<(String, String)>) -> String {
    let labels =
        |cols: &[usize]| -> Vec<String> { cols.iter().map(|col| facts.col_label(u.table, *col)).collect() };
    let (present, missing) = (labels(&u.present), labels(&u.missing));
    let name = facts.row_label(u.table, u.row);
    let bare = split_gomaxprocs(&name).0;
    let is_failed = |label: &String| failed.contains(&(label.clone(), bare.to_string()));
    let how = match missing.iter().any(is_failed) {
        true => "without a result, not removed, in",
        false => "missing in",
    };
    format!("only in {}, {how} {}", present.join(", "), missing.join(", "))
}

/// Samples with the same doubts in one line.
fn diagnostics(facts: &CompareFacts) -> Vec<String> {
    let line = |(_, label, sentence, _): (&str, Option<String>, String, f64)| match label {
        Some(label) => format!("{label}: {sentence}"),
        None => sentence,
    };
    let mut lines: Vec<String> = doubts_of_inputs(facts).into_iter().map(line).collect();
    let mut samples: BTreeMap<(usize, usize, usize), Vec<String>> = BTreeMap::new();
    for d in facts.diagnostics {
        let table = facts.comparisons.tables.list.get(d.table);
        let (sentence, _) = doubt_sentence(&d.doubt, table.map_or("", |table| table.unit.as_str()));
        samples.entry((d.table, d.row, d.col)).or_default().push(sentence);
    }
    lines.extend(samples.into_iter().map(|((table, row, col), sentences)| {
        let unit = facts
            .comparisons
            .tables
            .list
            .get(table)
            .map_or("", |table| table.unit.as_str());
        let (name, label) = (facts.row_label(table, row), facts.col_label(table, col));
        format!("{name} {unit}, {label}: {}", sentences.join("; "))
    }));
    lines
}

/// How many runs it takes: in general, then for the comparisons that are open.
fn advice(facts: &CompareFacts) -> Vec<String> {
    let timed = |c: &&Comparison| c.class == UnitClass::Time && c.p.is_some();
    let least = facts
        .comparisons
        .list
        .iter()
        .filter(timed)
        .map(|c| c.old.n.min(c.new.n))
        .min();
    let mut lines = Vec::new();
    if let Some(n) = least.map(|n| n as u32)
        && chance_of_large_shift(n) < 0.8
    {
        lines.push(format!(
            "n={n} finds a 1.5σ shift {} of the time; use n=10 ({})",
            share(chance_of_large_shift(n)),
            share(chance_of_large_shift(10))
        ));
    }
    lines.extend(holm_warning(facts));
    let open = facts
        .comparisons
        .list
        .iter()
        .filter(|c| timed(c) && c.outcome == Outcome::Inconclusive);
    lines.extend(open.filter_map(|c| needed(facts, c)));
    lines
}

/// With very many comparisons no result of few runs can pass Holm's adjustment.
fn holm_warning(facts: &CompareFacts) -> Option<String> {
    if facts.options.adjust != crate::analyze::compare::Adjust::Holm {
        return None;
    }
    let hopeless = |c: &&Comparison| {
        let family = facts.comparisons.families.iter().find(|f| f.class == c.class);
        let size = family.map_or(1, |f| f.size) as f64;
        c.p.is_some() && power::least_p_of(c.old.n, c.new.n) > facts.options.alpha / size
    };
    let count = facts.comparisons.list.iter().filter(hopeless).count();
    (count > 0).then(|| {
        let count = counted(count as u64, "comparison");
        format!("{count} can never pass: the least p of so few runs is above α divided by the number of comparisons")
    })
}

/// What this sample can show, and the runs that the threshold would take.
fn needed(facts: &CompareFacts, c: &Comparison) -> Option<String> {
    let row = facts.comparisons.tables.list.get(c.table)?.rows.get(c.row)?;
    let values = |col: usize| Some(row.cells.get(col)?.as_ref()?.values.as_slice());
    let sd = power::pooled_log_sd(&[values(0)?, values(c.col)?])?;
    let n = c.old.n.min(c.new.n) as u32;
    let finds = detectable_at(n, facts.options.alpha).map(|d| (d * sd).exp() - 1.0);
    let finds = finds.map_or_else(
        || format!("n={n} finds nothing"),
        |shift| {
            format!(
                "n={n} finds a shift of {} % in 4 of 5 cases",
                fixed(shift * 100.0, 1)
            )
        },
    );
    let goal = fixed(c.threshold * 100.0, 1);
    let runs = match runs_for(c.threshold, sd) {
        Runs::Count(runs) if runs <= n => return None,
        Runs::Count(runs) => format!("{goal} % takes -count={runs}"),
        Runs::TooNoisy(_) => format!("for {goal} % more runs will not help, the noise must fall"),
        Runs::Undefined => return None,
    };
    Some(format!("{} {}: {finds}; {runs}", facts.name(c), facts.unit(c)))
}
