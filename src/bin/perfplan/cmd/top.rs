//! `perfplan top`: functions by weight.

use perfplan::analyze::Granularity;
use perfplan::report::{TopOptions, top};

use crate::cli::{Rows, Shared, TopArgs, TopFormat};
use crate::{inputs, output};

pub fn run(args: &TopArgs, shared: &Shared) -> anyhow::Result<()> {
    let progress = output::Progress::begin("reading", shared);
    let profile = inputs::profile(&args.profile.inputs, super::limits(shared))?;
    drop(progress);
    output::tell(&args.profile.inputs.join(" + "), &profile, shared);
    output::warn(&profile.warnings, shared);
    let options = TopOptions {
        index: super::sample_type(&profile, &args.profile)?,
        granularity: granularity(args.granularity),
        by_cum: args.cum,
        trim: !args.no_trim,
        node_fraction: args.nodefraction,
        node_count: args.nodecount,
    };
    let view = top(&profile, &args.profile.inputs, &options);
    let text = match args.format {
        TopFormat::Text => view.text(),
        TopFormat::Json => perfplan::render::json(&view)?,
    };
    output::emit(&text, args.profile.output.as_deref())
}

fn granularity(rows: Rows) -> Granularity {
    match rows {
        Rows::Functions => Granularity::Functions,
        Rows::Filefunctions => Granularity::FileFunctions,
        Rows::Lines => Granularity::Lines,
        Rows::Addresses => Granularity::Addresses,
        Rows::Files => Granularity::Files,
        Rows::Packages => Granularity::Packages,
    }
}
