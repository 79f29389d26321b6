//! How hot the place of a hit is, by every measure that its rule listens to.

use crate::analyze::FamilySet;
use crate::audit::{Audit, Hit, Lines, Listens, Measure, Rule, Scope, Severity};
use crate::profile::{Kind, Profile};
use crate::review::resource::{Column, columns};
use crate::review::{ProfileInput, Resource};

use super::model::{AuditLimits, HeatState, HitHeat, MeasureHeat};
use super::places::Places;

/// With fewer samples in a CPU profile its levels stop at medium.
const SURE_PROFILE: f64 = 100.0;
/// The same in the scope of a hit.
const SURE_SAMPLES: f64 = 5.0;
/// Bytes of a whole profile below which shares of it tell nothing.
const LEAST_BYTES: i64 = 8_000_000;
/// Bytes of a whole profile from which the bytes of a place count by themselves.
const SURE_BYTES: i64 = 64_000_000;
/// Seconds of delay for each second of wall time below which shares of it tell nothing.
const LEAST_DELAY: f64 = 0.01;

/// The profiles, ready to be asked.
pub(super) struct Measured<'a> {
    limits: &'a AuditLimits,
    of: Vec<OfMeasure<'a>>,
    profiles: Vec<(&'a Profile, Places)>,
    /// Whether there is any profile.
    is_any: bool,
    wall_seconds: f64,
}

/// A column of a profile as a measure.
struct OfMeasure<'a> {
    measure: Measure,
    /// Its profile, as an index into those measured.
    at: usize,
    profile: &'a Profile,
    column: Column,
    /// Samples that count, where not all do.
    counted: Option<Vec<bool>>,
    /// Their sum.
    total: i64,
}

impl<'a> Measured<'a> {
    pub fn new(audit: &Audit, inputs: &'a [ProfileInput], limits: &'a AuditLimits) -> Self {
        let profiles: Vec<(&Profile, Places)> = inputs
            .iter()
            .map(|i| (&i.profile, Places::of(audit, &i.profile)))
            .collect();
        let mut of: Vec<OfMeasure<'_>> = Vec::new();
        for (at, (profile, places)) in profiles.iter().enumerate() {
            for column in columns(profile) {
                if let Some(measure) = measure_of(column.resource) {
                    of.push(OfMeasure::new(measure, at, profile, column, places));
                }
            }
        }
        // A profile of what was allocated tells that better than one of what is in use.
        of.sort_by_key(|m| {
            let prefers = match m.measure {
                Measure::Alloc => Kind::Allocs,
                _ => Kind::Heap,
            };
            (m.profile.kind() != prefers, m.at)
        });
        let wall = profiles.iter().map(|(p, _)| p.duration_nanos).max();
        Self {
            limits,
            of,
            is_any: !inputs.is_empty(),
            wall_seconds: wall.unwrap_or(0) as f64 / 1e9,
            profiles,
        }
    }

    pub fn limits(&self) -> &AuditLimits {
        self.limits
    }

    /// The heat of a hit; none where there is no profile or the rule listens to none.
    pub fn heat(&self, hit: &Hit, rule: &Rule, tags: &mut Vec<&'static str>) -> Option<HitHeat> {
        if !self.is_any || rule.listens.is_empty() {
            return None;
        }
        let mut heat = HitHeat {
            state: HeatState::Unprofiled,
            level: Severity::Low,
            scope: rule.scope,
            cpu: None,
            alloc: None,
            inuse: None,
            mutex: None,
            block: None,
            goroutines: None,
            leaked: None,
        };
        for measure in self.measured(hit) {
            let Some(listens) = rule.listens.iter().find(|l| l.measure == measure.measure) else {
                continue;
            };
            if heat.of(measure.measure).is_some() {
                continue;
            }
            let found = self.at(measure, hit, rule.scope, listens);
            let level = self.level(measure, &found, tags);
            heat.level = heat.level.max(level);
            *heat.slot(measure.measure) = Some(found);
            heat.state = HeatState::Cold;
        }
        heat.state = match (heat.state, heat.level) {
            (HeatState::Unprofiled, _) => HeatState::Unprofiled,
            (_, Severity::High | Severity::Critical) => HeatState::Hot,
            (_, Severity::Medium) => HeatState::Warm,
            _ => HeatState::Cold,
        };
        self.tag(hit, &heat, tags);
        Some(heat)
    }

