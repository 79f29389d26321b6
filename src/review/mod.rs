//! Judgement: facts to findings, targets, plan.
//!
//! [`review`] is the one way in. Every part stands in its own file and fills its own keys of the [`Review`];
//! thresholds stand in [`Policy`] and are printed in the review.

pub mod audit;
mod baseline;
pub mod bench_gate;
mod benchmarks;
mod budgets;
mod caveats;
mod check;
mod churn;
mod compiler;
mod cpu_use;
mod declared;
mod dependencies;
mod estimates;
mod findings;
pub mod gate;
mod gc;
mod goroutines;
mod heap;
mod illustrations;
mod inputs;
pub mod knowledge;
mod lines;
mod locks;
mod memory;
mod model;
mod paths;
mod pgo;
pub(crate) mod plan;
pub mod policy;
mod processors;
mod production;
mod resource;
mod risks;
mod scaling;
pub mod schema;
mod score;
mod simd;
mod skeletons;
mod stored;
mod strategies;
mod symptoms;
mod targets;
mod threads;

use std::collections::BTreeMap;

use baseline::AllRuns;

use crate::analyze::{my_code, my_code_of_dump};
use crate::bench::BenchLog;
use crate::compiler::{CompilerNotes, NotesIndex};
use crate::goroutine::GoroutineDump;
use crate::profile::{Kind, MemStats, Profile};
use crate::runtime_trace::RuntimeTrace;
use crate::source::{ModuleList, NoSources, Sources};
use estimates::Estimates;

pub use audit::{AuditFacts, AuditLimits};
pub use baseline::{
    Baseline, BaselineFacts, Change, Fate, FindingFate, NewFinding, TargetFate, TargetVerdict,
};
pub(crate) use bench_gate::is_keyword as is_bench_keyword;
pub use budgets::BudgetFacts;
pub use check::{CheckGate, CheckReport};
pub(crate) use compiler::sites::sentence as site_sentence;
pub use compiler::{
    BoundsCheckLine, CompilerFacts, NotInlined, NotedFile, NotedReason, SiteNotes, SiteVerdict,
};
pub use cpu_use::{CpuReading, CpuUse};
pub use dependencies::{CallingLine, Dependencies, Dependency, ModuleCpu};
pub use gc::{
    GcLimits, GcShare, GcSource, GcTrace, HeapGrowth, InitPackage, InitTrace, Level, MemoryStats,
    RuntimeFacts, SchedulerTrace,
};
pub use goroutines::{
    DumpMessage, GoroutineGroupFacts, GoroutineGrowth, GoroutineLimits, GoroutineSeries, GoroutineSnapshot,
    Goroutines, GoroutinesLeftOut, LeakVerdict, MissingGoroutines,
};
pub use heap::{
    AllocationRate, HeapFacts, HeapLimits, HeapReading, HeapSeries, LiveSite, ResidentEstimate, SiteGrowth,
    TinySite,
};
pub use locks::{Lock, LockLine, RuntimeLocks};
pub use model::*;
pub use pgo::{PgoFacts, PgoInline, PgoInput, pgo_input};
pub use risks::Risk;
pub use scaling::Scaling;
pub use simd::{SimdFacts, SimdLimits, SimdRow};
pub use stored::{looks_like_review, read_review};
pub use strategies::{LifetimeGroup, Strategy, StrategyFact, StrategyKind};
pub use symptoms::{
    Advice, Choice, ChoiceKind, ContentionSite, DesignChoice, Effort, Levels, Symptom, SymptomLimits,
    catalogue, held, symptom,
};
pub use threads::ThreadFacts;

/// A profile and the name of its input.
#[derive(Debug)]
pub struct ProfileInput {
    /// As given.
    pub name: String,
    /// What it holds.
    pub profile: Profile,
}

/// A goroutine dump and the name of its input.
#[derive(Debug)]
pub struct DumpInput {
    /// As given.
    pub name: String,
    /// What it holds.
    pub dump: GoroutineDump,
}

