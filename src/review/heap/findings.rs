//! Findings of what grows.

use super::{HeapFacts, HeapSeries, LiveSite, SiteGrowth};
use crate::analyze::is_std;
use crate::profile::package_of;
use crate::review::findings::block;
use crate::review::{Advice, Confidence, Effort, Interval, Issue, Issues, Level, Resource, Share};
use crate::unit::{human, human_count, share};

/// Profiles from which growth in every interval is no accident of two moments.
const SURE: usize = 3;
const RULE: &str = "heap-growth";

/// Adds a finding for each site that grows: critical where three or more profiles show it, else high. What the trace of
/// the collector tells of the whole heap then counts only what is left.
pub(in crate::review) fn issues(facts: Option<&HeapFacts>, issues: &mut Issues) {
    if let Some((facts, series)) = facts.and_then(|f| Some((f, f.series.as_ref()?))) {
        let found = facts.grown().map(|row| finding(series, row));
        match series.files.len() >= SURE {
            true => issues.critical.extend(found),
            false => issues.high.extend(found),
        }
    }
    let (high, medium) = facts.map_or_else(Default::default, |facts| held(facts, issues));
    issues.high.extend(high);
    issues.medium.extend(medium);
    settle(issues);
}

/// Bytes in use below which nothing is said of where they are held.
const LEAST_HELD: i64 = 8 << 20;

/// Lines that hold much of what is in use, where no other finding tells of their bytes: from critical shares on high, for
/// one moment cannot tell a cache from a leak, else medium.
fn held(facts: &HeapFacts, issues: &Issues) -> (Vec<Issue>, Vec<Issue>) {
    let total = facts.live_bytes;
    let is_told = |site: &LiveSite| {
        let same = |i: &&Issue| {
            i.heat.resource == Resource::LiveBytes && i.line == site.line && i.function == site.function
        };
        issues.all().any(|i| same(&i))
    };
    let is_own = |site: &LiveSite| package_of(&site.function).is_some_and(|p| !is_std(&p));
    let worth = facts
        .live_sites
        .iter()
        .filter(|s| total >= LEAST_HELD && is_own(s) && !is_told(s));
    let (high, rest): (Vec<_>, Vec<_>) = worth
        .filter(|s| s.level >= Level::High)
        .partition(|s| s.level == Level::Critical);
    (
        high.into_iter().map(holding).collect(),
        rest.into_iter().map(holding).collect(),
    )
}

fn holding(site: &LiveSite) -> Issue {
    let part = site.share.share;
    let through = match site.through == site.function || site.through.is_empty() {
        true => String::new(),
        false => format!(", made in {}", site.through),
    };
    let meaning = match site.meaning.as_str() {
        "" => "kept: a cache, or a leak".to_string(),
        meaning => meaning.to_string(),
    };
    let gain = Interval { low: 0.0, high: part };
    Issue {
        issue: format!("{} of the bytes in use are from one line{through}", share(part)),
        file: site.file.clone(),
        line: site.line,
        impact: format!("{} in {} objects; {meaning}", human(site.bytes as f64, "B"), human_count(site.objects as f64)),
        current_code: block(&site.source),
        optimized_code: String::new(),
        rule: "heap-held".to_string(),
        function: site.function.clone(),
        confidence: Confidence::Low,
        heat: site.share.clone(),
        evidence: "inuse_space at this line at one moment, which cannot tell what is needed from what is forgotten".to_string(),
        expected_gain: gain,
        refuted_by: "a second profile some minutes later under the same load shows no more here".to_string(),
        advice: Some(Advice {
            what: "Find out what keeps these objects: bound the cache, cut what refers to them, or end the goroutines that hold them"
                .to_string(),
            effort: Effort::M,
            target: "a level that stays the same under steady load".to_string(),
            unless: "they are the data that the program is there to hold".to_string(),
            trade_off: crate::review::risks::trade_off("held."),
            verify: "curl -o heap2.pb.gz http://HOST/debug/pprof/heap && perfplan analyze heap.pb.gz heap2.pb.gz".to_string(),
            calls: Vec::new(),
            saving: Interval { low: 0.0, high: 1.0 },
            source: "what does not grow is a cache, what grows is a leak".to_string(),
            choice: None,
        }),
    }
}

