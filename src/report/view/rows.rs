//! A row of the views that list nodes: functions, lines, packages with their weights.

use serde::Serialize;

use super::Subject;
use super::names::share;
use crate::analyze::{GraphNode, Inlining, Nodes, inlining};
use crate::error::lossless;
use crate::unit::minimum_unit;

/// A node with its weights. Fields that do not apply are null.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Name as JSON has it: only what is not UTF-8 is escaped.
    pub name: String,
    function: Option<String>,
    file: Option<String>,
    line: Option<i64>,
    column: Option<i64>,
    address: Option<String>,
    object: Option<String>,
    package: String,
    /// Weight of the samples whose leaf it is.
    pub flat: i64,
    flat_share: Option<f64>,
    /// Weight of the samples in which it occurs.
    pub cum: i64,
    cum_share: Option<f64>,
    pub(super) inline: &'static str,
}

/// The names of a row's fields that CSV shows.
pub(super) const ROW_FIELDS: [&str; 13] = [
    "name",
    "function",
    "file",
    "line",
    "column",
    "address",
    "object",
    "package",
    "flat",
    "flat_share",
    "cum",
    "cum_share",
    "inline",
];

impl Row {
    /// The fields as CSV has them, in the order of [`ROW_FIELDS`]; empty where null.
    pub(super) fn cells(&self) -> Vec<String> {
        let text = |v: &Option<String>| v.clone().unwrap_or_default();
        let number = |v: Option<i64>| v.map(|v| v.to_string()).unwrap_or_default();
        let share = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
        vec![
            self.name.clone(),
            text(&self.function),
            text(&self.file),
            number(self.line),
            number(self.column),
            text(&self.address),
            text(&self.object),
            self.package.clone(),
            self.flat.to_string(),
            share(self.flat_share),
            self.cum.to_string(),
            share(self.cum_share),
            self.inline.to_string(),
        ]
    }
}

/// Makes rows of nodes.
pub(super) struct Rows<'a> {
    subject: &'a Subject<'a>,
    nodes: &'a Nodes,
    inlined: Vec<Inlining>,
}

impl<'a> Rows<'a> {
    /// Marks of inlining are those of the graph with all nodes, whatever is shown of it.
    pub fn new(subject: &'a Subject<'a>, nodes: &'a Nodes) -> Self {
        Self {
            subject,
            nodes,
            inlined: inlining(subject.profile, nodes, subject.index),
        }
    }

    pub fn row(&self, weights: &GraphNode) -> Row {
        let node = self.nodes.get(weights.node);
        let text = |bytes: &[u8]| (!bytes.is_empty()).then(|| lossless(bytes).into_owned());
        let share = |value: i64| share(value, self.subject.total);
        let (flat, cum) = (weights.flat(), weights.cum());
        Row {
            name: lossless(&node.name()).into_owned(),
            function: text(&node.function),
            file: text(&node.file),
            line: (node.line != 0).then_some(node.line),
            column: (node.column != 0).then_some(node.column),
            address: (node.address != 0).then(|| format!("0x{:x}", node.address)),
            object: text(&node.object),
            package: node.package(),
            flat,
            flat_share: share(flat),
            cum,
            cum_share: share(cum),
            inline: self.inlined[weights.node.index()].name(),
        }
    }
}

impl Subject<'_> {
    /// The one unit of all rows: as asked for, or that of the smallest row unless that makes the largest unwieldy.
    pub(super) fn unit_of(&self, rows: &[GraphNode]) -> String {
        if self.unit != "minimum" || rows.is_empty() {
            return self.unit.to_string();
        }
        let weight = |n: &GraphNode| if n.flat() != 0 { n.flat() } else { n.cum() };
        let weights = rows
            .iter()
            .map(|n| weight(n).saturating_abs())
            .filter(|w| *w != 0);
        let smallest = weights.min().unwrap_or(self.total);
        minimum_unit(
            self.scaled(smallest),
            self.scaled(self.total),
            &self.sample_unit(),
        )
    }
}
