//! What acting on the findings saves of a benchmark's own numbers: an estimate of three points, each with a meaning.
//!
//! ```text
//!  least    the first finding that the benchmark runs into is mended alone, and saves as little as the catalogue says
//!  likely   all findings are mended, and save the middle of what the catalogue says
//!  most     all of it, and all that is at the same lines, saves as much as the catalogue says; other lines stay
//! ```
//! Both are parts of the benchmark's own samples, not of the whole profile: the collector's workers and the framework are
//! not below it.

use std::collections::BTreeSet;

use super::resource::columns;
use super::symptoms::{BenchmarkClaims, ClaimedLine};
use super::{BenchmarkFacts, Context, Estimate, Interval, Issue, Issues, LineFacts, Resource};
use crate::analyze::benchmark_of;
use crate::bench::name;
use crate::profile::Kind;
use crate::unit::share;

/// Part of the processors that must be idle before a lock is said to cost time.
const IDLE: f64 = 0.1;
/// Least part of the time of which a gain is told.
const LEAST: f64 = 0.01;

/// Saved parts of a benchmark's number, 0 to 1.
pub(super) struct Gain {
    pub least: f64,
    pub likely: f64,
    pub most: f64,
    /// How they come about.
    pub arithmetic: String,
}

/// What the estimates are made from.
pub(super) struct Estimates<'a> {
    issues: &'a Issues,
    claims: &'a [BenchmarkClaims],
    /// Lines with a finding, or with as little of the same that it is none of its own.
    touched: BTreeSet<(&'a str, i64)>,
    /// What is saved of an allocation site.
    of_site: Interval,
    /// Part of the allocated bytes that live on.
    lives_on: f64,
    /// Part of the processor time that allocates.
    allocation_cpu: Option<f64>,
    /// Processors in use on average over the CPU profile.
    cores: Option<f64>,
}

impl<'a> Estimates<'a> {
    pub fn new(
        context: &Context<'_>,
        issues: &'a Issues,
        claims: &'a [BenchmarkClaims],
        allocation_cpu: Option<f64>,
    ) -> Self {
        let lines = issues.all().filter(|i| i.line > 0);
        Self {
            issues,
            claims,
            touched: lines
                .map(|i| (i.function.as_str(), i.line))
                .chain(
                    claims
                        .iter()
                        .flat_map(|c| &c.findings)
                        .map(|(at, _)| (at.function.as_str(), at.line)),
                )
                .collect(),
            of_site: context.policy.allocation_saving,
            lives_on: lives_on(context),
            allocation_cpu,
            cores: cores(context),
        }
    }

    /// The saved parts of the time; `None` where no finding is below the benchmark, or no CPU profile tells.
    pub fn time(&self, benchmark: &BenchmarkFacts) -> Option<Gain> {
        let touched = self.touched_part(benchmark)?;
        let (least, why) = self.first(benchmark).or_else(|| self.by_allocations(benchmark))?;
        let (stays, how) = self.stays(benchmark, touched);
        Some(gain([least, self.together(benchmark), 1.0 - stays], &why, &how))
    }

    /// The saved parts of the allocated bytes or objects.
    pub fn allocations(
        &self,
        benchmark: &BenchmarkFacts,
        pick: fn(&LineFacts) -> Option<Estimate>,
    ) -> Option<Gain> {
        let found = self.churning(benchmark, pick)?;
        let least = found * self.of_site.low;
        let likely = found * f64::midpoint(self.of_site.low, self.of_site.high.min(1.0 - self.lives_on));
        let why = format!(
            "{} is allocated at lines with findings, of which {} is saved at least, by the rule of thumb",
            share(found),
            share(self.of_site.low)
        );
        let how = "all that does not live on".to_string();
        Some(gain([least, likely, 1.0 - self.lives_on], &why, &how))
    }

    /// All findings mended, at the middle of what they save.
    fn together(&self, benchmark: &BenchmarkFacts) -> f64 {
        let middle = |issue: &Issue| {
            let saving = issue.advice.as_ref()?.saving;
            Some(self.claimed(benchmark, issue)? * f64::midpoint(saving.low, saving.high))
        };
        let saved: f64 = self.issues.all().filter_map(middle).sum();
        let locks = self
            .issues
            .all()
            .filter(|i| i.heat.resource == Resource::MutexDelay);
        let busier = locks.filter_map(|i| self.busier(benchmark, i, |s| f64::midpoint(s.low, s.high)));
        let used = busier.map(|(now, then, _)| now / then).fold(1.0, f64::min);
        1.0 - (1.0 - saved.min(1.0)) * used
    }

