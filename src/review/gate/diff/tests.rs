use super::*;
use crate::analyze::{Adjust, DeltaOptions, Granularity, Recording, delta};
use crate::profile::{Format, Profile, ProfileBuilder};

fn cpu(counts: &[(&str, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.head().duration_nanos = 10_000_000_000;
    for (name, count) in counts {
        let leaf = b.frame(name, "", 0);
        b.sample([leaf], &[*count, count * 10_000_000], []);
    }
    b.finish()
}

/// hot: 1 → 1.5 s/10 s; new: 0 → 0.3; rare: 3 → 5 samples; calm 6 s.
fn change() -> Delta {
    let before = cpu(&[("a.Hot", 100), ("a.Calm", 600), ("a.Rare", 2)]);
    let after = cpu(&[("a.Hot", 150), ("a.Calm", 600), ("a.Rare", 3), ("a.New", 30)]);
    let recording = |profile| Recording {
        name: "x",
        profile,
        index: 1,
        operations: None,
        whole: None,
    };
    let options = DeltaOptions {
        measure: None,
        alpha: 0.05,
        adjust: Adjust::Holm,
        granularity: Granularity::Functions,
        by_cum: false,
    };
    delta(&[recording(&before)], &[recording(&after)], &options).unwrap()
}

#[track_caller]
fn judged(gate: &str) -> Result<Vec<String>, Undecided> {
    let delta = change();
    let outcome = GateOutcome::of(&diff_gates(gate).unwrap(), &delta);
    match outcome.undecided.first() {
        Some((_, why)) => Err(*why),
        None => {
            let name = |hit: &Hit| {
                hit.row
                    .map_or("total".to_string(), |row| delta.rows[row].name.clone())
            };
            Ok(outcome.hits.iter().map(name).collect())
        }
    }
}

#[test]
fn rows_that_grew_beyond_noise_and_limit_fail() {
    let check = |gate: &str, rows: &[&str]| assert_eq!(judged(gate).unwrap(), rows, "{gate}");
    check("flat(.*)>0%", &["a.Hot", "a.New"]);
    check("flat>40%", &["a.Hot", "a.New"]);
    check("flat>60%", &["a.New"]);
    check("flat(Hot)>49.9%", &["a.Hot"]);
    check("flat(Hot)>50.1%", &[]);
    check("cpu.flat(Hot)>4pp", &["a.Hot"]);
    check("cpu.flat(Hot)>6pp", &[]);
    check("flat(Hot)>49ms/s", &["a.Hot"]);
    check("flat(Hot)>51ms/s", &[]);
    check("flat(Hot)>=0.5s", &["a.Hot"]);
    check("flat(Hot)>499999999", &["a.Hot"]);
    check("new(.*)>1pp", &["a.New"]);
    check("new(.*)>5pp", &[]);
    check("new(Calm)>1pp", &[]);
    check("total>1%", &["total"]);
    check("total>1s", &[]);
    check("cum(Calm|Hot)>0%", &["a.Hot"]);
}

#[test]
fn what_the_data_cannot_decide_does_not_pass() {
    let check = |gate: &str, why: Undecided| assert_eq!(judged(gate), Err(why), "{gate}");
    check("flat(Nothing)>1%", Undecided::NoMatch);
    check("flat(Rare)>1%", Undecided::NotTested);
    check("heap.flat(.*)>1%", Undecided::OtherKind);
    check("flat(.*)>1MiB", Undecided::OtherUnit);
    check("flat(.*)>1ms/op", Undecided::NoRate);
    check("new(Gone)>1pp", Undecided::NoMatch);
    assert!(judged("flat(Rare|Calm)>1%").unwrap().is_empty());
}

#[test]
fn what_is_meant_is_guessed() {
    let check = |gate: &str, what: &str, hint: &str| {
        let error = diff_gates(gate).unwrap_err();
        assert!(error.to_string().contains(what), "{gate}: {error}");
        assert!(
            error.hint().unwrap_or_default().contains(hint),
            "{gate}: {:?}",
            error.hint()
        );
    };
    check("flta(x)>5%", "no metric is called \"flta\"", "did you mean flat?");
    check(
        "cpo.flat(x)>5%",
        "no kind of profile is called \"cpo\"",
        "did you mean cpu?",
    );
    check("flat((*T).M)>5%", "bad regular expression", "backslash");
    check("flat(x)<5%", "cannot be used", "`>`");
    check("flat(x)>high", "no number", "");
    check("flat(x)>-5%", "negative", "growth");
    check("total(x)>5%", "no regular expression", "flat or cum");
    check("total>5pp", "always the whole", "%");
    check("flat(x)>5ppp", "no unit is called \"ppp\"", "did you mean pp?");
    check("flat(x)>5parsec", "no unit is called", "MiB");
}
