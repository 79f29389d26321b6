//! What grows between heap profiles of one process.

use super::{HeapSeries, SiteGrowth, meaning};
use crate::analyze::{SiteSeries, heap_series, is_std};
use crate::error::printable;
use crate::profile::Profile;
use crate::review::Context;
use crate::review::lines::SourceLines;

/// The bytes in use at each moment, and the sites that grew.
pub(super) fn series(context: &Context<'_>) -> Option<HeapSeries> {
    let inputs = context.evidence.heap_profiles;
    if inputs.len() < 2 {
        return None;
    }
    let profiles: Vec<&Profile> = inputs.iter().map(|i| &i.profile).collect();
    let live = |p: &&Profile| p.type_named("inuse_space").map_or(0, |i| p.total(i));
    let totals: Vec<i64> = profiles.iter().map(live).collect();
    let seconds: Vec<Option<f64>> = profiles.windows(2).map(|p| seconds(p[0], p[1])).collect();
    let last = totals.last().copied().unwrap_or(0);
    let all = heap_series(&profiles, context.prefix.as_deref());
    let source = context.source_lines();
    let grown = all
        .iter()
        .filter(|s| s.delta() > 0)
        .take(context.policy.most_lines);
    Some(HeapSeries {
        files: inputs.iter().map(|i| i.name.clone()).collect(),
        rows: grown.map(|s| row(context, &source, s, &seconds, last)).collect(),
        seconds,
        totals,
    })
}

/// From one profile to the next; none where the files do not tell.
pub(super) fn seconds(earlier: &Profile, later: &Profile) -> Option<f64> {
    let nanos = later.time_nanos.checked_sub(earlier.time_nanos)?;
    (earlier.time_nanos > 0 && nanos > 0).then_some(nanos as f64 / 1e9)
}

fn row(
    context: &Context<'_>,
    source: &SourceLines<'_>,
    series: &SiteSeries,
    seconds: &[Option<f64>],
    last: i64,
) -> SiteGrowth {
    let steps = series
        .bytes
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    let slopes = steps.zip(seconds).map(|(step, s)| s.map(|s| step as f64 / s));
    let node = &series.node;
    SiteGrowth {
        function: printable(&node.function),
        file: printable(&node.file),
        line: node.line,
        source: source.text(node),
        own: !is_std(&node.package()),
        meaning: meaning(&series.through),
        through: series.through.clone(),
        slopes: slopes.collect(),
        bytes: series.bytes.clone(),
        delta: series.delta(),
        delta_error: series.delta_error(),
        rises: series.rises() as u64,
        passes: passes(context, series, last),
    }
}

/// It grew in every interval, by more than the thresholds and than sampling can make.
fn passes(context: &Context<'_>, series: &SiteSeries, last: i64) -> bool {
    let limits = context.policy.heap;
    let delta = series.delta();
    series.rises() + 1 == series.bytes.len()
        && delta >= limits.least_growth_bytes
        && delta as f64 >= limits.growth_share * last as f64
        && delta as f64 > limits.growth_errors * series.delta_error()
}
