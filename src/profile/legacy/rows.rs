//! Sample lines to samples.

use super::super::{LabelValue, LocationId, Profile, ProfileBuilder, StringId};
use super::maps;
use super::symbols::Comments;
use super::text::{Line, Lines};
use crate::error::{Place, Problem, Warning};

/// What a sample line says.
pub(super) struct Row {
    /// As they stand there, leaf first.
    pub(super) addresses: Vec<u64>,
    /// One per sample type.
    pub(super) values: Vec<i64>,
    /// Size of one object, for the label `bytes`.
    pub(super) object_bytes: Option<i64>,
}

/// Reads sample lines with their comments up to a line that `ends` them, and the memory map after it.
pub(super) fn read<'a>(
    mut lines: Lines<'a>,
    mut builder: ProfileBuilder,
    ends: impl Fn(Line<'a>) -> bool,
    mut parse: impl FnMut(Line<'a>) -> Result<Row, Problem>,
) -> Result<Profile, Problem> {
    while let Some(line) = lines.next_if(|line| !ends(line)) {
        if !line.says_nothing() {
            let row = parse(line)?;
            push(&mut builder, &row, &Comments::read(&mut lines));
        }
    }
    let mappings = maps::section(lines, &mut builder);
    maps::attach(builder.head(), mappings);
    Ok(builder.finish())
}

/// Return addresses become the address of the call, which is one less.
fn push(builder: &mut ProfileBuilder, row: &Row, comments: &Comments<'_>) {
    let stack = comments.stack(builder).unwrap_or_else(|| {
        let calls = row.addresses.iter().map(|a| a.wrapping_sub(1));
        unnamed(builder, calls)
    });
    let mut labels = comments.labels(builder);
    labels.extend(row.object_bytes.map(|bytes| bytes_label(builder, bytes)));
    builder.sample(stack, &row.values, labels);
}

/// Locations without symbols.
pub(super) fn unnamed(
    builder: &mut ProfileBuilder,
    addresses: impl IntoIterator<Item = u64>,
) -> Vec<LocationId> {
    let locations = addresses
        .into_iter()
        .map(|a| builder.location(None, a, false, &[]));
    locations.collect()
}

/// The label that tells the size of one object.
pub(super) fn bytes_label(builder: &mut ProfileBuilder, bytes: i64) -> (StringId, LabelValue) {
    (
        builder.string("bytes"),
        LabelValue::Number(bytes, StringId::EMPTY),
    )
}

/// Takes away a second frame that is the leaf once more: the handler gets its address both from the signal and
/// from unwinding. Only frames that are not the leaf are one less than their return address here.
pub(super) fn drop_doubled_leaf(stack: &mut Vec<u64>) {
    if let [leaf, second, ..] = stack[..]
        && Some(leaf) == second.checked_add(1)
    {
        stack.remove(1);
    }
}

/// Objects and bytes of a heap that were sampled once per `rate` bytes: each value divided by the probability
/// of being sampled, cut to an integer. A rate of 1 or less means that nothing was sampled.
pub(super) fn unsampled(objects: i64, bytes: i64, rate: i64) -> (i64, i64) {
    if objects == 0 || bytes == 0 {
        return (0, 0);
    }
    if rate <= 1 {
        return (objects, bytes);
    }
    let size = bytes as f64 / objects as f64;
    let scale = 1.0 / (1.0 - (-size / rate as f64).exp());
    ((objects as f64 * scale) as i64, (bytes as f64 * scale) as i64)
}

/// The numbers of a header line against the sums of the sample lines.
pub(super) struct Totals<const N: usize> {
    header: [i128; N],
    sums: [i128; N],
}

impl<const N: usize> Totals<N> {
    pub(super) fn new(header: [i64; N]) -> Self {
        Self {
            header: header.map(i128::from),
            sums: [0; N],
        }
    }

    /// Adds the numbers of a line.
    pub(super) fn add(&mut self, values: [i64; N]) {
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += i128::from(value);
        }
    }

    /// Warns if they differ: lines were lost or cut.
    pub(super) fn check(&self, profile: &mut Profile, input: &str) {
        let mut both = self.header.iter().zip(&self.sums);
        if let Some((header, sum)) = both.find(|(header, sum)| header != sum) {
            let text = format!("the header says {header}, the lines add up to {sum}");
            let warning = Warning::new("header-total", Place::input(input), text);
            profile.warnings.push(warning);
        }
    }
}
