//! Filters on the names of functions, source files and binaries.
//!
//! A location matches if one of its lines does, by function or source file, or its binary does. What is decided
//! once per location is then applied to the stacks.

use super::super::{Function, Line, LocationId, Profile, simplified_name};
use super::Pattern;
use super::rewrite::{edit_stacks, retain_lines};

/// `--focus`, `--ignore`, `--hide`, `--show`: what applies to whole samples and to single lines at once.
#[derive(Debug, Clone, Default)]
pub(super) struct ByName<'a> {
    pub focus: Option<&'a Pattern>,
    pub ignore: Option<&'a Pattern>,
    pub hide: Option<&'a Pattern>,
    pub show: Option<&'a Pattern>,
}

/// Whether each filter met anything at all; true where it was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub focus: bool,
    pub ignore: bool,
    pub hide: bool,
    pub show: bool,
}

/// What a pattern meets, by row of the tables.
struct Hits {
    functions: Vec<bool>,
    mappings: Vec<bool>,
}

impl Hits {
    fn of(profile: &Profile, pattern: &Pattern) -> Self {
        let meets = |f: &Function| {
            pattern.is_match(profile.text(f.name)) || pattern.is_match(profile.text(f.filename))
        };
        let mappings = profile
            .mappings
            .iter()
            .map(|m| pattern.is_match(profile.text(m.filename)));
        Self {
            functions: profile.functions.iter().map(meets).collect(),
            mappings: mappings.collect(),
        }
    }

    fn line(&self, line: &Line) -> bool {
        self.functions[line.function.index()]
    }

    fn mapping(&self, profile: &Profile, location: LocationId) -> bool {
        let mapping = profile.locations[location.index()].mapping;
        mapping.is_some_and(|m| self.mappings[m.index()])
    }

    fn location(&self, profile: &Profile, location: LocationId) -> bool {
        profile.lines_of(location).iter().any(|l| self.line(l)) || self.mapping(profile, location)
    }
}

/// What the four filters make of a location.
#[derive(Clone, Copy, Default)]
struct Verdict {
    focused: bool,
    ignored: bool,
    hidden: bool,
}

impl ByName<'_> {
    fn is_empty(&self) -> bool {
        [self.focus, self.ignore, self.hide, self.show]
            .iter()
            .all(Option::is_none)
    }

    /// Applies the filters. Ignore wins over focus; a sample without stack goes; hidden frames leave the stacks,
    /// and samples that lose all frames go too.
    pub fn apply(&self, profile: &mut Profile) -> Met {
        let mut met = Met {
            focus: self.focus.is_none(),
            ignore: self.ignore.is_none(),
            hide: self.hide.is_none(),
            show: self.show.is_none(),
        };
        if self.is_empty() {
            return met;
        }
        let mut verdicts = self.select(profile, &mut met);
        self.cut_lines(profile, &mut verdicts, &mut met);
        let any_hidden = verdicts.iter().any(|v| v.hidden);
        edit_stacks(profile, |stack| {
            let of = |id: &LocationId| verdicts[id.index()];
            let kept = stack.iter().any(|id| of(id).focused) && !stack.iter().any(|id| of(id).ignored);
            if kept && any_hidden {
                stack.retain(|id| !of(id).hidden);
            }
            kept && !stack.is_empty()
        });
        met
    }

    fn select(&self, profile: &Profile, met: &mut Met) -> Vec<Verdict> {
        let focus = self.focus.map(|p| Hits::of(profile, p));
        let ignore = self.ignore.map(|p| Hits::of(profile, p));
        let verdict = |row: usize| {
            let location = LocationId(row as u32);
            let ignored = ignore
                .as_ref()
                .is_some_and(|hits| hits.location(profile, location));
            let focused = !ignored && focus.as_ref().is_none_or(|hits| hits.location(profile, location));
            met.ignore |= ignored;
            met.focus |= focused;
            Verdict {
                focused,
                ignored,
                hidden: false,
            }
        };
        (0..profile.locations.len()).map(verdict).collect()
    }

    /// Takes hidden and not shown lines out of the locations; one that loses all of its lines is hidden, and one
    /// without lines is hidden by any `show`.
    fn cut_lines(&self, profile: &mut Profile, verdicts: &mut [Verdict], met: &mut Met) {
        let hide = self.hide.map(|p| Hits::of(profile, p));
        let show = self.show.map(|p| Hits::of(profile, p));
        if let Some(hits) = &hide {
            let hidden = by_location(profile, |id| hits.location(profile, id));
            let whole = by_location(profile, |id| hits.mapping(profile, id));
            met.hide |= hidden.contains(&true);
            retain_lines(profile, |id, lines, i| {
                !whole[id.index()] && !hits.line(&lines[i])
            });
            for (row, verdict) in verdicts.iter_mut().enumerate() {
                verdict.hidden = hidden[row] && profile.lines_of(LocationId(row as u32)).is_empty();
            }
        }
        if let Some(hits) = &show {
            let whole = by_location(profile, |id| hits.mapping(profile, id));
            retain_lines(profile, |id, lines, i| whole[id.index()] || hits.line(&lines[i]));
            for (row, verdict) in verdicts.iter_mut().enumerate() {
                let gone = profile.lines_of(LocationId(row as u32)).is_empty();
                verdict.hidden |= gone;
                met.show |= !gone;
            }
        }
    }
}

