//! All rules: the symptoms of the catalogue, those that are found another way, and those of the source audit.

use super::{Example, Rule};
use crate::review::{GoroutineLimits, Symptom, catalogue, held};
use crate::unit::share;

/// All rules: the symptoms of CPU time and of the bytes in use in the order of their claims, then the others, then those of
/// the source audit.
pub fn rules() -> Vec<Rule> {
    let cpu = catalogue().map(|s| of_symptom(s, "the CPU time"));
    let live = held().map(|s| of_symptom(s, "the bytes in use"));
    let source = crate::audit::rules::all().into_iter().map(of_source);
    cpu.chain(live).chain(others()).chain(source).collect()
}

fn of_symptom(symptom: &Symptom, whole: &str) -> Rule {
    let [medium, high, critical] = [
        symptom.levels.medium,
        symptom.levels.high,
        symptom.levels.critical,
    ]
    .map(share);
    Rule {
        id: symptom.id,
        what: symptom.title,
        why: symptom.diagnosis,
        levels: format!(
            "told from {medium} of {whole}; {high} is a high share, {critical} a critical one; the severity of a \
             finding follows from what it would save"
        ),
        saving: match symptom.saving.high {
            0.0 => "cannot be told from a profile".to_string(),
            _ => format!(
                "{} to {} of the weight that is counted for it",
                share(symptom.saving.low),
                share(symptom.saving.high)
            ),
        },
        advice: symptom.advice,
        target: symptom.target,
        unless: symptom.unless,
        example: None,
        source: symptom.source,
    }
}

/// A rule of the source audit.
fn of_source(rule: &'static crate::audit::Rule) -> Rule {
    let base = match rule.base {
        Some(severity) => format!("{severity:?}").to_lowercase(),
        None => "no hit".to_string(),
    };
    let told = |text: &'static str, otherwise: &'static str| match text.trim_end_matches('.') {
        "" => otherwise,
        text => text,
    };
    let saving = |s: &crate::audit::Saving| {
        let basis = if s.is_measured { "measured" } else { "assumed" };
        let what = format!("{:?}", s.measure).to_lowercase();
        format!("{} to {} of {what} ({basis})", share(s.low), share(s.high))
    };
    let savings: Vec<String> = rule.saves.iter().map(saving).collect();
    Rule {
        id: rule.id,
        what: rule.what.trim_end_matches('.'),
        why: rule.why.trim_end_matches('.'),
        levels: format!("{base} without measurement; with profiles by what was measured in its scope"),
        saving: match savings.is_empty() {
            true => "cannot be told from a profile".to_string(),
            false => savings.join(", "),
        },
        advice: "Write it as in the example",
        target: told(rule.target, "no hit of the rule"),
        unless: told(rule.limits, "the place is cold"),
        example: Some(Example {
            before: rule.before_text().trim().to_string(),
            after: rule.after.trim().to_string(),
        }),
        source: "the source by its syntax: `perfplan audit`",
    }
}

fn others() -> [Rule; 6] {
    [
        Rule {
            id: "alloc-churn",
            what: "a line of own code allocates much that is garbage soon after",
            why: "every object costs an allocation and its part of the next collection",
            levels: "told from 1.0 % of the allocated bytes (thresholds.line_share) where at most half of them live on; \
                     medium at most where allocating and collecting take less than 5.0 % of the CPU time"
                .to_string(),
            saving: "30.0 % to 80.0 % of the bytes of the line (thresholds.allocation_saving): a rule of thumb".to_string(),
            advice: "Reuse a buffer, give slices and maps their size, keep values off the heap",
            target: "B/op and allocs/op of a benchmark that runs the line fall",
            unless: "the line is cold in production, or a pooled object would be kept after its return",
            example: None,
            source: "alloc_space and inuse_space of a heap profile, charged to the own line nearest to the allocation",
        },
        Rule {
            id: "goroutine-leak",
            what: "goroutines hang at a line and nothing can wake them",
            why: "each keeps its stack and all that it refers to for as long as the program runs",
            levels: "critical where the runtime found them (goroutineleak profile, or marks in a dump), or where the \
                     wait cannot end by construction"
                .to_string(),
            saving: "the goroutines and what they hold".to_string(),
            advice: "Give them a way to end: a context, a closed channel, a buffer for the only answer",
            target: "none in the goroutineleak profile under the same load",
            unless: "the program ends right after",
            example: None,
            source: "goroutineleak profiles and goroutine dumps",
        },
        Rule {
            id: "goroutine-growth",
            what: "goroutines of one state at one line grow from moment to moment",
            why: "what only grows ends with the memory",
            levels: format!(
                "told where every moment has more than the one before and the growth passes {} standard deviations of \
                 counts that are Poisson's (thresholds.goroutines.growth_deviations)",
                GoroutineLimits::DEFAULT.growth_deviations
            ),
            saving: "the goroutines that were added".to_string(),
            advice: "Find out what ends them, and bound how many there may be",
            target: "the same count in dumps taken under the same load",
            unless: "the load itself grew between the moments",
            example: None,
            source: "two or more goroutine profiles or dumps in the order of time",
        },
        Rule {
            id: "goroutine-stuck",
            what: "several goroutines wait long to send or for a lock at one line",
            why: "whoever should take over does not come, and what waits keeps its memory",
            levels: format!(
                "told from two that wait {} min or longer; from {} senders or {} lockers at one line (thresholds.goroutines)",
                GoroutineLimits::DEFAULT.stuck_minutes,
                GoroutineLimits::DEFAULT.blocked_senders,
                GoroutineLimits::DEFAULT.blocked_lockers
            ),
            saving: "the goroutines that wait".to_string(),
            advice: "Find out who should wake them, and what holds it up",
            target: "no wait of a minute or more at this line",
            unless: "the line waits for work by design",
            example: None,
            source: "states and minutes of a goroutine dump",
        },
        Rule {
            id: "gc-pressure",
            what: "the collector takes a large part of the CPU time",
            why: "each collection marks all that is alive: much garbage over a small heap means many of them",
            levels: "high from 10.0 %, critical from 25.0 % as the runtime tells it (thresholds.gc.share); with a CPU \
                     profile the symptoms of the collector tell it instead"
                .to_string(),
            saving: "30.0 % to 50.0 % of the collector's time: a rule of thumb".to_string(),
            advice: "Allocate less, or give the heap more room by GOGC or GOMEMLIMIT",
            target: "the share of collecting under 10 %",
            unless: "memory is scarcer than processors",
            example: None,
            source: "gctrace lines, or GCCPUFraction of MemStats",
        },
        Rule {
            id: "live-heap-growth",
            what: "the live heap grows steadily",
            why: "what is kept without end runs into the limit of memory, and every collection has more to mark",
            levels: "told where the slope of the live heap differs from zero by 3 standard errors, also in the later \
                     half, and added 20.0 % (thresholds.gc.growth_errors, growth_share)"
                .to_string(),
            saving: "the bytes that were added".to_string(),
            advice: "Compare two heap profiles taken minutes apart: `perfplan diff old.pb.gz new.pb.gz`",
            target: "a level live heap under steady load",
            unless: "a cache still fills up to its bound",
            example: None,
            source: "the live heap after each unforced collection in a gctrace",
        },
    ]
}
