//! What the colours of a flame graph say.

use super::FlameOptions;
use super::paint::Frame;
use crate::analyze::{CallTree, Nodes};
use crate::unit::label;

/// What the colours of a flame graph say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colors {
    /// Nothing: warm colours that tell neighbours apart.
    #[default]
    Warm,
    /// The Go package, always in the same hue.
    Package,
    /// How much of the weight is the frame's own, not its callees'.
    Heat,
}

/// The frames of a tree in the colours asked for, callers before callees.
pub(super) fn frames(tree: &CallTree, nodes: &Nodes, options: &FlameOptions) -> Vec<Frame> {
    let total = tree.nodes.first().map_or(0, |root| root.value);
    let own: Vec<i64> = (0..tree.nodes.len()).map(|at| own(tree, at)).collect();
    let most = own.iter().skip(1).copied().max().unwrap_or(0).max(1);
    let frame = |(at, node): (usize, &crate::analyze::TreeNode)| {
        let name = node
            .node
            .map_or_else(String::new, |id| super::frame_name(nodes, id));
        let share = 100.0 * node.value as f64 / total.max(1) as f64;
        let fill = match (options.colors, node.node) {
            (Colors::Package, Some(id)) => package_color(&nodes.get(id).package()),
            _ => heat_color((own[at] as f64 / most as f64).sqrt()),
        };
        Frame {
            depth: node.depth,
            width: node.value,
            name,
            note: format!(
                "{}, {share:.1} %, own {}",
                label(node.value, &options.unit),
                label(own[at], &options.unit)
            ),
            fill,
            is_outlined: false,
        }
    };
    // The root stands for everything, which the picture has anyway.
    tree.nodes.iter().enumerate().skip(1).map(frame).collect()
}

fn own(tree: &CallTree, at: usize) -> i64 {
    let below: i64 = tree.children(at).map(|child| tree.nodes[child].value).sum();
    tree.nodes[at].value - below
}

/// From pale yellow to strong orange, for a part from 0 to 1.
fn heat_color(part: f64) -> [u8; 3] {
    mixed([255, 246, 205], [235, 96, 40], part)
}

/// A hue by the name, the same in every picture; the brightness differs a little, so that more names can be told apart.
pub(super) fn package_color(package: &str) -> [u8; 3] {
    // FNV-1a: small, and it never changes.
    let hash = package.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The upper bits are mixed best.
    let hue = (hash >> 40) % 360;
    let light = 0.70 + ((hash >> 32) % 4) as f64 * 0.03;
    from_hsl(hue as f64, 0.6, light)
}

/// A colour between two.
pub(super) fn mixed(from: [u8; 3], to: [u8; 3], part: f64) -> [u8; 3] {
    let part = if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) };
    [0, 1, 2].map(|i| (f64::from(from[i]) + (f64::from(to[i]) - f64::from(from[i])) * part).round() as u8)
}

/// Hue in degrees, saturation and lightness from 0 to 1.
fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> [u8; 3] {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset| {
        let k = (offset + hue / 30.0) % 12.0;
        let value = lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_their_numbers() {
        assert_eq!(from_hsl(0.0, 1.0, 0.5), [255, 0, 0]);
        assert_eq!(from_hsl(120.0, 1.0, 0.5), [0, 255, 0]);
        assert_eq!(from_hsl(240.0, 1.0, 0.5), [0, 0, 255]);
        assert_eq!(mixed([0, 100, 200], [100, 0, 200], 0.5), [50, 50, 200]);
        assert_eq!(mixed([1, 2, 3], [9, 9, 9], f64::NAN), [1, 2, 3]);
    }

    #[test]
    fn a_package_keeps_its_hue() {
        assert_eq!(package_color("runtime"), package_color("runtime"));
        assert_ne!(package_color("runtime"), package_color("encoding/json"));
    }
}
