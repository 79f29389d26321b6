//! In which order nodes stand.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::super::{Node, NodeId, Nodes};
use super::weights::Weights;
use super::{GraphNode, NodeOrder};

/// Ranks of nodes by name.
pub(super) struct NameOrder {
    /// Equal names have equal ranks.
    name: Vec<u32>,
    /// Equal names are told apart by the rest of their identity.
    pub(super) unique: Vec<u32>,
}

impl NameOrder {
    pub(super) fn of(nodes: &Nodes) -> Self {
        let names: Vec<Vec<u8>> = nodes.nodes.iter().map(Node::name).collect();
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by(|a, b| {
            names[*a]
                .cmp(&names[*b])
                .then_with(|| identity(&nodes.nodes[*a]).cmp(&identity(&nodes.nodes[*b])))
        });
        let (mut name, mut unique) = (vec![0; order.len()], vec![0; order.len()]);
        let mut rank = 0;
        for (place, node) in order.iter().enumerate() {
            if place > 0 && names[order[place - 1]] != names[*node] {
                rank = place as u32;
            }
            name[*node] = rank;
            unique[*node] = place as u32;
        }
        Self { name, unique }
    }

    pub(super) fn sort(&self, rows: &mut [GraphNode], order: NodeOrder, weights: &Weights) {
        let scores = match order {
            NodeOrder::Entropy => weights.entropy_scores(rows),
            NodeOrder::Flat | NodeOrder::Cum => FxHashMap::default(),
        };
        rows.sort_by_cached_key(|n| {
            let (flat, cum) = (n.flat.unsigned_abs(), n.cum.unsigned_abs());
            let (first, second) = match order {
                NodeOrder::Flat => (flat, cum),
                NodeOrder::Cum => (cum, flat),
                NodeOrder::Entropy => (scores.get(&n.node).copied().unwrap_or_default(), flat),
            };
            let i = n.node.index();
            (Reverse(first), self.name[i], Reverse(second), self.unique[i])
        });
    }
}

impl Weights {
    /// For every node how much its calls spread: the entropy of its callers, and of its callees and itself, times
    /// its weight. Nodes without callers or without callees count one for that side.
    fn entropy_scores(&self, rows: &[GraphNode]) -> FxHashMap<NodeId, u64> {
        let mut edges: Vec<_> = self
            .edges
            .iter()
            .map(|((from, to), e)| (*from, *to, e.weight))
            .collect();
        edges.sort_unstable();
        let (mut incoming, mut outgoing): (FxHashMap<NodeId, Vec<i64>>, FxHashMap<NodeId, Vec<i64>>) =
            Default::default();
        for (from, to, weight) in edges {
            outgoing.entry(from).or_default().push(weight);
            incoming.entry(to).or_default().push(weight);
        }
        let score = |n: &GraphNode| {
            let callers = incoming.get(&n.node).map_or(1.0, |weights| entropy(weights, 0));
            let callees = outgoing
                .get(&n.node)
                .map_or(1.0, |weights| entropy(weights, n.flat));
            let score = ((callers + callees) * n.cum as f64) as i64;
            (n.node, score.saturating_add(n.flat).unsigned_abs())
        };
        rows.iter().map(score).collect()
    }
}

/// Entropy in bits of the weights and the node's own.
fn entropy(weights: &[i64], own: i64) -> f64 {
    let total = weights
        .iter()
        .filter(|w| **w > 0)
        .fold(own, |sum, w| sum.saturating_add(*w));
    if total == 0 {
        return 0.0;
    }
    let bits = |weight: i64| {
        let part = weight.unsigned_abs() as f64 / total as f64;
        if part > 0.0 { -part * part.log2() } else { 0.0 }
    };
    weights.iter().map(|w| bits(*w)).sum::<f64>() + if own > 0 { bits(own) } else { 0.0 }
}

/// All of a node's fields as one text: how the reference tells nodes of one name apart.
fn identity(node: &Node) -> Vec<u8> {
    let numbers = format!(" {} {} {} ", node.start_line, node.line, node.column);
    let address = format!("  {} ", node.address);
    [
        &node.function,
        address.as_bytes(),
        &node.file,
        numbers.as_bytes(),
        &node.object,
    ]
    .concat()
}
