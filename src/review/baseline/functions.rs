//! Which functions run in the new profiles, and what those of the last review are called now.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::{Granularity, Nodes};
use crate::error::printable;
use crate::profile::package_of;
use crate::review::{Context, Review};

/// The functions of the new inputs, and the new names of the old ones.
pub(super) struct Functions {
    present: BTreeSet<String>,
    moved: BTreeMap<String, String>,
}

impl Functions {
    /// The functions on any stack of the new profiles and dumps. One that is not there is taken to have moved where
    /// exactly one function of own code that the last review does not know has its name in another package, else its
    /// last name.
    pub fn of(context: &Context<'_>, old: &Review) -> Self {
        let mut present = BTreeSet::new();
        for input in context.evidence.profiles {
            let nodes = Nodes::of(&input.profile, Granularity::Functions);
            present.extend(nodes.nodes.iter().map(|n| printable(&n.function)));
        }
        for input in context.evidence.dumps {
            let frames = input.dump.goroutines.iter().flat_map(|g| &g.frames);
            present.extend(frames.map(|f| printable(f.function.as_bytes())));
        }
        let known = known_to(old);
        let is_new = |f: &&String| is_own(context, old, f) && !known.contains(f.as_str());
        let candidates: Vec<&String> = present.iter().filter(is_new).collect();
        let lost = old.issues.all().map(|i| i.function.as_str());
        let lost: BTreeSet<&str> = lost.filter(|f| !f.is_empty() && !present.contains(*f)).collect();
        let named = |from: &&str| Some((from.to_string(), new_name(from, &candidates)?.to_string()));
        let moved = lost.iter().filter_map(named).collect();
        Self { present, moved }
    }

    /// What a function is called now; `None` where it is in none of the new profiles.
    pub fn now(&self, function: &str) -> Option<&str> {
        if let Some(same) = self.present.get(function) {
            return Some(same);
        }
        self.moved.get(function).map(String::as_str)
    }

    /// Sentences on functions that are taken to have moved: one for all that went from one package to another.
    pub fn told(&self) -> Vec<String> {
        let mut packages: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
        let mut told = Vec::new();
        for (from, to) in &self.moved {
            let package = |f: &str| package_of(f).unwrap_or_default();
            match in_package(from) == in_package(to) {
                true => packages
                    .entry((package(from), package(to)))
                    .or_default()
                    .push(in_package(from)),
                false => told.push(format!(
                    "`{from}` is taken to be `{to}` now: no other function of own code has its last name"
                )),
            }
        }
        for ((from, to), names) in packages {
            told.push(format!(
                "functions of `{from}` are taken to be those of the same names in `{to}` now: {}",
                names.join(", ")
            ));
        }
        told
    }
}

/// Every function that the last review names as one of the program.
fn known_to(old: &Review) -> BTreeSet<&str> {
    let issues = old.issues.all().map(|i| i.function.as_str());
    let lines = old
        .hot_paths
        .iter()
        .flat_map(|p| &p.lines)
        .map(|l| l.function.as_str());
    let steps = old
        .hot_paths
        .iter()
        .flat_map(|p| &p.path)
        .map(|s| s.function.as_str());
    let sites = old.memory.iter().map(|s| s.function.as_str());
    issues.chain(lines).chain(steps).chain(sites).collect()
}

fn is_own(context: &Context<'_>, old: &Review, function: &str) -> bool {
    let package = package_of(function).unwrap_or_default();
    let below = |prefix: &str| {
        let rest = package.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', '_']))
    };
    package == "main" || context.prefix.as_deref().is_some_and(below) || below(&old.method.my_code)
}

/// The only candidate with the same name in its package, else the only one with the same last name.
fn new_name<'a>(from: &str, candidates: &[&'a String]) -> Option<&'a str> {
    let only = |part: fn(&str) -> &str| {
        let mut same = candidates.iter().filter(|c| part(c) == part(from));
        same.next().filter(|_| same.next().is_none()).map(|f| f.as_str())
    };
    only(in_package).or_else(|| only(last_name))
}

/// `(*Cache).Get` of `example.com/rates.(*Cache).Get`.
fn in_package(function: &str) -> &str {
    let head = function.find(['[', '(']).unwrap_or(function.len());
    let last = function[..head].rfind('/').map_or(0, |at| at + 1);
    let dot = function[last..].find('.').map_or(0, |at| last + at + 1);
    &function[dot..]
}

/// `Get` of the same; a closure keeps the name of the function that makes it: `handle.func1`.
fn last_name(function: &str) -> &str {
    let name = in_package(function);
    name.rsplit_once(").").map_or(name, |(_, method)| method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_function_is_found_by_its_name_where_that_is_the_only_one() {
        let names = [
            "a/x.(*Cache).Get",
            "a/y.Put",
            "a/z.(*T).render",
            "a/z.(*U).render",
        ]
        .map(String::from);
        let all: Vec<&String> = names.iter().collect();
        assert_eq!(new_name("a/b.(*Cache).Get", &all), Some("a/x.(*Cache).Get"));
        assert_eq!(new_name("a/b.(*Other).Put", &all), Some("a/y.Put"));
        assert_eq!(new_name("a/b.render", &all), None);
        assert_eq!(new_name("a/b.Missing", &all), None);
    }

    #[test]
    fn names_are_cut_behind_their_package() {
        assert_eq!(in_package("example.com/a.b/c.(*T).M.func1"), "(*T).M.func1");
        assert_eq!(in_package("main.main"), "main");
        assert_eq!(last_name("example.com/c.(*T).M.func1"), "M.func1");
        assert_eq!(in_package("nodot"), "nodot");
        assert_eq!(in_package("a/b.F[go.shape.int]"), "F[go.shape.int]");
    }
}
