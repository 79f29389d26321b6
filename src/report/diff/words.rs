//! What a comparison says in words: doubts, gates, the line under the table.

use crate::analyze::{Adjust, Basis, Change, Delta, Doubt, Measure, Verdict};
use crate::error::{Place, Warning, counted, printable};
use crate::review::gate::{GateOutcome, Hit, Undecided};
use crate::unit::Amounts;

/// The doubts of a comparison as warnings, in its order.
pub fn delta_warnings(delta: &Delta) -> Vec<Warning> {
    let sides = format!(
        "{} and {}",
        delta.before.inputs.join(" + "),
        delta.after.inputs.join(" + ")
    );
    delta.doubts.iter().map(|doubt| warning(doubt, &sides)).collect()
}

fn warning(doubt: &Doubt, sides: &str) -> Warning {
    let both = |code: &str, message: String| Warning::new(code, Place::input(sides), message);
    let one = |code: &str, input: &str, message: String| Warning::new(code, Place::input(input), message);
    match doubt {
        Doubt::SamplingOnly => both(
            "sampling-only",
            "one profile a side: only the noise of sampling is tested, not how much one run differs from the next; give \
             several a side, `diff A1 A2 A3 -- B1 B2 B3`"
                .into(),
        ),
        Doubt::NothingTested => both(
            "nothing-tested",
            "these profiles do not tell how noisy they are, so nothing is tested; give at least two a side, \
             `diff A1 A2 -- B1 B2`"
                .into(),
        ),
        Doubt::Durations { factor } => {
            both("durations-differ", format!("one side was recorded {factor:.1} times longer than the other"))
        }
        Doubt::Kinds { before, after } => both(
            "kinds-differ",
            format!("the sides are of different kinds: {} and {}", before.name(), after.name()),
        ),
        Doubt::Periods { least, most } => {
            both("periods-differ", format!("sampled at different periods: {least} and {most}"))
        }
        Doubt::MemoryRates { least, most } => both(
            "memory-rates-differ",
            format!("recorded with different MemProfileRates: {least} and {most} bytes"),
        ),
        Doubt::Binaries { before, after } => {
            both("binaries-differ", format!("the profiles are of different programs: {before} and {after}"))
        }
        Doubt::StacksCut { input, records, depth } => one(
            "stacks-cut",
            input,
            format!(
                "{} as deep as the runtime keeps them ({depth}): callers may be missing, so cumulative values are \
                 too low",
                are(*records, "stack")
            ),
        ),
        Doubt::Uneven { input, records } => one(
            "uneven-counts",
            input,
            format!("{} no whole number of periods; samples are counted by rounding", are(*records, "value")),
        ),
        Doubt::UnequalSides { before, after } => both(
            "unequal-sides",
            format!("{} before and {after} after: amounts are compared per profile", counted(*before as u64, "profile")),
        ),
        Doubt::Empty { input } => one("no-weight", input, "no sample has a value".into()),
    }
}

fn are(n: usize, noun: &str) -> String {
    format!(
        "{} {}",
        counted(n as u64, noun),
        if n == 1 { "is" } else { "are" }
    )
}

/// A line for every row that failed a gate: which gate, the row, its change.
pub fn gate_lines(delta: &Delta, outcome: &GateOutcome) -> Vec<String> {
    outcome
        .hits
        .iter()
        .map(|hit| gate_line(delta, outcome, *hit))
        .collect()
}

fn gate_line(delta: &Delta, outcome: &GateOutcome, hit: Hit) -> String {
    let condition = outcome.conditions.get(hit.gate).map_or("", String::as_str);
    let row = hit.row.and_then(|row| delta.rows.get(row));
    let change = row.map_or(&delta.total, |row| row.column(hit.by_cum));
    let name = row.map_or("the total", |row| row.name.as_str());
    let column = match row {
        Some(_) if hit.by_cum => "cum ",
        Some(_) => "flat ",
        None => "",
    };
    format!(
        "{}: {name}: {column}{}",
        printable(condition.as_bytes()),
        change_text(delta, change)
    )
}

