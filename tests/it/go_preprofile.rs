//! `go tool preprofile` beside perfplan on every recorded CPU profile. Skipped where Go is absent.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use perfplan::analyze::call_edges;
use perfplan::compiler::{looks_like_preprofile, parse_preprofile};
use perfplan::profile::Kind;

use crate::support::{profile_of, recorded_profiles};

/// What the compiler would read: caller, callee and line offset of every call, with its weight.
type Edges = BTreeMap<(String, String, i64), i64>;

fn of_go(file: &Path) -> Option<Edges> {
    let output = Command::new("go")
        .args(["tool", "preprofile", "-i"])
        .arg(file)
        .output()
        .ok()?;
    looks_like_preprofile(&output.stdout).then(|| {
        let read = parse_preprofile(&output.stdout);
        assert_eq!(read.broken_line, None, "{}", file.display());
        read.edges
            .into_iter()
            .map(|e| ((e.caller, e.callee, e.offset), e.weight))
            .collect()
    })
}

#[test]
fn calls_weigh_what_the_compiler_counts() {
    let cpu = recorded_profiles()
        .into_iter()
        .filter(|file| profile_of(file).kind() == Kind::Cpu);
    let mut compared = 0;
    for file in cpu {
        let Some(expect) = of_go(&file) else {
            println!("skipped: no `go tool preprofile` on PATH");
            return;
        };
        let profile = profile_of(&file);
        let index = profile.find_type("samples").unwrap_or(0);
        let edges = call_edges(&profile, index);
        let own: Edges = edges
            .into_iter()
            .map(|e| ((e.caller, e.callee, e.offset), e.weight))
            .collect();
        let differing: Vec<_> = expect
            .iter()
            .filter(|(key, weight)| own.get(*key) != Some(*weight))
            .take(5)
            .collect();
        let missing = own.keys().filter(|key| !expect.contains_key(*key)).count();
        assert!(
            differing.is_empty() && missing == 0,
            "{}: {differing:?}, {missing} only here, {} of Go",
            file.display(),
            expect.len()
        );
        compared += 1;
    }
    assert!(compared > 0, "no CPU profile was recorded");
}
