//! Recorded goroutine dumps, and every way to damage them.
#![expect(clippy::panic, reason = "a test may fail")]

use std::path::PathBuf;

use perfplan::goroutine::{Goroutine, GoroutineDump, looks_like_dump, parse};
use proptest::prelude::*;

use crate::support::{bytes, files_below, root};

fn quay(name: &str) -> PathBuf {
    root().join("testdata/quay/out").join(name)
}

/// A recording that must be read without a doubt.
fn dump(name: &str) -> GoroutineDump {
    let data = bytes(&quay(name));
    assert!(looks_like_dump(&data), "{name}");
    let dump = parse(&data, name).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(dump.warnings, [], "{name}");
    dump
}

fn preamble(dump: &GoroutineDump) -> Vec<&str> {
    dump.preamble.iter().map(|l| l.text.as_str()).collect()
}

fn in_state<'a>(dump: &'a GoroutineDump, state: &str) -> Vec<&'a Goroutine> {
    dump.goroutines.iter().filter(|g| g.state == state).collect()
}

/// All recorded dumps: debug=2, and what programs wrote to standard error.
fn recordings() -> Vec<PathBuf> {
    let mut files = files_below(&root().join("testdata"));
    files.retain(|f| {
        let name = f.to_string_lossy().replace('\\', "/");
        name.ends_with(".debug2.txt") || name.contains("/quay/out/cases/")
    });
    assert!(files.len() > 25, "only {} recorded dumps", files.len());
    files
}

/// Counts the lines that are a header, by a rule of its own.
fn headers(data: &[u8]) -> usize {
    let text = String::from_utf8_lossy(data);
    let is_header = |l: &&str| l.starts_with("goroutine ") && l.contains('[') && l.ends_with("]:");
    let labelled = |l: &&str| l.starts_with("goroutine ") && l.contains("] {") && l.ends_with("}:");
    text.lines().filter(|l| is_header(l) || labelled(l)).count()
}

#[test]
fn recorded_dumps_are_read_whole() {
    for file in recordings() {
        let data = bytes(&file);
        let dump = parse(&data, "x").unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert_eq!(dump.goroutines.len(), headers(&data), "{}", file.display());
        // A dump of every thread names the same goroutines again.
        let doubts = dump.warnings.iter().filter(|w| w.code != "several-dumps");
        assert_eq!(doubts.count(), 0, "{}: {:?}", file.display(), dump.warnings);
        let empty = dump.goroutines.iter().filter(|g| g.frames.is_empty()).count();
        assert_eq!(empty, 0, "{}", file.display());
    }
}

#[test]
fn panics_keep_their_message() {
    let panic = dump("cases/panic.txt");
    assert_eq!(preamble(&panic), ["panic: assignment to entry in nil map"]);
    assert_eq!(panic.goroutines[0].frames[0].function, "main.init.func1");
    let again = dump("cases/repanic.txt");
    assert_eq!(preamble(&again).len(), 4, "the lines of both messages");
    let segv = dump("cases/segv.txt");
    assert!(preamble(&segv)[1].starts_with("[signal SIGSEGV: segmentation violation"));
    let deadlock = dump("cases/deadlock.txt");
    assert_eq!(
        preamble(&deadlock),
        ["fatal error: all goroutines are asleep - deadlock!"]
    );
    assert_eq!(deadlock.goroutines[0].state, "sync.WaitGroup.Wait");
}

#[test]
fn dumps_of_the_system_have_threads_registers_and_runtime_frames() {
    let quit = dump("cases/quit.txt");
    assert_eq!(preamble(&quit)[0], "SIGQUIT: quit");
    assert!(preamble(&quit).iter().any(|l| l.starts_with("rip ")));
    let locked: Vec<_> = quit.goroutines.iter().filter(|g| g.locked_to_thread).collect();
    assert_eq!((locked.len(), locked[0].state.as_str()), (1, "chan receive"));
    assert_eq!(locked[0].frames[0].function, "runtime.gopark");
    let crash = parse(&bytes(&quay("cases/quit-crash.txt")), "x").expect("a dump");
    assert!(
        crash.goroutines.iter().filter(|g| g.id == 0).count() > 2,
        "one of each thread"
    );
    let nil = dump("cases/nilchan.txt");
    assert_eq!(in_state(&nil, "chan receive (nil chan)").len(), 1);
    assert_eq!(in_state(&nil, "select (no cases)").len(), 1);
}

#[test]
fn deep_stacks_tell_what_is_left_out() {
    let deep = dump("cases/overflow.txt");
    let main = deep.goroutines.iter().find(|g| g.id == 1).expect("goroutine 1");
    let gap = main.elided.expect("a gap");
    assert_eq!((gap.after, main.frames.len()), (50, 100));
    assert!(gap.frames > Some(1_000_000));
}

