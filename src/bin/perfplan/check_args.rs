//! The options of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A stored review and new inputs of any kind that `analyze` takes; `-` is standard input. Without a review only the
    /// budgets are checked, without inputs those that perfplan.yaml names are read
    #[arg(value_name = "REVIEW|NEW")]
    pub inputs: Vec<String>,
    /// New runs of the old code, measured beside the new ones: decides times by their ratio; repeatable
    #[arg(long, value_name = "OLD")]
    pub baseline_bench: Vec<String>,
    /// Fail on these conditions too, `,` between them: worse, new, score<80, severity>=high, and with --baseline-bench those
    /// of compare
    #[arg(long, value_name = "LIST")]
    pub fail_on: Vec<String>,
    /// Folder with the program's Go source, to show lines
    #[arg(long, value_name = "DIR")]
    pub source: Vec<PathBuf>,
    /// Module path of your own code
    #[arg(long, value_name = "PATH")]
    pub module: Option<String>,
    /// Form on standard output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<CheckFormat>,
    /// Append the check to the page of the job on GitHub, which GITHUB_STEP_SUMMARY names
    #[arg(long)]
    pub summary: bool,
    /// Where to write; the suffix tells the form (.txt .md .json .xml); repeatable
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Aligned tables
    Text,
    /// For a comment on a pull request: a marker line, and below 65,536 characters
    Markdown,
    /// `perfplan.check/1`
    Json,
    /// Workflow commands: `::error file=…,line=…::`
    Github,
    /// One test case for each target and budget
    Junit,
}
