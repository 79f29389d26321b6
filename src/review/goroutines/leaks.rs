//! Which groups leak: measured by the runtime, growing from moment to moment, or waiting where nobody should.

use super::GoroutineLimits;
use super::moments::{Moment, Moments, Series, counts_of};
use crate::analyze::{GoroutineGroup, GroupGrowth, Side};

/// A group that leaks or is suspected of it.
pub(in crate::review) struct Leak {
    /// The group, as of the last input that has it.
    pub group: GoroutineGroup,
    /// How it is known.
    pub basis: Basis,
    /// The inputs that say so.
    pub inputs: Vec<String>,
    /// All goroutines that its count is a part of.
    pub of: u64,
    /// Those are all leaked ones, not all there are.
    pub of_leaked: bool,
    /// How many there were at each moment, where several were given.
    pub counts: Vec<u64>,
}

/// How a leak is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::review) enum Basis {
    /// The runtime found that nothing can wake them.
    Measured,
    /// More at each of so many moments.
    Grows { moments: usize },
    /// A wait that cannot end by construction.
    Never,
    /// A wait that should be short.
    Stuck,
}

/// Leaks of one basis beyond this many are counted, not named.
const MOST_LEAKS: usize = 100;

/// What was found.
#[derive(Default)]
pub(in crate::review) struct Leaks {
    /// Measured ones, then those that cannot end, grow, are stuck; each by count, then by place.
    pub named: Vec<Leak>,
    /// How many groups there are beyond those.
    pub more: u64,
}

impl Leaks {
    /// The largest ones, those left out that are known already.
    fn add(&mut self, found: Vec<Leak>) {
        self.more += found.len().saturating_sub(MOST_LEAKS) as u64;
        for leak in found.into_iter().take(MOST_LEAKS) {
            if !self.named.iter().any(|known| same(&known.group, &leak.group)) {
                self.named.push(leak);
            }
        }
    }
}

