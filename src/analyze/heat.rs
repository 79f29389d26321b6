//! Flat and cumulative weight of nodes, straight from the columns.

use std::collections::HashMap;

use super::{NodeId, Nodes};
use crate::profile::Profile;

/// Weight of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeatRow {
    /// Which node.
    pub node: NodeId,
    /// Weight of the samples whose leaf it is.
    pub flat: i64,
    /// Weight of the samples in which it occurs, once per sample.
    pub cum: i64,
    /// Number of sample records behind `flat`.
    pub flat_samples: u64,
    /// Number of sample records behind `cum`.
    pub cum_samples: u64,
}

/// Weight of all nodes for one sample type.
#[derive(Debug, Clone, Default)]
pub struct Heat {
    /// Sum of absolute values over all selected samples, those with empty stacks included: shares are shares
    /// of this.
    pub total: i64,
    /// Number of selected sample records with a value.
    pub samples: u64,
    /// Nodes with flat or cum ≠ 0, by |flat| descending, then name, then |cum| descending.
    pub rows: Vec<HeatRow>,
}

impl Heat {
    /// The row of a node.
    pub fn row(&self, node: NodeId) -> Option<&HeatRow> {
        self.rows.iter().find(|r| r.node == node)
    }

    /// The rows by |cum| descending, then name, then |flat| descending.
    pub fn by_cum(&self, nodes: &Nodes) -> Vec<HeatRow> {
        let mut rows = self.rows.clone();
        sort_rows(&mut rows, nodes, |r| {
            (r.cum.unsigned_abs(), r.flat.unsigned_abs())
        });
        rows
    }

    /// Sum of the flat weights.
    pub fn flat_sum(&self) -> i64 {
        self.rows.iter().map(|r| r.flat).sum()
    }
}

/// Which samples count: all, or those of a list of flags by sample.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    /// All of them.
    All,
    /// Those whose flag is set.
    Only(&'a [bool]),
}

impl Selection<'_> {
    #[inline]
    fn has(&self, sample: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(flags) => flags[sample],
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Cell {
    cum: i64,
    flat: i64,
    cum_samples: u32,
    flat_samples: u32,
    /// The last sample that touched it, + 1: recursion counts once without a set.
    mark: u32,
}

/// Flat and cumulative weight per node for a sample type: the leaf gets the flat weight, every distinct node
/// of a stack gets the cumulative weight once. Sums fit, for the profile was checked when it was read.
pub fn heat(profile: &Profile, nodes: &Nodes, index: usize, selection: Selection<'_>) -> Heat {
    let mut cells = vec![Cell::default(); nodes.len()];
    let mut heat = Heat::default();
    let samples = &profile.samples;
    for sample in 0..samples.len() {
        let value = samples.value(sample, index);
        if value == 0 || !selection.has(sample) {
            continue;
        }
        heat.total = heat.total.saturating_add(value.saturating_abs());
        heat.samples += 1;
        let mark = sample as u32 + 1;
        let mut is_leaf = true;
        for location in samples.stack(sample) {
            for node in nodes.frames(location) {
                let cell = &mut cells[node.index()];
                if std::mem::take(&mut is_leaf) {
                    cell.flat += value;
                    cell.flat_samples += 1;
                }
                if cell.mark != mark {
                    cell.mark = mark;
                    cell.cum += value;
                    cell.cum_samples += 1;
                }
            }
        }
    }
    heat.rows = rows_of(&cells);
    sort_rows(&mut heat.rows, nodes, |r| {
        (r.flat.unsigned_abs(), r.cum.unsigned_abs())
    });
    heat
}

fn rows_of(cells: &[Cell]) -> Vec<HeatRow> {
    let row = |(i, c): (usize, &Cell)| HeatRow {
        node: NodeId(i as u32),
        flat: c.flat,
        cum: c.cum,
        flat_samples: u64::from(c.flat_samples),
        cum_samples: u64::from(c.cum_samples),
    };
    cells
        .iter()
        .enumerate()
        .map(row)
        .filter(|r| r.flat != 0 || r.cum != 0)
        .collect()
}

/// Larger key first, then by printable name, then the second key: a total order, so that output is the same
/// each time.
fn sort_rows(rows: &mut [HeatRow], nodes: &Nodes, key: impl Fn(&HeatRow) -> (u64, u64)) {
    rows.sort_by_cached_key(|r| {
        let (first, second) = key(r);
        let node = nodes.get(r.node);
        (
            std::cmp::Reverse(first),
            node.printable(),
            std::cmp::Reverse(second),
            node.clone(),
        )
    });
}

/// How the calls to a node were compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inlining {
    /// No incoming edge is inlined, or there is none.
    #[default]
    No,
    /// Some incoming edges are.
    Some,
    /// All incoming edges are.
    All,
}