    /// The first finding in the order of the recommendations that takes more of the time than the noise between runs.
    fn first(&self, benchmark: &BenchmarkFacts) -> Option<(f64, String)> {
        let least = benchmark.log_sd.unwrap_or(0.0).max(LEAST);
        let saved = self.issues.all().filter_map(|issue| match issue.heat.resource {
            Resource::Cpu => self.by_symptom(benchmark, issue),
            Resource::MutexDelay => self.by_lock(benchmark, issue),
            _ => None,
        });
        saved.into_iter().find(|(low, _)| *low >= least)
    }

    /// The claimed part of the benchmark's samples, at the lower end of what mending saves.
    fn by_symptom(&self, benchmark: &BenchmarkFacts, issue: &Issue) -> Option<(f64, String)> {
        let saving = issue.advice.as_ref()?.saving;
        let part = self.claimed(benchmark, issue)?;
        let why = format!(
            "{} of the samples below this benchmark stand behind `{}` at {}:{}, of which {} is saved at least",
            share(part),
            issue.rule,
            short(&issue.function),
            issue.line,
            share(saving.low)
        );
        Some((part * saving.low, why))
    }

    /// The part of the benchmark's samples that a finding claims.
    fn claimed(&self, benchmark: &BenchmarkFacts, issue: &Issue) -> Option<f64> {
        let found = &self.of(benchmark)?.findings;
        let is_meant = |(at, _): &&(ClaimedLine, f64)| {
            at.rule == issue.rule && at.function == issue.function && at.line == issue.line
        };
        (issue.heat.resource == Resource::Cpu).then_some(found.iter().find(is_meant)?.1)
    }

    fn of(&self, benchmark: &BenchmarkFacts) -> Option<&BenchmarkClaims> {
        self.claims.iter().find(|c| is_of(benchmark, &c.function))
    }

    /// Processors that wait for a lock can work instead: the time falls in the proportion in which more of them are in
    /// use.
    fn by_lock(&self, benchmark: &BenchmarkFacts, issue: &Issue) -> Option<(f64, String)> {
        let saving = issue.advice.as_ref()?.saving;
        let (now, then, words) = self.busier(benchmark, issue, |s| s.low)?;
        let why = format!(
            "{words} are in use while goroutines wait for the lock at {}:{}; {} less idling at least",
            short(&issue.function),
            issue.line,
            share(saving.low)
        );
        Some((1.0 - now / then, why))
    }

    /// Parts of the processors in use now and when a lock is mended; `None` where the benchmark does not wait for it.
    fn busier(
        &self,
        benchmark: &BenchmarkFacts,
        issue: &Issue,
        pick: fn(&Interval) -> f64,
    ) -> Option<(f64, f64, String)> {
        let saving = issue.advice.as_ref()?.saving;
        let (used, cores, procs) = self.use_of_processors(benchmark)?;
        let is_here = |l: &LineFacts| l.function == issue.function;
        let matters = issue.heat.share >= LEAST && self.weighty(issue) && benchmark.lines.iter().any(is_here);
        let then = 1.0 - (1.0 - used) * (1.0 - pick(&saving));
        matters.then(|| (used, then, format!("{cores:.2} of {procs} processors")))
    }

    /// Whether a lock's delay is large enough for the finding to be more than low.
    fn weighty(&self, issue: &Issue) -> bool {
        !self.issues.low.iter().any(|low| std::ptr::eq(low, issue))
    }

    /// Part of the processors in use, how many that is, and of how many; `None` where next to none is idle.
    fn use_of_processors(&self, benchmark: &BenchmarkFacts) -> Option<(f64, f64, u32)> {
        let (_, suffix) = name::split_gomaxprocs(&benchmark.name);
        let procs: u32 = suffix.trim_start_matches('-').parse().ok()?;
        let cores = self.cores?;
        let used = cores / f64::from(procs.max(1));
        (used > 0.0 && used < 1.0 - IDLE).then_some((used, cores, procs))
    }

    /// Time falls with the objects: their saved part of the measured time below the allocator.
    fn by_allocations(&self, benchmark: &BenchmarkFacts) -> Option<(f64, String)> {
        let cpu = self.allocation_cpu.filter(|cpu| *cpu > 0.0)?;
        let part = self.churning(benchmark, |l| l.objects)? * self.of_site.low;
        let low = part * cpu;
        let why = format!(
            "allocating takes {} of the CPU time, and {} of the objects are saved at least",
            share(cpu),
            share(part)
        );
        (low >= benchmark.log_sd.unwrap_or(0.0).max(LEAST)).then_some((low, why))
    }

