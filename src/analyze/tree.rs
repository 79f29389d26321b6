//! The one tree of calls, made by partitioning the samples from the root down.
//!
//! ```text
//!  samples  main f g        main ─┬─ f ─── g     every group of samples with a common prefix is one node;
//!           main f                └─ h           its samples are split by the next frame, the heavy groups
//!           main h                               are kept, the others stay as weight of their parent
//! ```
//! A trie over (parent, location) would cost a hash per frame; partitioning costs a count per frame.

use super::{NodeId, Nodes, Selection};
use crate::profile::{Profile, Stack};

/// A node of the tree: a chain of calls from the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeNode {
    /// What is called; `None` for the root, which stands for everything.
    pub node: Option<NodeId>,
    /// Index of the caller; the root's is itself.
    pub parent: u32,
    /// Calls from the root; 0 for the root.
    pub depth: u32,
    /// Weight of all samples below it.
    pub value: i64,
    /// Weight of the samples that end here.
    pub own: i64,
    /// Number of sample records below it.
    pub samples: u32,
    /// Index after its last descendant: its subtree is `index..end`.
    pub end: u32,
}

/// Calls from the root, depth first, the children of a node by printable name.
#[derive(Debug, Clone)]
pub struct CallTree {
    /// The nodes; the first is the root.
    pub nodes: Vec<TreeNode>,
    /// Number of subtrees that were lighter than the threshold and were left out.
    pub pruned: u64,
    /// Number of subtrees below the depth limit that were left out.
    pub too_deep: u64,
}

/// What is worth a node.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    min_value: i64,
    max_depth: u32,
}

/// A sample on its way from the root: what is left of its stack.
#[derive(Clone)]
struct Cursor<'a> {
    stack: Stack<'a>,
    frames: &'a [NodeId],
    value: i64,
}

impl<'a> Cursor<'a> {
    /// The next frame away from the root.
    fn step(&mut self, nodes: &'a Nodes) -> Option<NodeId> {
        if self.frames.is_empty() {
            self.frames = nodes.frames(self.stack.pop_root()?);
        }
        let (last, rest) = self.frames.split_last()?;
        self.frames = rest;
        Some(*last)
    }
}

/// A group of samples that still has to become a node.
struct Group<'a> {
    node: Option<NodeId>,
    parent: u32,
    depth: u32,
    cursors: Vec<Cursor<'a>>,
}

impl CallTree {
    /// The tree of a sample type. Subtrees of less than `min_value` and those deeper than `max_depth` are left
    /// out and counted; their weight stays in their callers. Samples of value 0 and empty stacks are left out.
    pub fn of(
        profile: &Profile,
        nodes: &Nodes,
        index: usize,
        selection: Selection<'_>,
        min_value: i64,
        max_depth: u32,
    ) -> Self {
        let bounds = Bounds { min_value, max_depth };
        let names = name_ranks(nodes);
        let mut tree = Self {
            nodes: Vec::new(),
            pruned: 0,
            too_deep: 0,
        };
        let cursors = start(profile, index, selection);
        let mut waiting = vec![Group {
            node: None,
            parent: 0,
            depth: 0,
            cursors,
        }];
        // A stack of groups instead of recursion: a stack of a million frames is a legal profile.
        while let Some(group) = waiting.pop() {
            tree.open(group, nodes, &names, bounds, &mut waiting);
        }
        tree.close();
        tree
    }

    fn open<'a>(
        &mut self,
        group: Group<'a>,
        nodes: &'a Nodes,
        names: &[u32],
        bounds: Bounds,
        waiting: &mut Vec<Group<'a>>,
    ) {
        let at = self.nodes.len() as u32;
        let value = group.cursors.iter().map(|c| c.value).sum();
        let samples = group.cursors.len() as u32;
        let (own, mut children) = split(group.cursors, nodes);
        let Group {
            node, parent, depth, ..
        } = Group {
            cursors: Vec::new(),
            ..group
        };
        self.nodes.push(TreeNode {
            node,
            parent,
            depth,
            value,
            own,
            samples,
            end: 0,
        });
        let before = children.len();
        children.retain(|(_, cursors)| {
            cursors.iter().map(|c| c.value).sum::<i64>().saturating_abs() >= bounds.min_value
        });
        self.pruned += (before - children.len()) as u64;
        if depth >= bounds.max_depth {
            self.too_deep += children.len() as u64;
            return;
        }
        // Last name first, for the waiting groups are taken from the end.
        children.sort_by_key(|(node, _)| std::cmp::Reverse(names[node.index()]));
        let group = |(node, cursors)| Group {
            node: Some(node),
            parent: at,
            depth: depth + 1,
            cursors,
        };
        waiting.extend(children.into_iter().map(group));
    }

    /// Sets the ends of all subtrees, from the last node to the first.
    fn close(&mut self) {
        for i in (0..self.nodes.len()).rev() {
            let end = self.nodes[i].end.max(i as u32 + 1);
            self.nodes[i].end = end;
            let parent = self.nodes[i].parent as usize;
            self.nodes[parent].end = self.nodes[parent].end.max(end);
        }
    }

    /// The direct callees of a node, by name.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[node].end as usize;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.nodes[child].end as usize;
            Some(child)
        })
    }

    /// The heaviest callee of a node; the first by name among equals.
    pub fn heaviest_child(&self, node: usize) -> Option<usize> {
        self.children(node)
            .max_by_key(|c| (self.nodes[*c].value.unsigned_abs(), std::cmp::Reverse(*c)))
    }
}

