//! Flags of `perfplan diff`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use perfplan::analyze::{Adjust, Granularity, Measure};
use perfplan::flame::{Colors, Width};

use crate::cli::FilterArgs;

/// Stands for the `--` between the sides: no file is called so.
const AFTER_MARK: &str = "\u{1d}";

/// In `diff A1 A2 -- B1 B2 --format json` the dashes divide the sides and do not end the options.
pub fn mark_sides(mut arguments: Vec<OsString>, verb: Option<usize>) -> Vec<OsString> {
    let Some(verb) = verb.filter(|at| arguments.get(*at).is_some_and(|verb| verb == "diff")) else {
        return arguments;
    };
    if let Some(dashes) = arguments.iter_mut().skip(verb).find(|argument| *argument == "--") {
        *dashes = AFTER_MARK.into();
    }
    arguments
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Two profiles, before and after; or those before, `--`, those after. `-` is standard input, NAME=PATH names one
    #[arg(value_name = "PROFILE")]
    pub inputs: Vec<String>,
    /// A profile before; repeatable: the spread of one side is noise
    #[arg(long, value_name = "PROFILE")]
    pub before: Vec<String>,
    /// A profile after; repeatable
    #[arg(long, value_name = "PROFILE")]
    pub after: Vec<String>,
    /// Sample type by name, or by number in the first profile; that profile's default otherwise
    #[arg(long, value_name = "TYPE")]
    pub sample_index: Option<String>,
    /// What is judged: per second or operation, share of the total, or the value itself [default: rate if it is known]
    #[arg(long, value_enum, value_name = "MEASURE")]
    pub measure: Option<Judged>,
    /// Operations that were done while the profiles before were recorded, one number for each, or one for
    /// all if each did as many: rates are per operation
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = parse_operations, requires = "operations_after")]
    pub operations_before: Vec<f64>,
    /// The same for the profiles after
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = parse_operations, requires = "operations_before")]
    pub operations_after: Vec<f64>,
    /// Chance of a false alarm [default: 0.05]
    #[arg(long, value_name = "P", value_parser = parse_alpha)]
    pub alpha: Option<f64>,
    /// How p values are adjusted for the number of rows [default: bh, with --fail-on holm]
    #[arg(long, value_enum, value_name = "METHOD")]
    pub adjust: Option<Adjusted>,
    /// What is one row
    #[arg(long, value_enum, default_value_t = DiffRows::Functions, value_name = "ROWS")]
    pub granularity: DiffRows,
    /// Order and list by cumulative weight, as goroutine profiles always are
    #[arg(long)]
    pub cum: bool,
    /// Leave out rows below this part of the total on both sides
    #[arg(long, default_value_t = 0.005, value_name = "F", value_parser = parse_fraction)]
    pub nodefraction: f64,
    /// Show all rows
    #[arg(long)]
    pub no_trim: bool,
    /// Form of the output; otherwise told by the suffix of --output, else text
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<DiffFormat>,
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// End with 1 if a row grew beyond noise and limit: flat(REGEX)>5%, cum(REGEX)>2pp, total>64MiB, new(REGEX)>1pp;
    /// repeatable
    #[arg(long, value_name = "GATES", allow_hyphen_values = true)]
    pub fail_on: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Judged {
    Rate,
    Share,
    Value,
}

