//! Findings: what is wrong, how sure that is, and what mending it would gain.
//!
//! Every sample stands behind one finding at most: an allocation belongs to the one line of the user's code
//! that is nearest to it, a leaked goroutine to the one at which it hangs.

use super::goroutines::{self, Judged};
use super::symptoms::{Found, Most};
use super::{Confidence, Context, Interval, Issue, Issues, Lifetime, MemorySite, Resource};
use crate::unit::{human, human_count, share};

/// Recoverable share of a resource from which a finding is critical, high, medium.
const CRITICAL: f64 = 0.10;
const HIGH: f64 = 0.05;
const MEDIUM: f64 = 0.01;

/// All findings by severity, each list by expected gain, then by place. Where memory costs little processor time
/// (`matters` is false) its findings are medium at most.
pub(super) fn issues(
    context: &Context<'_>,
    memory: &[MemorySite],
    matters: bool,
    goroutines: Option<&Judged>,
    symptoms: Vec<Found>,
) -> Issues {
    let mut issues = Issues::default();
    if let Some(judged) = goroutines {
        goroutines::issues(&judged.leaks, &context.source_lines(), &mut issues);
    }
    let churning = memory.iter().filter(|site| is_churn(context, site));
    let most = if matters { Most::Critical } else { Most::Medium };
    let churning = churning.map(|site| Found {
        issue: beside(churn(context, site), &symptoms),
        most,
    });
    let churning: Vec<Found> = churning.collect();
    let mut found: Vec<Found> = churning.into_iter().chain(symptoms).collect();
    found.sort_by(|a, b| {
        let place = |f: &Found| (f.issue.file.clone(), f.issue.line, f.issue.rule.clone());
        middle(&b.issue)
            .total_cmp(&middle(&a.issue))
            .then(b.issue.heat.share.total_cmp(&a.issue.heat.share))
            .then_with(|| place(a).cmp(&place(b)))
    });
    for Found { issue, most } in found {
        match severity(&issue).min(most) {
            Most::Critical => issues.critical.push(issue),
            Most::High => issues.high.push(issue),
            Most::Medium => issues.medium.push(issue),
            Most::Low => issues.low.push(issue),
        }
    }
    issues
}

/// Symptoms whose advice is that for the allocations of their line too.
const MENDS_BOTH: [&str; 7] = [
    "json",
    "xml",
    "gob",
    "regexp.compile",
    "string.concat",
    "slice.grow",
    "map.grow",
];

/// Names the symptom that the CPU profile shows at the line of an allocation site: one change may mend both.
fn beside(mut churn: Issue, symptoms: &[Found]) -> Issue {
    let is_here = |i: &&Issue| i.line == churn.line && i.file == churn.file && i.function == churn.function;
    let here = symptoms.iter().map(|f| &f.issue).filter(is_here);
    let cpu = here.filter(|i| i.heat.resource == Resource::Cpu);
    let most = cpu.reduce(|a, b| if middle(b) > middle(a) { b } else { a });
    if let Some(symptom) = most {
        churn.impact.push_str(&format!(
            "; the same line: {} (rule `{}`)",
            symptom.issue, symptom.rule
        ));
        if let (Some(own), Some(its)) = (churn.advice.as_mut(), symptom.advice.as_ref())
            && MENDS_BOTH.iter().any(|r| symptom.rule.starts_with(r))
        {
            own.what.clone_from(&its.what);
            own.effort = its.effort;
            own.unless.clone_from(&its.unless);
            own.trade_off.clone_from(&its.trade_off);
        }
    }
    churn
}

fn middle(issue: &Issue) -> f64 {
    f64::midpoint(issue.expected_gain.low, issue.expected_gain.high)
}

/// By what is expected to be saved of its resource.
fn severity(issue: &Issue) -> Most {
    match middle(issue) {
        gain if gain >= CRITICAL => Most::Critical,
        gain if gain >= HIGH => Most::High,
        gain if gain >= MEDIUM => Most::Medium,
        _ => Most::Low,
    }
}

/// Garbage of the user's own code, above the share that is worth advice. Tests are not under review.
pub(super) fn is_churn(context: &Context<'_>, site: &MemorySite) -> bool {
    let package = crate::profile::package_of(&site.function).unwrap_or_default();
    let own = package == "main" || context.prefix.as_deref().is_some_and(|p| package.starts_with(p));
    own && !site.file.ends_with("_test.go")
        && site.lifetime != Lifetime::LongLived
        && site.share.share >= context.policy.line_share
}

