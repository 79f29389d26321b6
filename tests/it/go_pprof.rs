//! `go tool pprof` beside perfplan on every recorded profile and sample type. Skipped where Go is absent.

#![expect(clippy::disallowed_methods, reason = "a test writes a file")]

use std::path::Path;
use std::process::Command;

use perfplan::profile::remove_uninteresting;
use rayon::prelude::*;

use crate::support::{difference, listing, own_table, profile_of, recorded_profiles, root, top};

fn has_go() -> bool {
    let found = Command::new("go").args(["tool", "pprof", "-h"]).output();
    // Its help ends with code 2; without the tool `go` says so.
    found.is_ok_and(|output| String::from_utf8_lossy(&output.stderr).contains("-sample_index"))
}

#[test]
fn recorded_profiles_have_the_rows_of_go_tool_pprof() {
    if !has_go() {
        println!("skipped: no `go tool pprof` on PATH");
        return;
    }
    let differences: Vec<_> = recorded_profiles()
        .par_iter()
        .flat_map(|f| differences(f))
        .collect();
    differences.iter().for_each(|difference| println!("{difference}"));
    assert!(differences.is_empty(), "{} differ, see above", differences.len());
}

/// What differs in a file, over its sample types.
fn differences(file: &Path) -> Vec<String> {
    let mut profile = profile_of(file);
    remove_uninteresting(&mut profile, "x");
    let mut differences = Vec::new();
    for index in 0..profile.sample_types.len() {
        let (kind, unit) = (profile.type_name(index), profile.unit_name(index));
        let expect = listing(&go_top(file, &kind, &unit));
        let own = own_table(&top(&profile, index));
        if let Some(what) = difference(&own, &expect, true) {
            differences.push(format!("{} {kind}: {what}", file.display()));
        }
    }
    differences
}

fn go_top(file: &Path, kind: &str, unit: &str) -> Vec<u8> {
    let output = Command::new("go")
        .args([
            "tool",
            "pprof",
            "-symbolize=none",
            "-top",
            "-nodecount=0",
            "-trim=false",
        ])
        .arg(format!("-unit={unit}"))
        .arg(format!("-sample_index={kind}"))
        .arg(file)
        .env("TZ", "UTC")
        .env("PPROF_BINARY_PATH", "/nonexistent")
        .current_dir(root())
        .output()
        .expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", file.display());
    output.stdout
}

/// A merged profile that we wrote says to `go tool pprof` what the files say that it was made of.
#[test]
fn go_tool_pprof_reads_what_was_merged() {
    if !has_go() {
        println!("skipped: no `go tool pprof` on PATH");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let merged = folder.path().join("merged.pb.gz");
    let files = ["before", "after"].map(|v| root().join(format!("testdata/rates/{v}/out/cpu.pb.gz")));
    let profiles = files.each_ref().map(|f| profile_of(f));
    let one = perfplan::profile::merge(&[("a", &profiles[0]), ("b", &profiles[1])]).expect("one profile");
    std::fs::write(&merged, perfplan::profile::encode(&one)).expect("a file");
    let expect = listing(&go_top(&merged, "cpu", "nanoseconds"));
    assert_eq!(difference(&own_table(&top(&one, 1)), &expect, true), None);
    let sum: i64 = profiles.iter().map(|p| p.total(1)).sum();
    assert_eq!(expect.total, Some(sum));
}
