//! The values of a projection over all results, and their order.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::number::order_number;
use super::{GroupOrder, Order, Part};

/// A number for a list of values; the same list has the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) u32);

impl KeyId {
    /// Its place in lists that have one entry per key.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One field of the lists: a key of a result.
#[derive(Debug, Clone)]
pub struct Field {
    /// `.name`, `/part`, or a configuration key; for `.config` one field per key there is.
    pub key: String,
    /// Which part of the projection it belongs to.
    pub(super) part: usize,
    pub(super) order: Order,
    /// One of the keys that `.config` stands for.
    pub(super) in_group: bool,
}

/// All lists of values that occur, in the order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    fields: Vec<Field>,
    /// Each list as long as there were fields then, without empty values at its end.
    lists: Vec<Box<[u32]>>,
    index: FxHashMap<Box<[u32]>, u32>,
}

/// Texts by number; number 0 is the empty one.
#[derive(Debug, Clone)]
pub(super) struct Words {
    list: Vec<Arc<str>>,
    index: FxHashMap<Arc<str>, u32>,
}

impl Words {
    pub(super) fn new() -> Self {
        let mut words = Self {
            list: Vec::new(),
            index: FxHashMap::default(),
        };
        words.number("");
        words
    }

    pub(super) fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.index.get(word) {
            return *number;
        }
        let (word, number): (Arc<str>, _) = (word.into(), self.list.len() as u32);
        self.list.push(word.clone());
        self.index.insert(word, number);
        number
    }

    pub(super) fn get(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", |word| word)
    }
}

impl Keys {
    /// The fields in the order of the projection.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.order().into_iter().map(|at| &self.fields[at])
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub(super) fn field(&mut self, field: Field) -> usize {
        self.fields.push(field);
        self.fields.len() - 1
    }

    pub(super) fn id(&mut self, values: &[u32]) -> KeyId {
        let length = values
            .iter()
            .rposition(|value| *value != 0)
            .map_or(0, |at| at + 1);
        let values = &values[..length];
        if let Some(id) = self.index.get(values) {
            return KeyId(*id);
        }
        let id = self.lists.len() as u32;
        self.lists.push(values.into());
        self.index.insert(values.into(), id);
        KeyId(id)
    }

    /// The values of a list, one per field in the order of the projection.
    pub(super) fn values<'a>(&'a self, id: KeyId, words: &'a Words) -> impl Iterator<Item = &'a str> {
        self.order()
            .into_iter()
            .map(move |at| words.get(self.number(id, at)))
    }

    /// The fields in which some lists differ, in the order of the projection.
    pub(super) fn differing(&self, ids: &[KeyId]) -> Vec<&str> {
        let differs = |at: &usize| {
            let mut numbers = ids.iter().map(|id| self.number(*id, *at));
            let first = numbers.next();
            numbers.any(|number| Some(number) != first)
        };
        let fields = self.order().into_iter().filter(differs);
        fields.map(|at| self.fields[at].key.as_str()).collect()
    }

    /// The place of each list among all of them when sorted field by field.
    pub(super) fn ranks(&self, words: &Words, groups: GroupOrder) -> Vec<usize> {
        let columns: Vec<Vec<usize>> = self
            .order()
            .into_iter()
            .map(|at| self.value_ranks(at, words, groups))
            .collect();
        let mut sorted: Vec<usize> = (0..self.lists.len()).collect();
        sorted.sort_by(|a, b| {
            let by_field = |column: &Vec<usize>| column[*a].cmp(&column[*b]);
            columns
                .iter()
                .map(by_field)
                .find(|o| o.is_ne())
                .unwrap_or(a.cmp(b))
        });
        let mut ranks = vec![0; sorted.len()];
        for (rank, list) in sorted.into_iter().enumerate() {
            ranks[list] = rank;
        }
        ranks
    }

    /// Of each list the rank of its value in a field.
    fn value_ranks(&self, at: usize, words: &Words, groups: GroupOrder) -> Vec<usize> {
        let numbers: Vec<u32> = (0..self.lists.len() as u32)
            .map(|id| self.number(KeyId(id), at))
            .collect();
        let mut seen: Vec<u32> = Vec::new();
        let mut place: FxHashMap<u32, usize> = FxHashMap::default();
        for number in &numbers {
            place.entry(*number).or_insert_with(|| {
                seen.push(*number);
                seen.len() - 1
            });
        }
        seen.sort_by(|a, b| self.fields[at].compare(words.get(*a), words.get(*b), groups));
        for (rank, number) in seen.iter().enumerate() {
            place.insert(*number, rank);
        }
        numbers.iter().map(|number| place[number]).collect()
    }

    fn number(&self, id: KeyId, field: usize) -> u32 {
        let list = self.lists.get(id.index());
        list.and_then(|list| list.get(field)).copied().unwrap_or(0)
    }

    /// The fields sorted by their part; within one by discovery.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.fields.len()).collect();
        order.sort_by_key(|at| self.fields[*at].part);
        order
    }
}

impl Field {
    pub(super) fn new(part: &Part, number: usize, key: &str) -> Self {
        Self {
            key: key.to_string(),
            part: number,
            order: part.order.clone(),
            in_group: part.key == ".config",
        }
    }

    /// Values that are equal here stay in the order of first appearance, since sorting is stable.
    fn compare(&self, a: &str, b: &str, groups: GroupOrder) -> Ordering {
        match &self.order {
            Order::FirstSeen if self.in_group && groups == GroupOrder::Bytes => a.cmp(b),
            Order::FirstSeen => Ordering::Equal,
            Order::Alpha => a.cmp(b),
            Order::Num => by_number(a, b).then_with(|| a.cmp(b)),
            Order::Fixed(words) => {
                let at = |value: &str| words.iter().position(|word| word == value);
                at(a).cmp(&at(b))
            }
        }
    }
}

/// Numbers before other values, NaN last among numbers.
fn by_number(a: &str, b: &str) -> Ordering {
    match (order_number(a), order_number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
