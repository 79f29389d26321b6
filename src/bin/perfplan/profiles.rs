//! Opens profiles as the options say: read, merged, less their base, filtered.

use std::collections::HashMap;

use perfplan::analyze::{Granularity, my_code, only_my_code};
use perfplan::error::{Place, Problem, Warning, nearest_names};
use perfplan::profile::filter::{Filtered, Filters, Pattern, TagFilter};
use perfplan::profile::{Base, LabelValue, Profile};
use perfplan::report::view::{Filter, Stored, Subject};

use crate::cli::{BaseArgs, FilterArgs, ProfileArgs, Rows, Shared};
use crate::{inputs, output};

/// A profile, ready to be shown.
pub struct Opened {
    pub profile: Profile,
    pub filtered: Filtered,
    pub filters: Vec<Filter>,
    pub index: usize,
    /// How every input is stored.
    pub stored: Vec<Stored>,
    inputs: Vec<String>,
    mean: bool,
    ratio: f64,
    unit: String,
}

impl Opened {
    /// What a view is made of.
    pub fn subject<'a>(&'a self, granularity: Rows, source_path: &'a str, trim_path: &'a str) -> Subject<'a> {
        let totals = if self.mean {
            &self.filtered.mean_totals
        } else {
            &self.filtered.totals
        };
        Subject {
            profile: &self.profile,
            inputs: &self.inputs,
            index: self.index,
            total: totals.get(self.index).copied().unwrap_or_default(),
            filters: &self.filters,
            granularity: granularity_of(granularity),
            mean: self.mean,
            ratio: self.ratio,
            unit: &self.unit,
            label_units: &self.filtered.label_units,
            trim_path,
            source_path,
        }
    }
}

/// Reads, merges, subtracts and filters, and prints the warnings.
pub fn open(args: &ProfileArgs, shared: &Shared) -> anyhow::Result<Opened> {
    let filters = filters_of(&args.filters, &args.values.unit)?;
    let progress = output::Progress::begin("reading", shared);
    let limits = crate::cmd::limits(shared);
    let (mut profile, stored) = inputs::profile_and_storage(&args.inputs, &args.base, limits)?;
    drop(progress);
    let name = args.inputs.first().map_or("-", String::as_str);
    output::tell(&args.inputs.join(" + "), &profile, shared);
    let index = match &args.values.sample_index {
        Some(wanted) => profile.find_type(wanted).map_err(|problem| problem.at(name))?,
        None => profile.default_type(),
    };
    let filtered = filter(&mut profile, &filters, &args.filters, name)?;
    output::warn(&profile.warnings, shared);
    Ok(Opened {
        filters: given(&args.filters),
        profile,
        filtered,
        index,
        stored,
        inputs: args.inputs.clone(),
        mean: args.values.mean,
        ratio: 1.0 / args.values.divide_by,
        unit: perfplan::error::printable(args.values.unit.as_bytes()),
    })
}

/// Applies the options to a profile that is read. A filter that should find something and does not is an error
/// with the nearest names; of the others it is a warning in the profile.
pub fn filter(
    profile: &mut Profile,
    filters: &Filters,
    args: &FilterArgs,
    name: &str,
) -> Result<Filtered, perfplan::error::Error> {
    let (functions, tags) = known_names(profile, filters);
    let mine = args
        .only_my_code
        .then(|| my_code(profile, args.module.as_deref()))
        .flatten();
    let filtered = filters.apply(profile);
    for option in &filtered.unmet {
        let value = given(args)
            .into_iter()
            .find(|f| f.option == *option)
            .map(|f| f.value)
            .unwrap_or_default();
        let option = format!("--{}", option.replace('_', "-"));
        if matches!(
            option.as_str(),
            "--focus" | "--show" | "--show-from" | "--tagfocus"
        ) {
            let names = if option == "--tagfocus" { &tags } else { &functions };
            let wanted = value.rsplit('=').next().unwrap_or(&value);
            let nearest = nearest_names(wanted, names.iter().map(String::as_str), 3);
            let nearest = nearest.into_iter().map(str::to_string).collect();
            return Err(Problem::NothingMatches {
                option,
                pattern: value,
                nearest,
            }
            .at(name));
        }
        let message = format!("{option}: nothing matches \"{value}\"");
        profile
            .warnings
            .push(Warning::new("filter-unmet", Place::input(name), message));
    }
    if args.only_my_code {
        only_my_code(profile, mine.as_deref());
    }
    Ok(filtered)
}

