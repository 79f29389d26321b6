//! Which modules of others cost something, and where own code asks for it.

use super::words::{code, counted, heading, line, paragraph, short_function, short_place, table, text};
use crate::report::document::{Align, Block, Text};
use crate::review::{Dependencies, Dependency, Review, Share};
use crate::unit::share;

/// The section below the hot paths; nothing where no module of others reaches the least share and none was listed.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.dependencies else {
        return Vec::new();
    };
    let mut blocks = vec![heading(3, line("Dependencies that own heat"))];
    if facts.modules.is_empty() {
        let limit = share(facts.least_share);
        blocks.push(paragraph(&format!(
            "{}: none of them reaches {limit} of a measured resource.",
            counted(facts.listed, "module")
        )));
        return blocks;
    }
    blocks.push(paragraph(MEANING));
    blocks.push(modules(facts));
    blocks.push(paragraph(&source(facts)));
    blocks
}

const MEANING: &str = "Modules that are not own code. Their cost cannot be changed in this module but by calling them less, \
                       by configuring them or by replacing them: each stands with the own line that causes most of it. \
                       Charged is what a module runs itself or the standard library runs for it, cum all that is below it, \
                       own code that it calls back included.";

fn source(facts: &Dependencies) -> String {
    let guessed = facts.modules.iter().filter(|m| m.guessed).count() as u64;
    let lists = facts
        .listed_by
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match (facts.listed_by.is_empty(), guessed) {
        (true, _) => "No list of modules was given: the modules are guessed from the paths of packages. \
                      `go list -m -json all > modules.json`, given as an input, tells them and their versions."
            .to_string(),
        (false, 0) => format!("Modules and versions by {lists}."),
        (false, _) => format!(
            "Modules and versions by {lists}; {} is in none of these lists and guessed from the paths of packages.",
            counted(guessed, "module")
        ),
    }
}

fn modules(facts: &Dependencies) -> Block {
    let has_cpu = facts.modules.iter().any(|m| m.cpu.is_some());
    let has_memory = facts
        .modules
        .iter()
        .any(|m| m.allocated_bytes.is_some() || m.allocated_objects.is_some());
    let mut columns = vec![("Module", Align::Left), ("Version", Align::Left)];
    if has_cpu {
        columns.extend([
            ("CPU flat", Align::Right),
            ("CPU cum", Align::Right),
            ("CPU charged", Align::Right),
        ]);
    }
    if has_memory {
        columns.extend([("Allocated bytes", Align::Right), ("Objects", Align::Right)]);
    }
    columns.extend([("Called most from", Align::Left), ("Function", Align::Left)]);
    let rows = facts
        .modules
        .iter()
        .map(|m| row(m, has_cpu, has_memory))
        .collect();
    table(&columns, rows)
}

fn row(module: &Dependency, has_cpu: bool, has_memory: bool) -> Vec<Text> {
    let part = |s: Option<&Share>| line(&s.map_or_else(|| "–".to_string(), |s| share(s.share)));
    let mut cells = vec![vec![code(&module.module)], version(module)];
    if has_cpu {
        let cpu = module.cpu.as_ref();
        cells.extend([
            part(cpu.map(|c| &c.flat)),
            part(cpu.map(|c| &c.cum)),
            part(cpu.map(|c| &c.charged)),
        ]);
    }
    if has_memory {
        cells.extend([
            part(module.allocated_bytes.as_ref()),
            part(module.allocated_objects.as_ref()),
        ]);
    }
    match &module.caller {
        Some(caller) => cells.extend([
            short_place(&caller.file, caller.line),
            vec![short_function(&caller.function)],
        ]),
        None => cells.extend([line("no own code"), line("–")]),
    }
    cells
}

/// `v1.2.3, direct, replaced by ../x`.
fn version(module: &Dependency) -> Text {
    let mut parts = vec![match (module.version.as_str(), module.guessed) {
        (_, true) => "guessed".to_string(),
        ("", _) => "not known".to_string(),
        (version, _) => version.to_string(),
    }];
    parts.extend(
        module
            .direct
            .map(|d| if d { "direct" } else { "indirect" }.to_string()),
    );
    if !module.replaced_by.is_empty() {
        parts.push(format!("replaced by {}", module.replaced_by));
    }
    vec![text(&parts.join(", "))]
}
