//! The call graph: who calls whom, with which weight, and the graph that is left when light nodes are taken out.
//!
//! ```text
//!  samples ──▶ weights of nodes ──▶ those that are kept ──▶ samples again, without the others ──▶ Graph
//!                                                           (an edge over a gap is residual)
//! ```
//! Numbers, order and trimming are those of google/pprof's `internal/graph`.

mod order;
#[cfg(test)]
mod tests;
mod weights;

use rustc_hash::FxHashMap;

use super::{NodeId, Nodes};
use crate::profile::Profile;
use order::NameOrder;
use weights::Weights;

/// What weighs, and what is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GraphOptions {
    /// Index of the sample type.
    pub index: usize,
    /// Weights are divided by those of the first sample type.
    pub mean: bool,
    /// Leave out nodes with flat < 0, or flat = 0 and cum < 0.
    pub drop_negative: bool,
    /// Which nodes come first.
    pub order: NodeOrder,
    /// At most so many nodes; 0 for no limit.
    pub node_count: usize,
    /// Nodes with |cum| below this part of the flat sum are taken out.
    pub node_fraction: f64,
    /// Edges with less than this part of the flat sum are taken out.
    pub edge_fraction: f64,
}

/// What nodes are sorted by, and so which of them a limit on their number leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeOrder {
    /// |flat| descending, name, |cum| descending.
    Flat,
    /// |cum| descending, name, |flat| descending.
    Cum,
    /// How much a drawing tells by showing the node, by the entropy of its calls: one that passes all of its
    /// weight on to one callee tells little.
    Entropy,
}

/// A node with its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GraphNode {
    /// Which node.
    pub node: NodeId,
    flat: i64,
    flat_divisor: i64,
    cum: i64,
    cum_divisor: i64,
    /// The last sample that touched it, + 1.
    mark: u32,
}

impl GraphNode {
    /// Weight of the samples whose leaf it is; the mean, cut, where one was asked for.
    pub fn flat(&self) -> i64 {
        self.flat.checked_div(self.flat_divisor).unwrap_or(self.flat)
    }

    /// Weight of the samples in which it occurs, once per sample; the mean likewise.
    pub fn cum(&self) -> i64 {
        self.cum.checked_div(self.cum_divisor).unwrap_or(self.cum)
    }

    fn is_negative(&self) -> bool {
        self.flat < 0 || (self.flat == 0 && self.cum < 0)
    }
}

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The caller.
    pub from: NodeId,
    /// What it calls; never itself.
    pub to: NodeId,
    /// Weight of the samples with this call, once per sample; never divided.
    pub weight: i64,
    /// Nodes between the two were taken out.
    pub residual: bool,
    /// The call was inlined wherever it was seen.
    pub inline: bool,
}

/// Nodes and calls.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Nodes with a weight, in the order asked for.
    pub nodes: Vec<GraphNode>,
    /// Calls by |weight| descending, then names of caller and callee.
    pub edges: Vec<Edge>,
    /// How many nodes were too light.
    pub dropped: usize,
    /// How many there were after that, before the limit on their number.
    pub before_count: usize,
    /// |cum| below which nodes were taken out.
    pub cut: i64,
    /// Rows of `edges` by callee and by caller.
    incoming: FxHashMap<NodeId, Vec<u32>>,
    outgoing: FxHashMap<NodeId, Vec<u32>>,
}

