//! Flags and verbs.

mod go;
mod profile;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use perfplan::review::policy::Rate;
use profile::parse_divisor;

pub use go::go_spellings;
pub use profile::{
    BaseArgs, FilterArgs, GraphArgs, GraphFormat, MatchArgs, ProfileArgs, RawArgs, Rows, TrimArgs, ViewArgs,
    ViewFormat,
};

use crate::compare_args::{BenchArgs, CompareArgs};
use crate::knowledge_args::{ConfigArgs, ExplainArgs, InitArgs, SchemaArgs};

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
    /// The policy file; otherwise PERFPLAN_CONFIG, or perfplan.yaml found upwards to the repository's root
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
  go build -gcflags=-m=2 ./... 2> notes.txt; perfplan analyze cpu.pb.gz mem.pb.gz notes.txt
  perfplan analyze cpu.pb.gz -o review.md -o review.yaml
  perfplan analyze cpu.pb.gz bench.txt --rate BenchmarkServe=2000/s
  perfplan analyze cpu.pb.gz bench.txt --baseline last.yaml")]
    Analyze(AnalyzeArgs),
    /// Compares benchmark results before and after
    #[command(after_help = "Examples:
  perfplan compare old.txt new.txt
  perfplan compare main=old.txt pr=new.txt --fail-on regression
  perfplan compare --format benchstat --col /format --row .name new.txt
  perfplan compare old.txt new.txt --fail-on 'allocs/op>0,sec/op>10%' -o c.md")]
    Compare(Box<CompareArgs>),
    /// Sums up benchmark results: medians, their intervals, noise, and how many runs it takes
    #[command(after_help = "Examples:
  perfplan bench new.txt
  perfplan bench --effect 2% new.txt
  go test -bench . -count 10 | perfplan bench -")]
    Bench(Box<BenchArgs>),
    /// Lists functions by weight
    #[command(after_help = "Examples:
  perfplan top cpu.pb.gz
  perfplan top -sample_index=alloc_space -cum -nodecount=20 mem.pb.gz
  perfplan top --format json - < cpu.pb.gz")]
    Top(ViewArgs),
    /// Lists functions with their callers and callees
    #[command(after_help = "Examples:
  perfplan tree cpu.pb.gz
  perfplan tree --focus encoding/json --nodecount 20 cpu.pb.gz
  perfplan tree --format json - < cpu.pb.gz")]
    Tree(ViewArgs),
    /// Lists the functions that match, with their callers and callees
    #[command(after_help = "Examples:
  perfplan peek 'runtime\\.mallocgc$' cpu.pb.gz
  perfplan peek json cpu1.pb.gz cpu2.pb.gz
  perfplan peek --format json mallocgc - < cpu.pb.gz")]
    Peek(MatchArgs),
    /// Lists the source of functions that match, with the weight of each line
    #[command(after_help = "Examples:
  perfplan list writeJSON cpu.pb.gz
  perfplan list 'json\\.Marshal$' --source-path . cpu.pb.gz
  perfplan list --format json buildResponse - < cpu.pb.gz")]
    List(MatchArgs),
    /// Lists every sample with its stack and labels
    #[command(after_help = "Examples:
  perfplan traces mem.pb.gz
  perfplan traces --focus writeJSON --sample-index alloc_objects mem.pb.gz
  perfplan traces --format json - < cpu.pb.gz")]
    Traces(ViewArgs),
    /// Lists labels and their values by weight
    #[command(after_help = "Examples:
  perfplan tags mem.pb.gz
  perfplan tags --tagshow bytes --format csv mem.pb.gz
  perfplan tags --format json - < cpu.pb.gz")]
    Tags(ViewArgs),
    /// Prints the tables of a profile as they are stored
    #[command(after_help = "Examples:
  perfplan raw cpu.pb.gz
  perfplan raw - < cpu.pb.gz")]
    Raw(RawArgs),
    /// Tells what a profile is: types, totals, times, binaries, labels, how it is stored
    #[command(after_help = "Examples:
  perfplan info cpu.pb.gz
  perfplan info --format json cpu1.pb.gz cpu2.pb.gz
  perfplan info - < mem.pb.gz")]
    Info(ViewArgs),
    /// Draws the call graph: a picture laid out without Graphviz, or DOT for it
    #[command(after_help = "Examples:
  perfplan graph cpu.pb.gz -o cpu.svg
  perfplan graph --focus encoding/json cpu.pb.gz -o json.dot
  perfplan graph --format json - < cpu.pb.gz")]
    Graph(GraphArgs),
    /// Draws a flame graph as SVG
    #[command(after_help = "Examples:
  perfplan flamegraph cpu.pb.gz -o cpu.svg
  perfplan flamegraph mem.pb.gz --sample-index alloc_objects -o objects.svg
  perfplan flamegraph --before old.pb.gz new.pb.gz -o change.svg
  perfplan flamegraph cpu.pb.gz --format folded")]
    Flamegraph(FlamegraphArgs),
    /// Compares profiles before and after, telling change from noise
    #[command(after_help = "Examples:
  perfplan diff old.pb.gz new.pb.gz
  perfplan diff old.pb.gz cpu1.pb.gz -- new.pb.gz cpu2.pb.gz --format json
  perfplan diff old.pb.gz new.pb.gz --fail-on 'total>20%' --fail-on 'cpu.flat(runtime)>5pp'")]
    Diff(crate::diff_args::DiffArgs),
    /// Finds the items of the performance checklist in Go source, by its syntax alone
    #[command(after_help = "Examples:
  perfplan audit
  perfplan audit --profile cpu.pb.gz --profile mem.pb.gz
  perfplan audit --rule concat-loop,slice-prealloc main.go
  perfplan audit --fail-on 'severity>=critical' --format sarif . > audit.sarif
  perfplan audit --write-baseline known.json; perfplan audit --baseline known.json")]
    Audit(crate::audit_args::AuditArgs),
    /// Merges profiles into one, which pprof reads and `go build -pgo` takes
    #[command(after_help = "Examples:
  perfplan merge cpu1.pb.gz cpu2.pb.gz -o cpu.pb.gz
  perfplan merge cpu.pb.gz -o default.pgo")]
    Merge(MergeArgs),
    /// Checks new measurements against the targets of a stored review and the budgets of perfplan.yaml
    #[command(
        after_help = "Exit codes: 0 all is met, 1 something is not, 2 these data cannot tell, or an error.

