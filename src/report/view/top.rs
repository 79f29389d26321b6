//! The functions of a profile by weight: `perfplan top`.

use serde::Serialize;

use super::Subject;
use super::csv::csv;
use super::head::Opening;
use super::rows::{ROW_FIELDS, Row, Rows};
use super::table::{fenced, markdown_table};
use crate::analyze::{Graph, GraphNode, GraphOptions, NodeOrder, Nodes};
use crate::error::printable;
use crate::unit::percent;

/// How much of a graph is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trim {
    /// By cumulative weight instead of flat.
    pub by_cum: bool,
    /// Leave out nodes with flat < 0, or flat = 0 and cum < 0.
    pub drop_negative: bool,
    /// At most so many nodes; 0 for no limit.
    pub node_count: usize,
    /// Nodes with less than this part of the flat sum are left out.
    pub node_fraction: f64,
    /// Edges with less than this part of the flat sum are left out.
    pub edge_fraction: f64,
}

impl Trim {
    /// The same without any limit.
    pub fn all(self) -> Self {
        Self {
            node_count: 0,
            node_fraction: 0.0,
            edge_fraction: 0.0,
            ..self
        }
    }

    pub(super) fn graph_options(&self, subject: &Subject) -> GraphOptions {
        GraphOptions {
            index: subject.index,
            mean: subject.mean,
            drop_negative: self.drop_negative,
            order: if self.by_cum {
                NodeOrder::Cum
            } else {
                NodeOrder::Flat
            },
            node_count: self.node_count,
            node_fraction: self.node_fraction,
            edge_fraction: self.edge_fraction,
        }
    }
}

/// The table with its head: the schema `perfplan.top/1`.
#[derive(Debug, Clone, Serialize)]
pub struct TopView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    opening: Opening<'a>,
    granularity: &'static str,
    sort: &'static str,
    rows_total: usize,
    rows_hidden: usize,
    shown_flat: i64,
    /// The rows in the order shown.
    pub rows: Vec<Row>,
    #[serde(skip)]
    head: Vec<String>,
    #[serde(skip)]
    cells: Vec<Cells>,
}

/// A row as text: flat, its share, the running sum's, cum, its share.
#[derive(Debug, Clone)]
struct Cells([String; 5]);

/// Makes the table. Marks of inlining and the limit in the head are those of the whole graph and of what was cut.
pub fn top<'a>(subject: &Subject<'a>, trim: &Trim) -> TopView<'a> {
    let nodes = Nodes::of(subject.profile, subject.granularity);
    let graph = Graph::of(subject.profile, &nodes, &trim.graph_options(subject), false);
    let maker = Rows::new(subject, &nodes);
    let all = graph.before_count + graph.dropped;
    let unit = subject.unit_of(&graph.nodes);
    let mut head = subject.head_lines(&unit);
    head.extend(subject.filter_lines());
    head.extend(shown_lines(subject, &graph, &unit, graph.cut));
    TopView {
        schema: "perfplan.top/1",
        opening: Opening::of(subject),
        granularity: subject.granularity.name(),
        sort: if trim.by_cum { "cum" } else { "flat" },
        rows_total: all,
        rows_hidden: all - graph.nodes.len(),
        shown_flat: flat_sum(&graph),
        rows: graph.nodes.iter().map(|n| maker.row(n)).collect(),
        head,
        cells: cells(subject, &graph.nodes, &unit),
    }
}

/// The table byte for byte as `go tool pprof -top` prints it.
pub fn top_pprof(subject: &Subject, trim: &Trim) -> String {
    let nodes = Nodes::of(subject.profile, subject.granularity);
    let graph = Graph::of(subject.profile, &nodes, &trim.graph_options(subject), true);
    let unit = subject.unit_of(&graph.nodes);
    let mut out = head_text(subject, &graph, trim, &unit);
    let names = graph.nodes.iter().map(|n| {
        let (inlined, all) = graph
            .callers(n.node)
            .fold((0, 0), |(i, a), e| (i + usize::from(e.inline), a + 1));
        let mark = if inlined == 0 {
            "no"
        } else if inlined == all {
            "all"
        } else {
            "some"
        };
        nodes.get(n.node).printable() + suffix(mark)
    });
    push_table(&mut out, &cells(subject, &graph.nodes, &unit), names);
    out
}

