//! What the audit of the source found, beside its issues.

use super::words::{counted, heading, line, paragraph};
use crate::report::document::Block;
use crate::review::{AuditFacts, Review};

/// The section on the source; nothing where it was not audited.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.audit else {
        return Vec::new();
    };
    let mut blocks = vec![heading(3, line("Source audit")), paragraph(&counts(facts))];
    let measured = review.inputs.iter().any(|i| i.kind != "benchmarks");
    if measured {
        blocks.push(paragraph(&states(facts)));
    } else {
        blocks.push(paragraph(
            "No profile was given: the hits are what the source says by itself, and nothing tells which of them cost anything. \
             Measure first: `go test -bench . -cpuprofile cpu.pb.gz -memprofile mem.pb.gz PACKAGE`, then give the profiles to \
             this command.",
        ));
    }
    if facts.left_out > 0 {
        blocks.push(paragraph(&format!(
            "{} not listed here; `perfplan audit` lists them.",
            match facts.left_out {
                1 => "1 hit is".to_string(),
                n => format!("{} are", counted(n, "hit")),
            }
        )));
    }
    blocks
}

fn counts(facts: &AuditFacts) -> String {
    let [critical, high, medium, low] = facts.counts;
    let mut text = format!(
        "{} of Go were audited by their syntax ({} skipped): {critical} critical, {high} high, {medium} medium, {low} low",
        counted(facts.files, "file"),
        facts.skipped
    );
    for (count, what) in [
        (facts.merged, "name the cause of a finding of the profiles"),
        (facts.listed, "are findings of their own"),
        (facts.suppressed, "are silenced in the source"),
        (facts.known, "are known from the baseline"),
    ] {
        if count > 0 {
            text.push_str(&format!("; {count} {what}"));
        }
    }
    text.push('.');
    text
}

fn states(facts: &AuditFacts) -> String {
    let [hot, warm, cold, unprofiled, without] = facts.states;
    format!(
        "Of these places {hot} are hot, {warm} warm, {cold} cold in these profiles; of {unprofiled} no profile given here tells \
         anything, and {without} are of rules that heat does not concern."
    )
}
