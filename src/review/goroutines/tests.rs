//! Which groups are named, and how; each case beside one that must not be named.

use super::*;
use crate::goroutine::parse;
use crate::profile::{Format, ProfileBuilder};
use crate::review::{Confidence, DumpInput, Evidence, Issue, Policy, Review, review};

/// `count` goroutines in a state, at a line of `shop.FUNCTION`.
fn goroutines(count: usize, state: &str, function: &str) -> String {
    format!(
        "goroutine 9 [{state}]:\n{function}()\n\tshop.go:5 +0x1\ncreated by shop.Run in goroutine 1\n\tshop.go:2 +0x1\n\n"
    )
    .repeat(count)
}

fn dumps(texts: &[String]) -> Vec<DumpInput> {
    let input = |(text, at): (&String, usize)| DumpInput {
        name: format!("{at}.txt"),
        dump: parse(text.as_bytes(), "x").unwrap(),
    };
    texts.iter().zip(1..).map(input).collect()
}

fn review_of(dumps: &[DumpInput], profiles: &[ProfileInput]) -> Review {
    let evidence = Evidence {
        goroutine_profiles: profiles,
        dumps,
        module: Some("shop".to_string()),
        ..Evidence::default()
    };
    review(&evidence, Policy::default())
}

fn named(texts: &[String]) -> Vec<String> {
    let review = review_of(&dumps(texts), &[]);
    review.issues.all().map(|i| i.function.clone()).collect()
}

fn check(texts: &[String], expect: &[&str]) {
    assert_eq!(named(texts), expect);
}

/// A goroutineleak profile with one group.
fn leak_profile(function: &str, count: i64) -> ProfileInput {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("goroutineleak", "count")]);
    let stack: Vec<_> = [
        ("runtime.gopark", "proc.go", 1),
        ("runtime.chansend", "chan.go", 2),
        (function, "shop.go", 5),
    ]
    .map(|(name, file, line)| builder.frame(name, file, line))
    .into();
    builder.sample(stack, &[count], []);
    ProfileInput {
        name: "leaks.pb.gz".to_string(),
        profile: builder.finish(),
    }
}

#[test]
fn what_the_runtime_marked_is_named_with_state_count_and_creator() {
    let text = goroutines(3, "chan send (leaked)", "shop.ask") + &goroutines(9, "chan receive", "shop.work");
    let review = review_of(&dumps(&[text]), &[]);
    let issues: Vec<&Issue> = review.issues.critical.iter().collect();
    assert_eq!((issues.len(), review.issues.all().count()), (1, 1));
    assert_eq!(
        issues[0].issue,
        "3 leaked goroutines in chan send, started by shop.Run at shop.go:2"
    );
    assert_eq!((issues[0].file.as_str(), issues[0].line), ("shop.go", 5));
    assert_eq!(
        (issues[0].heat.share, issues[0].confidence),
        (0.25, Confidence::High)
    );
    assert_eq!(review.performance_score, "75/100");
}

#[test]
fn a_dump_and_a_profile_of_one_leak_are_one_finding() {
    let text = goroutines(3, "chan send (leaked)", "shop.ask");
    let review = review_of(
        &dumps(std::slice::from_ref(&text)),
        &[leak_profile("shop.ask", 3)],
    );
    assert_eq!(review.issues.all().count(), 1);
    let issue = &review.issues.critical[0];
    assert_eq!(
        issue.issue,
        "3 leaked goroutines in chan send, started by shop.Run at shop.go:2"
    );
    assert!(
        issue.evidence.starts_with("leaks.pb.gz, 1.txt:"),
        "{}",
        issue.evidence
    );
    // The marks are of an earlier search.
    let review = review_of(&dumps(&[text]), &[leak_profile("shop.ask", 4)]);
    let issue = &review.issues.critical[0];
    assert!(
        issue
            .issue
            .starts_with("4 leaked goroutines in chan send, started by shop.Run")
    );
    assert!(issue.evidence.starts_with("leaks.pb.gz:"), "{}", issue.evidence);
    let alone = review_of(&[], &[leak_profile("shop.ask", 4)]);
    assert_eq!(
        alone.issues.critical[0].issue,
        "4 leaked goroutines in chan send, first function shop.ask"
    );
}