#[test]
fn labels_ancestors_and_bubbles_are_read() {
    let labels = dump("cases/labels.txt");
    let mut values: Vec<_> = labels
        .goroutines
        .iter()
        .filter_map(|g| g.labels.first())
        .collect();
    values.sort();
    let values: Vec<_> = values.into_iter().map(|(_, value)| value.as_str()).collect();
    let expect = [
        "plain",
        "with \"quotes\"",
        "with space",
        "with, comma",
        "with: colon",
        "é\n}",
    ];
    assert_eq!(values, expect);
    let family = dump("cases/family.txt");
    let depths: Vec<_> = family.goroutines.iter().map(|g| g.ancestors.len()).collect();
    assert_eq!(depths, [0, 1, 2, 3]);
    let bubble = dump("cases/bubble.txt");
    assert_eq!(
        bubble.goroutines.iter().filter(|g| g.bubble == Some(1)).count(),
        5
    );
    let sleep = in_state(&bubble, "sleep");
    assert_eq!((sleep.len(), sleep[0].durable), (1, true));
    let generic = dump("cases/generic.txt");
    let names: Vec<_> = generic.goroutines[1]
        .frames
        .iter()
        .map(|f| (&*f.function, f.inlined))
        .collect();
    assert_eq!(
        names,
        [("main.(*crate[...]).hold", true), ("main.park[...]", true)]
    );
}

#[test]
fn what_leaks_is_marked_and_has_its_labels_and_creator() {
    let late = dump("late/goroutineleak.debug2.txt");
    let leaked: Vec<_> = late.goroutines.iter().filter(|g| g.leaked).collect();
    assert_eq!(leaked.len(), 26);
    let bergen = leaked
        .iter()
        .filter(|g| g.labels.first().is_some_and(|l| l.1 == "bergen"));
    assert_eq!(bergen.count(), 8);
    let creator = leaked[0].created_by.as_ref().expect("a creator");
    assert_eq!(creator.goroutine, Some(1));
    let minutes = dump("wait/goroutine.debug2.txt");
    assert_eq!(
        minutes.goroutines.iter().filter_map(|g| g.wait_minutes).max(),
        Some(2)
    );
}

/// A dump with most kinds of lines, and short.
fn short() -> Vec<u8> {
    let family = bytes(&quay("cases/family.txt"));
    [
        bytes(&quay("cases/segv.txt")),
        family,
        bytes(&quay("cases/labels.txt")),
    ]
    .concat()
}

#[test]
fn every_beginning_of_a_dump_is_read_without_a_panic() {
    let data = short();
    for end in 0..data.len() {
        let _ = (looks_like_dump(&data[..end]), parse(&data[..end], "x"));
    }
}

proptest! {
    #[test]
    fn damaged_dumps_are_read_without_a_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut data = short();
        for (at, byte) in &changes {
            let at = at.index(data.len());
            data[at] = *byte;
        }
        if let Ok(dump) = parse(&data, "x") {
            prop_assert!(!dump.goroutines.is_empty());
            prop_assert!(dump.warnings.iter().all(|w| !w.to_string().chars().any(char::is_control)));
        }
    }

    #[test]
    fn lines_in_any_order_lose_no_goroutine(order in Just(lines_of_short()).prop_shuffle()) {
        let text = order.join("\n");
        let dump = parse(text.as_bytes(), "x").expect("headers");
        prop_assert_eq!(dump.goroutines.len(), headers(text.as_bytes()));
    }
}

fn lines_of_short() -> Vec<String> {
    String::from_utf8_lossy(&short())
        .lines()
        .map(str::to_string)
        .collect()
}

#[test]
fn hostile_lines_take_linear_time() {
    let parens = format!(
        "goroutine 1 [running]:\n{}{}\n\tx.go:1\n",
        "(".repeat(1 << 20),
        ")".repeat(1 << 20)
    );
    let labels = format!("goroutine 1 [running] {{{}", "a: b, ".repeat(1 << 18));
    let blanks = format!(
        "goroutine 1 [running]:\nmain.f()\n\tx.go:1{}\n",
        " +0x1".repeat(1 << 20)
    );
    for text in [parens, labels, blanks] {
        let _ = parse(text.as_bytes(), "x");
    }
    let many = "goroutine 7 [sleep]:\nmain.f()\n\tx.go:1 +0x1\n\n".repeat(100_000);
    assert_eq!(
        parse(many.as_bytes(), "x").map(|d| d.goroutines.len()),
        Ok(100_000)
    );
}