fn start<'a>(profile: &'a Profile, index: usize, selection: Selection<'_>) -> Vec<Cursor<'a>> {
    let samples = &profile.samples;
    let selected = |s: &usize| match selection {
        Selection::All => true,
        Selection::Only(flags) => flags[*s],
    };
    (0..samples.len())
        .filter(selected)
        .filter(|s| samples.value(*s, index) != 0 && !samples.packed(*s).is_empty())
        .map(|s| Cursor {
            stack: samples.stack(s),
            frames: &[],
            value: samples.value(s, index),
        })
        .collect()
}

/// Splits samples by their next frame; what ends here is summed.
fn split<'a>(cursors: Vec<Cursor<'a>>, nodes: &'a Nodes) -> (i64, Vec<(NodeId, Vec<Cursor<'a>>)>) {
    let mut own = 0;
    let mut groups: Vec<(NodeId, Vec<Cursor<'a>>)> = Vec::new();
    let mut group_of: rustc_hash::FxHashMap<NodeId, usize> = rustc_hash::FxHashMap::default();
    for mut cursor in cursors {
        let Some(node) = cursor.step(nodes) else {
            own += cursor.value;
            continue;
        };
        let group = *group_of.entry(node).or_insert_with(|| {
            groups.push((node, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(cursor);
    }
    (own, groups)
}

/// The rank of every node by printable name, then by the rest of its identity.
fn name_ranks(nodes: &Nodes) -> Vec<u32> {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_cached_key(|i| (nodes.nodes[*i].printable(), nodes.nodes[*i].clone()));
    let mut ranks = vec![0; order.len()];
    for (rank, node) in order.into_iter().enumerate() {
        ranks[node] = rank as u32;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::Granularity;
    use crate::profile::{Format, ProfileBuilder};

    fn shown(min_value: i64, max_depth: u32) -> Vec<(String, u32, i64, i64)> {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let [main, f, f1, x] = ["main.main", "main.f", "main.f.func1", "x"].map(|n| b.frame(n, "", 0));
        b.sample([f, main], &[5], []);
        b.sample([x, f, main], &[10], []);
        b.sample([f1, main], &[7], []);
        b.sample([x, f, main], &[1], []);
        let profile = b.finish();
        let nodes = Nodes::of(&profile, Granularity::Functions);
        let tree = CallTree::of(&profile, &nodes, 0, Selection::All, min_value, max_depth);
        let name = |n: &TreeNode| n.node.map_or("root".into(), |id| nodes.get(id).printable());
        tree.nodes
            .iter()
            .map(|n| (name(n), n.depth, n.value, n.own))
            .collect()
    }

    #[test]
    fn a_function_stands_once_under_its_caller() {
        let expect = [
            ("root".to_string(), 0, 23, 0),
            ("main.main".into(), 1, 23, 0),
            ("main.f".into(), 2, 16, 5),
            ("x".into(), 3, 11, 11),
            ("main.f.func1".into(), 2, 7, 7),
        ];
        assert_eq!(shown(0, 100), expect);
    }

    #[test]
    fn light_and_deep_subtrees_stay_as_weight_of_their_callers() {
        let names = |rows: Vec<(String, u32, i64, i64)>| rows.into_iter().map(|r| r.0).collect::<Vec<_>>();
        assert_eq!(names(shown(8, 100)), ["root", "main.main", "main.f", "x"]);
        assert_eq!(names(shown(0, 1)), ["root", "main.main"]);
    }
}
