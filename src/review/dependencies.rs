//! Dependencies that own heat: what modules of others cost, and which own line asks for it.

use serde::{Deserialize, Serialize};

use super::resource::{Column, columns};
use super::{Context, ProfileInput, Resource, Share};
use crate::analyze::{ModuleWeight, NodeId, Nodes, module_weights};
use crate::error::printable;
use crate::source::{Module, ModuleList, parse_go_mod};

/// Modules of others by what they cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependencies {
    /// Where the modules were listed: inputs, `go.mod` of the source; empty where nothing lists them.
    pub listed_by: Vec<String>,
    /// How many were listed.
    pub listed: u64,
    /// Least share of any resource of a module below.
    pub least_share: f64,
    /// The modules, by their largest share, then by path.
    pub modules: Vec<Dependency>,
}

/// A module that is not the user's own and costs something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// Its path.
    pub module: String,
    /// Its version; empty where it is not known.
    pub version: String,
    /// What is built instead of it; empty where nothing is.
    pub replaced_by: String,
    /// Whether the go.mod requires it for the module itself; none where it is not known.
    pub direct: Option<bool>,
    /// No list names it: the path was cut from that of a package.
    pub guessed: bool,
    /// Its part of the CPU time; none where that was not measured.
    pub cpu: Option<ModuleCpu>,
    /// Part of the allocated bytes that it, or the standard library on its behalf, allocates.
    pub allocated_bytes: Option<Share>,
    /// The same of the objects.
    pub allocated_objects: Option<Share>,
    /// The own line that causes most of it, by CPU time if that was measured; none where no own code calls it.
    pub caller: Option<CallingLine>,
}

/// A module's part of the CPU time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleCpu {
    /// While it was running itself.
    pub flat: Share,
    /// While it was on the stack: with what it calls, own code that it calls back included.
    pub cum: Share,
    /// While it was running itself or the standard library for it.
    pub charged: Share,
}

/// A line of own code that calls a module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallingLine {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// Part of the resource that goes through this line into the module.
    pub share: Share,
}

/// The modules that were listed, all lists as one, and where.
pub(super) fn listed(context: &Context<'_>) -> (ModuleList, Vec<String>) {
    let mut list = ModuleList::default();
    let mut listed_by = Vec::new();
    if let Some(text) = context.evidence.sources.go_mod() {
        list.merge(parse_go_mod(&text));
        listed_by.push("go.mod".to_string());
    }
    for input in context.evidence.modules {
        list.merge(input.modules.clone());
        listed_by.push(input.name.clone());
    }
    (list, listed_by)
}

/// The modules that reach the least share; `None` where neither a profile nor a list tells of any.
pub(super) fn facts(context: &Context<'_>) -> Option<Dependencies> {
    let (list, listed_by) = listed(context);
    let mut found: Vec<Dependency> = Vec::new();
    for input in context.evidence.profiles {
        for column in columns(&input.profile) {
            if is_meant(column.resource) {
                add(context, input, column, &list, &mut found);
            }
        }
    }
    found.retain(|d| d.largest() >= context.policy.line_share);
    found.sort_by(|a, b| {
        b.largest()
            .total_cmp(&a.largest())
            .then_with(|| a.module.cmp(&b.module))
    });
    found.truncate(context.policy.most_lines);
    (!found.is_empty() || !list.modules.is_empty()).then_some(Dependencies {
        listed_by,
        listed: list.modules.len() as u64,
        least_share: context.policy.line_share,
        modules: found,
    })
}

fn is_meant(resource: Resource) -> bool {
    matches!(
        resource,
        Resource::Cpu | Resource::AllocatedBytes | Resource::AllocatedObjects
    )
}

/// Adds what a column tells.
fn add(
    context: &Context<'_>,
    input: &ProfileInput,
    column: Column,
    list: &ModuleList,
    found: &mut Vec<Dependency>,
) {
    let known = list.modules.iter().map(|m| m.path.as_str());
    let (lines, weights) = module_weights(&input.profile, column.index, context.prefix.as_deref(), known);
    for weight in &weights {
        let at = found.iter().position(|d| d.module == weight.module);
        let at = at.unwrap_or_else(|| {
            found.push(dependency(weight, list));
            found.len() - 1
        });
        let Some(module) = found.get_mut(at) else { continue };
        let charged = Some(column.share(weight.charged));
        match column.resource {
            Resource::Cpu => {
                module.cpu = charged.map(|charged| ModuleCpu {
                    flat: column.share(weight.flat),
                    cum: column.share(weight.cum),
                    charged,
                });
            }
            Resource::AllocatedBytes => module.allocated_bytes = charged,
            _ => module.allocated_objects = charged,
        }
        let is_cpu = module
            .caller
            .as_ref()
            .is_some_and(|c| c.share.resource == Resource::Cpu);
        if module.caller.is_none() || (column.resource == Resource::Cpu && !is_cpu) {
            let first = weight.callers.first();
            module.caller = first
                .map(|caller| calling(context, &lines, &column, *caller))
                .or(module.caller.take());
        }
    }
}

