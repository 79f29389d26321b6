//! Hot paths: by which entry points the resources are spent, and along which calls.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lines::SourceLines;
use super::resource::{Column, columns, framework_waits};
use super::{Context, HotLine, HotPath, PathStep, Priority, Resource, Share};
use crate::analyze::{
    CallTree, Entry, EntryKind, Granularity, Node, Nodes, Selection, charged_lines, entry_of, heat, is_std,
};
use crate::error::printable;
use crate::profile::{Profile, package_of};

/// Largest share of a path in the background from which its priority is medium, and above which it is high.
const MEDIUM_PRIORITY: f64 = 0.05;
const HIGH_PRIORITY: f64 = 0.15;

/// Where the share of an entry comes from.
struct Spent<'a> {
    profile: &'a Profile,
    column: Column,
    /// The entry of every sample, and which one this is; `u32::MAX` marks samples that are left out.
    of_sample: Rc<[u32]>,
    entry: u32,
    share: Share,
}

impl Spent<'_> {
    /// For every sample whether it belongs to the entry.
    fn selected(&self) -> Vec<bool> {
        self.of_sample.iter().map(|entry| *entry == self.entry).collect()
    }
}

/// Entry points above the hot path share of any resource, request paths first, then by their largest share.
pub(super) fn hot_paths(context: &Context<'_>) -> Vec<HotPath> {
    let mut by_entry: BTreeMap<Entry, Vec<Spent<'_>>> = BTreeMap::new();
    for input in &context.evidence.profiles.iter().collect::<Vec<_>>() {
        spend(&input.profile, &mut by_entry);
    }
    let source = context.source_lines();
    let mut paths: Vec<HotPath> = by_entry
        .into_iter()
        .filter(|(_, spent)| {
            spent
                .iter()
                .any(|s| s.share.share >= context.policy.hot_path_share)
        })
        .map(|(entry, spent)| hot_path(context, &entry, spent, &source))
        .collect();
    let largest = |p: &HotPath| p.shares.iter().map(|s| s.share).fold(0.0, f64::max);
    paths.sort_by(|a, b| {
        a.kind
            .cmp(&b.kind)
            .then(largest(b).total_cmp(&largest(a)))
            .then_with(|| a.entry.cmp(&b.entry))
    });
    paths
}

/// Adds what every entry of a profile has of each of its resources.
fn spend<'a>(profile: &'a Profile, by_entry: &mut BTreeMap<Entry, Vec<Spent<'a>>>) {
    let (of_sample, entries) = entry_of(profile);
    let idle = framework_waits(profile);
    let parts = |index: usize| {
        let mut sums = vec![0i64; entries.len()];
        for (sample, entry) in of_sample.iter().enumerate().filter(|(s, _)| !idle[*s]) {
            sums[*entry as usize] += profile.samples.value(sample, index);
        }
        sums
    };
    let marked = of_sample
        .iter()
        .zip(&idle)
        .map(|(entry, idle)| if *idle { u32::MAX } else { *entry });
    let shared: Rc<[u32]> = marked.collect();
    // Objects are sampled by their bytes, so these tell how many samples stand behind them.
    let bytes = profile
        .type_named("alloc_space")
        .map(|index| (parts(index), profile.total(index)));
    for column in columns(profile) {
        let sums = parts(column.index);
        for (id, entry) in entries.iter().enumerate() {
            if sums[id] > 0 && counts(entry, column.resource, profile) {
                let share = match (&bytes, column.resource) {
                    (Some((parts, total)), Resource::AllocatedObjects) => {
                        column.share_behind(sums[id], parts[id] as f64 / (*total).max(1) as f64)
                    }
                    _ => column.share(sums[id]),
                };
                by_entry.entry(entry.clone()).or_default().push(Spent {
                    profile,
                    column,
                    of_sample: Rc::clone(&shared),
                    entry: id as u32,
                    share,
                });
            }
        }
    }
}

/// Whether a share says something. Of anything but processor time, what the runtime, the standard library's own
/// goroutines and a test binary's wait for its benchmarks have says nothing of the program.
fn counts(entry: &Entry, resource: Resource, profile: &Profile) -> bool {
    let idle = !matches!(resource, Resource::Cpu | Resource::Wall | Resource::Other);
    let is_framework = package_of(&entry.function).is_none_or(|p| is_std(&p));
    let is_test_main = entry.kind == EntryKind::Main && profile.binary().ends_with(".test");
    !(idle && (is_framework || is_test_main || entry.kind == EntryKind::Runtime))
}

fn hot_path(
    context: &Context<'_>,
    entry: &Entry,
    mut spent: Vec<Spent<'_>>,
    source: &SourceLines<'_>,
) -> HotPath {
    spent.sort_by_key(|s| s.share.resource);
    // The first resource that makes the path hot comes first: its calls and lines are shown.
    if let Some(hot) = spent
        .iter()
        .position(|s| s.share.share >= context.policy.hot_path_share)
    {
        spent[..=hot].rotate_right(1);
    }
    let shares: Vec<Share> = spent.iter().map(|s| s.share.clone()).collect();
    let first = spent.first();
    HotPath {
        path: first.map_or_else(Vec::new, |s| heaviest_path(entry, s)),
        lines: lines_of_all(context, &spent, source),
        entry: printable(entry.function.as_bytes()),
        kind: entry.kind,
        priority: priority(entry.kind, &shares),
        shares,
    }
}

