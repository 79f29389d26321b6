//! `benchstat` beside perfplan on generated and recorded files. Skipped where benchstat is absent.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads and writes files, and tells what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use perfplan::stats::Random;

use crate::support::{files_below, root};

fn has_benchstat() -> bool {
    let found = Command::new("benchstat").arg("-h").output();
    let found = found.is_ok_and(|output| String::from_utf8_lossy(&output.stderr).contains("-confidence"));
    if !found {
        println!("skipped: no benchstat on PATH");
    }
    found
}

/// Standard output and error of a program, and whether it ended well.
fn said(program: &str, arguments: &[String], folder: &Path) -> (String, String, Option<i32>) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("a program");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Both programs with the same options, as text and as CSV.
#[track_caller]
fn check(folder: &Path, arguments: &[&str]) {
    for (theirs, ours) in [("text", "benchstat"), ("csv", "benchstat-csv")] {
        let with = |first: &[&str], format: &str| -> Vec<String> {
            let format = ["-format", format];
            let all = first.iter().chain(&format).chain(arguments);
            all.map(ToString::to_string).collect()
        };
        let expect = said("benchstat", &with(&[], theirs), folder);
        let got = said(env!("CARGO_BIN_EXE_perfplan"), &with(&["compare"], ours), folder);
        assert_eq!(difference(&got.0, &expect.0), None, "{arguments:?}");
        assert_eq!(difference(&got.1, &expect.1), None, "{arguments:?}");
        assert_eq!(got.2, Some(0), "{arguments:?}: {}", got.1);
    }
}

/// The first line that differs.
fn difference(got: &str, expect: &str) -> Option<String> {
    let lines = got.split('\n').zip(expect.split('\n')).enumerate();
    let differs = lines.into_iter().find(|(_, (got, expect))| got != expect);
    let told = |(at, (got, expect)): (usize, (&str, &str))| format!("line {}:\n{got}\n{expect}", at + 1);
    let lengths = || format!("{} and {} bytes", got.len(), expect.len());
    (got != expect).then(|| differs.map_or_else(lengths, told))
}

const OPTIONS: [&[&str]; 12] = [
    &[],
    &["-row", ".name"],
    &["-col", "/fmt", "-row", ".name,/size@num"],
    &["-col", ".file /fmt"],
    &["-table", "pkg", "-ignore", "cpu"],
    &["-ignore", "cpu,pkg", "-row", ".fullname@alpha"],
    &["-filter", "/fmt:json .unit:(ns/op OR allocs/op)"],
    &["-filter", "-.name:/^A/ OR /size:64"],
    &["-col", "/gomaxprocs", "-table", ""],
    &["-alpha", "0.3", "-confidence", "0.8"],
    &["-table", "goos,pkg", "-col", ".file@alpha"],
    &["-row", "/fmt@(gob json)", "-col", ".name", "-confidence", "0.99"],
];

#[test]
fn generated_files_are_compared_as_benchstat_compares_them() {
    if !has_benchstat() {
        return;
    }
    let temporary = tempfile::tempdir().expect("a folder for temporary files");
    for seed in 0..24 {
        let mut random = Random::new(seed);
        let runs = 1 + random.below(12);
        let names = ["a.txt", "b.txt", "c.txt"];
        let files = &names[..1 + random.below(3)];
        for file in files {
            // Equal values in samples of unequal size are where benchstat is wrong.
            let uneven = seed % 3 == 0;
            let text = generated(&mut random, runs, uneven);
            std::fs::write(temporary.path().join(file), text).expect("a temporary file");
        }
        let options = OPTIONS[seed as usize % OPTIONS.len()];
        let arguments: Vec<&str> = options.iter().chain(files).copied().collect();
        check(temporary.path(), &arguments);
    }
}

/// Results with and without equal values, in two packages, with what is no result between them.
fn generated(random: &mut Random, runs: usize, uneven: bool) -> String {
    let mut text = String::from("goos: linux\nUnit widgets better=higher assume=exact\n");
    for package in ["example.com/a", "example.com/b"] {
        text.push_str(&format!("pkg: {package}\ncpu: Test {}\nPASS\n", random.below(2)));
        for name in ["Alpha", "Beta"] {
            for part in ["/fmt=json/size=64", "/fmt=gob/size=1k", "/fmt=json/size=8", ""] {
                if uneven && random.below(6) == 0 {
                    continue;
                }
                let level = 10.0_f64.powi(random.below(9) as i32);
                let runs = if uneven { 1 + random.below(9) } else { runs };
                for _ in 0..runs {
                    text.push_str(&line(random, &format!("{name}{part}"), level, uneven));
                }
            }
        }
    }
    text
}

