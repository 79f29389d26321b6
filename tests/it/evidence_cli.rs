//! `perfplan analyze` with what compiler and runtime print: kinds are told from content, also of a mixed text.

use std::path::Path;

use assert_cmd::Command;

use crate::support::root;

/// The review of texts, as YAML.
fn analyze(texts: &[&str]) -> perfplan::review::Review {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<_> = (0..texts.len())
        .map(|i| folder.path().join(format!("{i}.txt")))
        .collect();
    for (path, text) in paths.iter().zip(texts) {
        write(path, text);
    }
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    command.current_dir(root()).arg("analyze").args(&paths);
    let done = command.args(["--format", "yaml"]).assert().success();
    serde_yaml::from_slice(&done.get_output().stdout).expect("a review")
}

#[expect(clippy::disallowed_methods, reason = "a test writes files")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
}

const GC: &str = "gc 1 @0.005s 9%: 0.19+4.9+0.066 ms clock, 0.38+0.014/2.1/0.097+0.13 ms cpu, 3->5->3 MB, 4 MB goal, 2 P\n";
const NOTES: &str = "# example.com/m\n./a.go:1:2: x escapes to heap\n";

fn kinds(texts: &[&str]) -> Vec<String> {
    let inputs = analyze(texts).inputs.into_iter();
    inputs.map(|input| input.kind).collect()
}

#[test]
fn each_kind_is_told_from_its_content() {
    assert_eq!(kinds(&[GC, NOTES]), ["compiler notes", "runtime trace"]);
}

#[test]
fn a_text_may_hold_several_kinds() {
    let run = format!("goos: linux\n{NOTES}BenchmarkX-2 \t 10\t 5 ns/op\n{GC}");
    assert_eq!(kinds(&[&run]), ["benchmarks", "compiler notes", "runtime trace"]);
    let dump = format!("{GC}goroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n");
    assert_eq!(kinds(&[&dump]), ["goroutine dump", "runtime trace"]);
}

#[test]
fn the_name_of_a_benchmark_among_lines_of_the_runtime_is_no_result() {
    let text = format!("BenchmarkX-2   \t{GC}");
    assert_eq!(kinds(&[&text]), ["runtime trace"]);
}

#[test]
fn notes_of_several_inputs_are_one() {
    let review = analyze(&[NOTES, NOTES, "# example.com/m\n./a.go:9:9: Found IsInBounds\n"]);
    let facts = review.compiler.expect("notes");
    assert_eq!((facts.on_heap, facts.bounds_checks), (1, 1));
    assert_eq!(review.component, "example.com/m");
}

const GO_MOD: &str = "module example.com/m\n\ngo 1.26\n\nrequire github.com/a/b v1.2.3 // indirect\n";

#[test]
fn lists_of_modules_are_inputs() {
    let list = "example.com/m\ngithub.com/a/b v1.4.0\n";
    let json =
        "{\"Path\":\"example.com/m\",\"Main\":true}\n{\"Path\":\"github.com/a/b\",\"Version\":\"v1.4.0\"}\n";
    assert_eq!(kinds(&[GO_MOD, list, json]), ["module list"; 3]);
    let review = analyze(&[GO_MOD, list]);
    assert_eq!(review.component, "example.com/m");
    assert_eq!(review.dependencies.map(|d| d.listed), Some(1));
}

/// What a verb says on standard error of a file with these bytes.
fn refused(verb: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x");
    write_bytes(&path, bytes);
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    let done = command.arg(verb).arg(&path).assert().code(2);
    String::from_utf8_lossy(&done.get_output().stderr).into_owned()
}

#[expect(clippy::disallowed_methods, reason = "a test writes files")]
fn write_bytes(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("written");
}

/// A batch of one event of thread 7 in generation 1.
const TRACE: &[u8] = b"go 1.26 trace\0\0\0\x01\x01\x07\x00\x02\x11\x01";
const PREPROFILE: &[u8] = b"GO PREPROFILE V1\na.F\nb.G\n1 93\n";

#[test]
fn traces_and_prepared_profiles_are_refused_with_a_hint_but_by_info() {
    for verb in ["analyze", "top", "tree", "flamegraph"] {
        let said = refused(verb, TRACE);
        assert!(
            said.contains("execution trace") && said.contains("go tool trace"),
            "{verb}: {said}"
        );
        let said = refused(verb, PREPROFILE);
        assert!(
            said.contains("prepared for the Go compiler") && said.contains("perfplan info"),
            "{verb}: {said}"
        );
    }
    assert!(refused("info", b"go 1.11 trace\0\0\0").contains("before Go 1.22"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x");
    for (bytes, expect) in [(TRACE, "events:             1\n"), (PREPROFILE, "weight: 93\n")] {
        write_bytes(&path, bytes);
        let mut command = Command::cargo_bin("perfplan").expect("the program");
        let done = command.arg("info").arg(&path).assert().success();
        let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(text.contains(expect), "{text}");
    }
}

/// A heap text with its count of the whole process.
fn heap_text(exact: u64) -> String {
    format!(
        "heap profile: 0: 0 [2: 4194304] @ heap/2\n0: 0 [1: 2097152] @ 0x11\n#\t0x10\tmain.f+0x1\t/a.go:1\n0: 0 [1: \
         2097152] @ 0x21\n#\t0x20\tmain.g+0x1\t/a.go:2\n\n# runtime.MemStats\n# TotalAlloc = {exact}\n"
    )
}

#[test]
fn several_heap_texts_keep_their_memstats_and_filters_do_not_touch_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["a.txt", "b.txt"].map(|name| folder.path().join(name));
    for path in &paths {
        write(path, &heap_text(4_194_304));
    }
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    command.current_dir(root()).arg("analyze").args(&paths);
    let done = command
        .args(["--focus", "main.f", "--format", "yaml"])
        .assert()
        .success();
    let review: perfplan::review::Review =
        serde_yaml::from_slice(&done.get_output().stdout).expect("a review");
    let told = review.runtime.expect("MemStats").memstats;
    let told: Vec<_> = told
        .iter()
        .map(|m| (m.allocated_bytes, m.sampled_bytes))
        .collect();
    assert_eq!(told, [(Some(4_194_304), Some(4_194_304)); 2]);
    let differs = |c: &&String| c.contains("the runtime counted") || c.contains("left out");
    assert_eq!(review.caveats.iter().find(differs), None);
}
