//! The options of the profile verbs: pprof's, with two dashes and hyphens.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse_fraction;

/// Which profiles, which samples of them, and what of each is shown.
#[derive(Debug, Args)]
pub struct ProfileArgs {
    /// Profiles; several are merged; `-` is standard input
    #[arg(required = true, value_name = "PROFILE")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub base: BaseArgs,
    #[command(flatten)]
    pub filters: FilterArgs,
    #[command(flatten)]
    pub values: ValueArgs,
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is subtracted.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Base")]
pub struct BaseArgs {
    /// Subtract a profile; repeatable
    #[arg(long, value_name = "PROFILE", conflicts_with = "diff_base")]
    pub base: Vec<String>,
    /// Subtract a profile, and take shares of its total; repeatable
    #[arg(long, value_name = "PROFILE")]
    pub diff_base: Vec<String>,
    /// First scale the profile to the sum of the base
    #[arg(long)]
    pub normalize: bool,
}

/// Which samples, frames and labels are kept; in the order in which pprof applies them.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Make the values of these labels callers of each stack, `,` between keys
    #[arg(long, value_name = "KEYS")]
    pub tagroot: Option<String>,
    /// Make the values of these labels callees of each stack
    #[arg(long, value_name = "KEYS")]
    pub tagleaf: Option<String>,
    /// Keep samples with a frame that matches by function, source file or binary
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub focus: Option<String>,
    /// Drop samples with such a frame
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub ignore: Option<String>,
    /// Take matching frames out of the stacks
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub hide: Option<String>,
    /// Keep only matching frames
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub show: Option<String>,
    /// Cut what is above the match nearest the root
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub show_from: Option<String>,
    /// Keep samples by label: `KEY=REGEX`, `REGEX,REGEX`, or a range such as `KEY=32kb:1mb`
    #[arg(long, value_name = "TAGS", allow_hyphen_values = true)]
    pub tagfocus: Option<String>,
    /// Drop samples by label
    #[arg(long, value_name = "TAGS", allow_hyphen_values = true)]
    pub tagignore: Option<String>,
    /// Keep labels whose key matches
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub tagshow: Option<String>,
    /// Drop labels whose key matches
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub taghide: Option<String>,
    /// Cut what is below the match nearest the leaf
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true)]
    pub prune_from: Option<String>,
    /// Charge inlined calls to the function that holds them
    #[arg(long)]
    pub noinlines: bool,
    /// Fold frames of the runtime and of libraries into the code of yours that called them
    #[arg(long)]
    pub only_my_code: bool,
    /// Module path of the code that is yours; go.mod of --source or the profile's own most used prefix otherwise
    #[arg(long, value_name = "PATH")]
    pub module: Option<String>,
    /// Take shares of what the filters leave
    #[arg(long)]
    pub relative_percentages: bool,
}

/// Which values are shown, and how they are printed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Values")]
pub struct ValueArgs {
    /// Sample type by name or number; the profile's default otherwise
    #[arg(long, value_name = "TYPE")]
    pub sample_index: Option<String>,
    /// Divide every value by that of the first sample type
    #[arg(long)]
    pub mean: bool,
    /// Divide printed values
    #[arg(long, default_value_t = 1.0, value_name = "N", value_parser = parse_divisor)]
    pub divide_by: f64,
    /// Unit of printed values; `minimum` is the one in which the smallest is readable
    #[arg(long, default_value = "minimum", value_name = "UNIT")]
    pub unit: String,
}

/// A list of functions, or a part of the call graph.
#[derive(Debug, Args)]
pub struct ViewArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub trim: TrimArgs,
    /// Form of the output; `pprof` is byte for byte that of `go tool pprof`
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ViewFormat>,
}

/// What is one row, and how many of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rows")]
pub struct TrimArgs {
    /// What is one row
    #[arg(long, value_enum, default_value_t = Rows::Functions, value_name = "ROWS")]
    pub granularity: Rows,
    /// Sort by cumulative weight
    #[arg(long)]
    pub cum: bool,
    /// Sort by flat weight, the default
    #[arg(long, hide = true, overrides_with = "cum")]
    pub flat: bool,
    /// At most so many rows, 0 for no limit; top shows all otherwise, tree and graph 80
    #[arg(long, value_name = "N")]
    pub nodecount: Option<usize>,
    /// Leave out rows below this part of the total
    #[arg(long, default_value_t = 0.005, value_name = "F", value_parser = parse_fraction)]
    pub nodefraction: f64,
    /// Leave out calls below this part of the total
    #[arg(long, default_value_t = 0.001, value_name = "F", value_parser = parse_fraction)]
    pub edgefraction: f64,
    /// Show all rows
    #[arg(long)]
    pub no_trim: bool,
    /// Leave out rows below zero, after a base was subtracted
    #[arg(long)]
    pub drop_negative: bool,
    /// Folders in which sources are looked for, `:` between them
    #[arg(long, default_value = "", hide_default_value = true, value_name = "PATHS")]
    pub source_path: String,
    /// Prefixes that are cut from the paths of sources, `:` between them
    #[arg(long, default_value = "", hide_default_value = true, value_name = "PATHS")]
    pub trim_path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rows {
    Functions,
    Filefunctions,
    Lines,
    Addresses,
    Files,
    Packages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ViewFormat {
    Text,
    Json,
    Csv,
    Markdown,
    Pprof,
}

/// Views whose nodes match an expression.
#[derive(Debug, Args)]
pub struct MatchArgs {
    /// Which functions
    #[arg(value_name = "REGEX", allow_hyphen_values = true)]
    pub regex: String,
    #[command(flatten)]
    pub view: ViewArgs,
}

/// The tables of a profile.
#[derive(Debug, Args)]
pub struct RawArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    /// Taken as in the other views; the tables are always whole
    #[command(flatten)]
    pub trim: TrimArgs,
}

/// The call graph.
#[derive(Debug, Args)]
pub struct GraphArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub trim: TrimArgs,
    /// Form of the output; otherwise by the suffix of the file (.svg .dot .json .csv), else dot
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<GraphFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Dot,
    Svg,
    Json,
    Csv,
}

/// A number to divide by.
pub fn parse_divisor(text: &str) -> Result<f64, String> {
    let divisor = text.parse().ok().filter(|d: &f64| d.is_finite() && *d != 0.0);
    divisor.ok_or_else(|| format!("{text} is no number other than 0"))
}
