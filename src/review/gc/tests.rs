//! What traces, counts and samples say of the collector.

use super::*;
use crate::profile::{Format, Limits, ProfileBuilder, decode};
use crate::review::{Evidence, Policy, ProfileInput, Review, RuntimeInput, review};
use crate::runtime_trace::parse;

fn review_of(profiles: &[ProfileInput], text: &str) -> Review {
    let inputs = [RuntimeInput {
        name: "gc.txt".into(),
        trace: parse(text.as_bytes()),
    }];
    let evidence = Evidence {
        profiles,
        runtime: &inputs,
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

/// Cycles of a process at equal times, with its share, the step of its live heap from 10 MiB on, and its pause.
fn trace(count: u64, step_seconds: f64, percent: u64, grows: u64, pause_ms: f64) -> String {
    let line = |i: u64| {
        let live = 10 + i * grows;
        format!(
            "gc {} @{:.3}s {percent}%: {pause_ms}+1.0+0.01 ms clock, 0.1+0.5/1.0/0.5+0.1 ms cpu, {}->{}->{live} MB, {} MB \
             goal, 2 P\n",
            i + 1,
            (i + 1) as f64 * step_seconds,
            live + 10,
            live + 11,
            live * 2
        )
    };
    (0..count).map(line).collect()
}

fn rules(review: &Review) -> Vec<&str> {
    review.issues.all().map(|i| i.rule.as_str()).collect()
}

#[test]
fn a_quiet_trace_is_fine() {
    let review = review_of(&[], &trace(20, 1.0, 1, 0, 0.05));
    assert_eq!(rules(&review), [""; 0]);
    let facts = review.runtime.unwrap();
    assert_eq!(facts.gc_shares[0].level, Level::Fine);
    assert_eq!(facts.advice, [""; 0]);
    let trace = &facts.traces[0];
    assert_eq!((trace.cycles, trace.per_second), (20, Some(1.0)));
    assert_eq!(trace.allocation_rate, Some(10.0 * 1_048_576.0));
    assert!(!trace.growth.unwrap().suspected);
}

#[test]
fn a_tiny_heap_is_one_finding_with_a_setting() {
    let review = review_of(&[], &trace(50, 0.05, 12, 0, 0.05));
    assert_eq!(rules(&review), ["gc-pressure"]);
    let issue = &review.issues.high[0];
    assert!(
        issue.issue.contains("20 collections per second"),
        "{}",
        issue.issue
    );
    assert_eq!(
        review.estimated_improvement,
        "3.6–6.0 % less CPU time spent collecting"
    );
    let facts = review.runtime.as_ref().unwrap();
    assert!(facts.advice[0].contains("GOGC=500"), "{:?}", facts.advice);
    assert!(
        review.optimization_recommendations[0].contains("GOGC"),
        "{:?}",
        review.optimization_recommendations
    );
}

#[test]
fn a_few_collections_at_the_start_say_nothing() {
    let review = review_of(&[], &trace(7, 0.005, 1, 0, 0.05));
    assert_eq!(rules(&review), [""; 0]);
    let rate = review.runtime.unwrap().traces[0].per_second;
    assert!(rate.is_some_and(|rate| rate > 100.0), "{rate:?}");
}

#[test]
fn a_large_share_is_critical() {
    let review = review_of(&[], &trace(9, 1.0, 30, 0, 0.05));
    assert_eq!(review.issues.critical.len(), 1);
    let advice = review.runtime.unwrap().advice;
    assert!(
        advice[0].contains("15.0 %") && advice[0].contains("30.00 MiB") && advice[0].contains("20.00 MiB"),
        "{advice:?}"
    );
}

#[test]
fn a_heap_that_grows_to_the_end_is_suspected() {
    let review = review_of(&[], &trace(30, 1.0, 1, 3, 0.05));
    assert_eq!(rules(&review), ["live-heap-growth"]);
    assert!(review.issues.high[0].issue.contains("3.000 MiB per second"));
    // Warms up, then stays.
    let mut warm = trace(10, 1.0, 1, 3, 0.05);
    for i in 11..40 {
        warm.push_str(&format!(
            "gc {i} @{i}.0s 1%: 0.1+1.0+0.01 ms clock, 0.1+0/1.0/0.5+0.1 ms cpu, 74->75->37 MB, 74 MB goal, 2 P\n"
        ));
    }
    assert_eq!(rules(&review_of(&[], &warm)), [""; 0]);
}

#[test]
fn pauses_and_forced_collections_are_told() {
    let forced = trace(9, 1.0, 1, 0, 12.5).replace("2 P", "2 P (forced)");
    let facts = review_of(&[], &forced).runtime.unwrap();
    assert_eq!(
        (facts.traces[0].pause_level, facts.traces[0].forced),
        (Level::High, 9)
    );
    assert_eq!(facts.traces[0].per_second, None);
    assert!(facts.advice.iter().any(|a| a.contains("12.50 ms")));
    assert!(facts.advice.iter().any(|a| a.starts_with("9 of 9 collections")));
    assert_eq!(traces::pause_level(0.001, [0.001, 0.01]), Level::Fine);
    assert_eq!(traces::pause_level(0.002, [0.001, 0.01]), Level::Warn);
}

/// 70 samples of work, 20 of marking, 10 of marking by idle processors.
fn cpu() -> ProfileInput {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    builder.period("cpu", "nanoseconds", 10_000_000);
    let names = [
        "main.work",
        "runtime.gcDrain",
        "runtime.gcDrainMarkWorkerIdle",
        "runtime.gcBgMarkWorker",
    ];
    let [work, drain, idle, worker] = names.map(|name| builder.frame(name, "x.go", 1));
    builder.sample([work], &[70, 700_000_000], []);
    builder.sample([drain, worker], &[20, 200_000_000], []);
    builder.sample([drain, idle, worker], &[10, 100_000_000], []);
    let name = "cpu.pb.gz".to_string();
    ProfileInput {
        name,
        profile: builder.finish(),
    }
}

#[test]
fn idle_workers_cost_nothing_and_samples_come_first() {
    let review = review_of(&[cpu()], &trace(9, 1.0, 30, 0, 0.05));
    let facts = review.runtime.as_ref().unwrap();
    let told: Vec<_> = facts
        .gc_shares
        .iter()
        .map(|s| (s.source, s.share.share, s.level))
        .collect();
    assert_eq!(
        told,
        [
            (GcSource::CpuProfile, 0.2, Level::High),
            (GcSource::GcTrace, 0.3, Level::Critical)
        ]
    );
    assert!(facts.gc_shares[0].share.low.is_some());
    assert!(!rules(&review).contains(&"gc-pressure"), "the samples tell it");
}

/// A heap text of which the samples stand for 1 MB, and whose runtime counted as much as is given.
fn heap(allocated: u64, resident: u64) -> ProfileInput {
    let text = format!(
        "heap profile: 0: 0 [1: 1000000] @ heap/2\n0: 0 [1: 1000000] @ 0x1\n#\t0x1\tmain.f+0x1\t/a.go:1\n\n\
         # runtime.MemStats\n# Alloc = 1000000\n# TotalAlloc = {allocated}\n# Sys = 5000000\n# HeapAlloc = 1000000\n\
         # HeapIdle = 300000000\n# HeapReleased = 500000\n# NextGC = 4194304\n# PauseNs = [2000000 100 0]\n# NumGC = 7\n\
         # NumForcedGC = 2\n# GCCPUFraction = 0.125\n# MaxRSS = {resident}\n"
    );
    let name = "heap.txt".to_string();
    let profile = decode(text.as_bytes(), &name, Limits::default()).unwrap();
    ProfileInput { name, profile }
}

#[test]
fn what_the_runtime_counted_is_told() {
    let review = review_of(&[heap(1_100_000, 5_500_000)], "");
    let facts = review.runtime.as_ref().unwrap();
    let stats = &facts.memstats[0];
    assert_eq!(
        (stats.held_back_bytes, stats.cycles, stats.forced),
        (Some(299_500_000), Some(7), Some(2))
    );
    assert_eq!(stats.longest_pause_seconds, Some(0.002));
    assert_eq!(stats.pause_level, Level::Warn);
    assert_eq!(
        (facts.gc_shares[0].source, facts.gc_shares[0].level),
        (GcSource::MemStats, Level::High)
    );
    assert_eq!(rules(&review), ["alloc-churn", "gc-pressure"]);
    assert!(facts.advice.iter().any(|a| a.starts_with("2 of 7 collections")));
    assert!(facts.advice.iter().any(|a| a.contains("not given back")));
    let doubtful = |c: &&String| c.contains("the runtime counted") || c.contains("memory of C");
    assert_eq!(review.caveats.iter().filter(doubtful).count(), 0);
}

#[test]
fn counts_that_differ_and_memory_outside_are_caveats() {
    let caveats = review_of(&[heap(2_000_000, 9_000_000)], "").caveats;
    let has = |words: &str| caveats.iter().any(|c| c.contains(words));
    assert!(has("50.0 % less"), "{caveats:?}");
    assert!(has("3.815 MiB more than Go took"), "{caveats:?}");
}

#[test]
fn start_up_and_the_scheduler_are_told() {
    let text = "init time @3.5 ms, 30 ms clock, 256 bytes, 2 allocs\ninit example.com/big @3.8 ms, 21 ms clock, 7717504 \
                bytes, 80613 allocs\ninit example.com/small @4 ms, 1 ms clock, 16 bytes, 1 allocs\n\
                SCHED 1ms: gomaxprocs=2 idleprocs=0 threads=4 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=9 [ 0 \
                0 ]\n";
    let facts = review_of(&[], text).runtime.unwrap();
    let init = &facts.inits[0];
    let named: Vec<_> = init.packages.iter().map(|p| p.package.as_str()).collect();
    assert_eq!(named, ["example.com/big"]);
    assert_eq!(
        (init.clock_ms, init.standard_ms, init.standard_packages),
        (52.0, 30.0, 1)
    );
    assert!(facts.scheduler[0].starved);
    assert!(review_of(&[], "nothing\n").runtime.is_none());
}

/// A heap text with what its samples stand for and the runtime's count.
fn heap_text(sampled: u64, exact: u64) -> Vec<u8> {
    format!(
        "heap profile: 0: 0 [1: {sampled}] @ heap/2\n0: 0 [1: {sampled}] @ 0x1\n#\t0x1\tmain.f+0x1\tm.go:1\n\n# \
         runtime.MemStats\n# TotalAlloc = {exact}\n"
    )
    .into_bytes()
}

#[test]
fn filtered_samples_are_not_held_against_the_count_of_the_process() {
    let differs = |profile| {
        let input = ProfileInput {
            name: "h.txt".into(),
            profile,
        };
        let review = review_of(&[input], "");
        review.caveats.iter().any(|c| c.contains("the runtime counted"))
    };
    let read = || decode(&heap_text(1 << 20, 100 << 20), "h.txt", Limits::default()).unwrap();
    assert!(differs(read()));
    let mut filtered = read();
    let place = crate::error::Place::input("h.txt");
    filtered
        .warnings
        .push(crate::error::Warning::new("filtered", place, "focus"));
    assert!(!differs(filtered));
}

#[test]
fn blocks_of_merged_texts_are_told_one_by_one() {
    let texts = [heap_text(90 << 20, 100 << 20), heap_text(180 << 20, 200 << 20)];
    let read = texts.map(|t| decode(&t, "h.txt", Limits::default()).unwrap());
    let blocks: Vec<_> = read
        .iter()
        .zip(["a.txt", "b.txt"])
        .map(|(p, name)| crate::review::MemStatsInput {
            name: name.into(),
            stats: p.memstats.clone(),
            sampled_bytes: Some(p.total(1)),
        })
        .collect();
    let merged = crate::profile::merge(&[("a.txt", &read[0]), ("b.txt", &read[1])]).unwrap();
    assert!(merged.warnings.iter().any(|w| w.code == "memstats-left-out"));
    let profiles = [ProfileInput {
        name: "a.txt + b.txt".into(),
        profile: merged,
    }];
    let evidence = Evidence {
        profiles: &profiles,
        memstats: &blocks,
        ..Evidence::default()
    };
    let review = review(&evidence, Policy::default());
    let told: Vec<_> = review
        .runtime
        .unwrap()
        .memstats
        .iter()
        .map(|m| (m.file.clone(), m.allocated_bytes))
        .collect();
    assert_eq!(
        told,
        [
            ("a.txt".into(), Some(100 << 20)),
            ("b.txt".into(), Some(200 << 20))
        ]
    );
}
