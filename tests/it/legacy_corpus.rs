//! Text and binary forms, dropped frames and merges of real profiles against recorded results: exact flat and
//! cum by function.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads its files, fails at once, and says how much it compared"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use perfplan::profile::{Limits, LocationId, Profile, decode, merge, remove_uninteresting, unpack};

use crate::shared::corpus;

/// Name, flat, cum.
type Row = (String, i64, i64);

fn read(path: &Path) -> Vec<u8> {
    let data = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    unpack(&data, Limits::default()).map_or_else(|_| data.clone(), std::borrow::Cow::into_owned)
}

fn load(path: &Path) -> Result<Profile, perfplan::error::Error> {
    let input = path.display().to_string();
    let data = fs::read(path).unwrap();
    let mut profile = decode(&data, &input, Limits::default())?;
    remove_uninteresting(&mut profile, &input);
    Ok(profile)
}

/// The rows of a manifest: its columns from the second line on.
fn manifest(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let columns = |line: &str| line.split('\t').map(str::to_string).collect();
    text.lines().skip(1).map(columns).collect()
}

/// What a location is, innermost first: a function, or what stands for one without a name, with the file that
/// tells two of those apart.
fn names(profile: &Profile, id: LocationId) -> Vec<(String, String)> {
    let mapping = profile.locations[id.index()].mapping;
    let file = mapping.map_or_else(String::new, |m| {
        profile.printable(profile.mappings[m.index()].filename)
    });
    let unnamed = match file.rsplit('/').next() {
        None | Some("") => "<unknown>".to_string(),
        Some(base) => format!("[{base}]"),
    };
    let lines = profile.lines_of(id);
    let name = |line: &perfplan::profile::Line| match profile
        .printable(profile.functions[line.function.index()].name)
    {
        name if name.is_empty() => (unnamed.clone(), file.clone()),
        name => (name, String::new()),
    };
    if lines.is_empty() {
        return vec![(unnamed, file)];
    }
    lines.iter().map(name).collect()
}

fn rows(profile: &Profile, index: usize) -> Vec<Row> {
    let mut nodes: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        let frames: Vec<_> = profile
            .samples
            .stack(sample)
            .flat_map(|l| names(profile, l))
            .collect();
        if let Some(leaf) = frames.first() {
            nodes.entry(leaf.clone()).or_default().0 += value;
        }
        for name in frames.into_iter().collect::<BTreeSet<_>>() {
            nodes.entry(name).or_default().1 += value;
        }
    }
    let shown = nodes.into_iter().filter(|(_, v)| *v != (0, 0));
    let mut rows: Vec<_> = shown.map(|((name, _), (flat, cum))| (name, flat, cum)).collect();
    rows.sort();
    rows
}

/// `flat flat% sum% cum cum%  name[ (inline)| (partial-inline)]` after the line of the columns.
fn parse_top(text: &str) -> Vec<Row> {
    let number = |field: &str| -> i64 {
        let digits = field.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        digits.parse().unwrap_or_else(|_| panic!("no number: {field}"))
    };
    let row = |line: &str| {
        let mut rest = line;
        let mut fields = Vec::new();
        for _ in 0..5 {
            let (field, after) = rest.trim_start().split_once(' ')?;
            fields.push(field);
            rest = after;
        }
        // Two blanks stand before the name, one went with the last field.
        let name = rest.strip_prefix(' ')?;
        let name = name.strip_suffix(" (inline)").unwrap_or(name);
        let name = name.strip_suffix(" (partial-inline)").unwrap_or(name);
        Some((name.to_string(), number(fields[0]), number(fields[3])))
    };
    let table = text
        .lines()
        .skip_while(|l| !l.trim_start().starts_with("flat "))
        .skip(1);
    let mut rows: Vec<_> = table.filter_map(row).collect();
    rows.sort();
    rows
}

