use crate::profile::{Format, Profile, ProfileBuilder};
use crate::review::{Evidence, HeapReading, Level, Policy, ProfileInput, Review, review};

const TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];
const MIB: i64 = 1 << 20;

/// Stack, then allocated and live MiB in objects of 4 KiB; a profile each `minute`.
fn heap(minute: i64, rows: &[(&[&str], i64, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &TYPES);
    b.period("space", "bytes", 512 * 1024);
    b.head().time_nanos = 1 + minute * 60_000_000_000;
    for (stack, allocated, live) in rows {
        let frames: Vec<_> = stack.iter().map(|name| b.frame(name, "main.go", 7)).collect();
        b.sample(
            frames,
            &[allocated * 256, allocated * MIB, live * 256, live * MIB],
            [],
        );
    }
    b.finish()
}

fn reviewed(moments: Vec<Profile>) -> Review {
    let named = |(profile, n): (Profile, i32)| ProfileInput {
        name: format!("{n}.pb.gz"),
        profile,
    };
    let last = moments.last().cloned().map(|p| named((p, moments.len() as i32)));
    let single: Vec<_> = moments.into_iter().zip(1..).map(named).collect();
    let profiles: Vec<_> = last.into_iter().collect();
    let evidence = Evidence {
        profiles: &profiles,
        heap_profiles: if single.len() > 1 { &single } else { &[] },
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

/// One site with those MiB in use at the moments: the severity of its finding, if any.
#[track_caller]
fn check(live: &[i64], expect: &str) {
    let at = |(live, minute): (&i64, i64)| {
        let rows: [(&[&str], i64, i64); 2] = [
            (&["main.keep"], 100 * (minute + 1), *live),
            (&["main.base"], 50, 50),
        ];
        heap(minute, &rows)
    };
    let review = reviewed(live.iter().zip(0..).map(at).collect());
    let grows = |list: &[crate::review::Issue]| list.iter().any(|i| i.rule == "heap-growth");
    let found = match () {
        () if grows(&review.issues.critical) => "critical",
        () if grows(&review.issues.high) => "high",
        () => "none",
    };
    assert_eq!(found, expect, "{live:?}");
}

#[test]
fn growth_in_every_interval_is_a_leak_beyond_sampling() {
    check(&[10, 40, 80], "critical");
    check(&[10, 80], "high");
    // Not in every interval; less than three standard errors of about 5 MiB; shrinking; one moment.
    check(&[10, 60, 50], "none");
    check(&[50, 58], "none");
    check(&[80, 10], "none");
    check(&[80], "none");
}

#[test]
fn growth_tells_its_slope_and_its_bytes_once() {
    let rows = |mib: i64| -> Vec<(&[&str], i64, i64)> {
        vec![
            (&["bufio.NewReaderSize", "main.accept"], mib, mib),
            (&["runtime.malg"], 20, 20),
        ]
    };
    let review = reviewed(vec![heap(0, &rows(10)), heap(1, &rows(70))]);
    let held: Vec<_> = review.issues.all().map(|i| i.rule.as_str()).collect();
    assert_eq!(
        held,
        ["held.goroutine", "heap-growth"],
        "no held.buffer beside the growth"
    );
    let issue = &review.issues.high[1];
    assert!(
        issue
            .evidence
            .contains("10.00 MiB in 1.pb.gz, 70.00 MiB in 2.pb.gz (+1.000 MiB per second)"),
        "{}",
        issue.evidence
    );
    assert!(
        issue.impact.contains("66.7 % of the 90.00 MiB") && issue.impact.contains("buffers of connections")
    );
    assert!(
        review
            .caveats
            .iter()
            .any(|c| c.contains("120.0 MiB instead of 90.00 MiB")),
        "{:?}",
        review.caveats
    );
    let claimed: f64 = review.issues.all().map(|i| i.expected_gain.high).sum();
    assert!(claimed <= 1.0, "{claimed}");
}

#[test]
fn the_heap_is_read_as_a_whole() {
    let review = reviewed(vec![heap(0, &[(&["main.a"], 100_000, 10), (&["main.b"], 10, 9)])]);
    let facts = review.heap.unwrap();
    assert_eq!(
        (facts.reading, facts.live_bytes),
        (HeapReading::ShortLived, 19 * MIB)
    );
    let told: Vec<_> = facts
        .live_sites
        .iter()
        .map(|s| (s.function.as_str(), s.bytes / MIB, s.level))
        .collect();
    assert_eq!(
        told,
        [("main.a", 10, Level::Critical), ("main.b", 9, Level::Critical)]
    );
    let resident = facts.resident.unwrap();
    assert_eq!(
        (resident.heap_bytes, resident.goroutines),
        (38.0 * MIB as f64, None)
    );
    let kept = reviewed(vec![heap(0, &[(&["main.a"], 10, 10)])]).heap.unwrap();
    assert_eq!(kept.reading, HeapReading::Kept);
}

#[test]
fn rates_follow_from_two_moments() {
    let review = reviewed(vec![
        heap(0, &[(&["main.a"], 10, 1)]),
        heap(1, &[(&["main.a"], 72_010, 1)]),
    ]);
    let rate = &review.heap.unwrap().rates[0];
    assert_eq!(
        (rate.bytes_per_second, rate.level),
        (1200.0 * MIB as f64, Level::Critical)
    );
    assert_eq!(rate.arithmetic, "70.31 GiB more in 60.00 s");
}
