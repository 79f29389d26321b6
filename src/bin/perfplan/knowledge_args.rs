//! Flags of the verbs for settings and knowledge.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub verb: ConfigVerb,
}

#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Prints every setting with its value
    #[command(after_help = "Examples:
  perfplan config show
  perfplan config show --origin --format json")]
    Show(ConfigShowArgs),
}

#[derive(Debug, Args)]
pub struct ConfigShowArgs {
    /// Where each value comes from: a flag, an environment variable, file and line, or the default
    #[arg(long)]
    pub origin: bool,
    /// Form on standard output
    #[arg(long, value_enum, default_value_t = ConfigFormat::Yaml, value_name = "FORM")]
    pub format: ConfigFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    Yaml,
    Json,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The project's folder, with its go.mod
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,
    /// Where to write, `-` for standard output; perfplan.yaml in the folder otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of which file
    #[arg(value_enum, value_name = "FILE")]
    pub of: SchemaOf,
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Policy,
    Review,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule of findings or a word of reviews; all of them otherwise
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
    /// Form on standard output
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text, value_name = "FORM")]
    pub format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    Text,
    Markdown,
    Json,
}
