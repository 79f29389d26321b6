mod memory_map;

use super::super::{LabelValue, LocationId, remove_uninteresting};
use super::*;

fn read(text: impl AsRef<[u8]>) -> Profile {
    decode(text.as_ref(), "in.txt")
        .expect("recognized")
        .expect("valid")
}

/// The samples: frames leaf first (name, else address), `=`, values, labels.
fn rows(profile: &Profile) -> Vec<String> {
    (0..profile.samples.len()).map(|s| row(profile, s)).collect()
}

fn row(profile: &Profile, sample: usize) -> String {
    let stack = profile.samples.stack(sample).map(|id| frame(profile, id));
    let stack: Vec<_> = stack.collect();
    let values = profile.samples.values(sample);
    let labels = profile.samples.labels(sample).iter().map(|l| {
        let key = profile.printable(l.key);
        match l.value {
            LabelValue::Text(text) => format!(" {key}:{}", profile.printable(text)),
            LabelValue::Number(number, _) => format!(" {key}:{number}"),
        }
    });
    format!("{} = {values:?}{}", stack.join(" "), labels.collect::<String>())
}

fn frame(profile: &Profile, id: LocationId) -> String {
    match profile.lines_of(id).first() {
        Some(line) => {
            let function = profile.functions[line.function.index()];
            let (name, file) = (
                profile.printable(function.name),
                profile.printable(function.filename),
            );
            format!("{name}@{file}:{}", line.line)
        }
        None => format!("{:x}", profile.locations[id.index()].address),
    }
}

fn types(profile: &Profile) -> String {
    let types =
        (0..profile.sample_types.len()).map(|i| format!("{}/{}", profile.type_name(i), profile.unit_name(i)));
    types.collect::<Vec<_>>().join(" ")
}

fn check(text: &str, expect_types: &str, expect_rows: &[&str]) {
    let profile = read(text);
    assert_eq!(types(&profile), expect_types, "{text}");
    assert_eq!(rows(&profile), expect_rows, "{text}");
}

fn check_error(text: &str, expect: &str) {
    let problem = decode(text.as_bytes(), "in.txt")
        .expect("recognized")
        .unwrap_err();
    assert_eq!(problem.to_string(), expect, "{text}");
}

const HEAP: &str = "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes";

#[test]
fn heap_text_is_scaled_up_by_its_rate() {
    check(
        "heap profile: 1: 100 [1: 100] @ heapprofile\n1: 100 [1: 100] @ 0x10 0x20\n",
        "objects/count space/bytes",
        &["f 1f = [1, 100] bytes:100"],
    );
    check(
        "heap profile: 1: 100 [5: 500] @ heap/2\r\n\r\n# note\r\n1: 100 [5: 500] @ 0x10\r\n",
        HEAP,
        &["f = [5, 500, 1, 100] bytes:100"],
    );
    check(
        "heap profile: 1: 100 [2: 200] @ heap/200\n1: 100 [2: 200] @ 0x10\n",
        HEAP,
        &["f = [3, 316, 1, 158] bytes:100"],
    );
    check(
        "heap profile:  1:  7 [ 1:  7] @ growthz\n 1: 7 [ 1: 7] @ 0x10\n",
        "objects/count space/bytes",
        &["f = [1, 7] bytes:7"],
    );
    assert!(decode(b"heap profile: 1: 1 [1: 1] @ heaps/1\n", "").is_none());
}

#[test]
fn a_broken_line_is_named() {
    check_error(
        "goroutine profile: total 3\n2 @ 0x10\n2 @ 0x1000 zzz\n",
        "line 3: expected \"COUNT @ ADDRESS…\", got \"2 @ 0x1000 zzz\"",
    );
    check_error(
        "heap profile: 3: 300 [5: 500] @ heap/1048576\n0: 100 [2: 200] @ 0x1000\n",
        "line 2: expected a size of 0 where the count is 0, got \"0: 100 [2: 200] @ 0x1000\"",
    );
    check_error(
        "x profile: total 1\n1 @ 0x11112222333344445\n",
        "line 2: expected \"COUNT @ ADDRESS…\", got \"1 @ 0x11112222333344445\"",
    );
    check_error(
        "a;b 1\nnonsense\n",
        "line 2: expected \"FRAME;FRAME;… COUNT\", got \"nonsense\"",
    );
}

#[test]
fn comment_lines_of_go_are_the_stack() {
    let text = "\u{feff}# a\n\ngoroutine profile: total 3\n2 @ 0x1000 0x2000\n\
        # labels: {\"k\":\"v\"}\n#\t0xfff\tmain.a+0x1\t\t/a.go:1\n#\t0xffe\n\n1 @ 0x3000\n";
    check(
        text,
        "goroutine/count",
        &["main.a@/a.go:1 ffe = [2] k:v", "2fff = [1]"],
    );
    let profile = read(text);
    assert!(profile.drop_frames.is_empty(), "Go has hidden its allocator");
    assert_eq!(profile.locations[0].address, 0xfff);
}

#[test]
fn a_total_that_is_not_the_sum_is_a_warning() {
    let profile = read("goroutine profile: total 3\n2 @ 0x1000\n");
    let texts: Vec<_> = profile.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["in.txt: the header says 3, the lines add up to 2"]);
}