fn churn(context: &Context<'_>, site: &MemorySite) -> Issue {
    let saving = churn_saving(context, site);
    let through = if site.through == site.function {
        String::new()
    } else {
        format!(", mostly in {}", site.through)
    };
    Issue {
        issue: format!(
            "allocation churn: {} objects of {} on average{through}",
            human_count(site.objects as f64),
            human(site.mean_size.round(), "B")
        ),
        file: site.file.clone(),
        line: site.line,
        impact: format!(
            "{} of the allocated bytes ({}) and {} of the objects; {} of the bytes live on",
            share(site.share.share),
            human(site.bytes as f64, "B"),
            share(site.objects_share),
            share(site.live_ratio)
        ),
        current_code: block(&site.source),
        optimized_code: String::new(),
        rule: "alloc-churn".to_string(),
        function: site.function.clone(),
        confidence: Confidence::Low,
        heat: site.share.clone(),
        evidence: format!(
            "{}: alloc_space charged to this line; of a saving the lower end is a rule of thumb, the upper end what does not \
             live on",
            allocation_input(context)
        ),
        expected_gain: Interval {
            low: site.share.share * saving.low,
            high: site.share.share * saving.high,
        },
        refuted_by: "allocs/op and B/op of a benchmark that runs this line do not fall after the change"
            .into(),
        advice: Some(super::churn::advice(site, saving, &allocation_input(context))),
    }
}

/// What mending a site saves of its bytes: at most all that does not live on.
pub(super) fn churn_saving(context: &Context<'_>, site: &MemorySite) -> Interval {
    let rule = context.policy.allocation_saving;
    let high = rule.high.min(1.0 - site.live_ratio).max(0.0);
    Interval {
        low: rule.low.min(high),
        high,
    }
}

/// Code with a newline at its end, so that it is stored as a block.
pub(super) fn block(code: &str) -> String {
    if code.is_empty() {
        String::new()
    } else {
        format!("{code}\n")
    }
}

fn allocation_input(context: &Context<'_>) -> String {
    let profile = super::memory::allocation_profile(context).map(|(profile, ..)| profile);
    let input = context
        .evidence
        .profiles
        .iter()
        .find(|i| profile.is_some_and(|p| std::ptr::eq(p, &raw const i.profile)));
    input.map_or_else(String::new, |i| i.name.clone())
}

/// A sentence per finding that is worth one, the most severe first.
pub(super) fn recommendations(issues: &Issues) -> Vec<String> {
    let worth = issues.critical.iter().chain(&issues.high).chain(&issues.medium);
    worth.map(recommendation).collect()
}

/// What to do about a finding, in a sentence.
pub(super) fn recommendation(issue: &Issue) -> String {
    if let Some(of_runtime) = super::gc::recommendation(issue) {
        return of_runtime;
    }
    if let Some(of_threads) = super::threads::recommendation(issue) {
        return of_threads;
    }
    if let Some(of_heap) = super::heap::recommendation(issue) {
        return of_heap;
    }
    let leaks = issue.rule.starts_with("goroutine-");
    if let Some(advice) = issue.advice.as_ref().filter(|_| !leaks) {
        return advised(issue, &advice.what);
    }
    let place = match leaks {
        true => format!("{}:{}", issue.file, issue.line),
        false => format!("{} ({}:{})", issue.function, issue.file, issue.line),
    };
    match issue.rule.as_str() {
        "goroutine-leak" => format!(
            "Give the goroutines that hang at {place} a way to end ({}).",
            issue.issue
        ),
        "goroutine-growth" => format!("Find out what ends the goroutines at {place} ({}).", issue.issue),
        "goroutine-stuck" => format!(
            "Find out who should wake the goroutines at {place} ({}).",
            issue.issue
        ),
        _ => format!(
            "Allocate less at {place}: could save {} to {} of all allocated bytes.",
            share(issue.expected_gain.low),
            share(issue.expected_gain.high)
        ),
    }
}

/// The advice of the catalogue with its place and gain.
fn advised(issue: &Issue, what: &str) -> String {
    let place = match issue.file.as_str() {
        "" => String::new(),
        file => format!(", at {} ({file}:{})", issue.function, issue.line),
    };
    if issue.expected_gain.high == 0.0 {
        return format!("{what}{place}: {}.", issue.issue);
    }
    let of = match issue.heat.resource {
        Resource::MutexDelay => "the delay by mutexes",
        Resource::LiveBytes => "the bytes in use",
        Resource::AllocatedBytes => "all allocated bytes",
        _ => "the CPU time",
    };
    let [low, high] = [issue.expected_gain.low, issue.expected_gain.high].map(share);
    format!("{what}{place}: could save {low} to {high} of {of}.")
}
