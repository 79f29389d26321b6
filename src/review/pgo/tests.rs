//! A CPU profile as the compiler would take it.

use std::collections::HashMap;

use super::*;
use crate::compiler::parse_notes;
use crate::profile::{Format, ProfileBuilder};
use crate::review::{Evidence, NotesInput, Policy, Review, review};

fn profile(count: i64, start: i64) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.period("cpu", "nanoseconds", 10_000_000);
    let main = b.frame("a.b/m.Run", "a.b/m/a.go", 12);
    let hot = b.frame("a.b/m.(*T).Hot", "a.b/m/a.go", 23);
    let cold = b.frame("a.b/m.Cold", "a.b/m/a.go", 33);
    b.sample([hot, main], &[count, count * 10_000_000], []);
    b.sample([cold, main], &[1, 10_000_000], []);
    let mut profile = b.finish();
    for f in &mut profile.functions {
        f.start_line = match profile.strings.get(f.name) {
            b"a.b/m.Run" => start * 11,
            b"a.b/m.(*T).Hot" => start * 21,
            _ => start * 31,
        };
    }
    profile
}

fn check(profile: &Profile, accepted: bool, serves: bool, doubt: &str) {
    let judged = pgo_input(profile, Some("a.b/m")).unwrap();
    assert_eq!((judged.accepted, judged.serves), (accepted, serves), "{judged:?}");
    assert!(judged.doubts.join(";").contains(doubt), "{judged:?}");
}

#[test]
fn a_profile_is_judged_as_the_compiler_judges_it() {
    check(&profile(500, 1), true, true, "");
    check(&profile(50, 1), true, false, "only 51 samples");
    check(&profile(500, 0), false, false, "start line");
    let mut b = ProfileBuilder::new(Format::Proto, &[("cpu", "milliseconds")]);
    let f = b.frame("a.b/m.F", "a.go", 1);
    b.sample([f], &[7000], []);
    check(&b.finish(), false, false, "neither samples/count");
    assert!(pgo_input(&profile(500, 1), Some("x.y/z")).unwrap().doubts[0].contains("own code"));
    let goroutines = ProfileBuilder::new(Format::Proto, &[("goroutine", "count")]).finish();
    assert_eq!(pgo_input(&goroutines, None), None);
}

fn reviewed(text: &str, source: &str) -> Review {
    let profiles = [ProfileInput {
        name: "cpu.pb.gz".into(),
        profile: profile(500, 1),
    }];
    let notes = [NotesInput {
        name: "n.txt".into(),
        notes: parse_notes(text.as_bytes()),
    }];
    let sources: HashMap<String, String> = [("a.b/m/a.go".to_string(), source.to_string())].into();
    let evidence = Evidence {
        profiles: &profiles,
        notes: &notes,
        sources: &sources,
        module: Some("a.b/m".into()),
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

#[test]
fn hot_calls_that_only_a_profile_inlines_are_listed() {
    let note = |line: u32, name: &str, cost: u32| {
        format!(
            "./a.go:{line}:6: cannot inline {name}: function too complex: cost {cost} exceeds budget 80\n"
        )
    };
    let text = format!("# a.b/m\n{}{}", note(21, "(*T).Hot", 420), note(31, "Cold", 90));
    let facts = reviewed(&text, "").pgo.unwrap();
    assert_eq!((facts.calls, facts.hot_calls, facts.costs_known), (2, 1, true));
    let told: Vec<_> = facts
        .inlines
        .iter()
        .map(|i| (i.callee.as_str(), i.line, i.cost))
        .collect();
    assert_eq!(told, [("a.b/m.(*T).Hot", 12, 420)]);
    let large = format!("# a.b/m\n{}", note(21, "(*T).Hot", 2001));
    assert_eq!(reviewed(&large, "").pgo.unwrap().inlines, []);
}

#[test]
fn functions_that_the_source_lacks_make_the_profile_stale() {
    let source = "package m\nfunc Run() {}\nfunc (t *T) Hot() {}\n";
    let review = reviewed("", source);
    let facts = review.pgo.as_ref().unwrap();
    assert_eq!((facts.looked_for, facts.gone), (3, 1));
    assert_eq!(facts.gone_functions, ["a.b/m.Cold"]);
    assert!(review.caveats.iter().any(|c| c.contains("would be stale")));
    let whole = reviewed("", &format!("{source}func Cold() {{}}\n"));
    assert!(!whole.caveats.iter().any(|c| c.contains("would be stale")));
}
