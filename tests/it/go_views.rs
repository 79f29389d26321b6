//! `go tool pprof` beside the views of perfplan on every profile there is. Skipped where Go is absent.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads sources and says what it did"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use perfplan::analyze::Granularity;
use perfplan::profile::filter::Pattern;
use perfplan::report::view::{ListOptions, Subject, list, tags};
use perfplan::source::Sources;
use rayon::prelude::*;

use crate::support::root;
use crate::views::{Shown, all_files, difference, raw_text, settle, traces_text};

/// The program behind `go tool pprof`, if there is one.
fn pprof() -> Option<PathBuf> {
    let found = Command::new("go").args(["tool", "-n", "pprof"]).output().ok();
    let path = found
        .filter(|output| output.status.success())
        .map(|output| output.stdout);
    let path = path
        .and_then(|path| String::from_utf8(path).ok())
        .map(|path| PathBuf::from(path.trim()));
    // Where it is not built yet the first run builds it.
    let built = Command::new("go").args(["tool", "pprof", "-h"]).output().ok();
    let path = path.filter(|path| built.is_some() && path.is_file());
    if path.is_none() {
        println!("skipped: no `go tool pprof` on PATH");
    }
    path
}

/// What it prints, or what it says where it fails.
fn run(pprof: &Path, arguments: &[&str], file: &Path, folder: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new(pprof)
        .arg("-symbolize=none")
        .args(arguments)
        .arg(file)
        .env("TZ", "UTC")
        .env("PPROF_BINARY_PATH", "/nonexistent")
        .env("PPROF_TMPDIR", std::env::temp_dir())
        .current_dir(folder)
        .output()
        .expect("pprof runs");
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(said())
    }
}

/// Compares one text of every profile there is.
fn compare_all(arguments: &[&str], own: impl Fn(&Subject<'_>) -> Vec<u8> + Sync) {
    let Some(pprof) = pprof() else { return };
    let compare = |file: &PathBuf| {
        let shown = Shown::of(file);
        if shown.is_exception() {
            return None;
        }
        // What the reference refuses it has no text for.
        let expect = run(&pprof, arguments, file, root()).ok()?;
        let own = own(&shown.subject(shown.profile.default_type(), "minimum"));
        let what = difference(&own, &expect);
        Some(what.map(|what| format!("{} {}: {what}", file.display(), arguments.join(" "))))
    };
    let compared: Vec<_> = all_files().par_iter().filter_map(compare).collect();
    let count = compared.len();
    settle(&compared.into_iter().flatten().collect::<Vec<_>>(), count, 30);
}

#[test]
fn traces_are_those_of_go_tool_pprof() {
    compare_all(&["-traces"], traces_text);
}

#[test]
fn tags_are_those_of_go_tool_pprof() {
    compare_all(&["-tags"], |subject| tags(subject).pprof().into_bytes());
}

#[test]
fn dumps_are_those_of_go_tool_pprof() {
    compare_all(&["-raw"], raw_text);
}

/// Names with places, where columns and addresses show.
#[test]
fn traces_of_finer_granularity_are_those_of_go_tool_pprof() {
    let finer = |granularity: Granularity| {
        move |subject: &Subject<'_>| {
            let subject = Subject {
                granularity,
                ..*subject
            };
            traces_text(&subject)
        }
    };
    compare_all(&["-traces", "-lines"], finer(Granularity::Lines));
    compare_all(&["-traces", "-addresses"], finer(Granularity::Addresses));
    compare_all(&["-traces", "-filefunctions"], finer(Granularity::FileFunctions));
}

#[test]
fn units_and_divisors_are_those_of_go_tool_pprof() {
    fn other<'a>(subject: &Subject<'a>) -> Subject<'a> {
        Subject {
            ratio: 1.0 / 3.0,
            unit: "ms",
            ..*subject
        }
    }
    let options = ["-divide_by=3", "-unit=ms"];
    let with = |view: &'static str| [&[view][..], &options].concat();
    compare_all(&with("-traces"), |subject| traces_text(&other(subject)));
    compare_all(&with("-tags"), |subject| {
        tags(&other(subject)).pprof().into_bytes()
    });
}