/// Of a path in the background, by its largest share.
fn priority(kind: EntryKind, shares: &[Share]) -> Option<Priority> {
    use EntryKind::{Goroutine, Init, Runtime, Unknown};
    let is_background = matches!(kind, Goroutine | Init | Runtime | Unknown);
    let largest = shares.iter().map(|part| part.share).fold(0.0, f64::max);
    is_background.then_some(match largest {
        part if part > HIGH_PRIORITY => Priority::High,
        part if part >= MEDIUM_PRIORITY => Priority::Medium,
        _ => Priority::Low,
    })
}

/// The chain of calls in which each holds at least half of its caller's weight, then the calls at the branch
/// point that hold a tenth of the entry. Frames before the entry are left out.
fn heaviest_path(entry: &Entry, spent: &Spent<'_>) -> Vec<PathStep> {
    let nodes = Nodes::of(spent.profile, Granularity::Functions);
    let selected = spent.selected();
    let selection = Selection::Only(&selected);
    let tree = CallTree::of(spent.profile, &nodes, spent.column.index, selection, 1, 512);
    let name = |i: usize| {
        tree.nodes[i]
            .node
            .map_or_else(String::new, |id| nodes.get(id).printable())
    };
    let whole = tree.nodes[0].value.max(1) as f64;
    let share = |i: usize| tree.nodes[i].value as f64 / whole;
    let mut chain = Vec::new();
    let mut at = 0;
    while let Some(next) = tree.heaviest_child(at) {
        if share(next) < share(at) / 2.0 || share(next) < 0.1 {
            break;
        }
        chain.push(next);
        at = next;
    }
    let start = chain
        .iter()
        .position(|i| name(*i).starts_with(&entry.function))
        .unwrap_or(0);
    let mut steps: Vec<_> = (0u32..)
        .zip(&chain[start..])
        .map(|(depth, i)| PathStep {
            depth,
            function: name(*i),
            share: share(*i),
        })
        .collect();
    let depth = steps.len() as u32;
    let mut branches: Vec<usize> = tree.children(at).filter(|c| share(*c) >= 0.1).collect();
    branches.sort_by(|a, b| {
        tree.nodes[*b]
            .value
            .cmp(&tree.nodes[*a].value)
            .then_with(|| a.cmp(b))
    });
    steps.extend(branches.iter().map(|c| PathStep {
        depth,
        function: name(*c),
        share: share(*c),
    }));
    steps
}

/// The lines of the first resource, then those of others that are waited for: where memory goes is told by the
/// sites.
fn lines_of_all(context: &Context<'_>, spent: &[Spent<'_>], source: &SourceLines<'_>) -> Vec<HotLine> {
    let allocated = allocated(context, spent);
    let is_waited = |s: &&Spent<'_>| {
        let waited = matches!(s.share.resource, Resource::BlockDelay | Resource::MutexDelay);
        waited && s.share.share >= context.policy.hot_path_share
    };
    let others = spent.iter().skip(1).filter(is_waited);
    spent
        .iter()
        .take(1)
        .chain(others)
        .flat_map(|s| hot_lines(context, s, &allocated, source))
        .collect()
}

/// Objects and bytes by line below this entry.
fn allocated(context: &Context<'_>, spent: &[Spent<'_>]) -> BTreeMap<Node, [i64; 2]> {
    let mut lines: BTreeMap<Node, [i64; 2]> = BTreeMap::new();
    let columns = [(0, Resource::AllocatedObjects), (1, Resource::AllocatedBytes)];
    for (at, resource) in columns {
        for part in spent.iter().filter(|s| s.column.resource == resource) {
            let nodes = Nodes::of(part.profile, Granularity::Lines);
            let prefix = context.prefix.as_deref();
            for (node, value) in
                charged_lines(part.profile, &nodes, part.column.index, &part.selected(), prefix)
            {
                lines.entry(nodes.get(node).clone()).or_default()[at] += value;
            }
        }
    }
    lines
}

/// The user's lines by what is charged to them.
fn hot_lines(
    context: &Context<'_>,
    spent: &Spent<'_>,
    allocated: &BTreeMap<Node, [i64; 2]>,
    source: &SourceLines<'_>,
) -> Vec<HotLine> {
    let profile = spent.profile;
    let nodes = Nodes::of(profile, Granularity::Lines);
    let index = spent.column.index;
    let heat = heat(profile, &nodes, index, Selection::Only(&spent.selected()));
    let part = |value: i64| value as f64 / spent.column.total.max(1) as f64;
    let charged = charged_lines(
        profile,
        &nodes,
        index,
        &spent.selected(),
        context.prefix.as_deref(),
    );
    let worth = |(_, value): &&(crate::analyze::NodeId, i64)| part(*value) >= context.policy.line_share;
    let line = |(id, value): &(crate::analyze::NodeId, i64)| {
        let node = nodes.get(*id);
        let (function, file) = (printable(&node.function), printable(&node.file));
        let here = allocated.get(node);
        let row = heat.row(*id);
        HotLine {
            source: source.text(node),
            line: node.line,
            charged: spent.column.share(*value),
            flat: part(row.map_or(0, |r| r.flat)),
            cum: part(row.map_or(0, |r| r.cum)),
            objects: here.map(|a| a[0]),
            bytes: here.map(|a| a[1]),
            function,
            file,
        }
    };
    charged
        .iter()
        .filter(worth)
        .take(context.policy.most_lines)
        .map(line)
        .collect()
}
