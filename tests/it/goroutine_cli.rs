//! Goroutine dumps as the program takes them.
#![expect(clippy::disallowed_methods, reason = "a test writes a file")]

use std::process::Output;

use crate::support::root;

fn perfplan(arguments: &[&str]) -> Output {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_perfplan"));
    command
        .current_dir(root())
        .args(arguments)
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_dump_is_reviewed_and_the_profile_verbs_say_where_to_give_it() {
    let dump = "testdata/quay/out/late/goroutineleak.debug2.txt";
    let out = perfplan(&["analyze", dump, "--format", "json"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let review: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let first = &review["goroutines"]["groups"][0];
    assert_eq!(
        (&first["state"], &first["count"]),
        (&"chan send".into(), &16.into())
    );
    assert_eq!(first["started_at"]["line"], 78);
    assert_eq!(review["status"], "NEEDS_OPTIMIZATION");
    let refused = perfplan(&["top", dump]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    let said = text(&refused.stderr);
    assert!(
        said.contains("this is a goroutine dump, not a pprof profile\nhint: give it to `perfplan analyze`"),
        "{said}"
    );
}

#[test]
fn a_damaged_dump_is_reviewed_with_a_warning_for_its_line() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("cut.txt");
    let dump = "goroutine 1 [running]:\nmain.main()\n\tx.go:1\nwhat\n\ngoroutine 2 [sleep]:\nmain.f()\n\tx.go:1 +0x1\n";
    std::fs::write(&path, dump).expect("a file");
    let out = perfplan(&["analyze", &path.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(0));
    let said = text(&out.stderr);
    assert!(said.contains("cut.txt:4: no line of a stack: \"what\""), "{said}");
    assert!(text(&out.stdout).contains("2 goroutines in"));
}

/// Moments that are given together are compared, whatever else is given with them.
#[test]
fn profiles_of_several_moments_show_what_grows() {
    let out = "testdata/sluice/before/out";
    let files = [
        "idle/goroutine.pb.gz",
        "loaded/goroutine.pb.gz",
        "loaded/goroutineleak.pb.gz",
    ];
    let files = files.map(|f| format!("{out}/{f}"));
    let mut arguments = vec!["analyze", "--format", "json"];
    arguments.extend(files.iter().map(String::as_str));
    let review: serde_json::Value = serde_json::from_slice(&perfplan(&arguments).stdout).expect("JSON");
    let critical = review["issues"]["critical"].as_array().expect("a list");
    let rules: Vec<_> = critical.iter().filter_map(|i| i["rule"].as_str()).collect();
    assert_eq!(rules, ["goroutine-leak", "goroutine-leak"]);
    // The heartbeats, which the runtime does not find.
    let high = review["issues"]["high"].as_array().expect("a list");
    let names: Vec<_> = high.iter().filter_map(|i| i["function"].as_str()).collect();
    assert_eq!(names, ["example.com/sluice/before.(*Server).beat"]);
    let issue = high[0]["issue"].as_str().expect("a sentence");
    assert!(
        issue.starts_with("24 goroutines in chan receive, growing 0→24, "),
        "{issue}"
    );
}

#[test]
fn a_server_that_leaks_nothing_has_nobody_named_after_its_load() {
    let out = "testdata/sluice/after/out";
    for form in ["goroutine.pb.gz", "goroutine.debug1.txt", "goroutine.debug2.txt"] {
        let files = ["idle", "loaded"].map(|moment| format!("{out}/{moment}/{form}"));
        let review = perfplan(&["analyze", &files[0], &files[1], "--format", "json"]).stdout;
        let review: serde_json::Value = serde_json::from_slice(&review).expect("JSON");
        let found = ["critical", "high", "medium"].map(|s| review["issues"][s].as_array().map(Vec::len));
        assert_eq!(found, [Some(0); 3], "{form}");
        assert_eq!(
            review["goroutines"]["growth"].as_array().map(Vec::len),
            Some(1),
            "{form}"
        );
    }
}
