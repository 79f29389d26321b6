//! Flags and verbs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

/// Reads what a Go program's profilers and benchmarks print and writes the performance review.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub shared: Shared,
}

/// What all verbs share.
#[derive(Debug, Args)]
pub struct Shared {
    /// Colour: on a terminal, always, or never; NO_COLOR is respected
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// No warnings and no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Tells what was read, on standard error
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Most bytes of an input after decompression, such as 4GiB; given, it also lifts the ratio limit
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size)]
    pub max_size: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Writes the review of profiles and benchmarks: the main job
    #[command(after_help = "Examples:
  perfplan analyze cpu.pb.gz
  perfplan analyze cpu.pb.gz mem.pb.gz bench.txt --source . -o review/
  perfplan analyze cpu.pb.gz -o review.md -o review.yaml")]
    Analyze(AnalyzeArgs),
    /// Lists functions by weight
    #[command(after_help = "Examples:
  perfplan top cpu.pb.gz
  perfplan top -sample_index=alloc_space -cum -nodecount=20 mem.pb.gz
  perfplan top --format json - < cpu.pb.gz")]
    Top(TopArgs),
    /// Draws a flame graph as SVG
    #[command(after_help = "Examples:
  perfplan flamegraph cpu.pb.gz -o cpu.svg
  perfplan flamegraph mem.pb.gz --sample-index alloc_objects -o objects.svg
  perfplan flamegraph cpu.pb.gz --format folded")]
    Flamegraph(FlamegraphArgs),
    /// Merges profiles into one, which pprof reads and `go build -pgo` takes
    #[command(after_help = "Examples:
  perfplan merge cpu1.pb.gz cpu2.pb.gz -o cpu.pb.gz
  perfplan merge cpu.pb.gz -o default.pgo")]
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Profiles and benchmark text in any mix; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Folder with the program's Go source, to show lines
    #[arg(long, value_name = "DIR")]
    pub source: Vec<PathBuf>,
    /// Module path of the code that is yours; otherwise go.mod of --source, else the profile's own most used prefix
    #[arg(long, value_name = "PATH")]
    pub module: Option<String>,
    /// What the review calls the program
    #[arg(long, value_name = "NAME")]
    pub component: Option<String>,
    /// Form on standard output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ReviewFormat>,
    /// A folder for the whole set, or a file whose suffix tells the form (.md .yaml .json .txt); repeatable
    #[arg(short, long, value_name = "PATH")]
    pub output: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewFormat {
    Text,
    Markdown,
    Yaml,
    Json,
}

#[derive(Debug, Args)]
pub struct ProfileArgs {
    /// Profiles; several are merged; `-` is standard input
    #[arg(required = true, value_name = "PROFILE")]
    pub inputs: Vec<String>,
    /// Sample type by name or number; the profile's default otherwise
    #[arg(long, value_name = "TYPE")]
    pub sample_index: Option<String>,
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TopArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    /// What is one row
    #[arg(long, value_enum, default_value_t = Rows::Functions, value_name = "ROWS")]
    pub granularity: Rows,
    /// Sort by cumulative weight
    #[arg(long)]
    pub cum: bool,
    /// At most so many rows; 0 for no limit
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub nodecount: usize,
    /// Leave out rows below this part of the total
    #[arg(long, default_value_t = 0.005, value_name = "F", value_parser = parse_fraction)]
    pub nodefraction: f64,
    /// Show all rows
    #[arg(long)]
    pub no_trim: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = TopFormat::Text, value_name = "FORM")]
    pub format: TopFormat,
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
pub enum TopFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct FlamegraphArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    /// A picture, or folded stacks for other tools: `root;…;leaf VALUE`
    #[arg(long, value_enum, default_value_t = FlameFormat::Svg, value_name = "FORM")]
    pub format: FlameFormat,
    /// Callers below their callees, growing downwards
    #[arg(long)]
    pub inverted: bool,
    /// Title above the picture
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FlameFormat {
    Svg,
    Folded,
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Profiles; `-` is standard input
    #[arg(required = true, value_name = "PROFILE")]
    pub inputs: Vec<String>,
    /// Where to write, as gzipped protobuf
    #[arg(short, long, value_name = "FILE", required = true)]
    pub output: PathBuf,
}

