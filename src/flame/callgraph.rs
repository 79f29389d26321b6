//! The call graph as a picture, laid out without Graphviz: layers from callers to callees, by dagre.
//!
//! ```text
//!  DrawnGraph ─▶ boxes sized by their text ─▶ dagre: places, bends of the lines ─▶ SVG
//! ```

mod layout;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use layout::{EdgePlace, place};

/// A graph with all texts and shares that a picture shows.
#[derive(Debug, Clone, Default)]
pub struct DrawnGraph {
    /// Lines above the picture.
    pub head: Vec<String>,
    /// The boxes.
    pub nodes: Vec<DrawnNode>,
    /// The lines between them.
    pub edges: Vec<DrawnEdge>,
}

/// A box.
#[derive(Debug, Clone)]
pub struct DrawnNode {
    /// The whole name.
    pub name: String,
    /// What stands below the name.
    pub lines: Vec<String>,
    /// Part of the total that is its own, signed.
    pub flat: f64,
    /// Part of the total with what it calls, signed.
    pub cum: f64,
}

/// A line from one box to another.
#[derive(Debug, Clone)]
pub struct DrawnEdge {
    /// Row of the caller.
    pub from: usize,
    /// Row of the callee.
    pub to: usize,
    /// Text beside the line.
    pub label: String,
    /// Part of the total, signed.
    pub share: f64,
    /// The callee was inlined.
    pub inline: bool,
    /// Nodes between the two are not shown.
    pub residual: bool,
}

/// The most nodes that are laid out; beyond, nothing could be read.
pub const MAX_NODES: usize = 300;

/// The longest line of a name.
const LONGEST: usize = 48;
/// Width of a letter and height of a line, in parts of the font size.
const LETTER: f64 = 0.62;
const LINE: f64 = 1.25;

impl DrawnNode {
    /// The name in lines: the package's path, then the function; a long one is cut.
    pub fn name_lines(&self) -> Vec<String> {
        let (path, function) = match self.name.split('[').next().and_then(|head| head.rfind('/')) {
            Some(slash) => {
                let dot = self.name[slash..]
                    .find('.')
                    .map_or(slash + 1, |dot| slash + dot + 1);
                (&self.name[..dot - 1], &self.name[dot..])
            }
            None => ("", self.name.as_str()),
        };
        [path, function]
            .iter()
            .filter(|l| !l.is_empty())
            .map(|l| cut(l))
            .collect()
    }

    /// Size of the letters: from 9 to 24 with the root of the own weight.
    pub fn font_size(&self) -> u32 {
        9 + (15.0 * self.flat.abs().min(1.0).sqrt()).round() as u32
    }

    /// Colour of the box: red with its weight, green below zero.
    pub fn fill(&self) -> String {
        tint(self.cum, 235.0, 60.0)
    }

    /// Colour of its border.
    pub fn border(&self) -> String {
        tint(self.cum, 160.0, 110.0)
    }

    /// Width and height of the box.
    fn size(&self) -> (f64, f64) {
        let font = f64::from(self.font_size());
        let names = self.name_lines();
        let longest = names
            .iter()
            .chain(&self.lines)
            .map(|l| l.chars().count())
            .max()
            .unwrap_or_default();
        let lines = (names.len() + self.lines.len()) as f64;
        (longest as f64 * font * LETTER + 16.0, lines * font * LINE + 12.0)
    }
}

impl DrawnEdge {
    /// Width of the line: from 1 to 6.
    pub fn width(&self) -> u32 {
        1 + (5.0 * self.share.abs().min(1.0)).round() as u32
    }

    /// Its colour.
    pub fn color(&self) -> String {
        tint(self.share, 150.0, 110.0)
    }
}

/// Grey that turns red with the weight, green below zero: `#rrggbb`.
fn tint(share: f64, light: f64, depth: f64) -> String {
    let strength = share.abs().min(1.0).sqrt();
    let (strong, weak) = (
        light + strength * (20.0_f64).min(255.0 - light),
        light - strength * depth,
    );
    let (red, green) = if share < 0.0 {
        (weak, strong)
    } else {
        (strong, weak)
    };
    format!("#{:02x}{:02x}{:02x}", red as u8, green as u8, weak as u8)
}