#[test]
fn a_dump_without_marks_tells_who_started_what_a_profile_found() {
    let text = goroutines(5, "chan send", "shop.ask");
    let review = review_of(&dumps(&[text]), &[leak_profile("shop.ask", 4)]);
    assert_eq!(review.issues.all().count(), 1);
    let issue = &review.issues.critical[0];
    assert_eq!(
        issue.issue,
        "5 goroutines in chan send, 4 of them leaked, started by shop.Run at shop.go:2"
    );
    assert!(issue.evidence.starts_with("leaks.pb.gz:"), "{}", issue.evidence);
}

#[test]
fn groups_of_two_creators_are_two_findings_and_none_is_counted_twice() {
    let other = |text: String| text.replace("shop.go:2 ", "shop.go:8 ");
    let text = goroutines(3, "chan send (leaked)", "shop.ask")
        + &other(goroutines(2, "chan send (leaked)", "shop.ask"));
    let leaked = |profiles: &[ProfileInput]| -> Vec<String> {
        let review = review_of(&dumps(std::slice::from_ref(&text)), profiles);
        review.issues.all().map(|i| i.issue.clone()).collect()
    };
    let expect = [
        "3 leaked goroutines in chan send, started by shop.Run at shop.go:2",
        "2 leaked goroutines in chan send, started by shop.Run at shop.go:8",
    ];
    assert_eq!(leaked(&[]), expect);
    assert_eq!(leaked(&[leak_profile("shop.ask", 5)]), expect);
    // More than are marked: nobody knows whose the others are.
    let unknown = "7 leaked goroutines in chan send, first function shop.ask";
    assert_eq!(leaked(&[leak_profile("shop.ask", 7)]), [unknown]);
}

#[test]
fn of_several_profiles_of_leaks_the_last_counts() {
    let profiles = [leak_profile("shop.ask", 4), leak_profile("shop.ask", 6)];
    let review = review_of(&[], &profiles);
    assert!(review.issues.critical[0].issue.starts_with("6 leaked"));
    assert_eq!(review.goroutines.unwrap().growth[0].rows[0].counts, [4, 6]);
}

#[test]
fn what_grows_at_each_moment_and_enough_is_named() {
    let moment = |polls, works| {
        goroutines(polls, "chan receive", "shop.poll") + &goroutines(works, "select", "shop.work")
    };
    check(&[moment(1, 5), moment(10, 5)], &["shop.poll"]);
    check(&[moment(1, 5), moment(3, 5)], &[]);
    check(&[moment(0, 5), moment(9, 5), moment(6, 5)], &[]);
    check(&[moment(0, 9), moment(4, 8), moment(8, 9)], &["shop.poll"]);
    let rising: Vec<_> = (1..=5).map(|n| moment(n + 20, 5)).collect();
    check(&rising, &["shop.poll"]);
}

#[test]
fn growth_is_more_certain_the_more_moments_there_are() {
    let moment = |n| goroutines(n, "chan receive", "shop.poll");
    let two = review_of(&dumps(&[moment(1), moment(10)]), &[]);
    let issue = &two.issues.high[0];
    assert_eq!(
        issue.issue,
        "10 goroutines in chan receive, growing 1→10, started by shop.Run at shop.go:2"
    );
    assert_eq!(
        (issue.confidence, issue.expected_gain.low),
        (Confidence::Low, 0.0)
    );
    let three = review_of(&dumps(&[moment(1), moment(10), moment(19)]), &[]);
    let issue = &three.issues.critical[0];
    assert_eq!(issue.confidence, Confidence::Medium);
    assert!((issue.expected_gain.low - 18.0 / 19.0).abs() < 1e-12);
}

