//! `perfplan merge`: several profiles as one.

use std::path::Path;

use perfplan::profile::{encode, merge};

use crate::cli::{MergeArgs, Shared};
use crate::profiles::{base_of, filter, filters_of};
use crate::{inputs, output};

pub fn run(args: &MergeArgs, shared: &Shared) -> anyhow::Result<()> {
    let filters = filters_of(&args.filters, "minimum")?;
    let progress = output::Progress::begin("merging", shared);
    let limits = super::limits(shared);
    let name = args.inputs.first().map_or("-", String::as_str);
    let mut profile = match base_of(&args.base) {
        None => inputs::merged_profile(&args.inputs, limits)?,
        Some(_) => inputs::profile_less(&args.inputs, &args.base, limits)?,
    };
    filter(&mut profile, &filters, &args.filters, name)?;
    if args.divide_by != 1.0 {
        profile.divide(args.divide_by);
    }
    // Frames may be equal now that were not, and what nothing refers to goes.
    let profile = merge(&[(name, &profile)]).map_err(|problem| problem.at(name))?;
    let data = encode(&profile);
    drop(progress);
    output::tell(&args.inputs.join(" + "), &profile, shared);
    output::warn(&profile.warnings, shared);
    if args.output == Path::new("-") {
        output::print(&data)
    } else {
        output::write_whole(&args.output, &data)
    }
}