/// Compiler notes and the name of their input.
#[derive(Debug)]
pub struct NotesInput {
    /// As given.
    pub name: String,
    /// What it holds.
    pub notes: CompilerNotes,
}

/// What the runtime printed and the name of the input.
#[derive(Debug)]
pub struct RuntimeInput {
    /// As given.
    pub name: String,
    /// What it holds.
    pub trace: RuntimeTrace,
}

/// A list of modules and the name of its input.
#[derive(Debug)]
pub struct ModulesInput {
    /// As given.
    pub name: String,
    /// What it holds.
    pub modules: ModuleList,
}

/// The MemStats block of a heap text, before texts were merged and filtered.
#[derive(Debug)]
pub struct MemStatsInput {
    /// The input as given.
    pub name: String,
    /// The block.
    pub stats: MemStats,
    /// Bytes allocated that all samples of the text stand for.
    pub sampled_bytes: Option<i64>,
}

/// An audit of the source.
#[derive(Debug)]
pub struct AuditInput {
    /// What it found.
    pub audit: crate::audit::Audit,
    /// How many hits were taken out of it because a baseline knows them.
    pub known: usize,
}

/// Everything that was measured, and where the source is.
pub struct Evidence<'a> {
    /// Profiles, at most one per kind: several of a kind are merged before.
    pub profiles: &'a [ProfileInput],
    /// The goroutine and goroutineleak profiles among them as they were before they were merged, in the order of
    /// time; may be empty where there is at most one of each.
    pub goroutine_profiles: &'a [ProfileInput],
    /// Heap profiles of several moments of one process as they were before the last of them was taken for all, in the
    /// order of time; empty where there are none.
    pub heap_profiles: &'a [ProfileInput],
    /// Goroutine dumps, in the order of time.
    pub dumps: &'a [DumpInput],
    /// Benchmark texts.
    pub benchmarks: &'a [BenchLog],
    /// Notes of the compiler.
    pub notes: &'a [NotesInput],
    /// What the runtime printed.
    pub runtime: &'a [RuntimeInput],
    /// Lists of the modules that the program is built from.
    pub modules: &'a [ModulesInput],
    /// The MemStats blocks of heap texts; where there are none, those of unfiltered profiles count.
    pub memstats: &'a [MemStatsInput],
    /// What the audit of the source found; none where there was no audit.
    pub audit: Option<&'a AuditInput>,
    /// The program's source.
    pub sources: &'a dyn Sources,
    /// Module path of the user's code, if given.
    pub module: Option<String>,
    /// Name of the program, if given.
    pub component: Option<String>,
}

impl Default for Evidence<'_> {
    /// Nothing measured, no source.
    fn default() -> Self {
        Self {
            profiles: &[],
            goroutine_profiles: &[],
            heap_profiles: &[],
            dumps: &[],
            benchmarks: &[],
            notes: &[],
            runtime: &[],
            modules: &[],
            memstats: &[],
            audit: None,
            sources: &NoSources,
            module: None,
            component: None,
        }
    }
}

