//! What bytes that are no profile look like, and what to do about it.

use crate::error::Problem;

/// Signatures at the very start, what they are, and what to do.
const SIGNATURES: [(&[u8], &str, &str); 14] = [
    (
        b"PERFILE2",
        "this is perf.data, not a pprof profile",
        "convert it with perf_to_profile",
    ),
    (
        b"go 1.",
        "this is an execution trace, not a pprof profile",
        "`perfplan info FILE` tells its size and version, go tool trace opens it; for CPU time and memory give profiles",
    ),
    (
        b"GO PREPROFILE V1",
        "this is a profile prepared for the Go compiler, not a pprof profile",
        "`perfplan info FILE` sums it up; give the CPU profile that it was made of",
    ),
    (
        b"heap_v2/",
        "this is a jemalloc dump, not a pprof profile",
        "convert it with jeprof",
    ),
    (
        b"\x7fELF",
        "this is a program, not a profile",
        "give the profile that the program wrote",
    ),
    (
        b"PK\x03\x04",
        "this is a zip archive, not a profile",
        "unpack it and give the profile in it",
    ),
    (
        b"\x78\x01",
        "this is zlib data, not gzip",
        "pprof profiles are gzipped or plain",
    ),
    (
        b"\x78\x9c",
        "this is zlib data, not gzip",
        "pprof profiles are gzipped or plain",
    ),
    (
        b"\x78\xda",
        "this is zlib data, not gzip",
        "pprof profiles are gzipped or plain",
    ),
    (
        b"\xff\xfe",
        "this is UTF-16 text",
        "save it as UTF-8; PowerShell: `cmd /c \"COMMAND > FILE\"`",
    ),
    (
        b"\xfe\xff",
        "this is UTF-16 text",
        "save it as UTF-8; PowerShell: `cmd /c \"COMMAND > FILE\"`",
    ),
    (
        b"404 page not found",
        "this is an error page, not a profile",
        "check the URL that it came from",
    ),
    (
        b"Could not enable CPU profiling",
        "this is an error message, not a profile",
        "another CPU profile was being taken; check the URL and try again",
    ),
    (
        b"{",
        "this is JSON, not a profile",
        "check the URL or the command that it came from",
    ),
];

const HEAD: usize = 512;

/// What data that are no profile look like: a known other format, or some text; `None` for bytes that say
/// nothing, where the error of the protobuf reader tells more.
pub fn looks_like(data: &[u8]) -> Option<Problem> {
    let unrecognized = |what: &str, hint: &str| Problem::Unrecognized {
        what: what.into(),
        hint: hint.into(),
    };
    let modules = (
        "this is a list of Go modules, not a profile",
        "give it to `perfplan analyze`",
    );
    if data.starts_with(b"{") && crate::source::looks_like_modules(data) {
        return Some(unrecognized(modules.0, modules.1));
    }
    if let Some((_, what, hint)) = SIGNATURES.iter().find(|(mark, ..)| data.starts_with(mark)) {
        return Some(unrecognized(what, hint));
    }
    let head = &data[..data.len().min(HEAD)];
    if !is_text(head) {
        return None;
    }
    let text = String::from_utf8_lossy(head)
        .trim_start_matches('\u{feff}')
        .to_string();
    let lower = text.trim_start().to_ascii_lowercase();
    Some(if lower.starts_with("<!doctype") || lower.starts_with("<html") {
        unrecognized(
            "this is an HTML page, not a profile",
            "check the URL that it came from",
        )
    } else if text
        .lines()
        .any(|l| l.starts_with("goroutine ") && l.contains('['))
    {
        unrecognized(
            "this is a goroutine dump, not a pprof profile",
            "give it to `perfplan analyze`, or fetch /debug/pprof/goroutine?debug=0 for a profile",
        )
    } else if text
        .lines()
        .any(|l| l.starts_with("Benchmark") || l.starts_with("goos: "))
    {
        unrecognized(
            "this is benchmark text, not a profile",
            "give it to `perfplan analyze`",
        )
    } else if text.lines().any(is_compiler_note) {
        unrecognized(
            "these are notes of the Go compiler, not a profile",
            "give them to `perfplan analyze`",
        )
    } else if crate::source::looks_like_modules(data) {
        unrecognized(modules.0, modules.1)
    } else if text.lines().any(is_runtime_line) {
        unrecognized(
            "this is a trace of Go's runtime, not a profile",
            "give it to `perfplan analyze`",
        )
    } else {
        unrecognized(
            "this is text, not a profile",
            "give a pprof profile or `go test -bench` text",
        )
    })
}

/// As much of the form as tells it from other text.
fn is_compiler_note(line: &str) -> bool {
    let words = [
        ": can inline ",
        ": cannot inline ",
        " escapes to heap",
        " does not escape",
        ": Found Is",
    ];
    line.contains(".go:") && words.iter().any(|word| line.contains(word))
}

fn is_runtime_line(line: &str) -> bool {
    let collection = line.contains("gc ") && line.contains(" ms clock, ");
    collection || line.contains("SCHED ") || (line.starts_with("init ") && line.contains(" ms clock, "))
}

fn is_text(head: &[u8]) -> bool {
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut by the end of the head.
        Err(e) if head.len() - e.valid_up_to() < 4 && e.error_len().is_none() => {
            std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !valid.is_empty() && valid.chars().all(printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &[u8], what: &str) {
        assert_eq!(looks_like(data).map(|p| p.to_string()).as_deref(), Some(what));
    }

    #[test]
    fn known_formats_are_named() {
        check(b"PERFILE2\0\0", "this is perf.data, not a pprof profile");
        check(
            b"go 1.22 trace\0\0",
            "this is an execution trace, not a pprof profile",
        );
        check(b"\n<HTML><head>", "this is an HTML page, not a profile");
        check(
            b"panic: x\n\ngoroutine 1 [running]:\n",
            "this is a goroutine dump, not a pprof profile",
        );
        check(
            b"goos: linux\nBenchmarkX 1 2 ns/op\n",
            "this is benchmark text, not a profile",
        );
        check(
            b"./a.go:1:2: x escapes to heap\n",
            "these are notes of the Go compiler, not a profile",
        );
        check(
            b"gc 1 @0.005s 9%: 0.19+4.9+0.066 ms clock, 0.38+0.014/2.1",
            "this is a trace of Go's runtime, not a profile",
        );
        check(
            b"GO PREPROFILE V1\na.F\nb.G\n1 2\n",
            "this is a profile prepared for the Go compiler, not a pprof profile",
        );
        check(
            b"module example.com/a\n\ngo 1.26\n",
            "this is a list of Go modules, not a profile",
        );
        check(b"hello", "this is text, not a profile");
    }

    #[test]
    fn bytes_that_say_nothing_are_left_to_the_reader() {
        assert_eq!(looks_like(&[0x12, 0xff, 0x00, 0x01]), None);
        assert_eq!(looks_like(b""), None);
    }
}
