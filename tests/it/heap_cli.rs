//! Several heap profiles: moments of one process are compared, those of several processes are added up.
#![expect(clippy::panic, reason = "a test may fail")]

use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use perfplan::profile::Profile;
use perfplan::review::Review;

use crate::support::{profile_of, root};

fn reviewed(inputs: &[&str]) -> Review {
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    command.current_dir(root()).arg("analyze").args(inputs);
    let output = command.args(["--format", "yaml"]).output().expect("a run");
    serde_yaml::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn live(path: &str) -> i64 {
    let profile: Profile = profile_of(&root().join(path));
    profile.type_named("inuse_space").map_or(0, |i| profile.total(i))
}

const IDLE: &str = "testdata/sluice/before/out/idle/heap.pb.gz";
const LOADED: &str = "testdata/sluice/before/out/loaded/heap.pb.gz";
const OTHER: &str = "testdata/sluice/after/out/loaded/heap.pb.gz";

/// In whatever order they are given, the later one tells what is in use.
#[test]
fn moments_of_one_process_are_not_added_up() {
    let review = reviewed(&[IDLE, LOADED]);
    let heap = review.heap.clone().expect("a heap");
    let series = heap.series.expect("two moments");
    assert_eq!(series.files, [IDLE, LOADED]);
    assert_eq!(series.totals, [live(IDLE), live(LOADED)]);
    assert_eq!(heap.live_bytes, live(LOADED));
    assert!(series.seconds[0].is_some_and(|s| s > 0.0), "{:?}", series.seconds);
    assert!(
        review
            .caveats
            .iter()
            .any(|c| c.contains("moments of one process")),
        "{:?}",
        review.caveats
    );
    assert_eq!(reviewed(&[LOADED, IDLE]), review);
}

#[test]
fn several_processes_are_added_up_and_that_is_said() {
    let review = reviewed(&[LOADED, OTHER]);
    let heap = review.heap.expect("a heap");
    assert!(heap.series.is_none());
    assert_eq!(heap.live_bytes, live(LOADED) + live(OTHER));
    assert!(
        review
            .caveats
            .iter()
            .any(|c| c.contains("are added up, what is in use too")),
        "{:?}",
        review.caveats
    );
}

/// What a filter leaves of one moment only cannot be compared.
#[test]
fn a_filter_that_one_moment_does_not_meet_is_said() {
    let review = reviewed(&[IDLE, LOADED, "--focus", "normalise"]);
    let heap = review.heap.expect("a heap");
    assert!(
        heap.series.is_none() && heap.live_bytes > 40 << 20,
        "{}",
        heap.live_bytes
    );
    assert!(
        review
            .caveats
            .iter()
            .any(|c| c.contains("it is not told what grows")),
        "{:?}",
        review.caveats
    );
}
