//! [`CallTree`] to a flame graph, by inferno.
//!
//! inferno is fed merged, depth-first lines in reverse, in its flame chart mode, which keeps their order: its
//! own sorting of folded text would draw a function twice under one caller where another name sorts between
//! `f` and `f;x`. A `;` in a name, as Go's generic shapes have it, would be taken for a border of frames and is
//! drawn as `:`.

mod callgraph;
mod colors;
mod diff;
mod paint;
mod speedscope;

use std::collections::BTreeMap;

use inferno::flamegraph::{self, Options};

use crate::analyze::{CallTree, Granularity, NodeId, Nodes};
use crate::error::printable;
use crate::profile::Profile;

pub use colors::Colors;
pub use diff::{Width, diff_svg};
pub use speedscope::speedscope;

pub use callgraph::{DrawnEdge, DrawnGraph, DrawnNode, MAX_NODES, callgraph_svg};

/// What is drawn above and beside the picture.
#[derive(Debug, Clone, Default)]
pub struct FlameOptions {
    /// Title above the picture.
    pub title: String,
    /// Second line, may be empty.
    pub subtitle: String,
    /// What the widths are: `nanoseconds`, `bytes`.
    pub unit: String,
    /// Root below its callees, growing downwards.
    pub inverted: bool,
    /// What the colours say.
    pub colors: Colors,
}

/// Width of the picture in pixels, and the smallest width of a frame that is worth drawing.
const WIDTH: usize = 1200;
const MIN_PIXELS: f64 = 0.1;

/// The deepest call that is drawn.
pub const MAX_DEPTH: u32 = 1000;

/// The smallest value that is as wide as a frame must be to be seen.
pub fn min_visible(total: i64) -> i64 {
    (total as f64 * MIN_PIXELS / WIDTH as f64).floor() as i64
}

/// All stacks of a sample type as folded text: one line `root;…;leaf VALUE` per distinct stack of function names,
/// inlined calls among them, sorted by the bytes of the stack. Equal stacks are summed; samples of value 0 and
/// empty stacks are left out. A `;` in a name, which would end the frame, is printed `:`.
pub fn folded_stacks(profile: &Profile, index: usize) -> String {
    folded_sums(profile, index)
        .into_iter()
        .map(|(stack, value)| format!("{stack} {value}\n"))
        .collect()
}

/// The stacks of [`folded_stacks`] with their sums.
pub fn folded_sums(profile: &Profile, index: usize) -> BTreeMap<String, i64> {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let names: Vec<String> = (0u32..)
        .map(NodeId)
        .take(nodes.len())
        .map(|id| frame_name(&nodes, id))
        .collect();
    let mut stacks: BTreeMap<String, i64> = BTreeMap::new();
    let mut frames: Vec<&str> = Vec::new();
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        frames.clear();
        let leaf_first = profile.samples.stack(sample).flat_map(|l| nodes.frames(l));
        frames.extend(leaf_first.map(|n| names[n.index()].as_str()));
        frames.reverse();
        if value != 0 && !frames.is_empty() {
            let sum = stacks.entry(frames.join(";")).or_default();
            *sum = sum.saturating_add(value);
        }
    }
    stacks
}

/// Folded stacks of a tree, depth first, children by name: `root;…;leaf value`. A node's own line comes before
/// those of its callees; weight that was pruned below it counts as its own.
pub fn folded(tree: &CallTree, nodes: &Nodes) -> Vec<String> {
    let mut lines = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for (i, node) in tree.nodes.iter().enumerate() {
        path.truncate(node.depth.saturating_sub(1) as usize);
        if let Some(id) = node.node {
            path.push(frame_name(nodes, id));
        }
        let below: i64 = tree.children(i).map(|c| tree.nodes[c].value).sum();
        let own = node.value - below;
        if own > 0 && !path.is_empty() {
            lines.push(format!("{} {own}", path.join(";")));
        }
    }
    lines
}

fn frame_name(nodes: &Nodes, id: NodeId) -> String {
    printable(nodes.get(id).printable().as_bytes()).replace(';', ":")
}

