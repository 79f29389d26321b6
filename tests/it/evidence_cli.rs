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
