//! Flags of `perfplan audit`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Folders and Go files; a file is audited with the tables of its package
    #[arg(default_value = ".", value_name = "DIR|FILE")]
    pub paths: Vec<PathBuf>,
    /// Form on standard output
    #[arg(long, value_enum, default_value_t = AuditFormat::Text, value_name = "FORM")]
    pub format: AuditFormat,
    /// Only these rules; repeatable, or with commas between them
    #[arg(
        long = "rule",
        visible_alias = "rules",
        value_delimiter = ',',
        value_name = "RULE"
    )]
    pub rules: Vec<String>,
    /// Not these rules; repeatable, or with commas between them
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub skip: Vec<String>,
    /// Rules of all tiers up to this one; 2 otherwise
    #[arg(long, value_name = "TIER", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub tier: Option<u8>,
    /// Profiles to join the hits with, of any kind; repeatable
    #[arg(long, value_name = "PROFILE")]
    pub profile: Vec<String>,
    /// Benchmark results, for the forms of a review; repeatable
    #[arg(long, value_name = "BENCH")]
    pub bench: Vec<String>,
    /// Only hits of at least this severity
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub min_severity: Option<AuditSeverity>,
    /// Exit code 1 where a hit is as severe: `severity>=high`, or `high`; repeatable
    #[arg(long, value_name = "CONDITION", value_parser = parse_gate)]
    pub fail_on: Vec<AuditSeverity>,
    /// A file of hits that are known: they are not told again
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Writes the hits of this run as a baseline
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Only hits in lines that `git diff` says changed since this revision
    #[arg(long, value_name = "REVISION")]
    pub new_from: Option<String>,
    /// Rules of every tier, suppressed hits and skipped files too
    #[arg(long)]
    pub all: bool,
    /// Hits in generated files too
    #[arg(long)]
    pub generated: bool,
    /// Hits in _test.go files too
    #[arg(long)]
    pub tests: bool,
    /// Language version, such as 1.22; else that of go.mod
    #[arg(long = "go", value_name = "VERSION", value_parser = parse_go)]
    pub go: Option<perfplan::audit::GoVersion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    Text,
    Json,
    Yaml,
    Markdown,
    Sarif,
    Github,
    Rdjson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum AuditSeverity {
    Low,
    Medium,
    High,
    Critical,
}

fn parse_gate(text: &str) -> Result<AuditSeverity, String> {
    let name = text.trim().strip_prefix("severity").unwrap_or(text).trim();
    let name = name.strip_prefix(">=").unwrap_or(name).trim();
    AuditSeverity::from_str(name, true).map_err(|_| format!("{text} is no condition such as severity>=high"))
}

fn parse_go(text: &str) -> Result<perfplan::audit::GoVersion, String> {
    perfplan::audit::GoVersion::parse(text).ok_or_else(|| format!("{text} is no version such as 1.22"))
}
