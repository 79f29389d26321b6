//! Benchmark inputs of any kind: never a panic, always the same answer, the same results in every form.

use perfplan::bench::{
    BenchLog, ParseOptions, looks_like_bench, observations, original_bytes, parse, parse_with,
};
use proptest::prelude::*;

const TEXT: &str = "goos: linux\npkg: p\nUnit ns/op better=lower\nBenchmarkX/a=1-8 \t 10\t 5.5 ns/op\t 3 MB/s\n\
    BenchmarkY-8 \tlog\nmore 7\t1 ns/op\n--- FAIL: BenchmarkZ\npanic: oh\np.BenchmarkQ(1)\nFAIL\tp\t1s\n\x1b[1mPASS\n";

const EVENTS: &str = "{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"BenchmarkX \\t\"}\n\
    {\"Action\":\"output\",\"Package\":\"p\",\"Output\":\" 1\\t 0x1p-3 ns/op\\n\",\"Time\":\"2026-01-02T03:04:05Z\"}\n";

/// Everything that can be asked of an input.
fn exercise(bytes: &[u8]) {
    let _ = looks_like_bench(bytes);
    for options in [ParseOptions::default(), ParseOptions::BENCHSTAT] {
        let Ok(log) = parse_with(bytes, "x", options) else {
            continue;
        };
        let again = parse_with(bytes, "x", options).expect("as before");
        assert_eq!(results(&log), results(&again));
        assert_eq!(log.failures, again.failures);
        for all in observations(&log) {
            let _ = all.summary(0.95);
        }
        for result in &log.results {
            let _ = (
                result.gomaxprocs(),
                result.value("/a"),
                original_bytes(&result.name),
            );
        }
    }
}

fn results(log: &BenchLog) -> Vec<String> {
    let measured = |m: &perfplan::bench::Measurement| format!("{} {}", m.value.to_bits(), m.unit());
    let result = |r: &perfplan::bench::BenchResult| {
        let numbers: Vec<String> = r.measurements.iter().map(measured).collect();
        format!("{} {} {numbers:?} {:?}", r.name, r.iterations, r.config)
    };
    log.results.iter().map(result).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        exercise(&bytes);
    }

    #[test]
    fn arbitrary_lines_do_not_panic(lines in proptest::collection::vec("(Benchmark|Unit |--- FAIL: |panic:|[a-z]+: |\\{)?[ -~\t\u{1b}µ]{0,30}", 0..20)) {
        exercise(lines.join("\n").as_bytes());
        exercise(format!("Benchmark 1 1 u\n{}", lines.join("\r\n")).as_bytes());
    }

    #[test]
    fn one_changed_byte_does_not_panic(at in 0usize..400, byte in any::<u8>()) {
        for text in [TEXT, EVENTS] {
            let mut bytes = text.as_bytes().to_vec();
            let length = bytes.len();
            bytes[at % length] = byte;
            exercise(&bytes);
            exercise(&bytes[at % length..]);
        }
    }

    #[test]
    fn numbers_survive_printing(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
        let line = format!("BenchmarkX 1 {value:e} u\nBenchmarkX 1 {value} u\n");
        let log = parse(line.as_bytes(), "x").expect("two results");
        for result in &log.results {
            prop_assert_eq!(result.measurements[0].value.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn line_ends_and_encodings_do_not_matter(cut in 0usize..6) {
        let text: String = TEXT.lines().skip(cut).map(|line| format!("{line}\n")).collect();
        let text = format!("BenchmarkFirst 1 1 u\n{text}");
        let plain = parse(text.as_bytes(), "x").expect("a result");
        let crlf = parse(text.replace('\n', "\r\n").as_bytes(), "x").expect("a result");
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let utf16 = parse(&utf16, "x").expect("a result");
        prop_assert_eq!(results(&plain), results(&crlf));
        prop_assert_eq!(results(&plain), results(&utf16));
    }
}
