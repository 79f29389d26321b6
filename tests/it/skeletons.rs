//! The skeletons of missing benchmarks are written into copies of the modules, where `go vet` must find nothing. Skipped
//! where Go is absent.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads and writes files and may fail"
)]

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use perfplan::profile::{Format, ProfileBuilder};
use perfplan::review::{Evidence, MissingBenchmark, Policy, ProfileInput, Review, review};
use perfplan::source::Sources;

use crate::support::{files_below, root};

fn has_go() -> bool {
    Command::new("go").arg("version").output().is_ok()
}

/// Writes files below a folder, then runs `go vet` on all packages.
fn vet(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        assert!(!path.exists(), "{} would be overwritten", path.display());
        std::fs::write(&path, text).expect("a file");
    }
    let output = Command::new("go")
        .args(["vet", "./..."])
        .current_dir(folder)
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .output()
        .expect("go vet");
    let said = String::from_utf8_lossy(&output.stderr);
    let written: Vec<String> = files
        .iter()
        .map(|(path, text)| format!("// {path}\n{text}"))
        .collect();
    assert!(output.status.success(), "{said}\n{}", written.join("\n"));
}

/// Sources in memory with a go.mod.
struct Module {
    files: HashMap<String, String>,
    go: (u32, u32),
}

impl Sources for Module {
    fn text(&self, path: &str) -> Option<String> {
        self.files.get(path).cloned()
    }

    fn module(&self) -> Option<String> {
        Some("example.com/h".to_string())
    }

    fn go_version(&self) -> Option<(u32, u32)> {
        Some(self.go)
    }
}

/// The skeleton that a review has for a function in which all time goes.
fn skeleton(module: &Module, function: &str, file: &str) -> MissingBenchmark {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    let frames = [b.frame(function, file, 1), b.frame("main.main", "main.go", 1)];
    b.sample(frames, &[500, 5_000_000_000], []);
    let profiles = [ProfileInput {
        name: "cpu.pb.gz".into(),
        profile: b.finish(),
    }];
    let evidence = Evidence {
        profiles: &profiles,
        sources: module,
        ..Evidence::default()
    };
    let mut missing = review(&evidence, Policy::default()).plan.missing;
    assert_eq!(missing.len(), 1, "{function}");
    missing.remove(0)
}

/// Each declares one function `Hot` or method of `T`; the package is its own.
const HOSTILE: &[&str] = &[
    "func Hot() {}",
    "func Hot(int, string, ...float64) (int, error) { return 0, nil }",
    "func Hot(_ int, _ string) {}",
    "func Hot(b, i []byte, testing string) (result1 int) { return len(b) + len(i) + len(testing) }",
    "func Hot(Hot int, make string, string bool, nil any) bool { return string }",
    "func Hot(\n\ta, // first\n\tc int,\n\to struct {\n\t\tx int\n\t\ty, z string\n\t}, /* ) */\n) (\n\tn int,\n\terr error,\n) {\n\treturn\n}",
    "func Hot(f func(a, b int) (int, error), g func(), c <-chan int, d chan<- func(int) string, e chan int) {}",
    "func Hot(m map[string]struct{}, a [4]int, p **int, q *[]string, i interface{ A(int) string }) interface{ B() } { return nil }",
    "import (\n\tctx \"context\"\n\t\"io\"\n\t\"time\"\n)\nfunc Hot(context ctx.Context, r io.Reader, w io.Writer, d time.Duration, t time.Time, err error) error { return err }",
    "import \"net/http\"\nfunc Hot(w http.ResponseWriter, r *http.Request) {}",
    "import \"net/http\"\ntype T struct{ n int }\nfunc (s *T) Hot(w http.ResponseWriter, r *http.Request) { s.n++ }",
    "import (\n\trnd \"math/rand/v2\"\n\t\"regexp\"\n\t\"log/slog\"\n)\nfunc Hot(r *rnd.Rand, re *regexp.Regexp, l *slog.Logger) *regexp.Regexp { return re }",
    "type T struct{ x int }\nfunc (t T) Hot(x int) T { return t }",
    "type b struct{}\nfunc Hot(x b, y *b) b { return x }",
    "import \"cmp\"\nfunc Hot[S ~[]E, E cmp.Ordered](s S, less func(a, b E) bool) (S, E) { return s, s[0] }",
    "type Number interface{ ~int | ~float64 }\ntype T[K comparable, V any] struct{ m map[K]V }\nfunc (t *T[A, B]) Hot(k A, v ...B) (B, bool) { var z B; return z, false }",
    "func Hot[T ~int | ~string, U interface{ ~[]T }](u U) {}",
    "import \"strings\"\nfunc Hot(strings strings.Builder) *strings.Builder { return nil }",
    "import str \"strings\"\nimport \"io\"\nfunc Hot(r io.Reader, p *str.Reader) {}",
    "import \"unsafe\"\nfunc Hot(p unsafe.Pointer) uintptr { return uintptr(p) }",
    "var s = `\nfunc Hot(x missing.T) {`\n// func Hot(y int) {\nfunc Hot(größe int) int { return größe }",
    "import \"testing\"\nfunc Hot(tb testing.TB, x int) {}",
];