fn parse_symbols(text: &str) -> (i64, Vec<Row>) {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let row = |r: &serde_json::Value| {
        let number = |field: &str| r[field].as_i64().unwrap();
        (
            r["name"].as_str().unwrap().to_string(),
            number("flat"),
            number("cum"),
        )
    };
    let mut rows: Vec<_> = json["rows"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    (json["total"].as_i64().unwrap(), rows)
}

/// Compares a profile with all that is recorded of it; how many listings that were.
fn compare(profile: &Profile, expected: &Path, name: &str) -> usize {
    let mut compared = 0;
    for index in 0..profile.sample_types.len() {
        let stem = format!("{name}.si{index}-{}", profile.type_name(index));
        let top = expected.join(format!("{stem}.top.txt"));
        let symbols = expected.join(format!("{stem}.symbols.json"));
        if top.is_file() {
            let text = String::from_utf8(read(&top)).unwrap();
            assert_eq!(rows(profile, index), parse_top(&text), "{stem}");
            compared += 1;
        } else if symbols.is_file() {
            let (total, expect) = parse_symbols(&String::from_utf8(read(&symbols)).unwrap());
            assert_eq!(rows(profile, index), expect, "{stem}");
            assert_eq!(profile.total(index), total, "{stem}");
            compared += 1;
        }
    }
    compared
}

#[test]
fn real_profiles() {
    let Some(folder) = corpus().map(|c| c.join("profiles")) else {
        return;
    };
    let (mut files, mut listings, mut refused) = (0, 0, 0);
    for columns in manifest(&folder.join("manifest.tsv")) {
        let (name, samples) = (&columns[0], &columns[6]);
        if !name.ends_with(".txt") && !name.ends_with(".legacy") {
            continue;
        }
        let loaded = load(&folder.join(name));
        if samples == "-" {
            assert!(loaded.is_err(), "{name} is no profile");
            refused += 1;
            continue;
        }
        let profile = loaded.unwrap_or_else(|e| panic!("{e}"));
        let compared = compare(&profile, &folder.join("expected"), name);
        assert_ne!(compared, 0, "{name} has no expected listing");
        profile
            .warnings
            .iter()
            .for_each(|w| eprintln!("{name}: {}: {}", w.code, w.message));
        (files, listings) = (files + 1, listings + compared);
    }
    eprintln!("{files} real profiles with {listings} listings compared, {refused} other files refused");
    assert_ne!(files, 0);
}

#[test]
fn edge_cases() {
    let Some(folder) = corpus().map(|c| c.join("profiles/bad")) else {
        return;
    };
    let (mut accepted, mut listings, mut refused) = (0, 0, 0);
    for columns in manifest(&folder.join("manifest.tsv")) {
        let (name, verdict) = (&columns[0], columns[1].as_str());
        if !name.starts_with("legacy-") && !["folded.txt", "long-line.txt"].contains(&name.as_str()) {
            continue;
        }
        match (load(&folder.join(name)), verdict) {
            (Ok(profile), "accept" | "either") => {
                listings += compare(&profile, &folder.join("expected"), name);
                accepted += 1;
            }
            (Err(_), "reject" | "either") => refused += 1,
            (Ok(_), _) => panic!("{name} must be refused"),
            (Err(e), _) => panic!("{e}"),
        }
    }
    eprintln!("{accepted} edge cases accepted with {listings} listings compared, {refused} refused");
    assert_ne!(accepted, 0);
}

#[test]
fn generated_texts() {
    let Some(folder) = corpus().map(|c| c.join("generated")) else {
        return;
    };
    let (mut files, mut listings) = (0, 0);
    for columns in manifest(&folder.join("manifest.tsv")) {
        let name = &columns[0];
        let is_text = name.ends_with(".debug1.txt") || name.ends_with(".debug2.txt");
        let recorded = name.replace('/', "__");
        let expected = folder.join("expected");
        if !is_text || !expected.join(format!("{recorded}.folded.txt")).is_file() {
            continue;
        }
        let profile = load(&folder.join(name)).unwrap_or_else(|e| panic!("{e}"));
        let compared = compare(&profile, &expected, &recorded);
        assert_ne!(compared, 0, "{name} has no expected listing");
        (files, listings) = (files + 1, listings + compared);
    }
    eprintln!("{files} generated texts with {listings} listings compared");
    assert_ne!(files, 0);
}

#[test]
fn dropped_frames() {
    let Some(folder) = corpus().map(|c| c.join("profiles")) else {
        return;
    };
    let (mut files, mut listings) = (0, 0);
    for folder in [folder.join("bad"), folder] {
        for columns in manifest(&folder.join("manifest.tsv")) {
            let name = &columns[0];
            let Some(profile) = load(&folder.join(name))
                .ok()
                .filter(|p| !p.drop_frames.is_empty())
            else {
                continue;
            };
            files += 1;
            listings += compare(&profile, &folder.join("expected"), name);
        }
    }
    eprintln!("{files} profiles with frames to drop, {listings} listings compared");
    assert_ne!(listings, 0);
}

#[test]
fn merged_pairs() {
    let Some(folder) = corpus().map(|c| c.join("profiles")) else {
        return;
    };
    let pairs = manifest(&folder.join("expected/pairs/pairs.tsv"));
    for columns in &pairs {
        let [name, before, after, index, ..] = &columns[..] else {
            panic!("{columns:?}");
        };
        let (a, b) = (
            load(&folder.join(after)).unwrap(),
            load(&folder.join(before)).unwrap(),
        );
        let merged = merge(&[(after, &a), (before, &b)]).unwrap();
        let top = read(&folder.join(format!("expected/pairs/{name}.merge.top.txt")));
        let expect = parse_top(&String::from_utf8(top).unwrap());
        assert_eq!(rows(&merged, index.parse().unwrap()), expect, "{name}");
    }
    eprintln!("{} merged pairs compared", pairs.len());
}
