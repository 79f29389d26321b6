//! Summary: what was measured, what it costs, what to do first, and the verdict.

use super::words::{
    NOT_MEASURED, code_or, counted, full_stop, line, prose, resource_name, shell, short_function,
    short_place, strong, table, text, value_text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{InputFacts, Resource, Review, Status, TargetVerdict};
use crate::unit::{human, share};

/// How many costs the first paragraph names.
const COSTS: usize = 3;
/// How much of a build id tells builds apart.
const BUILD_ID_LENGTH: usize = 12;

/// The first paragraph and the inputs.
pub fn blocks(review: &Review) -> Vec<Block> {
    let mut words = measured(review);
    words.extend(costs(review));
    words.extend(advice(review));
    words.extend(verdict(review));
    let mut blocks = vec![Block::Paragraph(words)];
    blocks.extend(processors(review));
    if !review.inputs.is_empty() {
        blocks.push(inputs(review));
    }
    blocks
}

/// How busy the processors were, and what measures waiting where they were not.
fn processors(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.cpu_use else {
        return Vec::new();
    };
    let mut words = line("Processors: ");
    words.extend(prose(&full_stop(&facts.note)));
    let mut blocks = vec![Block::Paragraph(words)];
    if !facts.commands.is_empty() {
        blocks.push(shell(&facts.commands.join("\n")));
    }
    blocks
}

fn measured(review: &Review) -> Text {
    let mut kinds: Vec<&str> = Vec::new();
    for input in &review.inputs {
        if !kinds.contains(&input.kind.as_str()) {
            kinds.push(&input.kind);
        }
    }
    // They tell what was decided, not what it costs.
    let is_given = |kind: &&&str| matches!(**kind, "compiler notes" | "module list");
    let (given, measured): (Vec<&str>, Vec<&str>) = kinds.iter().partition(is_given);
    let list = |kinds: &[&str]| {
        let parts: Vec<String> = kinds.iter().map(|kind| measured_kind(review, kind)).collect();
        parts.join(", ")
    };
    let measured = match measured.is_empty() {
        true => "Nothing was measured".to_string(),
        false => format!("Measured: {}", list(&measured)),
    };
    let given = match given.is_empty() {
        true => String::new(),
        false => format!("; given beside: {}", list(&given)),
    };
    line(&format!("{measured}{given}. "))
}

/// All inputs of a kind: `cpu (2 inputs, 60.00 s, 5400 samples)`.
fn measured_kind(review: &Review, kind: &str) -> String {
    let of_kind = || review.inputs.iter().filter(|input| input.kind == kind);
    let samples = of_kind().fold(0_u64, |sum, input| sum.saturating_add(input.samples));
    let mut seconds = of_kind().filter_map(|input| input.duration_seconds).peekable();
    let duration = match seconds.peek() {
        Some(_) => format!("{}, ", human(seconds.sum(), "sec")),
        None => String::new(),
    };
    let noun = match kind {
        "benchmarks" => "result",
        "goroutine dump" => "goroutine",
        "compiler notes" => "note",
        "runtime trace" => "line",
        "module list" => "module",
        _ => "sample",
    };
    let inputs = counted(of_kind().count() as u64, "input");
    if kind == "goroutine dump" && of_kind().count() > 1 {
        // Moments of one process: their sum says nothing.
        let most = of_kind().map(|input| input.samples).max().unwrap_or(0);
        return format!("{kind} ({inputs}, up to {})", counted(most, noun));
    }
    format!("{kind} ({inputs}, {duration}{})", counted(samples, noun))
}

/// The line of own code that costs most of each resource, the largest shares first.
fn costs(review: &Review) -> Text {
    let costs = largest(review);
    if costs.is_empty() {
        return line("Largest costs: not measured. ");
    }
    let mut words = line("Largest costs: ");
    for (at, cost) in costs.iter().take(COSTS).enumerate() {
        if at > 0 {
            words.push(text("; "));
        }
        let part = format!("{} of {} at ", share(cost.share), resource_name(cost.resource));
        words.extend([text(&part), short_function(cost.function)]);
        words.push(text(" ("));
        words.extend(short_place(cost.file, cost.line));
        words.push(text(")"));
    }
    words.push(text(". "));
    words
}

/// What a line costs of a resource below all entries together.
struct Cost<'a> {
    resource: Resource,
    share: f64,
    function: &'a str,
    file: &'a str,
    line: i64,
}