impl Judged {
    /// As the library names it.
    pub fn measure(self) -> Measure {
        match self {
            Self::Rate => Measure::Rate,
            Self::Share => Measure::Share,
            Self::Value => Measure::Value,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Adjusted {
    Bh,
    Holm,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffRows {
    Functions,
    Filefunctions,
    Lines,
    Files,
    Packages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Text,
    Json,
    Markdown,
    Csv,
    Folded,
}

/// What a flame graph shows beside the profile itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Picture")]
pub struct FlameSideArgs {
    /// A profile before: the picture shows what changed, and what is noise; repeatable
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["base", "diff_base"])]
    pub before: Vec<String>,
    /// Which side gives the widths, with --before
    #[arg(long, value_enum, default_value_t = FlameWidth::After, value_name = "SIDE", requires = "before")]
    pub width: FlameWidth,
    /// What is judged, with --before [default: rate if it is known]
    #[arg(long, value_enum, value_name = "MEASURE", requires = "before")]
    pub measure: Option<Judged>,
    /// What the colours say: nothing, the package, own weight, or what changed [default: diff with --before, else warm]
    #[arg(long, value_enum, value_name = "COLORS")]
    pub colors: Option<FlameColors>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FlameWidth {
    Before,
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FlameColors {
    Warm,
    Package,
    Heat,
    Diff,
}

impl FlameSideArgs {
    /// The colours of a picture of one side.
    pub fn colors(&self) -> anyhow::Result<Colors> {
        match (self.colors, self.before.is_empty()) {
            (Some(FlameColors::Diff), true) => bail!("--colors diff needs --before"),
            (Some(FlameColors::Warm | FlameColors::Package | FlameColors::Heat), false) => {
                bail!("with --before the colours say what changed; leave --colors out")
            }
            (Some(FlameColors::Package), true) => Ok(Colors::Package),
            (Some(FlameColors::Heat), true) => Ok(Colors::Heat),
            _ => Ok(Colors::Warm),
        }
    }

    /// Which side gives the widths.
    pub fn width(&self) -> Width {
        match self.width {
            FlameWidth::Before => Width::Before,
            FlameWidth::After => Width::After,
        }
    }
}

impl DiffArgs {
    /// The inputs of both sides.
    pub fn sides(&self) -> anyhow::Result<[Vec<String>; 2]> {
        let mut inputs = self.inputs.clone();
        let mark = inputs.iter().position(|input| input == AFTER_MARK);
        if let Some(at) = mark.filter(|_| self.before.is_empty() && self.after.is_empty()) {
            let after = inputs.split_off(at + 1);
            inputs.truncate(at);
            return whole([inputs, after]);
        }
        inputs.retain(|input| input != AFTER_MARK);
        let sides = match (self.before.is_empty(), self.after.is_empty()) {
            (true, true) => match inputs.as_slice() {
                [before, after] => [vec![before.clone()], vec![after.clone()]],
                _ => bail!(
                    "diff takes two profiles, or several a side as `diff A1 A2 -- B1 B2`; here are {}",
                    inputs.len()
                ),
            },
            (false, true) => [self.before.clone(), inputs],
            (true, false) => [inputs, self.after.clone()],
            (false, false) if inputs.is_empty() => [self.before.clone(), self.after.clone()],
            (false, false) => bail!(
                "--before and --after name all profiles; `{}` is on no side",
                inputs.join(" ")
            ),
        };
        whole(sides)
    }

    pub fn measure(&self) -> Option<Measure> {
        self.measure.map(Judged::measure)
    }

    /// Gates ask for every row at once, so the stricter method is theirs.
    pub fn adjust(&self, has_gate: bool) -> Adjust {
        match self.adjust {
            Some(Adjusted::Bh) => Adjust::Bh,
            Some(Adjusted::Holm) => Adjust::Holm,
            Some(Adjusted::None) => Adjust::None,
            None if !has_gate => Adjust::Bh,
            None => Adjust::Holm,
        }
    }

    pub fn granularity(&self) -> Granularity {
        match self.granularity {
            DiffRows::Functions => Granularity::Functions,
            DiffRows::Filefunctions => Granularity::FileFunctions,
            DiffRows::Lines => Granularity::Lines,
            DiffRows::Files => Granularity::Files,
            DiffRows::Packages => Granularity::Packages,
        }
    }

    /// The form asked for, or that of the output's suffix.
    pub fn format(&self) -> DiffFormat {
        let suffix = self
            .output
            .as_ref()
            .and_then(|path| path.extension())
            .and_then(|e| e.to_str());
        self.format.unwrap_or(match suffix {
            Some("json") => DiffFormat::Json,
            Some("md" | "markdown") => DiffFormat::Markdown,
            Some("csv") => DiffFormat::Csv,
            Some("folded") => DiffFormat::Folded,
            _ => DiffFormat::Text,
        })
    }
}

fn whole(sides: [Vec<String>; 2]) -> anyhow::Result<[Vec<String>; 2]> {
    match sides.each_ref().map(Vec::is_empty) {
        [true, _] => bail!("no profile before; use `diff BEFORE AFTER` or --before"),
        [_, true] => bail!("no profile after; use `diff BEFORE AFTER` or --after"),
        _ => Ok(sides),
    }
}

pub fn parse_alpha(text: &str) -> Result<f64, String> {
    let alpha = text.parse().ok().filter(|alpha| *alpha > 0.0 && *alpha < 1.0);
    alpha.ok_or_else(|| format!("{text} is no chance above 0 and below 1"))
}

fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse().ok().filter(|f| (0.0..=1.0).contains(f));
    fraction.ok_or_else(|| format!("{text} is no fraction from 0 to 1"))
}

fn parse_operations(text: &str) -> Result<f64, String> {
    let operations = text.parse().ok().filter(|n: &f64| (1e-9..=1e18).contains(n));
    operations
        .ok_or_else(|| format!("{text} is no number of operations above 0 that a program can have done"))
}
