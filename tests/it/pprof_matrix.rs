//! The views beside `go tool pprof`, byte for byte, over a matrix of options and profiles: every option with every
//! view on a share of the profiles that differs from option to option. Skipped where Go is absent.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test says what it compared, and walks folders"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rayon::prelude::*;

use crate::shared::corpus;
use crate::support::{files_below, recorded_profiles};

const PROGRAM: &str = env!("CARGO_BIN_EXE_perfplan");

/// The views, and what pprof calls them.
const VIEWS: [(&[&str], &str); 7] = [
    (&["top"], "-top"),
    (&["tree"], "-tree"),
    (&["peek", r"main|runtime\.m"], r"-peek=main|runtime\.m"),
    (&["list", r"main\.|mallocgc"], r"-list=main\.|mallocgc"),
    (&["traces"], "-traces"),
    (&["tags"], "-tags"),
    (&["raw"], "-raw"),
];

/// Options in pprof's own spelling, which both programs take.
const OPTIONS: [&str; 62] = [
    "",
    "-cum",
    "-nodecount=10",
    "-nodecount=5 -cum",
    "-nodefraction=0.05",
    "-nodefraction=0 -edgefraction=0",
    "-edgefraction=0.1",
    "-trim=false",
    "-focus=runtime",
    "-focus=main",
    r"-focus=\.go",
    "-focus=(?i)MALLOC",
    "-ignore=runtime",
    "-ignore=alloc|gc",
    "-hide=runtime",
    "-hide=main",
    r"-hide=\.go$",
    "-show=main|net|runtime",
    "-show_from=main",
    r"-show_from=runtime\.",
    "-prune_from=mallocgc|json",
    "-prune_from=main",
    "-noinlines",
    "-functions",
    "-filefunctions",
    "-lines",
    "-addresses",
    "-lines -noinlines",
    "-addresses -noinlines",
    "-lines -cum -nodecount=30",
    "-relative_percentages -focus=runtime",
    "-relative_percentages -ignore=runtime -nodecount=8",
    "-unit=ms",
    "-unit=MB",
    "-unit=auto",
    "-unit=nanoseconds",
    "-divide_by=7",
    "-divide_by=0.5 -cum",
    "-mean",
    "-sample_index=0",
    "-sample_index=1",
    "-sample_index=0 -mean",
    "-mean_delay",
    "-inuse_space",
    "-alloc_objects",
    "-tagroot=handler,tenant",
    "-tagroot=bytes -unit=kb",
    "-tagleaf=bytes",
    "-tagleaf=handler -nodecount=12",
    "-tagfocus=1kb:",
    "-tagfocus=bytes=:512b",
    "-tagfocus=handler=search",
    "-tagfocus=a",
    "-tagignore=b|c",
    "-tagignore=bytes=16b:64b",
    "-tagshow=bytes",
    "-taghide=bytes",
    "-drop_negative",
    "-focus=gc -ignore=scan -hide=lock -cum",
    "-show=runtime -tagroot=bytes -nodecount=15",
    "-show_from=main -prune_from=runtime -noinlines",
    "-focus=main -show_from=main -hide=fmt -lines -nodecount=25",
];

/// Options that take a second profile of the same program.
const BASES: [&str; 8] = [
    "-base=",
    "-diff_base=",
    "-normalize -base=",
    "-normalize -diff_base=",
    "-drop_negative -diff_base=",
    "-cum -drop_negative -base=",
    "-relative_percentages -focus=runtime -diff_base=",
    "-mean -base=",
];

