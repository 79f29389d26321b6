//! How much of a profile belongs to modules that the user did not write, and which own lines call them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entry::{is_std, module_like, within_own};
use super::{Granularity, NodeId, Nodes};
use crate::profile::Profile;

/// The weight of a foreign module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleWeight {
    /// Its path.
    pub module: String,
    /// No list names it: the path was cut from that of a package.
    pub guessed: bool,
    /// Weight of the samples whose leaf is in it.
    pub flat: i64,
    /// Weight of the samples in which it occurs, once per sample; own code that it calls back is in this.
    pub cum: i64,
    /// Weight of the samples in which it is nearest to the leaf, the standard library and the runtime apart: these parts
    /// of different modules do not overlap.
    pub charged: i64,
    /// Own lines by which it is entered, with the weight of their samples, heaviest first, then by place.
    pub callers: Vec<(NodeId, i64)>,
}

/// The foreign modules of a profile, by charged weight, then cum, then path, and the lines that callers are of.
/// `known` are paths of modules; the longest one that a package begins with is its module. A package that none of
/// them fits is counted for the module that its path suggests.
pub fn module_weights<'a>(
    profile: &Profile,
    index: usize,
    prefix: Option<&str>,
    known: impl IntoIterator<Item = &'a str>,
) -> (Nodes, Vec<ModuleWeight>) {
    let lines = Nodes::of(profile, Granularity::Lines);
    let known: HashSet<&str> = known.into_iter().collect();
    let mut owners = Owners {
        known,
        modules: Vec::new(),
        ids: HashMap::new(),
    };
    let of_node: Vec<Owner> = lines
        .nodes
        .iter()
        .map(|n| owners.of(&n.package(), prefix))
        .collect();
    let mut sums = vec![Sum::default(); owners.modules.len()];
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        let frames = profile
            .samples
            .stack(sample)
            .flat_map(|l| lines.frames(l))
            .copied();
        add(
            &mut sums,
            frames.map(|node| (node, of_node[node.index()])),
            sample,
            value,
        );
    }
    let modules = owners
        .modules
        .into_iter()
        .zip(sums)
        .filter(|(_, sum)| sum.cum > 0);
    let mut weights: Vec<_> = modules.map(|(module, sum)| weight(module, sum, &lines)).collect();
    weights.sort_by(|a, b| (b.charged, b.cum, &a.module).cmp(&(a.charged, a.cum, &b.module)));
    (lines, weights)
}

/// Whose a frame is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Own,
    /// The standard library, the runtime, code without a package.
    Nobody,
    Module(usize),
}

struct Owners<'a> {
    known: HashSet<&'a str>,
    /// Path, and whether it was guessed.
    modules: Vec<(String, bool)>,
    ids: HashMap<String, usize>,
}

impl Owners<'_> {
    fn of(&mut self, package: &str, prefix: Option<&str>) -> Owner {
        // Vendored code stands below the own module, and is not own.
        let vendored = package.rsplit_once("/vendor/").map(|(_, rest)| rest);
        if vendored.is_none() && within_own(package, prefix) {
            return Owner::Own;
        }
        let package = vendored.unwrap_or(package);
        let package = package.strip_suffix("_test").unwrap_or(package);
        let is_nobody = package.starts_with('[') || package.is_empty() || package == "command-line-arguments";
        if is_nobody || is_std(package) {
            return Owner::Nobody;
        }
        let listed = prefixes(package).find(|p| self.known.contains(p));
        let guessed = listed.is_none();
        let module = listed.map_or_else(|| guess(package), str::to_string);
        let next = self.modules.len();
        let id = *self.ids.entry(module).or_insert_with_key(|module| {
            self.modules.push((module.clone(), guessed));
            next
        });
        Owner::Module(id)
    }
}

/// A path and all that it lies below, longest first.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |p| p.rsplit_once('/').map(|(above, _)| above))
}

