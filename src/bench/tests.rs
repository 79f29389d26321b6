//! What whole inputs give.

use super::*;

/// Results as `name iterations value unit …`, failures as `kind package|benchmark@line`, warnings as `line: message`.
fn told(text: &str, options: ParseOptions) -> (Vec<String>, Vec<String>, Vec<String>) {
    // A result at the end, so that an input without any is read as well.
    let log = parse_with(
        format!("{text}\npkg:\nBenchmarkEnd 1 1 u\n").as_bytes(),
        "x",
        options,
    )
    .unwrap();
    let result = |r: &BenchResult| {
        let numbers = r
            .measurements
            .iter()
            .map(|m| format!(" {} {}", m.original, m.original_unit()));
        format!("{} {}{}", r.name, r.iterations, numbers.collect::<String>())
    };
    let failure = |f: &Failure| {
        let kind = serde_json::to_value(f.kind).unwrap();
        let benchmark = f.benchmark.as_deref().unwrap_or("-");
        format!("{} {}|{benchmark}@{}", kind.as_str().unwrap(), f.package, f.line)
    };
    let warning = |w: &crate::error::Warning| format!("{}: {}", w.place.line.unwrap_or(0), w.message);
    let results = log
        .results
        .iter()
        .map(result)
        .filter(|r| r != "End 1 1 u")
        .collect();
    (
        results,
        log.failures.iter().map(failure).collect(),
        log.warnings.iter().map(warning).collect(),
    )
}

fn check(text: &str, results: &[&str], failures: &[&str], warnings: &[&str]) {
    let got = told(text, ParseOptions::default());
    let expect =
        [results, failures, warnings].map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!([got.0, got.1, got.2], expect, "{text}");
}

#[test]
fn result_lines_are_read() {
    check(
        "BenchmarkX-8 \t 100\t 5 ns/op\t 3 B/op",
        &["X-8 100 5 ns/op 3 B/op"],
        &[],
        &[],
    );
    check("Benchmark 1 5 ns/op", &[" 1 5 ns/op"], &[], &[]);
    check(
        "Benchmarkgood +1 +5 ns/op 6 ns/op",
        &["good 1 5 ns/op 6 ns/op"],
        &[],
        &[],
    );
    check(
        "BenchmarkX\u{a0}1\u{2028}5\u{2003}ns/op",
        &["X 1 5 ns/op"],
        &[],
        &[],
    );
    check("BenchmarkX\u{200b} 1 5 u", &["X\u{200b} 1 5 u"], &[], &[]);
    check("benchmarkX 1 5 ns/op\n BenchmarkX 1 5 ns/op", &[], &[], &[]);
    check("BenchmarkX", &[], &[], &[]);
}

#[test]
fn bad_lines_are_told_with_their_place() {
    check("\nBenchmarkX ", &[], &[], &["2: missing iteration count"]);
    check(
        "BenchmarkX abc",
        &[],
        &[],
        &["1: parsing iteration count: invalid syntax"],
    );
    check("BenchmarkX 1", &[], &[], &["1: missing measurements"]);
    check(
        "BenchmarkX 1 1e999 u",
        &[],
        &[],
        &["1: parsing measurement: value out of range"],
    );
    check("BenchmarkX 1 1 u 2", &[], &[], &["1: missing units"]);
    check(
        "Unit\nUnit u x",
        &[],
        &[],
        &["1: missing unit", "2: expected key=value"],
    );
    check("Units u x\nUnite", &[], &[], &[]);
}

#[test]
fn a_line_that_never_gets_numbers_keeps_its_message_when_it_has_a_count() {
    check(
        "BenchmarkX\t100",
        &[],
        &["no-result |X@1"],
        &["1: missing measurements"],
    );
}

#[test]
fn torn_results_are_put_together() {
    let noise =
        "text without endBenchmarkX-2   \tINFO starting\nWARN a b\nmore 4730106\t  5.9 ns/op\t 0 B/op";
    check(noise, &["X-2 4730106 5.9 ns/op 0 B/op"], &[], &[]);
    check(
        "BenchmarkX-2 \tlog\n   100\t 5 ns/op",
        &["X-2 100 5 ns/op"],
        &[],
        &[],
    );
    check(
        "BenchmarkX-2 \thello 100\t 5 ns/op",
        &["X-2 100 5 ns/op"],
        &[],
        &[],
    );
    check("logBenchmarkX-2 \t 100\t 5 ns/op", &["X-2 100 5 ns/op"], &[], &[]);
    check(
        "BenchmarkX-2 \tlog\nkey: value 100\t5 ns/op",
        &["X-2 100 5 ns/op"],
        &[],
        &[],
    );
    check("# BenchmarkX-2 \t 100\t 5 ns/op\n   100\t 5 ns/op", &[], &[], &[]);
    let options = ParseOptions {
        recover: false,
        ..ParseOptions::default()
    };
    let (results, failures, warnings) = told(noise, options);
    assert!(results.is_empty() && failures.is_empty() && warnings.is_empty());
    let (_, _, warnings) = told("BenchmarkX-2 \tlog\n   100\t 5 ns/op", options);
    assert_eq!(warnings, ["1: parsing iteration count: invalid syntax"]);
}

