//! Results to keys: where each result belongs.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::keys::{Field, KeyId, Keys, Words};
use super::{Order, Part, Projections};
use crate::bench::config::Config;
use crate::bench::filter::key_value;
use crate::bench::log::BenchResult;
use crate::bench::name;

/// How the keys that `.config` stands for are sorted, when the user names no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupOrder {
    /// By bytes, the empty value first, as benchstat does.
    Bytes,
    /// In the order of first appearance.
    FirstSeen,
}

/// Where a result belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its table, without the unit.
    pub table: KeyId,
    /// Its row.
    pub row: KeyId,
    /// Its column.
    pub col: KeyId,
    /// What no projection mentions.
    pub residue: KeyId,
}

/// Places results by the four projections, and remembers all values.
#[derive(Debug)]
pub struct Projector {
    words: Words,
    /// The keys of tables.
    pub tables: Keys,
    /// The keys of rows.
    pub rows: Keys,
    /// The keys of columns.
    pub cols: Keys,
    /// The keys of what is left over.
    pub residues: Keys,
    shapes: [Shape; 4],
    /// Their fixed orders leave results out, too.
    ignored: Vec<Part>,
    excluded: Excluded,
    known: FxHashMap<Origin, Option<Placed>>,
    /// Held so that no other configuration or name gets the address of one that is known.
    held: Vec<(Arc<Config>, Arc<str>)>,
}

/// Results that agree in all of this are placed alike.
type Origin = (usize, *const Config, *const u8, usize);

impl Projector {
    /// Reads no result yet.
    pub fn new(projections: &Projections) -> Self {
        let all = [
            &projections.table,
            &projections.row,
            &projections.col,
            &projections.ignore,
        ];
        let excluded = Excluded::of(all.into_iter().flatten());
        let mentions = |key: &str| all.into_iter().flatten().any(|part| part.key == key);
        let left = [".config", ".fullname"].into_iter().filter(|key| !mentions(key));
        let left: Vec<Part> = left
            .map(|key| Part {
                key: key.to_string(),
                order: Order::FirstSeen,
            })
            .collect();
        let mut keys: [Keys; 4] = Default::default();
        let parts = [&projections.table, &projections.row, &projections.col, &left];
        let shapes = std::array::from_fn(|i| Shape::new(parts[i], &mut keys[i]));
        let [tables, rows, cols, residues] = keys;
        Self {
            words: Words::new(),
            tables,
            rows,
            cols,
            residues,
            shapes,
            ignored: projections.ignore.clone(),
            excluded,
            known: FxHashMap::default(),
            held: Vec::new(),
        }
    }

    /// Where a result of the input number `input` belongs; `None` if a fixed order leaves it out. `label` is the value of
    /// `.file`.
    pub fn place(&mut self, result: &BenchResult, input: usize, label: &str) -> Option<Placed> {
        let origin = (
            input,
            Arc::as_ptr(&result.config),
            result.name.as_ptr(),
            result.name.len(),
        );
        if let Some(placed) = self.known.get(&origin) {
            return *placed;
        }
        let placed = self.place_new(result, label);
        self.known.insert(origin, placed);
        self.held.push((result.config.clone(), result.name.clone()));
        placed
    }

    fn place_new(&mut self, result: &BenchResult, label: &str) -> Option<Placed> {
        let subject = Subject {
            result,
            label,
            excluded: &self.excluded,
        };
        let mut parts = self
            .shapes
            .iter()
            .flat_map(|shape| shape.parts.iter().map(|(part, _)| part));
        if !parts.all(|part| subject.fits(part)) || !self.ignored.iter().all(|part| subject.fits(part)) {
            return None;
        }
        let words = &mut self.words;
        let [table, row, col, residue] = &mut self.shapes;
        Some(Placed {
            table: table.key(&subject, &mut self.tables, words),
            row: row.key(&subject, &mut self.rows, words),
            col: col.key(&subject, &mut self.cols, words),
            residue: residue.key(&subject, &mut self.residues, words),
        })
    }

    /// The values of a key of a projection, one per field.
    pub fn values<'a>(&'a self, keys: &'a Keys, id: KeyId) -> Vec<&'a str> {
        keys.values(id, &self.words).collect()
    }