fn finding(series: &HeapSeries, row: &SiteGrowth) -> Issue {
    let last = series.totals.last().copied().unwrap_or(0).max(1) as f64;
    let part = (row.delta as f64 / last).min(1.0);
    let moments = series.files.len();
    let through = match row.through == row.function || row.through.is_empty() {
        true => String::new(),
        false => format!(", made in {}", row.through),
    };
    let meaning = match row.meaning.as_str() {
        "" => String::new(),
        meaning => format!("; {meaning}"),
    };
    Issue {
        issue: format!(
            "bytes in use grow: {} more over {moments} profiles{through}",
            human(row.delta as f64, "B")
        ),
        file: row.file.clone(),
        line: row.line,
        impact: format!(
            "{} of the {} in use at the end were added here{meaning}",
            share(part),
            human(last, "B")
        ),
        current_code: block(&row.source),
        optimized_code: String::new(),
        rule: RULE.to_string(),
        function: row.function.clone(),
        confidence: match moments >= SURE {
            true => Confidence::Medium,
            false => Confidence::Low,
        },
        heat: Share {
            resource: Resource::LiveBytes,
            share: part,
            low: None,
            high: None,
        },
        evidence: format!(
            "inuse_space at this line: {}; the standard error of the difference by sampling is at most {}",
            steps(series, row),
            human(row.delta_error, "B")
        ),
        expected_gain: Interval { low: 0.0, high: part },
        refuted_by: "one more profile under the same load shows no more here: a cache that fills up ends, a leak does not"
            .to_string(),
        advice: None,
    }
}

/// `1 MiB in a.pb.gz, 3 MiB in b.pb.gz (+34.1 KiB/s)`.
fn steps(series: &HeapSeries, row: &SiteGrowth) -> String {
    let slope = |at: usize| {
        at.checked_sub(1)
            .and_then(|at| row.slopes.get(at).copied().flatten())
    };
    let one = |(at, (bytes, file)): (usize, (&i64, &String))| {
        let slope = slope(at).map(|s| {
            format!(
                " ({}{} per second)",
                if s > 0.0 { "+" } else { "" },
                human(s, "B")
            )
        });
        format!(
            "{} in {file}{}",
            human(*bytes as f64, "B"),
            slope.unwrap_or_default()
        )
    };
    let all = row.bytes.iter().zip(&series.files).enumerate().map(one);
    all.collect::<Vec<_>>().join(", ")
}

/// Live bytes that findings of lines count are taken out of what the trace says of the whole heap.
fn settle(issues: &mut Issues) {
    const OF_THE_WHOLE: &str = "live-heap-growth";
    let of_lines = issues
        .all()
        .filter(|i| i.heat.resource == Resource::LiveBytes && i.rule != OF_THE_WHOLE)
        .map(|i| i.expected_gain.high)
        .sum::<f64>();
    if of_lines <= 0.0 {
        return;
    }
    let lists = [
        &mut issues.critical,
        &mut issues.high,
        &mut issues.medium,
        &mut issues.low,
    ];
    for issue in lists.into_iter().flatten().filter(|i| i.rule == OF_THE_WHOLE) {
        issue.expected_gain.high = (issue.expected_gain.high - of_lines).max(0.0);
        issue.evidence.push_str(&format!(
            "; {} of the live bytes are counted by findings of lines, and not here",
            share(of_lines.min(1.0))
        ));
    }
}

/// What to do about growth.
pub(in crate::review) fn recommendation(issue: &Issue) -> Option<String> {
    (issue.rule == RULE).then(|| {
        format!(
            "Find out what keeps what {} ({}:{}) makes, and bound it or let it go ({}): a map or slice that only grows, \
             goroutines that hang, bodies and rows that are not closed.",
            issue.function, issue.file, issue.line, issue.issue
        )
    })
}

/// How the profiles of several moments are taken.
pub(in crate::review) fn caveats(facts: Option<&HeapFacts>) -> Vec<String> {
    let Some((facts, series)) = facts.and_then(|f| Some((f, f.series.as_ref()?))) else {
        return Vec::new();
    };
    vec![format!(
        "{} heap profiles are moments of one process (at no line was less allocated than before): sites and shares are those \
         of the last, {}; go tool pprof would add up what is in use at each, {} instead of {}",
        series.files.len(),
        facts.file,
        human(
            series.totals.iter().fold(0i64, |sum, t| sum.saturating_add(*t)) as f64,
            "B"
        ),
        human(facts.live_bytes as f64, "B"),
    )]
}
