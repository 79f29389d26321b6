//! Findings: what is wrong, how sure that is, and what mending it would gain.
//!
//! Every sample stands behind one finding at most: an allocation belongs to the one line of the user's code
//! that is nearest to it, a leaked goroutine to the one at which it hangs.

use super::resource::{Column, columns};
use super::{Confidence, Context, Interval, Issue, Issues, Lifetime, MemorySite, Resource};
use crate::analyze::{Granularity, Nodes, charged_lines};
use crate::error::printable;
use crate::profile::Kind;
use crate::unit::{human, human_count, share};

/// Recoverable share of a resource from which a finding is critical, high, medium.
const CRITICAL: f64 = 0.10;
const HIGH: f64 = 0.05;
const MEDIUM: f64 = 0.01;

/// All findings by severity, each list by expected gain, then by place. Where memory costs little processor time
/// (`matters` is false) its findings are medium at most.
pub(super) fn issues(context: &Context<'_>, memory: &[MemorySite], matters: bool) -> Issues {
    let mut issues = Issues::default();
    issues.critical.extend(leaks(context));
    let churning = memory.iter().filter(|site| is_churn(context, site));
    for issue in churning.map(|site| churn(context, site)) {
        let gain = f64::midpoint(issue.expected_gain.low, issue.expected_gain.high);
        match gain {
            g if g >= CRITICAL && matters => issues.critical.push(issue),
            g if g >= HIGH && matters => issues.high.push(issue),
            g if g >= MEDIUM => issues.medium.push(issue),
            _ => issues.low.push(issue),
        }
    }
    issues
}

/// Garbage of the user's own code, above the share that is worth advice. Tests are not under review.
fn is_churn(context: &Context<'_>, site: &MemorySite) -> bool {
    let package = crate::profile::package_of(&site.function).unwrap_or_default();
    let own = package == "main" || context.prefix.as_deref().is_some_and(|p| package.starts_with(p));
    own && !site.file.ends_with("_test.go")
        && site.lifetime != Lifetime::LongLived
        && site.share.share >= context.policy.line_share
}

fn churn(context: &Context<'_>, site: &MemorySite) -> Issue {
    let saving = context.policy.allocation_saving;
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
            "{}: alloc_space charged to this line; the saving is a rule of thumb",
            allocation_input(context)
        ),
        expected_gain: Interval {
            low: site.share.share * saving.low,
            high: site.share.share * saving.high,
        },
        refuted_by: "allocs/op and B/op of a benchmark that runs this line do not fall after the change"
            .into(),
    }
}

/// Code with a newline at its end, so that it is stored as a block.
fn block(code: &str) -> String {
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

/// Goroutines that can never go on, by the user's line at which they hang.
fn leaks(context: &Context<'_>) -> Vec<Issue> {
    let mut issues = Vec::new();
    for input in context
        .evidence
        .profiles
        .iter()
        .filter(|i| i.profile.kind() == Kind::Goroutineleak)
    {
        let profile = &input.profile;
        let nodes = Nodes::of(profile, Granularity::Lines);
        let Some(column) = columns(profile).first().copied() else {
            continue;
        };
        let all = vec![true; profile.samples.len()];
        let lines = charged_lines(profile, &nodes, column.index, &all, context.prefix.as_deref());
        let source = context.source_lines();
        issues.extend(lines.into_iter().map(|(node, count)| {
            let node = nodes.get(node);
            let current_code = block(&source.text(node));
            leak(&input.name, node, count, &column, current_code)
        }));
    }
    issues
}

fn leak(
    input: &str,
    node: &crate::analyze::Node,
    count: i64,
    column: &Column,
    current_code: String,
) -> Issue {
    let plural = if count == 1 { "goroutine" } else { "goroutines" };
    Issue {
        issue: format!("{count} leaked {plural}"),
        file: printable(&node.file),
        line: node.line,
        impact: "each keeps its stack and all that it refers to until the process ends".to_string(),
        current_code,
        optimized_code: String::new(),
        rule: "goroutine-leak".to_string(),
        function: printable(&node.function),
        confidence: Confidence::High,
        heat: super::Share {
            resource: Resource::LeakedGoroutines,
            ..column.share(count)
        },
        evidence: format!("{input}: the collector found nothing that could wake them"),
        expected_gain: Interval {
            low: column.share(count).share,
            high: column.share(count).share,
        },
        refuted_by: "a goroutineleak profile after the same load has none at this line".to_string(),
    }
}

/// A sentence per finding that is worth one, the most severe first.
pub(super) fn recommendations(issues: &Issues) -> Vec<String> {
    let worth = issues.critical.iter().chain(&issues.high).chain(&issues.medium);
    worth.map(recommendation).collect()
}

/// What to do about a finding, in a sentence.
pub(super) fn recommendation(issue: &Issue) -> String {
    let place = format!("{} ({}:{})", issue.function, issue.file, issue.line);
    match issue.heat.resource {
        Resource::LeakedGoroutines => {
            format!(
                "Give every goroutine started for {place} a way to end: {}.",
                issue.issue
            )
        }
        _ => format!(
            "Allocate less at {place}: could save {} to {} of all allocated bytes.",
            share(issue.expected_gain.low),
            share(issue.expected_gain.high)
        ),
    }
}

/// What can go wrong with the advice and the data, for the findings there are.
pub(super) fn risks(issues: &Issues) -> Vec<String> {
    let has = |rule: &str| issues.all().any(|i| i.rule == rule);
    let mut risks = Vec::new();
    if has("alloc-churn") {
        risks.push(
            "A pooled or reused buffer that is still referred to after its return corrupts data: run the tests \
             with -race, and pool only what does not leave the function."
                .to_string(),
        );
    }
    if has("goroutine-leak") {
        risks.push(
            "A goroutine that is made to end may drop the work it held: say in a test what happens to it."
                .to_string(),
        );
    }
    risks
}
