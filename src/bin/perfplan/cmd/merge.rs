//! `perfplan merge`: several profiles as one.

use std::path::Path;

use perfplan::profile::encode;

use crate::cli::{MergeArgs, Shared};
use crate::{inputs, output};

pub fn run(args: &MergeArgs, shared: &Shared) -> anyhow::Result<()> {
    let progress = output::Progress::begin("merging", shared);
    let profile = inputs::merged_profile(&args.inputs, super::limits(shared))?;
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