/// All leaks by how they are known.
pub(in crate::review) fn leaks(moments: &Moments, series: &[Series<'_>], limits: &GoroutineLimits) -> Leaks {
    let mut leaks = Leaks::default();
    measured(moments, &mut leaks);
    leaks.add(never(moments));
    for one in series {
        growing(one, limits, &mut leaks);
    }
    leaks.add(stuck(moments, series.is_empty(), limits));
    for leak in &mut leaks.named {
        if leak.counts.is_empty() {
            leak.counts = counts_of(series, &leak.group);
        }
    }
    leaks
}

/// Whether two groups, maybe of different forms, are of the same goroutines: what a form does not tell may be
/// anything. Of a profile the line of the `go` statement is not sure.
pub(super) fn same(a: &GoroutineGroup, b: &GoroutineGroup) -> bool {
    let states = a.state == b.state || a.state.is_empty() || b.state.is_empty();
    let are_dumps = a.example.is_some() && b.example.is_some();
    let starts = match (&a.creator, &b.creator) {
        (Some(a), Some(b)) => a.function == b.function && (!are_dumps || a == b),
        _ => true,
    };
    states && starts && a.place == b.place
}

/// Of the last goroutineleak profile and the last dump that has marks.
fn measured(moments: &Moments, leaks: &mut Leaks) {
    let marked = moments.dumps.iter().rfind(|d| d.leaked > 0);
    let mut marks: Vec<&GoroutineGroup> = marked.iter().flat_map(|d| &d.groups).collect();
    marks.retain(|g| g.leaked > 0);
    let mut found = Vec::new();
    if let Some(moment) = moments.leak_profiles.last() {
        leaks.more += moment.groups.len().saturating_sub(MOST_LEAKS) as u64;
        for group in moment.groups.iter().take(MOST_LEAKS) {
            let (of_group, others) = marks.into_iter().partition(|g| same(g, group));
            marks = others;
            found.extend(joined(leak_of(moment, group, true), of_group, marked, moments));
        }
    }
    if let Some(dump) = marked {
        found.extend(marks.into_iter().map(|g| leak_of(dump, g, false)));
    }
    // Where all goroutines are known the leaked ones are a part of those.
    if let Some(all) = moments.told().filter(|m| m.form != "goroutineleak") {
        for leak in &mut found {
            (leak.of, leak.of_leaked) = (all.total, false);
        }
    }
    found.sort_by_key(|l| std::cmp::Reverse(l.group.leaked));
    leaks.add(found);
}

/// A leak of a profile beside the groups of a dump that are marked at its place: the dump tells who started them.
/// Where the marks are fewer, for they are of an earlier search, or there are none, the profile's count stands, and
/// the dump's last words on the place where they are of one group.
fn joined(leak: Leak, marks: Vec<&GoroutineGroup>, marked: Option<&Moment>, moments: &Moments) -> Vec<Leak> {
    let sum = marks.iter().fold(0u64, |sum, g| sum.saturating_add(g.leaked));
    if let Some(dump) = marked
        && sum >= leak.group.leaked
    {
        let both = |group: &GoroutineGroup| Leak {
            inputs: vec![leak.inputs.join(", "), dump.name.clone()],
            ..leak_of(dump, group, false)
        };
        return marks.into_iter().map(both).collect();
    }
    let last = moments.dumps.last().map_or(&[][..], |d| &d.groups);
    let mut here = last.iter().filter(|g| same(g, &leak.group));
    match (here.next(), here.next()) {
        (Some(group), None) => {
            let leaked = leak.group.leaked;
            let count = group.count.max(leaked);
            let group = GoroutineGroup {
                leaked,
                count,
                ..group.clone()
            };
            vec![Leak { group, ..leak }]
        }
        _ => vec![leak],
    }
}

fn leak_of(moment: &Moment, group: &GoroutineGroup, of_leaked: bool) -> Leak {
    Leak {
        group: group.clone(),
        basis: Basis::Measured,
        inputs: vec![moment.name.clone()],
        of: if of_leaked { moment.leaked } else { moment.total },
        of_leaked,
        counts: Vec::new(),
    }
}

/// Goroutines that wait on nothing: a nil channel, a select without cases but for one that keeps main alive.
fn never(moments: &Moments) -> Vec<Leak> {
    let waits = |g: &GoroutineGroup| {
        g.state.ends_with("(nil chan)") || (g.state == "select (no cases)" && g.count > 1)
    };
    of_last(moments, Basis::Never, waits)
}

/// Waits that should be short. How many there are counts only where nothing shows whether they grow.
fn stuck(moments: &Moments, one_moment: bool, limits: &GoroutineLimits) -> Vec<Leak> {
    let waits = |g: &GoroutineGroup| {
        let minutes = g.longest_wait().unwrap_or(0);
        let is_long = minutes >= limits.stuck_minutes && g.count > 1;
        match g.state.as_str() {
            "chan send" => is_long || (one_moment && g.count >= limits.blocked_senders),
            state if is_lock(state) => is_long || (minutes >= 1 && g.count >= limits.blocked_lockers),
            _ => false,
        }
    };
    of_last(moments, Basis::Stuck, waits)
}

fn is_lock(state: &str) -> bool {
    state.starts_with("sync.Mutex.") || state.starts_with("sync.RWMutex.") || state == "semacquire"
}

fn of_last(moments: &Moments, basis: Basis, is_meant: impl Fn(&GoroutineGroup) -> bool) -> Vec<Leak> {
    let Some(moment) = moments.told() else {
        return Vec::new();
    };
    let meant = moment.groups.iter().filter(|g| is_users(g.side) && is_meant(g));
    let leak = |group: &GoroutineGroup| Leak {
        basis,
        ..leak_of(moment, group, false)
    };
    meant.map(leak).collect()
}

/// The standard library's own goroutines come and go with connections.
fn is_users(side: Side) -> bool {
    matches!(side, Side::Own | Side::Other)
}

/// Groups that rise and pass the test, as of the last moment.
fn growing(series: &Series<'_>, limits: &GoroutineLimits, leaks: &mut Leaks) {
    let Some(last) = series.moments.last() else {
        return;
    };
    let moments = series.growth.moments;
    let passing = |row: &&GroupGrowth| passes(row, moments, limits);
    let rows: Vec<_> = series.growth.rows.iter().filter(passing).collect();
    let leak = |row: &&GroupGrowth| {
        let group = last.groups.iter().find(|g| is_of(g, row))?;
        Some(Leak {
            basis: Basis::Grows { moments },
            inputs: series.moments.iter().map(|m| m.name.clone()).collect(),
            counts: row.counts.clone(),
            ..leak_of(last, group, false)
        })
    };
    leaks.more += rows.len().saturating_sub(MOST_LEAKS) as u64;
    leaks.add(rows.iter().take(MOST_LEAKS).filter_map(leak).collect());
}

pub(super) fn is_of(group: &GoroutineGroup, row: &GroupGrowth) -> bool {
    let is_same = group.state == row.state && group.place == row.place && group.creator == row.creator;
    is_same && group.entry.function == row.entry.function
}

/// Chance lets a count rise at each of n moments once in n! times, and hardly ever by two standard deviations of
/// counts that are Poisson's. From the fifth moment on rising alone is enough.
pub(super) fn passes(row: &GroupGrowth, moments: usize, limits: &GoroutineLimits) -> bool {
    let first = row.counts.first().copied().unwrap_or_default() as f64;
    let last = row.counts.last().copied().unwrap_or_default() as f64;
    let deviations = (last - first) / (last + first).sqrt().max(1.0);
    let is_far = deviations >= limits.growth_deviations || moments >= 5;
    row.rises && is_users(row.side) && row.state != "running" && is_far
}
