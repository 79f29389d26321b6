use super::*;
use crate::analyze::Granularity;
use crate::profile::{Format, ProfileBuilder};

fn options() -> GraphOptions {
    GraphOptions {
        index: 0,
        mean: false,
        drop_negative: false,
        order: NodeOrder::Flat,
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
        order: NodeOrder::Cum,
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
