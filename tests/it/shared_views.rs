//! The views of profiles beside what `go tool pprof` is recorded to print, and in all their forms. The files are outside
//! of the repository; where they are absent each test says so and passes.

use std::path::{Path, PathBuf};

use perfplan::profile::filter::Pattern;
use perfplan::report::view::{ListOptions, info, list, tags, traces};
use perfplan::source::NoSources;
use rayon::prelude::*;

use crate::sha256::sha256;
use crate::shared::corpus;
use crate::support::{bytes, files_below, plain_bytes};
use crate::views::{Shown, all_files, difference, manifest, settle, traces_text};

/// The recorded files of one kind with the profile that each belongs to: its path and the rest of the name.
fn recorded(corpus: &Path, suffix: &str) -> Vec<(PathBuf, String, PathBuf)> {
    let mut found = Vec::new();
    for folder in ["profiles", "generated"].map(|f| corpus.join(f)) {
        let expected = files_below(&folder.join("expected"));
        for cells in manifest(&folder) {
            let prefix = format!("{}.", cells[0].replace('/', "__"));
            for path in &expected {
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let name = name.strip_suffix(".gz").unwrap_or(&name);
                let rest = name
                    .strip_prefix(&prefix)
                    .and_then(|rest| rest.strip_suffix(suffix));
                // `x.pb` is not the profile of what belongs to `x.pb.gz`.
                if let Some(rest) = rest.filter(|rest| !rest.starts_with("gz.")) {
                    found.push((folder.join(&cells[0]), rest.to_string(), path.clone()));
                }
            }
        }
    }
    found
}

#[test]
fn tags_are_those_recorded() {
    let Some(corpus) = corpus() else { return };
    let recorded = recorded(&corpus, ".tags.txt");
    let differ = |(file, which, expected): &(PathBuf, String, PathBuf)| {
        let shown = Shown::of(file);
        let index = which.strip_prefix("si")?.split('-').next()?.parse().ok()?;
        let unit = shown.profile.unit_name(index);
        let own = tags(&shown.subject(index, &unit)).pprof();
        let what = difference(own.as_bytes(), &plain_bytes(expected))?;
        Some(format!("{}: {what}", expected.display()))
    };
    let failures: Vec<_> = recorded.par_iter().filter_map(differ).collect();
    settle(&failures, recorded.len(), 150);
}

#[test]
fn traces_have_the_recorded_sums() {
    let Some(corpus) = corpus() else { return };
    let recorded = recorded(&corpus, "traces.summary.txt");
    let compare = |(file, _, expected): &(PathBuf, String, PathBuf)| {
        let shown = Shown::of(file);
        if shown.is_exception() {
            return None;
        }
        let own = traces_text(&shown.subject(shown.profile.default_type(), "minimum"));
        let summary = String::from_utf8(bytes(expected)).expect("UTF-8");
        let field = |name: &str| {
            summary
                .lines()
                .find_map(|l| l.strip_prefix(name))
                .unwrap_or_default()
        };
        let is_same = field("sha256=") == sha256(&own) && field("bytes=") == own.len().to_string();
        Some((!is_same).then(|| format!("{}: other sum", expected.display())))
    };
    let compared: Vec<_> = recorded.par_iter().filter_map(compare).collect();
    let count = compared.len();
    settle(&compared.into_iter().flatten().collect::<Vec<_>>(), count, 60);
}

/// All forms of all views.
fn forms(shown: &Shown) -> Vec<Vec<u8>> {
    let subject = shown.subject(shown.profile.default_type(), "minimum");
    let regex = Pattern::new("REGEX", ".").expect("a valid expression");
    let options = ListOptions {
        regex: &regex,
        drop_negative: true,
        folder: "/nonexistent",
    };
    let (tags, info, list) = (
        tags(&subject),
        info(&subject, &[]),
        list(&subject, &options, &NoSources),
    );
    let json = |result: Result<Vec<u8>, _>| result.expect("a view is JSON");
    let mut forms = vec![
        json(serde_json::to_vec(&tags)),
        json(serde_json::to_vec(&info)),
        json(serde_json::to_vec(&list)),
    ];
    let traces = traces(&subject);
    let mut written = vec![Vec::new(); 4];
    traces.write_json(&mut written[0]).expect("memory takes it");
    traces.write_text(&mut written[1]).expect("memory takes it");
    traces.write_csv(&mut written[2]).expect("memory takes it");
    traces.write_markdown(&mut written[3]).expect("memory takes it");
    forms.append(&mut written);
    let texts = [
        [tags.text(), tags.csv(), tags.markdown()],
        [info.text(), info.csv(), info.markdown()],
        [list.text(), list.csv(), list.markdown()],
    ];
    forms.extend(texts.concat().into_iter().map(String::into_bytes));
    forms
}

/// How many of the forms are JSON, which come first.
const JSON_FORMS: usize = 4;

#[test]
fn every_form_of_every_profile_is_the_same_each_time() {
    let check = |file: &PathBuf| {
        let shown = Shown::of(file);
        let (first, second) = (forms(&shown), forms(&Shown::of(file)));
        assert!(first == second, "{}: other bytes the second time", file.display());
        for (i, form) in first.iter().enumerate() {
            let text = std::str::from_utf8(form).expect("UTF-8");
            if i < JSON_FORMS {
                let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
                assert!(json["schema"].is_string(), "{}", file.display());
            } else {
                // Nothing moves a terminal.
                let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
                assert!(text.chars().all(is_plain), "{}", file.display());
            }
        }
    };
    let files = all_files();
    files.par_iter().for_each(check);
    println!("{} profiles in all forms", files.len());
}
