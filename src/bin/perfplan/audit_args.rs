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
}

fn parse_go(text: &str) -> Result<perfplan::audit::GoVersion, String> {
    perfplan::audit::GoVersion::parse(text).ok_or_else(|| format!("{text} is no version such as 1.22"))
}
