//! The call graph: who calls whom, with which weight, and the graph that is left when light nodes are taken out.
//!
//! ```text
//!  samples ──▶ weights of nodes ──▶ those that are kept ──▶ samples again, without the others ──▶ Graph
//!                                                           (an edge over a gap is residual)
//! ```
//! Numbers, order and trimming are those of google/pprof's `internal/graph`.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::{NodeId, Nodes};
use crate::profile::Profile;

/// What weighs, and what is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GraphOptions {
    /// Index of the sample type.
    pub index: usize,
    /// Weights are divided by those of the first sample type.
    pub mean: bool,
    /// Leave out nodes with flat < 0, or flat = 0 and cum < 0.
    pub drop_negative: bool,
    /// By cumulative weight instead of flat.
    pub by_cum: bool,
    /// At most so many nodes; 0 for no limit.
    pub node_count: usize,
    /// Nodes with |cum| below this part of the flat sum are taken out.
    pub node_fraction: f64,
    /// Edges with less than this part of the flat sum are taken out.
    pub edge_fraction: f64,
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
    /// Nodes with a weight: by |flat| descending, name, |cum| descending; |cum| first if asked for.
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
        order.sort(&mut rows, options.by_cum);
        let is_cut = options.node_count > 0 && rows.len() > options.node_count;
        if is_cut {
            rows.truncate(options.node_count);
        }
        let trimmed = (is_cut || graph.dropped > 0).then(|| mask(&rows, nodes));
        if is_cut || with_edges {
            weights = Weights::of(profile, nodes, options, trimmed.as_deref(), with_edges);
            rows = weights.rows(options);
            order.sort(&mut rows, options.by_cum);
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

#[derive(Clone, Copy)]
struct EdgeCell {
    weight: i64,
    residual: bool,
    inline: bool,
    /// The last sample that touched it, + 1.
    mark: u32,
}

/// Weights by node and by pair of nodes.
struct Weights {
    cells: Vec<GraphNode>,
    edges: FxHashMap<(NodeId, NodeId), EdgeCell>,
}

impl Weights {
    fn of(
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
    fn rows(&self, options: &GraphOptions) -> Vec<GraphNode> {
        let shown =
            |n: &&GraphNode| (n.flat != 0 || n.cum != 0) && !(options.drop_negative && n.is_negative());
        self.cells.iter().filter(shown).copied().collect()
    }

    /// The edges, sorted; those to a shown node only if they are not too light.
    fn edges(&self, rows: &[GraphNode], order: &NameOrder, cut: i64) -> Vec<Edge> {
        let shown: rustc_hash::FxHashSet<NodeId> = rows.iter().map(|n| n.node).collect();
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

/// Ranks of nodes by name.
struct NameOrder {
    /// Equal names have equal ranks.
    name: Vec<u32>,
    /// Equal names are told apart by the rest of their identity.
    unique: Vec<u32>,
}

impl NameOrder {
    fn of(nodes: &Nodes) -> Self {
        let names: Vec<Vec<u8>> = nodes.nodes.iter().map(super::Node::name).collect();
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

    fn sort(&self, rows: &mut [GraphNode], by_cum: bool) {
        rows.sort_by_key(|n| {
            let (flat, cum) = (n.flat.unsigned_abs(), n.cum.unsigned_abs());
            let (first, second) = if by_cum { (cum, flat) } else { (flat, cum) };
            let i = n.node.index();
            (Reverse(first), self.name[i], Reverse(second), self.unique[i])
        });
    }
}

/// All of a node's fields as one text: how the reference tells nodes of one name apart.
fn identity(node: &super::Node) -> Vec<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::Granularity;
    use crate::profile::{Format, ProfileBuilder};

    fn options() -> GraphOptions {
        GraphOptions {
            index: 0,
            mean: false,
            drop_negative: false,
            by_cum: false,
            node_count: 0,
            node_fraction: 0.0,
            edge_fraction: 0.0,
        }
    }

    /// Stacks root first: `a;b;c 5`. Nodes as `name flat cum`, edges as `from>to weight`, `~` for residual.
    fn graph(stacks: &[&str], options: &GraphOptions) -> (Vec<String>, Vec<String>) {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        for stack in stacks {
            let (frames, value) = stack.rsplit_once(' ').expect("a value");
            let mut ids: Vec<_> = frames.split(';').map(|name| b.frame(name, "", 0)).collect();
            ids.reverse();
            b.sample(ids, &[value.parse().expect("a number")], []);
        }
        let profile = b.finish();
        let nodes = Nodes::of(&profile, Granularity::Functions);
        let graph = Graph::of(&profile, &nodes, options, true);
        let name = |id| nodes.get(id).printable();
        let node = |n: &GraphNode| format!("{} {} {}", name(n.node), n.flat(), n.cum());
        let edge = |e: &Edge| {
            let mark = if e.residual { "~" } else { "" };
            format!("{}>{} {}{mark}", name(e.from), name(e.to), e.weight)
        };
        (
            graph.nodes.iter().map(node).collect(),
            graph.edges.iter().map(edge).collect(),
        )
    }

    const STACKS: [&str; 3] = ["main;run;leaf 10", "main;run;run;leaf 5", "main;gc 1"];

    #[test]
    fn recursion_counts_once_and_calls_no_self() {
        let (nodes, edges) = graph(&STACKS, &options());
        assert_eq!(nodes, ["leaf 15 15", "gc 1 1", "main 0 16", "run 0 15"]);
        assert_eq!(edges, ["main>run 15", "run>leaf 15", "main>gc 1"]);
    }

    #[test]
    fn an_edge_over_a_removed_node_is_residual_and_a_removed_leaf_leaves_nothing() {
        let few = GraphOptions {
            node_count: 2,
            by_cum: true,
            ..options()
        };
        let (nodes, edges) = graph(&["a;b;c 5", "a;x 4", "a;c 3"], &few);
        assert_eq!(nodes, ["a 0 12", "c 8 8"]);
        assert_eq!(edges, ["a>c 8~"]);
    }

    #[test]
    fn light_nodes_go_and_those_at_the_limit_stay() {
        let light = GraphOptions {
            node_fraction: 0.0625,
            ..options()
        };
        assert_eq!(graph(&STACKS, &light).0.len(), 4);
        let light = GraphOptions {
            node_fraction: 0.125,
            edge_fraction: 0.9,
            ..options()
        };
        let (nodes, edges) = graph(&STACKS, &light);
        assert_eq!(nodes, ["leaf 15 15", "main 0 16", "run 0 15"]);
        assert_eq!(edges, ["main>run 15", "run>leaf 15"]);
    }

    #[test]
    fn negative_nodes_are_hidden_on_demand() {
        let hidden = GraphOptions {
            drop_negative: true,
            ..options()
        };
        assert_eq!(graph(&["a;b 5", "a;c -7"], &hidden).0, ["b 5 5"]);
    }

    #[test]
    fn redundant_edges_are_those_with_another_way() {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let [a, x, c, d] = ["a", "x", "c", "d"].map(|n| b.frame(n, "", 0));
        b.sample([c, d, a], &[9], []);
        b.sample([c, x, a], &[1], []);
        let profile = b.finish();
        let nodes = Nodes::of(&profile, Granularity::Functions);
        let trimmed = GraphOptions {
            node_fraction: 0.5,
            ..options()
        };
        let graph = Graph::of(&profile, &nodes, &trimmed, true);
        assert_eq!(
            (graph.edges.len(), graph.without_redundant_edges().edges.len()),
            (3, 2)
        );
    }
}