#[test]
fn means_are_those_of_go_tool_pprof() {
    fn mean<'a>(subject: &Subject<'a>) -> Subject<'a> {
        let divisor = subject.profile.samples.column(0).fold(0, i64::wrapping_add);
        Subject {
            mean: true,
            total: subject.total.checked_div(divisor).unwrap_or(subject.total),
            ..*subject
        }
    }
    compare_all(&["-mean", "-traces"], |subject| traces_text(&mean(subject)));
    compare_all(&["-mean", "-tags"], |subject| {
        tags(&mean(subject)).pprof().into_bytes()
    });
}

/// The disk, as the program gives it to the library.
struct Disk;

impl Sources for Disk {
    fn text(&self, _path: &str) -> Option<String> {
        None
    }

    fn module(&self) -> Option<String> {
        None
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let reason = |error: std::io::Error| {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        };
        let is_folder = std::fs::metadata(path).map_err(reason)?.is_dir();
        if is_folder {
            Ok(Vec::new())
        } else {
            std::fs::read(path).map_err(reason)
        }
    }
}

/// One listing with its options.
struct Listing<'a> {
    regex: &'a str,
    source_path: &'a str,
    trim_path: &'a str,
}

#[test]
fn listings_are_those_of_go_tool_pprof() {
    let Some(pprof) = pprof() else { return };
    let testdata = root().join("testdata").to_string_lossy().into_owned();
    let below = format!("{testdata}/rates/before:{testdata}/feed:{testdata}/ledger/after/out");
    let go_root = Command::new("go")
        .args(["env", "GOROOT"])
        .output()
        .expect("go runs")
        .stdout;
    let go_source = format!("{}/src", String::from_utf8_lossy(&go_root).trim());
    let go_trim = format!("{go_source}:/opt");
    let listing = |regex, source_path, trim_path| Listing {
        regex,
        source_path,
        trim_path,
    };
    let listings = [
        listing("main", "", ""),
        listing("example", &below, ""),
        listing("Cache|Get|Put|render|^$", &testdata, "example.com/"),
        listing("runtime.(mallocgc|mapassign|gc)", &go_source, &go_trim),
        listing("^(sort|encoding|fmt|strings)", "/nonexistent:.", ""),
    ];
    let files = all_files();
    let compare = |(file, listing): (&PathBuf, &Listing<'_>)| list_difference(&pprof, file, listing);
    let pairs: Vec<_> = files
        .iter()
        .flat_map(|f| listings.iter().map(move |l| (f, l)))
        .collect();
    let compared: Vec<_> = pairs.into_par_iter().filter_map(compare).collect();
    let with_source = compared.iter().filter(|(has_source, _)| *has_source).count();
    println!("{with_source} listings with source");
    assert!(with_source >= 20, "only {with_source} listings with source");
    let count = compared.len();
    settle(
        &compared
            .into_iter()
            .filter_map(|(_, what)| what)
            .collect::<Vec<_>>(),
        count,
        60,
    );
}

/// Whether the reference lists source, and what differs; nothing where it cannot be compared.
fn list_difference(pprof: &Path, file: &Path, listing: &Listing<'_>) -> Option<(bool, Option<String>)> {
    let shown = Shown::of(file);
    if shown.is_exception() {
        return None;
    }
    let source_path = format!("-source_path={}", listing.source_path);
    let trim_path = format!("-trim_path={}", listing.trim_path);
    let arguments = ["-list", listing.regex, &source_path, &trim_path];
    let expect = match run(pprof, &arguments, file, root()) {
        Ok(expect) => Some(expect),
        // Nothing matches: the reference fails, and so does the program.
        Err(said) if said.contains("no matches found for regexp") => None,
        Err(_) => return None,
    };
    let regex = Pattern::new("REGEX", listing.regex).expect("a valid expression");
    let subject = Subject {
        trim_path: listing.trim_path,
        source_path: listing.source_path,
        ..shown.subject(shown.profile.default_type(), "minimum")
    };
    let folder = root().to_string_lossy();
    let options = ListOptions {
        regex: &regex,
        drop_negative: false,
        folder: &folder,
    };
    let view = list(&subject, &options, &Disk);
    let has_source = expect
        .as_ref()
        .is_some_and(|e| e.windows(6).any(|w| w == b":func "));
    let what = match expect {
        Some(expect) => difference(view.pprof().as_bytes(), &expect),
        None => (!view.functions.is_empty()).then(|| "the reference lists nothing".to_string()),
    };
    let what = what.map(|what| format!("{} {}: {what}", file.display(), listing.regex));
    Some((has_source, what))
}