#[test]
fn torn_results_that_stay_torn_are_failures() {
    check(
        "BenchmarkA \tlog\nBenchmarkB \t1\t5 u",
        &["B 1 5 u"],
        &["no-result |A@1"],
        &[],
    );
    check("BenchmarkA \tlog\nPASS\n 100\t5 u", &[], &["no-result |A@1"], &[]);
    check(
        "BenchmarkA \tlog\nok  \tp\t1s\n 100\t5 u",
        &[],
        &["no-result |A@1"],
        &[],
    );
    check(
        "BenchmarkA \tlog\nBenchmarkB \t--- FAIL: BenchmarkB",
        &[],
        &["no-result |A@1", "failed |B@2"],
        &[],
    );
    check("BenchmarkA \tlog", &[], &["no-result |A@1"], &[]);
}

#[test]
fn failures_are_listed_once() {
    let fails = "pkg: p\nBenchmarkX-2 \t--- FAIL: BenchmarkX-2\n    x_test.go:1: boom\n";
    check(&format!("{fails}{fails}"), &[], &["failed p|X-2@2"], &[]);
    check(
        "BenchmarkX-2 \tlog\n--- FAIL: BenchmarkX-2",
        &[],
        &["failed |X-2@2"],
        &[],
    );
    check("\x1b[31m--- FAIL: BenchmarkX\x1b[0m", &[], &["failed |X@1"], &[]);
    check("--- SKIP: BenchmarkX", &[], &["skipped |X@1"], &[]);
    check(
        "exit status 1\nFAIL\tp\t0.4s\nFAIL",
        &[],
        &["package-failed p|-@1"],
        &[],
    );
    check(
        "pkg: p\nsignal: killed\nFAIL\tp\t0.4s",
        &[],
        &["package-failed p|-@2"],
        &[],
    );
    check("BenchmarkX-2 \tlog\npanic: oh", &[], &["panicked |X-2@2"], &[]);
    check(
        "=== RUN   BenchmarkX\nBenchmarkX\npanic: oh",
        &[],
        &["panicked |X@3"],
        &[],
    );
    check(
        "BenchmarkX 1 1 u\npanic: oh\n\np.BenchmarkY(0x3e)",
        &["X 1 1 u"],
        &["panicked |Y@2"],
        &[],
    );
    check(
        "BenchmarkX 1 1 u\nfatal error: oh",
        &["X 1 1 u"],
        &["panicked |-@2"],
        &[],
    );
}

#[test]
fn configuration_holds_until_it_is_overwritten() {
    let text = "a: 1\nb: 2\nBenchmarkX 1 1 u\nBenchmarkX 1 1 u\na:\nc: 3\nBenchmarkX 1 1 u";
    let log = parse(text.as_bytes(), "x").unwrap();
    let config = |i: usize| {
        log.results[i]
            .config
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (config(0), config(2)),
        (vec!["a=1".into(), "b=2".into()], vec!["b=2".into(), "c=3".into()])
    );
    assert!(std::sync::Arc::ptr_eq(
        &log.results[0].config,
        &log.results[1].config
    ));
}

fn event(package: &str, test: &str, output: &str) -> String {
    let line = serde_json::json!({"Time": "2026-01-02T03:04:00.5Z", "Action": "output", "Package": package,
        "Test": test, "Output": output});
    format!("{line}\n")
}

