//! The measured resources: which column of which profile, and how sure a share of it is.

use super::{Context, Evidence, InputFacts, ProfileInput, Resource, Share, SideShares};
use crate::analyze::{Granularity, Nodes, sides};
use crate::profile::{Kind, Profile};
use crate::stats::wilson;

/// A column of a profile and the resource that it measures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub resource: Resource,
    pub index: usize,
    pub total: i64,
    /// How many independent samples the total stands for; `None` where the file does not tell.
    count: Option<f64>,
}

impl Column {
    /// How many independent samples the total stands for; `None` where the file does not tell.
    pub fn count(&self) -> Option<f64> {
        self.count
    }

    /// A value of this column as a share with its 95 % interval by Wilson's method, where the number of samples
    /// is known.
    pub fn share(&self, value: i64) -> Share {
        let part = if self.total == 0 {
            0.0
        } else {
            value as f64 / self.total as f64
        };
        self.share_behind(value, part)
    }

    /// The same where `part` of the samples stand behind the value: objects are sampled by their bytes, so the
    /// relative error of a share of objects is that of the bytes behind it.
    pub fn share_behind(&self, value: i64, part: f64) -> Share {
        let share = if self.total == 0 {
            0.0
        } else {
            value as f64 / self.total as f64
        };
        let interval = self.count.filter(|_| part > 0.0).map(|count| {
            let (low, high) = wilson((part * count).round().max(0.0) as u64, count.round() as u64, 0.95);
            let scale = share / part;
            ((low * scale).min(share), (high * scale).clamp(share, 1.0))
        });
        Share {
            resource: self.resource,
            share,
            low: interval.map(|i| i.0),
            high: interval.map(|i| i.1),
        }
    }
}

/// The resources that a profile measures, the first one first.
pub(super) fn columns(profile: &Profile) -> Vec<Column> {
    let named = |resource, name: &str| Some((resource, profile.type_named(name)?));
    let default = |resource| Some((resource, profile.default_type()));
    let wanted = match profile.kind() {
        Kind::Cpu => vec![named(Resource::Cpu, "cpu").or(default(Resource::Cpu))],
        Kind::Heap | Kind::Allocs => vec![
            named(Resource::AllocatedBytes, "alloc_space"),
            named(Resource::AllocatedObjects, "alloc_objects"),
            named(Resource::LiveBytes, "inuse_space").or(named(Resource::LiveBytes, "space")),
        ],
        Kind::Block => vec![named(Resource::BlockDelay, "delay")],
        Kind::Mutex => vec![named(Resource::MutexDelay, "delay")],
        Kind::Goroutine => vec![default(Resource::Goroutines)],
        Kind::Goroutineleak => vec![default(Resource::LeakedGoroutines)],
        Kind::Wall => vec![default(Resource::Wall)],
        Kind::Threadcreate => Vec::new(),
        Kind::Other => vec![default(Resource::Other)],
    };
    let column = |(resource, index)| {
        let total = waited_for(profile, index);
        Column {
            resource,
            index,
            total,
            count: count(profile, resource, total),
        }
    };
    wanted
        .into_iter()
        .flatten()
        .map(column)
        .filter(|c| c.total > 0)
        .collect()
}

/// The total of a column without what a test framework or the runtime itself waits for.
fn waited_for(profile: &Profile, index: usize) -> i64 {
    let idle = framework_waits(profile);
    let column = profile.samples.column(index).enumerate();
    column
        .filter(|(s, _)| !idle[*s])
        .map(|(_, v)| v.saturating_abs())
        .fold(0, i64::saturating_add)
}

/// For every sample of a block or mutex profile whether it is the waiting of `testing` for its benchmarks, or of
/// the runtime for its own locks: neither says anything of the program.
pub(super) fn framework_waits(profile: &Profile) -> Vec<bool> {
    let kind = profile.kind();
    if !matches!(kind, Kind::Block | Kind::Mutex) {
        return vec![false; profile.samples.len()];
    }
    let nodes = Nodes::of(profile, Granularity::Functions);
    let packages: Vec<String> = nodes.nodes.iter().map(crate::analyze::Node::package).collect();
    let releases_own = |n: &crate::analyze::NodeId| {
        let name = &nodes.get(*n).function;
        name.starts_with(b"runtime.unlock") || name.starts_with(b"runtime._LostContended")
    };
    let waits = |sample: usize| {
        let frames = || profile.samples.stack(sample).flat_map(|l| nodes.frames(l));
        let package = |n: &crate::analyze::NodeId| packages[n.index()].as_str();
        let first = frames()
            .map(package)
            .find(|p| !matches!(*p, "runtime" | "sync" | "internal/sync"));

        first == Some("testing") || (kind == Kind::Mutex && frames().next().is_some_and(releases_own))
    };
    (0..profile.samples.len()).map(waits).collect()
}