    /// The measures whose profiles can tell of a hit: those of the program that the file is a part of.
    fn measured(&self, hit: &Hit) -> impl Iterator<Item = &OfMeasure<'a>> {
        let is_test = hit.file.ends_with("_test.go");
        let is_main = hit.function.as_deref().is_some_and(|f| f.starts_with("main."));
        let folder = folder_of(&hit.file).to_string();
        self.of.iter().filter(move |m| {
            let places = self.profiles.get(m.at).map(|(_, p)| p);
            let Some(places) = places else { return false };
            let is_run = !is_main || places.by_file.keys().any(|f| folder_of(f) == folder);
            m.is_usable(places) && is_run && (!is_test || places.has_tests)
        })
    }

    fn at(&self, measure: &OfMeasure<'_>, hit: &Hit, scope: Scope, listens: &Listens) -> MeasureHeat {
        let families = FamilySet::of(listens.families);
        let sums = match self.profiles.get(measure.at) {
            Some((_, places)) => measure.sums(places, scope, &hit.lines, families),
            None => (0, 0),
        };
        let confirms = !listens.families.is_empty();
        measure.heat(sums, confirms)
    }

    /// How hot a value of a measure is; what rests on little is not very.
    fn level(&self, measure: &OfMeasure<'_>, found: &MeasureHeat, tags: &mut Vec<&'static str>) -> Severity {
        let limits = self.limits;
        let share = found.share.unwrap_or(0.0);
        let by_share = |levels: [f64; 3]| level_of(share, levels);
        let by_count = |levels: [i64; 3]| level_of(found.value, levels);
        match measure.measure {
            Measure::Cpu => {
                let level = by_share(limits.cpu);
                let count = measure.column.count().unwrap_or(SURE_PROFILE);
                let here = found.samples.map_or(SURE_SAMPLES, |n| n as f64);
                let is_sure = count >= SURE_PROFILE && here >= SURE_SAMPLES;
                if !is_sure && level > Severity::Medium {
                    add(tags, "few-samples");
                    return Severity::Medium;
                }
                level
            }
            Measure::Alloc if measure.total >= SURE_BYTES => {
                by_share(limits.alloc).max(by_count(limits.alloc_bytes))
            }
            Measure::Alloc if measure.total >= LEAST_BYTES => by_share(limits.alloc),
            Measure::Inuse if measure.total >= LEAST_BYTES => by_share(limits.inuse),
            Measure::Alloc | Measure::Inuse => Severity::Low,
            Measure::Mutex | Measure::Block if !self.is_waiting(measure) => Severity::Low,
            Measure::Mutex => by_share(limits.delay),
            Measure::Block => by_share(limits.delay).min(Severity::High),
            Measure::Goroutines => by_count(limits.goroutines),
            Measure::Leaked => by_count(limits.leaked),
        }
    }

    fn is_waiting(&self, measure: &OfMeasure<'_>) -> bool {
        let seconds = measure.total as f64
            * crate::review::symptoms::delay_scale(measure.profile, measure.column.index);
        self.wall_seconds == 0.0 || seconds / self.wall_seconds >= LEAST_DELAY
    }

    fn tag(&self, hit: &Hit, heat: &HitHeat, tags: &mut Vec<&'static str>) {
        let folder = folder_of(&hit.file);
        let is_seen =
            |(_, places): &(&Profile, Places)| places.by_file.keys().any(|f| folder_of(f) == folder);
        if heat.state == HeatState::Cold && !self.profiles.iter().any(is_seen) {
            add(tags, "not-sampled");
        }
        if self.profiles.iter().any(|(_, p)| p.drifted.contains(&hit.file)) {
            add(tags, "source-drift");
        }
    }

    /// Takes the samples of a measure at some lines that were not taken before, `nearest`: only those without own code
    /// nearer to the leaf. `taken` is of the measure's profile, one flag for a sample. Returns their sum.
    pub fn claim(
        &self,
        measure: Measure,
        lines: &[Lines],
        (scope, nearest): (Scope, bool),
        taken: &mut Vec<bool>,
    ) -> i64 {
        let Some(of) = self.of.iter().find(|m| m.measure == measure) else {
            return 0;
        };
        let Some((_, places)) = self.profiles.get(of.at) else {
            return 0;
        };
        taken.resize(of.profile.samples.len(), false);
        let mut sum = 0;
        let first_only = nearest || of.is_first_only(scope);
        for (sample, _) in OfMeasure::in_scope(places, first_only, lines) {
            let sample = sample as usize;
            if !std::mem::replace(&mut taken[sample], true) {
                sum += of.value(sample);
            }
        }
        sum
    }

    /// The total of a measure.
    pub fn total(&self, measure: Measure) -> Option<i64> {
        self.of.iter().find(|m| m.measure == measure).map(|m| m.total)
    }
}

pub(super) fn add(tags: &mut Vec<&'static str>, tag: &'static str) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Low, or the level of the last of the ascending limits that is reached.
fn level_of<T: PartialOrd>(value: T, [medium, high, critical]: [T; 3]) -> Severity {
    match value {
        v if v >= critical => Severity::Critical,
        v if v >= high => Severity::High,
        v if v >= medium => Severity::Medium,
        _ => Severity::Low,
    }
}

pub(super) fn measure_of(resource: Resource) -> Option<Measure> {
    Some(match resource {
        Resource::Cpu => Measure::Cpu,
        Resource::AllocatedBytes => Measure::Alloc,
        Resource::LiveBytes => Measure::Inuse,
        Resource::MutexDelay => Measure::Mutex,
        Resource::BlockDelay => Measure::Block,
        Resource::Goroutines => Measure::Goroutines,
        Resource::LeakedGoroutines => Measure::Leaked,
        Resource::AllocatedObjects | Resource::Wall | Resource::Other => return None,
    })
}

