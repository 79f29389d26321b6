//! Weight of the lines of the functions that `list` shows.

use std::collections::BTreeMap;

use crate::profile::filter::Pattern;

use super::super::subject::Subject;
use super::nodes::{Group, ListNodes, Node};
use crate::profile::{Profile, StringId};

/// A function in a file, and what its lines weigh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights {
    /// Name as stored.
    pub(super) name: Vec<u8>,
    /// Trimmed and cleaned path, empty if unknown.
    pub(super) file: String,
    /// Path as stored.
    pub(super) stored_file: StringId,
    /// Least start line of those that are known, 0 if none is.
    pub(super) start_line: i64,
    /// Weight of the samples whose leaf is in it.
    pub(super) flat: i64,
    /// Weight of the samples with a line of it, once per sample.
    pub(super) cum: i64,
    /// The lines with a sample of weight, by number.
    pub(super) lines: BTreeMap<i64, LineWeight>,
    /// First line to show, from 1.
    pub(super) first: i64,
    /// Last line to show, if the text has it.
    pub(super) last: i64,
}

/// Weight of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LineWeight {
    pub(super) flat: i64,
    /// Once per sample.
    pub(super) cum: i64,
    /// Once per sample and node, as the reference adds it up: a line is several nodes where functions of one name
    /// and file differ in their start lines or binaries.
    pub(super) node_cum: i64,
}

/// How many lines are shown before the first and after the last one.
const MARGIN: i64 = 5;

/// A sum with the last sample that was added to it, + 1: recursion counts once.
#[derive(Clone, Copy, Default)]
struct Cell {
    flat: i64,
    cum: i64,
    mark: u32,
}

/// Sums by node, by line of a function, and by function.
struct Sums {
    nodes: Vec<Cell>,
    lines: Vec<Cell>,
    groups: Vec<Cell>,
}

/// The functions whose name matches, by name, then file. Nodes whose weight is 0 are left out, with `drop_negative`
/// also those of negative weight, as pprof does.
pub(super) fn weights(subject: &Subject<'_>, regex: &Pattern, drop_negative: bool) -> Vec<Weights> {
    let list = ListNodes::of(subject, regex);
    let sums = Sums::of(subject, &list);
    let mut shown: Vec<_> = list
        .groups
        .iter()
        .zip(&sums.groups)
        .map(|(group, cell)| Weights::new(subject.profile, group, cell.cum))
        .collect();
    for ((node, cell), line) in list.nodes.iter().zip(&sums.nodes).zip(&list.lines) {
        if cell.is_shown(drop_negative) {
            shown[node.group as usize].add(node, *cell, sums.lines[*line as usize]);
        }
    }
    shown.retain(|weights| !weights.lines.is_empty());
    shown.sort_by(|a, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
    shown
}

impl Cell {
    fn add(&mut self, value: i64, mark: u32, is_leaf: bool) {
        if self.mark != mark {
            self.mark = mark;
            self.cum = self.cum.saturating_add(value);
        }
        if is_leaf {
            self.flat = self.flat.saturating_add(value);
        }
    }

    fn is_shown(&self, drop_negative: bool) -> bool {
        let is_negative = self.flat < 0 || self.flat == 0 && self.cum < 0;
        (self.flat != 0 || self.cum != 0) && !(drop_negative && is_negative)
    }
}

impl Sums {
    fn of(subject: &Subject<'_>, list: &ListNodes) -> Self {
        let mut sums = Self {
            nodes: vec![Cell::default(); list.nodes.len()],
            lines: vec![Cell::default(); list.line_count as usize],
            groups: vec![Cell::default(); list.groups.len()],
        };
        let samples = &subject.profile.samples;
        for sample in 0..samples.len() {
            let value = samples.value(sample, subject.index);
            let frames = samples.stack(sample).flat_map(|location| list.frames(location));
            for (depth, node) in frames.enumerate().filter(|_| value != 0) {
                if let Some(node) = node {
                    sums.add(list, *node as usize, (value, sample as u32 + 1, depth == 0));
                }
            }
        }
        sums
    }

    fn add(&mut self, list: &ListNodes, node: usize, (value, mark, is_leaf): (i64, u32, bool)) {
        let (line, group) = (list.lines[node] as usize, list.nodes[node].group as usize);
        self.nodes[node].add(value, mark, is_leaf);
        self.lines[line].add(value, mark, is_leaf);
        self.groups[group].add(value, mark, is_leaf);
    }
}

impl Weights {
    fn new(profile: &Profile, group: &Group, cum: i64) -> Self {
        Self {
            name: profile.text(group.name).to_vec(),
            file: group.file.clone(),
            stored_file: group.stored_file,
            start_line: 0,
            flat: 0,
            cum,
            lines: BTreeMap::new(),
            first: i64::MAX,
            last: 0,
        }
    }

    fn add(&mut self, node: &Node, sum: Cell, line: Cell) {
        let weight = self.lines.entry(node.line).or_default();
        weight.flat = weight.flat.saturating_add(sum.flat);
        weight.node_cum = weight.node_cum.saturating_add(sum.cum);
        weight.cum = line.cum;
        self.flat = self.flat.saturating_add(sum.flat);
        let is_known = node.start_line != 0;
        if is_known && (self.start_line == 0 || node.start_line < self.start_line) {
            self.start_line = node.start_line;
        }
        let first = if is_known {
            node.start_line
        } else {
            node.line.saturating_sub(MARGIN)
        };
        self.first = self.first.min(first).max(1);
        self.last = self.last.max(node.line.saturating_add(MARGIN));
    }
}
