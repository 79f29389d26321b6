//! The inputs as moments of one process.

use crate::analyze::{GoroutineGroup, Growth, groups_of_dump, groups_of_profile, growth};
use crate::profile::{Format, Kind};
use crate::review::Context;

/// What one input says.
pub(in crate::review) struct Moment {
    pub name: String,
    /// `dump`, `goroutine`, `goroutineleak`.
    pub form: &'static str,
    /// Go's text with `debug=1`, which does not tell most states.
    pub is_text: bool,
    pub groups: Vec<GoroutineGroup>,
    /// All goroutines, and those that are leaked.
    pub total: u64,
    pub leaked: u64,
}

impl Moment {
    fn new(name: &str, form: &'static str, is_text: bool, groups: Vec<GoroutineGroup>) -> Self {
        let sum = |pick: fn(&GoroutineGroup) -> u64| groups.iter().map(pick).fold(0, u64::saturating_add);
        Self {
            name: name.to_string(),
            form,
            is_text,
            total: sum(|g| g.count),
            leaked: sum(|g| g.leaked),
            groups,
        }
    }
}

/// All of them by form, each in the order given.
#[derive(Default)]
pub(in crate::review) struct Moments {
    pub dumps: Vec<Moment>,
    pub profiles: Vec<Moment>,
    pub leak_profiles: Vec<Moment>,
}

/// Moments of one form in the order of time, and how they differ.
pub(in crate::review) struct Series<'a> {
    pub moments: Vec<&'a Moment>,
    pub growth: Growth,
}

impl<'a> Series<'a> {
    fn of(moments: Vec<&'a Moment>) -> Option<Self> {
        let groups: Vec<&[GoroutineGroup]> = moments.iter().map(|m| m.groups.as_slice()).collect();
        let growth = growth(&groups);
        (moments.len() > 1).then_some(Self { moments, growth })
    }
}

impl Moments {
    pub fn of(context: &Context<'_>) -> Self {
        let prefix = context.prefix.as_deref();
        let mut moments = Self::default();
        for input in context.evidence.dumps {
            let groups = groups_of_dump(&input.dump, prefix);
            moments
                .dumps
                .push(Moment::new(&input.name, "dump", false, groups));
        }
        for input in context.goroutine_profiles() {
            let (form, list) = match input.profile.kind() {
                Kind::Goroutine => ("goroutine", &mut moments.profiles),
                Kind::Goroutineleak => ("goroutineleak", &mut moments.leak_profiles),
                _ => continue,
            };
            let is_text = input.profile.format != Format::Proto;
            let groups = groups_of_profile(&input.profile, prefix);
            list.push(Moment::new(&input.name, form, is_text, groups));
        }
        moments
    }

    pub fn all(&self) -> impl Iterator<Item = &Moment> {
        self.dumps.iter().chain(&self.profiles).chain(&self.leak_profiles)
    }

    /// The one that tells most of what there is: the last dump, else the last profile whose states are known.
    pub fn told(&self) -> Option<&Moment> {
        let profile = self.profiles.iter().rfind(|m| !m.is_text);
        let profile = profile.or(self.profiles.last());
        self.dumps.last().or(profile).or(self.leak_profiles.last())
    }

    /// The forms that were given more than once; of profiles that of protobuf and that of text are two.
    pub fn series(&self) -> Vec<Series<'_>> {
        let mut series = Vec::new();
        for list in [&self.dumps, &self.profiles, &self.leak_profiles] {
            for is_text in [false, true] {
                series.extend(Series::of(list.iter().filter(|m| m.is_text == is_text).collect()));
            }
        }
        series
    }
}

/// How many of a group there were at each moment of the first series that has it; empty without one.
pub(super) fn counts_of(series: &[Series<'_>], group: &GoroutineGroup) -> Vec<u64> {
    let states = |state: &str| state == group.state || state.is_empty() || group.state.is_empty();
    let mut rows = series.iter().flat_map(|s| &s.growth.rows);
    let found = rows.find(|r| r.place == group.place && states(&r.state));
    found.map_or_else(Vec::new, |r| r.counts.clone())
}
