//! Flat and cumulative amounts by printable name, one table over all recordings.

use std::collections::HashMap;

use super::Recording;
use super::noise::{Model, Noise, noise};
use crate::analyze::{Granularity, Node, NodeId, Nodes};

/// An amount with its noise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amount {
    pub value: i64,
    pub count: u64,
    pub variance: f64,
}

impl Amount {
    fn add(&mut self, value: i64, count: u64, variance: f64) {
        self.value = self.value.saturating_add(value);
        self.count = self.count.saturating_add(count);
        self.variance += variance;
    }
}

/// One recording: its totals, and the amounts of every name that was known when it was read.
pub(super) struct Column {
    /// Sum of absolute values, with counts and variances of all records.
    pub total: Amount,
    /// Amounts as leaf.
    flat: Vec<Amount>,
    /// Amounts anywhere in the stack.
    cum: Vec<Amount>,
    /// Records whose count is not certain.
    pub uneven: usize,
}

impl Column {
    /// The amount of a name: flat, or cumulative.
    pub fn amount(&self, key: usize, by_cum: bool) -> Amount {
        let amounts = if by_cum { &self.cum } else { &self.flat };
        amounts.get(key).copied().unwrap_or_default()
    }
}

/// Everything that was counted.
pub(super) struct Gathered {
    /// The names, and a node that has each.
    pub keys: Vec<(String, Node)>,
    /// The recordings of both sides.
    pub sides: [Vec<Column>; 2],
    /// What is known of the noise of all.
    pub model: Model,
}

/// Reads all recordings.
pub(super) fn gather(sides: [&[Recording<'_>]; 2], granularity: Granularity) -> Gathered {
    let mut names = Names::default();
    let mut model: Option<Model> = None;
    let columns = sides.map(|side| {
        let mut read = |recording: &Recording<'_>| {
            let noise = noise(recording.profile, recording.index);
            model = Some(model.map_or(noise.model, |known| known.with(noise.model)));
            column(recording, &noise, granularity, &mut names)
        };
        side.iter().map(&mut read).collect()
    });
    Gathered {
        keys: names.keys,
        sides: columns,
        model: model.unwrap_or(Model::None),
    }
}

/// Names with their numbers.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    keys: Vec<(String, Node)>,
}

impl Names {
    /// The number of each node's name.
    fn of(&mut self, nodes: &Nodes) -> Vec<u32> {
        let ids = (0..nodes.len()).map(|i| nodes.get(NodeId(i as u32)));
        ids.map(|node| self.number(node)).collect()
    }

    fn number(&mut self, node: &Node) -> u32 {
        let next = self.keys.len() as u32;
        *self.numbers.entry(node.printable()).or_insert_with_key(|name| {
            self.keys.push((name.clone(), node.clone()));
            next
        })
    }
}

fn column(recording: &Recording<'_>, noise: &Noise, granularity: Granularity, names: &mut Names) -> Column {
    let (profile, index) = (recording.profile, recording.index);
    // Two builds have no address in common.
    let granularity = match granularity {
        Granularity::Addresses => Granularity::Functions,
        other => other,
    };
    let nodes = Nodes::of(profile, granularity);
    let numbers = names.of(&nodes);
    let mut column = Column {
        flat: vec![Amount::default(); names.keys.len()],
        cum: vec![Amount::default(); names.keys.len()],
        uneven: noise.uneven,
        total: total(recording, noise),
    };
    // The last record that touched a name, + 1: recursion counts once without a set.
    let mut marks = vec![0u32; names.keys.len()];
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        if value == 0 {
            continue;
        }
        let (count, variance) = (noise.counts[sample], noise.variances[sample]);
        let mut is_leaf = true;
        for node in profile
            .samples
            .stack(sample)
            .flat_map(|location| nodes.frames(location))
        {
            let key = numbers[node.index()] as usize;
            if std::mem::take(&mut is_leaf) {
                column.flat[key].add(value, count, variance);
            }
            if std::mem::replace(&mut marks[key], sample as u32 + 1) != sample as u32 + 1 {
                column.cum[key].add(value, count, variance);
            }
        }
    }
    column
}

/// What shares are shares of: everything that was recorded, stacks or not.
fn total(recording: &Recording<'_>, own: &Noise) -> Amount {
    let of_whole = recording
        .whole
        .map(|whole| (whole, noise(whole, recording.index)));
    let (profile, noise) = match &of_whole {
        Some((whole, noise)) => (*whole, noise),
        None => (recording.profile, own),
    };
    let mut total = Amount::default();
    for (sample, value) in profile.samples.column(recording.index).enumerate() {
        if value != 0 {
            total.add(
                value.saturating_abs(),
                noise.counts[sample],
                noise.variances[sample],
            );
        }
    }
    total
}

/// Amounts of several recordings together.
pub(super) fn sum(amounts: &[Amount]) -> Amount {
    amounts.iter().fold(Amount::default(), |mut sum, a| {
        sum.value = sum.value.saturating_add(a.value);
        sum.count = sum.count.saturating_add(a.count);
        sum.variance += a.variance;
        sum
    })
}
