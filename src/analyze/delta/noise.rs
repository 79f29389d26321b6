//! How many independent samples stand behind a record of a profile, and how its value varies with them.

use crate::profile::{Kind, LabelValue, Profile};

/// What is known of the noise of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Independent samples that are counted: CPU profiles.
    Poisson,
    /// Sampled allocations, each standing for several: memory profiles.
    Weighted,
    /// Nothing was sampled: what is there was counted whole, at one instant.
    Census,
    /// Nothing is known: contentions, whose rate the file does not tell, clock time, negative values.
    None,
}

impl Model {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poisson => "poisson",
            Self::Weighted => "weighted",
            Self::Census => "census",
            Self::None => "none",
        }
    }

    /// The model under which two profiles can be compared: memory that was counted whole is memory without variance.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Weighted, Self::Census) | (Self::Census, Self::Weighted) => Self::Weighted,
            _ => Self::None,
        }
    }
}

/// The noise of every record of a profile.
pub(super) struct Noise {
    pub model: Model,
    /// Independent samples behind each record.
    pub counts: Vec<u64>,
    /// Variance of the value of each record.
    pub variances: Vec<f64>,
    /// Records whose value is no whole number of periods, where counts had to be told from that.
    pub uneven: usize,
}

/// Tells the noise of a sample type from the kind of the profile.
pub(super) fn noise(profile: &Profile, index: usize) -> Noise {
    if profile.samples.column(index).any(|value| value < 0) {
        return unknown(profile);
    }
    match profile.kind() {
        Kind::Cpu => cpu(profile, index),
        Kind::Heap | Kind::Allocs => memory(profile, index),
        Kind::Goroutine | Kind::Goroutineleak | Kind::Threadcreate => census(profile, index),
        Kind::Block | Kind::Mutex | Kind::Wall | Kind::Other => unknown(profile),
    }
}

fn unknown(profile: &Profile) -> Noise {
    let records = profile.samples.len();
    Noise {
        model: Model::None,
        counts: vec![0; records],
        variances: vec![0.0; records],
        uneven: 0,
    }
}

fn census(profile: &Profile, index: usize) -> Noise {
    Noise {
        model: Model::Census,
        counts: profile.samples.column(index).map(i64::unsigned_abs).collect(),
        ..unknown(profile)
    }
}

/// The column of counts, the value itself if it is one, or time by period.
fn cpu(profile: &Profile, index: usize) -> Noise {
    let is_count = |i: &usize| matches!(profile.unit_name(*i).as_str(), "count" | "samples");
    let column = Some(index).filter(is_count).or_else(|| {
        let named = profile.type_named("samples").filter(is_count);
        named.or_else(|| (0..profile.sample_types.len()).find(is_count))
    });
    if let Some(column) = column {
        let counts: Vec<i64> = profile.samples.column(column).collect();
        if counts.iter().any(|count| *count < 0) {
            return unknown(profile);
        }
        return poisson(profile, counts.into_iter().map(i64::unsigned_abs).collect(), 0);
    }
    let unit = profile.period_type.map(|t| profile.printable(t.unit));
    let period = profile.period;
    if period <= 0 || unit.is_none_or(|unit| unit != profile.unit_name(index)) {
        return unknown(profile);
    }
    let uneven = profile.samples.column(index).filter(|v| v % period != 0).count();
    let counts = profile
        .samples
        .column(index)
        .map(|v| whole(v as f64 / period as f64));
    poisson(profile, counts.collect(), uneven)
}

fn poisson(profile: &Profile, counts: Vec<u64>, uneven: usize) -> Noise {
    Noise {
        model: Model::Poisson,
        counts,
        uneven,
        ..unknown(profile)
    }
}

/// Go samples one allocation in about `rate` bytes; an object of s bytes is caught with probability 1 − e^(−s/rate), and
/// each caught one was written down as k = 1/(1 − e^(−s/rate)) objects. So n = objects/k were caught, and their sum
/// varies by n·k² objects, n·(k·s)² bytes.
fn memory(profile: &Profile, index: usize) -> Noise {
    let name = profile.type_name(index);
    let Some(prefix) = name
        .strip_suffix("objects")
        .or_else(|| name.strip_suffix("space"))
    else {
        return unknown(profile);
    };
    let columns = ["objects", "space"].map(|what| profile.type_named(&format!("{prefix}{what}")));
    let [Some(objects), Some(space)] = columns else {
        return unknown(profile);
    };
    if profile.period <= 1 {
        return census(profile, index);
    }
    let mut noise = unknown(profile);
    noise.model = Model::Weighted;
    for sample in 0..profile.samples.len() {
        let values = [objects, space].map(|column| profile.samples.value(sample, column) as f64);
        if profile.samples.value(sample, index) != 0 {
            let size = label_bytes(profile, sample).unwrap_or(values[1] / values[0].max(1.0));
            let (count, by_objects) = caught(values[0], size, profile.period as f64);
            let per_object = if index == space { size } else { 1.0 };
            noise.counts[sample] = count;
            noise.variances[sample] = by_objects * per_object * per_object;
        }
    }
    noise
}

