//! Real profiles of many producers, and hostile ones, with what `go tool pprof` says of each. The files are outside of
//! the repository; where they are absent each test says so and passes.
#![expect(clippy::print_stdout, reason = "a test says what it skips and what failed")]

use std::path::{Path, PathBuf};

use perfplan::error::Error;
use perfplan::profile::{Limits, Profile, decode, merge, remove_uninteresting};
use serde_json::Value;

use crate::shared::corpus;
use crate::support::{
    Row, Table, bytes, default_view, difference, files_below, listing, own_table, plain_bytes, top,
};

/// The rows of a manifest as lists of cells, without its head.
fn manifest(folder: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes(&folder.join("manifest.tsv"))).expect("UTF-8");
    let cells = |line: &str| line.split('\t').map(str::to_string).collect();
    text.lines().skip(1).map(cells).collect()
}

/// What one file is expected to give for one sample type.
struct Expected {
    name: String,
    index: usize,
    table: Table,
    has_inline: bool,
}

/// The expectations in `folder/expected` of a file.
fn expectations(folder: &Path, file: &str) -> Vec<Expected> {
    let prefix = format!("{}.si", file.replace('/', "__"));
    let named = |path: &PathBuf| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let all = files_below(&folder.join("expected"));
    let own = all.iter().filter(|path| named(path).starts_with(&prefix));
    own.filter_map(|path| expectation(path, &named(path), &prefix))
        .collect()
}

fn expectation(path: &Path, name: &str, prefix: &str) -> Option<Expected> {
    let (index, _) = name.strip_prefix(prefix)?.split_once('-')?;
    let form = name.strip_suffix(".gz").unwrap_or(name);
    let is_listing = form.ends_with(".top.txt");
    if !is_listing && !form.ends_with(".symbols.json") {
        return None;
    }
    let text = plain_bytes(path);
    Some(Expected {
        name: name.to_string(),
        index: index.parse().ok()?,
        table: if is_listing {
            listing(&text)
        } else {
            symbols(&text)
        },
        has_inline: is_listing,
    })
}

/// A table written by the rules of the symbol comments.
fn symbols(text: &[u8]) -> Table {
    let json: Value = serde_json::from_slice(text).expect("JSON");
    let row = |row: &Value| Row {
        name: perfplan::error::printable(row["name"].as_str().unwrap_or_default().as_bytes()),
        flat: row["flat"].as_i64().expect("flat"),
        cum: row["cum"].as_i64().expect("cum"),
        inline: String::new(),
    };
    Table {
        total: json["total"].as_i64(),
        rows: json["rows"].as_array().expect("rows").iter().map(row).collect(),
    }
}

/// A file that must be accepted, as the program takes it.
fn accepted(folder: &Path, file: &str) -> Result<Profile, String> {
    let decoded = decode(&bytes(&folder.join(file)), file, Limits::default());
    let mut profile = decoded.map_err(|error| format!("refused: {error}"))?;
    remove_uninteresting(&mut profile, file);
    Ok(profile)
}

/// What differs in a file that must be accepted.
fn compare(folder: &Path, file: &str, compared: &mut usize) -> Vec<String> {
    let profile = match accepted(folder, file) {
        Ok(profile) => profile,
        Err(why) => return vec![why],
    };
    let expectations = expectations(folder, file);
    *compared += expectations.len();
    let differ = |e: &Expected| {
        let what = table_difference(&profile, e)?;
        Some(format!("{}: {what}", e.name))
    };
    expectations.iter().filter_map(differ).collect()
}

fn table_difference(profile: &Profile, expected: &Expected) -> Option<String> {
    if expected.index >= profile.sample_types.len() {
        return Some(format!("only {} sample types", profile.sample_types.len()));
    }
    let own = own_table(&top(profile, expected.index));
    difference(&own, &expected.table, expected.has_inline)
}

/// Prints all failures, then fails if there are any.
fn settle(failures: &[String], compared: usize, at_least: usize) {
    failures.iter().for_each(|failure| println!("{failure}"));
    println!("{compared} compared, {} differ", failures.len());
    assert!(failures.is_empty(), "{} differ, see above", failures.len());
    assert!(compared >= at_least, "only {compared} compared");
}

#[test]
fn real_profiles_have_the_rows_of_the_reference() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let (mut failures, mut compared) = (Vec::new(), 0);
    for cells in manifest(&folder) {
        // `-`: a dump, which is no profile.
        if cells[6] != "-" {
            failures.extend(compare(&folder, &cells[0], &mut compared));
        }
    }
    settle(&failures, compared, 120);
}

#[test]
fn generated_profiles_have_the_rows_of_the_reference() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("generated");
    let (mut failures, mut compared) = (Vec::new(), 0);
    for cells in manifest(&folder) {
        if cells[2] != "dump" {
            failures.extend(compare(&folder, &cells[0], &mut compared));
        }
    }
    settle(&failures, compared, 100);
}