#[test]
fn events_are_read_by_package() {
    let text = [
        event("a", "", "goos: linux\n"),
        event("b", "", "pkg: own\n"),
        event("a", "BenchmarkX", "BenchmarkX-2 \t"),
        event("b", "", "BenchmarkY-2 \t 7\t 1 ns/op\n"),
        "# noise\n\n".to_string(),
        event("a", "", " 9\t 2 ns/op\n"),
        "{\"Action\":\"fail\",\"Package\":\"a\",\"Test\":\"BenchmarkZ\"}\n".to_string(),
        event("a", "", "BenchmarkEnd-2 \t 1\t 3 ns/op"),
    ];
    let log = parse(text.concat().as_bytes(), "x").unwrap();
    let told: Vec<_> = log
        .results
        .iter()
        .map(|r| format!("{} {} {}", r.package(), r.name, r.line))
        .collect();
    assert_eq!(told, ["own Y-2 4", "a X-2 7", "a End-2 10"]);
    assert_eq!(log.results[0].time, Some(1_767_323_040_500_000_000));
    assert_eq!(
        (log.format, log.ignored_lines, log.warnings.len()),
        (Format::Test2Json, 1, 1)
    );
    assert_eq!(
        log.results[1].config.iter().collect::<Vec<_>>(),
        [("goos", "linux"), ("pkg", "a")]
    );
    assert_eq!(log.failures.len(), 1);
}

#[test]
fn a_failure_is_told_by_its_line_or_its_event_but_once() {
    let text = [
        event(
            "a",
            "",
            "BenchmarkX-2 \t--- FAIL: BenchmarkX-2\nBenchmarkY 1 1 u\n",
        ),
        "{\"Action\":\"fail\",\"Package\":\"a\",\"Test\":\"BenchmarkX\"}\n".to_string(),
    ];
    let log = parse(text.concat().as_bytes(), "x").unwrap();
    assert_eq!(log.failures.len(), 1);
    assert_eq!(log.failures[0].benchmark.as_deref(), Some("X-2"));
}

#[test]
fn every_encoding_reads_alike() {
    let text = "goos: linux\r\nBenchmarkX 1 1 µs/op\r\n";
    let utf16 = |mark: u16, order: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(mark).chain(text.encode_utf16());
        units.flat_map(order).collect::<Vec<u8>>()
    };
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8Bom),
        (utf16(0xFEFF, u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(0xFEFF, u16::to_be_bytes), Encoding::Utf16Be),
    ] {
        assert!(looks_like_bench(&bytes));
        let log = parse(&bytes, "x").unwrap();
        assert_eq!(
            (log.encoding, log.results[0].measurements[0].unit()),
            (encoding, "µs/op")
        );
        assert_eq!(log.results[0].config.get("goos"), Some("linux"));
    }
}

#[test]
fn content_tells_the_kind() {
    for yes in [
        "{\"Action\":\"start\"}",
        "x\nBenchmarkX-8 \t 1\t 5 ns/op",
        "goos: linux",
        "BenchmarkX-2 \tlog",
    ] {
        assert!(looks_like_bench(yes.as_bytes()), "{yes}");
    }
    for no in [
        "",
        "goroutine 1 [running]:\nmain.BenchmarkX(0x1)",
        "BenchmarkX",
        "\x1f\u{8b}",
        "{\"a\":1}",
    ] {
        assert!(!looks_like_bench(no.as_bytes()), "{no}");
    }
}

#[test]
fn an_input_without_results_is_an_error_with_a_hint() {
    let error = parse(b"PASS\n", "old.txt").unwrap_err();
    assert_eq!(error.to_string(), "old.txt: no benchmark results");
    assert!(error.hint().is_some());
}

/// A reader that gives few bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = to.len().min(7).min(self.0.len());
        to[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn a_stream_is_read_as_a_text_is() {
    let check = |text: &[u8]| {
        let mut reader = std::io::BufReader::with_capacity(16, Trickle(text));
        let streamed = parse_stream(&mut reader, "x", ParseOptions::default()).unwrap();
        let whole = parse(text, "x");
        assert_eq!(format!("{streamed:?}"), format!("{whole:?}"));
    };
    let plain = "goos: linux\r\nUnit ns/op better=lower\n\nBenchmarkX-8 \t 5 \t 3 ns/op\nBenchmarkY 1\n\
                 BenchmarkZ-8 \tnoise\n       5\t 7 ns/op\npanic: x";
    check(plain.as_bytes());
    check(b"");
    check(b"\n\n");
    check(b"\xEF\xBB\xBFBenchmarkX 1 2 ns/op");
    check(b"\xEF\xBB");
    let wide: Vec<u8> = "BenchmarkX 1 2 ns/op\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(&[&[0xFF, 0xFE], wide.as_slice()].concat());
    let events = r#"{"Action":"output","Package":"p","Output":"BenchmarkX-8 \t"}
noise
{"Action":"output","Package":"p","Output":"   5\t 3 ns/op\n"}
{"Action":"output","Package":"p","Output":"BenchmarkY-8 \t 5\t 3 ns/op"}"#;
    check(events.as_bytes());
    check((events.to_string() + "\n").as_bytes());
}