#[test]
fn contention_is_scaled_by_period_and_clock() {
    let types = "contentions/count delay/nanoseconds";
    check(
        "--- contention:\ncycles/second=2000000000\n10000 4 @ 0x10 0x20\n",
        types,
        &["f 1f = [4, 5000]"],
    );
    check(
        "--- contentionz 1 ---\nsampling period = 100\ndiscarded samples = 0\n  7 4 @ 0x10\n",
        types,
        &["f = [400, 7]"],
    );
    check("--- mutex:\n", types, &[]);
    assert!(decode(b"--- contention:\nfoo=1\n1 4 @ 0x1000\n", "").is_none());
    check_error(
        "--- mutex:\nsampling period=9223372036854775807\n1 4 @ 0x1000\n",
        "the sum of contentions/count passes 2^63-1 at sample 1",
    );
}

#[test]
fn threads_count_those_that_stand_at_the_same_place() {
    let thread = |id: u8| format!("--- Thread {id:x} (name: a/{id}) stack: ---\n");
    let text = format!(
        "--- threadz 1 ---\n\n{}  PC: 0x10 0x20: main\n  0x30\n{}  [same as previous thread]\n{}\n\
         ---- no stack trace for 1\n",
        thread(1),
        thread(2),
        thread(3)
    );
    check(&text, "thread/count", &["10 1f 2f = [3]"]);
}

fn words(wide: bool, big: bool, words: &[u64]) -> Vec<u8> {
    let bytes = |word: &u64| match (wide, big) {
        (true, true) => word.to_be_bytes().to_vec(),
        (true, false) => word.to_le_bytes().to_vec(),
        (false, true) => (*word as u32).to_be_bytes().to_vec(),
        (false, false) => (*word as u32).to_le_bytes().to_vec(),
    };
    words.iter().flat_map(bytes).collect()
}

#[test]
fn cpu_words_have_four_layouts() {
    let data = [0, 3, 0, 10_000, 0, 2, 2, 0x10, 0x20, 1, 1, 0x30, 0, 1, 0];
    for (wide, big) in [(false, false), (false, true), (true, false), (true, true)] {
        let profile = read(words(wide, big, &data));
        assert_eq!(types(&profile), "samples/count cpu/nanoseconds");
        assert_eq!(rows(&profile), ["10 1f = [2, 20000000]", "30 = [1, 10000000]"]);
        assert_eq!(profile.period, 10_000_000);
    }
    let deep = words(true, false, &[0, 3, 0, 1, 0, 1, 9, 0x10]);
    assert!(decode(&deep, "").is_none(), "a stack past the end");
}

#[test]
fn frames_of_the_signal_handler_and_doubled_leaves_go() {
    let data = [
        0, 3, 0, 1, 0, 1, 4, 0x10, 0x99, 0x98, 0x20, 1, 4, 0x30, 0x99, 0x98, 0x30, 0, 1, 0,
    ];
    let profile = read(words(true, false, &data));
    assert_eq!(rows(&profile), ["10 1f = [1, 1000]", "30 = [1, 1000]"]);
}

#[test]
fn java_names_its_addresses_and_turns_the_numbers_round() {
    let text = "--- heapz 1 ---\nformat = java\nresolution = bytes\n 1048576 2 @ 0x3 0x4 0x5 0x6 0x7\n\
        0x3 a.B.f (B.java:7)\n0x4 libc (/lib/libc.so)\n0x5 generated stub/JIT\n 0x6 GC\n";
    check(
        text,
        "inuse_objects/count inuse_space/bytes",
        &["a.B.f@B.java:7 libc@libc.so:0 STUB@:0 GC@:0 7 = [3, 1658822] bytes:524288"],
    );
    check(
        "--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 10\n 5 2 @ 0x3\n",
        "contentions/count delay/microseconds",
        &["3 = [20, 50]"],
    );
    check_error(
        "--- heapz 1 ---\nformat = java\nresolution = bytes\n 10 0 @ 0x3\n",
        "line 4: expected a count that is not 0, got \" 10 0 @ 0x3\"",
    );
}

#[test]
fn allocators_of_java_text_are_dropped() {
    let text = "--- heapz 1 ---\nformat = java\nresolution = bytes\n 8 2 @ 0x3 0x4\n0x3 malloc\n0x4 main\n";
    let mut profile = read(text);
    remove_uninteresting(&mut profile, "in.txt");
    assert!(profile.warnings.is_empty());
    assert!(rows(&profile)[0].starts_with("main@:0 = "));
}

#[test]
fn folded_stacks_are_written_root_first() {
    check(
        "main;a b;c++ 5\nmain 3\n",
        "samples/count",
        &["c++@:0 a b@:0 main@:0 = [5]", "main@:0 = [3]"],
    );
    for other in ["hello\n", "", "hello 5\nworld\n", "5\n", "a\x01b;c 5\n"] {
        assert!(decode(other.as_bytes(), "").is_none(), "{other:?}");
    }
}

#[test]
fn no_prefix_and_no_changed_byte_breaks_it() {
    let java = "--- heapz 1 ---\nformat = java\nresolution = bytes\n 8 2 @ 0x3 0x4\n0x3 malloc (a:1)\n";
    let count = "x profile: total 1\n1 @ 0x1\n# labels: {\"a\":\"\\u00e9\"}\n#\t0x1\ta+0x1\tb:1\n\
        --- Memory map: ---\na=$a$a\n5000-6000: /a$a (@1000)\n";
    let cpu = words(false, false, &[0, 3, 0, 1, 0, 2, 2, 0x10, 0x20, 0, 1, 0]);
    for text in [java.as_bytes(), count.as_bytes(), &cpu] {
        for cut in 0..text.len() {
            let _ = decode(&text[..cut], "");
            for byte in [0, b' ', b'9', b'"', 0xff] {
                let mut changed = text.to_vec();
                changed[cut] = byte;
                let _ = decode(&changed, "");
            }
        }
    }
}
