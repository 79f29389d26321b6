//! Notes beside a small profile.

use super::words::why_on_heap;
use super::*;
use crate::compiler::parse_notes;
use crate::profile::{Format, ProfileBuilder};
use crate::review::{Evidence, NotesInput, Policy, ProfileInput, Review, review};

fn notes(text: &str) -> CompilerNotes {
    let notes = parse_notes(text.as_bytes());
    assert_eq!(notes.unknown_lines, 0, "{text}");
    notes
}

/// What is said of the first value that goes to the heap.
fn check(text: &str, expect: &str) {
    let said = notes(text).notes.iter().find_map(why_on_heap);
    assert_eq!(said.as_deref(), Some(expect), "{text}");
}

#[test]
fn reasons_become_sentences() {
    check(
        "./a.go:28:41: make([]byte, n) escapes to heap",
        "`make([]byte, n)` escapes (a.go:28:41)",
    );
    let explained = |steps: &str| {
        let steps = steps.split('|').map(|s| format!("./a.go:1:2:   {s}\n"));
        format!(
            "./a.go:1:2: x escapes to heap in F:\n{}",
            steps.collect::<String>()
        )
    };
    check(
        &explained(
            "flow: ~r0 ← &{storage for x}:|  from x (spill) at ./a.go:1:2|  from return x (return) at ./a.go:13:34",
        ),
        "`x` escapes: returned (a.go:13:34)",
    );
    check(
        &explained(
            "flow: {storage for ... argument} ← &{storage for x}:|  from ... argument (slice-literal-element) at \
             ./a.go:1:1|  from fmt.Sprintf(\"%d\", ... argument...) (call parameter) at ./a.go:2:3",
        ),
        "`x` escapes: passed to `fmt.Sprintf` (a.go:2:3)",
    );
    check(
        &explained("flow: r ← &{storage for x}:|  from r = x (assign) at ./a.go:2:3"),
        "`x` escapes: assigned to `r` (a.go:1:2)",
    );
    check(
        &explained("flow: {heap} ← &{storage for x}:"),
        "`x` escapes: something on the heap refers to it (a.go:1:2)",
    );
    let moved = explained("  from x (too large for stack) at ./a.go:1:2") + "./a.go:1:2: moved to heap: x\n";
    check(
        &moved,
        "the variable `x` is moved to the heap: too large for the stack (a.go:1:2)",
    );
    check(
        &explained("from (*T).Do(t, x) (call parameter) at ./a.go:2:3"),
        "`x` escapes: passed to `(*T).Do` (a.go:2:3)",
    );
    let long = format!("./a.go:1:2: {} escapes to heap", "`y`".repeat(40));
    let said = notes(&long).notes.iter().find_map(why_on_heap).unwrap();
    assert!(
        said.contains("…` escapes") && said.matches('`').count() == 2,
        "{said}"
    );
}

/// A heap profile with a site of the user's at each line, of which the first allocates itself and the second in fmt.
fn heap() -> ProfileInput {
    let types = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    let mut builder = ProfileBuilder::new(Format::Proto, &types);
    builder.period("space", "bytes", 524_288);
    let line = |b: &mut ProfileBuilder, line| b.frame("example.com/m.Work", "/src/m/a.go", line);
    let [own, calling, growing] = [10, 20, 30].map(|at| line(&mut builder, at));
    let inner = builder.frame("fmt.Sprintf", "fmt/print.go", 239);
    builder.sample([own], &[100, 1 << 24, 0, 0], []);
    builder.sample([inner, calling], &[100, 1 << 23, 0, 0], []);
    builder.sample([growing], &[100, 1 << 23, 0, 0], []);
    let name = "mem.pb.gz".to_string();
    ProfileInput {
        name,
        profile: builder.finish(),
    }
}

/// A CPU profile with two hot functions and a cold one.
fn cpu() -> ProfileInput {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    builder.period("cpu", "nanoseconds", 10_000_000);
    for (name, line, count) in [("Hot", 12, 90), ("(*T).Warm", 22, 8), ("Cold", 32, 2)] {
        let name = format!("example.com/m.{name}");
        let frame = builder.frame(&name, "/src/m/a.go", line);
        builder.sample([frame], &[count, count * 10_000_000], []);
    }
    let mut profile = builder.finish();
    for function in &mut profile.functions {
        function.start_line = match profile.strings.get(function.name) {
            b"example.com/m.Hot" => 11,
            b"example.com/m.(*T).Warm" => 21,
            _ => 31,
        };
    }
    let name = "cpu.pb.gz".to_string();
    ProfileInput { name, profile }
}