fn line(random: &mut Random, name: &str, level: f64, uneven: bool) -> String {
    let suffix = ["", "-4", "-8"][name.len() % 3];
    let time = level * (1.0 + random.unit());
    // All digits, so that no two are equal, or as Go prints them.
    let (time, rate) = match uneven {
        true => (format!("{time}"), format!("{}", 1e10 / time)),
        false => (format!("{time:.0}"), format!("{:.2}", 1e10 / time)),
    };
    // What never varies is compared right whatever the sizes.
    format!(
        "Benchmark{name}{suffix} \t {} \t {time} ns/op\t {rate} MB/s\t 48 B/op\t 3 allocs/op\t 7 widgets\n",
        1 + random.below(999)
    )
}

#[test]
fn recorded_files_are_compared_as_benchstat_compares_them() {
    if !has_benchstat() {
        return;
    }
    let recorded: Vec<PathBuf> = files_below(&root().join("testdata"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == "txt"))
        .filter(|file| {
            let text = std::fs::read(file).expect("a recorded file");
            let text = String::from_utf8_lossy(&text).into_owned();
            text.lines()
                .any(|line| line.starts_with("Benchmark") && line.contains("ns/op"))
        })
        .collect();
    assert!(recorded.len() > 5, "only {} recorded files", recorded.len());
    for file in &recorded {
        check(root(), &[&file.to_string_lossy()]);
    }
    for pair in recorded.windows(2) {
        let [old, new] = [0, 1].map(|at| pair[at].to_string_lossy().into_owned());
        check(
            root(),
            &["-ignore", "pkg", &format!("old={old}"), &format!("new={new}")],
        );
    }
}

/// Where equal values stand in samples of unequal size benchstat takes the wrong tail; the true p is counted by hand.
#[test]
fn the_true_p_is_told_where_benchstat_is_wrong() {
    let temporary = tempfile::tempdir().expect("a folder for temporary files");
    let write = |name: &str, values: &[u32]| {
        let lines: String = values
            .iter()
            .map(|v| format!("BenchmarkT 1 {v} ns/op\n"))
            .collect();
        std::fs::write(temporary.path().join(name), lines).expect("a temporary file");
    };
    let cell = |old: &[u32], new: &[u32], program: &str, first: &[&str]| {
        write("old", old);
        write("new", new);
        let arguments: Vec<String> = first
            .iter()
            .chain(&["old", "new"])
            .map(ToString::to_string)
            .collect();
        let text = said(program, &arguments, temporary.path()).0;
        let p = text
            .split_once("(p=")
            .map(|(_, rest)| rest.split([' ', ')']).next().unwrap_or_default());
        p.unwrap_or("none").to_string()
    };
    let ours = |old: &[u32], new: &[u32]| {
        cell(
            old,
            new,
            env!("CARGO_BIN_EXE_perfplan"),
            &["compare", "--format", "benchstat"],
        )
    };
    // One against four, all below it: 2 · 1/5.
    assert_eq!(ours(&[100], &[98; 4]), "0.400");
    // Nothing speaks against one distribution.
    assert_eq!(ours(&[2, 2, 2, 1, 3], &[2]), "1.000");
    // One of six is never rarer than 2 · 1/6.
    assert_eq!(ours(&[7], &[5, 5, 6, 6, 6]), "0.333");
    if has_benchstat() {
        assert_eq!(
            cell(&[100], &[98; 4], "benchstat", &[]),
            "1.600",
            "benchstat has been mended"
        );
    }
}

/// What is wrong with a query is said in the same words, with the caret at the same place.
#[test]
fn wrong_queries_are_told_as_benchstat_tells_them() {
    if !has_benchstat() {
        return;
    }
    let temporary = tempfile::tempdir().expect("a folder for temporary files");
    std::fs::write(temporary.path().join("a.txt"), "BenchmarkX 1 5 ns/op\n").expect("a temporary file");
    let filters = [
        "",
        "a",
        "a:",
        "(a:b",
        "(*@a",
        "a:b)",
        "a:(b c)",
        "a:()",
        "é:\"x",
        "-",
        "a:b,c:d",
        "a:/b",
        "a:/b/c",
        ".config:x",
        "\"\":x",
        "a:(b OR AND)",
        "AND",
        "\"\\z\":b",
    ];
    let projections = [
        "a,,b",
        "a@",
        "a@(",
        "a@()",
        "a@rank",
        ".unit",
        "\"\"",
        "(a)",
        ".config@(a)",
        "a@(b OR c)",
        "@",
        "a@\"\\n\"",
    ];
    let options = filters.iter().map(|query| ("filter", query));
    for (option, query) in options.chain(projections.iter().map(|query| ("row", query))) {
        let theirs = [format!("-{option}={query}"), "a.txt".to_string()];
        let expect = said("benchstat", &theirs, temporary.path()).1;
        assert!(expect.contains("syntax error"), "{query}: {expect}");
        let expect = expect.replace("benchstat: parsing -", "perfplan: parsing --");
        let ours = [&["compare".to_string()], theirs.as_slice()].concat();
        let got = said(env!("CARGO_BIN_EXE_perfplan"), &ours, temporary.path());
        assert_eq!((got.1, got.2), (expect, Some(2)), "{query}");
    }
}
