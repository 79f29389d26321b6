//! `perfplan compare`: benchmark results before and after.

use std::path::Path;

use perfplan::analyze::compare::{
    Adjust, CompareOptions, Outcome, Reading, TableBuilder, Tables, Threshold, compare, diagnostics,
};
use perfplan::bench::filter::Filter;
use perfplan::bench::{FailureKind, ParseOptions, Projections, original_bytes};
use perfplan::error::{Warning, printable};
use perfplan::render::{TerminalOptions, json, markdown, terminal};
use perfplan::report::compare::{
    BenchstatOptions, CompareFacts, InputFacts, Queries, Sort, View, annotations, benchstat_csv,
    benchstat_text, comment, compare_csv, compare_document, compare_json, failure_sentence,
};
use perfplan::review::bench_gate::{BenchGate, GateEvidence, GateReport};
use perfplan::unit::{Direction, tidy};

use crate::bench_inputs::{self, Ended, Labelled};
use crate::cli::Shared;
use crate::compare_args::{AdjustArg, CompareArgs, CompareFormat, SortArg, VerdictArg};
use crate::output;
use crate::settings::Settings;

/// A comment on GitHub holds 65,536 characters.
const COMMENT_LIMIT: usize = 65_000;

/// Changes up to this do not matter unless the user says otherwise.
pub(super) const THRESHOLD: f64 = 0.01;

pub fn run(args: &CompareArgs, shared: &Shared) -> anyhow::Result<()> {
    let (filter, projections) = bench_inputs::layout(&args.layout)?;
    let settings = Settings::load(shared)?;
    let alpha = settings.alpha(args.alpha)?;
    bench_inputs::check_range("alpha", alpha)?;
    bench_inputs::check_range("confidence", args.confidence)?;
    let format = form(args)?;
    if matches!(format, CompareFormat::Benchstat | CompareFormat::BenchstatCsv) {
        return as_benchstat(args, (format, alpha), filter, &projections, shared);
    }
    let fail_on = settings.fail_on(&args.fail_on, |lists| lists.benchmarks)?;
    let options = options(
        args,
        alpha,
        &settings.threshold(&args.threshold)?,
        !fail_on.is_empty(),
    )?;
    let gates = Gates {
        fail: gate("fail-on", &fail_on)?,
        warn: gate(
            "warn-on",
            &settings.warn_on(&args.warn_on, |lists| lists.benchmarks)?,
        )?,
    };
    let parsing = ParseOptions {
        recover: !args.layout.no_recover,
        keep_bytes: false,
    };
    let progress = output::Progress::begin("comparing", shared);
    let builder = TableBuilder::new(&projections, filter, Reading::Own);
    let (inputs, tables) = bench_inputs::read(&args.inputs, parsing, super::limits(shared), builder)?;
    warn(&inputs, &tables.warnings, shared);
    let report = Report::of(args, &inputs, tables, &options, &gates);
    report.warn_few(&settings, shared);
    drop(progress);
    // A reader that has gone away does not open a gate.
    match report.emit(args, format, shared) {
        Err(error) if !output::is_closed_pipe(&error) => Err(error),
        _ => report.end(&inputs, shared),
    }
}

/// The form that is asked for, or that the suffix of the file tells.
fn form(args: &CompareArgs) -> anyhow::Result<CompareFormat> {
    let suffix = args
        .output
        .as_deref()
        .and_then(Path::extension)
        .and_then(|s| s.to_str());
    match (args.format, suffix) {
        (Some(format), _) => Ok(format),
        (None, None | Some("txt")) => Ok(CompareFormat::Text),
        (None, Some("md" | "markdown")) => Ok(CompareFormat::Markdown),
        (None, Some("json")) => Ok(CompareFormat::Json),
        (None, Some("csv")) => Ok(CompareFormat::Csv),
        (None, Some(other)) => Err(Ended::fault(format!(
            "the suffix .{other} tells no form; use .txt, .md, .json, .csv or --format"
        ))),
    }
}

fn as_benchstat(
    args: &CompareArgs,
    (format, alpha): (CompareFormat, f64),
    filter: Filter,
    projections: &Projections,
    shared: &Shared,
) -> anyhow::Result<()> {
    if !args.fail_on.is_empty() || !args.warn_on.is_empty() {
        return Err(Ended::fault(
            "benchstat's forms have no verdict to gate on; use another --format",
        ));
    }
    let builder = TableBuilder::new(projections, filter, Reading::Benchstat);
    let limits = super::limits(shared);
    let (inputs, tables) = bench_inputs::read(&args.inputs, ParseOptions::BENCHSTAT, limits, builder)?;
    let all = inputs
        .iter()
        .flat_map(|input| &input.warnings)
        .chain(&tables.warnings);
    for warning in all.filter(|warning| warning.code == "syntax") {
        eprintln!("{warning}");
    }
    let options = BenchstatOptions {
        alpha,
        confidence: args.confidence,
    };
    let (text, notes) = match format {
        CompareFormat::BenchstatCsv => benchstat_csv(&tables, options),
        _ => (benchstat_text(&tables, options), Vec::new()),
    };
    for note in notes {
        eprintln!("{note}");
    }
    bench_inputs::emit(&original_bytes(&text), args.output.as_deref())?;
    if tables.list.is_empty() {
        tell_nothing(&inputs, shared);
    }
    let empty = bench_inputs::without_results(&inputs);
    if empty.is_empty() {
        Ok(())
    } else {
        Err(Ended::lines(2, &empty))
    }
}

