//! Flags of the verbs for benchmarks.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Benchmark results, the baseline first: a file, `LABEL=FILE`, or `-`; equal labels are put together
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub layout: LayoutArgs,
    /// Significant if p is at most this [default: 0.05]
    #[arg(long, value_name = "A", allow_hyphen_values = true)]
    pub alpha: Option<f64>,
    /// Level of the interval of each median
    #[arg(long, default_value_t = 0.95, value_name = "C", allow_hyphen_values = true)]
    pub confidence: f64,
    /// Form of the output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<CompareFormat>,
    /// Changes up to this do not matter: `2%`, or `2% where FILTER`; repeatable, the last that matches wins
    #[arg(long, value_name = "V")]
    pub threshold: Vec<String>,
    /// Which way is better: `UNIT=lower` or `UNIT=higher`; repeatable
    #[arg(long, value_name = "UNIT=WAY")]
    pub better: Vec<String>,
    /// How p is adjusted for many comparisons; bh, or holm with a gate
    #[arg(long, value_enum, value_name = "HOW")]
    pub adjust: Option<AdjustArg>,
    /// Exit 1 if any of these holds: regression, change, inconclusive, missing, failed, environment, ci, or an expression such as
    /// `allocs/op>0` or `sec/op>10%`; repeatable, also a comma list
    #[arg(long, value_name = "LIST")]
    pub fail_on: Vec<String>,
    /// The same, only told
    #[arg(long, value_name = "LIST")]
    pub warn_on: Vec<String>,
    /// Append the report to the page of the job that GITHUB_STEP_SUMMARY names
    #[arg(long)]
    pub summary: bool,
    /// Order of the rows
    #[arg(long, value_enum, default_value_t = SortArg::Input, value_name = "ORDER")]
    pub sort: SortArg,
    /// Only rows with these verdicts: improvement, regression, equivalent, inconclusive; a comma list
    #[arg(long, value_enum, value_delimiter = ',', value_name = "VERDICTS")]
    pub only: Vec<VerdictArg>,
    /// Where to write; the suffix tells the form (.txt .md .json .csv)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LayoutArgs {
    /// Which measurements: `/size:1k .unit:(sec/op OR B/op)`, `-.name:/^Slow/`
    #[arg(long, default_value = "*", value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: String,
    /// One table per value of these keys
    #[arg(
        long,
        default_value = ".config",
        value_name = "KEYS",
        allow_hyphen_values = true
    )]
    pub table: String,
    /// One row per value of these keys
    #[arg(
        long,
        default_value = ".fullname",
        value_name = "KEYS",
        allow_hyphen_values = true
    )]
    pub row: String,
    /// One column per value of these keys; the first is the baseline
    #[arg(
        long,
        default_value = ".file",
        value_name = "KEYS",
        allow_hyphen_values = true
    )]
    pub col: String,
    /// Keys that make no difference
    #[arg(long, default_value = "", value_name = "KEYS", allow_hyphen_values = true)]
    pub ignore: String,
    /// Drop results that the program's own output tore apart, instead of putting them together
    #[arg(long)]
    pub no_recover: bool,
}

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Benchmark results: files, `LABEL=FILE`, or `-`
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub layout: LayoutArgs,
    /// Level of the interval of each median
    #[arg(long, default_value_t = 0.95, value_name = "C", allow_hyphen_values = true)]
    pub confidence: f64,
    /// The change that you want to be able to show
    #[arg(long, default_value = "5%", value_name = "V")]
    pub effect: String,
    /// Form of the output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<BenchFormat>,
    /// Where to write; the suffix tells the form (.txt .md .json)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    Text,
    Json,
    Csv,
    Markdown,
    Github,
    Benchstat,
    BenchstatCsv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AdjustArg {
    Bh,
    Holm,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    Input,
    Name,
    Ratio,
    Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerdictArg {
    Improvement,
    Regression,
    Equivalent,
    Inconclusive,
}
