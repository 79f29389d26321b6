//! Profiles of any kind: never a panic, sums that agree, round trips, and prost's own decoder beside ours.

use perfplan::profile::{
    Format, LabelValue, Limits, Profile, ProfileBuilder, decode, encode, proto, to_message,
};
use proptest::prelude::*;
use prost::Message;

use crate::support::{Table, own_table, plain_bytes, profile_of, recorded_profiles, top};

/// Names of the functions of generated profiles; a name may be any bytes.
const NAMES: [&[u8]; 6] = [
    b"main.main",
    b"main.a",
    b"main.b",
    b"runtime.mallocgc",
    b"\xff; \n",
    b"",
];

/// A sample: function numbers leaf first, two values, a label.
type Sample = (Vec<usize>, i64, i64, bool);

fn samples(values: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Sample>> {
    let stack = proptest::collection::vec(0..NAMES.len(), 0..7);
    proptest::collection::vec((stack, values.clone(), values, any::<bool>()), 0..12)
}

fn profile_from(samples: &[Sample]) -> Profile {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    builder.period("cpu", "nanoseconds", 10_000_000);
    let (key, text) = (builder.string("tenant"), builder.string("a"));
    for (stack, count, time, is_labelled) in samples {
        let frame = |name: &usize| (NAMES[*name], *name as i64 + 1);
        let frames: Vec<_> = stack.iter().map(frame).collect();
        let stack: Vec<_> = frames
            .iter()
            .map(|(name, line)| builder.frame(name, "x.go", *line))
            .collect();
        let label = is_labelled.then_some((key, LabelValue::Text(text)));
        builder.sample(stack, &[*count, *time], label);
    }
    builder.finish()
}

/// Everything that can be asked of bytes that may be a profile.
fn exercise(data: &[u8]) {
    match decode(data, "x", Limits::default()) {
        Ok(profile) => {
            for index in 0..profile.sample_types.len().min(4) {
                let _ = top(&profile, index).text();
            }
            let _ = (profile.kind(), encode(&profile));
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.starts_with("x: "), "{text:?}");
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

fn tables(profile: &Profile) -> Vec<Table> {
    (0..profile.sample_types.len())
        .map(|i| own_table(&top(profile, i)))
        .collect()
}

fn small() -> Profile {
    profile_from(&[
        (vec![3, 1, 0], 5, 50, true),
        (vec![2, 1, 1, 0], 1, 10, false),
        (vec![], 2, 20, false),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
        exercise(&[&[0x1f, 0x8b, 8, 0][..], &bytes].concat());
        exercise(&[&to_message(&small()).encode_to_vec()[..], &bytes].concat());
    }

    #[test]
    fn one_changed_byte_does_not_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for mut data in [encode(&small()), to_message(&small()).encode_to_vec()] {
            let at = at.index(data.len());
            data[at] = byte;
            exercise(&data);
        }
    }

    #[test]
    fn encoding_keeps_the_rows(samples in samples(-1_000_000..1_000_000)) {
        let profile = profile_from(&samples);
        let again = decode(&encode(&profile), "x", Limits::default()).expect("a valid profile");
        prop_assert_eq!(tables(&profile), tables(&again));
        prop_assert_eq!(encode(&profile), encode(&again));
        let raw = decode(&to_message(&profile).encode_to_vec(), "x", Limits::default()).expect("a valid profile");
        prop_assert_eq!(tables(&profile), tables(&raw));
    }

    #[test]
    fn flat_adds_up_to_the_samples_with_a_stack(samples in samples(-1_000_000..1_000_000)) {
        let profile = profile_from(&samples);
        let stacked = samples.iter().filter(|s| !s.0.is_empty());
        let (count, time) = stacked.fold((0, 0), |(count, time), s| (count + s.1, time + s.2));
        let flat = |index| top(&profile, index).rows.iter().map(|r| r.flat).sum::<i64>();
        prop_assert_eq!((flat(0), flat(1)), (count, time));
    }

    #[test]
    fn cum_is_between_flat_and_the_total(samples in samples(0..1_000_000)) {
        let profile = profile_from(&samples);
        for row in &top(&profile, 1).rows {
            prop_assert!(row.flat <= row.cum && row.cum <= profile.total(1), "{:?}", row);
        }
    }
}

#[test]
fn no_prefix_panics() {
    for data in [encode(&small()), to_message(&small()).encode_to_vec()] {
        (0..=data.len()).for_each(|end| exercise(&data[..end]));
    }
}

#[test]
fn every_cut_of_a_gzipped_profile_is_refused() {
    let data = encode(&small());
    for end in 0..data.len() {
        assert!(
            decode(&data[..end], "x", Limits::default()).is_err(),
            "cut at {end}"
        );
    }
}

#[test]
fn prost_reads_the_same_from_recorded_profiles() {
    for file in recorded_profiles() {
        let message = proto::Profile::decode(plain_bytes(&file).as_slice()).expect("a valid profile");
        let profile = profile_of(&file);
        let counts = (
            profile.samples.len(),
            profile.locations.len(),
            profile.functions.len(),
        );
        let expect = (
            message.sample.len(),
            message.location.len(),
            message.function.len(),
        );
        assert_eq!(counts, expect, "{}", file.display());
        for index in 0..message.sample_type.len() {
            let sum: i128 = message.sample.iter().map(|s| i128::from(s.value[index])).sum();
            assert_eq!(profile.sum(index), sum, "{}", file.display());
        }
        let depth: usize = (0..profile.samples.len())
            .map(|i| profile.samples.stack(i).count())
            .sum();
        let expect: usize = message.sample.iter().map(|s| s.location_id.len()).sum();
        assert_eq!(depth, expect, "{}", file.display());
    }
}
