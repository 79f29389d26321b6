//! `perfplan flamegraph`: a flame graph as SVG, of one side or of what changed.

use perfplan::analyze::{Adjust, CallTree, DeltaOptions, Granularity, Nodes, Recording, Selection, delta};
use perfplan::flame::{
    Colors, FlameOptions, MAX_DEPTH, diff_svg, folded_stacks, min_visible, speedscope, svg,
};
use perfplan::profile::Profile;
use perfplan::report::diff::{delta_warnings, folded_diff};

use crate::cli::{FlameFormat, FlamegraphArgs, Rows, Shared};
use crate::diff_args::Judged;
use crate::output;
use crate::profiles::{Opened, open};
use crate::sides::{load, recordings};

pub fn run(args: &FlamegraphArgs, shared: &Shared) -> anyhow::Result<()> {
    let colors = args.sides.colors()?;
    let text = if args.sides.before.is_empty() {
        one_side(args, colors, &open(&args.profile, shared)?)?
    } else {
        two_sides(args, shared)?
    };
    output::emit(&text, args.profile.output.as_deref())
}

fn one_side(args: &FlamegraphArgs, colors: Colors, opened: &Opened) -> anyhow::Result<String> {
    let (profile, index) = (&opened.profile, opened.index);
    Ok(match args.format {
        FlameFormat::Folded => folded_stacks(profile, index),
        FlameFormat::Speedscope => speedscope(profile, index, &args.profile.inputs.join(" + "))?,
        FlameFormat::Json => {
            let subject = opened.subject(Rows::Functions, "", "");
            perfplan::render::json(&perfplan::report::view::flamegraph(&subject))?
        }
        FlameFormat::Svg => draw(profile, &options(args, profile, index, colors), index)?,
    })
}

fn options(args: &FlamegraphArgs, profile: &Profile, index: usize, colors: Colors) -> FlameOptions {
    let named = || {
        let name = format!("{} {}", profile.binary(), profile.type_name(index));
        name.trim_start().to_string()
    };
    FlameOptions {
        title: perfplan::error::printable(args.title.clone().unwrap_or_else(named).as_bytes()),
        subtitle: String::new(),
        unit: profile.unit_name(index),
        inverted: args.inverted,
        colors,
    }
}

/// The picture of one sample type.
pub fn draw(profile: &Profile, options: &FlameOptions, index: usize) -> anyhow::Result<String> {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let min_value = min_visible(profile.total(index));
    let tree = CallTree::of(profile, &nodes, index, Selection::All, min_value, MAX_DEPTH);
    svg(&tree, &nodes, options).map_err(anyhow::Error::msg)
}

/// What changed, by the rate if it is known; the profiles of a side are replicates.
fn two_sides(args: &FlamegraphArgs, shared: &Shared) -> anyhow::Result<String> {
    let names = [args.sides.before.clone(), args.profile.inputs.clone()];
    let loaded = load(&names, &args.profile.filters, &args.profile.values.unit, shared)?;
    let wanted = args.profile.values.sample_index.as_deref();
    let sides = recordings(&names, &loaded, wanted, [&[], &[]])?;
    draw_sides(args, &sides, shared)
}

fn draw_sides(
    args: &FlamegraphArgs,
    sides: &[Vec<Recording<'_>>; 2],
    shared: &Shared,
) -> anyhow::Result<String> {
    let [before, after] = sides;
    let (profile, index) = (after[0].profile, after[0].index);
    match args.format {
        FlameFormat::Folded => return Ok(folded_diff(before, after)),
        FlameFormat::Speedscope => anyhow::bail!("speedscope shows one side; leave --before out"),
        FlameFormat::Json => {
            anyhow::bail!("the calls of two sides are what `perfplan diff --format json` compares")
        }
        FlameFormat::Svg => {}
    }
    let compared = DeltaOptions {
        measure: args.sides.measure.map(Judged::measure),
        alpha: 0.05,
        adjust: Adjust::Bh,
        granularity: Granularity::Functions,
        by_cum: true,
    };
    let delta = delta(before, after, &compared).map_err(|problem| problem.at(after[0].name))?;
    output::warn(&delta_warnings(&delta), shared);
    let mut options = options(args, profile, index, Colors::Warm);
    if args.title.is_none() {
        options.title = format!("{}: what changed, by {}", options.title, delta.measure.name());
    }
    diff_svg(before, after, &delta, args.sides.width(), &options).map_err(anyhow::Error::msg)
}
