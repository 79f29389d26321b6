use proptest::prelude::*;

use super::*;
use crate::profile::{Format, ValueType};

/// A profile of stacks of functions (leaf first), all in one mapping that starts at `start`.
fn profile(start: u64, unit: &str, rows: &[(Vec<u8>, i64)]) -> Profile {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", unit)]);
    let filename = builder.string("/bin/app");
    let mapping = builder.mapping(Mapping {
        start,
        limit: start + 0x1000,
        offset: 0,
        filename,
        build_id: StringId::EMPTY,
        has_functions: true,
        has_filenames: false,
        has_line_numbers: false,
        has_inline_frames: false,
    });
    for (stack, value) in rows {
        let ids: Vec<_> = stack
            .iter()
            .map(|f| builder.location(Some(mapping), start + u64::from(*f), false, &[]))
            .collect();
        builder.sample(ids, &[1, *value], []);
    }
    builder.finish()
}

fn rows(profile: &Profile) -> Vec<(Vec<u64>, Vec<i64>)> {
    let row = |s| {
        let stack = profile.samples.stack(s);
        let addresses = stack.map(|l| profile.locations[l.index()].address).collect();
        (addresses, profile.samples.values(s).to_vec())
    };
    (0..profile.samples.len()).map(row).collect()
}

#[test]
fn stacks_of_two_runs_meet_although_their_addresses_differ() {
    let a = profile(0x1000, "ns", &[(vec![1, 2], 5)]);
    let b = profile(0x9000, "ns", &[(vec![1, 2], 7), (vec![3], 1)]);
    let merged = merge(&[("a", &a), ("b", &b)]).unwrap();
    assert_eq!(
        rows(&merged),
        [(vec![0x1001, 0x1002], vec![2, 12]), (vec![0x1003], vec![1, 1])]
    );
    assert_eq!(merged.mappings.len(), 1);
}

#[test]
fn values_come_in_the_finest_unit() {
    let a = profile(0, "milliseconds", &[(vec![1], 5)]);
    let b = profile(0, "nanoseconds", &[(vec![1], 7)]);
    let merged = merge(&[("a", &a), ("b", &b)]).unwrap();
    assert_eq!(
        (merged.unit_name(1).as_str(), merged.total(1)),
        ("nanoseconds", 5_000_007)
    );
    let c = profile(0, "bytes", &[]);
    let error = merge(&[("a", &a), ("c", &c)]).unwrap_err();
    assert_eq!(error.to_string(), "the units milliseconds and bytes do not fit");
}

#[test]
fn a_type_that_only_one_input_has_is_left_out_with_a_warning() {
    let a = profile(0, "ns", &[(vec![1], 5)]);
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    builder.sample([], &[3], []);
    let b = builder.finish();
    let merged = merge(&[("a", &a), ("b", &b)]).unwrap();
    assert_eq!((merged.sample_types.len(), merged.total(0)), (1, 4));
    assert_eq!(merged.printable(merged.default_sample_type), "samples");
    let texts: Vec<_> = merged.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["a: sample type cpu is not in every input and is left out"]
    );
    let c = ProfileBuilder::new(Format::Proto, &[("x", "count")]).finish();
    let error = merge(&[("a", &a), ("c", &c)]).unwrap_err();
    assert_eq!(error.to_string(), "the inputs have no sample type in common");
}

#[test]
fn what_cancels_out_leaves_nothing_behind() {
    let row = |value: i64| {
        let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
        let frame = builder.frame("gone", "", 1);
        builder.sample([frame], &[value], []);
        builder.finish()
    };
    let merged = merge(&[("a", &row(5)), ("b", &row(-5))]).unwrap();
    assert_eq!((merged.samples.len(), merged.functions.len()), (0, 0));
}

#[test]
fn heads_are_combined_by_their_own_rules() {
    let mut a = profile(0, "ns", &[]);
    let mut b = profile(0, "ns", &[]);
    let [one, two] = [b"one", b"two"].map(|t| b.strings.intern(t));
    (b.time_nanos, b.duration_nanos, b.period) = (5, 10, 100);
    b.comments = vec![one, two, one];
    b.period_type = Some(ValueType { kind: one, unit: two });
    (a.duration_nanos, a.period) = (7, 200);
    let merged = merge(&[("b", &b), ("a", &a)]).unwrap();
    assert_eq!(
        (merged.time_nanos, merged.duration_nanos, merged.period),
        (5, 17, 100)
    );
    assert_eq!(merged.comments.len(), 2);
}

#[test]
fn labels_separate_samples_and_their_order_does_not() {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    let [k, l, v] = ["k", "l", "v"].map(|t| builder.string(t));
    let text = LabelValue::Text(v);
    builder.sample([], &[1], [(k, text), (l, text)]);
    builder.sample([], &[2], [(l, text), (k, text)]);
    builder.sample([], &[4], [(k, text)]);
    builder.sample([], &[8], [(k, LabelValue::Number(1, v))]);
    let profile = builder.finish();
    let merged = merge(&[("p", &profile)]).unwrap();
    assert_eq!(merged.samples.column(0).collect::<Vec<_>>(), [3, 4, 8]);
}

fn any_rows() -> impl Strategy<Value = Vec<(Vec<u8>, i64)>> {
    let stack = prop::collection::vec(0..6u8, 0..4);
    prop::collection::vec((stack, -1000..1000i64), 0..12)
}

proptest! {
    #[test]
    fn a_profile_with_itself_is_twice_the_profile(rows_in in any_rows()) {
        let p = profile(0, "ns", &rows_in);
        let once = merge(&[("p", &p)]).unwrap();
        let twice = merge(&[("p", &p), ("p", &p)]).unwrap();
        let doubled: Vec<_> = rows(&once).into_iter().map(|(s, v)| (s, vec![2 * v[0], 2 * v[1]])).collect();
        prop_assert_eq!(rows(&twice), doubled);
    }

    #[test]
    fn sums_are_kept(a in any_rows(), b in any_rows()) {
        let (a, b) = (profile(0, "ns", &a), profile(0x5000, "ns", &b));
        let merged = merge(&[("a", &a), ("b", &b)]).unwrap();
        for index in 0..2 {
            prop_assert_eq!(merged.sum(index), a.sum(index) + b.sum(index));
        }
    }
}