fn warn(inputs: &[Labelled], more: &[Warning], shared: &Shared) {
    for input in inputs {
        output::warn(&input.warnings, shared);
    }
    output::warn(more, shared);
}

fn options(
    args: &CompareArgs,
    alpha: f64,
    thresholds: &[String],
    has_gate: bool,
) -> anyhow::Result<CompareOptions> {
    let mut options = CompareOptions {
        alpha,
        confidence: args.confidence,
        threshold: THRESHOLD,
        thresholds: Vec::new(),
        better: args
            .better
            .iter()
            .map(|text| better(text))
            .collect::<Result<_, _>>()?,
        adjust: match args.adjust {
            Some(AdjustArg::Bh) => Adjust::Bh,
            Some(AdjustArg::Holm) => Adjust::Holm,
            Some(AdjustArg::None) => Adjust::None,
            None if !has_gate => Adjust::Bh,
            None => Adjust::Holm,
        },
    };
    for text in thresholds {
        let (value, query) = text
            .split_once(" where ")
            .map_or((text.as_str(), None), |(v, q)| (v, Some(q)));
        let value = bench_inputs::part(value)
            .ok_or_else(|| Ended::fault(format!("--threshold: {value} is no part such as 2% or 0.02")))?;
        match query {
            None => options.threshold = value,
            Some(query) => {
                let fault = |error| Ended::fault(format!("parsing --threshold: {error}"));
                let filter = Filter::parse(query).map_err(fault)?;
                options.thresholds.push(Threshold { value, filter });
            }
        }
    }
    Ok(options)
}

fn better(text: &str) -> anyhow::Result<(String, Direction)> {
    let parsed = text.rsplit_once('=').and_then(|(unit, way)| match way {
        "lower" => Some((tidy(unit).unit, Direction::Lower)),
        "higher" => Some((tidy(unit).unit, Direction::Higher)),
        _ => None,
    });
    parsed.ok_or_else(|| Ended::fault(format!("--better: {text} is not UNIT=lower or UNIT=higher")))
}

fn gate(option: &str, lists: &[String]) -> anyhow::Result<BenchGate> {
    BenchGate::parse(lists).map_err(|error| Ended::fault(format!("--{option}: {error}")))
}

struct Gates {
    fail: BenchGate,
    warn: BenchGate,
}

/// All that is told, ready to be put into any form.
struct Report<'a> {
    comparisons: perfplan::analyze::compare::Comparisons,
    diagnostics: Vec<perfplan::analyze::compare::Diagnostic>,
    inputs: Vec<InputFacts>,
    options: &'a CompareOptions,
    queries: Queries,
    gates: &'a Gates,
    failed: GateReport,
    warned: GateReport,
    view: View,
}

impl<'a> Report<'a> {
    fn of(
        args: &CompareArgs,
        inputs: &[Labelled],
        tables: Tables,
        options: &'a CompareOptions,
        gates: &'a Gates,
    ) -> Self {
        let comparisons = compare(tables, options);
        let failures = failures(inputs);
        let evidence = GateEvidence {
            comparisons: &comparisons,
            failures: &failures,
            alpha: options.alpha,
            adjust: options.adjust,
        };
        let judge = |gate: &BenchGate| match gate.is_empty() {
            true => GateReport::default(),
            false => gate.judge(evidence),
        };
        let (failed, warned) = (judge(&gates.fail), judge(&gates.warn));
        Self {
            diagnostics: diagnostics(&comparisons.tables),
            inputs: inputs.iter().filter_map(|input| input.facts.clone()).collect(),
            options,
            queries: queries(args),
            gates,
            failed,
            warned,
            view: view(args),
            comparisons,
        }
    }

    /// Comparisons of fewer runs than the policy asks for.
    fn warn_few(&self, settings: &Settings, shared: &Shared) {
        let Some(least) = settings.policy.file.benchmarks.min_runs else {
            return;
        };
        let runs = self.comparisons.list.iter().map(|c| c.old.n.min(c.new.n) as u64);
        settings.warn_few(least, runs, "comparisons", shared);
    }