fn by_location<T>(profile: &Profile, tell: impl Fn(LocationId) -> T) -> Vec<T> {
    (0..profile.locations.len())
        .map(|row| tell(LocationId(row as u32)))
        .collect()
}

/// `--show-from`: cuts the callers of the match nearest the root; samples without one go. Tells whether anything
/// matched.
pub(super) fn show_from(profile: &mut Profile, pattern: &Pattern) -> bool {
    let hits = Hits::of(profile, pattern);
    let matched = by_location(profile, |id| hits.location(profile, id));
    let kept = by_location(profile, |id| {
        let lines = profile.lines_of(id);
        let last = lines
            .iter()
            .rposition(|l| hits.line(l))
            .filter(|_| !hits.mapping(profile, id));
        last.map_or(lines.len(), |last| last + 1)
    });
    retain_lines(profile, |id, _, i| i < kept[id.index()]);
    edit_stacks(profile, |stack| {
        let root = stack.iter().rposition(|id| matched[id.index()]);
        root.inspect(|root| stack.truncate(root + 1)).is_some()
    });
    matched.contains(&true)
}

/// `--prune-from`: cuts what is below the match nearest the leaf, which stays. The name is matched without its
/// arguments.
pub(super) fn prune_from(profile: &mut Profile, pattern: &Pattern) -> bool {
    let is_hit = |f: &Function| !f.name.is_empty() && pattern.is_match(simplified_name(profile.text(f.name)));
    let hits: Vec<bool> = profile.functions.iter().map(is_hit).collect();
    let is_hit = |line: &Line| hits[line.function.index()];
    let first = by_location(profile, |id| profile.lines_of(id).iter().position(is_hit));
    retain_lines(profile, |id, _, i| {
        first[id.index()].is_none_or(|first| i >= first)
    });
    edit_stacks(profile, |stack| {
        if let Some(leaf) = stack.iter().position(|id| first[id.index()].is_some()) {
            stack.drain(..leaf);
        }
        true
    });
    first.iter().any(Option::is_some)
}

/// `--noinlines`: of every location only the function that holds the address, without its column.
pub(super) fn without_inlined(profile: &mut Profile) {
    profile.lines.iter_mut().for_each(|l| l.column = 0);
    profile
        .mappings
        .iter_mut()
        .for_each(|m| m.has_inline_frames = false);
    retain_lines(profile, |_, lines, i| i + 1 == lines.len());
}