/// The module that the path of a package suggests: three elements for the common hosts and golang.org, else two, and
/// one more for a major version.
fn guess(package: &str) -> String {
    let length = match package.split('/').next() {
        Some("golang.org") => 3,
        _ => module_like(package).split('/').count(),
    };
    let is_major = |part: &str| {
        let number = part.strip_prefix('v');
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let parts: Vec<&str> = package.split('/').collect();
    let major = parts.get(length).is_some_and(|part| is_major(part));
    let end = (length + usize::from(major)).min(parts.len());
    parts.iter().take(end).copied().collect::<Vec<_>>().join("/")
}

#[derive(Clone, Default)]
struct Sum {
    flat: i64,
    cum: i64,
    charged: i64,
    callers: BTreeMap<NodeId, i64>,
    /// The last sample that touched it, + 1, and the last in which an own line called it.
    mark: usize,
    called: usize,
}

/// Adds a sample, its frames leaf first.
fn add(sums: &mut [Sum], frames: impl Iterator<Item = (NodeId, Owner)>, sample: usize, value: i64) {
    let mark = sample + 1;
    let mut waiting: Vec<usize> = Vec::new();
    let (mut is_leaf, mut is_charged) = (true, false);
    for (node, owner) in frames {
        match owner {
            Owner::Nobody => {}
            Owner::Own => {
                for module in waiting.drain(..) {
                    let sum = &mut sums[module];
                    if sum.called != mark {
                        sum.called = mark;
                        let caller = sum.callers.entry(node).or_default();
                        *caller = caller.saturating_add(value);
                    }
                }
                is_charged = true;
            }
            Owner::Module(module) => {
                let sum = &mut sums[module];
                sum.flat += if is_leaf { value } else { 0 };
                sum.charged += if is_charged { 0 } else { value };
                if sum.mark != mark {
                    sum.mark = mark;
                    sum.cum += value;
                }
                is_charged = true;
                if waiting.last() != Some(&module) {
                    waiting.push(module);
                }
            }
        }
        is_leaf = false;
    }
}

fn weight((module, guessed): (String, bool), sum: Sum, lines: &Nodes) -> ModuleWeight {
    let mut callers: Vec<_> = sum.callers.into_iter().collect();
    callers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| lines.get(a.0).cmp(lines.get(b.0))));
    ModuleWeight {
        module,
        guessed,
        flat: sum.flat,
        cum: sum.cum,
        charged: sum.charged,
        callers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    fn check(stacks: &[(&[&str], i64)], known: &[&str], expect: &[(&str, bool, [i64; 3], Option<&str>)]) {
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        for (stack, value) in stacks {
            let frames: Vec<_> = stack.iter().map(|name| b.frame(name, "a.go", 1)).collect();
            b.sample(frames, &[*value], []);
        }
        let (lines, weights) = module_weights(&b.finish(), 0, Some("me.org/app"), known.iter().copied());
        let caller = |w: &ModuleWeight| w.callers.first().map(|c| lines.get(c.0).function.clone());
        let found: Vec<_> = weights
            .iter()
            .map(|w| {
                (
                    w.module.as_str(),
                    w.guessed,
                    [w.flat, w.cum, w.charged],
                    caller(w),
                )
            })
            .collect();
        let expect: Vec<_> = expect
            .iter()
            .map(|(m, g, v, c)| (*m, *g, *v, c.map(|c| c.as_bytes().to_vec())))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn work_of_the_standard_library_is_charged_to_the_module_that_asks_for_it() {
        let yaml = "gopkg.in/yaml%2ev3.Unmarshal";
        check(
            &[
                (
                    &[
                        "runtime.mallocgc",
                        yaml,
                        "gopkg.in/yaml%2ev3.decode",
                        "me.org/app.Load",
                        "main.main",
                    ],
                    5,
                ),
                (&["me.org/app.Hook", yaml, "me.org/app.Load"], 3),
                (&["fmt.Sprint", "me.org/app.Load"], 2),
            ],
            &[],
            &[("gopkg.in/yaml.v3", true, [0, 8, 5], Some("me.org/app.Load"))],
        );
    }

    #[test]
    fn the_longest_listed_path_wins_and_others_are_guessed() {
        let stacks: [(&[&str], i64); 5] = [
            (
                &[
                    "cloud.org/go/storage/v2/x.Do",
                    "me.org/app/vendor/github.com/x/y/z.Call",
                    "main.run",
                ],
                4,
            ),
            (&["golang.org/x/net/http2.F"], 3),
            (&["github.com/x/y/v4/q.G"], 2),
            (&["memmove", "cloud.org/go.H"], 1),
            (&["me.org/application.I"], 1),
        ];
        check(
            &stacks,
            &["cloud.org/go", "cloud.org/go/storage/v2"],
            &[
                ("cloud.org/go/storage/v2", false, [4, 4, 4], Some("main.run")),
                ("golang.org/x/net", true, [3, 3, 3], None),
                ("github.com/x/y/v4", true, [2, 2, 2], None),
                ("cloud.org/go", false, [0, 1, 1], None),
                ("me.org/application", true, [1, 1, 1], None),
                ("github.com/x/y", true, [0, 4, 0], Some("main.run")),
            ],
        );
    }
}