/// The head of top, tree and peek, byte for byte as pprof prints it.
pub(super) fn head_text(subject: &Subject, graph: &Graph, trim: &Trim, unit: &str) -> String {
    let limit = (subject.total as f64 * trim.node_fraction) as i64;
    let mut lines = subject.head_lines(unit);
    lines.extend(subject.filter_lines());
    lines.extend(shown_lines(subject, graph, unit, limit.saturating_abs()));
    lines.join("\n") + "\n"
}

/// What is shown of how much, and what was left out.
fn shown_lines(subject: &Subject, graph: &Graph, unit: &str, limit: i64) -> Vec<String> {
    let shown = flat_sum(graph);
    let share = percent(shown, subject.total);
    let mut lines = vec![format!(
        "Showing nodes accounting for {}, {} of {} total",
        subject.text(shown, unit),
        share.trim_start(),
        subject.text(subject.total, unit)
    )];
    if subject.total != 0 && graph.dropped > 0 {
        let nodes = if graph.dropped == 1 { "node" } else { "nodes" };
        lines.push(format!(
            "Dropped {} {nodes} (cum <= {})",
            graph.dropped,
            subject.text(limit, unit)
        ));
    }
    if subject.total != 0 && !graph.nodes.is_empty() && graph.nodes.len() < graph.before_count {
        lines.push(format!(
            "Showing top {} nodes out of {}",
            graph.nodes.len(),
            graph.before_count
        ));
    }
    lines
}

fn flat_sum(graph: &Graph) -> i64 {
    graph
        .nodes
        .iter()
        .map(GraphNode::flat)
        .fold(0, i64::saturating_add)
}

fn cells(subject: &Subject, rows: &[GraphNode], unit: &str) -> Vec<Cells> {
    let mut sum = 0i64;
    let row = |n: &GraphNode| {
        sum = sum.saturating_add(n.flat());
        Cells([
            subject.text(n.flat(), unit),
            percent(n.flat(), subject.total),
            percent(sum, subject.total),
            subject.text(n.cum(), unit),
            percent(n.cum(), subject.total),
        ])
    };
    rows.iter().map(row).collect()
}

fn push_table(out: &mut String, cells: &[Cells], names: impl Iterator<Item = String>) {
    out.push_str("      flat  flat%   sum%        cum   cum%\n");
    for (Cells([flat, flat_share, sum, cum, cum_share]), name) in cells.iter().zip(names) {
        out.push_str(&format!(
            "{flat:>10} {flat_share} {sum} {cum:>10} {cum_share}  {name}\n"
        ));
    }
}

/// What stands behind a name that its callers inlined.
fn suffix(inline: &str) -> &'static str {
    match inline {
        "all" => " (inline)",
        "some" => " (partial-inline)",
        _ => "",
    }
}

impl TopView<'_> {
    /// The table as text, in the layout that pprof's users know.
    pub fn text(&self) -> String {
        let mut out = self.head.join("\n") + "\n";
        let names = self
            .rows
            .iter()
            .map(|row| format!("{}{}", printable(row.name.as_bytes()), suffix(row.inline)));
        push_table(&mut out, &self.cells, names);
        out
    }

    /// The rows with all of their fields.
    pub fn csv(&self) -> String {
        csv(&ROW_FIELDS, self.rows.iter().map(Row::cells))
    }

    /// The head as text and the rows as a table.
    pub fn markdown(&self) -> String {
        let row = |(row, Cells(cells)): (&Row, &Cells)| {
            let mut cells: Vec<_> = cells.iter().map(|c| c.trim().to_string()).collect();
            cells.push(format!(
                "{}{}",
                printable(row.name.as_bytes()),
                suffix(row.inline)
            ));
            cells
        };
        let table = markdown_table(
            &["flat", "flat%", "sum%", "cum", "cum%", self.granularity],
            &self.rows.iter().zip(&self.cells).map(row).collect::<Vec<_>>(),
        );
        format!("{}\n{table}", fenced(&self.head.join("\n")))
    }
}
