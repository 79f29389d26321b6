//! `perfplan bench`: benchmark results by themselves.

use perfplan::analyze::compare::{Reading, TableBuilder};
use perfplan::bench::ParseOptions;
use perfplan::render::{TerminalOptions, json, markdown, terminal};
use perfplan::report::compare::{BenchOptions, BenchReport, InputFacts, bench_document, bench_report};

use crate::bench_inputs::{self, Ended, Labelled};
use crate::cli::Shared;
use crate::compare_args::{BenchArgs, BenchFormat};
use crate::output;
use crate::settings::Settings;

pub fn run(args: &BenchArgs, shared: &Shared) -> anyhow::Result<()> {
    let (filter, projections) = bench_inputs::layout(&args.layout)?;
    bench_inputs::check_range("confidence", args.confidence)?;
    let effect = bench_inputs::part(&args.effect)
        .ok_or_else(|| Ended::fault(format!("--effect: {} is no part such as 5% or 0.05", args.effect)))?;
    let format = form(args)?;
    let settings = Settings::load(shared)?;
    let parsing = ParseOptions {
        recover: !args.layout.no_recover,
        keep_bytes: false,
    };
    let progress = output::Progress::begin("reading", shared);
    let builder = TableBuilder::new(&projections, filter, Reading::Own);
    let (inputs, tables) = bench_inputs::read(&args.inputs, parsing, super::limits(shared), builder)?;
    let facts: Vec<InputFacts> = inputs.iter().filter_map(|input| input.facts.clone()).collect();
    let options = BenchOptions {
        confidence: args.confidence,
        effect,
    };
    let report = bench_report(&tables, &facts, options);
    drop(progress);
    if let Some(least) = settings.policy.file.benchmarks.min_runs {
        settings.warn_few(least, report.runs(), "rows", shared);
    }
    inputs
        .iter()
        .for_each(|input| output::warn(&input.warnings, shared));
    output::warn(&tables.warnings, shared);
    bench_inputs::emit(text(&report, format, shared)?.as_bytes(), args.output.as_deref())?;
    end(&inputs)
}

fn text(report: &BenchReport, format: BenchFormat, shared: &Shared) -> anyhow::Result<String> {
    Ok(match format {
        BenchFormat::Json => json(report)?,
        BenchFormat::Markdown => markdown(&bench_document(report)),
        BenchFormat::Text => {
            let options = TerminalOptions {
                width: output::table_width(),
                color: output::colored(shared),
            };
            terminal(&bench_document(report), options)
        }
    })
}

/// The form that is asked for, or that the suffix of the file tells.
fn form(args: &BenchArgs) -> anyhow::Result<BenchFormat> {
    let suffix = args
        .output
        .as_deref()
        .and_then(std::path::Path::extension)
        .and_then(|s| s.to_str());
    match (args.format, suffix) {
        (Some(format), _) => Ok(format),
        (None, None | Some("txt")) => Ok(BenchFormat::Text),
        (None, Some("md" | "markdown")) => Ok(BenchFormat::Markdown),
        (None, Some("json")) => Ok(BenchFormat::Json),
        (None, Some(other)) => Err(Ended::fault(format!(
            "the suffix .{other} tells no form; use .txt, .md, .json or --format"
        ))),
    }
}

fn end(inputs: &[Labelled]) -> anyhow::Result<()> {
    let empty = bench_inputs::without_results(inputs);
    if empty.is_empty() {
        Ok(())
    } else {
        Err(Ended::lines(2, &empty))
    }
}