    /// The place of each key of a projection in sorted order.
    pub fn ranks(&self, keys: &Keys, groups: GroupOrder) -> Vec<usize> {
        keys.ranks(&self.words, groups)
    }

    /// The fields in which the leftovers of some results differ.
    pub fn varying(&self, residues: &[KeyId]) -> Vec<&str> {
        self.residues.differing(residues)
    }
}

struct Subject<'a> {
    result: &'a BenchResult,
    label: &'a str,
    excluded: &'a Excluded,
}

/// The parts of a projection, each with the fields that it has in the keys so far.
#[derive(Debug)]
struct Shape {
    parts: Vec<(Part, FxHashMap<String, usize>)>,
}

impl Shape {
    fn new(parts: &[Part], keys: &mut Keys) -> Self {
        let with_fields = |(number, part): (usize, &Part)| {
            let mut fields = FxHashMap::default();
            if part.key != ".config" {
                fields.insert(part.key.clone(), keys.field(Field::new(part, number, &part.key)));
            }
            (part.clone(), fields)
        };
        Self {
            parts: parts.iter().enumerate().map(with_fields).collect(),
        }
    }

    fn key(&mut self, subject: &Subject, keys: &mut Keys, words: &mut Words) -> KeyId {
        let mut values: Vec<u32> = Vec::new();
        let mut set = |at: usize, number: u32| {
            values.resize(values.len().max(at + 1), 0);
            values[at] = number;
        };
        for (number, (part, fields)) in self.parts.iter_mut().enumerate() {
            if part.key != ".config" {
                set(fields[&part.key], words.number(&subject.value(&part.key)));
                continue;
            }
            for (key, value) in subject.result.config.iter() {
                if subject.excluded.keys.contains(key) {
                    continue;
                }
                let at = *fields
                    .entry(key.to_string())
                    .or_insert_with(|| keys.field(Field::new(part, number, key)));
                set(at, words.number(value));
            }
        }
        keys.id(&values)
    }
}

impl Subject<'_> {
    /// Whether a fixed order has the value.
    fn fits(&self, part: &Part) -> bool {
        match &part.order {
            Order::Fixed(words) => {
                let value = self.value(&part.key);
                words.iter().any(|word| *word == value)
            }
            _ => true,
        }
    }

    fn value(&self, key: &str) -> std::borrow::Cow<'_, str> {
        match key {
            ".fullname" => self.excluded.full_name(&self.result.name),
            _ => key_value(self.result, self.label, key).into(),
        }
    }
}

/// The keys that a projection names: they are taken out of `.config` and `.fullname`.
#[derive(Debug)]
struct Excluded {
    keys: FxHashSet<String>,
    /// `/key=` of each part of the name.
    name_parts: Vec<String>,
}

impl Excluded {
    fn of<'a>(parts: impl Iterator<Item = &'a Part>) -> Self {
        let keys: FxHashSet<String> = parts
            .map(|part| part.key.clone())
            .filter(|key| key != ".config" && key != ".fullname")
            .collect();
        let mut name_parts: Vec<String> = keys
            .iter()
            .filter(|key| key.starts_with('/'))
            .map(|key| format!("{key}="))
            .collect();
        name_parts.sort();
        Self { keys, name_parts }
    }

    /// The full name without the parts that are named elsewhere.
    fn full_name<'a>(&self, full: &'a str) -> std::borrow::Cow<'a, str> {
        let (base, parts) = name::parts(full);
        let drops_suffix = self.keys.contains("/gomaxprocs");
        let is_dropped = |part: &str| match part.starts_with('/') {
            true => self.name_parts.iter().any(|prefix| part.starts_with(prefix)),
            false => drops_suffix,
        };
        let drops_base = self.keys.contains(".name");
        if !drops_base && !parts.iter().any(|part| is_dropped(part)) {
            return full.into();
        }
        let base = if drops_base { "*" } else { base };
        let kept = parts.into_iter().filter(|part| !is_dropped(part));
        std::iter::once(base).chain(kept).collect::<String>().into()
    }
}