#[test]
fn connections_of_the_standard_library_and_what_runs_are_not_named() {
    let moment =
        |n| goroutines(n, "IO wait", "net/http.(*conn).serve") + &goroutines(n, "running", "shop.busy");
    check(&[moment(1), moment(50)], &[]);
}

#[test]
fn long_waits_are_named_only_where_they_should_be_short() {
    check(
        &[goroutines(2, "chan send, 10 minutes", "shop.ask")],
        &["shop.ask"],
    );
    check(&[goroutines(2, "chan send, 9 minutes", "shop.ask")], &[]);
    check(&[goroutines(1, "chan send, 99 minutes", "shop.ask")], &[]);
    check(&[goroutines(50, "chan receive, 99 minutes", "shop.work")], &[]);
    check(&[goroutines(50, "select, 99 minutes", "shop.work")], &[]);
    check(&[goroutines(50, "IO wait, 99 minutes", "shop.read")], &[]);
    check(
        &[goroutines(5, "sync.Mutex.Lock, 1 minutes", "shop.enter")],
        &["shop.enter"],
    );
    check(&[goroutines(4, "sync.Mutex.Lock, 1 minutes", "shop.enter")], &[]);
    check(&[goroutines(50, "sync.Mutex.Lock", "shop.enter")], &[]);
}

#[test]
fn many_senders_are_named_where_nothing_shows_whether_they_grow() {
    let ten = goroutines(10, "chan send", "shop.ask");
    check(std::slice::from_ref(&ten), &["shop.ask"]);
    check(&[goroutines(9, "chan send", "shop.ask")], &[]);
    check(&[ten.clone(), ten + &goroutines(1, "select", "shop.work")], &[]);
}

#[test]
fn a_channel_that_does_not_exist_is_named() {
    check(&[goroutines(1, "chan receive (nil chan)", "shop.f")], &["shop.f"]);
    check(&[goroutines(1, "select (no cases)", "main.main")], &[]);
    check(&[goroutines(2, "select (no cases)", "shop.f")], &["shop.f"]);
}

#[test]
fn a_review_of_one_dump_says_what_is_missing() {
    let review = review_of(&dumps(&[goroutines(1, "select", "shop.work")]), &[]);
    let goroutines = review.goroutines.unwrap();
    let missing: Vec<_> = goroutines.missing.iter().map(|m| m.what.as_str()).collect();
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(review.profiling_commands.goroutine.contains("goroutineleak"));
    assert_eq!(
        (review.inputs[0].kind.as_str(), review.inputs[0].samples),
        ("goroutine dump", 1)
    );
    assert_eq!(goroutines.groups[0].leaked, None, "not measured is not none");
}

#[test]
fn more_leaks_than_can_be_named_are_counted() {
    let many: String = (0..130)
        .map(|i| goroutines(1, "chan send (leaked)", &format!("shop.f{i}")))
        .collect();
    let review = review_of(&dumps(&[many]), &[]);
    assert_eq!(review.issues.critical.len(), 100);
    assert_eq!(review.goroutines.unwrap().left_out.leaks, 30);
}

#[test]
fn messages_are_quoted_with_the_goroutine_that_stopped() {
    let text = "2026 log line\npanic: oh\n\tno\n\n".to_string() + &goroutines(1, "running", "shop.f");
    let goroutines = review_of(&dumps(&[text]), &[]).goroutines.unwrap();
    let message = &goroutines.messages[0];
    assert_eq!((message.text.as_str(), message.line), ("panic: oh\n    no", 2));
    assert_eq!(
        (message.goroutine, message.stack[0].as_str()),
        (Some(9), "shop.f shop.go:5")
    );
}

#[test]
fn without_goroutines_there_is_no_key() {
    assert_eq!(review_of(&[], &[]).goroutines, None);
}