    /// Part of a benchmark's bytes or objects at lines with a finding of their own.
    fn churning(&self, benchmark: &BenchmarkFacts, pick: fn(&LineFacts) -> Option<Estimate>) -> Option<f64> {
        let is_charged = |l: &LineFacts| {
            self.issues.all().any(|i| {
                i.rule == "alloc-churn" && i.line == l.line && i.file == l.file && i.function == l.function
            })
        };
        part(benchmark, pick, is_charged).filter(|found| *found > 0.0)
    }

    /// Part of a benchmark's time at lines with a finding.
    fn touched_part(&self, benchmark: &BenchmarkFacts) -> Option<f64> {
        let is_touched = |l: &LineFacts| self.touched.contains(&(l.function.as_str(), l.line));
        part(benchmark, |l| l.seconds, is_touched).filter(|found| *found > 0.0)
    }

    /// What stays of the time at best, and why.
    fn stays(&self, benchmark: &BenchmarkFacts, touched: f64) -> (f64, String) {
        let left = self.of(benchmark).map_or(0.0, |c| c.left);
        let mut stays = 1.0 - touched + left;
        let mut how = format!(
            "{} of its samples are at lines without findings, and at the others the advice leaves {}",
            share(1.0 - touched),
            share(left)
        );
        let locks = self
            .issues
            .all()
            .filter(|i| i.heat.resource == Resource::MutexDelay);
        let mut busier = locks.filter_map(|i| self.busier(benchmark, i, |s| s.high));
        if let Some((used, ..)) = busier.next() {
            stays *= used;
            how.push_str("; the processors that are idle now take their part of that");
        }
        if let Some(growth) = benchmark.scaling.iter().find(|s| s.unit == "sec/op") {
            stays *= growth.linear();
            how.push_str(&format!(
                "; growing in proportion to {} leaves {} of the rest",
                growth.parameter,
                share(growth.linear())
            ));
        }
        (stays, how)
    }
}

/// Three points, in order.
fn gain([least, likely, most]: [f64; 3], why: &str, how: &str) -> Gain {
    let most = most.clamp(0.0, 1.0);
    let least = least.clamp(0.0, most);
    let likely = likely.clamp(least, most);
    Gain {
        least,
        likely,
        most,
        arithmetic: format!("{why}: {}; at most {}: {how}", share(least), share(most)),
    }
}

/// Part of the allocated bytes that live on, of the profile with most of them.
fn lives_on(context: &Context<'_>) -> f64 {
    let Some((profile, bytes, _)) = super::memory::allocation_profile(context) else {
        return 0.0;
    };
    let live = profile
        .type_named("inuse_space")
        .map_or(0, |index| profile.total(index));
    (live as f64 / bytes.total.max(1) as f64).clamp(0.0, 1.0)
}

/// The part of a benchmark's number that such lines have.
fn part(
    benchmark: &BenchmarkFacts,
    pick: fn(&LineFacts) -> Option<Estimate>,
    is_meant: impl Fn(&LineFacts) -> bool,
) -> Option<f64> {
    let value = |l: &LineFacts| pick(l).map_or(0.0, |e| e.value);
    let all: f64 = benchmark.lines.iter().map(value).sum();
    let meant: f64 = benchmark.lines.iter().filter(|l| is_meant(l)).map(value).sum();
    (all > 0.0).then(|| (meant / all).min(1.0))
}

fn is_of(benchmark: &BenchmarkFacts, function: &str) -> bool {
    let (package, base) = benchmark_of(function);
    base == name::base(&benchmark.name) && (benchmark.package.is_empty() || package == benchmark.package)
}

/// A function without the path of its package.
fn short(function: &str) -> &str {
    function.rsplit('/').next().unwrap_or(function)
}

/// Processor seconds for each second of the CPU profile.
fn cores(context: &Context<'_>) -> Option<f64> {
    let profiles = context.evidence.profiles.iter().map(|p| &p.profile);
    let profile = profiles
        .filter(|p| p.kind() == Kind::Cpu && p.duration_nanos > 0)
        .find(|p| p.unit_name(p.default_type()) == "nanoseconds")?;
    let total = columns(profile).first()?.total;
    Some(total as f64 / profile.duration_nanos as f64)
}
