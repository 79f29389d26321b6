//! Places of boxes and lines, in layers from callers to callees, by dagre.

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point, layout};

use super::{DrawnEdge, DrawnNode};

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Centres of the boxes.
    pub(super) nodes: Vec<(f64, f64)>,
    pub(super) edges: Vec<EdgePlace>,
}

/// The bends of a line, ends included, and the centre of its label.
#[derive(Debug, Default)]
pub(super) struct EdgePlace {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) label: Option<(f64, f64)>,
}

pub(super) fn place(nodes: &[DrawnNode], edges: &[&DrawnEdge]) -> Places {
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions {
        directed: true,
        multigraph: false,
        compound: false,
    });
    for i in from_callers(nodes.len(), edges) {
        let (width, height) = nodes[i].size();
        graph.set_node(
            i.to_string(),
            Some(NodeLabel {
                width,
                height,
                ..NodeLabel::default()
            }),
        );
    }
    for edge in edges {
        let weight = 1 + (edge.share.abs() * 20.0) as i32;
        let label = EdgeLabel {
            weight,
            ..EdgeLabel::default()
        };
        graph.set_edge(edge.from.to_string(), edge.to.to_string(), Some(label), None);
    }
    layout(
        &mut graph,
        Some(LayoutOptions {
            nodesep: 16.0,
            ranksep: 44.0,
            edgesep: 6.0,
            ..Default::default()
        }),
    );
    let centre = |i: usize| {
        let node = graph.node(&i.to_string());
        node.map_or((0.0, 0.0), |n| (n.x.unwrap_or_default(), n.y.unwrap_or_default()))
    };
    let mut places = Places {
        nodes: (0..nodes.len()).map(centre).collect(),
        ..Places::default()
    };
    for edge in edges {
        let label = graph.edge(&edge.from.to_string(), &edge.to.to_string(), None);
        let at = |p: &Point| (p.x, p.y);
        places
            .edges
            .push(label.map_or_else(EdgePlace::default, |l| EdgePlace {
                points: l.points.iter().map(at).collect(),
                label: middle(&l.points),
            }));
    }
    for (node, (x, y)) in nodes.iter().zip(&places.nodes) {
        let (width, height) = node.size();
        places.width = places.width.max(x + width / 2.0);
        places.height = places.height.max(y + height / 2.0);
    }
    places
}

/// The nodes in the order in which calls reach them, entered first by those that nobody calls: of a cycle the call
/// that leads back is then the one drawn upwards.
pub(super) fn from_callers(nodes: usize, edges: &[&DrawnEdge]) -> Vec<usize> {
    let mut callees: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut is_called = vec![false; nodes];
    for edge in edges {
        callees[edge.from].push(edge.to);
        is_called[edge.to] = true;
    }
    let (called, entries): (Vec<usize>, Vec<usize>) = (0..nodes).partition(|i| is_called[*i]);
    let mut order = Vec::with_capacity(nodes);
    let mut seen = vec![false; nodes];
    let mut pending: Vec<usize> = entries.into_iter().chain(called).rev().collect();
    while let Some(node) = pending.pop() {
        if !std::mem::replace(&mut seen[node], true) {
            order.push(node);
            pending.extend(callees[node].iter().rev());
        }
    }
    order
}

/// Half way along a line.
fn middle(points: &[Point]) -> Option<(f64, f64)> {
    let length = |pair: &[Point]| match pair {
        [a, b] => (a.x - b.x).hypot(a.y - b.y),
        _ => 0.0,
    };
    let mut left = points.windows(2).map(length).sum::<f64>() / 2.0;
    for pair in points.windows(2) {
        let along = length(pair);
        if let ([a, b], true) = (pair, left <= along && along > 0.0) {
            let part = left / along;
            return Some((a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part));
        }
        left -= along;
    }
    None
}
