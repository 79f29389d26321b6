//! The functions of a profile by weight: `perfplan top`.

use serde::Serialize;

use super::head::{Head, head_lines};
use crate::analyze::{Granularity, Heat, HeatRow, Inlining, Nodes, Selection, heat, inlining};
use crate::error::printable;
use crate::profile::Profile;
use crate::unit::{minimum_unit, percent, scaled_label};

/// What is shown, and how much of it.
#[derive(Debug, Clone)]
pub struct TopOptions {
    /// Index of the sample type.
    pub index: usize,
    /// What is one row.
    pub granularity: Granularity,
    /// By cumulative weight instead of flat.
    pub by_cum: bool,
    /// Leave light rows out, as `node_fraction` says.
    pub trim: bool,
    /// Rows with less than this part of the flat sum are left out.
    pub node_fraction: f64,
    /// At most so many rows; 0 for no limit.
    pub node_count: usize,
}

/// The table with its head: the schema `perfplan.top/1`.
#[derive(Debug, Clone, Serialize)]
pub struct TopView {
    schema: &'static str,
    profile: Head,
    /// Sum of absolute values of all samples: what shares are shares of.
    pub total: i64,
    filters: Vec<()>,
    warnings: Vec<crate::error::Warning>,
    granularity: &'static str,
    sort: &'static str,
    rows_total: usize,
    rows_hidden: usize,
    shown_flat: i64,
    /// The rows in the order shown.
    pub rows: Vec<TopRow>,
    #[serde(skip)]
    trimmed: Trimmed,
}

/// What was left out, for the head of the text.
#[derive(Debug, Clone, Default)]
struct Trimmed {
    light: usize,
    limit: i64,
    heavy: usize,
}

/// A row of the table; fields that do not apply are null.
#[derive(Debug, Clone, Serialize)]
pub struct TopRow {
    /// Printable name.
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
    inline: &'static str,
}

/// Makes the table. `inputs` are the names as given.
pub fn top(profile: &Profile, inputs: &[String], options: &TopOptions) -> TopView {
    let nodes = Nodes::of(profile, options.granularity);
    let heat = heat(profile, &nodes, options.index, Selection::All);
    let inlined = inlining(profile, &nodes, options.index);
    let (rows, trimmed) = trim(&heat, &nodes, options);
    let shown_flat = rows.iter().map(|r| r.flat).sum();
    TopView {
        schema: "perfplan.top/1",
        profile: Head::of(profile, inputs, options.index),
        total: heat.total,
        filters: Vec::new(),
        warnings: profile.warnings.clone(),
        granularity: options.granularity.name(),
        sort: if options.by_cum { "cum" } else { "flat" },
        rows_total: heat.rows.len(),
        rows_hidden: heat.rows.len() - rows.len(),
        shown_flat,
        rows: rows
            .iter()
            .map(|r| row(r, &nodes, heat.total, inlined[r.node.index()]))
            .collect(),
        trimmed,
    }
}

/// Drops rows lighter than the limit, then all after the first `node_count`, as pprof does.
fn trim(heat: &Heat, nodes: &Nodes, options: &TopOptions) -> (Vec<HeatRow>, Trimmed) {
    let mut rows = if options.by_cum {
        heat.by_cum(nodes)
    } else {
        heat.rows.clone()
    };
    let mut trimmed = Trimmed::default();
    if options.trim {
        let cut = (heat.flat_sum() as f64 * options.node_fraction) as i64;
        rows.retain(|r| r.cum.saturating_abs() >= cut);
        trimmed.light = heat.rows.len() - rows.len();
        trimmed.limit = (heat.total as f64 * options.node_fraction) as i64;
    }
    trimmed.heavy = rows.len();
    if options.node_count > 0 {
        rows.truncate(options.node_count);
    }
    (rows, trimmed)
}

fn row(heat: &HeatRow, nodes: &Nodes, total: i64, inlined: Inlining) -> TopRow {
    let node = nodes.get(heat.node);
    let text = |bytes: &[u8]| (!bytes.is_empty()).then(|| printable(bytes));
    let share = |value: i64| (total != 0).then(|| value as f64 / total as f64);
    TopRow {
        name: node.printable(),
        function: text(&node.function),
        file: text(&node.file),
        line: (node.line != 0).then_some(node.line),
        column: None,
        address: (node.address != 0).then(|| format!("0x{:x}", node.address)),
        object: text(&node.object),
        package: node.package(),
        flat: heat.flat,
        flat_share: share(heat.flat),
        cum: heat.cum,
        cum_share: share(heat.cum),
        inline: inlined.name(),
    }
}

impl TopView {
    /// The table as text, in the layout that pprof's users know.
    pub fn text(&self) -> String {
        let unit = self.text_unit();
        let mut out = head_lines(&self.profile, self.total, &unit);
        self.trim_lines(&mut out, &unit);
        out.push_str("      flat  flat%   sum%        cum   cum%\n");
        let mut sum = 0;
        for row in &self.rows {
            sum += row.flat;
            let label = |value: i64| scaled_label(value, &self.profile.unit, &unit);
            let suffix = match row.inline {
                "all" => " (inline)",
                "some" => " (partial-inline)",
                _ => "",
            };
            out.push_str(&format!(
                "{:>10} {} {} {:>10} {}  {}{suffix}\n",
                label(row.flat),
                percent(row.flat, self.total),
                percent(sum, self.total),
                label(row.cum),
                percent(row.cum, self.total),
                row.name,
            ));
        }
        out
    }

    /// The unit in which the smallest shown value is at least 1, unless that makes the largest unwieldy.
    fn text_unit(&self) -> String {
        let weight = |r: &TopRow| if r.flat != 0 { r.flat } else { r.cum };
        let weights = self
            .rows
            .iter()
            .map(|r| weight(r).saturating_abs())
            .filter(|w| *w != 0);
        minimum_unit(
            weights.min().unwrap_or(self.total),
            self.total,
            &self.profile.unit,
        )
    }

    fn trim_lines(&self, out: &mut String, unit: &str) {
        let label = |value: i64| scaled_label(value, &self.profile.unit, unit);
        let share = percent(self.shown_flat, self.total);
        out.push_str(&format!(
            "Showing nodes accounting for {}, {} of {} total\n",
            label(self.shown_flat),
            share.trim_start(),
            label(self.total)
        ));
        if self.total == 0 {
            return;
        }
        if self.trimmed.light > 0 {
            let nodes = if self.trimmed.light == 1 { "node" } else { "nodes" };
            out.push_str(&format!(
                "Dropped {} {nodes} (cum <= {})\n",
                self.trimmed.light,
                label(self.trimmed.limit)
            ));
        }
        if self.rows.len() < self.trimmed.heavy {
            out.push_str(&format!(
                "Showing top {} nodes out of {}\n",
                self.rows.len(),
                self.trimmed.heavy
            ));
        }
    }
}
