//! What several tests need: recorded files, and what `go tool pprof -top` printed beside what perfplan says.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads files and may fail"
)]

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use perfplan::analyze::Granularity;
use perfplan::error::printable;
use perfplan::profile::{Limits, Profile, StringId, decode, is_gzip};
use perfplan::report::view::{Subject, TopView, Trim};

/// The folder of this package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The bytes of a file that is known to be there.
pub fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The same, without gzip.
pub fn plain_bytes(path: &Path) -> Vec<u8> {
    let data = bytes(path);
    if !is_gzip(&data) {
        return data;
    }
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(data.as_slice());
    reader.read_to_end(&mut plain).expect("whole gzip");
    plain
}

/// All files below a folder, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The profiles recorded from our own programs.
pub fn recorded_profiles() -> Vec<PathBuf> {
    let mut files = files_below(&root().join("testdata"));
    files.retain(|f| f.to_string_lossy().ends_with(".pb.gz"));
    assert!(files.len() > 30, "only {} recorded profiles", files.len());
    files
}

/// Decodes a file that is known to be a profile.
pub fn profile_of(path: &Path) -> Profile {
    decode(&bytes(path), &path.to_string_lossy(), Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// All functions with a weight.
pub fn top(profile: &Profile, index: usize) -> TopView<'_> {
    view(profile, index, false)
}

/// The heavy functions of the default type, as `top` without an option shows them.
pub fn default_view(profile: &Profile) -> TopView<'_> {
    view(profile, profile.default_type(), true)
}

fn view(profile: &Profile, index: usize, trim: bool) -> TopView<'_> {
    static NO_UNITS: LazyLock<HashMap<StringId, String>> = LazyLock::new(HashMap::new);
    let limits = Trim {
        by_cum: false,
        drop_negative: false,
        node_count: 0,
        node_fraction: if trim { 0.005 } else { 0.0 },
        edge_fraction: 0.0,
    };
    let subject = Subject {
        profile,
        inputs: &[],
        index,
        total: profile.total(index),
        filters: &[],
        granularity: Granularity::Functions,
        mean: false,
        ratio: 1.0,
        unit: "minimum",
        label_units: &NO_UNITS,
        trim_path: "",
        source_path: "",
    };
    perfplan::report::view::top(&subject, &limits)
}

/// A row of a table: exact numbers, a printable name, and whether calls of it were inlined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Printable name.
    pub name: String,
    /// Weight as leaf.
    pub flat: i64,
    /// Weight anywhere in the stack.
    pub cum: i64,
    /// `all`, `some`, or `no`.
    pub inline: String,
}

/// A table, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Sum of absolute values; `None` where the listing does not tell it.
    pub total: Option<i64>,
    /// The rows as listed.
    pub rows: Vec<Row>,
}

/// The table of perfplan.
pub fn own_table(view: &TopView<'_>) -> Table {
    let json = serde_json::to_value(view).expect("a view is JSON");
    let row = |row: &serde_json::Value| Row {
        name: printable(row["name"].as_str().unwrap_or_default().as_bytes()),
        flat: row["flat"].as_i64().expect("flat"),
        cum: row["cum"].as_i64().expect("cum"),
        inline: row["inline"].as_str().unwrap_or_default().to_string(),
    };
    Table {
        total: json["total"].as_i64(),
        rows: json["rows"].as_array().expect("rows").iter().map(row).collect(),
    }
}

/// The table that `go tool pprof -top` printed.
pub fn listing(text: &[u8]) -> Table {
    let mut table = Table::default();
    let mut in_rows = false;
    for line in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        if in_rows {
            table.rows.push(listed_row(line));
        } else {
            let head = String::from_utf8_lossy(line);
            table.total = table.total.or_else(|| listed_total(&head));
            in_rows = head.trim_start().starts_with("flat  flat%");
        }
    }
    table
}

/// `Showing nodes accounting for 8, 100% of 8 total`.
fn listed_total(line: &str) -> Option<i64> {
    let rest = line.strip_prefix("Showing nodes accounting for ")?;
    let (_, total) = rest.strip_suffix(" total")?.rsplit_once(" of ")?;
    Some(value(total))
}

/// `flat flat% sum% cum cum%  name`, where the name may hold anything but a newline.
fn listed_row(line: &[u8]) -> Row {
    let mut rest = line;
    let mut fields = Vec::new();
    for _ in 0..5 {
        rest = rest.trim_ascii_start();
        let end = rest.iter().position(|b| *b == b' ').unwrap_or(rest.len());
        fields.push(String::from_utf8_lossy(&rest[..end]).into_owned());
        rest = &rest[end..];
    }
    let name = rest.strip_prefix(b"  ").unwrap_or(rest);
    let (name, inline) = if let Some(name) = name.strip_suffix(b" (inline)") {
        (name, "all")
    } else if let Some(name) = name.strip_suffix(b" (partial-inline)") {
        (name, "some")
    } else {
        (name, "no")
    };
    Row {
        name: printable(name),
        flat: value(&fields[0]),
        cum: value(&fields[3]),
        inline: inline.to_string(),
    }
}

/// A number with the unit that all numbers of the listing have.
fn value(text: &str) -> i64 {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    digits
        .parse()
        .unwrap_or_else(|e| panic!("{text} is no whole number: {e}"))
}

/// The first thing in which two tables differ; `inline` only where `with_inline`.
pub fn difference(own: &Table, expect: &Table, with_inline: bool) -> Option<String> {
    if expect.total.is_some_and(|total| own.total != Some(total)) {
        return Some(format!("total {:?}, expected {:?}", own.total, expect.total));
    }
    let key = |row: &Row| {
        let inline = if with_inline {
            row.inline.clone()
        } else {
            String::new()
        };
        (row.name.clone(), row.flat, row.cum, inline)
    };
    let own: Vec<_> = own.rows.iter().map(key).collect();
    let expect: Vec<_> = expect.rows.iter().map(key).collect();
    (own != expect).then(|| rows_difference(&own, &expect))
}

type Key = (String, i64, i64, String);

fn rows_difference(own: &[Key], expect: &[Key]) -> String {
    let sorted = |rows: &[Key]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows
    };
    let at = own.iter().zip(expect).position(|(a, b)| a != b);
    let at = at.unwrap_or(own.len().min(expect.len()));
    let what = if sorted(own) == sorted(expect) {
        "same rows, other order"
    } else {
        "other rows"
    };
    format!(
        "{what} ({} rows, expected {}) from row {at}: {:?}, expected {:?}",
        own.len(),
        expect.len(),
        own.get(at),
        expect.get(at)
    )
}

#[test]
fn listings_are_read_as_they_are_printed() {
    let text = b"Type: cpu\nShowing nodes accounting for -2ns, 25.00% of 8ns total\n      flat  flat%   sum%        cum   cum%\n\
        \x20      -5ns 62.50% 62.50%       -5ns 62.50%  a b\tc (inline)\n         0     0% 25.00%       -2ns 25.00%  main.main\n";
    let table = listing(text);
    let row = |name: &str, flat, cum, inline: &str| Row {
        name: name.into(),
        flat,
        cum,
        inline: inline.into(),
    };
    assert_eq!(table.total, Some(8));
    let rows = [row("a b\\tc", -5, -5, "all"), row("main.main", 0, -2, "no")];
    assert_eq!(table.rows, rows);
    let mut other = table.clone();
    other.rows.swap(0, 1);
    assert!(difference(&other, &table, true).is_some_and(|d| d.starts_with("same rows, other order")));
    assert_eq!(difference(&table, &table, true), None);
}
