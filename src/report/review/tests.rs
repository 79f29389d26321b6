//! A small review made by hand, and what the document says of it.

use super::*;
use crate::analyze::EntryKind;
use crate::report::document::{Inline, Item, Text};
use crate::review::*;

fn share_of(resource: Resource, share: f64) -> Share {
    Share {
        resource,
        share,
        low: Some(share - 0.01),
        high: Some(share + 0.01),
    }
}

fn empty() -> Review {
    Review {
        status: Status::Pass,
        performance_score: "100/100".into(),
        issues: Issues::default(),
        profiling_commands: ProfilingCommands::default(),
        optimization_recommendations: Vec::new(),
        benchmarks_needed: Vec::new(),
        estimated_improvement: String::new(),
        pass_criteria_met: true,
        schema_version: SCHEMA_VERSION,
        component: "example.com/codec".into(),
        inputs: Vec::new(),
        sides: Vec::new(),
        cpu_use: None,
        dependencies: None,
        pgo: None,
        locks: Vec::new(),
        runtime_locks: Vec::new(),
        threads: None,
        baseline: None,
        hot_paths: Vec::new(),
        memory: Vec::new(),
        strategies: Vec::new(),
        heap: None,
        compiler: None,
        runtime: None,
        simd: None,
        contention: Vec::new(),
        goroutines: None,
        rates: Vec::new(),
        audit: None,
        benchmarks: Vec::new(),
        plan: Plan::default(),
        targets: Vec::new(),
        budgets: Vec::new(),
        risks: Vec::new(),
        next_steps: Vec::new(),
        caveats: Vec::new(),
        method: method(),
        figures: Vec::new(),
    }
}

fn method() -> Method {
    Method {
        perfplan: "0.1.0".into(),
        my_code: "example.com/codec".into(),
        my_code_from: "go.mod".into(),
        hot_path_share: 0.05,
        line_share: 0.01,
        confidence: 0.95,
        min_score: 80.0,
        score_arithmetic: "100 × (1 − 0)".into(),
        allocation_saving: Interval { low: 0.3, high: 0.8 },
        memory_cpu_share: 0.05,
        symptoms: SymptomLimits::DEFAULT,
        changed: Vec::new(),
    }
}

fn metric(unit: &str, median: f64, spread: f64) -> Metric {
    Metric {
        unit: unit.into(),
        median,
        low: Some(median - spread),
        high: Some(median + spread),
        runs: 10,
        noise: Vec::new(),
    }
}

fn line_facts(line: i64, seconds: f64) -> LineFacts {
    LineFacts {
        function: "example.com/codec.Parse".into(),
        file: "codec/parse.go".into(),
        line,
        source: "\tout = append(out, b)".into(),
        seconds: Some(Estimate {
            value: seconds,
            low: Some(seconds * 0.9),
            high: Some(seconds * 1.1),
        }),
        bytes: None,
        objects: None,
    }
}

/// Fourteen lines of 1 µs each.
fn benchmark() -> BenchmarkFacts {
    BenchmarkFacts {
        name: "Parse/small-8".into(),
        package: "example.com/codec".into(),
        metrics: vec![
            metric("sec/op", 14e-6, 1e-6),
            metric("B/op", 368.0, 0.0),
            metric("allocs/op", 9.0, 0.0),
        ],
        lines: (1..=14).map(|line| line_facts(line, 1e-6)).collect(),
        shared_by: 2,
        scaling: Vec::new(),
        log_sd: Some(0.012),
        environment: std::collections::BTreeMap::new(),
    }
}

fn hot_path(entry: &str, kind: EntryKind, share: f64) -> HotPath {
    HotPath {
        entry: entry.into(),
        kind,
        priority: (kind == EntryKind::Runtime).then_some(Priority::Medium),
        shares: vec![share_of(Resource::Cpu, share)],
        path: vec![PathStep {
            depth: 1,
            function: "example.com/codec.Parse".into(),
            share: 0.5,
        }],
        lines: Vec::new(),
    }
}

