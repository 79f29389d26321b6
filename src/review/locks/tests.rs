//! Waiters and holders meet at their lock.

use std::collections::HashMap;

use super::*;
use crate::profile::{Format, Profile, ProfileBuilder};
use crate::review::{Evidence, Policy, ProfileInput, Review, review};

const SOURCE: &str = "package m\n\nfunc (s *Store) Get() {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\treturn\n}\n\n\
                      func (s *Store) Put() {\n\ts.mu.Lock()\n\ts.mu.Unlock()\n\ts.other.Lock()\n\ts.other.Unlock()\n}\n\n\
                      func Free() {\n\tglobal.Lock()\n}\n";

/// A profile of 10 s: leaf, own function and line, contentions, delay in ms.
fn profile(rows: &[(&str, &str, i64, i64, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(
        Format::Proto,
        &[("contentions", "count"), ("delay", "nanoseconds")],
    );
    for (leaf, function, line, contentions, ms) in rows {
        let frames = [
            b.frame(leaf, "sync/mutex.go", 1),
            b.frame(function, "a.b/m/m.go", *line),
        ];
        b.sample(frames, &[*contentions, ms * 1_000_000], []);
    }
    let mut profile = b.finish();
    profile.duration_nanos = 10_000_000_000;
    profile
}

fn reviewed(block: Profile, mutex: Profile, source: &str) -> Review {
    let input = |name: &str, profile| ProfileInput {
        name: name.into(),
        profile,
    };
    let profiles = [input("block.pb.gz", block), input("mutex.pb.gz", mutex)];
    let sources: HashMap<String, String> = [("a.b/m/m.go".to_string(), source.to_string())].into();
    let evidence = Evidence {
        profiles: &profiles,
        sources: &sources,
        module: Some("a.b/m".into()),
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

const LOCK: &str = "sync.(*Mutex).Lock";
const UNLOCK: &str = "sync.(*Mutex).Unlock";
const GET: &str = "a.b/m.(*Store).Get";
const PUT: &str = "a.b/m.(*Store).Put";

fn told(review: &Review) -> Vec<(&str, Vec<i64>, Vec<i64>)> {
    let lines = |lines: &[LockLine]| lines.iter().map(|l| l.line).collect();
    review
        .locks
        .iter()
        .map(|l| (l.lock.as_str(), lines(&l.waiters), lines(&l.holders)))
        .collect()
}

#[test]
fn waiters_and_holders_meet_at_their_field() {
    let block = profile(&[
        (LOCK, GET, 4, 10, 5000),
        (LOCK, PUT, 12, 10, 400),
        (LOCK, "a.b/m.Free", 17, 1, 300),
    ]);
    // The deferred call releases at the line of the return.
    let mutex = profile(&[
        (UNLOCK, "a.b/m.(*Store).Get.deferwrap1", 5, 500, 1000),
        (UNLOCK, GET, 6, 500, 1000),
        (UNLOCK, PUT, 11, 1000, 3000),
        (UNLOCK, PUT, 13, 10, 500),
    ]);
    let review = reviewed(block, mutex, SOURCE);
    assert_eq!(
        told(&review),
        [
            ("m.Store.mu", vec![4], vec![11, 5, 6]),
            ("m.Store.other", vec![12], vec![13]),
            ("m: global", vec![17], vec![]),
        ]
    );
    let first = &review.locks[0];
    assert!(
        first.field_known && (first.delay_per_second.unwrap() - 0.5).abs() < 1e-9,
        "{first:?}"
    );
    assert!(
        (first.contentions_per_second.unwrap() - 200.0).abs() < 1e-6,
        "{first:?}"
    );
    assert!(
        first.reading.contains("2.5"),
        "a mean of 2.5 ms: {}",
        first.reading
    );
}

#[test]
fn without_source_the_type_joins_them() {
    let block = profile(&[(LOCK, GET, 4, 10, 5000)]);
    let mutex = profile(&[(UNLOCK, PUT, 11, 1000, 3000), ("a.org/q.Put", PUT, 13, 10, 500)]);
    let review = reviewed(block, mutex, "");
    assert_eq!(told(&review), [("m.Store", vec![4], vec![11])]);
    assert!(!review.locks[0].field_known);
}

#[test]
fn means_and_rates_say_what_to_do() {
    assert!(reading(Some(2e-3), Some(5.0)).contains("something slow"));
    assert!(reading(Some(5e-6), Some(200_000.0)).contains("too coarse"));
    assert_eq!(reading(Some(5e-6), Some(100.0)), "");
    assert_eq!(reading(Some(1e-4), Some(200_000.0)), "");
}

#[test]
fn locks_of_the_runtime_are_told_by_what_they_guard() {
    let mut b = ProfileBuilder::new(
        Format::Proto,
        &[("contentions", "count"), ("delay", "nanoseconds")],
    );
    for (stack, ms) in [
        (["runtime.unlock", "runtime.selectgo", "a.b/m.Run"], 500),
        (
            ["runtime.unlock", "runtime.findRunnable", "runtime.schedule"],
            300,
        ),
        (["runtime._LostContendedRuntimeLock", "x", "y"], 200),
    ] {
        let frames = stack.map(|name| b.frame(name, "a.go", 1));
        b.sample(frames, &[10, ms * 1_000_000], []);
    }
    let mutex = b.finish();
    let review = reviewed(profile(&[]), mutex, "");
    let told: Vec<_> = review
        .runtime_locks
        .iter()
        .map(|l| (l.of.as_str(), l.contentions))
        .collect();
    assert_eq!(told, [("channels", 10), ("scheduler", 10), ("others", 10)]);
    assert!(review.runtime_locks[0].reading.contains("shard"));
}

#[test]
fn the_expression_before_the_call_is_the_lock() {
    let check = |text: &str, expect: Option<&str>| assert_eq!(locked(text), expect, "{text}");
    check("defer s.mu.Unlock()", Some("s.mu"));
    check("c.shards[i].mu.RLock()", Some("c.shards[i].mu"));
    check("if !m.TryLock() {", Some("m"));
    check("get().Lock()", None);
    check("x := 1", None);
}
