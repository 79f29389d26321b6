//! The program: flags, files, colours, exit codes. It computes nothing itself.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "files, clock and terminal are the program's"
)]

mod audit_args;
mod bench_inputs;
mod check_args;
mod cli;
mod cmd;
mod compare_args;
mod diff_args;
mod git;
mod inputs;
mod knowledge_args;
mod output;
mod profiles;
mod settings;
mod sides;
mod sources;

use std::process::ExitCode;

use perfplan::error::printable;

fn main() -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    let verb = cli::verb_at(&given);
    let arguments = cli::go_spellings(diff_args::mark_sides(given, verb));
    let cli = match cli::parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    match cmd::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<cmd::GateStop>() => stop(&error),
        Err(error) => {
            report(&error);
            let ended = error.downcast_ref::<bench_inputs::Ended>();
            ExitCode::from(ended.map_or(2, |ended| ended.code))
        }
    }
}

/// Every row that failed a gate, every gate that cannot be decided; the code says which.
fn stop(error: &anyhow::Error) -> ExitCode {
    let Some(stop) = error.downcast_ref::<cmd::GateStop>() else {
        return ExitCode::from(2);
    };
    stop.failed.iter().for_each(|line| eprintln!("failed: {line}"));
    stop.undecided
        .iter()
        .for_each(|line| eprintln!("error: {}{line}", stop.asked_by));
    ExitCode::from(stop.code())
}

/// One `error:` line, then the hint.
fn report(error: &anyhow::Error) {
    if let Some(ended) = error.downcast_ref::<bench_inputs::Ended>() {
        eprintln!("{ended}");
    } else if let Some(error) = error.downcast_ref::<perfplan::error::Error>() {
        eprintln!("error: {}", printable(error.to_string().as_bytes()));
        if let Some(hint) = error.hint() {
            eprintln!("hint: {}", printable(hint.as_bytes()));
        }
    } else {
        eprintln!("error: {}", printable(format!("{error:#}").as_bytes()));
    }
}