/// Options that pprof's users write with one dash and underscores.
const GO_OPTIONS: [&str; 8] = [
    "sample-index",
    "nodecount",
    "nodefraction",
    "cum",
    "granularity",
    "no-trim",
    "output",
    "source",
];

/// Words of pprof that stand for an option with its value.
const GO_WORDS: [(&str, &str); 13] = [
    ("functions", "--granularity=functions"),
    ("filefunctions", "--granularity=filefunctions"),
    ("lines", "--granularity=lines"),
    ("addresses", "--granularity=addresses"),
    ("files", "--granularity=files"),
    ("inuse_space", "--sample-index=inuse_space"),
    ("inuse_objects", "--sample-index=inuse_objects"),
    ("alloc_space", "--sample-index=alloc_space"),
    ("alloc_objects", "--sample-index=alloc_objects"),
    ("total_delay", "--sample-index=delay"),
    ("contentions", "--sample-index=contentions"),
    ("trim=false", "--no-trim"),
    ("flat", ""),
];

/// Rewrites Go's spellings: `-sample_index=alloc_space` is `--sample-index=alloc_space`.
pub fn go_spellings(arguments: Vec<OsString>) -> Vec<OsString> {
    let rewrite = |argument: OsString| match argument.to_str() {
        Some(text) => go_spelling(text).map(OsString::from),
        None => Some(argument),
    };
    arguments.into_iter().filter_map(rewrite).collect()
}

fn go_spelling(text: &str) -> Option<String> {
    let Some(bare) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')) else {
        return Some(text.to_string());
    };
    if let Some((_, option)) = GO_WORDS.iter().find(|(word, _)| *word == bare) {
        return (!option.is_empty()).then(|| option.to_string());
    }
    let (name, value) = bare.split_once('=').map_or((bare, None), |(n, v)| (n, Some(v)));
    let name = name.replace('_', "-");
    if !GO_OPTIONS.contains(&name.as_str()) {
        return Some(text.to_string());
    }
    Some(value.map_or_else(|| format!("--{name}"), |v| format!("--{name}={v}")))
}

/// Parses the arguments; help and version are printed and are no error.
///
/// # Errors
/// The exit code, once the message is printed.
pub fn parse(arguments: &[OsString]) -> Result<Cli, u8> {
    Cli::try_parse_from(arguments).map_err(|error| {
        // A closed pipe is no reason to fail.
        let _ = error.print();
        hint_at_analyze(arguments);
        u8::try_from(error.exit_code()).unwrap_or(2)
    })
}

/// `perfplan cpu.pb.gz` is a verb forgotten.
fn hint_at_analyze(arguments: &[OsString]) {
    let verbs: Vec<_> = Cli::command()
        .get_subcommands()
        .map(|c| c.get_name().to_string())
        .collect();
    if let Some(first) = arguments.get(1).and_then(|a| a.to_str())
        && !first.starts_with('-')
        && !verbs.iter().any(|v| v == first)
        && Path::new(first).exists()
    {
        eprintln!(
            "hint: did you mean `perfplan analyze {}`?",
            perfplan::error::printable(first.as_bytes())
        );
    }
}

fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse().ok().filter(|f| (0.0..=1.0).contains(f));
    fraction.ok_or_else(|| format!("{text} is no fraction from 0 to 1"))
}

fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
    let number: u64 = digits
        .trim()
        .parse()
        .map_err(|_| format!("{text} is no size such as 4GiB"))?;
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        unit => return Err(format!("{unit} is no unit of size; try KiB, MiB or GiB")),
    };
    number
        .checked_mul(factor)
        .ok_or_else(|| format!("{text} is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn go_spellings_are_understood() {
        let check = |given: &str, expect: Option<&str>| assert_eq!(go_spelling(given).as_deref(), expect);
        check("-sample_index=alloc_space", Some("--sample-index=alloc_space"));
        check("-nodecount", Some("--nodecount"));
        check("-lines", Some("--granularity=lines"));
        check("-flat", None);
        check("-o", Some("-o"));
        check("-", Some("-"));
        check("cpu.pb.gz", Some("cpu.pb.gz"));
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("4GiB"), Ok(4 << 30));
        assert!(parse_size("4 parsecs").is_err());
    }
}