/// Those for which only an outline can be honest.
const OUTLINES: &[&str] = &[
    "type C interface{ M() }\nfunc Hot[T C](t T) {}",
    "import . \"strings\"\nfunc Hot(r Reader) string { return ToUpper(\"x\") }",
    "type errors struct{}\nfunc other(err error) {}",
];

#[test]
fn skeletons_of_hostile_signatures_compile() {
    if !has_go() {
        println!("skipped: no `go` on PATH");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (go, version) in [((1, 27), "1.26"), ((1, 23), "1.23")] {
        let folder = folder.path().join(version);
        let mut files = vec![(
            "go.mod".to_string(),
            format!("module example.com/h\n\ngo {version}\n"),
        )];
        for (n, text) in HOSTILE.iter().chain(OUTLINES).enumerate() {
            let is_method = text.contains(") Hot(") && text.contains("func (");
            let receiver = match text {
                _ if !is_method => "Hot",
                _ if text.contains("(t T)") => "T.Hot",
                _ if text.contains("T[K") => "(*T[...]).Hot",
                _ => "(*T).Hot",
            };
            let path = format!("p{n}/p.go");
            let text = format!("package p{n}\n\n{text}\n");
            let module = Module {
                files: HashMap::from([(path.clone(), text.clone())]),
                go,
            };
            let made = skeleton(&module, &format!("example.com/h/p{n}.{receiver}"), &path);
            assert_eq!(made.file, format!("p{n}/bench_perfplan_test.go"));
            assert_eq!(made.name, "BenchmarkHot");
            let whole = n < HOSTILE.len();
            assert_eq!(
                made.outline_because.is_empty(),
                whole,
                "{text}{}",
                made.outline_because
            );
            assert_eq!(
                made.skeleton.contains("b.Loop()") || made.skeleton.contains("bench.Loop()"),
                go >= (1, 24)
            );
            files.extend([(path, text), (made.file, made.skeleton)]);
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        vet(&folder, &files);
    }
}

/// Package main and closures; a name that is taken beside the file; two functions of one name.
#[test]
fn skeletons_stand_beside_what_is_there() {
    let text = "package main\n\nfunc hot(x int) int { return x }\n\nfunc main() {}\n";
    let tests = "package main\n\nimport \"testing\"\n\nfunc BenchmarkHot(b *testing.B) {}\n";
    let files = [
        ("example.com/h/cmd/x/main.go", text),
        ("example.com/h/cmd/x/main_test.go", tests),
    ];
    let module = Module {
        files: files.map(|(p, t)| (p.to_string(), t.to_string())).into(),
        go: (1, 24),
    };
    let made = skeleton(&module, "main.hot.func2.1", files[0].0);
    assert_eq!(
        (made.function.as_str(), made.package.as_str()),
        ("main.hot", "main")
    );
    assert_eq!(made.name, "BenchmarkHot2");
    assert_eq!(made.file, "cmd/x/bench_perfplan_test.go");
    if !has_go() {
        println!("skipped: no `go` on PATH");
    } else {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [
            ("go.mod", "module example.com/h\n\ngo 1.26\n"),
            ("cmd/x/main.go", text),
            ("cmd/x/main_test.go", tests),
            (made.file.as_str(), made.skeleton.as_str()),
        ];
        vet(folder.path(), &files);
    }
}

/// The skeletons of the reviews of our own programs, written into copies of their modules.
#[test]
fn skeletons_of_recorded_programs_compile() {
    if !has_go() {
        println!("skipped: no `go` on PATH");
        return;
    }
    let mut written = 0;
    for (program, inputs) in [
        ("sluice", ["before/out/cpu.pb.gz", "before/out/loaded/heap.pb.gz"]),
        ("sluice", ["after/out/cpu.pb.gz", "after/out/loaded/heap.pb.gz"]),
    ] {
        let module = root().join("testdata").join(program);
        let copy = tempfile::tempdir().expect("a folder");
        for file in files_below(&module) {
            let below = file.strip_prefix(&module).expect("below");
            let is_source = below.to_string_lossy().ends_with(".go") || below.ends_with("go.mod");
            if is_source {
                let target = copy.path().join(below);
                std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
                std::fs::copy(&file, target).expect("a copy");
            }
        }
        // The recorded programs ask for a Go that may be newer than the one at hand.
        std::fs::write(
            copy.path().join("go.mod"),
            format!("module example.com/{program}\n\ngo 1.26\n"),
        )
        .expect("go.mod");
        let review = analyzed(&module, &inputs);
        let files: Vec<(&str, &str)> = review
            .plan
            .missing
            .iter()
            .map(|m| (m.file.as_str(), m.skeleton.as_str()))
            .collect();
        assert!(review.plan.missing.iter().all(|m| m.outline_because.is_empty()));
        written += files.len();
        vet(copy.path(), &files);
    }
    assert!(written >= 3, "only {written} skeletons");
}

fn analyzed(module: &Path, inputs: &[&str]) -> Review {
    let mut command = Command::cargo_bin("perfplan").expect("the program");
    command.arg("analyze");
    inputs.iter().for_each(|input| {
        command.arg(module.join(input));
    });
    let output = command
        .arg("--source")
        .arg(module)
        .args(["--format", "yaml"])
        .output()
        .expect("a run");
    serde_yaml::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}