fn review_of(profiles: &[ProfileInput], text: &str) -> Review {
    let inputs = [NotesInput {
        name: "notes.txt".into(),
        notes: notes(text),
    }];
    let evidence = Evidence {
        profiles,
        notes: &inputs,
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

#[test]
fn a_site_is_told_why_it_is_on_the_heap() {
    let text = "# example.com/m\n./a.go:10:5: &x escapes to heap\n./a.go:20:7: n escapes to heap\n./a.go:30:1: y does \
                not escape\n";
    let review = review_of(&[heap()], text);
    let site = |line| review.memory.iter().find(|s| s.line == line).unwrap();
    let notes = |line| site(line).compiler.as_ref().unwrap();
    assert_eq!(notes(10).verdict, SiteVerdict::Heap);
    assert_eq!(notes(10).reasons, ["`&x` escapes (a.go:10:5)"]);
    assert_eq!(
        (notes(20).verdict, notes(20).reasons.len()),
        (SiteVerdict::Callee, 1)
    );
    assert_eq!(notes(30).verdict, SiteVerdict::Grows);
    let evidence = |line| &review.issues.all().find(|i| i.line == line).unwrap().evidence;
    assert!(evidence(10).ends_with("; compiler notes: `&x` escapes (a.go:10:5)"));
    assert!(evidence(30).contains("the stack is no way out"));
    let without = review_of(
        &[heap()],
        "# example.com/other\n./b.go:10:5: &x escapes to heap\n",
    );
    assert!(without.memory.iter().all(|s| s.compiler.is_none()));
}

#[test]
fn what_escapes_into_a_panic_is_no_reason() {
    let text = "# example.com/m\n./a.go:10:5: s + t escapes to heap in Work:\n./a.go:10:5:   flow: {heap} ← &{storage for \
                s + t}:\n./a.go:10:5:     from panic(s + t) (call parameter) at ./a.go:10:2\n./a.go:10:5: s + t escapes to \
                heap\n";
    let review = review_of(&[heap()], text);
    let site = review.memory.iter().find(|s| s.line == 10).unwrap();
    assert_eq!(site.compiler.as_ref().unwrap().verdict, SiteVerdict::Grows);
}

#[test]
fn hot_functions_and_lines_are_named_and_cold_ones_are_not() {
    let text = "# example.com/m\n./a.go:11:6: cannot inline Hot: function too complex: cost 120 exceeds budget 80\n\
                ./a.go:21:6: cannot inline (*T).Warm: unhandled op DEFER\n./a.go:31:6: cannot inline Cold: marked \
                go:noinline\n./a.go:12:4: Found IsInBounds\n./a.go:12:9: Found IsInBounds\n./a.go:12:15: Found \
                IsSliceInBounds\n./a.go:32:4: Found IsInBounds\n";
    let facts = review_of(&[cpu()], text).compiler.unwrap();
    let named: Vec<_> = facts.hot_not_inlined.iter().map(|f| (f.line, f.cost)).collect();
    assert_eq!(named, [(11, Some(120)), (21, None)]);
    assert!(facts.hot_not_inlined[0].advice.contains("default.pgo"));
    assert!(facts.hot_not_inlined[1].advice.contains("defer statement"));
    let lines: Vec<_> = facts
        .hot_bounds_checks
        .iter()
        .map(|l| (l.line, l.of_index, l.of_slice))
        .collect();
    assert_eq!(lines, [(12, 2, 1)]);
    assert_eq!((facts.not_inlined, facts.bounds_checks), (3, 4));
}

#[test]
fn notes_alone_say_what_they_can() {
    let review = review_of(
        &[],
        "# example.com/m\n./a.go:10:5: &x escapes to heap\n./b.go:1:6: cannot inline F: recursive\n",
    );
    assert_eq!(review.component, "example.com/m");
    let facts = review.compiler.unwrap();
    let files: Vec<_> = facts.files.iter().map(|f| (f.file.as_str(), f.on_heap)).collect();
    assert_eq!(files, [("a.go", 1), ("b.go", 0)]);
    assert_eq!(facts.reasons, []);
    let why = "# example.com/m\n./a.go:1:2: x escapes to heap in F:\n./a.go:1:2:     from return x (return) at ./a.go:3:4\n\
               ./a.go:1:2: x escapes to heap\n";
    let reasons = review_of(&[], why).compiler.unwrap().reasons;
    assert_eq!((reasons[0].why.as_str(), reasons[0].values), ("returned", 1));
    assert!(!facts.cpu_measured && !facts.explained);
    assert!(review.caveats.iter().any(|c| c.contains("-gcflags=-m=2")));
    assert!(!review.profiling_commands.cpu.is_empty());
}
