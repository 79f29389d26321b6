//! `--format pprof` beside what `go tool pprof` of Go 1.27 was recorded to print of real profiles, byte for byte. The
//! files are outside of the repository; where they are absent each test says so and passes.
#![expect(
    clippy::print_stdout,
    reason = "a test tells what it skips and what it compared"
)]

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::shared::corpus;
use crate::support::{bytes, files_below, plain_bytes};

/// What the program prints.
fn printed(folder: &Path, arguments: &[String]) -> String {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn recorded(path: &Path) -> String {
    String::from_utf8_lossy(&plain_bytes(path)).into_owned()
}

/// The arguments, and the file that holds what is expected of them.
type Case = (Vec<String>, PathBuf);

#[track_caller]
fn compare(what: &str, folder: &Path, cases: &[Case]) {
    let differs = |(arguments, expected): &&Case| printed(folder, arguments) != recorded(expected);
    let differing: Vec<_> = cases
        .par_iter()
        .filter(differs)
        .map(|(arguments, _)| arguments.join(" "))
        .collect();
    println!(
        "{what}: {} recorded texts, {} differ",
        cases.len(),
        differing.len()
    );
    assert!(
        cases.len() > 20 && differing.is_empty(),
        "{}: {}",
        what,
        differing.join("\n")
    );
}

/// The cases of a folder with `expected`: one for each recorded view of each file.
fn views(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for path in files_below(&folder.join("expected")) {
        let named = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let named = named
            .strip_suffix(".gz")
            .filter(|n| n.ends_with(".txt"))
            .unwrap_or(&named)
            .to_string();
        let found = [
            (".top.default.txt", "top"),
            (".tree.default.txt", "tree"),
            (".peek.top1.txt", "peek"),
        ]
        .iter()
        .find_map(|(suffix, view)| Some((named.strip_suffix(suffix)?.replace("__", "/"), *view)));
        let Some((name, view)) = found else { continue };
        let mut arguments = vec![view.to_string()];
        if view == "peek" {
            let oracle = bytes(&path.with_file_name(named.replace(".peek.top1.txt", ".oracle.json")));
            arguments.push(hottest(&serde_json::from_slice(&oracle).expect("JSON")));
        }
        arguments.extend(["--format", "pprof", "-q", &name].map(str::to_string));
        cases.push((arguments, path.clone()));
    }
    cases
}

/// The expression for the first function by flat weight of the default type.
fn hottest(oracle: &serde_json::Value) -> String {
    let index = oracle["default_index"].as_u64().unwrap_or_default() as usize;
    let name = oracle["types"][index]["top_flat"][0]["name"]
        .as_str()
        .unwrap_or_default();
    format!("^{}$", regex::escape(name))
}

#[test]
fn recorded_views_are_printed_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    compare("views", &folder, &views(&folder));
}

#[test]
fn recorded_differences_are_printed_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let pairs = recorded(&folder.join("expected/pairs/pairs.tsv"));
    let mut cases = Vec::new();
    for line in pairs.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [pair, base, after, index, _, unit] = cells[..] else {
            panic!("{line}")
        };
        for (mode, options) in [
            ("base", vec![format!("-base={base}")]),
            ("diff_base", vec![format!("-diff_base={base}")]),
            (
                "diff_base.normalize",
                vec![format!("-diff_base={base}"), "-normalize".to_string()],
            ),
            ("merge", vec![base.to_string()]),
        ] {
            let mut arguments: Vec<String> =
                ["top", "--format", "pprof", "-q", "-nodecount=0", "-trim=false"]
                    .map(str::to_string)
                    .to_vec();
            arguments.extend([format!("-unit={unit}"), format!("-sample_index={index}")]);
            // Merged inputs are named after, then base; a base is an option.
            if mode == "merge" {
                arguments.extend([after.to_string(), base.to_string()]);
            } else {
                arguments.extend(options);
                arguments.push(after.to_string());
            }
            cases.push((
                arguments,
                folder.join(format!("expected/pairs/{pair}.{mode}.top.txt")),
            ));
        }
    }
    compare("pairs", &folder, &cases);
}