fn dependency(weight: &ModuleWeight, list: &ModuleList) -> Dependency {
    let listed = list.modules.iter().find(|m| m.path == weight.module);
    let Module {
        version,
        replaced_by,
        direct,
        ..
    } = listed.cloned().unwrap_or_default();
    Dependency {
        module: printable(weight.module.as_bytes()),
        version: printable(version.as_bytes()),
        replaced_by: printable(replaced_by.as_bytes()),
        direct,
        guessed: weight.guessed,
        cpu: None,
        allocated_bytes: None,
        allocated_objects: None,
        caller: None,
    }
}

fn calling(
    context: &Context<'_>,
    lines: &Nodes,
    column: &Column,
    (line, weight): (NodeId, i64),
) -> CallingLine {
    let node = lines.get(line);
    CallingLine {
        function: printable(&node.function),
        file: printable(&node.file),
        line: node.line,
        source: context.source_lines().text(node),
        share: column.share(weight),
    }
}

impl Dependency {
    /// Its largest share of any resource.
    pub fn largest(&self) -> f64 {
        let cpu = self.cpu.iter().flat_map(|cpu| [&cpu.cum, &cpu.charged]);
        let memory = [&self.allocated_bytes, &self.allocated_objects];
        cpu.chain(memory.into_iter().flatten())
            .map(|s| s.share)
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};
    use crate::review::{Evidence, ModulesInput, Policy, review};
    use crate::source::parse_modules;

    fn told(modules: &[ModulesInput]) -> Option<Dependencies> {
        let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
        b.period("cpu", "nanoseconds", 10_000_000);
        let main = b.frame("main.main", "m.go", 5);
        let [load, other] =
            [("example.com/m.Load", 30), ("example.com/m.Rest", 9)].map(|(f, l)| b.frame(f, "m.go", l));
        let [decode, tiny] =
            ["github.com/a/yaml/sub.Decode", "golang.org/x/tiny.F"].map(|f| b.frame(f, "y.go", 1));
        let alloc = b.frame("runtime.mallocgc", "malloc.go", 1);
        for (stack, count) in [
            (vec![alloc, decode, load, main], 300),
            (vec![decode, other, main], 100),
            (vec![tiny, main], 5),
            (vec![load, main], 595),
        ] {
            b.sample(stack, &[count, count * 10_000_000], []);
        }
        let profiles = [ProfileInput {
            name: "cpu.pb.gz".into(),
            profile: b.finish(),
        }];
        let evidence = Evidence {
            profiles: &profiles,
            modules,
            module: Some("example.com/m".into()),
            ..Evidence::default()
        };
        review(&evidence, Policy::default()).dependencies
    }

    #[test]
    fn a_module_is_told_with_the_own_line_that_asks_most_of_it() {
        let list = parse_modules(b"example.com/m\ngithub.com/a/yaml v1.2.3 => ../yaml\n");
        let input = ModulesInput {
            name: "modules.txt".into(),
            modules: list,
        };
        let found = told(&[input]).unwrap();
        assert_eq!(found.listed_by, ["modules.txt"]);
        assert_eq!(
            found.modules.len(),
            1,
            "what stays under the least share is left out: {found:?}"
        );
        let yaml = &found.modules[0];
        assert_eq!(
            (yaml.module.as_str(), yaml.version.as_str()),
            ("github.com/a/yaml", "v1.2.3")
        );
        assert_eq!((yaml.replaced_by.as_str(), yaml.guessed), ("../yaml", false));
        let cpu = yaml.cpu.as_ref().unwrap();
        assert_eq!(
            [cpu.flat.share, cpu.cum.share, cpu.charged.share],
            [0.1, 0.4, 0.4]
        );
        let caller = yaml.caller.as_ref().unwrap();
        assert_eq!((caller.line, caller.share.share), (30, 0.3));
    }

    #[test]
    fn without_a_list_modules_are_guessed() {
        let found = told(&[]).unwrap();
        assert!(found.listed_by.is_empty());
        assert!(found.modules.iter().all(|m| m.guessed && m.direct.is_none()));
        assert_eq!(found.modules[0].module, "github.com/a/yaml");
    }
}