/// A lock with advice, as a finding.
fn locked(method: &str, at: i64, resource: Resource) -> Issue {
    Issue {
        issue: "a mutex is fought for: 300 ms of delay in each second".into(),
        file: "codec/cache.go".into(),
        line: at,
        impact: "goroutines wait".into(),
        current_code: String::new(),
        optimized_code: String::new(),
        rule: "lock.mutex".into(),
        function: format!("example.com/codec.(*Cache).{method}"),
        confidence: Confidence::Medium,
        heat: share_of(resource, 0.5),
        evidence: "mutex.pb.gz".into(),
        expected_gain: Interval {
            low: 0.15,
            high: 0.45,
        },
        refuted_by: "it stays".into(),
        advice: Some(Advice {
            what: "Shard it".into(),
            effort: Effort::M,
            target: "under 1 %".into(),
            unless: "it is cold".into(),
            trade_off: "more code".into(),
            verify: "perfplan top mutex.pb.gz".into(),
            calls: vec!["a".into(), "b".into()],
            saving: Interval { low: 0.3, high: 0.9 },
            source: "measured: 21 ns".into(),
            choice: Some(DesignChoice {
                kind: ChoiceKind::Concurrency,
                now: "sync.Mutex".into(),
                instead: "shards".into(),
                complexity: "O(1)".into(),
                alternatives: "none".into(),
            }),
        }),
    }
}

fn contended() -> ContentionSite {
    ContentionSite {
        file_of: "mutex.pb.gz".into(),
        family: "lock.mutex".into(),
        holds: true,
        function: "example.com/codec.(*Cache).Get".into(),
        file: "codec/cache.go".into(),
        line: 9,
        source: "c.mu.Unlock()".into(),
        share: share_of(Resource::MutexDelay, 0.5),
        delay_seconds: 3.0,
        delay_per_second: Some(0.3),
        contentions: 1000,
        level: Priority::High,
    }
}

fn full() -> Review {
    let target = Target {
        subject: "Parse/small-8 allocs/op".into(),
        package: String::new(),
        unit: "allocs/op".into(),
        now: 9.0,
        goal: 3.0,
        expected: None,
        likely: None,
        arithmetic: "9 − 6".into(),
        check: "perfplan check review.yaml new.txt".into(),
        met: false,
    };
    let step = |stage: &str, command: &str| Step {
        stage: stage.into(),
        what: format!("{stage} it"),
        command: command.into(),
    };
    Review {
        sides: Vec::new(),
        issues: Issues {
            high: vec![
                locked("Get", 9, Resource::MutexDelay),
                locked("Put", 12, Resource::Cpu),
            ],
            ..Issues::default()
        },
        contention: vec![contended()],
        hot_paths: vec![
            hot_path("example.com/codec.BenchmarkParse", EntryKind::Benchmark, 0.8),
            hot_path("runtime.gcBgMarkWorker", EntryKind::Runtime, 0.1),
        ],
        benchmarks: vec![benchmark()],
        targets: vec![target],
        risks: vec![Risk {
            of: "alloc at parse.go:7".into(),
            what: "buffers may be `shared`".into(),
            mitigation: "go test -race".into(),
            probability: Priority::Medium,
            impact: Priority::High,
        }],
        next_steps: vec![step("verify", "benchstat old new"), step("measure", "")],
        ..empty()
    }
}

fn words(text: &Text) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Text(words) | Inline::Strong(words) | Inline::Better(words) | Inline::Worse(words) => {
            words.clone()
        }
        Inline::Code(words) => format!("`{words}`"),
        Inline::Link { text, .. } => text.clone(),
    };
    text.iter().map(piece).collect()
}

fn item_words(item: &Item) -> String {
    let mark = match item.ticked {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    };
    let below: String = item.items.iter().map(item_words).collect();
    format!("{mark}{}\n{below}", words(&item.text))
}

fn block_words(block: &Block) -> String {
    let row = |cells: &Vec<Text>| cells.iter().map(words).collect::<Vec<_>>().join(" | ") + "\n";
    match block {
        Block::Heading { level, text } => format!("{} {}\n", "#".repeat(usize::from(*level)), words(text)),
        Block::Paragraph(text) => words(text) + "\n",
        Block::List(items) => items.iter().map(item_words).collect(),
        Block::Facts(facts) => facts
            .iter()
            .map(|(k, v)| format!("{k}: {}\n", words(v)))
            .collect(),
        Block::Table { rows, .. } => rows.iter().map(row).collect(),
        Block::Code { text, .. } => text.clone() + "\n",
        Block::Figure { title, path, .. } => format!("{title} {path}\n"),
    }
}

