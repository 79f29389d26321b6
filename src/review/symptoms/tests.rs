//! Each symptom is told at the line that calls it, and no sample is counted twice.

use proptest::prelude::*;

use crate::profile::{Format, Profile, ProfileBuilder};
use crate::review::score::score;
use crate::review::{
    Context, Evidence, Interval, Issues, Policy, ProfileInput, Resource, Review, review, symptom,
};

/// A CPU profile of stacks, leaf first, with their number of samples of 10 ms; `main.*` is own code.
fn cpu(stacks: &[(&[&str], i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    for (stack, count) in stacks {
        let frames: Vec<_> = stack.iter().map(|name| b.frame(name, "main.go", 7)).collect();
        b.sample(frames, &[*count, count * 10_000_000], []);
    }
    b.finish()
}

fn reviewed(profiles: Vec<Profile>) -> Review {
    let named = profiles.into_iter().zip(1..);
    let inputs: Vec<_> = named
        .map(|(profile, n)| ProfileInput {
            name: format!("{n}.pb.gz"),
            profile,
        })
        .collect();
    let evidence = Evidence {
        profiles: &inputs,
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

fn told(review: &Review) -> Vec<(&str, &str)> {
    review
        .issues
        .all()
        .map(|i| (i.rule.as_str(), i.function.as_str()))
        .collect()
}

/// 60 samples below `main.hot`, 40 of other own code at many lines.
fn check(below: &[&str], expect: &str) {
    let stack = [below, &["main.hot", "main.main"]].concat();
    let others: Vec<String> = (0..40).map(|n| format!("main.other{n}")).collect();
    let others: Vec<[&str; 2]> = others.iter().map(|name| [name.as_str(), "main.main"]).collect();
    let mut stacks: Vec<(&[&str], i64)> = vec![(&stack, 60)];
    stacks.extend(others.iter().map(|stack| (&stack[..], 1)));
    let review = reviewed(vec![cpu(&stacks)]);
    assert_eq!(told(&review).first(), Some(&(expect, "main.hot")), "{below:?}");
    let first = review.issues.all().next().expect("a finding");
    assert!(
        (first.heat.share - 0.6).abs() < 1e-9 && first.line == 7,
        "{first:?}"
    );
    assert!(
        first.heat.low.is_some_and(|low| low < 0.6 && low > 0.4),
        "{first:?}"
    );
}

#[test]
fn each_kind_is_told_at_the_line_that_calls_it() {
    check(&["runtime.mallocgc", "runtime.growslice"], "slice.grow");
    check(
        &[
            "runtime.memmove",
            "runtime.concatstrings",
            "runtime.concatstring2",
        ],
        "string.concat",
    );
    check(
        &["runtime.mallocgc", "runtime.slicebytetostring"],
        "string.from_bytes",
    );
    check(
        &["runtime.mallocgc", "runtime.stringtoslicebyte"],
        "bytes.from_string",
    );
    check(
        &[
            "internal/runtime/maps.(*table).rehash",
            "runtime.mapassign_faststr",
        ],
        "map.grow",
    );
    check(
        &["runtime.evacuate", "runtime.growWork", "runtime.mapassign"],
        "map.grow",
    );
    check(&["runtime.memhash64", "runtime.mapaccess1_fast64"], "map.access");
    check(&["runtime.mallocgc", "runtime.convT64"], "iface.box");
    check(&["runtime.deferprocat"], "defer");
    check(&["reflect.Value.Field"], "reflect");
    check(&["runtime.mallocgc", "strconv.Itoa", "fmt.Sprintf"], "fmt");
    check(
        &[
            "runtime.mapassign",
            "reflect.Value.SetMapIndex",
            "encoding/json.Unmarshal",
        ],
        "json",
    );
    check(
        &["runtime.mallocgc", "regexp/syntax.Parse", "regexp.MustCompile"],
        "regexp.compile",
    );
    check(&["regexp.(*Regexp).doExecute"], "regexp.match");
    check(&["time.Time.AppendFormat", "time.Time.Format"], "time.format");
    check(
        &["syscall.Syscall", "internal/poll.(*FD).Write", "os.(*File).Write"],
        "syscall",
    );
    check(
        &["internal/sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock"],
        "lock.mutex",
    );
    check(&["sync.(*Mutex).lockSlow"], "lock.mutex");
    check(
        &["runtime.lock2", "runtime.chansend", "runtime.chansend1"],
        "chan.send",
    );
    check(&["runtime.memmove"], "mem.copy");
    check(&["runtime.memclrNoHeapPointers"], "mem.clear");
    check(&["runtime.cgocall"], "cgo");
    check(
        &["crypto/internal/fips140/sha256.block", "crypto/sha256.Sum256"],
        "crypto",
    );
    check(
        &[
            "crypto/internal/fips140/bigmod.addMulVVW",
            "crypto/tls.(*Conn).Handshake",
        ],
        "net.tls",
    );
    check(&["compress/flate.(*compressor).deflate"], "compress");
    check(&["database/sql.(*Rows).Scan"], "db");
    check(
        &["database/sql.(*DB).openNewConnection", "database/sql.(*DB).conn"],
        "db.conn",
    );
    check(&["runtime.gcStart", "runtime.GC"], "gc.forced");
    check(
        &[
            "runtime.scanobject",
            "runtime.gcDrainN",
            "runtime.gcAssistAlloc",
            "runtime.mallocgc",
        ],
        "gc.assist",
    );
    check(&["runtime.nextFreeFast", "runtime.mallocgc"], "alloc");
    check(
        &["runtime.copystack", "runtime.newstack", "runtime.morestack"],
        "stack.grow",
    );
    check(&["runtime.asyncPreempt"], "user");
    check(&[], "user");
}

#[test]
fn what_allocates_and_starts_a_collection_does_not_call_it_by_hand() {
    let stack: &[&str] = &["runtime.gcStart", "runtime.mallocgc", "main.hot"];
    let review = reviewed(vec![cpu(&[(stack, 60), (&["main.b"], 40)])]);
    assert!(
        told(&review).iter().all(|(rule, _)| *rule != "gc.forced"),
        "{:?}",
        told(&review)
    );
}

#[test]
fn idle_mark_workers_cost_nothing() {
    let idle: &[&str] = &[
        "runtime.gcDrain",
        "runtime.gcDrainMarkWorkerIdle",
        "runtime.gcBgMarkWorker",
    ];
    let busy: &[&str] = &[
        "runtime.gcDrain",
        "runtime.gcDrainMarkWorkerDedicated",
        "runtime.gcBgMarkWorker",
    ];
    let rules = |stack| {
        let review = reviewed(vec![cpu(&[(stack, 50), (&["main.a"], 25), (&["main.b"], 25)])]);
        review.issues.all().map(|i| i.rule.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rules(idle), [""; 0]);
    assert_eq!(rules(busy), ["gc"]);
    let caveats = reviewed(vec![cpu(&[(idle, 50), (&["main.a"], 50)])]).caveats;
    assert!(
        caveats
            .iter()
            .any(|c| c.starts_with("1.pb.gz: 50.0 % of the CPU time is the collector on processors"))
    );
}

#[test]
fn yields_while_sweeping_are_no_busy_loop() {
    let yields: &[&str] = &["runtime.goschedImpl", "runtime.gosched_m", "runtime.mcall"];
    let sweeps: &[&str] = &["runtime.sweepone", "runtime.bgsweep"];
    let rules = |swept| {
        let review = reviewed(vec![cpu(&[
            (yields, 60),
            (sweeps, swept),
            (&["main.a"], 25),
            (&["main.b"], 25),
        ])]);
        review.issues.all().map(|i| i.rule.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rules(2), [""; 0]);
    assert_eq!(rules(0), ["sched.gosched"]);
}

#[test]
fn few_samples_are_never_more_than_medium() {
    let stack: &[&str] = &["runtime.growslice", "main.hot"];
    let severe = |count: i64| {
        let review = reviewed(vec![cpu(&[(stack, count), (&["main.a"], count)])]);
        !review.issues.critical.is_empty()
    };
    assert!(severe(50) && !severe(49));
}

fn mutex(delay_seconds: f64) -> Review {
    let mut b = ProfileBuilder::new(
        Format::Proto,
        &[("contentions", "count"), ("delay", "nanoseconds")],
    );
    b.head().duration_nanos = 10_000_000_000;
    b.period("contentions", "count", 1);
    let stack = ["sync.(*Mutex).Unlock", "main.(*Cache).Get", "main.main"].map(|n| b.frame(n, "cache.go", 9));
    b.sample(stack, &[1000, (delay_seconds * 1e9) as i64], []);
    reviewed(vec![b.finish()])
}

#[test]
fn delay_for_each_second_bounds_the_severity_of_a_lock() {
    let lists = |seconds| {
        let issues = mutex(seconds).issues;
        [
            issues.critical.len(),
            issues.high.len(),
            issues.medium.len(),
            issues.low.len(),
        ]
    };
    assert_eq!(lists(0.09), [0, 0, 0, 0]);
    assert_eq!(lists(0.4), [0, 0, 0, 1]);
    assert_eq!(lists(0.6), [0, 0, 1, 0]);
    assert_eq!(lists(3.0), [0, 1, 0, 0]);
    assert_eq!(lists(10.0), [1, 0, 0, 0]);
    let review = mutex(3.0);
    let site = &review.contention[0];
    assert_eq!(
        (site.family.as_str(), site.holds, site.line),
        ("lock.mutex", true, 9)
    );
    assert!(
        site.delay_per_second
            .is_some_and(|delay| (delay - 0.3).abs() < 1e-9)
    );
    assert!(
        site.mean_seconds()
            .is_some_and(|mean| (mean - 0.003).abs() < 1e-9)
    );
}

/// The same stacks as bytes that were allocated.
fn allocs(stacks: &[(&[&str], i64)]) -> Profile {
    let types = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    let mut b = ProfileBuilder::new(Format::Proto, &types);
    b.period("space", "bytes", 512 << 10);
    for (stack, count) in stacks {
        let own = stack.iter().skip_while(|name| !name.starts_with("main."));
        let frames: Vec<_> = own.map(|name| b.frame(name, "main.go", 7)).collect();
        b.sample(frames, &[count * 1000, count * (512 << 10), 0, 0], []);
    }
    b.finish()
}

#[test]
fn an_allocation_site_is_not_told_again_as_cpu_time() {
    let stack: &[&str] = &["runtime.mallocgc", "main.hot"];
    let stacks: &[(&[&str], i64)] = &[(stack, 60), (&["main.a"], 40)];
    assert_eq!(told(&reviewed(vec![cpu(stacks)]))[0], ("alloc", "main.hot"));
    let both = reviewed(vec![cpu(stacks), allocs(&stacks[..1])]);
    let rules: Vec<&str> = told(&both).iter().map(|t| t.0).collect();
    assert_eq!(
        rules.iter().filter(|r| **r == "alloc-churn").count(),
        1,
        "{rules:?}"
    );
    assert!(!rules.contains(&"alloc"), "{rules:?}");
}

fn heap(mega_bytes: i64) -> Review {
    let types = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    let mut b = ProfileBuilder::new(Format::Proto, &types);
    b.period("space", "bytes", 512 << 10);
    let bytes = mega_bytes << 20;
    let held = [
        "compress/flate.NewWriter",
        "compress/gzip.(*Writer).Write",
        "main.serve",
    ];
    let held = held.map(|name| b.frame(name, "main.go", 9));
    b.sample(held, &[10, bytes / 4, 10, bytes / 4], []);
    let other = ["main.load"].map(|name| b.frame(name, "main.go", 20));
    b.sample(other, &[10, bytes - bytes / 4, 10, bytes - bytes / 4], []);
    reviewed(vec![b.finish()])
}

#[test]
fn compressors_that_are_held_are_told_where_enough_is_in_use() {
    let review = heap(100);
    let told: Vec<_> = review
        .issues
        .all()
        .map(|i| (i.rule.as_str(), i.function.as_str(), i.line))
        .collect();
    // What no symptom explains is held at a line of its own; both together are all that is in use.
    assert_eq!(
        told,
        [
            ("held.compressor", "main.serve", 9),
            ("heap-held", "main.load", 20)
        ]
    );
    let gain = gains(&review, Resource::LiveBytes);
    assert!(gain.low == 0.0 && (gain.high - 1.0).abs() < 1e-9, "{gain:?}");
    assert_eq!(heap(4).issues.all().count(), 0);
}

#[test]
fn what_a_whole_profile_of_waiting_says_of_groups_and_main_is_left_out() {
    let mut b = ProfileBuilder::new(
        Format::Proto,
        &[("contentions", "count"), ("delay", "nanoseconds")],
    );
    b.head().duration_nanos = 1_000_000_000;
    b.period("contentions", "count", 1);
    let stacks: [&[&str]; 4] = [
        &["sync.(*WaitGroup).Wait", "main.run", "main.main"],
        &["runtime.chanrecv1", "main.main"],
        &["runtime.selectgo", "net/http.(*persistConn).readLoop"],
        &["runtime.chansend1", "main.feed", "main.main"],
    ];
    for stack in stacks {
        let frames: Vec<_> = stack.iter().map(|name| b.frame(name, "main.go", 3)).collect();
        b.sample(frames, &[10, 1_000_000_000], []);
    }
    let review = reviewed(vec![b.finish()]);
    let sites: Vec<_> = review
        .contention
        .iter()
        .map(|s| (s.family.as_str(), s.function.as_str(), s.holds))
        .collect();
    assert_eq!(sites, [("chan.send", "main.feed", false)]);
    assert_eq!(review.issues.all().count(), 0, "waiting alone is no finding");
}

const NAMES: [&str; 24] = [
    "main.a",
    "main.b",
    "main.c",
    "runtime.mallocgc",
    "runtime.growslice",
    "runtime.mapassign",
    "internal/runtime/maps.(*table).rehash",
    "runtime.concatstrings",
    "runtime.convT64",
    "runtime.scanobject",
    "runtime.gcAssistAlloc",
    "runtime.gcBgMarkWorker",
    "runtime.bgsweep",
    "runtime.goschedImpl",
    "runtime.gosched_m",
    "runtime.memmove",
    "encoding/json.Marshal",
    "fmt.Sprintf",
    "log.Println",
    "syscall.Syscall",
    "sync.(*Mutex).Lock",
    "time.Sleep",
    "runtime.findRunnable",
    "net.(*Dialer).DialContext",
];

fn stacks() -> impl Strategy<Value = Vec<(Vec<&'static str>, i64)>> {
    let stack = prop::collection::vec(prop::sample::select(&NAMES[..]), 1..6);
    prop::collection::vec((stack, 0i64..60), 1..40)
}

fn gains(review: &Review, resource: Resource) -> Interval {
    let issues = || review.issues.all().filter(|i| i.heat.resource == resource);
    Interval {
        low: issues().map(|i| i.expected_gain.low).sum(),
        high: issues().map(|i| i.expected_gain.high).sum(),
    }
}

fn points(review: &Review) -> f64 {
    let number = review.performance_score.split('/').next().unwrap_or_default();
    number.parse().expect("points")
}

/// Runs a question on the evidence of one CPU profile.
fn with_context<T>(profile: Profile, ask: impl Fn(&Context<'_>) -> T) -> T {
    let name = "cpu.pb.gz".to_string();
    let inputs = [ProfileInput { name, profile }];
    let evidence = Evidence {
        profiles: &inputs,
        ..Evidence::default()
    };
    ask(&Context {
        evidence: &evidence,
        policy: Policy::default(),
        prefix: None,
        prefix_from: "",
    })
}

proptest! {
    /// What the findings count and what is left to allocation sites never overlap.
    #[test]
    fn every_sample_is_counted_once(stacks in stacks()) {
        let stacks: Vec<(&[&str], i64)> = stacks.iter().map(|(s, n)| (&s[..], *n)).collect();
        let judged = with_context(cpu(&stacks), |context| super::judge(context, &[], None, |_| true));
        let counted = |f: &super::Found| {
            let saving = symptom(&f.issue.rule).map_or(0.0, |s| s.saving.high);
            if saving > 0.0 { f.issue.expected_gain.high / saving } else { 0.0 }
        };
        let sum: f64 = judged.findings.iter().map(counted).sum();
        let free = judged.unclaimed_allocation.unwrap_or(0.0);
        prop_assert!(sum + free <= 1.0 + 1e-9, "{sum} + {free}");
    }

    /// A finding that is mended, and so gone, lowers nothing.
    #[test]
    fn mending_never_lowers_the_score(stacks in stacks(), which in any::<prop::sample::Index>()) {
        let stacks: Vec<(&[&str], i64)> = stacks.iter().map(|(s, n)| (&s[..], *n)).collect();
        let (before, after) = with_context(cpu(&stacks), |context| {
            let judged = super::judge(context, &[], None, |_| true);
            let free = judged.unclaimed_allocation;
            let points = |issues: &Issues| score(context, issues, &[], free, false, 0.0).points;
            let mut issues = crate::review::findings::issues(context, &[], true, None, judged.findings);
            let before = points(&issues);
            for list in [&mut issues.critical, &mut issues.high, &mut issues.medium, &mut issues.low] {
                if !list.is_empty() {
                    list.remove(which.index(list.len()));
                    break;
                }
            }
            (before, points(&issues))
        });
        prop_assert!(after >= before, "{before} to {after}");
    }

    #[test]
    fn gains_never_exceed_the_whole(stacks in stacks(), with_memory in any::<bool>()) {
        let stacks: Vec<(&[&str], i64)> = stacks.iter().map(|(s, n)| (&s[..], *n)).collect();
        let mut profiles = vec![cpu(&stacks)];
        profiles.extend(with_memory.then(|| allocs(&stacks)));
        let review = reviewed(profiles);
        for resource in [Resource::Cpu, Resource::AllocatedBytes] {
            let gain = gains(&review, resource);
            prop_assert!(0.0 <= gain.low && gain.low <= gain.high && gain.high <= 1.0 + 1e-9, "{gain:?}");
        }
        for issue in review.issues.all() {
            prop_assert!(issue.heat.share >= issue.expected_gain.high - 1e-9, "{issue:?}");
        }
        prop_assert!((0.0..=100.0).contains(&points(&review)));
    }
}
