//! The verbs, one a file.

mod analyze;
mod flamegraph;
mod merge;
mod top;

use perfplan::profile::{Limits, Profile};

use crate::cli::{Cli, ProfileArgs, Shared, Verb};

/// Runs a verb.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let shared = &cli.shared;
    match cli.verb {
        Verb::Analyze(args) => analyze::run(&args, shared),
        Verb::Top(args) => top::run(&args, shared),
        Verb::Flamegraph(args) => flamegraph::run(&args, shared),
        Verb::Merge(args) => merge::run(&args, shared),
    }
}

fn limits(shared: &Shared) -> Limits {
    let default = Limits::default();
    Limits {
        max_size: shared.max_size.unwrap_or(default.max_size),
        any_ratio: shared.max_size.is_some(),
    }
}

/// The sample type that the user means, or the profile's default.
fn sample_type(profile: &Profile, args: &ProfileArgs) -> anyhow::Result<usize> {
    let input = args.inputs.first().map_or("-", String::as_str);
    match &args.sample_index {
        Some(wanted) => Ok(profile.find_type(wanted).map_err(|problem| problem.at(input))?),
        None => Ok(profile.default_type()),
    }
}
