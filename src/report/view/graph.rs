//! The call graph as data and as DOT: `perfplan graph`.

use serde::Serialize;

use super::Subject;
use super::csv::csv;
use super::head::Opening;
use super::rows::{Row, Rows};
use super::top::{Trim, head_text};
use crate::analyze::{Graph, GraphOptions, NodeId, NodeOrder, Nodes};
use crate::flame::{DrawnEdge, DrawnGraph, DrawnNode};
use crate::unit::percent;

/// Nodes and calls: the schema `perfplan.graph/1`.
#[derive(Debug, Clone, Serialize)]
pub struct GraphView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    granularity: &'static str,
    rows_total: usize,
    rows_hidden: usize,
    /// The nodes, those that tell most first.
    pub nodes: Vec<NodeRow>,
    /// The calls, heaviest first.
    pub edges: Vec<EdgeRow>,
    #[serde(skip)]
    drawn: DrawnGraph,
}

/// A node with the number by which calls name it.
#[derive(Debug, Clone, Serialize)]
pub struct NodeRow {
    id: usize,
    #[serde(flatten)]
    row: Row,
}

/// A call from one node to another.
#[derive(Debug, Clone, Serialize)]
pub struct EdgeRow {
    from: usize,
    to: usize,
    weight: i64,
    residual: bool,
    inline: bool,
}

/// The trimmed graph, its nodes chosen by how much they tell. Calls over removed nodes are left out where another
/// way leads along.
pub fn graph<'a>(subject: &Subject<'a>, trim: &Trim) -> GraphView<'a> {
    let nodes = Nodes::of(subject.profile, subject.granularity);
    let options = GraphOptions {
        order: NodeOrder::Entropy,
        ..trim.graph_options(subject)
    };
    let graph = Graph::of(subject.profile, &nodes, &options, true).without_redundant_edges();
    let rows = Rows::new(subject, &nodes);
    let shown: rustc_hash::FxHashMap<NodeId, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(i, n)| (n.node, i + 1))
        .collect();
    let edge = |e: &crate::analyze::Edge| {
        let (from, to) = (*shown.get(&e.from)?, *shown.get(&e.to)?);
        let weight = e.weight;
        Some(EdgeRow {
            from,
            to,
            weight,
            residual: e.residual,
            inline: e.inline,
        })
    };
    let all = graph.before_count + graph.dropped;
    let mut view = GraphView {
        schema: "perfplan.graph/1",
        opening: Opening::of(subject),
        granularity: subject.granularity.name(),
        rows_total: all,
        rows_hidden: all - graph.nodes.len(),
        nodes: graph
            .nodes
            .iter()
            .enumerate()
            .map(|(i, n)| NodeRow {
                id: i + 1,
                row: rows.row(n),
            })
            .collect(),
        edges: graph.edges.iter().filter_map(edge).collect(),
        drawn: DrawnGraph::default(),
    };
    let unit = subject.unit_of(&graph.nodes);
    let head = head_text(subject, &graph, trim, &unit);
    view.drawn = view.drawing(subject, &unit, &head);
    view
}

impl GraphView<'_> {
    /// The graph with its texts, for a picture.
    pub fn drawn(&self) -> &DrawnGraph {
        &self.drawn
    }

    fn drawing(&self, subject: &Subject, unit: &str, head: &str) -> DrawnGraph {
        let total = subject.total;
        let label = |value: i64| subject.text(value, unit);
        let part = |value: i64| percent(value, total).trim().to_string();
        let share = |value: i64| {
            super::names::share(value, total)
                .unwrap_or_default()
                .clamp(-1.0, 1.0)
        };
        let node = |n: &NodeRow| {
            let (flat, cum) = (n.row.flat, n.row.cum);
            let mut lines = vec![format!("{} ({})", label(flat), part(flat))];
            if flat != cum {
                lines.push(format!("of {} ({})", label(cum), part(cum)));
            }
            DrawnNode {
                name: crate::error::printable(n.row.name.as_bytes()),
                lines,
                flat: share(flat),
                cum: share(cum),
            }
        };
        let edge = |e: &EdgeRow| DrawnEdge {
            from: e.from - 1,
            to: e.to - 1,
            label: label(e.weight),
            share: share(e.weight),
            inline: e.inline,
            residual: e.residual,
        };
        DrawnGraph {
            head: head.lines().map(str::to_string).collect(),
            nodes: self.nodes.iter().map(node).collect(),
            edges: self.edges.iter().map(edge).collect(),
        }
    }

    /// The graph for Graphviz: boxes grow with flat weight and redden with cum, lines thicken with the weight of
    /// the call, a dotted one goes over nodes that are not shown.
    pub fn dot(&self) -> String {
        let mut out = String::from("digraph perfplan {\n");
        let head: String = self.drawn.head.iter().map(|l| escaped(l) + "\\l").collect();
        out.push_str(&format!(
            "  graph [label=\"{head}\" labelloc=t labeljust=l fontname=\"sans-serif\"]\n"
        ));
        out.push_str("  node [shape=box style=filled fontname=\"sans-serif\"]\n");
        out.push_str("  edge [fontname=\"sans-serif\" fontsize=10]\n");
        for (n, row) in self.drawn.nodes.iter().zip(&self.nodes) {
            out.push_str(&format!(
                "  N{} [label=\"{}\\n{}\" tooltip=\"{}\" fontsize={} color=\"{}\" fillcolor=\"{}\"]\n",
                row.id,
                n.name_lines()
                    .iter()
                    .map(|l| escaped(l))
                    .collect::<Vec<_>>()
                    .join("\\n"),
                n.lines.join("\\n"),
                escaped(&n.name),
                n.font_size(),
                n.border(),
                n.fill()
            ));
        }
        for (e, row) in self.drawn.edges.iter().zip(&self.edges) {
            out.push_str(&format!(
                "  N{} -> N{} [label=\" {}{}\" weight={} penwidth={} color=\"{}\"{}]\n",
                row.from,
                row.to,
                e.label,
                if e.inline { "\\n (inline)" } else { "" },
                1 + (e.share.abs() * 100.0) as u32,
                e.width(),
                e.color(),
                if e.residual { " style=dotted" } else { "" }
            ));
        }
        out.push_str("}\n");
        out
    }

    /// A line per call: caller, callee, weight. Nodes without calls are not in it.
    pub fn csv(&self) -> String {
        let name = |id: usize| {
            self.nodes
                .get(id - 1)
                .map(|n| n.row.name.clone())
                .unwrap_or_default()
        };
        let row = |e: &EdgeRow| {
            let (residual, inline) = (e.residual.to_string(), e.inline.to_string());
            vec![name(e.from), name(e.to), e.weight.to_string(), residual, inline]
        };
        csv(
            &["from", "to", "weight", "residual", "inline"],
            self.edges.iter().map(row),
        )
    }
}

/// A text between the quotes of DOT.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
