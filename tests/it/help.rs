//! Every example in `--help` of every verb is run, in a folder with files of the names it uses.
#![expect(clippy::disallowed_methods, reason = "a test writes files and runs a shell")]

use std::path::Path;
use std::process::Command;

use crate::support::root;

const PROGRAM: &str = env!("CARGO_BIN_EXE_perfplan");

/// What the examples call their inputs, and the recorded file that each is.
pub const FILES: [(&str, &str); 15] = [
    ("cpu.pb.gz", "feed/before/out/cpu.pb.gz"),
    ("cpu1.pb.gz", "feed/before/out/cpu.pb.gz"),
    ("cpu2.pb.gz", "feed/after/out/cpu.pb.gz"),
    ("old.pb.gz", "feed/before/out/cpu.pb.gz"),
    ("new.pb.gz", "feed/after/out/cpu.pb.gz"),
    ("mem.pb.gz", "feed/before/out/mem.pb.gz"),
    ("bench.txt", "feed/before/out/bench.txt"),
    ("old.txt", "feed/before/out/bench.txt"),
    ("new.txt", "feed/before/out/bench2.txt"),
    ("main.txt", "feed/before/out/bench.txt"),
    ("pr.txt", "feed/before/out/bench2.txt"),
    ("after.txt", "feed/after/out/bench.txt"),
    ("last.yaml", "golden/feed-before.review.yaml"),
    ("goroutines.txt", "quay/out/early/goroutine.debug2.txt"),
    ("later.txt", "quay/out/late/goroutine.debug2.txt"),
];

fn help(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM)
        .args(arguments)
        .arg("--help")
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn verbs() -> Vec<String> {
    let text = help(&[]);
    let commands = text
        .split("Commands:")
        .nth(1)
        .and_then(|t| t.split("\n\n").next())
        .expect("a list of verbs");
    let verb = |line: &str| line.split_whitespace().next().map(str::to_string);
    commands
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(verb)
        .collect()
}

fn examples(verb: &str) -> Vec<String> {
    let text = help(&[verb]);
    let examples = text.split("Examples:").nth(1).unwrap_or_default();
    examples
        .lines()
        .map(str::trim)
        .filter(|l| l.starts_with("perfplan "))
        .map(str::to_string)
        .collect()
}

/// Runs an example in a shell that finds the program under its name; the code that it ends with.
fn run(example: &str, folder: &Path) -> (Option<i32>, String) {
    let program = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", example])
        .env("PATH", path)
        .current_dir(folder)
        .output();
    let output = output.expect("a shell");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn every_verb_has_examples_and_they_run() {
    if !cfg!(unix) {
        println!("skipped: the examples are written for a Unix shell");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (name, recorded) in FILES {
        std::fs::copy(root().join("testdata").join(recorded), folder.path().join(name)).expect("a copy");
    }
    std::fs::write(folder.path().join("main.go"), "package main\n\nfunc main() {}\n").expect("a file");
    let verbs = verbs();
    assert!(verbs.len() >= 7, "{verbs:?}");
    for verb in verbs {
        let examples = examples(&verb);
        assert!(examples.len() >= 2, "{verb}: {examples:?}");
        for example in examples {
            let (code, said) = run(&example, folder.path());
            assert_eq!(code, Some(0), "`{example}` says {said}");
        }
    }
}
