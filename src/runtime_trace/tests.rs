//! A row of the grammar each, then the facts.

use super::*;

const GC: &str = "gc 3 @0.039s 3%: 0.11+1.8+0.004 ms clock, 0.22+0/0.080/1.7+0.008 ms cpu, 4->5->3 MB, 8 MB goal, \
                  1 MB stacks, 2 MB globals, 2 P (forced)";

#[test]
fn a_collection_has_all_its_fields() {
    let trace = parse(GC.as_bytes());
    let expect = GcCycle {
        number: 3,
        at_seconds: 0.039,
        cpu_share: 0.03,
        sweep_pause_ms: 0.11,
        mark_ms: 1.8,
        mark_pause_ms: 0.004,
        cpu_sweep_ms: 0.22,
        cpu_assist_ms: 0.0,
        cpu_background_ms: 0.080,
        cpu_idle_ms: 1.7,
        cpu_mark_end_ms: 0.008,
        heap_start_mib: 4,
        heap_end_mib: 5,
        heap_live_mib: 3,
        goal_mib: 8,
        stacks_mib: Some(1),
        globals_mib: Some(2),
        processors: 2,
        forced: true,
    };
    assert_eq!(trace.collections, [expect]);
    let old = GC
        .replace(", 1 MB stacks, 2 MB globals", "")
        .replace(" (forced)", "");
    let cycle = parse(old.as_bytes()).collections[0];
    assert_eq!(
        (cycle.stacks_mib, cycle.processors, cycle.forced),
        (None, 2, false)
    );
}

#[test]
fn lines_may_be_glued_behind_other_output() {
    let sched = "SCHED 110ms: gomaxprocs=2 idleprocs=1 threads=5 spinningthreads=0 needspinning=0 idlethreads=1 \
                 runqueue=3 [ 1 0 ]";
    let text = format!("BenchmarkX-2   \t{sched} schedticks=[ 1 2 ]\r\nbgc gc {GC}{GC}\n\nplain\n");
    let trace = parse(text.as_bytes());
    assert_eq!(trace.collections.len(), 2);
    assert_eq!((trace.skipped_lines, trace.other_lines), (0, 1));
    let state = SchedState {
        at_ms: 110,
        processors: 2,
        idle_processors: 1,
        threads: 5,
        run_queue: 3,
        local_queues: vec![1, 0],
    };
    assert_eq!(trace.scheduler, [state]);
    let detailed = sched.replace("[ 1 0 ]", "[1 0]");
    assert_eq!(parse(detailed.as_bytes()).scheduler.len(), 1);
}

#[test]
fn initialisation_is_read_at_the_start_of_a_line_only() {
    let line = "init example.com/run @3.8 ms, 21 ms clock, 7717504 bytes, 80613 allocs";
    let cost = InitCost {
        package: "example.com/run".into(),
        at_ms: 3.8,
        clock_ms: 21.0,
        bytes: 7_717_504,
        objects: 80613,
    };
    assert_eq!(parse(line.as_bytes()).inits, [cost]);
    for no in [
        format!("x {line}"),
        format!("{line} x"),
        line.replace("run", "r n"),
    ] {
        assert_eq!(parse(no.as_bytes()).inits, [], "{no}");
        assert!(!looks_like_runtime_trace(no.as_bytes()), "{no}");
    }
}

#[test]
fn what_is_not_read_is_counted() {
    let text = "pacer: 27% CPU (25 exp.) for 1+2 B work\nscav 0 KiB work (bg), 0 KiB work (eager)\n\
                gc 1 @x\ngc 1 @0.1s\nSCHED 1ms: x\nscav a ship\n";
    let trace = parse(text.as_bytes());
    assert_eq!((trace.skipped_lines, trace.other_lines), (2, 4));
    assert!(!looks_like_runtime_trace(text.as_bytes()));
    assert!(looks_like_runtime_trace(GC.as_bytes()));
}

/// A cycle at a time, with its heap at start and its live heap.
fn cycle(number: u64, at_seconds: f64, heap_start_mib: u64, heap_live_mib: u64) -> GcCycle {
    GcCycle {
        number,
        at_seconds,
        heap_start_mib,
        heap_live_mib,
        processors: 2,
        cpu_background_ms: 3.0,
        cpu_assist_ms: 1.0,
        mark_pause_ms: number as f64 / 10.0,
        ..GcCycle::default()
    }
}

#[test]
fn rates_are_those_between_the_lines() {
    let mut cycles = vec![cycle(1, 1.0, 4, 2), cycle(2, 2.0, 12, 2), cycle(4, 5.0, 12, 2)];
    cycles[0].sweep_pause_ms = 7.0;
    let facts = gc_facts(&cycles).unwrap();
    assert_eq!((facts.cycles, facts.forced, facts.seconds), (3, 0, 5.0));
    assert_eq!(facts.per_second, Some(0.5));
    assert_eq!(
        facts.allocation_rate,
        Some(10.0 * 1_048_576.0),
        "cycle 3 is missing"
    );
    assert_eq!(facts.allocation_rate_error, 1_048_576.0);
    assert_eq!(
        (facts.longest_pause_seconds, facts.longest_pause_cycle),
        (0.007, 1)
    );
    assert_eq!(facts.assist_of_mark, Some(0.25));
    assert!((facts.assist_of_cpu.unwrap() - 0.0003).abs() < 1e-12);
    assert_eq!(facts.growth, None, "three points are no line");
    cycles[2].forced = true;
    let facts = gc_facts(&cycles).unwrap();
    assert_eq!((facts.forced, facts.per_second), (1, Some(1.0)));
    assert_eq!(gc_facts(&[]), None);
}

#[test]
fn a_line_through_the_live_heap_has_its_slope() {
    let growing: Vec<_> = (0..20).map(|i| cycle(i + 1, i as f64, 99, 10 + 2 * i)).collect();
    let growth = gc_facts(&growing).unwrap().growth.unwrap();
    assert!((growth.bytes_per_second - 2.0 * 1_048_576.0).abs() < 1.0);
    assert!(growth.later_bytes_per_second > 10.0 * growth.later_standard_error);
    assert_eq!(growth.seconds, 19.0);
    let warm: Vec<_> = (0..20)
        .map(|i| cycle(i + 1, i as f64, 99, 10 + 2 * i.min(8)))
        .collect();
    let growth = gc_facts(&warm).unwrap().growth.unwrap();
    assert!(growth.bytes_per_second > 3.0 * growth.standard_error);
    assert!(growth.later_bytes_per_second.abs() < growth.later_standard_error);
}

#[test]
fn numbers_that_start_again_are_another_process() {
    let collections = vec![
        cycle(1, 1.0, 4, 2),
        cycle(3, 2.0, 4, 2),
        cycle(1, 2.5, 4, 2),
        cycle(2, 0.5, 4, 2),
    ];
    let trace = RuntimeTrace {
        collections,
        ..RuntimeTrace::default()
    };
    let lengths: Vec<_> = processes(&trace).iter().map(|p| p.len()).collect();
    assert_eq!(lengths, [2, 1, 1]);
}

#[test]
fn a_full_queue_counts() {
    let state = |run_queue, idle_processors| SchedState {
        processors: 2,
        run_queue,
        idle_processors,
        threads: 4,
        ..SchedState::default()
    };
    let facts = sched_facts(&[state(3, 0), state(2, 0), state(9, 1)]).unwrap();
    assert_eq!((facts.lines, facts.crowded, facts.busy), (3, 2, 2));
    assert_eq!((facts.longest_queue, facts.threads_max), (9, 4));
    assert_eq!(sched_facts(&[]), None);
}
