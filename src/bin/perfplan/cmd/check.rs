//! `perfplan check`: what became of the targets and findings of a review, and of the budgets.

use std::path::Path;

use anyhow::bail;
use perfplan::analyze::compare::{Adjust, CompareOptions, Reading, TableBuilder, compare};
use perfplan::bench::{BenchLog, Filter, Projections};
use perfplan::error::printable;
use perfplan::render::{TerminalOptions, json, markdown, terminal};
use perfplan::report::check::{check_annotations, check_comment, check_document, check_json, check_junit};
use perfplan::review::bench_gate::{GateEvidence, GateReport};
use perfplan::review::{
    Baseline, CheckGate, CheckReport, Expectations, Review, looks_like_review, review_against,
};

use super::analyze;
use super::{GateStop, compare as verb_compare};
use crate::check_args::{CheckArgs, CheckFormat};
use crate::cli::Shared;
use crate::inputs;
use crate::output;
use crate::settings::Settings;
use crate::sources::DiskSources;

/// A comment on GitHub holds 65,536 characters.
const COMMENT_LIMIT: usize = 65_000;

/// The conditions of the flag, else those of variable and policy that are about reviews. Of the latter some are about single
/// functions or totals, for which budgets are made: they are named as not looked at.
fn gate(args: &CheckArgs, settings: &Settings, shared: &Shared) -> anyhow::Result<CheckGate> {
    if !args.fail_on.is_empty() {
        return Ok(CheckGate::parse(&args.fail_on).map_err(|problem| problem.at("--fail-on"))?);
    }
    let listed = settings.fail_on(&[], |lists| lists.reviews)?;
    let pieces = listed.iter().flat_map(|list| list.split(','));
    let (known, others): (Vec<_>, Vec<_>) =
        pieces.partition(|piece| CheckGate::parse(&[piece]).is_ok_and(|gate| gate.benchmarks.is_empty()));
    for other in others.iter().filter(|_| !shared.quiet) {
        eprintln!(
            "warning: check does not look at the condition {}",
            printable(other.trim().as_bytes())
        );
        eprintln!("hint: a limit for a function or a total is a budget of perfplan.yaml");
    }
    Ok(CheckGate::parse(&known).map_err(|problem| problem.at("gate.fail_on"))?)
}

pub fn run(args: &CheckArgs, shared: &Shared) -> anyhow::Result<()> {
    let forms = forms(args)?;
    let settings = Settings::load(shared)?;
    let gate = gate(args, &settings, shared)?;
    let sources = DiskSources::new(
        &settings.sources(&args.source)?,
        settings.trims(),
        settings.excludes()?,
    );
    let progress = output::Progress::begin("reading and checking", shared);
    let (stored, new) = stored_and_new(args, &settings, shared)?;
    let base = settings.base(&args.baseline_bench, shared)?;
    let base = inputs::benchmarks(&base, super::limits(shared))?;
    if base.is_empty() && !gate.benchmarks.is_empty() {
        bail!("--fail-on: conditions on benchmarks need --baseline-bench with runs of the old code");
    }
    let inputs = analyze::read(&new, None, shared)?;
    let of_review = stored.as_ref().map(|(_, review)| review.component.clone());
    let evidence = inputs.evidence(
        &sources,
        settings.module(args.module.as_ref()).value,
        of_review.or_else(|| settings.component(None).value),
    );
    let expected = Expectations {
        baseline: stored.as_ref().map(|(name, review)| Baseline { name, review }),
        budgets: settings.budgets(),
        base: &base,
    };
    let review = review_against(&evidence, settings.review_policy(&[])?, expected);
    drop(progress);
    let of_benchmarks = judge(&gate, &base, &inputs.benchmarks);
    let report = CheckReport::of(&review, &gate, &of_benchmarks);
    warn(&review, &settings, shared);
    // A reader that has gone away does not open a gate.
    match emit(args, &forms, &review, &report, shared) {
        Err(error) if !output::is_closed_pipe(&error) => Err(error),
        _ => end(report),
    }
}

/// The forms on standard output and in files; the suffix tells the form where none is given.
fn forms(args: &CheckArgs) -> anyhow::Result<Vec<(Option<&Path>, CheckFormat)>> {
    if args.output.is_empty() {
        return Ok(vec![(None, args.format.unwrap_or(CheckFormat::Text))]);
    }
    let form = |path: &Path| {
        let suffix = path.extension().and_then(|s| s.to_str());
        Ok(match (args.format, suffix) {
            (Some(format), _) => format,
            (None, Some("md" | "markdown")) => CheckFormat::Markdown,
            (None, Some("json")) => CheckFormat::Json,
            (None, Some("xml")) => CheckFormat::Junit,
            (None, Some("txt") | None) => CheckFormat::Text,
            (None, Some(_)) => bail!(
                "{}: the suffix tells no form; use .txt, .md, .json, .xml or --format",
                path.display()
            ),
        })
    };
    let with_path = |path| Ok((Some(path), form(path)?));
    args.output.iter().map(|path| with_path(path.as_path())).collect()
}

