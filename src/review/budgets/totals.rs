//! Budgets of the whole program.

use std::collections::BTreeMap;

use super::functions::{absolute, column};
use super::{BudgetFacts, Parts, begin, exact};
use crate::review::policy::TotalLimit;
use crate::review::resource::columns;
use crate::review::{Context, Estimate};
use crate::unit::Quantity;

pub(super) fn facts(
    context: &Context<'_>,
    budgets: &BTreeMap<String, TotalLimit>,
    parts: &Parts<'_>,
) -> Vec<BudgetFacts> {
    let fact = |(metric, limit): (&String, &TotalLimit)| {
        let begun = begin(
            format!("totals.{metric}"),
            "the whole program",
            metric,
            &limit.max.0,
        );
        of_metric(context, begun, metric, parts)
    };
    budgets.iter().map(fact).collect()
}

/// A number of the whole program held against a goal in its unit.
pub(in crate::review) fn of_total(
    context: &Context<'_>,
    metric: &str,
    goal: f64,
    unit: &str,
    parts: &Parts<'_>,
) -> BudgetFacts {
    let goal = Quantity {
        text: String::new(),
        value: goal,
        unit: unit.to_string(),
    };
    of_metric(context, begin(String::new(), "", metric, &goal), metric, parts)
}

fn of_metric(context: &Context<'_>, begun: BudgetFacts, metric: &str, parts: &Parts<'_>) -> BudgetFacts {
    match metric {
        "goroutineleak" => leaks(begun, parts),
        "goroutines" => goroutines(begun, parts),
        "gc.cpu" => collecting(begun, parts),
        "gc.pause" => pause(begun, parts),
        _ => {
            let Some((profile, index)) = column(context, metric) else {
                return begun.unmeasured(format!("no profile of the inputs has {metric}"));
            };
            // Without what the test framework and the runtime wait for.
            let own = columns(profile).into_iter().find(|c| c.index == index);
            let total = own.map_or_else(
                || {
                    if metric.ends_with("delay") {
                        0
                    } else {
                        profile.total(index)
                    }
                },
                |c| c.total,
            );
            absolute(context, begun, profile, index, total)
        }
    }
}

fn leaks(begun: BudgetFacts, parts: &Parts<'_>) -> BudgetFacts {
    let snapshots = parts.goroutines.map_or(&[][..], |g| &g.snapshots);
    let last = snapshots.iter().rev().find_map(|s| s.leaked);
    match last {
        Some(leaked) => begun.against(exact(leaked as f64), ""),
        None => begun.unmeasured("no input tells which goroutines leak: a goroutineleak profile does"),
    }
}

fn goroutines(begun: BudgetFacts, parts: &Parts<'_>) -> BudgetFacts {
    let snapshots = parts.goroutines.map_or(&[][..], |g| &g.snapshots);
    let last = snapshots.iter().rev().find(|s| s.form != "goroutineleak");
    match last {
        Some(last) => begun.against(exact(last.goroutines as f64), ""),
        None => begun.unmeasured("no input counts all goroutines: a goroutine profile or a dump does"),
    }
}

fn collecting(begun: BudgetFacts, parts: &Parts<'_>) -> BudgetFacts {
    let shares = parts.runtime.map_or(&[][..], |r| &r.gc_shares);
    let Some(found) = shares.first() else {
        return begun
            .unmeasured("no input tells what collecting takes: a CPU profile or GODEBUG=gctrace=1 does");
    };
    let now = Estimate {
        value: found.share.share,
        low: found.share.low,
        high: found.share.high,
    };
    begun.against(now, "a longer profile narrows it")
}

fn pause(begun: BudgetFacts, parts: &Parts<'_>) -> BudgetFacts {
    let traces = parts.runtime.map_or(&[][..], |r| &r.traces);
    match traces.iter().map(|t| t.longest_pause_seconds).reduce(f64::max) {
        Some(longest) => begun.against(exact(longest), ""),
        None => begun.unmeasured("no input tells of pauses: GODEBUG=gctrace=1 does"),
    }
}
