//! `perfplan diff`: profiles before and after, telling change from noise.

use anyhow::bail;
use perfplan::analyze::{Delta, DeltaOptions, Recording, delta};
use perfplan::error::{Problem, Warning};
use perfplan::profile::Kind;
use perfplan::render::{json, markdown};
use perfplan::report::diff::{
    DiffOptions, DiffView, delta_warnings, diff, folded_diff, gate_lines, undecided_lines,
};
use perfplan::review::gate::{DiffGate, GateOutcome, diff_gates};

use super::GateStop;
use crate::cli::Shared;
use crate::diff_args::{DiffArgs, DiffFormat};
use crate::output;
use crate::profiles::given;
use crate::settings::Settings;
use crate::sides::{load, recordings};

pub fn run(args: &DiffArgs, shared: &Shared) -> anyhow::Result<()> {
    let settings = Settings::load(shared)?;
    let fail_on = settings.fail_on(&args.fail_on, |lists| lists.diffs)?;
    let gates = gates(&fail_on)?;
    let alpha = settings.alpha(args.alpha)?;
    let sides = args.sides()?;
    check_operations(args, &sides)?;
    let loaded = load(&sides, &args.filters, "minimum", shared)?;
    let operations = [&args.operations_before[..], &args.operations_after];
    let [before, after] = recordings(&sides, &loaded, args.sample_index.as_deref(), operations)?;
    let delta = compare(&before, &after, args, alpha, !fail_on.is_empty())?;
    output::warn(&delta_warnings(&delta), shared);
    let loaded = loaded.iter().flatten();
    let warnings: Vec<Warning> = loaded.flat_map(|one| one.profile.warnings.clone()).collect();
    let outcome = (!gates.is_empty()).then(|| GateOutcome::of(&gates, &delta));
    let text = match args.format() {
        DiffFormat::Folded => folded_diff(&before, &after),
        format => form(&diff(&delta, outcome.as_ref(), warnings, shown(args)), format)?,
    };
    output::emit(&text, args.output.as_deref())?;
    outcome.map_or(Ok(()), |outcome| stop(&delta, &outcome))
}

fn gates(fail_on: &[String]) -> anyhow::Result<Vec<DiffGate>> {
    let lists = fail_on.iter().map(|list| diff_gates(list));
    let gates: Result<Vec<_>, Problem> = lists.collect();
    Ok(gates.map_err(|problem| problem.at("--fail-on"))?.concat())
}

fn check_operations(args: &DiffArgs, sides: &[Vec<String>; 2]) -> anyhow::Result<()> {
    for (side, operations, option) in [
        (&sides[0], &args.operations_before, "--operations-before"),
        (&sides[1], &args.operations_after, "--operations-after"),
    ] {
        if operations.len() > 1 && operations.len() != side.len() {
            bail!(
                "{option}: {} numbers for {} profiles; give one for each",
                operations.len(),
                side.len()
            );
        }
    }
    Ok(())
}

fn compare(
    before: &[Recording<'_>],
    after: &[Recording<'_>],
    args: &DiffArgs,
    alpha: f64,
    has_gate: bool,
) -> anyhow::Result<Delta> {
    // Nearly all goroutines have one leaf, where the runtime parks them: only callers tell them apart.
    let parked = |r: &Recording<'_>| matches!(r.profile.kind(), Kind::Goroutine | Kind::Goroutineleak);
    let options = DeltaOptions {
        measure: args.measure(),
        alpha,
        adjust: args.adjust(has_gate),
        granularity: args.granularity(),
        by_cum: args.cum || after.iter().any(parked),
    };
    let place = after.first().map_or("-", |r| r.name);
    Ok(delta(before, after, &options).map_err(|problem| problem.at(place))?)
}

fn shown(args: &DiffArgs) -> DiffOptions {
    DiffOptions {
        node_fraction: if args.no_trim { 0.0 } else { args.nodefraction },
        filters: given(&args.filters),
    }
}

fn form(view: &DiffView<'_>, format: DiffFormat) -> anyhow::Result<String> {
    Ok(match format {
        DiffFormat::Json => json(view)?,
        DiffFormat::Markdown => markdown(&view.document()),
        DiffFormat::Csv => view.csv(),
        DiffFormat::Text | DiffFormat::Folded => view.text(),
    })
}

/// A gate that failed or cannot be decided ends the run; the table is written by then.
fn stop(delta: &Delta, outcome: &GateOutcome) -> anyhow::Result<()> {
    let stop = GateStop {
        failed: gate_lines(delta, outcome),
        undecided: undecided_lines(delta, outcome),
        asked_by: "--fail-on: ",
    };
    if stop.failed.is_empty() && stop.undecided.is_empty() {
        Ok(())
    } else {
        Err(stop.into())
    }
}
