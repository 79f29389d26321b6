//! One case per form of a line; whole recordings are read in `tests/it/goroutine_dumps.rs`.

use super::*;

fn dump(text: &str) -> GoroutineDump {
    parse(text.as_bytes(), "x").unwrap()
}

/// The one goroutine of a header.
fn head(header: &str) -> Goroutine {
    let mut dump = dump(&format!("{header}\n"));
    assert_eq!(dump.goroutines.len(), 1, "{header}");
    dump.goroutines.remove(0)
}

fn labels(header: &str) -> Vec<(String, String)> {
    head(header).labels
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_string(), value.to_string())
}

#[test]
fn states_and_what_stands_beside_them() {
    let g = head("goroutine 1 [running]:");
    assert_eq!((g.id, g.state.as_str(), g.wait_minutes), (1, "running", None));
    let g = head("goroutine 44 [chan send (leaked), 12 minutes]:");
    assert_eq!(
        (g.state.as_str(), g.leaked, g.wait_minutes),
        ("chan send", true, Some(12))
    );
    let g = head("goroutine 7 [running, locked to thread]:");
    assert!(g.locked_to_thread && !g.leaked && g.notes.is_empty());
    let g = head("goroutine 9 [IO wait, 3 minutes, locked to thread]:");
    assert_eq!((g.wait_minutes, g.locked_to_thread), (Some(3), true));
    let g = head("goroutine 21 [chan receive (durable), synctest bubble 1]:");
    assert_eq!(
        (g.state.as_str(), g.durable, g.bubble),
        ("chan receive", true, Some(1))
    );
    assert_eq!(head("goroutine 5 [select (scan)]:").state, "select");
    let g = head("goroutine 5 [a new state (of some kind), a new note]:");
    assert_eq!(g.state, "a new state (of some kind)");
    assert_eq!(g.notes, ["a new note"]);
}

#[test]
fn states_in_brackets_of_their_own_stay_whole() {
    for state in ["force gc (idle)", "chan receive (nil chan)", "select (no cases)"] {
        let g = head(&format!("goroutine 2 gp=0x25d5ca8e4780 m=nil [{state}]:"));
        assert_eq!(g.state, state);
    }
}

#[test]
fn dumps_of_the_whole_system_name_threads() {
    assert_eq!(
        head("goroutine 1 gp=0x28dd4e6181e0 m=0 mp=0x9df2c0 [running]:").id,
        1
    );
    assert_eq!(
        head("goroutine 0 gp=0x9de300 m=0 mp=0x9df2a0 [idle]:").state,
        "idle"
    );
}