impl<'a> OfMeasure<'a> {
    fn new(measure: Measure, at: usize, profile: &'a Profile, column: Column, places: &Places) -> Self {
        let counted = (measure == Measure::Block).then(|| waits(profile, places));
        let mut of = Self {
            measure,
            at,
            profile,
            column,
            counted,
            total: 0,
        };
        let all = 0..profile.samples.len();
        of.total = match of.counted {
            Some(_) => all.map(|s| of.value(s)).fold(0, i64::saturating_add),
            None => column.total,
        };
        of
    }

    /// Goroutines are told of even where there are none here; the others need a line of own code, and samples.
    fn is_usable(&self, places: &Places) -> bool {
        match self.measure {
            Measure::Goroutines | Measure::Leaked => true,
            Measure::Cpu => {
                !places.by_file.is_empty() && self.column.count().is_none_or(|c| c >= SURE_PROFILE)
            }
            _ => !places.by_file.is_empty(),
        }
    }

    fn value(&self, sample: usize) -> i64 {
        let counts = self.counted.as_ref().is_none_or(|c| c.get(sample) == Some(&true));
        if counts {
            self.profile.samples.value(sample, self.column.index).max(0)
        } else {
            0
        }
    }

    /// Whether memory counts only where it is allocated, by this scope.
    fn is_first_only(&self, scope: Scope) -> bool {
        let is_heap = matches!(self.measure, Measure::Alloc | Measure::Inuse);
        is_heap && matches!(scope, Scope::Line | Scope::Stmt)
    }

    /// The samples with a frame in the scope, each once, and the families below those frames.
    fn in_scope(places: &Places, first_only: bool, lines: &[Lines]) -> Vec<(u32, FamilySet)> {
        let mut found: Vec<(u32, FamilySet)> = Vec::new();
        for part in lines {
            let Some(list) = places.by_file.get(&part.file) else {
                continue;
            };
            let start = list.partition_point(|at| at.line < part.first);
            let inside = list[start..].iter().take_while(|at| at.line <= part.last);
            let counts = inside.filter(|at| at.is_first || !first_only);
            found.extend(counts.map(|at| (at.sample, at.below)));
        }
        found.sort_unstable_by_key(|(sample, _)| *sample);
        found.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 = first.1.with(later.1);
            }
            same
        });
        found
    }

    /// What is in the scope, and what of it is below a frame there in one of the families.
    fn sums(&self, places: &Places, scope: Scope, lines: &[Lines], families: FamilySet) -> (i64, i64) {
        if scope == Scope::Program {
            return (self.total, self.total);
        }
        let (mut all, mut confirmed) = (0_i64, 0_i64);
        for (sample, below) in Self::in_scope(places, self.is_first_only(scope), lines) {
            let value = self.value(sample as usize);
            all = all.saturating_add(value);
            if below.meets(families) {
                confirmed = confirmed.saturating_add(value);
            }
        }
        (all, confirmed)
    }

    fn heat(&self, (value, confirmed): (i64, i64), confirms: bool) -> MeasureHeat {
        let part = |value: i64| match self.total {
            0 => 0.0,
            total => value as f64 / total as f64,
        };
        let is_count = matches!(self.measure, Measure::Goroutines | Measure::Leaked);
        let share = self.column.share(value);
        let count = self.column.count().filter(|_| !is_count);
        let unit = match self.measure {
            Measure::Cpu | Measure::Mutex | Measure::Block => "nanoseconds",
            Measure::Alloc | Measure::Inuse => "bytes",
            Measure::Goroutines | Measure::Leaked => "count",
        };
        MeasureHeat {
            share: (!is_count).then(|| part(value)),
            confirmed: confirms.then(|| part(confirmed)),
            low: share.low.filter(|_| !is_count),
            high: share.high.filter(|_| !is_count),
            value,
            unit,
            samples: count.map(|c| (c * part(value)).round() as u64),
        }
    }
}

/// The samples of a block profile that say something: with a frame of own code other than `main.main` alone, and not the
/// wait for a group.
fn waits(profile: &Profile, places: &Places) -> Vec<bool> {
    let is_group = |sample: usize| {
        let lines = profile.samples.stack(sample).flat_map(|l| profile.lines_of(l));
        let mut functions = lines.filter_map(|l| profile.functions.get(l.function.index()));
        let mut names = functions.by_ref().map(|f| profile.text(f.name));
        names
            .find(|n| !n.starts_with(b"runtime.") && !n.starts_with(b"sync.runtime_"))
            .is_some_and(|n| n.starts_with(b"sync.(*WaitGroup).Wait"))
    };
    let own = places.own.iter().enumerate();
    own.map(|(sample, (is_own, only_main))| *is_own && !only_main && !is_group(sample))
        .collect()
}