Examples:
  perfplan check last.yaml after.txt cpu2.pb.gz
  perfplan check last.yaml after.txt --baseline-bench old.txt --format github
  perfplan check last.yaml after.txt -o check.md -o check.xml"
    )]
    Check(crate::check_args::CheckArgs),
    /// Writes a stored review in another form: the same Markdown as `analyze` wrote, without its inputs
    #[command(after_help = "Examples:
  perfplan render last.yaml
  perfplan render last.yaml -o review.md -o review.json
  perfplan render --format markdown - < last.yaml")]
    Render(RenderArgs),
    /// Tells what a rule or a word of a review means; without a name it lists them
    #[command(after_help = "Examples:
  perfplan explain
  perfplan explain slice.grow
  perfplan explain allocation churn --format markdown")]
    Explain(ExplainArgs),
    /// Writes a commented perfplan.yaml for the project at hand
    #[command(after_help = "Examples:
  perfplan init
  perfplan init -o - .
  perfplan init --force")]
    Init(InitArgs),
    /// Tells which settings are in force
    #[command(after_help = "Examples:
  perfplan config show
  perfplan config show --origin
  perfplan config show --format json")]
    Config(ConfigArgs),
    /// Prints the JSON Schema of perfplan.yaml or review.yaml
    #[command(after_help = "Examples:
  perfplan schema policy
  perfplan schema review -o review.schema.json")]
    Schema(SchemaArgs),
}

