//! Goroutines: what waits, what grows, what leaks.

mod findings;
mod leaks;
mod messages;
mod model;
mod moments;
#[cfg(test)]
mod tests;

use super::{Context, ProfileInput};
use crate::analyze::{CodePlace, GoroutineGroup, GroupGrowth, Side};
use leaks::{Basis, Leak, Leaks, leaks, passes, same};
use moments::{Moment, Moments, Series};

pub(super) use findings::issues;
pub use model::*;

/// Groups that are listed; those that leak are listed beyond it.
const MOST_GROUPS: usize = 20;
/// Groups that grew and are listed.
const MOST_GROWN: usize = 20;
/// Frames that are shown of an example.
const STACK: usize = 12;

/// Where a goroutine profile of a running program comes from.
const URL: &str = "http://localhost:6060/debug/pprof/";

/// What is known of goroutines, and the leaks among them; `None` where no input holds any.
pub(super) struct Judged {
    pub facts: Goroutines,
    pub leaks: Leaks,
}

/// Groups, growth and leaks.
pub(super) fn judge(context: &Context<'_>) -> Option<Judged> {
    let moments = Moments::of(context);
    let told = moments.told()?;
    let series = moments.series();
    let limits = context.policy.goroutines;
    let leaks = leaks(&moments, &series, &limits);
    let (groups, left_out) = groups(&moments, told, &leaks);
    let facts = Goroutines {
        snapshots: moments.all().map(snapshot).collect(),
        groups_of: told.name.clone(),
        groups,
        left_out,
        growth: series.iter().map(|s| growth_facts(s, &limits)).collect(),
        messages: messages::messages(context.evidence.dumps),
        missing: missing(&moments, &series),
        limits,
    };
    Some(Judged { facts, leaks })
}

impl Goroutines {
    /// Whether anything here can show a leak: the runtime looked for them, or there are moments to compare.
    pub(super) fn shows_leaks(&self) -> bool {
        self.snapshots.iter().any(|s| s.leaked.is_some()) || self.growth.iter().any(|g| g.moments > 1)
    }
}

impl Context<'_> {
    /// Goroutine and goroutineleak profiles one by one, in the order given.
    fn goroutine_profiles(&self) -> impl Iterator<Item = &ProfileInput> {
        let single = self.evidence.goroutine_profiles;
        let merged = if single.is_empty() {
            self.evidence.profiles
        } else {
            &[]
        };
        single.iter().chain(merged)
    }
}

/// The runtime looked for leaks in a goroutineleak profile, and in a dump that has marks.
fn snapshot(moment: &Moment) -> GoroutineSnapshot {
    let looked = moment.form == "goroutineleak" || moment.leaked > 0;
    GoroutineSnapshot {
        file: moment.name.clone(),
        form: moment.form.to_string(),
        goroutines: moment.total,
        leaked: looked.then_some(moment.leaked),
    }
}

fn groups(moments: &Moments, told: &Moment, leaks: &Leaks) -> (Vec<GoroutineGroupFacts>, GoroutinesLeftOut) {
    let mut left_out = GoroutinesLeftOut {
        leaks: leaks.more,
        ..GoroutinesLeftOut::default()
    };
    let mut listed = Vec::new();
    let looked = moments.all().any(|m| m.leaked > 0 || m.form == "goroutineleak");
    for group in &told.groups {
        let leak = leaks.named.iter().find(|l| same(&l.group, group));
        if group.side == Side::Runtime && leak.is_none() {
            left_out.of_runtime = left_out.of_runtime.saturating_add(group.count);
        } else if listed.len() < MOST_GROUPS || leak.is_some() {
            listed.push(group_facts(group, leak, looked));
        } else {
            left_out.groups += 1;
            left_out.goroutines = left_out.goroutines.saturating_add(group.count);
        }
    }
    (listed, left_out)
}

fn group_facts(group: &GoroutineGroup, leak: Option<&Leak>, looked: bool) -> GoroutineGroupFacts {
    let measured = leak.filter(|l| l.basis == Basis::Measured);
    let (verdict, because) = match leak {
        None => (LeakVerdict::None, String::new()),
        Some(leak) if leak.basis == Basis::Measured => (LeakVerdict::Measured, findings::because(leak)),
        Some(leak) => (LeakVerdict::Suspected, findings::because(leak)),
    };
    let stack = group.stack.iter().take(STACK);
    // A profile has no minutes; a dump may have none that has reached one.
    let waits = group.longest_wait().is_some();
    GoroutineGroupFacts {
        state: group.state.clone(),
        place: group.place.clone(),
        side: Some(group.side),
        started_at: leak
            .and_then(|l| l.group.creator.clone())
            .or(group.creator.clone()),
        entry: group.entry.clone(),
        count: group.count,
        leaked: looked.then(|| measured.map_or(0, |l| l.group.leaked.min(group.count))),
        longest_wait_minutes: group.longest_wait(),
        total_wait_minutes: waits.then(|| group.total_wait()),
        locked_to_thread: group.locked_to_thread,
        labels: group.labels.iter().map(|(k, v)| format!("{k}={v}")).collect(),
        verdict,
        because,
        example: group.example,
        stack: match verdict {
            LeakVerdict::None => Vec::new(),
            _ => stack.map(frame_text).collect(),
        },
    }
}

fn frame_text(frame: &CodePlace) -> String {
    format!("{} {}:{}", frame.function, frame.file, frame.line)
}

fn growth_facts(series: &Series<'_>, limits: &GoroutineLimits) -> GoroutineSeries {
    let growth = &series.growth;
    let grown = growth.rows.iter().filter(|r| r.delta > 0 && r.state != "running");
    let row = |row: &GroupGrowth| GoroutineGrowth {
        state: row.state.clone(),
        place: row.place.clone(),
        started_at: row.creator.clone(),
        entry: row.entry.clone(),
        counts: row.counts.clone(),
        delta: row.delta,
        rises: row.rises,
        passes: passes(row, growth.moments, limits),
    };
    GoroutineSeries {
        form: series.moments.first().map_or("", |m| m.form).to_string(),
        files: series.moments.iter().map(|m| m.name.clone()).collect(),
        moments: growth.moments as u64,
        totals: series.moments.iter().map(|m| m.total).collect(),
        rows: grown.take(MOST_GROWN).map(row).collect(),
    }
}

/// What other inputs would tell.
fn missing(moments: &Moments, series: &[Series<'_>]) -> Vec<MissingGoroutines> {
    let mut missing = Vec::new();
    let mut add = |is_missing: bool, what: &str, command: String| {
        if is_missing {
            let what = what.to_string();
            missing.push(MissingGoroutines { what, command });
        }
    };
    let looked = moments.all().any(|m| m.form == "goroutineleak" || m.leaked > 0);
    add(
        moments.dumps.is_empty(),
        "who started the goroutines and how long they wait, which a dump tells",
        format!("curl -o goroutines.txt '{URL}goroutine?debug=2'"),
    );
    add(
        !looked,
        "which of them nothing can wake any more: Go 1.27 finds those, Go 1.26 if built with \
         GOEXPERIMENT=goroutineleakprofile",
        format!("curl -o leaks.pb.gz {URL}goroutineleak"),
    );
    add(
        moments.told().is_some_and(|m| m.is_text),
        "what the goroutines wait for, as text with debug=1 leaves it out: take the profile without debug, or a dump",
        String::new(),
    );
    add(
        series.iter().all(|s| s.growth.moments < 2),
        "which groups grow: take the same again after more load, and give both, the older one first",
        String::new(),
    );
    missing
}
