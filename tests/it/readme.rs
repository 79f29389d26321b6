//! The examples of README.md, run on recorded inputs.
#![expect(clippy::disallowed_methods, reason = "a test copies files")]

use crate::help::FILES;
use crate::support::{bytes, root};

/// The lines of the blocks with this mark.
fn blocks(text: &str, mark: &str) -> Vec<String> {
    let mut is_inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_inside = line == format!("```{mark}");
        } else if is_inside {
            lines.push(line.to_string());
        }
    }
    lines
}

fn readme() -> String {
    String::from_utf8(bytes(&root().join("README.md"))).expect("UTF-8")
}

#[test]
fn the_set_up_is_two_commands() {
    let commands = blocks(&readme(), "sh");
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].starts_with("cargo run -- analyze testdata/"));
    assert_eq!(commands[1], "cargo test");
}

#[test]
fn every_example_runs() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (name, recorded) in FILES {
        let data = bytes(&root().join("testdata").join(recorded));
        std::fs::write(folder.path().join(name), data).expect("a file");
    }
    let lines = blocks(&readme(), "console");
    let examples: Vec<_> = lines
        .iter()
        .filter_map(|l| l.strip_prefix("$ perfplan "))
        .collect();
    assert!(examples.len() >= 8, "only {} examples", examples.len());
    for example in examples {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"));
        let output = command
            .args(example.replace('\'', "").split(' '))
            .current_dir(folder.path())
            .output();
        let output = output.expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "perfplan {example}\n{said}");
    }
}