    fn facts(&self) -> CompareFacts<'_> {
        let gate = (!self.gates.fail.is_empty()).then_some((&self.gates.fail, &self.failed));
        CompareFacts {
            comparisons: &self.comparisons,
            diagnostics: &self.diagnostics,
            inputs: &self.inputs,
            options: self.options,
            queries: &self.queries,
            gate,
            view: &self.view,
        }
    }

    fn emit(&self, args: &CompareArgs, format: CompareFormat, shared: &Shared) -> anyhow::Result<()> {
        let facts = self.facts();
        let is_empty = self.comparisons.tables.list.is_empty();
        let text = match format {
            CompareFormat::Json => json(&compare_json(&facts))?,
            _ if is_empty => String::new(),
            CompareFormat::Csv => compare_csv(&facts),
            CompareFormat::Markdown => comment(&facts, COMMENT_LIMIT, markdown),
            CompareFormat::Github => annotations(&facts),
            _ => {
                let options = TerminalOptions {
                    width: output::table_width(),
                    color: output::colored(shared),
                };
                terminal(&compare_document(&facts), options)
            }
        };
        bench_inputs::emit(text.as_bytes(), args.output.as_deref())?;
        if args.summary && !is_empty {
            append_summary(&markdown(&compare_document(&facts)))?;
        }
        Ok(())
    }

    /// Whether all inputs have results and yet none of them stands on both sides.
    fn has_no_pair(&self, inputs: &[Labelled]) -> bool {
        inputs.len() > 1
            && self.comparisons.list.is_empty()
            && bench_inputs::without_results(inputs).is_empty()
    }

    /// The exit code, with the reasons.
    fn end(&self, inputs: &[Labelled], shared: &Shared) -> anyhow::Result<()> {
        if self.comparisons.tables.list.is_empty() {
            tell_nothing(inputs, shared);
        } else if !shared.quiet && self.has_no_pair(inputs) {
            eprintln!("warning: no benchmark stands on both sides");
            eprintln!(
                "hint: where only the package or the machine has another name, --ignore pkg,cpu puts them side by side"
            );
        }
        for reason in self.warned.hits.iter().chain(&self.warned.undecided) {
            eprintln!("warning: {}", printable(reason.as_bytes()));
        }
        let told = |how: &str, reasons: &[String]| -> Vec<String> {
            reasons
                .iter()
                .map(|reason| format!("gate {how}: {reason}"))
                .collect()
        };
        let mut lines = bench_inputs::without_results(inputs);
        let broken = !lines.is_empty();
        lines.extend(told("failed", &self.failed.hits));
        lines.extend(told("cannot be decided", &self.failed.undecided));
        match (broken, self.failed.hits.is_empty(), lines.is_empty()) {
            (_, _, true) => Ok(()),
            (false, false, _) => Err(Ended::lines(1, &lines)),
            _ => Err(Ended::lines(2, &lines)),
        }
    }
}

fn tell_nothing(inputs: &[Labelled], shared: &Shared) {
    if !shared.quiet && inputs.iter().any(|input| input.facts.is_some()) {
        eprintln!("perfplan: no measurement passes the filter");
    }
}

/// What failed on the new side: in every input but those of the baseline's label.
fn failures(inputs: &[Labelled]) -> Vec<String> {
    let baseline = inputs.first().map(|input| &input.label);
    let new = inputs.iter().filter(|input| Some(&input.label) != baseline);
    let facts = new.filter_map(|input| input.facts.as_ref());
    let failed = facts.flat_map(|facts| facts.failures.iter().map(move |failure| (facts, failure)));
    failed
        .filter(|(_, failure)| failure.kind != FailureKind::Skipped)
        .map(|(facts, failure)| format!("{}: {}", facts.label, failure_sentence(failure)))
        .collect()
}

fn queries(args: &CompareArgs) -> Queries {
    Queries {
        filter: args.layout.filter.clone(),
        table: args.layout.table.clone(),
        row: args.layout.row.clone(),
        col: args.layout.col.clone(),
        ignore: args.layout.ignore.clone(),
    }
}

fn view(args: &CompareArgs) -> View {
    let outcome = |verdict: &VerdictArg| match verdict {
        VerdictArg::Improvement => Outcome::Improvement,
        VerdictArg::Regression => Outcome::Regression,
        VerdictArg::Equivalent => Outcome::Equivalent,
        VerdictArg::Inconclusive => Outcome::Inconclusive,
    };
    View {
        sort: match args.sort {
            SortArg::Input => Sort::Input,
            SortArg::Name => Sort::Name,
            SortArg::Ratio => Sort::Ratio,
            SortArg::Verdict => Sort::Verdict,
        },
        only: args.only.iter().map(outcome).collect(),
        most_rows: None,
    }
}

/// The page of a job on GitHub, where there is one.
pub(super) fn append_summary(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let path = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let Some(path) = path else {
        return Err(Ended::fault("--summary: GITHUB_STEP_SUMMARY is not set"));
    };
    let fault = |e: std::io::Error| {
        let path = printable(path.as_encoded_bytes());
        Ended::fault(format!("--summary: GITHUB_STEP_SUMMARY {path}: {e}"))
    };
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .map_err(fault)?;
    file.write_all(text.as_bytes()).map_err(fault)
}
