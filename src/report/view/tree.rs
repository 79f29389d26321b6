//! Callers and callees of nodes: `perfplan tree` and `perfplan peek`.

use serde::Serialize;

use super::Subject;
use super::csv::csv;
use super::head::Opening;
use super::names::share;
use super::rows::{ROW_FIELDS, Row, Rows};
use super::table::fenced;
use super::top::{Trim, head_text};
use crate::analyze::{Edge, Graph, GraphNode, NodeId, Nodes};
use crate::error::lossless;
use crate::profile::filter::Pattern;
use crate::unit::percent;

/// Nodes with their callers and callees: the schemas `perfplan.tree/1` and `perfplan.peek/1`.
#[derive(Debug, Clone, Serialize)]
pub struct TreeView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    granularity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<String>,
    rows_total: usize,
    rows_hidden: usize,
    /// The nodes in the order shown.
    pub nodes: Vec<TreeNodeView>,
    #[serde(skip)]
    text: String,
}

/// A node with its calls.
#[derive(Debug, Clone, Serialize)]
pub struct TreeNodeView {
    #[serde(flatten)]
    row: Row,
    callers: Vec<Call>,
    callees: Vec<Call>,
}

/// A call from or to a node.
#[derive(Debug, Clone, Serialize)]
struct Call {
    name: String,
    weight: i64,
    share_of_cum: Option<f64>,
    inline: bool,
    residual: bool,
}

/// The trimmed graph node by node.
pub fn tree<'a>(subject: &Subject<'a>, trim: &Trim) -> TreeView<'a> {
    make(subject, trim, None)
}

/// The nodes whose names match, of the whole graph.
pub fn peek<'a>(subject: &Subject<'a>, trim: &Trim, regex: &Pattern) -> TreeView<'a> {
    make(subject, &trim.all(), Some(regex))
}

fn make<'a>(subject: &Subject<'a>, trim: &Trim, regex: Option<&Pattern>) -> TreeView<'a> {
    let nodes = Nodes::of(subject.profile, subject.granularity);
    let graph = Graph::of(subject.profile, &nodes, &trim.graph_options(subject), true);
    let unit = subject.unit_of(&graph.nodes);
    let wanted = |n: &&GraphNode| regex.is_none_or(|regex| regex.is_match(&nodes.get(n.node).name()));
    let listed: Vec<GraphNode> = graph.nodes.iter().filter(wanted).copied().collect();
    let maker = Maker {
        subject,
        nodes: &nodes,
        graph: &graph,
        unit: &unit,
        rows: Rows::new(subject, &nodes),
    };
    let all = graph.before_count + graph.dropped;
    TreeView {
        schema: if regex.is_some() {
            "perfplan.peek/1"
        } else {
            "perfplan.tree/1"
        },
        opening: Opening::of(subject),
        granularity: subject.granularity.name(),
        regex: regex.map(|r| r.text().to_string()),
        rows_total: all,
        rows_hidden: all - graph.nodes.len(),
        nodes: listed.iter().map(|n| maker.node(n)).collect(),
        text: head_text(subject, &graph, trim, &unit) + &maker.text(&listed),
    }
}

struct Maker<'a> {
    subject: &'a Subject<'a>,
    nodes: &'a Nodes,
    graph: &'a Graph,
    unit: &'a str,
    rows: Rows<'a>,
}

impl Maker<'_> {
    fn node(&self, n: &GraphNode) -> TreeNodeView {
        let call = |e: &Edge, other: NodeId| Call {
            name: lossless(&self.nodes.get(other).name()).into_owned(),
            weight: e.weight,
            share_of_cum: share(e.weight, n.cum()),
            inline: e.inline,
            residual: e.residual,
        };
        TreeNodeView {
            row: self.rows.row(n),
            callers: self.graph.callers(n.node).map(|e| call(e, e.from)).collect(),
            callees: self.graph.callees(n.node).map(|e| call(e, e.to)).collect(),
        }
    }

    /// pprof's layout: a block per node, callers above it, callees below.
    fn text(&self, listed: &[GraphNode]) -> String {
        const SEPARATOR: &str = "----------------------------------------------------------+-------------\n";
        const LEGEND: &str = "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t \n";
        let mut out = format!("{SEPARATOR}{LEGEND}");
        let mut sum = 0i64;
        for n in listed {
            out.push_str(SEPARATOR);
            self.graph
                .callers(n.node)
                .for_each(|e| self.push_call(&mut out, e, e.from, n.cum()));
            sum = sum.saturating_add(n.flat());
            self.push_node(&mut out, n, sum);
            self.graph
                .callees(n.node)
                .for_each(|e| self.push_call(&mut out, e, e.to, n.cum()));
        }
        if !self.graph.nodes.is_empty() {
            out.push_str(SEPARATOR);
        }
        out
    }

    fn push_node(&self, out: &mut String, n: &GraphNode, sum: i64) {
        let total = self.subject.total;
        out.push_str(&format!(
            "{:>10} {} {} {:>10} {}                | {}\n",
            self.subject.text(n.flat(), self.unit),
            percent(n.flat(), total),
            percent(sum, total),
            self.subject.text(n.cum(), self.unit),
            percent(n.cum(), total),
            self.nodes.get(n.node).printable()
        ));
    }

    fn push_call(&self, out: &mut String, edge: &Edge, other: NodeId, cum: i64) {
        out.push_str(&format!(
            "{:>50} {} |   {}{}\n",
            self.subject.text(edge.weight, self.unit),
            percent(edge.weight, cum),
            self.nodes.get(other).printable(),
            if edge.inline { " (inline)" } else { "" }
        ));
    }
}

impl TreeView<'_> {
    /// pprof's layout, byte for byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it is: a block of it reads better than a table of tables.
    pub fn markdown(&self) -> String {
        fenced(&self.text)
    }

    /// A row per node, then per call: `relation` is `self`, `caller` or `callee`, `of` the node that it belongs to.
    pub fn csv(&self) -> String {
        let header: Vec<&str> = ["relation", "of", "weight", "share_of_cum"]
            .into_iter()
            .chain(ROW_FIELDS)
            .collect();
        let rows = self.nodes.iter().flat_map(|node| {
            let own = [
                String::from("self"),
                node.row.name.clone(),
                String::new(),
                String::new(),
            ];
            let own: Vec<String> = own.into_iter().chain(node.row.cells()).collect();
            let callers = node.callers.iter().map(|c| c.cells("caller", &node.row.name));
            let callees = node.callees.iter().map(|c| c.cells("callee", &node.row.name));
            std::iter::once(own)
                .chain(callers)
                .chain(callees)
                .collect::<Vec<_>>()
        });
        csv(&header, rows)
    }
}

impl Call {
    fn cells(&self, relation: &str, of: &str) -> Vec<String> {
        let share = self.share_of_cum.map(|s| s.to_string()).unwrap_or_default();
        let mut cells = vec![
            relation.to_string(),
            of.to_string(),
            self.weight.to_string(),
            share,
        ];
        cells.push(self.name.clone());
        cells.resize(4 + ROW_FIELDS.len() - 1, String::new());
        cells.push(if self.inline { "all" } else { "no" }.to_string());
        cells
    }
}