/// The thresholds in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Smallest share of an entry point that gets a block.
    pub hot_path_share: f64,
    /// Smallest share of a line or site that is listed, and that is worth advice.
    pub line_share: f64,
    /// Most lines or sites in a table.
    pub most_lines: usize,
    /// What is saved of the bytes of a site that allocates garbage, as a part of them: the lower end is a rule of thumb,
    /// which the review says; the upper end is held to what does not live on.
    pub allocation_saving: Interval,
    /// Part of the CPU time that allocating and collecting must take for their findings to be more than medium.
    pub memory_cpu_share: f64,
    /// Least score to pass.
    pub min_score: f64,
    /// From where on groups of goroutines are named as suspected leaks.
    pub goroutines: GoroutineLimits,
    /// Least part of the CPU time of a function or line of which the compiler's notes are told.
    pub compiled_share: f64,
    /// From where on numbers of the collector are named.
    pub gc: GcLimits,
    /// From where on symptoms are told.
    pub symptoms: SymptomLimits,
    /// From where on numbers of the heap are named.
    pub heap: HeapLimits,
    /// What is said otherwise of single symptoms, by their ids.
    pub symptom_settings: BTreeMap<String, policy::SymptomSetting>,
    /// From where on hits of the audit are hot, and which of them are told.
    pub audit: AuditLimits,
    /// Rules whose findings are not told.
    pub disabled: Vec<String>,
    /// How often operations run in production.
    pub rates: Vec<policy::Production>,
    /// What operations are assumed to cost where that was not measured, by the names of [`policy::OPERATIONS`].
    pub costs: BTreeMap<String, policy::Cost>,
    /// The settings that differ from their defaults; Method prints them.
    pub changed: Vec<policy::Changed>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hot_path_share: 0.05,
            line_share: 0.01,
            most_lines: 10,
            allocation_saving: Interval { low: 0.3, high: 1.0 },
            memory_cpu_share: 0.05,
            min_score: 80.0,
            goroutines: GoroutineLimits::DEFAULT,
            compiled_share: 0.03,
            gc: GcLimits::DEFAULT,
            symptoms: SymptomLimits::DEFAULT,
            heap: HeapLimits::DEFAULT,
            symptom_settings: BTreeMap::new(),
            audit: AuditLimits::DEFAULT,
            disabled: Vec::new(),
            rates: Vec::new(),
            costs: BTreeMap::new(),
            changed: Vec::new(),
        }
    }
}

/// What the parts share.
struct Context<'a> {
    evidence: &'a Evidence<'a>,
    policy: Policy,
    prefix: Option<String>,
    prefix_from: &'static str,
}

/// What the measurements are held against, beside the thresholds.
#[derive(Clone, Copy, Default)]
pub struct Expectations<'a> {
    /// The review before, whose targets and findings are looked up again.
    pub baseline: Option<Baseline<'a>>,
    /// Limits of the policy.
    pub budgets: Option<&'a policy::Budgets>,
    /// New runs of the old code, measured beside those of the evidence; may be empty.
    pub base: &'a [BenchLog],
}

/// Writes the review. The same evidence gives the same review.
pub fn review(evidence: &Evidence<'_>, policy: Policy) -> Review {
    review_against(evidence, policy, Expectations::default())
}