/// For each resource its most expensive line; memory is told by its sites.
fn largest(review: &Review) -> Vec<Cost<'_>> {
    let mut all: Vec<Cost<'_>> = Vec::new();
    let memory = |r: Resource| {
        matches!(
            r,
            Resource::AllocatedBytes | Resource::AllocatedObjects | Resource::LiveBytes
        )
    };
    let lines = review
        .hot_paths
        .iter()
        .flat_map(|p| &p.lines)
        .filter(|l| !memory(l.charged.resource));
    let lines = lines.map(|l| (&l.charged, l.function.as_str(), l.file.as_str(), l.line));
    let sites = review
        .memory
        .iter()
        .map(|s| (&s.share, s.function.as_str(), s.file.as_str(), s.line));
    for (part, function, file, line) in lines.chain(sites) {
        let is_same = |c: &&mut Cost<'_>| {
            c.resource == part.resource && c.function == function && c.file == file && c.line == line
        };
        match all.iter_mut().find(is_same) {
            Some(known) => known.share += part.share,
            None => all.push(Cost {
                resource: part.resource,
                share: part.share,
                function,
                file,
                line,
            }),
        }
    }
    all.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut seen = Vec::new();
    all.retain(|c| {
        !seen.contains(&c.resource) && {
            seen.push(c.resource);
            true
        }
    });
    all
}

fn advice(review: &Review) -> Text {
    let mut words = line("Main recommendation: ");
    match review.optimization_recommendations.first() {
        Some(sentence) => words.extend(prose(&full_stop(sentence))),
        None => words.push(text("none.")),
    }
    let gain = match review.estimated_improvement.trim() {
        "" => NOT_MEASURED,
        known => known,
    };
    words.push(text(&format!(
        " Expected gain, lower end first: {} ",
        full_stop(gain)
    )));
    words
}

fn verdict(review: &Review) -> Text {
    let (status, meaning) = match review.status {
        Status::Pass => ("PASS", "no critical or high finding is left"),
        Status::NeedsOptimization => ("NEEDS_OPTIMIZATION", "something important is left to do"),
    };
    let meaning = match review
        .budgets
        .iter()
        .filter(|b| b.verdict == TargetVerdict::NotMet)
        .count()
    {
        0 => meaning.to_string(),
        n => format!("{meaning}; {} exceeded", counted(n as u64, "budget")),
    };
    let open = review
        .budgets
        .iter()
        .filter(|b| b.verdict != TargetVerdict::Met)
        .count();
    let gate = match (review.pass_criteria_met, open) {
        (true, _) => "reaches",
        (false, 0) => "does not reach",
        (false, _) => "is held against",
    };
    let mut score = format!(
        ", which {gate} the minimum of {}.",
        human(review.method.min_score, "")
    );
    if open > 0 {
        let all = counted(review.budgets.len() as u64, "budget");
        score.push_str(&format!(
            " The gate is not passed: of {all}, {open} {} not shown to hold.",
            if open == 1 { "is" } else { "are" }
        ));
    }
    vec![
        text("Verdict: "),
        strong(status),
        text(&format!(" ({meaning}); score: ")),
        strong(&review.performance_score),
        text(&score),
    ]
}

fn inputs(review: &Review) -> Block {
    let columns = [
        ("File", Align::Left),
        ("Kind", Align::Left),
        ("Duration", Align::Right),
        ("Samples", Align::Right),
        ("Total", Align::Right),
        ("Build id", Align::Left),
    ];
    table(&columns, review.inputs.iter().map(input_row).collect())
}

fn input_row(input: &InputFacts) -> Vec<Text> {
    let duration = input.duration_seconds.map(|seconds| human(seconds, "sec"));
    let build: String = input.build_id.chars().take(BUILD_ID_LENGTH).collect();
    vec![
        code_or(&input.file, "not named"),
        line(&input.kind),
        line(duration.as_deref().unwrap_or("not given")),
        line(&input.samples.to_string()),
        line(&total(input)),
        code_or(&build, "not given"),
    ]
}

fn total(input: &InputFacts) -> String {
    let value = value_text(input.total, &input.unit);
    format!("{value} {}", input.sample_type).trim_end().to_string()
}