impl Graph {
    /// The graph of a profile, trimmed as the options say. Without `with_edges` only the nodes are made, which
    /// is a good deal faster.
    pub fn of(profile: &Profile, nodes: &Nodes, options: &GraphOptions, with_edges: bool) -> Self {
        let whole = Weights::of(profile, nodes, options, None, false);
        let mut rows = whole.rows(options);
        let sum: i64 = rows.iter().map(|n| n.flat).sum();
        let cut = part_of(sum, options.node_fraction);
        let all = rows.len();
        rows.retain(|n| n.cum.saturating_abs() >= cut);
        let mut graph = Self {
            dropped: all - rows.len(),
            cut,
            ..Self::default()
        };
        let mut weights = whole;
        if graph.dropped > 0 {
            weights = Weights::of(profile, nodes, options, Some(&mask(&rows, nodes)), false);
            rows = weights.rows(options);
        }
        graph.before_count = rows.len();
        let order = NameOrder::of(nodes);
        if options.order == NodeOrder::Entropy {
            let kept = (graph.dropped > 0).then(|| mask(&rows, nodes));
            weights = Weights::of(profile, nodes, options, kept.as_deref(), true);
        }
        order.sort(&mut rows, options.order, &weights);
        let is_cut = options.node_count > 0 && rows.len() > options.node_count;
        if is_cut {
            rows.truncate(options.node_count);
        }
        let trimmed = (is_cut || graph.dropped > 0).then(|| mask(&rows, nodes));
        if is_cut || with_edges {
            weights = Weights::of(profile, nodes, options, trimmed.as_deref(), with_edges);
            rows = weights.rows(options);
            order.sort(&mut rows, options.order, &weights);
        }
        graph.nodes = rows;
        graph.edges = weights.edges(&graph.nodes, &order, part_of(sum, options.edge_fraction));
        graph.index_edges();
        graph
    }

    fn index_edges(&mut self) {
        for (row, edge) in self.edges.iter().enumerate() {
            self.incoming.entry(edge.to).or_default().push(row as u32);
            self.outgoing.entry(edge.from).or_default().push(row as u32);
        }
    }

    /// The calls to a node, heaviest first.
    pub fn callers(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.incoming
            .get(&node)
            .into_iter()
            .flatten()
            .map(|row| &self.edges[*row as usize])
    }

    /// The calls that a node makes, heaviest first.
    pub fn callees(&self, node: NodeId) -> impl Iterator<Item = &Edge> {
        self.outgoing
            .get(&node)
            .into_iter()
            .flatten()
            .map(|row| &self.edges[*row as usize])
    }

    /// Takes out residual edges whose ends are connected otherwise, lightest first, which makes a drawing
    /// readable. Nodes are visited from the last.
    pub fn without_redundant_edges(mut self) -> Self {
        let mut gone = vec![false; self.edges.len()];
        for node in self.nodes.iter().rev() {
            let incoming = self.incoming.get(&node.node).cloned().unwrap_or_default();
            for row in incoming.into_iter().rev() {
                if !self.edges[row as usize].residual {
                    break;
                }
                gone[row as usize] = self.is_redundant(row, &gone);
            }
        }
        let mut rows = gone.iter();
        self.edges.retain(|_| !rows.next().is_some_and(|gone| *gone));
        self.incoming.clear();
        self.outgoing.clear();
        self.index_edges();
        self
    }

    /// Whether the caller reaches the callee without this edge.
    fn is_redundant(&self, row: u32, gone: &[bool]) -> bool {
        let edge = self.edges[row as usize];
        let mut seen: rustc_hash::FxHashSet<NodeId> = [edge.to].into_iter().collect();
        let mut queue = std::collections::VecDeque::from([edge.to]);
        while let Some(node) = queue.pop_front() {
            for other in self.incoming.get(&node).into_iter().flatten() {
                let from = self.edges[*other as usize].from;
                if *other == row || gone[*other as usize] || seen.contains(&from) {
                    continue;
                }
                if from == edge.from {
                    return true;
                }
                seen.insert(from);
                queue.push_back(from);
            }
        }
        false
    }
}

fn part_of(sum: i64, fraction: f64) -> i64 {
    ((sum as f64 * fraction) as i64).saturating_abs()
}

fn mask(rows: &[GraphNode], nodes: &Nodes) -> Vec<bool> {
    let mut mask = vec![false; nodes.len()];
    rows.iter().for_each(|n| mask[n.node.index()] = true);
    mask
}