/// Writes the review, and what became of the one before and of the budgets.
pub fn review_against(evidence: &Evidence<'_>, policy: Policy, expected: Expectations<'_>) -> Review {
    let (prefix, prefix_from) = own_prefix(evidence);
    let context = Context {
        evidence,
        policy,
        prefix,
        prefix_from,
    };
    let mut memory = memory::sites(&context);
    let notes = compiler::merged(&context);
    compiler::sites::explain(&NotesIndex::of(&notes), &mut memory);
    let compiler = compiler::facts(&context, &notes);
    let pgo = pgo::facts(&context, &notes);
    let runtime = gc::facts(&context);
    let locks = locks::locks(&context);
    let cpu_use = cpu_use::facts(&context, &locks);
    let threads = threads::facts(&context);
    let hot_paths = paths::hot_paths(&context);
    let runs = AllRuns::of(evidence.benchmarks);
    let benchmarks = benchmarks::facts(&context, &runs);
    let allocation_cpu = resource::allocation_cpu(&context);
    let policy = &context.policy;
    let matters = resource::memory_cpu(&context).is_none_or(|cpu| cpu >= policy.memory_cpu_share);
    let judged = goroutines::judge(&context);
    let heap = heap::facts(&context, &memory, &benchmarks);
    let told = symptoms::judge(&context, &memory, heap.as_ref(), |site| {
        findings::is_churn(&context, site)
    });
    let mut issues = findings::issues(&context, &memory, matters, judged.as_ref(), told.findings);
    compiler::sites::annotate(&mut issues, &memory);
    gc::issues(runtime.as_ref(), &mut issues);
    issues.medium.extend(scaling::issues(&benchmarks));
    issues
        .medium
        .extend(benchmarks::unmeasured_allocations(&benchmarks, policy));
    threads::issues(threads.as_ref(), &mut issues);
    heap::issues(heap.as_ref(), &mut issues);
    let audited = audit::issues(&context, &mut issues);
    illustrations::fill(&context, &mut issues);
    audited.illustrate(&mut issues);
    let disabled = production::disable(policy, &mut issues);
    let rates = production::rates(policy, &benchmarks, &issues);
    let goroutines = judged.map(|j| j.facts);
    let shows_leaks = goroutines.as_ref().is_some_and(Goroutines::shows_leaks);
    let score = score::score(
        &context,
        &issues,
        &memory,
        told.unclaimed_allocation,
        shows_leaks,
        audited.points,
    );
    let estimates = Estimates::new(&context, &issues, &told.benchmarks, allocation_cpu);
    let targets = targets::targets(&context, &estimates, &benchmarks, &issues);
    let base = AllRuns::of(expected.base);
    let baseline = expected.baseline.map(|before| {
        let parts = baseline::Parts {
            issues: &issues,
            benchmarks: &benchmarks,
            runs: &runs,
            base: &base,
            contention: &told.contention,
            goroutines: goroutines.as_ref(),
            runtime: runtime.as_ref(),
        };
        baseline::facts(&context, before, &parts)
    });
    let budgets = expected.budgets.map_or_else(Vec::new, |budgets| {
        let parts = budgets::Parts {
            runs: &runs,
            base: &base,
            goroutines: goroutines.as_ref(),
            runtime: runtime.as_ref(),
        };
        budgets::facts(&context, budgets, &parts)
    });
    let is_exceeded = budgets.iter().any(|b| b.verdict == TargetVerdict::NotMet);
    let all_hold = budgets.iter().all(|b| b.verdict == TargetVerdict::Met);
    let plan = plan::plan(&context, &hot_paths, &benchmarks, &targets);
    let profiling_commands = ProfilingCommands {
        goroutine: goroutines.as_ref().map_or_else(String::new, Goroutines::command),
        ..plan::profiling_commands(&context)
    };
    Review {
        status: match is_exceeded {
            true => Status::NeedsOptimization,
            false => score.status,
        },
        performance_score: format!("{:.0}/100", score.points),
        optimization_recommendations: findings::recommendations(&issues),
        benchmarks_needed: plan.missing.iter().map(|m| m.name.clone()).collect(),
        estimated_improvement: score::estimate(
            &issues,
            &memory,
            told.unclaimed_allocation,
            told.at_most,
            &targets,
        ),
        pass_criteria_met: score.points >= policy.min_score && all_hold,
        schema_version: SCHEMA_VERSION,
        component: component(&context),
        inputs: resource::input_facts(evidence),
        sides: resource::side_shares(&context),
        caveats: [
            caveats::caveats(&context, &hot_paths, &memory, &benchmarks, &told.caveats),
            compiler::caveats(compiler.as_ref()),
            gc::caveats(runtime.as_ref()),
            pgo::caveats(pgo.as_ref()),
            cpu_use::caveats(cpu_use.as_ref()),
            heap::caveats(heap.as_ref()),
            disabled,
            production::caveats(&rates),
        ]
        .concat(),
        risks: risks::risks(&context, &issues, &benchmarks),
        cpu_use,
        next_steps: plan::next_steps(&profiling_commands, &issues, &plan),
        method: method(&context, score.arithmetic),
        profiling_commands,
        issues,
        baseline,
        hot_paths,
        dependencies: dependencies::facts(&context),
        strategies: strategies::groups(&context, &memory, &benchmarks),
        memory,
        heap,
        compiler,
        pgo,
        runtime,
        locks,
        audit: audited.facts,
        runtime_locks: locks::runtime_locks(&context),
        simd: simd::facts(&context),
        contention: told.contention,
        threads,
        goroutines,
        benchmarks,
        rates,
        plan,
        targets,
        budgets,
        figures: Vec::new(),
    }
}

