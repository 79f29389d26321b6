//! All chains of calls of two sides, with the sums of both.

use std::collections::HashMap;

use crate::analyze::{Granularity, NodeId, Nodes, Recording};
use crate::flame::MAX_DEPTH;

/// A chain of calls with its sums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub name: u32,
    pub parent: usize,
    pub depth: u32,
    pub sums: [i64; 2],
}

/// All chains of calls of both sides; the first is the root.
pub(super) struct Calls {
    pub calls: Vec<Call>,
    known: HashMap<(usize, u32), usize>,
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Default for Calls {
    fn default() -> Self {
        let root = Call {
            name: u32::MAX,
            parent: 0,
            depth: 0,
            sums: [0; 2],
        };
        Self {
            calls: vec![root],
            known: HashMap::new(),
            names: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl Calls {
    /// Adds a recording to a side, 0 or 1.
    pub fn add(&mut self, side: usize, recording: &Recording<'_>) {
        let profile = recording.profile;
        let nodes = Nodes::of(profile, Granularity::Functions);
        let numbers: Vec<u32> = (0..nodes.len())
            .map(|i| self.number(nodes.get(NodeId(i as u32)).printable()))
            .collect();
        let mut frames: Vec<u32> = Vec::new();
        for sample in 0..profile.samples.len() {
            let value = profile.samples.value(sample, recording.index);
            frames.clear();
            let leaf_first = profile
                .samples
                .stack(sample)
                .flat_map(|location| nodes.frames(location));
            frames.extend(leaf_first.map(|node| numbers[node.index()]));
            if value > 0 && !frames.is_empty() {
                self.count(side, value, &frames);
            }
        }
    }

    fn number(&mut self, name: String) -> u32 {
        let next = self.names.len() as u32;
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        })
    }

    /// Adds a stack, leaf first; what is deeper than the picture counts for its last frame.
    fn count(&mut self, side: usize, value: i64, frames: &[u32]) {
        let mut at = 0;
        self.calls[0].sums[side] = self.calls[0].sums[side].saturating_add(value);
        for name in frames.iter().rev().take(MAX_DEPTH as usize) {
            let next = self.calls.len();
            let depth = self.calls[at].depth + 1;
            let parent = at;
            at = *self.known.entry((parent, *name)).or_insert(next);
            if at == next {
                self.calls.push(Call {
                    name: *name,
                    parent,
                    depth,
                    sums: [0; 2],
                });
            }
            self.calls[at].sums[side] = self.calls[at].sums[side].saturating_add(value);
        }
    }

    /// What is called; empty for the root.
    pub fn name(&self, call: &Call) -> &str {
        self.names.get(call.name as usize).map_or("", String::as_str)
    }

    /// All but the root, depth first, callees by name.
    pub fn ordered(&self) -> Vec<usize> {
        let mut callees: Vec<Vec<usize>> = vec![Vec::new(); self.calls.len()];
        for (at, call) in self.calls.iter().enumerate().skip(1) {
            callees[call.parent].push(at);
        }
        for list in &mut callees {
            list.sort_by(|a, b| self.name(&self.calls[*b]).cmp(self.name(&self.calls[*a])));
        }
        let mut order = Vec::with_capacity(self.calls.len());
        let mut waiting = vec![0];
        while let Some(at) = waiting.pop() {
            order.push(at);
            waiting.append(&mut callees[at]);
        }
        order.remove(0);
        order
    }
}
