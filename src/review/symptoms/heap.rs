//! Findings of the bytes in use: what is held that should have been let go.

use super::catalogue::held;
use super::claims::{Claim, Question};
use super::{Found, Most, advice};
use crate::analyze::{Node, SymptomSamples, symptoms};
use crate::error::printable;
use crate::review::plan::quoted;
use crate::review::resource::{Column, columns};
use crate::review::{Confidence, Context, HeapFacts, Interval, Issue, ProfileInput, Resource};
use crate::unit::{human, share};

/// The findings of a heap profile; none where next to nothing is in use. Lines that grow from profile to profile have a
/// finding of their own, which counts their bytes.
pub(super) fn findings(context: &Context<'_>, input: &ProfileInput, heap: Option<&HeapFacts>) -> Vec<Found> {
    let profile = &input.profile;
    let live = columns(profile)
        .into_iter()
        .find(|c| c.resource == Resource::LiveBytes);
    let least = context.policy.symptoms.least_live_bytes;
    let Some(column) = live.filter(|c| c.total >= least) else {
        return Vec::new();
    };
    let found = symptoms(profile, context.prefix.as_deref());
    let symptoms_in_force = held().map(|s| context.policy.symptom_in_force(s));
    let claims = Question::new(profile, &column, &found, symptoms_in_force).claims(
        |_, line| !grows(heap, line.map(|l| found.lines.get(l))),
        |_| false,
    );
    let mut worth: Vec<&Claim> = claims
        .all
        .iter()
        .filter(|c| part(c, &column) >= c.symptom.levels.medium)
        .collect();
    worth.sort_by_key(|c| std::cmp::Reverse(c.claimed));
    worth
        .iter()
        .map(|claim| finding(context, input, &found, &column, claim))
        .collect()
}

/// Whether a line has a finding of its growth; without a line, whether one of the runtime's own has.
fn grows(heap: Option<&HeapFacts>, line: Option<&Node>) -> bool {
    let mut grown = heap.into_iter().flat_map(HeapFacts::grown);
    match line {
        None => grown.any(|g| !g.own),
        Some(node) => {
            let (function, file) = (printable(&node.function), printable(&node.file));
            grown.any(|g| g.line == node.line && g.function == function && g.file == file)
        }
    }
}

fn part(claim: &Claim, column: &Column) -> f64 {
    claim.claimed as f64 / column.total.max(1) as f64
}

fn finding(
    context: &Context<'_>,
    input: &ProfileInput,
    found: &SymptomSamples,
    column: &Column,
    claim: &Claim,
) -> Found {
    let known = &claim.symptom;
    let part = part(claim, column);
    let node = claim.line.map(|line| found.lines.get(line));
    let text = node.map_or_else(String::new, |n| context.source_lines().text(n));
    let issue = Issue {
        issue: format!("{}: {} of the bytes in use", known.title, share(part)),
        file: node.map_or_else(String::new, |n| printable(&n.file)),
        line: node.map_or(0, |n| n.line),
        impact: format!("{}; {} in use", known.diagnosis, human(claim.claimed as f64, "B")),
        current_code: crate::review::findings::block(&text),
        optimized_code: String::new(),
        rule: known.id.to_string(),
        function: node.map_or_else(String::new, |n| printable(&n.function)),
        confidence: Confidence::Low,
        heat: column.share(claim.claimed),
        evidence: format!(
            "{}: inuse_space of stacks through the functions that make them; whether they are needed one moment cannot tell",
            input.name
        ),
        expected_gain: Interval {
            low: part * known.saving.low,
            high: part * known.saving.high,
        },
        refuted_by: "a second profile under the same load shows no more of them".to_string(),
        advice: Some(advice(
            known,
            found.chain(&input.profile, claim.example, super::cpu::MOST_CALLS),
            format!("perfplan top --sample-index inuse_space {}", quoted(&input.name)),
        )),
    };
    let most = match known.levels {
        levels if part >= levels.critical => Most::Critical,
        levels if part >= levels.high => Most::High,
        _ => Most::Medium,
    };
    Found { issue, most }
}