/// The reference, if it is here; asked for once, since `go tool` itself takes longer than most profiles.
fn pprof() -> Option<PathBuf> {
    let found = Command::new("go").args(["tool", "-n", "pprof"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
    if !path.is_file() {
        println!("skipped: no `go tool pprof` on PATH");
        return None;
    }
    Some(path)
}

fn run(program: &Path, arguments: &[String]) -> Output {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("TZ", "UTC")
        .env("PPROF_BINARY_PATH", "/nonexistent");
    command.output().expect("the program runs")
}

/// What differs between the two programs; `None` also where perfplan refuses what pprof shows as an empty report.
fn difference(
    pprof: &Path,
    (own, theirs): (&[&str], &str),
    options: &[String],
    file: &Path,
) -> Option<String> {
    let file = file.to_string_lossy().into_owned();
    let theirs = [
        &["-symbolize=none".to_string(), theirs.to_string()],
        options,
        std::slice::from_ref(&file),
    ]
    .concat();
    let own: Vec<String> = own.iter().map(|a| (*a).to_string()).collect();
    let format = if own[0] == "raw" {
        &[][..]
    } else {
        &["--format".to_string(), "pprof".to_string()]
    };
    let own = [&own[..], format, options, &[file]].concat();
    let (expect, got) = (run(pprof, &theirs), run(Path::new(PROGRAM), &own));
    let said = String::from_utf8_lossy(&expect.stderr);
    let met_nothing = !expect.status.success() || said.contains("expression matched no samples");
    if (got.status.code() == Some(2) && met_nothing) || blocks(&expect.stdout) == blocks(&got.stdout) {
        return None;
    }
    let (expect, got) = (lines(&expect.stdout), lines(&got.stdout));
    let first = (0..).find(|i| expect.get(*i) != got.get(*i)).unwrap_or_default();
    Some(format!(
        "{}\n  pprof    {:?}\n  perfplan {:?}",
        own.join(" "),
        expect.get(first),
        got.get(first)
    ))
}

fn lines(text: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(text)
        .lines()
        .map(str::to_string)
        .collect()
}

/// The text in blocks between separators; where a profile has negative values pprof prints calls of equal weight
/// and opposite sign in random order, so lines within a block with a minus are sorted.
fn blocks(text: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(text).into_owned();
    let block = |block: &str| {
        let mut lines: Vec<String> = block.lines().map(str::to_string).collect();
        if block.contains(" -") {
            lines.sort();
        }
        lines
    };
    text.split("-----+----").map(block).collect()
}

/// One comparison.
type Case = ((&'static [&'static str], &'static str), Vec<String>, PathBuf);

/// Every option on every `stride`-th file, each option beginning at another one.
fn cases(files: &[PathBuf], stride: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for (o, options) in OPTIONS.iter().enumerate() {
        for (v, view) in VIEWS.iter().enumerate() {
            let chosen = files.iter().skip((o * VIEWS.len() + v) % stride).step_by(stride);
            let options: Vec<String> = options.split_whitespace().map(str::to_string).collect();
            cases.extend(chosen.map(|file| (*view, options.clone(), file.clone())));
        }
    }
    cases
}

/// Every base option on every pair, old and new.
fn base_cases(pairs: &[(PathBuf, PathBuf)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, (old, new)) in pairs.iter().enumerate() {
        for (o, options) in BASES.iter().enumerate() {
            let options: Vec<String> = format!("{options}{}", old.display())
                .split_whitespace()
                .map(str::to_string)
                .collect();
            cases.push((VIEWS[(i + o) % 2], options, new.clone()));
        }
    }
    cases
}

#[track_caller]
fn compare(what: &str, cases: &[Case]) {
    let Some(pprof) = pprof() else {
        return;
    };
    let differing: Vec<String> = cases
        .par_iter()
        .filter_map(|(view, options, file)| difference(&pprof, *view, options, file))
        .collect();
    println!(
        "{what}: {} combinations of view, options and profile beside go tool pprof",
        cases.len()
    );
    differing.iter().for_each(|d| println!("{d}"));
    assert!(
        differing.is_empty(),
        "{} of {} differ, see above",
        differing.len(),
        cases.len()
    );
}

#[test]
fn recorded_profiles_print_as_in_pprof() {
    let files = recorded_profiles();
    compare("recorded profiles", &cases(&files, 14));
    let old = |f: &&PathBuf| f.to_string_lossy().contains("/before/");
    let pair = |f: &PathBuf| {
        (
            f.clone(),
            PathBuf::from(f.to_string_lossy().replace("/before/", "/after/")),
        )
    };
    let pairs: Vec<_> = files
        .iter()
        .filter(old)
        .map(pair)
        .filter(|(_, new)| new.is_file())
        .collect();
    assert!(pairs.len() > 10, "only {} pairs", pairs.len());
    compare("recorded pairs", &base_cases(&pairs));
}

#[test]
fn shared_profiles_print_as_in_pprof() {
    let Some(corpus) = corpus() else {
        return;
    };
    let is_plain = |f: &PathBuf| {
        let name = f.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let small = f.metadata().is_ok_and(|m| m.len() < 600_000);
        // Text dumps with symbols show them here and not there; dumps and notes are no profiles.
        let other = ["README", "manifest", "debug1", "debug2", "dump", "jemalloc"]
            .iter()
            .any(|n| name.contains(n));
        small && !other
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join("profiles"))
        .expect("a folder")
        .flatten()
        .map(|e| e.path())
        .filter(|f| f.is_file() && is_plain(f))
        .collect();
    files.extend(
        files_below(&corpus.join("generated"))
            .into_iter()
            .filter(|f| f.to_string_lossy().ends_with(".pb.gz")),
    );
    files.sort();
    compare("shared profiles", &cases(&files, 44));
}
