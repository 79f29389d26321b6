//! The audit on the shared fixture: every marked line is hit by the rules that exist, no near miss is.
#![expect(clippy::disallowed_methods, reason = "a test reads files")]

use std::collections::BTreeSet;
use std::path::Path;

use perfplan::audit::{Audit, Options, Severity, SourceText, audit, rules};
use perfplan::profile::{Limits, decode};
use perfplan::review::ProfileInput;
use perfplan::review::audit::{AuditLimits, join};

use crate::shared::shared;
use crate::support::files_below;

/// A row of expected.tsv: marker, file, line, rule.
type Row = (String, String, u32, String);

fn sources(folder: &Path) -> Vec<SourceText> {
    let is_source = |name: &str| name.ends_with(".go") || name.ends_with(".sql") || name.ends_with("go.mod");
    let source = |file: std::path::PathBuf| {
        let name = file
            .strip_prefix(folder)
            .expect("below the folder")
            .to_string_lossy();
        let path = name.replace('\\', "/");
        is_source(&path).then(|| SourceText {
            text: std::fs::read_to_string(&file).expect("a text"),
            path,
        })
    };
    files_below(folder).into_iter().filter_map(source).collect()
}

fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = cells[2].parse().expect("a line");
        (cells[0].into(), cells[1].into(), number, cells[3].into())
    };
    text.lines().skip(1).map(row).collect()
}

fn fixture() -> Option<(Audit, Vec<Row>)> {
    let folder = shared("corpus/audit/fixture")?;
    let expected = std::fs::read_to_string(folder.join("expected.tsv")).expect("expected.tsv");
    let found = audit(sources(&folder.join("shop")), &Options::default());
    let known = |row: &Row| rules::find(&row.3).is_some();
    Some((found, rows(&expected).into_iter().filter(known).collect()))
}

#[test]
fn every_wanted_line_is_hit_and_no_near_miss() {
    let Some((found, expected)) = fixture() else {
        return;
    };
    assert!(
        expected.len() >= 30,
        "only {} rows for the rules that exist",
        expected.len()
    );
    let hits: BTreeSet<_> = found
        .hits
        .iter()
        .map(|h| (h.file.as_str(), h.line, h.rule))
        .collect();
    let wrong = |(marker, file, line, rule): &Row| {
        let place = (file.as_str(), *line, rule.as_str());
        let is_hit = hits.contains(&place);
        let is_high = found
            .hits
            .iter()
            .any(|h| (h.file.as_str(), h.line, h.rule) == place && h.severity != Severity::Low);
        match marker.as_str() {
            "want" => !is_hit,
            "ok" => is_hit,
            _ => is_high,
        }
    };
    let wrong: Vec<_> = expected.iter().filter(|row| wrong(row)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_fixture_is_read_whole() {
    let Some((found, _)) = fixture() else { return };
    assert_eq!(found.warnings, []);
    assert_eq!((found.audited, found.skipped.len()), (10, 0));
}

#[test]
fn the_hit_of_the_description_has_its_fingerprint() {
    let Some((found, _)) = fixture() else { return };
    let hit = found
        .hits
        .iter()
        .find(|h| h.rule == "concat-loop" && h.file == "utils/formatter.go");
    let hit = hit.expect("the hit");
    assert_eq!(hit.fingerprint, "46af3fe46ff4891f");
    assert_eq!(
        (hit.line, hit.column, hit.end_line, hit.end_column),
        (16, 3, 16, 23)
    );
    assert_eq!(hit.function.as_deref(), Some("example.com/shop/utils.Join"));
}

#[test]
fn rules_are_those_of_the_catalogue() {
    let Some(folder) = shared("corpus/audit") else {
        return;
    };
    let table = std::fs::read_to_string(folder.join("rules.tsv")).expect("rules.tsv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|l| l.split('\t').collect()).collect();
    for rule in rules::all() {
        let row = rows.iter().find(|r| r[0] == rule.id);
        let row = row.unwrap_or_else(|| unreachable!("{} is not in the catalogue", rule.id));
        assert_eq!(rule.title, row[1], "{}", rule.id);
        assert_eq!(rule.items.join(" "), row[3], "{}", rule.id);
        assert_eq!(rule.tier.to_string(), row[4], "{}", rule.id);
        let scope = format!("{:?}", rule.scope).to_uppercase();
        assert!(row[7].starts_with(&scope), "{}: {scope}, not {}", rule.id, row[7]);
    }
}

/// Severities with the profiles that were recorded with the fixture.
#[test]
fn severities_are_those_that_the_profiles_tell() {
    let Some((found, expected)) = fixture() else {
        return;
    };
    let folder = shared("corpus/audit/fixture").expect("it is there");
    let expected: Vec<_> = expected.into_iter().filter(|r| r.0 == "want").collect();
    let text = std::fs::read_to_string(folder.join("expected.tsv")).expect("expected.tsv");
    let profiles = profiles(&folder.join("profiles"));
    let joined = join(&found, &profiles, &AuditLimits::DEFAULT);
    let mut wrong = Vec::new();
    for (_, file, line, rule) in &expected {
        let prefix = format!("want\t{file}\t{line}\t{rule}\t");
        let row = text.lines().find(|l| l.starts_with(&prefix)).expect("a row");
        let severity = row.rsplit('\t').next().expect("a severity");
        let hits = joined.hits.iter();
        let hit = hits.filter(|h| {
            (h.hit.file.as_str(), h.hit.line, h.hit.rule) == (file.as_str(), *line, rule.as_str())
        });
        for hit in hit {
            if format!("{:?}", hit.severity).to_lowercase() != severity {
                wrong.push((row, hit.severity, hit.heat.clone()));
            }
        }
    }
    assert!(expected.len() >= 20, "{}", expected.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn profiles(folder: &Path) -> Vec<ProfileInput> {
    let read = |name: &&str| ProfileInput {
        profile: decode(
            &std::fs::read(folder.join(name)).expect("a profile"),
            name,
            Limits::default(),
        )
        .expect("decoded"),
        name: (*name).to_string(),
    };
    let names = [
        "allocs.pb.gz",
        "block.pb.gz",
        "cpu.pb.gz",
        "goroutine.pb.gz",
        "goroutineleak.pb.gz",
        "heap.pb.gz",
        "mutex.pb.gz",
    ];
    names.iter().map(read).collect()
}