/// A line short enough to be drawn; its middle goes.
fn cut(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= LONGEST {
        return text.to_string();
    }
    let half = (LONGEST - 1) / 2;
    let (head, tail) = (&letters[..half], &letters[letters.len() - half..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// The picture. Of a graph with more than [`MAX_NODES`] nodes the first ones are drawn, and its head says so.
pub fn callgraph_svg(graph: &DrawnGraph) -> String {
    let shown = graph.nodes.len().min(MAX_NODES);
    let edges: Vec<&DrawnEdge> = graph
        .edges
        .iter()
        .filter(|e| e.from < shown && e.to < shown)
        .collect();
    let places = place(&graph.nodes[..shown], &edges);
    let mut head = graph.head.clone();
    if shown < graph.nodes.len() {
        head.push(format!("Drawn: the first {shown} of {} nodes", graph.nodes.len()));
    }
    let top = 24.0 + head.len() as f64 * 16.0;
    let widest = head.iter().map(|l| l.chars().count()).max().unwrap_or_default() as f64 * 13.0 * LETTER;
    let (width, height) = (places.width.max(widest) + 40.0, places.height + top + 30.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, monospace\" role=\"img\">\n\
         <title>Call graph</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (i, line) in head.iter().enumerate() {
        let y = 24.0 + i as f64 * 16.0;
        let _ = writeln!(
            svg,
            "<text x=\"20\" y=\"{y:.0}\" font-size=\"13\">{}</text>",
            escaped(line)
        );
    }
    let _ = writeln!(svg, "<g transform=\"translate(20 {top:.0})\">");
    for (edge, place) in edges.iter().zip(&places.edges) {
        push_edge(&mut svg, graph, edge, place);
    }
    for (node, place) in graph.nodes.iter().zip(&places.nodes) {
        push_node(&mut svg, node, place);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

impl DrawnEdge {
    fn text(&self) -> String {
        let mark = if self.inline { " (inline)" } else { "" };
        format!("{}{mark}", self.label)
    }
}

fn push_edge(svg: &mut String, graph: &DrawnGraph, edge: &DrawnEdge, place: &EdgePlace) {
    let dashes = if edge.residual {
        " stroke-dasharray=\"4 3\""
    } else {
        ""
    };
    let (color, width) = (edge.color(), edge.width());
    let names = format!(
        "{} → {}: {}",
        graph.nodes[edge.from].name,
        graph.nodes[edge.to].name,
        edge.text()
    );
    let _ = writeln!(
        svg,
        "<g><title>{}</title><path d=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"{dashes}/>{}",
        escaped(&names),
        curve(&place.points),
        arrow_head(&place.points, &color, f64::from(width))
    );
    if let Some((x, y)) = place.label {
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"10\" text-anchor=\"middle\" fill=\"#333\" \
             stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">{}</text>",
            y + 3.5,
            escaped(&edge.text())
        );
    }
    svg.push_str("</g>\n");
}

/// A smooth line: each bend is rounded towards the middles of its two sides.
fn curve(points: &[(f64, f64)]) -> String {
    let Some((first, rest)) = points.split_first() else {
        return String::new();
    };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    for pair in rest.windows(2) {
        let [bend, next] = pair else { continue };
        let (x, y) = ((bend.0 + next.0) / 2.0, (bend.1 + next.1) / 2.0);
        let _ = write!(path, " Q{:.1} {:.1} {x:.1} {y:.1}", bend.0, bend.1);
    }
    if let Some(last) = rest.last() {
        let _ = write!(path, " L{:.1} {:.1}", last.0, last.1);
    }
    path
}

/// A triangle at the end of the line, in its direction.
fn arrow_head(points: &[(f64, f64)], color: &str, width: f64) -> String {
    let [.., before, tip] = points else {
        return String::new();
    };
    let angle = (tip.1 - before.1).atan2(tip.0 - before.0).to_degrees();
    let (length, half) = (7.0 + width, 3.0 + width / 2.0);
    format!(
        "<path d=\"M0 0 L{:.1} {half:.1} L{:.1} {:.1} Z\" fill=\"{color}\" transform=\"translate({:.1} {:.1}) \
         rotate({angle:.1})\"/>",
        -length, -length, -half, tip.0, tip.1
    )
}

fn push_node(svg: &mut String, node: &DrawnNode, (x, y): &(f64, f64)) {
    let (width, height) = node.size();
    let font = f64::from(node.font_size());
    let (left, top) = (x - width / 2.0, y - height / 2.0);
    let _ = writeln!(
        svg,
        "<g><title>{}</title><rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\" \
         fill=\"{}\" stroke=\"{}\"/>",
        escaped(&format!("{} {}", node.name, node.lines.join(" "))),
        node.fill(),
        node.border()
    );
    for (i, line) in node.name_lines().iter().chain(&node.lines).enumerate() {
        let baseline = top + 6.0 + (i as f64 + 0.8) * font * LINE;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{baseline:.1}\" font-size=\"{font}\" text-anchor=\"middle\">{}</text>",
            escaped(line)
        );
    }
    svg.push_str("</g>\n");
}

/// A text within an element or an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
