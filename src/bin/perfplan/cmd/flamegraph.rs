//! `perfplan flamegraph`: a flame graph as SVG.

use perfplan::analyze::{CallTree, Granularity, Nodes, Selection};
use perfplan::flame::{FlameOptions, MAX_DEPTH, folded_stacks, min_visible, svg};
use perfplan::profile::Profile;

use crate::cli::{FlameFormat, FlamegraphArgs, Shared};
use crate::output;
use crate::profiles::open;

pub fn run(args: &FlamegraphArgs, shared: &Shared) -> anyhow::Result<()> {
    let opened = open(&args.profile, shared)?;
    let (profile, index) = (&opened.profile, opened.index);
    let text = match args.format {
        FlameFormat::Folded => folded_stacks(profile, index),
        FlameFormat::Svg => {
            let named = || format!("{} {}", profile.binary(), profile.type_name(index));
            let title = args.title.clone().unwrap_or_else(named);
            draw(profile, index, title, args.inverted)?
        }
    };
    output::emit(&text, args.profile.output.as_deref())
}

/// The picture of one sample type.
pub fn draw(profile: &Profile, index: usize, title: String, inverted: bool) -> anyhow::Result<String> {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let min_value = min_visible(profile.total(index));
    let tree = CallTree::of(profile, &nodes, index, Selection::All, min_value, MAX_DEPTH);
    let options = FlameOptions {
        title,
        subtitle: String::new(),
        unit: profile.unit_name(index),
        inverted,
    };
    svg(&tree, &nodes, &options).map_err(anyhow::Error::msg)
}
