//! From the frames of a profile to the lines of the source at hand.
//!
//! A frame's function is looked up by its name among those declared, and its file by base name and the longest common
//! tail of the paths: absolute, trimmed and vendored paths all end alike. Where the function begins at another line than
//! the profile says, the source has moved and lines are shifted with it, as Go's own PGO does.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::analyze::{FamilySet, families_of};
use crate::audit::{Audit, Declared};
use crate::profile::{Function, FunctionId, Profile, package_of};

/// A line of own source in a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub line: u32,
    pub sample: u32,
    /// Whether no frame of own code is nearer to the leaf.
    pub is_first: bool,
    /// Families of the frames below it.
    pub below: FamilySet,
}

/// The lines of own source that a profile has samples at.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// By file, each by line.
    pub by_file: FxHashMap<String, Vec<At>>,
    /// For each sample whether it has a frame of own code, and whether only that of `main.main`.
    pub own: Vec<(bool, bool)>,
    /// Files in which functions have moved since.
    pub drifted: FxHashSet<String>,
    /// Whether a test or benchmark ran.
    pub has_tests: bool,
}

/// Functions by their name without package.
struct Index<'a> {
    by_name: FxHashMap<&'a str, Vec<&'a Declared>>,
    module: &'a str,
}

/// What a function of the profile is.
#[derive(Clone, Default)]
struct Frame<'a> {
    is_own: bool,
    is_main: bool,
    declared: Option<&'a Declared>,
    shift: i64,
    is_drifted: bool,
    families: FamilySet,
}

impl Places {
    pub fn of(audit: &Audit, profile: &Profile) -> Self {
        let index = Index::of(audit);
        let frames: Vec<Frame<'_>> = profile
            .functions
            .iter()
            .map(|f| index.frame(profile, f))
            .collect();
        let mut places = Self::default();
        let drifted = frames.iter().filter(|f| f.is_drifted);
        places.drifted = drifted
            .filter_map(|f| f.declared.map(|d| d.lines.file.clone()))
            .collect();
        places.has_tests = profile
            .functions
            .iter()
            .any(|f| profile.text(f.name).starts_with(b"testing.(*"));
        for sample in 0..profile.samples.len() {
            places.take(profile, sample, &frames);
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is sorted by itself")]
        for list in places.by_file.values_mut() {
            list.sort_unstable_by_key(|at| (at.line, at.sample));
        }
        places
    }

    fn take(&mut self, profile: &Profile, sample: usize, frames: &[Frame<'_>]) {
        let (mut is_first, mut only_main) = (true, true);
        let mut below = FamilySet::default();
        let lines = profile.samples.stack(sample).flat_map(|l| profile.lines_of(l));
        for line in lines {
            let FunctionId(function) = line.function;
            let Some(frame) = frames.get(function as usize) else {
                continue;
            };
            if frame.is_own {
                if let Some((file, at)) = frame.at(line.line) {
                    let at = At {
                        line: at,
                        sample: u32::try_from(sample).unwrap_or(u32::MAX),
                        is_first,
                        below,
                    };
                    match self.by_file.get_mut(file) {
                        Some(list) => list.push(at),
                        None => {
                            self.by_file.insert(file.to_string(), vec![at]);
                        }
                    }
                }
                is_first = false;
                only_main &= frame.is_main;
            }
            below = below.with(frame.families);
        }
        self.own.push((!is_first, !is_first && only_main));
    }
}

impl<'a> Frame<'a> {
    /// The line in the source at hand; none outside the function.
    fn at(&self, line: i64) -> Option<(&'a str, u32)> {
        let lines = &self.declared?.lines;
        let line = u32::try_from(line + self.shift).ok()?;
        (lines.first <= line && line <= lines.last).then_some((lines.file.as_str(), line))
    }
}

impl<'a> Index<'a> {
    fn of(audit: &'a Audit) -> Self {
        let mut by_name: FxHashMap<&str, Vec<&Declared>> = FxHashMap::default();
        for declared in &audit.functions {
            let (_, local) = split(&declared.name);
            by_name.entry(local).or_default().push(declared);
        }
        Self {
            by_name,
            module: audit.module.as_deref().unwrap_or_default(),
        }
    }

    fn frame(&self, profile: &Profile, function: &Function) -> Frame<'a> {
        let name = String::from_utf8_lossy(profile.text(function.name)).into_owned();
        let file = String::from_utf8_lossy(profile.text(function.filename)).into_owned();
        let package = package_of(&name).unwrap_or_default();
        let mut frame = Frame {
            is_own: self.is_own(&package),
            is_main: name == "main.main",
            families: families_of(profile.text(function.name)),
            ..Frame::default()
        };
        if frame.is_own {
            let (_, local) = split(&name);
            frame.declared = self.declared(&package, local, &file);
            let is_literal = frame.declared.is_some_and(|d| split(&d.name).1 != plain(local));
            if let Some(declared) = frame.declared.filter(|_| function.start_line > 0 && !is_literal) {
                frame.shift = i64::from(declared.lines.first) - function.start_line;
                frame.is_drifted = frame.shift != 0;
            }
        }
        frame
    }

    fn is_own(&self, package: &str) -> bool {
        let package = package.strip_suffix("_test").unwrap_or(package);
        let below = package
            .strip_prefix(self.module)
            .filter(|_| !self.module.is_empty());
        matches!(package, "main" | "command-line-arguments")
            || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The declaration of a function, or of that which holds a literal.
    fn declared(&self, package: &str, local: &str, file: &str) -> Option<&'a Declared> {
        let local = plain(local);
        let candidates = self.by_name.get(local.as_str());
        let outer = || self.by_name.get(outermost(&local));
        let candidates = candidates.or_else(outer)?;
        let base = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        let fits = |d: &&&'a Declared| {
            let declared = split(&d.name).0;
            let is_main = package == "command-line-arguments" || declared == "main";
            (declared == package.strip_suffix("_test").unwrap_or(package) || declared == package || is_main)
                && base(&d.lines.file) == base(file)
        };
        let best = candidates
            .iter()
            .filter(fits)
            .max_by_key(|d| common_tail(&d.lines.file, file));
        best.copied()
    }
}