#[test]
fn default_listings_are_those_of_the_reference() {
    let Some(corpus) = corpus() else { return };
    let (mut failures, mut compared) = (Vec::new(), 0);
    for folder in [corpus.join("profiles"), corpus.join("generated")] {
        for cells in manifest(&folder) {
            let name = format!("{}.top.default.txt", cells[0].replace('/', "__"));
            let expected = folder.join("expected").join(name);
            if expected.is_file() {
                compared += 1;
                failures.extend(listing_difference(&folder, &cells[0], &expected));
            }
        }
    }
    settle(&failures, compared, 80);
}

/// The first line in which the text of the default view differs, but for the marks of inlining: go tool pprof sets those
/// by what trimming left of the callers, perfplan by all callers, so that a mark does not change with the number of rows.
fn listing_difference(folder: &Path, file: &str, expected: &Path) -> Option<String> {
    let profile = match accepted(folder, file) {
        Ok(profile) => profile,
        Err(why) => return Some(why),
    };
    let own = unmarked(&default_view(&profile).text());
    let expect = unmarked(&String::from_utf8_lossy(&plain_bytes(expected)));
    let at = own.iter().zip(&expect).position(|(own, expect)| own != expect);
    let at = at.unwrap_or(own.len().min(expect.len()));
    (own != expect).then(|| {
        let (own, expect) = (own.get(at), expect.get(at));
        format!("{file}: line {}: {own:?}, expected {expect:?}", at + 1)
    })
}

/// The lines without their marks of inlining.
fn unmarked(text: &str) -> Vec<String> {
    let unmark = |line: &str| line.replace(" (inline)", "").replace(" (partial-inline)", "");
    text.lines().map(unmark).collect()
}

#[test]
fn merged_profiles_have_the_rows_of_the_reference() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let (mut failures, mut compared) = (Vec::new(), 0);
    let pairs = String::from_utf8(bytes(&folder.join("expected/pairs/pairs.tsv"))).expect("UTF-8");
    for line in pairs.lines() {
        let cells: Vec<_> = line.split('\t').collect();
        let expected = folder.join(format!("expected/pairs/{}.merge.top.txt", cells[0]));
        if expected.is_file() {
            compared += 1;
            let table = listing(&bytes(&expected));
            failures.extend(merge_difference(&folder, &cells, &table));
        }
    }
    settle(&failures, compared, 5);
}

fn merge_difference(folder: &Path, cells: &[&str], expect: &Table) -> Option<String> {
    let (before, after) = (accepted(folder, cells[1]).ok()?, accepted(folder, cells[2]).ok()?);
    let mut merged = match merge(&[(cells[2], &after), (cells[1], &before)]) {
        Ok(merged) => merged,
        Err(problem) => return Some(format!("{}: refused: {problem}", cells[0])),
    };
    remove_uninteresting(&mut merged, "merged");
    let index = cells[3].parse().expect("an index");
    let what = difference(&own_table(&top(&merged, index)), expect, true)?;
    Some(format!("{}: {what}", cells[0]))
}

#[test]
fn hostile_files_are_accepted_or_refused_as_listed() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles/bad");
    let (mut failures, mut compared) = (Vec::new(), 0);
    for cells in manifest(&folder) {
        let (file, verdict) = (&cells[0], cells[1].as_str());
        compared += 1;
        if verdict == "accept" {
            failures.extend(compare(&folder, file, &mut compared));
            continue;
        }
        match decode(&bytes(&folder.join(file)), file, Limits::default()) {
            Ok(_) if verdict == "reject" => failures.push(format!("{file}: not refused")),
            Ok(_) => {}
            Err(error) => failures.extend(bad_message(file, &error)),
        }
    }
    settle(&failures, compared, 100);
}

/// What is wrong with a message: it is one line that begins with the file.
fn bad_message(file: &str, error: &Error) -> Option<String> {
    let text = error.to_string();
    let is_good = text.starts_with(&format!("{file}: ")) && !text.chars().any(char::is_control);
    (!is_good).then(|| format!("{file}: bad message {text:?}"))
}

/// Folded text of a file beside the recorded one, where there is one.
fn folded_difference(folder: &Path, expected: &Path, file: &str) -> Option<Option<String>> {
    let recorded = [format!("{file}.folded.txt"), format!("{file}.folded.txt.gz")];
    let recorded = recorded
        .iter()
        .map(|name| expected.join(name))
        .find(|path| path.is_file())?;
    let mut profile = match decode(&bytes(&folder.join(file)), file, Limits::default()) {
        Ok(profile) => profile,
        Err(error) => return Some(Some(format!("{file}: {error}"))),
    };
    remove_uninteresting(&mut profile, file);
    let own = perfplan::flame::folded_stacks(&profile, profile.default_type());
    let is_same = own.as_bytes() == plain_bytes(&recorded);
    Some((!is_same).then(|| format!("{file}: other folded stacks")))
}

#[test]
fn folded_stacks_are_those_recorded() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("profiles");
    let expected = folder.join("expected");
    let compared: Vec<_> = manifest(&folder)
        .iter()
        .filter_map(|c| folded_difference(&folder, &expected, &c[0]))
        .collect();
    let count = compared.len();
    settle(&compared.into_iter().flatten().collect::<Vec<_>>(), count, 50);
}
