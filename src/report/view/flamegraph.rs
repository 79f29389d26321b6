//! The calls from the root as data: `perfplan flamegraph --format json`.

use serde::Serialize;

use super::Subject;
use super::head::Opening;
use crate::analyze::{CallTree, Nodes, Selection};
use crate::error::lossless;

/// The calls: the schema `perfplan.flamegraph/1`.
#[derive(Debug, Clone, Serialize)]
pub struct FlamegraphView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    granularity: &'static str,
    /// The calls, depth first, those of one caller by name; the first is the root.
    pub nodes: Vec<CallRow>,
}

/// A function where it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// Its number, from 0.
    pub id: u32,
    /// The number of its caller, null for the root.
    pub parent: Option<u32>,
    /// Name; `root` for the root, which stands for everything.
    pub name: String,
    /// Weight of all samples below it.
    pub value: i64,
    /// Weight of the samples that end here.
    #[serde(rename = "self")]
    pub own: i64,
    /// Calls from the root, 0 for the root.
    pub depth: u32,
}

/// Every call of the profile; nothing is left out. Samples without a stack are in no call.
pub fn flamegraph<'a>(subject: &Subject<'a>) -> FlamegraphView<'a> {
    let nodes = Nodes::of(subject.profile, subject.granularity);
    let tree = CallTree::of(
        subject.profile,
        &nodes,
        subject.index,
        Selection::All,
        0,
        u32::MAX,
    );
    let names: Vec<String> = nodes
        .nodes
        .iter()
        .map(|n| lossless(&n.name()).into_owned())
        .collect();
    let row = |(id, call): (usize, &crate::analyze::TreeNode)| CallRow {
        id: id as u32,
        parent: call.node.map(|_| call.parent),
        name: call
            .node
            .map_or_else(|| "root".to_string(), |node| names[node.index()].clone()),
        value: call.value,
        own: call.own,
        depth: call.depth,
    };
    FlamegraphView {
        schema: "perfplan.flamegraph/1",
        opening: Opening::of(subject),
        granularity: subject.granularity.name(),
        nodes: tree.nodes.iter().enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Shown;
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    #[test]
    fn calls_stand_under_their_callers_by_name() {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let [main, run, gc] = ["main", "run", "gc"].map(|name| b.frame(name, "", 0));
        b.sample([run, main], &[3], []);
        b.sample([gc, main], &[2], []);
        b.sample([main], &[1], []);
        let shown = Shown::of(b.finish());
        let view = flamegraph(&shown.subject());
        let rows: Vec<_> = view
            .nodes
            .iter()
            .map(|r| (r.name.as_str(), r.parent, r.value, r.own, r.depth))
            .collect();
        let expect = [
            ("root", None, 6, 0, 0),
            ("main", Some(0), 6, 1, 1),
            ("gc", Some(1), 2, 2, 2),
            ("run", Some(1), 3, 3, 2),
        ];
        assert_eq!(rows, expect);
        let json = serde_json::to_value(&view).expect("JSON");
        assert_eq!(json["nodes"][1]["self"], 1);
    }
}