/// How many samples stand behind a total: the count column of a CPU profile, the sampled allocations of a heap
/// profile (bytes by rate), the goroutines themselves.
fn count(profile: &Profile, resource: Resource, total: i64) -> Option<f64> {
    match resource {
        Resource::Cpu => match profile.type_named("samples") {
            Some(index) => Some(profile.total(index) as f64),
            None if profile.period > 0 => Some(total as f64 / profile.period as f64),
            None => None,
        },
        Resource::AllocatedBytes | Resource::LiveBytes if profile.period > 1 => {
            Some(total as f64 / profile.period as f64)
        }
        Resource::AllocatedObjects if profile.period > 1 => {
            let bytes = profile.type_named("alloc_space")?;
            Some(profile.total(bytes) as f64 / profile.period as f64)
        }
        _ => None,
    }
}

/// What stands in the table of inputs.
pub(super) fn input_facts(evidence: &Evidence<'_>) -> Vec<InputFacts> {
    let profiles = evidence.profiles.iter().map(profile_facts);
    let benchmarks = evidence.benchmarks.iter().map(|log| InputFacts {
        file: log.input.clone(),
        kind: "benchmarks".to_string(),
        duration_seconds: None,
        samples: log.results.len() as u64,
        total: log.results.len() as i64,
        unit: "count".to_string(),
        sample_type: "results".to_string(),
        binary: String::new(),
        build_id: String::new(),
    });
    let dumps = evidence.dumps.iter().map(|input| InputFacts {
        file: input.name.clone(),
        kind: "goroutine dump".to_string(),
        duration_seconds: None,
        samples: input.dump.goroutines.len() as u64,
        total: input.dump.goroutines.len() as i64,
        unit: "count".to_string(),
        sample_type: match input.dump.goroutines.len() {
            1 => "goroutine".to_string(),
            _ => "goroutines".to_string(),
        },
        binary: String::new(),
        build_id: String::new(),
    });
    let others = super::inputs::facts(evidence);
    profiles.chain(dumps).chain(benchmarks).chain(others).collect()
}

pub(super) fn profile_facts(input: &ProfileInput) -> InputFacts {
    let profile = &input.profile;
    let index = columns(profile)
        .first()
        .map_or_else(|| profile.default_type(), |c| c.index);
    let seconds = profile.duration_nanos as f64 / 1e9;
    InputFacts {
        file: input.name.clone(),
        kind: profile.kind().name().to_string(),
        duration_seconds: (profile.duration_nanos > 0).then_some(seconds),
        samples: columns(profile)
            .first()
            .and_then(|c| c.count)
            .map_or(profile.samples.len() as u64, |c| c.round() as u64),
        total: profile.total(index),
        unit: profile.unit_name(index),
        sample_type: profile.type_name(index),
        binary: profile.binary(),
        build_id: profile
            .mappings
            .first()
            .map_or_else(String::new, |m| profile.printable(m.build_id)),
    }
}

/// Whose code each resource is spent in. What is waited for ends in the runtime by its nature and is left out.
pub(super) fn side_shares(context: &Context<'_>) -> Vec<SideShares> {
    let is_spent = |c: &Column| {
        matches!(
            c.resource,
            Resource::Cpu | Resource::Wall | Resource::AllocatedBytes | Resource::LiveBytes
        )
    };
    let mut found: Vec<SideShares> = Vec::new();
    for input in context.evidence.profiles {
        for column in columns(&input.profile).into_iter().filter(is_spent) {
            let sums = sides(&input.profile, column.index, context.prefix.as_deref());
            let [own, other, std, runtime] = sums.map(|(_, sum)| sum as f64 / column.total as f64);
            found.push(SideShares {
                resource: column.resource,
                own,
                other,
                std,
                runtime,
            });
        }
    }
    found
}

/// The part of the processor time that is spent allocating: samples with a frame of the allocator. `None`
/// without a CPU profile.
pub(super) fn allocation_cpu(context: &Context<'_>) -> Option<f64> {
    cpu_below(context, |name| name.starts_with(b"runtime.mallocgc"))
}

/// The part of the processor time below functions of certain names.
fn cpu_below(context: &Context<'_>, is_meant: impl Fn(&[u8]) -> bool) -> Option<f64> {
    let input = context
        .evidence
        .profiles
        .iter()
        .find(|p| p.profile.kind() == Kind::Cpu)?;
    let profile = &input.profile;
    let column = *columns(profile).first()?;
    let nodes = Nodes::of(profile, Granularity::Functions);
    let meant: Vec<bool> = nodes.nodes.iter().map(|n| is_meant(&n.function)).collect();
    let has = |sample: &usize| {
        let mut frames = profile.samples.stack(*sample).flat_map(|l| nodes.frames(l));
        frames.any(|n| meant[n.index()])
    };
    let samples = (0..profile.samples.len()).filter(has);
    let below: i64 = samples
        .map(|s| profile.samples.value(s, column.index))
        .fold(0, i64::saturating_add);
    Some(below as f64 / column.total as f64)
}

/// The part of the processor time that memory costs: allocating it, and the collector at work. `None` without a
/// CPU profile.
pub(super) fn memory_cpu(context: &Context<'_>) -> Option<f64> {
    let collects = |name: &[u8]| {
        let marks: [&[u8]; 6] = [
            b"runtime.mallocgc",
            b"runtime.gcBgMarkWorker",
            b"runtime.gcAssist",
            b"runtime.gcDrain",
            b"runtime.bgsweep",
            b"runtime.bgscavenge",
        ];
        marks.iter().any(|m| name.starts_with(m))
    };
    cpu_below(context, collects)
}
