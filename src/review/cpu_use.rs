//! The CPU profile as a whole: how many processors the program kept busy, and what that says.

use serde::{Deserialize, Serialize};

use super::processors::processors;
use super::{Context, Lock, ProfileInput, is_filtered};
use crate::analyze::{EntryKind, entry_of};
use crate::profile::{Kind, Profile};
use crate::unit::{human, share};

/// Part of the processors' time below which a slow program waits.
const OFF_CPU: f64 = 0.3;
/// Busy processors that are one, as far as a profile tells.
const ONE: [f64; 2] = [0.85, 1.15];
/// Part of the samples from which they are those of benchmarks or tests.
const MOSTLY: f64 = 0.5;

/// How much of the processors a CPU profile shows in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CpuUse {
    /// The input.
    pub file: String,
    /// Seconds of CPU time that its samples stand for.
    pub cpu_seconds: f64,
    /// Seconds for which it was recorded.
    pub duration_seconds: f64,
    /// Processors in use on average: the one by the other.
    pub cores: f64,
    /// GOMAXPROCS; none where no input tells it.
    pub processors: Option<u64>,
    /// Which input tells it; empty where none does.
    pub processors_from: String,
    /// What follows.
    pub reading: CpuReading,
    /// The same in a sentence without full stop.
    pub note: String,
    /// Commands that measure what is missing; empty where nothing follows.
    pub commands: Vec<String>,
}

/// What the number of busy processors says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CpuReading {
    /// Hardly any of the time: it is spent off the CPU.
    OffCpu,
    /// About one processor while there are more.
    OneCore,
    /// The same in a run of benchmarks or tests, which are serial unless they say otherwise.
    SerialRun,
    /// More than that.
    Busy,
    /// GOMAXPROCS is not known.
    Unknown,
}

/// The facts; `None` without a CPU profile of known duration, and for one that filters cut.
pub(super) fn facts(context: &Context<'_>, locks: &[Lock]) -> Option<CpuUse> {
    let is_cpu = |p: &&ProfileInput| p.profile.kind() == Kind::Cpu;
    let input = context.evidence.profiles.iter().find(is_cpu)?;
    let profile = &input.profile;
    let index = profile
        .type_named("cpu")
        .filter(|i| profile.unit_name(*i) == "nanoseconds")?;
    if profile.duration_nanos <= 0 || is_filtered(profile) {
        return None;
    }
    let (cpu_seconds, duration_seconds) = (
        profile.total(index) as f64 / 1e9,
        profile.duration_nanos as f64 / 1e9,
    );
    let cores = cpu_seconds / duration_seconds;
    let known = processors(context);
    let count = known.as_ref().map(|p| p.count);
    let [_, high, _] = context.policy.symptoms.delay_levels;
    let fought_for = locks
        .iter()
        .find(|l| l.delay_per_second.is_some_and(|d| d >= high));
    let is_serial = || fought_for.is_none() && is_serial_run(profile);
    let reading = reading(cores, count, is_serial);
    let mut facts = CpuUse {
        file: input.name.clone(),
        cpu_seconds,
        duration_seconds,
        cores,
        processors: count,
        processors_from: known.map_or_else(String::new, |p| p.from),
        reading,
        note: String::new(),
        commands: Vec::new(),
    };
    facts.note = note(&facts, fought_for);
    if reading == CpuReading::OffCpu {
        facts.commands = commands(context, is_serial_run(profile));
    }
    Some(facts)
}

/// Below the least part of one processor it is below that of any number of them.
fn reading(cores: f64, processors: Option<u64>, is_serial_run: impl Fn() -> bool) -> CpuReading {
    let [least, most] = ONE;
    match processors {
        _ if cores < OFF_CPU => CpuReading::OffCpu,
        None => CpuReading::Unknown,
        Some(count) if count > 1 && (least..=most).contains(&cores) => match is_serial_run() {
            true => CpuReading::SerialRun,
            false => CpuReading::OneCore,
        },
        Some(count) if cores < OFF_CPU * count as f64 => CpuReading::OffCpu,
        Some(_) => CpuReading::Busy,
    }
}