/// `104.0ms/s → 196.0ms/s, +88.5 %, p 0.001`.
fn change_text(delta: &Delta, change: &Change) -> String {
    let scale = scale(delta, [change].into_iter());
    let [before, after] = change
        .measured
        .map(|amount| measured_text(delta.measure, &scale, amount));
    let factor = change
        .ratio
        .estimate
        .map_or(String::new(), |r| format!(", {:+.1} %", (r - 1.0) * 100.0));
    let p = change.p_adjusted.map_or(String::new(), |p| format!(", p {p:.3}"));
    format!("{before} → {after}{factor}{p}")
}

/// One unit for the amounts of these changes.
pub(super) fn scale<'a>(delta: &Delta, changes: impl Iterator<Item = &'a Change>) -> Amounts {
    let largest = changes
        .flat_map(|c| c.measured)
        .fold(0.0_f64, |most, v| most.max(v.abs()));
    Amounts::of(largest, &delta.unit, per(delta))
}

/// What a rate is per, after its unit.
fn per(delta: &Delta) -> &'static str {
    match (delta.measure, delta.basis) {
        (Measure::Rate, Some(Basis::Operation)) => "/op",
        (Measure::Rate, _) => "/s",
        _ => "",
    }
}

/// An amount of the measure.
pub(super) fn measured_text(measure: Measure, scale: &Amounts, amount: f64) -> String {
    match measure {
        Measure::Share => format!("{:.1} %", amount * 100.0),
        _ => scale.text(amount),
    }
}

/// A line for every gate that could not be decided.
pub fn undecided_lines(delta: &Delta, outcome: &GateOutcome) -> Vec<String> {
    let line = |(gate, why): &(usize, Undecided)| {
        let condition = outcome.conditions.get(*gate).map_or("", String::as_str);
        format!("{}: {}", printable(condition.as_bytes()), undecided(delta, *why))
    };
    outcome.undecided.iter().map(line).collect()
}

fn undecided(delta: &Delta, why: Undecided) -> String {
    let of = if delta.before.kind == delta.after.kind {
        delta.before.kind.name().to_string()
    } else {
        format!("{} and {}", delta.before.kind.name(), delta.after.kind.name())
    };
    match why {
        Undecided::OtherKind => format!("cannot be decided: these profiles are {of}"),
        Undecided::NoMatch => "cannot be decided: the regular expression matches no row".into(),
        Undecided::NotTested => {
            "cannot be decided: all rows that it matches have too few samples or no known noise".into()
        }
        Undecided::OtherUnit => {
            format!(
                "cannot be decided: {} is counted in {}",
                delta.sample_type, delta.unit
            )
        }
        Undecided::NoRate => {
            "cannot be decided: the durations or operations of the profiles are not known".into()
        }
    }
}

/// The sentence under the table.
pub(super) fn family(delta: &Delta) -> String {
    let column = if delta.by_cum { "cum" } else { "flat" };
    let changed = match delta.changed {
        0 => "none changed".to_string(),
        n => format!("{n} changed"),
    };
    let few = delta.rows.iter().map(|row| row.column(delta.by_cum));
    let few = few
        .filter(|c| c.verdict == Verdict::Few && (c.before != 0 || c.after != 0))
        .count();
    let too_few = if few > 0 {
        format!(", {few} with too few samples")
    } else {
        String::new()
    };
    if delta.tested == 0 && delta.changed == 0 {
        return format!(
            "{} {}, none tested{too_few}",
            counted(delta.rows.len() as u64, "row"),
            column
        );
    }
    if delta.tested == 0 {
        return format!(
            "{}, {changed}: facts, nothing was sampled",
            counted(delta.rows.len() as u64, "row")
        );
    }
    let adjusted = match delta.adjust {
        Adjust::Bh => ", adjusted after Benjamini and Hochberg",
        Adjust::Holm => ", adjusted after Holm",
        Adjust::None => ", each row on its own",
    };
    format!(
        "{} tested by {column}: {changed} at α = {}{adjusted}{too_few}",
        counted(delta.tested as u64, "row"),
        delta.alpha
    )
}