fn said(review: &Review) -> String {
    let document = review_document(review);
    document.blocks.iter().map(block_words).collect()
}

fn check(review: &Review, expect: &[&str]) {
    let said = said(review);
    for line in expect {
        assert!(said.contains(line), "{line:?} is missing in\n{said}");
    }
}

#[test]
fn an_empty_review_says_what_was_not_measured() {
    let mut review = empty();
    review.profiling_commands.memory = "go test -memprofile mem.pb.gz".into();
    check(
        &review,
        &[
            "# Performance Review: example.com/codec\n## Summary\nNothing was measured.",
            "Verdict: PASS",
            "Allocations: not measured. This measures them:\ngo test -memprofile mem.pb.gz\n",
            "None: no benchmark results were given",
        ],
    );
    let said = said(&review);
    assert!(!said.contains("## Risks") && !said.contains("## Figures"));
}

#[test]
fn chapters_stand_in_their_order() {
    let figure = Figure {
        title: "CPU".into(),
        path: "cpu.svg".into(),
        description: "A flame graph".into(),
    };
    let document = review_document(&Review {
        figures: vec![figure],
        ..full()
    });
    let chapter = |block: &Block| match block {
        Block::Heading { level: 2, text } => Some(words(text)),
        _ => None,
    };
    let chapters: Vec<String> = document.blocks.iter().filter_map(chapter).collect();
    let expect = "Summary, Hot Path Analysis, Memory Strategy, Concurrency Design, Performance Targets, \
                  Benchmark Plan, Recommendations, Risks, Next Steps, Method and caveats, Figures";
    assert_eq!(chapters.join(", "), expect);
}

#[test]
fn lines_of_one_lock_are_one_choice_with_its_measured_delay() {
    check(
        &full(),
        &[
            "in `mutex.pb.gz`:\nHigh | 50.0 % [49.0 %, 51.0 %] | 300.0 ms/s | 1000 | 3.000 ms | `lock.mutex` | ",
            "### `codec/cache.go:9` in `codec.(*Cache).Get`\nSynchronization now: sync.Mutex\nAdvised: shards\n",
            "of mutex delay here; a change could save 15.0 % to 45.0 %; also 50.0 % [49.0 %, 51.0 %] of the CPU time at `codec/cache.go:12`\n",
            "Contention estimate: High, 300.0 ms/s at `codec/cache.go:9`\n",
            "What to do: Shard it\nEffort: M, a function or a type\nNot when: it is cold\nTrade-off: more code\n",
            "Calls: `a` → `b`\nAlternatives: none\nSaving: 30.0 % to 90.0 % of what is counted here; measured: 21 ns\n",
        ],
    );
    assert_eq!(said(&full()).matches("Synchronization now").count(), 1);
}

#[test]
fn a_hot_path_takes_its_frequency_and_allocations_from_its_benchmark() {
    check(
        &full(),
        &[
            "Frequency: 71.43k ops/s [66.67k, 76.92k] in `Parse/small-8`",
            "Current allocations: 368 B/op, 9 allocs/op in `Parse/small-8`",
            "Target allocations: 3 allocs/op in `Parse/small-8 allocs/op`; see Performance Targets",
            "Optimization priority: Medium",
        ],
    );
}

#[test]
fn lines_beyond_the_twelfth_are_one_row_and_the_sum_is_the_benchmark() {
    check(
        &full(),
        &[
            "`codec/parse.go:12` | ",
            "2 more lines | — | 2.000 µs | not measured | not measured | —\n",
            "sum | — | 14.00 µs [13.00 µs, 15.00 µs] | not measured | not measured | —\n",
            "cannot tell 2 benchmarks apart",
        ],
    );
    assert!(!said(&full()).contains("parse.go:13"));
}

#[test]
fn tables_have_a_cell_for_each_column() {
    for block in review_document(&full()).blocks {
        if let Block::Table { columns, rows } = block {
            assert!(rows.iter().all(|row| row.len() == columns.len()));
        }
    }
}

#[test]
fn steps_are_grouped_and_targets_can_be_ticked() {
    check(
        &full(),
        &[
            "### Measure\n[ ] measure it\n### Verify\n[ ] verify it: `benchstat old new`\n",
            "[ ] Parse/small-8 allocs/op: 9 allocs/op → 3 allocs/op\nArithmetic: 9 − 6\n",
        ],
    );
}
