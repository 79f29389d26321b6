//! The verbs, one a file.

mod analyze;
mod flamegraph;
mod merge;
mod view;

use perfplan::profile::Limits;

use crate::cli::{Cli, Shared, Verb};

/// Runs a verb.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let shared = &cli.shared;
    match cli.verb {
        Verb::Analyze(args) => analyze::run(&args, shared),
        Verb::Top(args) => view::top(&args, shared),
        Verb::Tree(args) => view::tree(&args, shared),
        Verb::Peek(args) => view::peek(&args, shared),
        Verb::List(args) => view::list(&args, shared),
        Verb::Traces(args) => view::traces(&args, shared),
        Verb::Tags(args) => view::tags(&args, shared),
        Verb::Raw(args) => view::raw(&args, shared),
        Verb::Info(args) => view::info(&args, shared),
        Verb::Graph(args) => view::graph(&args, shared),
        Verb::Flamegraph(args) => flamegraph::run(&args, shared),
        Verb::Merge(args) => merge::run(&args, shared),
    }
}

/// How much of an input is read.
pub fn limits(shared: &Shared) -> Limits {
    let default = Limits::default();
    Limits {
        max_size: shared.max_size.unwrap_or(default.max_size),
        any_ratio: shared.max_size.is_some(),
    }
}