/// Names of functions and labels, for the hints of filters that find nothing; none are made without filters.
fn known_names(profile: &Profile, filters: &Filters) -> (Vec<String>, Vec<String>) {
    let wants_names = filters.focus.is_some() || filters.show.is_some() || filters.show_from.is_some();
    let functions = profile.functions.iter().filter(|_| wants_names);
    let functions = functions.map(|f| profile.printable(f.name)).collect();
    let wants_tags = filters.tag_focus.is_some();
    let mut tags: HashMap<String, ()> = HashMap::new();
    for label in profile.samples.all_labels().iter().filter(|_| wants_tags) {
        if let LabelValue::Text(value) = label.value {
            tags.insert(
                format!("{}={}", profile.printable(label.key), profile.printable(value)),
                (),
            );
        }
    }
    (functions, tags.into_keys().collect())
}

/// The filters that the options describe.
pub fn filters_of(args: &FilterArgs, unit: &str) -> Result<Filters, Problem> {
    let pattern = |option: &str, value: &Option<String>| {
        let value = value.as_deref().filter(|v| !v.is_empty());
        value.map(|v| Pattern::new(option, v)).transpose()
    };
    let tag = |option: &str, value: &Option<String>| {
        let value = value.as_deref().filter(|v| !v.is_empty());
        value.map(|v| TagFilter::new(option, v)).transpose()
    };
    let keys = |value: &Option<String>| {
        let keys = value.as_deref().unwrap_or_default().split(',');
        keys.filter(|k| !k.is_empty()).map(str::to_string).collect()
    };
    Ok(Filters {
        tag_root: keys(&args.tagroot),
        tag_leaf: keys(&args.tagleaf),
        focus: pattern("--focus", &args.focus)?,
        ignore: pattern("--ignore", &args.ignore)?,
        hide: pattern("--hide", &args.hide)?,
        show: pattern("--show", &args.show)?,
        show_from: pattern("--show-from", &args.show_from)?,
        tag_focus: tag("--tagfocus", &args.tagfocus)?,
        tag_ignore: tag("--tagignore", &args.tagignore)?,
        tag_show: pattern("--tagshow", &args.tagshow)?,
        tag_hide: pattern("--taghide", &args.taghide)?,
        prune_from: pattern("--prune-from", &args.prune_from)?,
        no_inlines: args.noinlines,
        relative: args.relative_percentages,
        unit: unit.to_string(),
    })
}

/// The options that were given, in pprof's order.
pub fn given(args: &FilterArgs) -> Vec<Filter> {
    let yes = |on: bool| on.then(|| "true".to_string());
    let all = [
        ("focus", args.focus.clone()),
        ("ignore", args.ignore.clone()),
        ("hide", args.hide.clone()),
        ("show", args.show.clone()),
        ("show_from", args.show_from.clone()),
        ("tagfocus", args.tagfocus.clone()),
        ("tagignore", args.tagignore.clone()),
        ("tagshow", args.tagshow.clone()),
        ("taghide", args.taghide.clone()),
        ("prune_from", args.prune_from.clone()),
        ("tagroot", args.tagroot.clone()),
        ("tagleaf", args.tagleaf.clone()),
        ("noinlines", yes(args.noinlines)),
        ("only_my_code", yes(args.only_my_code)),
        ("relative_percentages", yes(args.relative_percentages)),
    ];
    let filter = |(option, value): (&'static str, Option<String>)| {
        value
            .filter(|v| !v.is_empty())
            .map(|value| Filter { option, value })
    };
    all.into_iter().filter_map(filter).collect()
}

fn granularity_of(rows: Rows) -> Granularity {
    match rows {
        Rows::Functions => Granularity::Functions,
        Rows::Filefunctions => Granularity::FileFunctions,
        Rows::Lines => Granularity::Lines,
        Rows::Addresses => Granularity::Addresses,
        Rows::Files => Granularity::Files,
        Rows::Packages => Granularity::Packages,
    }
}

/// How a base is to be subtracted, if there is one.
pub fn base_of(args: &BaseArgs) -> Option<(&[String], Base)> {
    match (args.base.as_slice(), args.diff_base.as_slice()) {
        ([], []) => None,
        ([], diff) => Some((diff, Base::Diff)),
        (base, _) => Some((base, Base::Plain)),
    }
}