/// The flame graph as SVG; the same tree gives the same bytes. An empty tree gives a picture that says so.
///
/// # Errors
/// What inferno says; none is known for lines made here.
pub fn svg(tree: &CallTree, nodes: &Nodes, options: &FlameOptions) -> Result<String, String> {
    let lines = folded(tree, nodes);
    if lines.is_empty() {
        return Ok(empty_svg(&options.title));
    }
    if options.colors != Colors::Warm {
        return paint::paint(&colors::frames(tree, nodes, options), options, &[]);
    }
    draw(&lines, options)
}

/// Folded lines as inferno draws them.
fn draw(lines: &[String], options: &FlameOptions) -> Result<String, String> {
    let mut inferno = Options::default();
    inferno.title.clone_from(&options.title);
    inferno.subtitle = Some(options.subtitle.clone()).filter(|s| !s.is_empty());
    inferno.count_name.clone_from(&options.unit);
    inferno.image_width = Some(WIDTH);
    inferno.min_width = 0.01;
    inferno.deterministic = true;
    inferno.flame_chart = true;
    inferno.colors = flamegraph::Palette::Basic(flamegraph::color::BasicPalette::Hot);
    if options.inverted {
        inferno.direction = flamegraph::Direction::Inverted;
    }
    let mut svg = Vec::new();
    flamegraph::from_lines(&mut inferno, lines.iter().rev().map(String::as_str), &mut svg)
        .map_err(|e| e.to_string())?;
    String::from_utf8(svg).map_err(|e| e.to_string())
}

fn empty_svg(title: &str) -> String {
    let escaped = title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"80\" role=\"img\">\
         <title>{escaped}</title><text x=\"20\" y=\"45\" font-family=\"sans-serif\" font-size=\"16\">\
         {escaped}: nothing to draw</text></svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::Selection;
    use crate::profile::{Format, ProfileBuilder};

    fn profile() -> Profile {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let [main, f, f1, x] = [
            "main.main",
            "main.f",
            "main.f.func1",
            "go.shape.struct { A int; B int }",
        ]
        .map(|n| b.frame(n, "", 0));
        b.sample([f, main], &[5], []);
        b.sample([f1, main], &[7], []);
        b.sample([x, f, main], &[10], []);
        b.finish()
    }

    fn drawn(profile: &Profile) -> (Vec<String>, String) {
        let nodes = Nodes::of(profile, Granularity::Functions);
        let tree = CallTree::of(profile, &nodes, 0, Selection::All, 0, MAX_DEPTH);
        let options = FlameOptions {
            title: "cpu <x>".into(),
            unit: "samples".into(),
            ..Default::default()
        };
        (folded(&tree, &nodes), svg(&tree, &nodes, &options).unwrap())
    }

    #[test]
    fn a_function_is_drawn_once_under_its_caller() {
        let (lines, svg) = drawn(&profile());
        assert_eq!(
            lines,
            [
                "main.main;main.f 5",
                "main.main;main.f;go.shape.struct { A int: B int } 10",
                "main.main;main.f.func1 7"
            ]
        );
        assert_eq!(svg.matches("<title>main.f (").count(), 1, "{svg}");
        assert!(svg.contains("<title>main.main (22 samples, 100.00%)"));
    }

    #[test]
    fn folded_text_is_sorted_by_stack_and_keeps_names_whole() {
        let expect = "main.main;main.f 5\nmain.main;main.f.func1 7\nmain.main;main.f;go.shape.struct { A int: B int } 10\n";
        assert_eq!(folded_stacks(&profile(), 0), expect);
    }

    #[test]
    fn the_same_tree_gives_the_same_bytes() {
        assert_eq!(drawn(&profile()), drawn(&profile()));
    }

    #[test]
    fn nothing_to_draw_is_said() {
        let empty = ProfileBuilder::new(Format::Folded, &[("samples", "count")]).finish();
        assert!(drawn(&empty).1.contains("cpu &lt;x&gt;: nothing to draw"));
    }
}
