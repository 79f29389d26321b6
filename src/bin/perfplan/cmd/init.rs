//! `perfplan init`: a commented perfplan.yaml for the project at hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use perfplan::bench::looks_like_bench;
use perfplan::error::{Error, Problem, counted, printable};
use perfplan::profile::{Limits, decode_plain, is_gzip, unpack};
use perfplan::report::{Found, policy_template};
use perfplan::source::module_of;

use crate::cli::Shared;
use crate::knowledge_args::InitArgs;
use crate::output;
use crate::settings::FILE;

/// Most files that are looked at, and the largest of them.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 64 << 20;

pub fn run(args: &InitArgs, shared: &Shared) -> anyhow::Result<()> {
    if !args.folder.is_dir() {
        bail!(
            "{}: no folder",
            printable(args.folder.as_os_str().as_encoded_bytes())
        );
    }
    let path = args.output.clone().unwrap_or_else(|| args.folder.join(FILE));
    let prints = path == Path::new("-");
    if !prints && path.symlink_metadata().is_ok() && !args.force {
        return Err(exists(&path).into());
    }
    let progress = output::Progress::begin("looking for benchmarks and profiles", shared);
    let found = look(&args.folder, shared)?;
    drop(progress);
    output::emit(&policy_template(&found), Some(&path))?;
    if !prints && !shared.quiet {
        eprintln!(
            "wrote {}: {}, {} of benchmark results and {} found",
            printable(path.as_os_str().as_encoded_bytes()),
            counted(found.profiles.len() as u64, "profile"),
            counted(found.results.len() as u64, "file"),
            counted(found.benchmarks.len() as u64, "benchmark")
        );
    }
    Ok(())
}

fn exists(path: &Path) -> Error {
    let hint = Some("--force replaces it".to_string());
    let reason = "exists already".to_string();
    Problem::System { reason, hint }.at(&path.to_string_lossy())
}

fn look(folder: &Path, shared: &Shared) -> anyhow::Result<Found> {
    let go_mod = fs::read_to_string(folder.join("go.mod")).ok();
    let mut found = Found {
        module: go_mod.and_then(|text| module_of(&text)),
        ..Found::default()
    };
    let (files, is_cut) = files(folder)?;
    if is_cut && !shared.quiet {
        eprintln!("warning: more than {MOST_FILES} files: the others were not looked at");
    }
    let mut benchmarks = BTreeSet::new();
    for file in files {
        let relative = file.strip_prefix(folder).unwrap_or(&file);
        let Some(name) = relative.to_str() else { continue };
        if name.ends_with("_test.go") {
            benchmarks.extend(benchmarks_of(&file));
        } else if !name.ends_with(".go") {
            kind_of(&file, name, &mut found);
        }
    }
    found.benchmarks = benchmarks.into_iter().collect();
    Ok(found)
}

/// The files below a folder in order, without hidden folders and those of other people's code, and whether there are more.
fn files(folder: &Path) -> anyhow::Result<(Vec<PathBuf>, bool)> {
    let (mut folders, mut files) = (vec![folder.to_path_buf()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_skipped =
                name.as_encoded_bytes().starts_with(b".") || name == "vendor" || name == "node_modules";
            match entry.file_type() {
                _ if is_skipped => {}
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
            if files.len() > MOST_FILES {
                files.truncate(MOST_FILES);
                files.sort();
                return Ok((files, true));
            }
        }
    }
    files.sort();
    Ok((files, false))
}

/// The names of the benchmarks that a test file declares.
fn benchmarks_of(file: &Path) -> Vec<String> {
    let text = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let name = |line: &str| {
        let rest = line.strip_prefix("func Benchmark")?;
        let (name, rest) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric() && c != '_')?);
        let is_benchmark = rest.starts_with('(') && !name.starts_with(char::is_lowercase);
        is_benchmark.then(|| format!("Benchmark{name}"))
    };
    text.lines().filter_map(name).collect()
}

/// Adds a file that is a profile or benchmark results, as its content tells; what cannot be read is neither.
fn kind_of(file: &Path, name: &str, found: &mut Found) {
    let size = fs::metadata(file).map_or(0, |m| m.len());
    let limits = Limits::default();
    if size == 0 || size > MOST_BYTES {
        return;
    }
    let Ok(data) = fs::read(file) else { return };
    if !is_gzip(&data) {
        let is_text = data.iter().take(1000).all(|byte| *byte != 0);
        if is_text && looks_like_bench(&data) && perfplan::bench::parse(&data, name).is_ok() {
            found.results.push(name.to_string());
        }
        return;
    }
    let Ok(plain) = unpack(&data, limits) else { return };
    if let Ok(profile) = decode_plain(&plain, name) {
        found
            .profiles
            .push((profile.kind().name().to_string(), name.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benchmarks_are_found_by_their_declarations() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a_test.go");
        let text = "func BenchmarkA(b *testing.B) {\nfunc Benchmarkb(b int) {\n\tfunc BenchmarkIn(b\nfunc Benchmark_C(b \
                    *testing.B) {}\nfunc Benchmark(b *testing.B) {}\n// func BenchmarkD(b *testing.B)\n";
        fs::write(&file, text).unwrap();
        assert_eq!(benchmarks_of(&file), ["BenchmarkA", "Benchmark_C", "Benchmark"]);
    }
}
