//! Programs with one trouble each, and what another implementation of the attribution found in their profiles. The
//! files are outside of the repository; where they are absent each test says so and passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use perfplan::analyze::symptoms;
use perfplan::review::{Evidence, Issue, Policy, ProfileInput, Review, review, symptom};

use crate::shared::shared;
use crate::support::{bytes, profile_of};

fn corpus() -> Option<PathBuf> {
    shared("corpus/audit/symptoms")
}

/// The rows of a table without its head.
fn rows(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes(&folder.join(name))).expect("UTF-8");
    let row = |line: &str| line.split('\t').map(str::to_string).collect();
    text.lines().skip(1).map(row).collect()
}

fn path(folder: &Path, case: &str, kind: &str) -> PathBuf {
    folder.join(format!("profiles/{case}.{kind}.pb.gz"))
}

/// `json=92.9 map.assign=4.1`.
fn shares(text: &str) -> BTreeMap<String, f64> {
    let share = |part: &str| {
        let (id, value) = part.split_once('=').expect("a share");
        (id.to_string(), value.parse().expect("a number"))
    };
    text.split_whitespace().map(share).collect()
}

#[test]
fn shares_are_those_of_the_other_implementation() {
    let Some(folder) = corpus() else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows(&folder, "shares.tsv") {
        let profile = profile_of(&path(&folder, &row[0], &row[1]));
        let index = match row[1].as_str() {
            "allocs" => profile.type_named("alloc_space").expect("bytes"),
            _ => profile.default_type(),
        };
        let total = profile.total(index) as f64;
        assert_eq!(total, row[2].parse::<f64>().expect("a total"), "{row:?}");
        let weights = symptoms(&profile, None).weights(&profile, index);
        let of = |value: i64| 100.0 * value as f64 / total;
        for (column, expected) in [shares(&row[4]), shares(&row[5])].iter().enumerate() {
            for (family, expected) in expected
                .iter()
                .filter(|(f, _)| !matches!(f.as_str(), "user" | "other"))
            {
                let weight = weights.iter().find(|w| w.family.id == family);
                let own = weight.map_or(0.0, |w| of(if column == 0 { w.inclusive } else { w.exclusive }));
                compared += 1;
                if (own - expected).abs() > 0.06 {
                    wrong.push(format!("{}.{} {family} {own:.1} for {expected}", row[0], row[1]));
                }
            }
        }
    }
    println!("{compared} shares, {} differ", wrong.len());
    assert!(compared > 900 && wrong.is_empty(), "{}", wrong.join("\n"));
}

fn reviewed(folder: &Path, case: &str, kind: &str) -> Review {
    let path = path(folder, case, kind);
    let input = ProfileInput {
        name: format!("{case}.{kind}.pb.gz"),
        profile: profile_of(&path),
    };
    let evidence = Evidence {
        profiles: &[input],
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

fn families(issue: &Issue) -> Vec<&'static str> {
    let known = symptom(&issue.rule).map_or(&[][..], |s| s.families);
    match issue.rule.as_str() {
        "user" => vec!["user"],
        // Told apart from json within its family.
        "json.any" => vec!["json"],
        _ => known.to_vec(),
    }
}

/// Programs in which another finding comes first, and why that is right.
const OTHERS_FIRST: [(&str, &str, &str); 4] = [
    (
        "gcheavy",
        "strconv",
        "the numbers that it formats make the garbage, so they come before the collector",
    ),
    (
        "httpkeepalive",
        "syscall",
        "its family is the framework itself, which is for information only",
    ),
    (
        "mapdelete",
        "map.assign",
        "as many entries are written as deleted, and writing costs more",
    ),
    (
        "smallalloc",
        "gc",
        "collecting costs more than allocating there; both are told at the same line",
    ),
];

#[test]
fn the_first_finding_is_the_trouble_of_the_program() {
    let Some(folder) = corpus() else { return };
    let (mut all, mut misses) = (0, Vec::new());
    for row in rows(&folder, "diagnoses.tsv") {
        let (case, kind, family) = (&row[0], &row[1], &row[2]);
        let review = reviewed(&folder, case, kind);
        let first = review.issues.all().next();
        let place = first.map(|i| format!("{}:{}", i.function, i.line));
        let named = first.is_some_and(|i| families(i).contains(&family.as_str()));
        let placed = row[5].is_empty() || place.as_deref() == Some(row[5].as_str());
        all += 1;
        if let Some((_, rule, _)) = OTHERS_FIRST.iter().find(|(name, ..)| name == case) {
            assert_eq!(first.map(|i| i.rule.as_str()), Some(*rule), "{case}");
            continue;
        }
        if !(named && placed) {
            let told: Vec<_> = review
                .issues
                .all()
                .take(4)
                .map(|i| format!("{} {}:{} {:.2}", i.rule, i.function, i.line, i.expected_gain.high))
                .collect();
            misses.push(format!(
                "{case}: {family} at {}, told {}",
                row[5],
                told.join("; ")
            ));
        }
    }
    println!(
        "{} of {all} programs have their trouble told first",
        all - misses.len()
    );
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}
