//! Opens the profiles of two sides, each on its own.

use perfplan::analyze::Recording;
use perfplan::profile::Profile;

use crate::cli::{FilterArgs, Shared};
use crate::inputs::{self, label};
use crate::output;
use crate::profiles::{filter, filters_of, given};

/// A profile, and what it was before filters.
pub struct Loaded {
    pub profile: Profile,
    /// Kept where shares are those of everything.
    pub whole: Option<Profile>,
}

/// Reads and filters both sides, and prints their warnings.
pub fn load(
    names: &[Vec<String>; 2],
    args: &FilterArgs,
    unit: &str,
    shared: &Shared,
) -> anyhow::Result<[Vec<Loaded>; 2]> {
    let filters = filters_of(args, unit)?;
    let keeps_whole = !given(args).is_empty() && !args.relative_percentages;
    let progress = output::Progress::begin("reading", shared);
    let [before, after] = inputs::sides(names, crate::cmd::limits(shared))?;
    drop(progress);
    let one = |(name, mut profile): (&String, Profile)| {
        output::tell(label(name), &profile, shared);
        let whole = keeps_whole.then(|| profile.clone());
        filter(&mut profile, &filters, args, label(name))?;
        output::warn(&profile.warnings, shared);
        Ok(Loaded { profile, whole })
    };
    let side = |i: usize, profiles: Vec<Profile>| {
        names[i]
            .iter()
            .zip(profiles)
            .map(one)
            .collect::<anyhow::Result<Vec<_>>>()
    };
    Ok([side(0, before)?, side(1, after)?])
}

/// The profiles with the sample type that is meant: that of the first, and of the same name in the others. Operations
/// are one number a profile, or none.
pub fn recordings<'a>(
    names: &'a [Vec<String>; 2],
    sides: &'a [Vec<Loaded>; 2],
    wanted: Option<&str>,
    operations: [&[f64]; 2],
) -> anyhow::Result<[Vec<Recording<'a>>; 2]> {
    let (first, name) = (&sides[0][0].profile, label(&names[0][0]));
    let index = match wanted {
        Some(wanted) => first.find_type(wanted).map_err(|problem| problem.at(name))?,
        None => first.default_type(),
    };
    let wanted = first.type_name(index);
    let side = |i: usize| {
        let one = |(at, loaded): (usize, &'a Loaded)| {
            let (name, profile) = (label(&names[i][at]), &loaded.profile);
            let found = profile
                .type_named(&wanted)
                .map_or_else(|| profile.find_type(&wanted), Ok);
            Ok(Recording {
                name,
                profile,
                index: found.map_err(|problem| problem.at(name))?,
                operations: operations[i].get(at).or(operations[i].first()).copied(),
                whole: loaded.whole.as_ref(),
            })
        };
        sides[i]
            .iter()
            .enumerate()
            .map(one)
            .collect::<anyhow::Result<Vec<_>>>()
    };
    Ok([side(0)?, side(1)?])
}
