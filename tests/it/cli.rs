//! The program as its users meet it: exit codes, streams, messages, files.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use perfplan::profile::{Format, ProfileBuilder, encode, to_message};
use prost::Message;
use tempfile::TempDir;

use crate::support::{bytes, files_below, root};

const PROGRAM: &str = env!("CARGO_BIN_EXE_perfplan");

/// A folder of its own, and the program to be run in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, name: &str, data: &[u8]) {
        std::fs::write(self.path().join(name), data).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Output {
        let mut command = assert_cmd::Command::new(PROGRAM);
        command.args(arguments).write_stdin(stdin);
        command.env("NO_COLOR", "1").current_dir(self.path());
        command.output().expect("the program runs")
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("a folder").flatten();
        let mut names: Vec<_> = entries
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn recorded(name: &str) -> PathBuf {
    root().join("testdata/feed/before/out").join(name)
}

/// A desk with the recorded `cpu.pb.gz` and `mem.pb.gz`.
fn desk_with_profiles() -> Desk {
    let desk = Desk::new();
    for name in ["cpu.pb.gz", "mem.pb.gz"] {
        desk.put(name, &bytes(&recorded(name)));
    }
    desk
}

fn text(data: &[u8]) -> String {
    String::from_utf8(data.to_vec()).expect("UTF-8")
}

/// The standard output of a run that did what it should.
#[track_caller]
fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn tiny() -> perfplan::profile::Profile {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    let stack = [
        builder.frame("main.work", "main.go", 2),
        builder.frame("main.main", "main.go", 1),
    ];
    builder.sample(stack, &[5], []);
    builder.finish()
}

/// A profile whose sample refers to a location that is not there.
fn with_bad_id() -> Vec<u8> {
    let mut message = to_message(&tiny());
    message.sample[0].location_id[0] = 77;
    message.encode_to_vec()
}

/// Every verb refuses the input in the same way, and writes nothing.
fn check_refused(name: &str, prepare: impl Fn(&Desk), reason: &str) {
    for verb in ["top", "flamegraph", "analyze"] {
        let desk = Desk::new();
        prepare(&desk);
        let before = desk.files();
        for arguments in [&[verb, name][..], &[verb, name, "-o", "out.md"]] {
            let output = desk.run(arguments);
            check_error(&output, name, reason);
            assert_eq!(desk.files(), before, "{arguments:?}");
        }
    }
}

#[track_caller]
fn check_error(output: &Output, name: &str, reason: &str) {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(text(&output.stdout), "");
    let errors: Vec<_> = stderr.lines().filter(|l| l.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{stderr}");
    assert!(errors[0].starts_with(&format!("error: {name}: ")), "{stderr}");
    assert!(errors[0].contains(reason), "{stderr} does not say {reason:?}");
    let is_known = |line: &str| line.starts_with("error: ") || line.starts_with("hint: ");
    assert!(stderr.lines().all(is_known), "{stderr}");
}

#[test]
fn a_truncated_profile_is_refused() {
    let data = bytes(&recorded("cpu.pb.gz"));
    check_refused(
        "cut.pb.gz",
        |desk| desk.put("cut.pb.gz", &data[..data.len() / 2]),
        "gzip",
    );
}

#[test]
fn a_text_is_refused() {
    check_refused(
        "notes.txt",
        |desk| desk.put("notes.txt", b"nothing was measured here\n"),
        "",
    );
}

#[test]
fn an_empty_file_is_refused() {
    check_refused("empty.pb.gz", |desk| desk.put("empty.pb.gz", b""), "empty");
}

#[test]
fn a_directory_is_refused() {
    let prepare = |desk: &Desk| std::fs::create_dir(desk.path().join("profiles")).expect("a folder");
    check_refused("profiles", prepare, "is a directory");
}

#[test]
fn a_missing_file_is_refused() {
    check_refused("none.pb.gz", |_| {}, "no such file");
}

#[test]
fn an_id_without_its_row_is_refused() {
    check_refused("bad.pb", |desk| desk.put("bad.pb", &with_bad_id()), "77");
}

#[test]
fn a_name_with_control_characters_stays_on_one_line() {
    let output = Desk::new().run(&["top", "a\nb\u{1b}[31m"]);
    check_error(&output, "a\\nb\\x1b[31m", "no such file");
}

#[test]
fn a_size_limit_is_kept() {
    let output = desk_with_profiles().run(&["top", "--max-size", "1KiB", "cpu.pb.gz"]);
    check_error(&output, "cpu.pb.gz", "1 KiB");
}

#[test]
fn an_unknown_sample_type_names_the_nearest() {
    let output = desk_with_profiles().run(&["top", "--sample-index", "alloc_spcae", "mem.pb.gz"]);
    check_error(&output, "mem.pb.gz", "alloc_spcae");
    assert!(text(&output.stderr).contains("hint: did you mean alloc_space?"));
}

#[test]
fn a_wrong_flag_is_an_error_of_usage() {
    let output = Desk::new().run(&["top", "--no-such-flag"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(2), String::new())
    );
    assert!(text(&output.stderr).starts_with("error: "));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = std::process::Command::new(PROGRAM)
        .args(["top", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    // The reader goes before the program has anything to write, since its input comes after that.
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(&bytes(&recorded("cpu.pb.gz"))).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(0), String::new())
    );
}

#[test]
fn standard_input_is_an_input() {
    let desk = desk_with_profiles();
    let from_file = done(&desk.run(&["top", "cpu.pb.gz"]));
    let from_stdin = done(&desk.run_with(&["top", "-"], &bytes(&recorded("cpu.pb.gz"))));
    assert_eq!(from_file, from_stdin);
    assert!(from_file.contains("\nType: cpu\n"), "{from_file}");
}

#[test]
fn a_forgotten_verb_is_hinted_at() {
    let output = desk_with_profiles().run(&["cpu.pb.gz"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(2), String::new())
    );
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("hint: did you mean `perfplan analyze cpu.pb.gz`?"),
        "{stderr}"
    );
}

#[test]
fn spellings_of_pprof_are_understood() {
    let desk = desk_with_profiles();
    let theirs = done(&desk.run(&["top", "-sample_index=alloc_space", "-nodecount", "3", "mem.pb.gz"]));
    let ours = done(&desk.run(&[
        "top",
        "--sample-index",
        "alloc_space",
        "--nodecount=3",
        "mem.pb.gz",
    ]));
    assert_eq!(theirs, ours);
    assert!(theirs.contains("Type: alloc_space\n"), "{theirs}");
    let rows = theirs.lines().skip_while(|l| !l.contains("flat%")).skip(1);
    assert_eq!(rows.count(), 3, "{theirs}");
}

#[test]
fn top_as_json_names_its_schema() {
    let output = done(&desk_with_profiles().run(&["top", "--format", "json", "cpu.pb.gz"]));
    let json: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(json["schema"], "perfplan.top/1");
    assert_eq!(json["profile"]["inputs"][0], "cpu.pb.gz");
    assert!(json["total"].as_i64() > Some(0) && json["rows"].as_array().is_some_and(|r| !r.is_empty()));
}

#[test]
fn a_flame_graph_is_the_same_bytes_twice() {
    let desk = desk_with_profiles();
    for name in ["one.svg", "two.svg"] {
        assert_eq!(done(&desk.run(&["flamegraph", "cpu.pb.gz", "-o", name])), "");
    }
    let one = bytes(&desk.path().join("one.svg"));
    assert!(text(&one).contains("<svg") && text(&one).contains("encoding/json"));
    assert!(one == bytes(&desk.path().join("two.svg")), "the files differ");
    assert!(
        text(&one) == done(&desk.run(&["flamegraph", "cpu.pb.gz"])),
        "standard output differs"
    );
    assert_eq!(desk.files(), ["cpu.pb.gz", "mem.pb.gz", "one.svg", "two.svg"]);
}

#[test]
fn a_result_replaces_a_file_whole() {
    let desk = desk_with_profiles();
    desk.put("top.txt", &[b'x'; 1 << 20]);
    assert_eq!(done(&desk.run(&["top", "cpu.pb.gz", "-o", "top.txt"])), "");
    let written = text(&bytes(&desk.path().join("top.txt")));
    assert_eq!(written, done(&desk.run(&["top", "cpu.pb.gz"])));
}

#[test]
fn a_failed_run_leaves_the_old_result() {
    let desk = Desk::new();
    desk.put("out.svg", b"before");
    check_error(
        &desk.run(&["flamegraph", "none", "-o", "out.svg"]),
        "none",
        "no such file",
    );
    assert_eq!(bytes(&desk.path().join("out.svg")), b"before");
}

#[test]
fn a_plain_profile_is_read_as_a_gzipped_one() {
    let desk = Desk::new();
    desk.put("a", &encode(&tiny()));
    desk.put("b", &to_message(&tiny()).encode_to_vec());
    assert_eq!(done(&desk.run(&["top", "a"])), done(&desk.run(&["top", "b"])));
}

#[test]
fn version_and_help_go_to_standard_output() {
    let desk = Desk::new();
    let version = format!("perfplan {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(done(&desk.run(&["--version"])), version);
    assert!(done(&desk.run(&["top", "--help"])).contains("--sample-index"));
}

#[test]
fn a_review_is_the_same_bytes_twice() {
    let desk = desk_with_profiles();
    desk.put("bench.txt", &bytes(&recorded("bench.txt")));
    for folder in ["one", "two"] {
        let arguments = ["analyze", "cpu.pb.gz", "mem.pb.gz", "bench.txt", "-o", folder];
        assert_eq!(done(&desk.run(&arguments)), "");
    }
    let files = |folder: &str| files_below(&desk.path().join(folder));
    let (one, two) = (files("one"), files("two"));
    assert_eq!(one.len(), two.len());
    for (a, b) in one.iter().zip(&two) {
        assert_eq!(a.file_name(), b.file_name());
        assert!(bytes(a) == bytes(b), "{} differs", a.display());
    }
    for name in ["review.md", "review.yaml"] {
        assert!(!bytes(&desk.path().join("one").join(name)).is_empty());
    }
}

#[test]
fn a_dash_is_standard_output() {
    let desk = desk_with_profiles();
    let before = desk.files();
    assert!(done(&desk.run(&["analyze", "cpu.pb.gz", "-o", "-"])).starts_with("Performance Review"));
    assert_eq!(desk.files(), before);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_stays_a_link() {
    let desk = desk_with_profiles();
    desk.put("real.md", b"old");
    std::os::unix::fs::symlink("real.md", desk.path().join("link.md")).expect("a link");
    done(&desk.run(&["analyze", "cpu.pb.gz", "-o", "link.md"]));
    assert!(desk.path().join("link.md").is_symlink());
    assert!(bytes(&desk.path().join("real.md")).starts_with(b"# Performance Review"));
}

#[test]
fn a_set_that_cannot_be_written_leaves_nothing() {
    let desk = desk_with_profiles();
    std::fs::create_dir_all(desk.path().join("out/review.yaml")).expect("a folder in the way");
    let output = desk.run(&["analyze", "cpu.pb.gz", "-o", "out"]);
    assert_eq!(output.status.code(), Some(2));
    let left: Vec<_> = std::fs::read_dir(desk.path().join("out"))
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_source_that_is_no_folder_is_refused() {
    let desk = desk_with_profiles();
    check_error(
        &desk.run(&["analyze", "cpu.pb.gz", "--source", "nowhere"]),
        "nowhere",
        "no folder",
    );
}

#[test]
fn a_million_frames_are_read_in_linear_time() {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    let frames: Vec<_> = (0..1000)
        .map(|i| builder.frame(format!("a.b/c.f{i}"), "c.go", i))
        .collect();
    builder.sample((0..1_000_000).map(|i| frames[i % 1000]), &[1, 10_000_000], []);
    let desk = Desk::new();
    desk.put("deep.pb.gz", &encode(&builder.finish()));
    // In square time this would be hours; the test runner's own limit is the clock here.
    for verb in ["analyze", "top", "flamegraph"] {
        done(&desk.run(&[verb, "deep.pb.gz"]));
    }
}

#[test]
fn two_types_with_one_plain_name_have_two_pictures() {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("a/b", "count"), ("a?b", "count")]);
    let frame = builder.frame("main.main", "main.go", 1);
    builder.sample([frame], &[1, 2], []);
    let desk = Desk::new();
    desk.put("x.pb.gz", &encode(&builder.finish()));
    done(&desk.run(&["analyze", "x.pb.gz", "-o", "out"]));
    let out = desk.path().join("out");
    assert!(out.join("other-a_b.svg").is_file() && out.join("other-a_b-1.svg").is_file());
}

#[test]
fn verbose_tells_what_was_read_and_quiet_silences() {
    let desk = desk_with_profiles();
    let output = desk.run(&["top", "cpu.pb.gz", "-v"]);
    assert!(
        text(&output.stderr).starts_with("cpu.pb.gz: cpu profile, "),
        "{}",
        text(&output.stderr)
    );
    desk.put(
        "empty.pb",
        &to_message(&ProfileBuilder::new(Format::Proto, &[("x", "count")]).finish()).encode_to_vec(),
    );
    assert!(text(&desk.run(&["top", "empty.pb"]).stderr).contains("no samples"));
    assert_eq!(text(&desk.run(&["top", "empty.pb", "-q"]).stderr), "");
}

#[test]
fn merging_a_profile_with_itself_doubles_it_and_reads_back() {
    let desk = desk_with_profiles();
    let total = |name: &str| {
        let view: serde_json::Value =
            serde_json::from_str(&done(&desk.run(&["top", name, "--format", "json"]))).expect("JSON");
        view["total"].as_i64().expect("a total")
    };
    done(&desk.run(&["merge", "cpu.pb.gz", "cpu.pb.gz", "-o", "two.pb.gz"]));
    assert_eq!(total("two.pb.gz"), 2 * total("cpu.pb.gz"));
    done(&desk.run(&["merge", "two.pb.gz", "-o", "again.pb.gz"]));
    assert_eq!(
        bytes(&desk.path().join("two.pb.gz")),
        bytes(&desk.path().join("again.pb.gz"))
    );
}

#[test]
fn folded_stacks_add_up_to_the_total() {
    let desk = desk_with_profiles();
    let folded = done(&desk.run(&["flamegraph", "cpu.pb.gz", "--format", "folded"]));
    let sum: i64 = folded
        .lines()
        .filter_map(|l| l.rsplit(' ').next()?.parse::<i64>().ok())
        .sum();
    assert_eq!(sum, 10_330_000_000);
}

#[test]
fn a_filter_that_finds_nothing_is_an_error_with_the_nearest_names() {
    let desk = desk_with_profiles();
    let output = desk.run(&["top", "--focus", "handelFeed", "cpu.pb.gz"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    assert!(
        said.starts_with("error: cpu.pb.gz: --focus: nothing matches \"handelFeed\"\nhint: "),
        "{said}"
    );
    assert!(said.contains("handleFeed"), "{said}");
    let ignored = desk.run(&["top", "--ignore", "handelFeed", "cpu.pb.gz"]);
    assert!(text(&ignored.stderr).starts_with("warning: cpu.pb.gz: --ignore: nothing matches"));
    assert!(done(&ignored).contains("flat%"));
}

#[test]
fn a_broken_expression_names_its_option() {
    let output = desk_with_profiles().run(&["top", "--hide", "a(", "cpu.pb.gz"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "error: --hide: \"a(\" is no regular expression: unclosed group\n"
    );
}

#[test]
fn filters_are_told_in_json_and_shares_are_of_the_whole() {
    let desk = desk_with_profiles();
    let output = done(&desk.run(&[
        "top",
        "--format",
        "json",
        "-focus=json",
        "-noinlines",
        "cpu.pb.gz",
    ]));
    let json: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(
        json["filters"][0],
        serde_json::json!({"option": "focus", "value": "json"})
    );
    assert_eq!(json["filters"][1]["option"], "noinlines");
    let all: serde_json::Value =
        serde_json::from_str(&done(&desk.run(&["top", "--format", "json", "cpu.pb.gz"]))).expect("JSON");
    assert_eq!(json["total"], all["total"]);
}

#[test]
fn a_base_is_subtracted_from_what_is_merged() {
    let desk = desk_with_profiles();
    let rows = |arguments: &[&str]| {
        let json: serde_json::Value = serde_json::from_str(&done(&desk.run(arguments))).expect("JSON");
        (
            json["rows"].as_array().expect("rows").len(),
            json["total"].as_i64(),
        )
    };
    assert_eq!(
        rows(&["top", "--format=json", "-base=cpu.pb.gz", "cpu.pb.gz"]),
        (0, Some(0))
    );
    let twice = rows(&[
        "top",
        "--format=json",
        "--no-trim",
        "-base=cpu.pb.gz",
        "cpu.pb.gz",
        "cpu.pb.gz",
    ]);
    assert_eq!(twice, rows(&["top", "--format=json", "--no-trim", "cpu.pb.gz"]));
}

#[test]
fn only_my_code_charges_what_it_calls_to_it() {
    let desk = desk_with_profiles();
    let output = done(&desk.run(&["top", "--only-my-code", "--format=json", "cpu.pb.gz"]));
    let json: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    let first = &json["rows"][0];
    assert_eq!(first["name"], "example.com/feed/before.writeJSON");
    assert_eq!(first["flat"], first["cum"]);
}

#[test]
fn forms_are_told_by_the_suffix_of_the_file() {
    let desk = desk_with_profiles();
    for (name, begins) in [
        ("t.csv", "name,function"),
        ("t.json", "{"),
        ("t.md", "```text"),
        ("t.txt", "File: "),
    ] {
        done(&desk.run(&["top", "cpu.pb.gz", "-o", name]));
        let written = text(&bytes(&desk.path().join(name)));
        assert!(written.starts_with(begins), "{name}: {written:.40}");
    }
    done(&desk.run(&["graph", "cpu.pb.gz", "-o", "g.svg"]));
    assert!(text(&bytes(&desk.path().join("g.svg"))).starts_with("<svg"));
}

#[test]
fn an_input_may_have_a_label() {
    let desk = desk_with_profiles();
    desk.put("a=b.pb.gz", &bytes(&recorded("cpu.pb.gz")));
    let plain = done(&desk.run(&["top", "cpu.pb.gz"]));
    for input in ["new=cpu.pb.gz", "a=b.pb.gz"] {
        assert_eq!(done(&desk.run(&["top", input])), plain, "{input}");
    }
    let missing = desk.run(&["top", "new=nowhere.pb.gz"]);
    assert_eq!(text(&missing.stderr), "error: new=nowhere.pb.gz: no such file\n");
}

#[test]
fn a_review_of_filtered_samples_says_so() {
    let desk = desk_with_profiles();
    let review = done(&desk.run(&["analyze", "--focus", "json", "cpu.pb.gz", "mem.pb.gz"]));
    assert!(
        review.contains("all numbers are of what these filters leave: focus=json"),
        "{review}"
    );
    assert!(!done(&desk.run(&["analyze", "cpu.pb.gz"])).contains("these filters"));
}

#[test]
fn every_profile_verb_reads_standard_input_and_merges() {
    let desk = desk_with_profiles();
    let data = bytes(&recorded("cpu.pb.gz"));
    let verbs: [&[&str]; 11] = [
        &["top"],
        &["tree"],
        &["peek", "writeJSON"],
        &["list", "writeJSON"],
        &["traces"],
        &["tags"],
        &["raw"],
        &["graph"],
        &["flamegraph", "--format", "folded"],
        &["flamegraph", "--format", "svg"],
        &["info", "--format", "pprof"],
    ];
    for verb in verbs {
        let from_file = done(&desk.run(&[verb, &["cpu.pb.gz"]].concat()));
        let from_stdin = done(&desk.run_with(&[verb, &["-"]].concat(), &data));
        assert_eq!(from_stdin, from_file, "{verb:?}");
        let twice = done(&desk.run_with(&[verb, &["-", "cpu.pb.gz"]].concat(), &data));
        assert!(verb == ["tags"] || twice != from_file, "{verb:?}");
    }
    let merged = desk.run_with(&["merge", "-", "cpu.pb.gz", "-o", "-"], &data);
    let both = desk.run(&["merge", "cpu.pb.gz", "cpu.pb.gz", "-o", "-"]);
    assert_eq!(merged.status.code(), Some(0), "{}", text(&merged.stderr));
    assert!(!merged.stdout.is_empty() && merged.stdout == both.stdout);
    desk.put("twice.pb.gz", &merged.stdout);
    let compared = done(&desk.run_with(&["diff", "-q", "-", "twice.pb.gz"], &data));
    assert_eq!(
        compared,
        done(&desk.run(&["diff", "-q", "cpu.pb.gz", "twice.pb.gz"]))
    );
    let total = |arguments: &[&str]| {
        let json: serde_json::Value = serde_json::from_str(&done(&desk.run(arguments))).expect("JSON");
        json["total"].as_i64().expect("a total")
    };
    let one = total(&["info", "--format", "json", "cpu.pb.gz"]);
    assert_eq!(
        total(&["info", "--format", "json", "cpu.pb.gz", "cpu.pb.gz"]),
        2 * one
    );
}

#[test]
fn a_graph_whose_calls_weigh_more_than_its_total_is_drawn() {
    let desk = desk_with_profiles();
    for format in ["dot", "svg", "json"] {
        let drawn = done(&desk.run(&["graph", "--mean", "--format", format, "mem.pb.gz"]));
        assert!(drawn.contains("writeJSON"), "{format}");
    }
}

#[test]
fn of_several_missing_inputs_the_first_is_named_each_time() {
    let desk = Desk::new();
    for _ in 0..10 {
        let output = desk.run(&["top", "first.pb", "second.pb", "third.pb"]);
        assert_eq!(text(&output.stderr), "error: first.pb: no such file\n");
    }
}

#[test]
fn control_characters_of_options_reach_no_terminal() {
    let desk = desk_with_profiles();
    let runs: [&[&str]; 3] = [
        &["top", "--unit", "\u{1b}[1m", "--sample-index", "0", "cpu.pb.gz"],
        &["top", "--tagroot", "k\u{1b}[2J", "cpu.pb.gz"],
        &["flamegraph", "--title", "\u{7}", "cpu.pb.gz"],
    ];
    for arguments in runs {
        let output = desk.run(arguments);
        for stream in [&output.stdout, &output.stderr] {
            assert!(
                !stream.iter().any(|b| *b < b' ' && *b != b'\n' && *b != b'\t'),
                "{arguments:?}"
            );
        }
    }
}

#[test]
fn names_are_whole_in_json_and_escaped_in_text() {
    let desk = Desk::new();
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    let frame = builder.frame("a\u{202e}b\u{7f}", "a.go", 1);
    builder.sample([frame], &[5], []);
    desk.put("x.pb.gz", &encode(&builder.finish()));
    let json: serde_json::Value =
        serde_json::from_str(&done(&desk.run(&["top", "--format", "json", "x.pb.gz"]))).expect("JSON");
    assert_eq!(json["rows"][0]["name"], "a\u{202e}b\u{7f}");
    for format in ["text", "csv", "markdown", "pprof"] {
        let shown = done(&desk.run(&["top", "--format", format, "x.pb.gz"]));
        assert!(!shown.contains(['\u{202e}', '\u{7f}']), "{format}");
    }
}

#[test]
fn a_limit_below_the_compressed_size_is_named_as_the_limit() {
    for limit in ["1B", "100B", "1KiB"] {
        let output = desk_with_profiles().run(&["top", "--max-size", limit, "cpu.pb.gz"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).starts_with("error: cpu.pb.gz: more than "),
            "{}",
            text(&output.stderr)
        );
    }
}
