//! Goroutine dumps of many programs, and a server whose leaks are known. The files are outside of the repository;
//! where they are absent each test says so and passes.
#![expect(clippy::panic, reason = "a test says what it skips and may fail")]

use std::path::Path;

use perfplan::goroutine::{looks_like_dump, parse};
use perfplan::profile::{Limits, decode, unpack};
use perfplan::review::{DumpInput, Evidence, LeakVerdict, Policy, ProfileInput, Review, review};

use crate::shared::corpus;
use crate::support::bytes;

/// The number before ` goroutines` in a line of a manifest.
fn noted(line: &str) -> Option<usize> {
    let (before, _) = line.split_once(" goroutines")?;
    before.rsplit(['\t', ' ']).next()?.parse().ok()
}

/// The number before ` marked (leaked)`.
fn marked(line: &str) -> Option<usize> {
    let (before, _) = line.split_once(" marked (leaked)")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[test]
fn every_dump_has_the_goroutines_that_its_note_says() {
    let Some(corpus) = corpus() else { return };
    let mut read = 0;
    for folder in ["profiles", "generated"] {
        let folder = corpus.join(folder);
        let manifest = String::from_utf8(bytes(&folder.join("manifest.tsv"))).expect("UTF-8");
        for line in manifest.lines() {
            let (Some(count), Some(file)) = (noted(line), line.split('\t').next()) else {
                continue;
            };
            let data = bytes(&folder.join(file));
            assert!(looks_like_dump(&data), "{file}");
            let dump = parse(&data, file).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(dump.goroutines.len(), count, "{file}");
            assert_eq!(dump.warnings, [], "{file}");
            let leaked = dump.goroutines.iter().filter(|g| g.leaked).count();
            assert_eq!(Some(leaked), marked(line).or(Some(0)), "{file}");
            read += 1;
        }
    }
    assert_eq!(read, 11, "dumps with a note");
}

#[test]
fn no_profile_is_taken_for_a_dump() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let manifest = String::from_utf8(bytes(&folder.join("manifest.tsv"))).expect("UTF-8");
    let files = manifest.lines().skip(1).filter(|l| noted(l).is_none());
    let mut checked = 0;
    for file in files.filter_map(|l| l.split('\t').next()) {
        let data = bytes(&folder.join(file));
        let plain = unpack(&data, Limits::default()).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(!looks_like_dump(&plain), "{file}");
        checked += 1;
    }
    assert!(checked > 60, "only {checked} profiles");
}

fn dump(folder: &Path, name: &str) -> DumpInput {
    let dump = parse(&bytes(&folder.join(name)), name).unwrap_or_else(|e| panic!("{e}"));
    let name = name.to_string();
    DumpInput { name, dump }
}

fn profile(folder: &Path, name: &str) -> ProfileInput {
    let profile =
        decode(&bytes(&folder.join(name)), name, Limits::default()).unwrap_or_else(|e| panic!("{e}"));
    let name = name.to_string();
    ProfileInput { name, profile }
}

fn review_of(dumps: &[DumpInput], profiles: &[ProfileInput]) -> Review {
    let evidence = Evidence {
        goroutine_profiles: profiles,
        dumps,
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

/// Line, state and count of what leaks, and the line of the `go` statement where it is told.
type Named = (i64, &'static str, u64, i64);

const SENDERS: Named = (34, "chan send", 120, 32);
const RECEIVERS: Named = (56, "chan receive", 40, 55);
const TICKERS: Named = (66, "chan receive", 20, 64);
const LOCKERS: Named = (80, "sync.Mutex.Lock", 15, 79);

/// The findings name these leaks, no others, and so does the table of groups.
fn check(what: &str, review: &Review, expect: &[Named], with_creator: bool) {
    let named: Vec<_> = review.issues.all().map(|i| (i.line, i.issue.as_str())).collect();
    assert_eq!(named.len(), expect.len(), "{what}: {named:?}");
    for (line, state, count, creator) in expect {
        let found = named.iter().find(|(at, _)| at == line);
        let Some((_, issue)) = found else {
            panic!("{what}: line {line} is not named in {named:?}");
        };
        let start = format!("{count} ");
        assert!(
            issue.starts_with(&start) && issue.contains(state),
            "{what}: {issue}"
        );
        let at = format!("/main.go:{creator}");
        assert_eq!(issue.ends_with(&at), with_creator, "{what}: {issue}");
    }
    let goroutines = review.goroutines.as_ref().expect("goroutines");
    let groups = goroutines
        .groups
        .iter()
        .filter(|g| g.verdict != LeakVerdict::None);
    let mut lines: Vec<_> = groups.map(|g| g.place.line).collect();
    lines.sort_unstable();
    let mut expected: Vec<_> = expect.iter().map(|e| e.0).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected, "{what}");
}

#[test]
fn the_leaks_of_the_server_are_named_and_nothing_else() {
    let Some(corpus) = corpus() else { return };
    let out = corpus.join("generated/leakserver/out");
    let (measured, all) = ([SENDERS, RECEIVERS], [SENDERS, RECEIVERS, TICKERS, LOCKERS]);

    let marks = review_of(&[dump(&out, "after/goroutineleak.debug2.txt")], &[]);
    check("a dump with marks", &marks, &measured, true);
    let profiles = [profile(&out, "after/goroutineleak.debug0.pb.gz")];
    check(
        "a goroutineleak profile",
        &review_of(&[], &profiles),
        &measured,
        false,
    );

    let moments = ["before/goroutine.debug2.txt", "after/goroutine.debug2.txt"].map(|f| dump(&out, f));
    check("two dumps", &review_of(&moments, &[]), &all, true);
    check("two dumps and leaks", &review_of(&moments, &profiles), &all, true);
    let moments = ["before/goroutine.debug0.pb.gz", "after/goroutine.debug0.pb.gz"].map(|f| profile(&out, f));
    check("two profiles", &review_of(&[], &moments), &all, false);
}

#[test]
fn a_server_that_does_not_leak_yet_has_nobody_named() {
    let Some(corpus) = corpus() else { return };
    let out = corpus.join("generated/leakserver/out");
    let before = [
        dump(&out, "before/goroutine.debug2.txt"),
        dump(&out, "before/goroutineleak.debug2.txt"),
    ];
    check("before", &review_of(&before, &[]), &[], true);
}