/// Whether most samples are those of benchmarks or tests.
fn is_serial_run(profile: &Profile) -> bool {
    let index = profile.default_type();
    let (of_sample, entries) = entry_of(profile);
    let is_meant = |id: &u32| {
        let kind = entries.get(*id as usize).map(|e| e.kind);
        matches!(kind, Some(EntryKind::Benchmark | EntryKind::Test))
    };
    let meant = of_sample.iter().enumerate().filter(|(_, id)| is_meant(id));
    let sum: f64 = meant
        .map(|(sample, _)| profile.samples.value(sample, index) as f64)
        .sum();
    sum >= MOSTLY * profile.total(index) as f64
}

fn note(facts: &CpuUse, fought_for: Option<&Lock>) -> String {
    let measured = format!(
        "{:.2} processors in use on average: {} of CPU time in {}",
        facts.cores,
        human(facts.cpu_seconds, "sec"),
        human(facts.duration_seconds, "sec")
    );
    let of = match facts.processors {
        Some(count) => format!(", of {count} (by {})", facts.processors_from),
        None => ", GOMAXPROCS is not known".to_string(),
    };
    let part = match facts.processors {
        Some(count) => format!(
            "{} of the processors' time",
            share(facts.cores / count.max(1) as f64)
        ),
        None => format!("{} of one processor's time", share(facts.cores)),
    };
    let follows = match facts.reading {
        CpuReading::OffCpu => format!(
            "; that is {part}: if the program is slow, its time is off the CPU, so look at block, mutex and goroutine \
             profiles and at a trace, not at functions"
        ),
        CpuReading::OneCore if fought_for.is_some() => waited(fought_for),
        CpuReading::OneCore => {
            "; it is about one while there are more: a serial bottleneck, if there is work waiting; run it in parallel, or \
             shard what it works on"
                .to_string()
        }
        CpuReading::SerialRun => {
            "; it is about one, as is usual for benchmarks and tests: they run one after another unless they call \
             `b.RunParallel` or start goroutines"
                .to_string()
        }
        CpuReading::Busy | CpuReading::Unknown => String::new(),
    };
    format!("{measured}{of}{follows}")
}

/// That a lock makes the program serial.
fn waited(fought_for: Option<&Lock>) -> String {
    let told = fought_for.and_then(|lock| Some((lock, lock.delay_per_second?)));
    told.map_or_else(String::new, |(lock, delay)| {
        format!(
            "; it is about one while there are more, and goroutines wait {} in each second for `{}`: that lock is a serial \
             bottleneck",
            human(delay, "sec"),
            lock.lock
        )
    })
}

/// What measures waiting and is not among the inputs: of benchmarks, else of a process that serves its profiles.
fn commands(context: &Context<'_>, is_run: bool) -> Vec<String> {
    let known = super::plan::profiling_commands(context);
    let has = |kind| context.evidence.profiles.iter().any(|p| p.profile.kind() == kind);
    let fetch =
        |name: &str, query: &str| format!("curl -o {name} 'http://localhost:6060/debug/pprof/{query}'");
    let mut commands = match is_run {
        true => vec![known.block, known.mutex, known.trace],
        false => {
            let live = |kind, name: &str, query: &str| {
                if has(kind) {
                    String::new()
                } else {
                    fetch(name, query)
                }
            };
            vec![
                live(Kind::Block, "block.pb.gz", "block?seconds=30"),
                live(Kind::Mutex, "mutex.pb.gz", "mutex?seconds=30"),
                live(Kind::Goroutine, "goroutine.pb.gz", "goroutine"),
                fetch("trace.out", "trace?seconds=5"),
            ]
        }
    };
    commands.retain(|c| !c.is_empty());
    commands
}

