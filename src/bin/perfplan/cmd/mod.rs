//! The verbs, one a file.

mod analyze;
mod audit;
mod bench;
mod check;
mod compare;
mod config;
mod diff;
mod explain;
mod flamegraph;
mod init;
mod merge;
mod render;
mod view;

use perfplan::profile::Limits;

use crate::cli::{Cli, Shared, Verb};

/// Runs a verb.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let shared = &cli.shared;
    match cli.verb {
        Verb::Analyze(args) => analyze::run(&args, shared),
        Verb::Audit(args) => audit::run(&args, shared),
        Verb::Top(args) => view::top(&args, shared),
        Verb::Tree(args) => view::tree(&args, shared),
        Verb::Peek(args) => view::peek(&args, shared),
        Verb::List(args) => view::list(&args, shared),
        Verb::Traces(args) => view::traces(&args, shared),
        Verb::Tags(args) => view::tags(&args, shared),
        Verb::Raw(args) => view::raw(&args, shared),
        Verb::Info(args) => view::info(&args, shared),
        Verb::Graph(args) => view::graph(&args, shared),
        Verb::Bench(args) => bench::run(&args, shared),
        Verb::Compare(args) => compare::run(&args, shared),
        Verb::Flamegraph(args) => flamegraph::run(&args, shared),
        Verb::Diff(args) => diff::run(&args, shared),
        Verb::Check(args) => check::run(&args, shared),
        Verb::Merge(args) => merge::run(&args, shared),
        Verb::Render(args) => render::run(&args, shared),
        Verb::Explain(args) => explain::run(&args, shared),
        Verb::Init(args) => init::run(&args, shared),
        Verb::Config(args) => config::run(&args, shared),
        Verb::Schema(args) => explain::schema(&args),
    }
}

/// A run that did its work, and was asked to fail on what it found. The lines are safe to print.
#[derive(Debug)]
pub struct GateStop {
    /// What failed.
    pub failed: Vec<String>,
    /// Which gates the data cannot decide: they must not pass.
    pub undecided: Vec<String>,
    /// The option that asked for them, with a colon; empty where the verb itself is the gate.
    pub asked_by: &'static str,
}

impl GateStop {
    /// The exit code: 1 if a gate failed, 2 if none did but one cannot be decided.
    pub fn code(&self) -> u8 {
        if self.failed.is_empty() { 2 } else { 1 }
    }
}

impl std::fmt::Display for GateStop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&[&self.failed[..], &self.undecided].concat().join("\n"))
    }
}

impl std::error::Error for GateStop {}

/// How much of an input is read.
pub fn limits(shared: &Shared) -> Limits {
    let default = Limits::default();
    Limits {
        max_size: shared.max_size.unwrap_or(default.max_size),
        any_ratio: shared.max_size.is_some(),
    }
}