#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Profiles, benchmark text, goroutine dumps, compiler notes and traces of the runtime in any mix; `-` is standard input;
    /// without any, those that perfplan.yaml names
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Folder with the program's Go source, to show lines
    #[arg(long, value_name = "DIR")]
    pub source: Vec<PathBuf>,
    /// What the review calls the program
    #[arg(long, value_name = "NAME")]
    pub component: Option<String>,
    /// A stored review, to tell what became of its targets and findings
    #[arg(long, value_name = "REVIEW")]
    pub baseline: Option<String>,
    /// New runs of the old code, for the times of those targets and for budgets of regressions; repeatable
    #[arg(long, value_name = "OLD")]
    pub baseline_bench: Vec<String>,
    /// How often a benchmark's operation runs in production: `BenchmarkCheckout=2000/s`; repeatable
    #[arg(long, value_name = "NAME=RATE", value_parser = parse_rate)]
    pub rate: Vec<(String, f64)>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Form on standard output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ReviewFormat>,
    /// A folder for the whole set, or a file whose suffix tells the form (.md .yaml .json .txt); repeatable
    #[arg(short, long, value_name = "PATH")]
    pub output: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct RenderArgs {
    /// A stored review, YAML or JSON; `-` is standard input
    #[arg(value_name = "REVIEW")]
    pub review: String,
    /// Form on standard output
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ReviewFormat>,
    /// A file whose suffix tells the form (.md .yaml .json .txt); repeatable
    #[arg(short, long, value_name = "FILE")]
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
pub struct FlamegraphArgs {
    #[command(flatten)]
    pub profile: ProfileArgs,
    /// A picture, folded stacks for other tools (`root;…;leaf VALUE`), JSON for speedscope, or the calls as JSON
    #[arg(long, value_enum, default_value_t = FlameFormat::Svg, value_name = "FORM")]
    pub format: FlameFormat,
    #[command(flatten)]
    pub sides: crate::diff_args::FlameSideArgs,
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
    Speedscope,
    Json,
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Profiles; `-` is standard input
    #[arg(required = true, value_name = "PROFILE")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub base: BaseArgs,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Divide the values that are written
    #[arg(long, default_value_t = 1.0, value_name = "N", value_parser = parse_divisor)]
    pub divide_by: f64,
    /// Where to write, as gzipped protobuf
    #[arg(short, long, value_name = "FILE", required = true)]
    pub output: PathBuf,
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

/// Where the verb stands among the arguments.
pub fn verb_at(arguments: &[OsString]) -> Option<usize> {
    let command = Cli::command();
    let is_verb = |argument: &OsString| command.get_subcommands().any(|verb| argument == verb.get_name());
    arguments.iter().skip(1).position(is_verb).map(|at| at + 1)
}

/// `perfplan cpu.pb.gz` is a verb forgotten, `perfplan -top` is pprof's way, `perfplan analyse` a typing error.
fn hint_at_analyze(arguments: &[OsString]) {
    let Some(first) = arguments.get(1).and_then(|a| a.to_str()) else {
        return;
    };
    let command = Cli::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let meant = if verbs.contains(&first) {
        None
    } else if first.starts_with('-') {
        go::verb_of_flag(first).map(str::to_string)
    } else if Path::new(first).exists() {
        Some(format!(
            "analyze {}",
            perfplan::error::printable(first.as_bytes())
        ))
    } else {
        perfplan::error::nearest(first, verbs).map(str::to_string)
    };
    if let Some(meant) = meant {
        eprintln!("hint: did you mean `perfplan {meant}`?");
    }
}

fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse().ok().filter(|f| (0.0..=1.0).contains(f));
    fraction.ok_or_else(|| format!("{text} is no fraction from 0 to 1"))
}

/// `BenchmarkCheckout=2000/s`; a name may hold `=` itself.
pub fn parse_rate(text: &str) -> Result<(String, f64), String> {
    let pair = text.rsplit_once('=').filter(|(name, _)| !name.is_empty());
    let (name, rate) =
        pair.ok_or_else(|| format!("{text} is not NAME=RATE, such as BenchmarkCheckout=2000/s"))?;
    let rate = Rate::parse(rate).map_err(|expected| format!("{rate} is not {expected}"))?;
    Ok((name.to_string(), rate.0))
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
    fn sizes_have_units() {
        assert_eq!(parse_size("4GiB"), Ok(4 << 30));
        assert!(parse_size("4 parsecs").is_err());
    }
}