/// How many objects of this size were caught of so many, and the variance of their number.
fn caught(objects: f64, size: f64, rate: f64) -> (u64, f64) {
    let factor = if size > 0.0 {
        -1.0 / (-size / rate).exp_m1()
    } else {
        objects.max(1.0)
    };
    let count = whole(objects / factor).max(1);
    (count, count as f64 * factor * factor)
}

/// The size of the objects of a record as the runtime wrote it down.
fn label_bytes(profile: &Profile, sample: usize) -> Option<f64> {
    let size = profile
        .samples
        .labels(sample)
        .iter()
        .find_map(|label| match label.value {
            LabelValue::Number(size, _) if profile.text(label.key) == b"bytes" => Some(size),
            _ => None,
        });
    size.filter(|size| *size > 0).map(|size| size as f64)
}

fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    const MEMORY: [(&str, &str); 4] = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];

    #[test]
    fn sampled_allocations_are_counted_back() {
        let mut b = ProfileBuilder::new(Format::Proto, &MEMORY);
        b.period("space", "bytes", 524_288);
        let f = b.frame("f", "", 0);
        b.sample([f], &[0, 0, 20_480, 20_480 * 512], []);
        b.sample([f], &[0, 0, 4, 4 * (2 << 20)], []);
        let mut profile = b.finish();
        let got = noise(&profile, 3);
        assert_eq!((got.model, got.counts), (Model::Weighted, vec![20, 4]));
        let variance: f64 = got.variances.iter().sum();
        assert!((variance.sqrt() - 4_874_185.7).abs() < 0.1, "{}", variance.sqrt());
        let objects: f64 = noise(&profile, 2).variances.iter().sum();
        assert!(
            (objects.sqrt() - (20.0 * 1024.5_f64.powi(2) + 4.0 * 1.018_66_f64.powi(2)).sqrt()).abs() < 0.01
        );
        profile.period = 1;
        assert_eq!(noise(&profile, 3).model, Model::Census);
        assert_eq!(noise(&profile, 1).counts, [0, 0]);
    }

    #[test]
    fn the_label_tells_the_size_of_objects() {
        let mut b = ProfileBuilder::new(Format::Proto, &MEMORY);
        b.period("space", "bytes", 524_288);
        let (f, key, unit) = (b.frame("f", "", 0), b.string("bytes"), b.string(""));
        // The sizes of a class differ; the label is that of the class.
        b.sample(
            [f],
            &[4, 7_000_000, 0, 0],
            [(key, LabelValue::Number(2 << 20, unit))],
        );
        let profile = b.finish();
        assert_eq!(noise(&profile, 1).counts, [4]);
        let k = 1.0 / (1.0 - (-4.0_f64).exp());
        let expect = 4.0 * (k * f64::from(2 << 20)).powi(2);
        assert!((noise(&profile, 1).variances[0] / expect - 1.0).abs() < 1e-12);
    }

    fn cpu_profile(types: &[(&str, &str)], rows: &[&[i64]]) -> Profile {
        let mut b = ProfileBuilder::new(Format::Proto, types);
        b.period("cpu", "nanoseconds", 10);
        let f = b.frame("f", "", 0);
        rows.iter().for_each(|values| b.sample([f], values, []));
        b.finish()
    }

    #[test]
    fn cpu_samples_are_counted() {
        let both = cpu_profile(
            &[("samples", "count"), ("cpu", "nanoseconds")],
            &[&[3, 30], &[2, 20]],
        );
        for index in [0, 1] {
            assert_eq!(noise(&both, index).counts, [3, 2]);
        }
        let time = cpu_profile(&[("cpu", "nanoseconds")], &[&[30], &[27]]);
        let got = noise(&time, 0);
        assert_eq!(
            (got.model, got.counts, got.uneven),
            (Model::Poisson, vec![3, 3], 1)
        );
        let negative = cpu_profile(&[("cpu", "nanoseconds")], &[&[-30]]);
        assert_eq!(noise(&negative, 0).model, Model::None);
        let other_unit = cpu_profile(&[("cpu", "milliseconds")], &[&[30]]);
        assert_eq!(noise(&other_unit, 0).model, Model::None);
    }

    #[test]
    fn what_is_not_sampled_and_what_nobody_knows() {
        let of = |kind: &str, unit: &str| {
            let mut b = ProfileBuilder::new(Format::Proto, &[(kind, unit)]);
            let f = b.frame("f", "", 0);
            b.sample([f], &[7], []);
            noise(&b.finish(), 0)
        };
        assert_eq!(
            (of("goroutine", "count").model, of("goroutine", "count").counts),
            (Model::Census, vec![7])
        );
        assert_eq!(of("time", "nanoseconds").model, Model::None);
        assert_eq!(of("samples", "count").model, Model::None);
        assert_eq!(Model::Weighted.with(Model::Census), Model::Weighted);
        assert_eq!(Model::Poisson.with(Model::Census), Model::None);
    }
}