impl Inlining {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Some => "some",
            Self::All => "all",
        }
    }
}

/// For every node whether its callers inlined it. An edge is inlined if it was so in every sample; only nodes
/// that were inlined somewhere need a look at all of their callers.
pub fn inlining(profile: &Profile, nodes: &Nodes, index: usize) -> Vec<Inlining> {
    let candidates = inlined_somewhere(profile, nodes);
    let mut edges: HashMap<(NodeId, NodeId), bool> = HashMap::new();
    for sample in 0..profile.samples.len() {
        if profile.samples.value(sample, index) != 0 {
            inline_edges(profile, nodes, sample, &candidates, &mut edges);
        }
    }
    let mut counts = vec![(0u32, 0u32); nodes.len()];
    #[expect(clippy::iter_over_hash_type, reason = "counts do not depend on the order")]
    for ((_, callee), inline) in &edges {
        let (inlined, all) = &mut counts[callee.index()];
        *inlined += u32::from(*inline);
        *all += 1;
    }
    let verdict = |(inlined, all): (u32, u32)| match inlined {
        0 => Inlining::No,
        n if n == all => Inlining::All,
        _ => Inlining::Some,
    };
    counts.into_iter().map(verdict).collect()
}

fn inlined_somewhere(profile: &Profile, nodes: &Nodes) -> Vec<bool> {
    let mut somewhere = vec![false; nodes.len()];
    for location in 0..profile.locations.len() {
        let frames = nodes.frames(crate::profile::LocationId(location as u32));
        frames[..frames.len() - 1]
            .iter()
            .for_each(|n| somewhere[n.index()] = true);
    }
    somewhere
}

fn inline_edges(
    profile: &Profile,
    nodes: &Nodes,
    sample: usize,
    candidates: &[bool],
    edges: &mut HashMap<(NodeId, NodeId), bool>,
) {
    // The callee seen last, and whether the next frame is in the same location: then it was inlined into it.
    let mut callee: Option<NodeId> = None;
    for location in profile.samples.stack(sample) {
        for (i, caller) in nodes.frames(location).iter().enumerate() {
            let edge = callee.filter(|c| candidates[c.index()] && c != caller);
            if let Some(callee) = edge {
                *edges.entry((*caller, callee)).or_insert(true) &= i > 0;
            }
            callee = Some(*caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::Granularity;
    use crate::profile::{Format, ProfileBuilder};

    fn recursive() -> Profile {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let (main, f, g) = (
            b.frame("main", "m.go", 1),
            b.frame("f", "m.go", 2),
            b.frame("g", "m.go", 3),
        );
        b.sample([f, g, f, main], &[3], []);
        b.sample([g, main], &[4], []);
        b.sample([], &[1], []);
        b.sample([main], &[0], []);
        b.finish()
    }

    #[test]
    fn recursion_counts_once_and_flat_adds_up() {
        let profile = recursive();
        let nodes = Nodes::of(&profile, Granularity::Functions);
        let heat = heat(&profile, &nodes, 0, Selection::All);
        let rows: Vec<_> = heat
            .rows
            .iter()
            .map(|r| (nodes.get(r.node).printable(), r.flat, r.cum))
            .collect();
        assert_eq!(
            rows,
            [("g".into(), 4, 7), ("f".into(), 3, 3), ("main".into(), 0, 7)]
        );
        assert_eq!((heat.total, heat.flat_sum(), heat.samples), (8, 7, 3));
    }

    #[test]
    fn a_selection_leaves_the_others_out() {
        let profile = recursive();
        let nodes = Nodes::of(&profile, Granularity::Functions);
        let heat = heat(&profile, &nodes, 0, Selection::Only(&[true, false, false, true]));
        assert_eq!((heat.total, heat.rows.len()), (3, 3));
    }
}