/// Package and the rest of a function's name.
fn split(name: &str) -> (&str, &str) {
    let end = name.find(['[', '(']).unwrap_or(name.len());
    let last = name[..end].rfind('/').map_or(0, |i| i + 1);
    match name[last..end].find('.') {
        Some(dot) => (&name[..last + dot], &name[last + dot + 1..]),
        None => ("", name),
    }
}

/// Without type arguments and without the marks of method values and range functions.
fn plain(local: &str) -> String {
    let mut out = String::with_capacity(local.len());
    let mut depth = 0_u32;
    for c in local.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    let cut = out
        .find("-range")
        .or_else(|| out.find("-fm"))
        .unwrap_or(out.len());
    out.truncate(cut);
    out
}

/// `F` of `F.func1.2`, `(*T).M` of `(*T).M.gowrap1`, `T.M` where such a method is asked for first.
fn outermost(local: &str) -> &str {
    if let Some(end) = local.find(").").filter(|_| local.starts_with('(')) {
        let rest = &local[end + 2..];
        return &local[..end + 2 + rest.find('.').unwrap_or(rest.len())];
    }
    let is_literal = |part: &str| {
        ["func", "gowrap", "deferwrap"].iter().any(|w| {
            part.strip_prefix(w)
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        })
    };
    let mut end = 0;
    for part in local.split('.') {
        if is_literal(part) && end > 0 {
            return &local[..end - 1];
        }
        end += part.len() + 1;
    }
    local
}

/// How many elements of two paths agree from their ends on.
fn common_tail(a: &str, b: &str) -> usize {
    let (a, b) = (a.rsplit(['/', '\\']), b.rsplit(['/', '\\']));
    a.zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_belong_to_the_function_around_them() {
        let check = |name: &str, expect: (&str, &str)| {
            let (package, local) = split(name);
            let local = plain(local);
            assert_eq!((package, outermost(&local)), expect, "{name}");
        };
        check("example.com/a.F", ("example.com/a", "F"));
        check("example.com/a.F.func1.2", ("example.com/a", "F"));
        check("example.com/a.(*T).M.gowrap1", ("example.com/a", "(*T).M"));
        check("example.com/a.(*T[...]).M-fm", ("example.com/a", "(*T).M"));
        check("main.T.M.func12", ("main", "T.M"));
        check("a.Each[go.shape.int]-range1", ("a", "Each"));
        check("memeqbody", ("", "memeqbody"));
    }

    #[test]
    fn paths_agree_from_their_ends_on() {
        assert_eq!(common_tail("a/b.go", "/build/x/a/b.go"), 2);
        assert_eq!(common_tail("a/b.go", "C:\\x\\b.go"), 1);
    }
}