/// The note, where something follows from it that no chapter but the summary says.
pub(super) fn caveats(facts: Option<&CpuUse>) -> Vec<String> {
    let telling = facts.filter(|f| matches!(f.reading, CpuReading::OffCpu | CpuReading::OneCore));
    telling
        .map(|f| format!("{}: {}", f.file, f.note))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::profile::{Format, ProfileBuilder};
    use crate::review::{Evidence, Policy, Review, RuntimeInput, review};

    /// A CPU profile of 10 s and a lock that is waited for, on 4 processors.
    fn reviewed(cpu_seconds: i64, lock_seconds: i64, root: &str) -> Review {
        let finish = |mut b: ProfileBuilder, name: &str| {
            b.head().duration_nanos = 10_000_000_000;
            ProfileInput {
                name: name.into(),
                profile: b.finish(),
            }
        };
        let mut cpu = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
        let stack = ["main.work", root, "testing.(*B).runN"].map(|name| cpu.frame(name, "a.go", 3));
        cpu.sample(stack, &[cpu_seconds * 100, cpu_seconds * 1_000_000_000], []);
        let mut mutex = ProfileBuilder::new(
            Format::Proto,
            &[("contentions", "count"), ("delay", "nanoseconds")],
        );
        let stack = ["sync.(*Mutex).Unlock", "main.(*T).put"].map(|name| mutex.frame(name, "a.go", 3));
        mutex.sample(stack, &[100_000, lock_seconds * 1_000_000_000], []);
        let text = "gc 1 @0.005s 9%: 0.19+4.9+0.066 ms clock, 0.38+0.014/2.1/0.097+0.13 ms cpu, 3->5->3 MB, 4 MB goal, 4 P\n";
        let runtime = [RuntimeInput {
            name: "gc.txt".into(),
            trace: crate::runtime_trace::parse(text.as_bytes()),
        }];
        let profiles = [finish(cpu, "cpu.pb.gz"), finish(mutex, "mutex.pb.gz")];
        let evidence = Evidence {
            profiles: &profiles,
            runtime: &runtime,
            ..Evidence::default()
        };
        review(&evidence, Policy::default())
    }

    #[test]
    fn one_busy_processor_of_several_is_told_with_what_makes_it_so() {
        let read = |review: &Review| review.cpu_use.as_ref().map(|u| u.reading);
        let caveat = |review: &Review| review.caveats.iter().any(|c| c.contains("serial bottleneck"));
        let serial = reviewed(10, 0, "main.main");
        assert_eq!(
            (read(&serial), caveat(&serial)),
            (Some(CpuReading::OneCore), true)
        );
        let run = reviewed(10, 0, "main.BenchmarkX");
        assert_eq!((read(&run), caveat(&run)), (Some(CpuReading::SerialRun), false));
        let locked = reviewed(10, 5, "main.BenchmarkX");
        assert_eq!(
            (read(&locked), caveat(&locked)),
            (Some(CpuReading::OneCore), true)
        );
        let facts = locked.cpu_use.unwrap();
        assert!(
            facts.note.contains("`main.T`") && facts.note.contains("500.0 ms"),
            "{}",
            facts.note
        );
        let waits = reviewed(2, 1, "main.main").cpu_use.unwrap();
        assert_eq!((waits.reading, waits.processors), (CpuReading::OffCpu, Some(4)));
        assert!(
            waits.commands.iter().any(|c| c.contains("block?seconds")),
            "{:?}",
            waits.commands
        );
        assert!(
            !waits.commands.iter().any(|c| c.contains("mutex?")),
            "it was given"
        );
    }

    #[test]
    fn the_number_of_processors_decides_what_busy_ones_mean() {
        let check = |cores: f64, processors: Option<u64>, run: bool, expect: CpuReading| {
            assert_eq!(
                reading(cores, processors, || run),
                expect,
                "{cores} of {processors:?}"
            );
        };
        check(0.2, None, false, CpuReading::OffCpu);
        check(0.9, None, false, CpuReading::Unknown);
        check(1.0, Some(8), false, CpuReading::OneCore);
        check(1.0, Some(8), true, CpuReading::SerialRun);
        check(1.0, Some(1), false, CpuReading::Busy);
        check(1.16, Some(8), false, CpuReading::OffCpu);
        check(2.4, Some(8), false, CpuReading::Busy);
        check(0.29, Some(1), true, CpuReading::OffCpu);
    }
}