/// A stored review with its name, and the inputs that are none.
type StoredAndNew = (Option<(String, Review)>, Vec<String>);

/// Tells the stored review from the new inputs, by what they hold.
fn stored_and_new(args: &CheckArgs, settings: &Settings, shared: &Shared) -> anyhow::Result<StoredAndNew> {
    let limits = super::limits(shared);
    let mut stored: Option<(String, Review)> = None;
    let mut new = Vec::new();
    for input in &args.inputs {
        // Standard input can be read once, and is taken for new measurements.
        let is_review = inputs::path_of(input) != "-" && looks_like_review(&inputs::read(input, limits)?);
        match &stored {
            _ if !is_review => new.push(input.clone()),
            Some((first, _)) => bail!("{}: a second review, after {first}", printable(input.as_bytes())),
            None => stored = Some((input.clone(), super::render::stored(input, shared)?)),
        }
    }
    if new.is_empty() {
        new = settings.inputs(shared)?;
    }
    Ok((stored, new))
}

/// What the conditions on benchmarks come to.
fn judge(gate: &CheckGate, base: &[BenchLog], new: &[BenchLog]) -> GateReport {
    if gate.benchmarks.is_empty() {
        return GateReport::default();
    }
    let mut builder = TableBuilder::new(&Projections::default(), Filter::all(), Reading::Own);
    base.iter().for_each(|log| builder.add(log, "old"));
    new.iter().for_each(|log| builder.add(log, "new"));
    let options = CompareOptions {
        alpha: 0.05,
        confidence: 0.95,
        threshold: verb_compare::THRESHOLD,
        thresholds: Vec::new(),
        better: Vec::new(),
        adjust: Adjust::Holm,
    };
    let comparisons = compare(builder.finish(), &options);
    gate.benchmarks.judge(GateEvidence {
        comparisons: &comparisons,
        failures: &[],
        alpha: options.alpha,
        adjust: options.adjust,
    })
}

/// Budgets that nothing measures: an entry that matches nothing may be a typing error.
fn warn(review: &Review, settings: &Settings, shared: &Shared) {
    if shared.quiet {
        return;
    }
    for budget in review.budgets.iter().filter(|b| b.now.is_none()) {
        let entry = format!("budgets.{}", budget.key);
        let line = settings.policy.line(&entry);
        let line = line.map_or(String::new(), |line| format!(":{line}"));
        let said = format!("{}{line}: {entry}: {}", settings.policy.name, budget.reason);
        eprintln!("warning: {}", printable(said.as_bytes()));
    }
}

fn emit(
    args: &CheckArgs,
    forms: &[(Option<&Path>, CheckFormat)],
    review: &Review,
    report: &CheckReport,
    shared: &Shared,
) -> anyhow::Result<()> {
    let texts: Vec<String> = forms
        .iter()
        .map(|(_, format)| text(*format, review, report, shared))
        .collect::<Result<_, _>>()?;
    for ((path, _), text) in forms.iter().zip(&texts) {
        output::emit(text, *path)?;
    }
    if args.summary {
        verb_compare::append_summary(&markdown(&check_document(review, report)))?;
    }
    Ok(())
}

fn text(
    format: CheckFormat,
    review: &Review,
    report: &CheckReport,
    shared: &Shared,
) -> anyhow::Result<String> {
    Ok(match format {
        CheckFormat::Text => {
            let options = TerminalOptions {
                width: output::table_width(),
                color: output::colored(shared),
            };
            terminal(&check_document(review, report), options)
        }
        CheckFormat::Markdown => check_comment(review, report, COMMENT_LIMIT, markdown),
        CheckFormat::Json => json(&check_json(review, report))?,
        CheckFormat::Github => check_annotations(review, report),
        CheckFormat::Junit => check_junit(review, report),
    })
}

/// The exit code, with the reasons.
fn end(report: CheckReport) -> anyhow::Result<()> {
    if report.exit_code() == 0 {
        return Ok(());
    }
    let safe = |lines: Vec<String>| lines.iter().map(|l| printable(l.as_bytes())).collect();
    Err(GateStop {
        failed: safe(report.failed),
        undecided: safe(report.undecided),
        asked_by: "",
    }
    .into())
}
