//! Weights by node and by pair of nodes, with or without the nodes that were taken out.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{NodeId, Nodes};
use super::order::NameOrder;
use super::{Edge, GraphNode, GraphOptions};
use crate::profile::Profile;

#[derive(Clone, Copy)]
pub(super) struct EdgeCell {
    pub(super) weight: i64,
    residual: bool,
    inline: bool,
    /// The last sample that touched it, + 1.
    mark: u32,
}

/// Weights by node and by pair of nodes.
pub(super) struct Weights {
    cells: Vec<GraphNode>,
    pub(super) edges: FxHashMap<(NodeId, NodeId), EdgeCell>,
}

impl Weights {
    pub(super) fn of(
        profile: &Profile,
        nodes: &Nodes,
        options: &GraphOptions,
        kept: Option<&[bool]>,
        with_edges: bool,
    ) -> Self {
        let cell = |i| GraphNode {
            node: NodeId(i as u32),
            ..GraphNode::default()
        };
        let cells = (0..nodes.len()).map(cell).collect();
        let mut weights = Self {
            cells,
            edges: FxHashMap::default(),
        };
        for sample in 0..profile.samples.len() {
            let weight = profile.samples.value(sample, options.index);
            let divisor = if options.mean {
                profile.samples.value(sample, 0)
            } else {
                0
            };
            if weight != 0 || divisor != 0 {
                weights.add(profile, nodes, sample, (weight, divisor), kept, with_edges);
            }
        }
        weights
    }

    /// Adds one sample, walking from the root.
    fn add(
        &mut self,
        profile: &Profile,
        nodes: &Nodes,
        sample: usize,
        (weight, divisor): (i64, i64),
        kept: Option<&[bool]>,
        with_edges: bool,
    ) {
        let mark = sample as u32 + 1;
        let mut caller: Option<NodeId> = None;
        let mut residual = false;
        let mut stack = profile.samples.stack(sample);
        while let Some(location) = stack.pop_root() {
            let frames = nodes.frames(location);
            for (i, node) in frames.iter().enumerate().rev() {
                if kept.is_some_and(|kept| !kept[node.index()]) {
                    residual = true;
                    continue;
                }
                let cell = &mut self.cells[node.index()];
                if cell.mark != mark {
                    cell.mark = mark;
                    cell.cum += weight;
                    cell.cum_divisor += divisor;
                }
                let edge = caller.filter(|caller| with_edges && caller != node);
                if let Some(caller) = edge {
                    self.add_edge((caller, *node), weight, residual, i + 1 < frames.len(), mark);
                }
                caller = Some(*node);
                residual = false;
            }
        }
        if let Some(leaf) = caller.filter(|_| !residual) {
            let cell = &mut self.cells[leaf.index()];
            cell.flat += weight;
            cell.flat_divisor += divisor;
        }
    }

    /// Of a call that occurs several times in a stack the one nearest the root counts.
    fn add_edge(&mut self, pair: (NodeId, NodeId), weight: i64, residual: bool, inline: bool, mark: u32) {
        let new = EdgeCell {
            weight: 0,
            residual: false,
            inline: true,
            mark: 0,
        };
        let edge = self.edges.entry(pair).or_insert(new);
        if edge.mark != mark {
            edge.mark = mark;
            edge.weight += weight;
            edge.residual |= residual;
            edge.inline &= inline;
        }
    }

    /// The nodes with a weight, unsorted.
    pub(super) fn rows(&self, options: &GraphOptions) -> Vec<GraphNode> {
        let shown =
            |n: &&GraphNode| (n.flat != 0 || n.cum != 0) && !(options.drop_negative && n.is_negative());
        self.cells.iter().filter(shown).copied().collect()
    }

    /// The edges, sorted; those to a shown node only if they are not too light.
    pub(super) fn edges(&self, rows: &[GraphNode], order: &NameOrder, cut: i64) -> Vec<Edge> {
        let shown: FxHashSet<NodeId> = rows.iter().map(|n| n.node).collect();
        let mut edges: Vec<Edge> = self
            .edges
            .iter()
            .filter(|((_, to), e)| e.weight.saturating_abs() >= cut || !shown.contains(to))
            .map(|((from, to), e)| Edge {
                from: *from,
                to: *to,
                weight: e.weight,
                residual: e.residual,
                inline: e.inline,
            })
            .collect();
        edges.sort_by_key(|e| {
            (
                Reverse(e.weight.unsigned_abs()),
                order.unique[e.from.index()],
                order.unique[e.to.index()],
            )
        });
        edges
    }
}
