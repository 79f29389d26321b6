//! pprof's filters, in its order.
//!
//! ```text
//! tagroot, tagleaf ─▶ total ─▶ focus, ignore, hide, show ─▶ show_from ─▶ tagfocus, tagignore
//!                       ▲        ─▶ tagshow, taghide ─▶ prune_from ─┬─▶ noinlines
//!                       └── with relative percentages ◀────────────┘
//! ```

mod fold;
mod names;
mod pattern;
mod rewrite;
mod tags;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{LabelValue, Profile, StringId};

pub use fold::fold_foreign;
pub use pattern::Pattern;
pub use tags::TagFilter;

/// Which samples, frames and labels are kept. The default keeps everything.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Label keys that become callers of each stack, the first the outermost.
    pub tag_root: Vec<String>,
    /// Label keys that become callees of each stack, the last the innermost.
    pub tag_leaf: Vec<String>,
    /// Keep samples with a frame that matches by function, source file or binary.
    pub focus: Option<Pattern>,
    /// Drop samples with such a frame; wins over `focus`.
    pub ignore: Option<Pattern>,
    /// Take matching frames out of the stacks.
    pub hide: Option<Pattern>,
    /// Keep only matching frames.
    pub show: Option<Pattern>,
    /// Cut the callers of the match nearest the root.
    pub show_from: Option<Pattern>,
    /// Keep samples by their labels.
    pub tag_focus: Option<TagFilter>,
    /// Drop samples by their labels.
    pub tag_ignore: Option<TagFilter>,
    /// Keep labels by their keys.
    pub tag_show: Option<Pattern>,
    /// Drop labels by their keys.
    pub tag_hide: Option<Pattern>,
    /// Cut the callees of the match nearest the leaf.
    pub prune_from: Option<Pattern>,
    /// Of every location keep only the function that holds the address.
    pub no_inlines: bool,
    /// Take totals after the filters.
    pub relative: bool,
    /// Unit of the numbers that become frames; `minimum` for the one that suits each.
    pub unit: String,
}

/// What was fixed while filtering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filtered {
    /// What shares are shares of, by sample type: see [`total_of`].
    pub totals: Vec<i64>,
    /// The same divided by the sum of the first type, for means.
    pub mean_totals: Vec<i64>,
    /// Units of numeric labels before filters.
    pub label_units: HashMap<StringId, String>,
    /// Options that met nothing, as pprof names them.
    pub unmet: Vec<&'static str>,
}

impl Filters {
    /// Applies the filters to a profile in pprof's order, and tells what was fixed on the way.
    pub fn apply(&self, profile: &mut Profile) -> Filtered {
        let mut filtered = Filtered {
            label_units: profile.label_units(),
            ..Filtered::default()
        };
        let (root, leaf) = tags::add_frames(profile, &self.tag_root, &self.tag_leaf, &self.unit);
        filtered.note([("tagroot", root), ("tagleaf", leaf)]);
        if !self.relative {
            filtered.take_totals(profile);
        }
        self.select(profile, &mut filtered);
        if self.relative {
            filtered.take_totals(profile);
        }
        if self.no_inlines {
            names::without_inlined(profile);
        }
        filtered
    }

    fn select(&self, profile: &mut Profile, filtered: &mut Filtered) {
        let by_name = names::ByName {
            focus: self.focus.as_ref(),
            ignore: self.ignore.as_ref(),
            hide: self.hide.as_ref(),
            show: self.show.as_ref(),
        };
        let met = by_name.apply(profile);
        filtered.note([
            ("focus", met.focus),
            ("ignore", met.ignore),
            ("hide", met.hide),
            ("show", met.show),
        ]);
        if let Some(pattern) = &self.show_from {
            filtered.note([("show_from", names::show_from(profile, pattern))]);
        }
        let (focus, ignore) = (self.tag_focus.as_ref(), self.tag_ignore.as_ref());
        let (focus, ignore) = tags::by_tag(profile, focus, ignore, &filtered.label_units);
        filtered.note([("tagfocus", focus), ("tagignore", ignore)]);
        let (show, hide) = tags::by_key(profile, self.tag_show.as_ref(), self.tag_hide.as_ref());
        filtered.note([("tagshow", show), ("taghide", hide)]);
        if let Some(pattern) = &self.prune_from {
            filtered.note([("prune_from", names::prune_from(profile, pattern))]);
        }
    }
}

impl Filtered {
    fn note<const N: usize>(&mut self, met: [(&'static str, bool); N]) {
        self.unmet
            .extend(met.iter().filter(|(_, met)| !met).map(|(option, _)| *option));
    }

    fn take_totals(&mut self, profile: &Profile) {
        let types = 0..profile.sample_types.len();
        self.totals = types
            .clone()
            .map(|index| total_of(profile, index, false))
            .collect();
        self.mean_totals = types.map(|index| total_of(profile, index, true)).collect();
    }
}

/// The label of samples that were subtracted by `--diff-base`.
pub(super) const DIFF_BASE: (&[u8], &[u8]) = (b"pprof::base", b"true");

/// What shares are shares of: the sum of absolute values, of the samples of the diff base alone where there are
/// any; with `mean` divided by the sum of the first type and cut.
pub fn total_of(profile: &Profile, index: usize, mean: bool) -> i64 {
    let is_base = base_samples(profile);
    let (mut total, mut divisor, mut base_total, mut base_divisor) = (0u128, 0i128, 0u128, 0i128);
    for (sample, is_base) in is_base.iter().enumerate() {
        let values = profile.samples.values(sample);
        let weight = u128::from(values[index].unsigned_abs());
        let part = if mean { i128::from(values[0]) } else { 0 };
        total += weight;
        divisor += part;
        if *is_base {
            base_total += weight;
            base_divisor += part;
        }
    }
    if base_total > 0 {
        (total, divisor) = (base_total, base_divisor);
    }
    let total = i128::try_from(total).unwrap_or(i128::MAX);
    let total = if divisor == 0 { total } else { total / divisor };
    i64::try_from(total).unwrap_or(i64::MAX)
}

/// Which samples carry the label of the diff base.
fn base_samples(profile: &Profile) -> Vec<bool> {
    let mut is_base = vec![false; profile.samples.len()];
    let find = |text| profile.strings.find(text);
    if let (Some(key), Some(value)) = (find(DIFF_BASE.0), find(DIFF_BASE.1)) {
        let labels = profile.samples.all_labels().iter();
        let base = labels.filter(|l| l.key == key && l.value == LabelValue::Text(value));
        base.for_each(|l| is_base[l.sample as usize] = true);
    }
    is_base
}
