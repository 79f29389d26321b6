//! The program: flags, files, colours, exit codes. It computes nothing itself.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "files, clock and terminal are the program's"
)]

mod cli;
mod cmd;
mod inputs;
mod output;
mod profiles;
mod sources;

use std::process::ExitCode;

use perfplan::error::printable;

fn main() -> ExitCode {
    let arguments = cli::go_spellings(std::env::args_os().collect());
    let cli = match cli::parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    match cmd::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(2)
        }
    }
}

/// One `error:` line, then the hint.
fn report(error: &anyhow::Error) {
    if let Some(error) = error.downcast_ref::<perfplan::error::Error>() {
        eprintln!("error: {}", printable(error.to_string().as_bytes()));
        if let Some(hint) = error.hint() {
            eprintln!("hint: {}", printable(hint.as_bytes()));
        }
    } else {
        eprintln!("error: {}", printable(format!("{error:#}").as_bytes()));
    }
}
