use super::layout::from_callers;
use super::*;

fn node(name: &str, flat: f64, cum: f64) -> DrawnNode {
    DrawnNode {
        name: name.to_string(),
        lines: vec!["1s (10%)".into()],
        flat,
        cum,
    }
}

fn edge(from: usize, to: usize) -> DrawnEdge {
    DrawnEdge {
        from,
        to,
        label: "1s".into(),
        share: 0.5,
        inline: false,
        residual: false,
    }
}

fn graph() -> DrawnGraph {
    DrawnGraph {
        head: vec!["Type: cpu".into()],
        nodes: vec![
            node("a/b.leaf<T>", 0.5, 0.5),
            node("main.main", 0.0, 1.0),
            node("main.loop", 0.1, 0.9),
        ],
        edges: vec![edge(1, 2), edge(2, 0), edge(0, 2)],
    }
}

#[test]
fn callers_stand_above_callees_and_a_cycle_leads_back_up() {
    let graph = graph();
    let edges: Vec<_> = graph.edges.iter().collect();
    assert_eq!(from_callers(3, &edges), [1, 2, 0]);
    let places = place(&graph.nodes, &edges);
    let heights: Vec<f64> = places.nodes.iter().map(|p| p.1).collect();
    assert!(heights[1] < heights[2] && heights[2] < heights[0], "{heights:?}");
}

#[test]
fn every_name_is_drawn_and_escaped() {
    let svg = callgraph_svg(&graph());
    for text in ["leaf&lt;T&gt;", "main.main", "main.loop", "Type: cpu"] {
        assert!(svg.contains(text), "{text}");
    }
    assert_eq!(svg.matches("<rect").count(), 4);
    assert_eq!(svg, callgraph_svg(&graph()));
}

#[test]
fn of_a_huge_graph_the_first_nodes_are_drawn_and_the_head_says_so() {
    let nodes = (0..MAX_NODES + 5)
        .map(|i| node(&format!("f{i}"), 0.0, 0.0))
        .collect();
    let svg = callgraph_svg(&DrawnGraph {
        nodes,
        ..DrawnGraph::default()
    });
    assert!(svg.contains(&format!("the first {MAX_NODES} of {} nodes", MAX_NODES + 5)));
    assert_eq!(svg.matches("<rect").count(), MAX_NODES + 1);
}

#[test]
fn names_are_split_at_their_package() {
    let lines = |name: &str| node(name, 0.0, 0.0).name_lines();
    assert_eq!(lines("encoding/json.(*T).get"), ["encoding/json", "(*T).get"]);
    assert_eq!(lines("a/b.Map[go.shape.x/y.T]"), ["a/b", "Map[go.shape.x/y.T]"]);
    assert_eq!(lines("main.run"), ["main.run"]);
    assert!(lines(&"x".repeat(100))[0].contains('…'));
}