/// Whether options took samples out of a profile: then it stands for a part of the process only.
fn is_filtered(profile: &Profile) -> bool {
    profile.warnings.iter().any(|w| w.code == "filtered")
}

/// The prefix of the user's code: as given, from go.mod, else the most used one of the first profile that has
/// one.
fn own_prefix(evidence: &Evidence<'_>) -> (Option<String>, &'static str) {
    if let Some(module) = &evidence.module {
        return (Some(module.clone()), "given");
    }
    if let Some(module) = evidence.sources.module() {
        return (Some(module), "go.mod");
    }
    if let Some(list) = evidence.modules.iter().find(|m| !m.modules.main.is_empty()) {
        return (Some(list.modules.main.clone()), "the list of modules");
    }
    // Package main is own in any case, so a profile with nothing else tells nothing.
    let mut prefixes: Vec<String> = by_time_first(evidence)
        .filter_map(|p| my_code(&p.profile, None))
        .collect();
    prefixes.sort_by_key(|prefix| prefix == "main");
    let found = prefixes.into_iter().next();
    let from_text = || {
        let mut results = evidence.benchmarks.iter().flat_map(|log| &log.results);
        results.find_map(|r| Some(r.package().to_string()).filter(|p| !p.is_empty()))
    };
    let from_dump = || evidence.dumps.iter().rev().find_map(|d| my_code_of_dump(&d.dump));
    if found.is_none()
        && let Some(prefix) = from_dump()
    {
        return (
            Some(prefix),
            "the most used prefix in the dump that is not the standard library",
        );
    }
    match found {
        Some(prefix) => (
            Some(prefix),
            "the most used prefix in the profile that is not the standard library",
        ),
        None => match from_text() {
            Some(prefix) => (Some(prefix), "the package of the benchmarks"),
            None => (compiler::package(evidence), "the package of the compiler notes"),
        },
    }
}

/// The profiles of CPU time before all others.
fn by_time_first<'a>(evidence: &'a Evidence<'_>) -> impl Iterator<Item = &'a ProfileInput> {
    let is_cpu = |p: &&ProfileInput| p.profile.kind() == Kind::Cpu;
    let others = evidence.profiles.iter().filter(move |p| !is_cpu(p));
    evidence.profiles.iter().filter(is_cpu).chain(others)
}

fn component(context: &Context<'_>) -> String {
    let evidence = context.evidence;
    let binary = || {
        evidence
            .profiles
            .iter()
            .map(|p| p.profile.binary())
            .find(|b| !b.is_empty())
    };
    let named = evidence
        .component
        .clone()
        .or_else(|| context.prefix.clone())
        .or_else(binary);
    named.unwrap_or_else(|| "unnamed program".to_string())
}

fn method(context: &Context<'_>, score_arithmetic: String) -> Method {
    Method {
        perfplan: env!("CARGO_PKG_VERSION").to_string(),
        my_code: context
            .prefix
            .clone()
            .unwrap_or_else(|| "package main only".to_string()),
        my_code_from: context.prefix_from.to_string(),
        hot_path_share: context.policy.hot_path_share,
        line_share: context.policy.line_share,
        confidence: 0.95,
        min_score: context.policy.min_score,
        score_arithmetic,
        allocation_saving: context.policy.allocation_saving,
        memory_cpu_share: context.policy.memory_cpu_share,
        symptoms: context.policy.symptoms,
        changed: context.policy.changed.clone(),
    }
}
