//! One profile less another.

use super::super::filter::DIFF_BASE;
use super::super::{LabelValue, Profile, Samples};
use super::merge;
use crate::error::Problem;

/// How a base is subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Samples of the base cancel those of the source: `--base`.
    Plain,
    /// Samples of the base are labelled, so that they never merge with the source's, and totals are the base's:
    /// `--diff-base`.
    Diff,
}

/// The source less the base, merged. With `normalize` the source is first scaled, type by type, to the base's
/// sum. Both are named for warnings.
///
/// # Errors
/// As [`merge`]; [`Problem::Merge`] if they are to be normalized and their sample types differ.
pub fn subtract(
    source: (&str, &Profile),
    base: (&str, &Profile),
    kind: Base,
    normalize: bool,
) -> Result<Profile, Problem> {
    let mut minuend = source.1.clone();
    if normalize {
        minuend.scale(&normalizing(&minuend, base.1)?);
    }
    let mut subtrahend = base.1.clone();
    if kind == Base::Diff {
        label_all(&mut subtrahend);
    }
    subtrahend.scale(&vec![-1.0; subtrahend.sample_types.len()]);
    merge(&[(source.0, &minuend), (base.0, &subtrahend)])
}

fn normalizing(source: &Profile, base: &Profile) -> Result<Vec<f64>, Problem> {
    let types = |p: &Profile| -> Vec<String> { (0..p.sample_types.len()).map(|i| p.type_name(i)).collect() };
    if types(source) != types(base) {
        let what = format!(
            "cannot normalize: the sample types are {}, those of the base {}",
            types(source).join(", "),
            types(base).join(", ")
        );
        return Err(Problem::Merge { what });
    }
    let ratio = |index| match source.sum(index) {
        0 => 0.0,
        sum => base.sum(index) as f64 / sum as f64,
    };
    Ok((0..source.sample_types.len()).map(ratio).collect())
}

/// Marks every sample as one of the base.
fn label_all(profile: &mut Profile) {
    let (key, value) = (
        profile.strings.intern(DIFF_BASE.0),
        profile.strings.intern(DIFF_BASE.1),
    );
    let samples = &profile.samples;
    let mut labelled = Samples::new(samples.width());
    for sample in 0..samples.len() {
        let labels = samples.labels(sample).iter().filter(|l| l.key != key);
        let labels = labels
            .map(|l| (l.key, l.value))
            .chain([(key, LabelValue::Text(value))]);
        labelled.push(samples.stack(sample), samples.values(sample), labels);
    }
    profile.samples = labelled;
}

impl Profile {
    /// Multiplies every value by the ratio of its type, rounded half away from zero. A sample whose values all
    /// become 0 goes, unless all ratios are 1.
    pub fn scale(&mut self, ratios: &[f64]) {
        if ratios.iter().all(|r| *r == 1.0) {
            return;
        }
        let samples = &self.samples;
        let mut scaled = Samples::new(samples.width());
        for sample in 0..samples.len() {
            let times = |(value, ratio): (&i64, &f64)| match *ratio {
                1.0 => *value,
                ratio => (*value as f64 * ratio).round() as i64,
            };
            let values: Vec<i64> = samples.values(sample).iter().zip(ratios).map(times).collect();
            if values.iter().any(|v| *v != 0) {
                let labels = samples.labels(sample).iter().map(|l| (l.key, l.value));
                scaled.push(samples.stack(sample), &values, labels);
            }
        }
        self.samples = scaled;
    }
}

impl Profile {
    /// Divides every value and cuts it to an integer; samples stay.
    pub fn divide(&mut self, divisor: f64) {
        let ratio = 1.0 / divisor;
        for sample in 0..self.samples.len() {
            let values = self.samples.values_mut(sample);
            values.iter_mut().for_each(|v| *v = (*v as f64 * ratio) as i64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::filter::total_of;
    use crate::profile::{Format, ProfileBuilder};

    fn profile(values: &[(&str, i64)]) -> Profile {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        for (name, value) in values {
            let frame = b.frame(name, "", 0);
            b.sample([frame], &[*value], []);
        }
        b.finish()
    }

    fn difference(kind: Base, normalize: bool) -> (Vec<i64>, i64) {
        let (source, base) = (profile(&[("f", 10), ("g", 30)]), profile(&[("f", 15), ("h", 5)]));
        let result = subtract(("a", &source), ("b", &base), kind, normalize).expect("they fit");
        (result.samples.column(0).collect(), total_of(&result, 0, false))
    }

    #[test]
    fn equal_stacks_cancel_unless_labelled() {
        assert_eq!(difference(Base::Plain, false), (vec![-5, 30, -5], 40));
        assert_eq!(difference(Base::Diff, false), (vec![10, 30, -15, -5], 20));
    }

    #[test]
    fn a_normalized_source_weighs_as_much_as_its_base() {
        assert_eq!(difference(Base::Plain, true), (vec![-10, 15, -5], 30));
    }

    #[test]
    fn a_profile_less_itself_is_empty() {
        let p = profile(&[("f", 10)]);
        let nothing = subtract(("a", &p), ("a", &p), Base::Plain, false).expect("they fit");
        assert_eq!(nothing.samples.len(), 0);
    }
}