#[test]
fn labels_are_plain_or_quoted() {
    let expect = [pair("port", "bergen"), pair("verb", "quote")];
    assert_eq!(
        labels("goroutine 40 [chan send (leaked)] {port: bergen, verb: quote}:"),
        expect
    );
    let found = labels(r#"goroutine 25 [chan receive] {key: "\u00e9\n}", "other key": }:"#);
    assert_eq!(found, [pair("key", "é\n}"), pair("other key", "")]);
    let found = labels(r#"goroutine 22 [chan receive] {key: "with, comma", b: "with \"quotes\""}:"#);
    assert_eq!(found, [pair("key", "with, comma"), pair("b", "with \"quotes\"")]);
    assert_eq!(labels("goroutine 22 [chan receive] {}:"), []);
}

#[test]
fn what_only_begins_like_a_header_is_none() {
    for line in [
        "goroutine 7 is not a header",
        "\tgoroutine 7 [running]:",
        "goroutine [running]:",
        "goroutine 7 [running] is fine",
        "goroutine 99999999999999999999 [running]:",
        "goroutine 7 [running] {a: b:",
        "goroutine 7 [running",
        "goroutine profile: total 163",
    ] {
        assert!(!looks_like_dump(line.as_bytes()), "{line}");
        assert_eq!(
            parse(line.as_bytes(), "x").unwrap_err().to_string(),
            "x: no goroutines"
        );
    }
}

/// The one frame of two lines.
fn frame(lines: &str) -> Frame {
    let dump = dump(&format!("goroutine 1 [running]:\n{lines}\n"));
    assert_eq!(dump.warnings, [], "{lines}");
    dump.goroutines[0].frames[0].clone()
}

#[test]
fn calls_are_cut_at_the_parenthesis_that_closes_at_the_end() {
    let check = |lines: &str, function: &str, file: &str, line: i64, inlined: bool| {
        let found = frame(lines);
        let found = (
            found.function.as_str(),
            found.file.as_str(),
            found.line,
            found.inlined,
        );
        assert_eq!(found, (function, file, line, inlined));
    };
    check(
        "main.main()\n\t/src/main.go:31 +0x8c",
        "main.main",
        "/src/main.go",
        31,
        false,
    );
    check(
        "internal/poll.(*pollDesc).waitRead(...)\n\tinternal/poll/fd_poll_runtime.go:89",
        "internal/poll.(*pollDesc).waitRead",
        "internal/poll/fd_poll_runtime.go",
        89,
        true,
    );
    check(
        "main.(*crate[...]).hold({0x1, 0x2}, 0xc000?)\n\tC:/src/a b.go:177 +0x1",
        "main.(*crate[...]).hold",
        "C:/src/a b.go",
        177,
        false,
    );
    check(
        "runtime.futex(0x9df3f8)\n\truntime/sys_linux_amd64.s:575 +0x21 fp=0x7fffc sp=0x7f pc=0x48",
        "runtime.futex",
        "runtime/sys_linux_amd64.s",
        575,
        false,
    );
}

#[test]
fn frames_of_c_have_no_place() {
    let found = frame("non-Go function\n\tpc=0x401234");
    assert_eq!((found.function.as_str(), found.line), ("non-Go function", 0));
}

#[test]
fn creators_ancestors_and_gaps() {
    let text = "goroutine 21 [chan receive]:\nmain.parent(0x1?)\n\tmain.go:172 +0x5e\n...22369458 frames elided...\n\
        main.top()\n\tmain.go:1 +0x1\ncreated by main.parent in goroutine 20\n\tmain.go:170 +0x49\n\
        [originating from goroutine 20]:\nmain.parent(...)\n\tmain.go:172 +0x49\n...additional frames elided...\n\
        created by main.init.func7\n\tmain.go:35 +0x1a\n";
    let dump = dump(text);
    assert_eq!(dump.warnings, []);
    let g = &dump.goroutines[0];
    let gap = Elided {
        after: 1,
        frames: Some(22_369_458),
    };
    assert_eq!((g.frames.len(), g.elided), (2, Some(gap)));
    let creator = g.created_by.as_ref().unwrap();
    assert_eq!(
        (creator.function.as_str(), creator.line, creator.goroutine),
        ("main.parent", 170, Some(20))
    );
    let ancestor = &g.ancestors[0];
    assert_eq!((ancestor.goroutine, ancestor.frames.len()), (20, 1));
    assert_eq!(
        ancestor.elided,
        Some(Elided {
            after: 1,
            frames: None
        })
    );
    let creator = ancestor.created_by.as_ref().unwrap();
    assert_eq!(
        (creator.function.as_str(), creator.line, creator.goroutine),
        ("main.init.func7", 35, None)
    );
}

#[test]
fn a_stack_that_cannot_be_walked_is_empty() {
    let text = "goroutine 1 [running]:\n\tgoroutine running on other thread; stack unavailable\ncreated by main.f\n\tx.go:1 +0x2\n";
    let dump = dump(text);
    assert_eq!((dump.goroutines[0].frames.len(), dump.warnings.len()), (0, 0));
    assert!(dump.goroutines[0].created_by.is_some());
}

#[test]
fn text_outside_of_goroutines_is_kept_with_its_line() {
    let text = "panic: first\n\tgoroutine 7 is not a header\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:3 +0x1\n\
        rax    0xca\n\n-----\n\ngoroutine 0 [idle]:\nruntime.mstart()\n\truntime/asm.s:1 +0x1\nexit status 2\n";
    let dump = dump(text);
    assert_eq!((dump.goroutines.len(), dump.warnings.len()), (2, 0));
    let kept: Vec<_> = dump.preamble.iter().map(|l| (l.line, l.text.as_str())).collect();
    let expect = [
        (1, "panic: first"),
        (2, "\tgoroutine 7 is not a header"),
        (7, "rax    0xca"),
        (9, "-----"),
        (14, "exit status 2"),
    ];
    assert_eq!(kept, expect);
}

#[test]
fn an_unreadable_line_is_told_and_reading_goes_on_at_the_next_goroutine() {
    let text = "goroutine 1 [running]:\nmain.main()\nnonsense\n\tx.go:1\n\ngoroutine 2 [sleep]:\nmain.f()\n\tx.go:2\n";
    let dump = dump(text);
    assert_eq!((dump.goroutines.len(), dump.goroutines[1].frames.len()), (2, 1));
    let told: Vec<_> = dump.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["x:3: no line of a stack: \"nonsense\"; the rest of goroutine 1 is left out"]
    );
}

#[test]
fn many_unreadable_lines_are_counted() {
    let text = (1..=30)
        .map(|i| format!("goroutine {i} [sleep]:\n\x1b[31m\n"))
        .collect::<String>();
    let dump = dump(&text);
    assert_eq!((dump.goroutines.len(), dump.warnings.len()), (30, 21));
    assert_eq!(
        dump.warnings[20].message,
        "10 more lines in other goroutines could not be read"
    );
    assert!(dump.warnings[0].message.contains("\\x1b[31m"));
}

#[test]
fn a_text_that_ends_early_says_so() {
    let dump = dump("goroutine 3 [sleep]:\nmain.main()\n");
    assert_eq!(
        dump.warnings[0].to_string(),
        "x:3: goroutine 3: a call without file and line"
    );
    let dump = self::dump("goroutine 3 [sleep]:\nmain.main()");
    assert_eq!(dump.warnings.len(), 1);
}

#[test]
fn two_dumps_in_one_text_are_told() {
    let one = "goroutine 3 [sleep]:\nmain.main()\n\tx.go:1 +0x1\n\n";
    let dump = dump(&one.repeat(2));
    assert_eq!(
        (dump.goroutines.len(), dump.warnings[0].code.as_str()),
        (2, "several-dumps")
    );
}

#[test]
fn windows_lines_and_marks_of_order_are_read() {
    let text = "\u{feff}goroutine 3 [sleep]:\r\nmain.main()\r\n\tC:/src/x.go:1 +0x1\r\ncreated by main.f in goroutine 1\r\n\tC:/src/x.go:9 +0x1\r\n\r\n";
    let dump = dump(text);
    let g = &dump.goroutines[0];
    assert_eq!((g.frames[0].file.as_str(), g.frames[0].line), ("C:/src/x.go", 1));
    assert_eq!((dump.warnings.len(), dump.preamble.len()), (0, 0));
    assert!(looks_like_dump(text.as_bytes()));
}

#[test]
fn bytes_that_are_no_text_are_shown_as_such() {
    let dump = parse(b"goroutine 3 [sleep]:\nmain.\xff()\n\tx.go:1\n", "x").unwrap();
    assert_eq!(dump.goroutines[0].frames[0].function, "main.\\xff");
}

#[test]
fn a_profile_that_holds_such_a_line_is_no_dump() {
    assert!(!looks_like_dump(b"\x0a\x04\x08\x01\ngoroutine 3 [sleep]:\n"));
}
