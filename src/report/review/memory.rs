//! Memory Strategy: the allocation sites by how long their objects live.

use super::words::{
    bytes_text, capital, code, code_or, counted, full_stop, heading, line, paragraph, point, prose,
    share_text, shell, short_place, source, strong, table, text,
};
use crate::report::document::{Align, Block, Item, Text};
use crate::review::{Lifetime, LifetimeGroup, MemorySite, Review, Strategy, StrategyFact, StrategyKind};
use crate::unit::{human, human_count, share};

/// The groups in the order of the chapter.
const LIFETIMES: [Lifetime; 3] = [Lifetime::RequestScoped, Lifetime::Mixed, Lifetime::LongLived];

/// A table for each lifetime that occurs, then what collecting and starting up cost.
pub fn blocks(review: &Review) -> Vec<Block> {
    let mut blocks = match review.memory.is_empty() {
        true => none(review),
        false => LIFETIMES
            .iter()
            .flat_map(|lifetime| group(review, *lifetime))
            .collect(),
    };
    blocks.extend(super::heap::blocks(review));
    blocks.extend(review.runtime.iter().flat_map(super::gc::blocks));
    blocks.extend(super::runtime::start_up(review));
    blocks
}

fn none(review: &Review) -> Vec<Block> {
    let measured = |kind: &str| matches!(kind, "allocs" | "heap");
    if review.inputs.iter().any(|input| measured(&input.kind)) {
        let limit = share(review.method.line_share);
        let words = format!("No allocation site reaches {limit} of the allocated bytes.");
        return vec![paragraph(&words)];
    }
    let command = review.profiling_commands.memory.as_str();
    if command.is_empty() {
        return vec![paragraph("Allocations: not measured.")];
    }
    vec![
        paragraph("Allocations: not measured. This measures them:"),
        shell(command),
    ]
}

fn group(review: &Review, lifetime: Lifetime) -> Vec<Block> {
    let of_group = |site: &&MemorySite| site.lifetime == lifetime;
    let sites: Vec<&MemorySite> = review.memory.iter().filter(of_group).collect();
    if sites.is_empty() {
        return Vec::new();
    }
    let (name, meaning, strategy) = words(lifetime);
    let strategy = match strategy.strip_prefix(ON_STACK) {
        Some(rest) if !super::compiler::may_stay_on_stack(&sites) => capital(rest),
        _ => strategy.to_string(),
    };
    let of_group = review.strategies.iter().find(|g| g.lifetime == lifetime);
    let considered = of_group.map_or_else(Vec::new, strategies);
    // What is considered with numbers stands in for what may fit such groups.
    let meaning = match considered.is_empty() {
        true => format!("{meaning} {strategy}"),
        false => meaning.to_string(),
    };
    let mut blocks = vec![
        heading(3, line(&capital(name))),
        paragraph(&meaning),
        sites_table(&sites, lifetime),
    ];
    blocks.extend(super::compiler::sites(&sites));
    blocks.extend(considered);
    blocks
}

/// What was considered for the group, advised ones first as they are ordered.
fn strategies(group: &LifetimeGroup) -> Vec<Block> {
    if group.strategies.is_empty() {
        return Vec::new();
    }
    let words = format!(
        "Strategies for {} of the allocated bytes at {}, {} of them in own code:",
        share(group.share),
        counted(group.sites, "line"),
        group.own_sites
    );
    let items = group.strategies.iter().map(item).collect();
    vec![paragraph(&words), Block::List(items)]
}

fn item(strategy: &Strategy) -> Item {
    let name = match strategy.kind {
        StrategyKind::Stack => "Stack",
        StrategyKind::Preallocate => "Preallocate",
        StrategyKind::Pool => "Pool",
        StrategyKind::Arena => "Arena",
        StrategyKind::Intern => "Intern",
    };
    let mut words = vec![strong(name), text(": ")];
    words.extend(prose(&full_stop(&strategy.what)));
    let mut items: Vec<Item> = strategy.facts.iter().map(fact_item).collect();
    if !strategy.places.is_empty() {
        let codes = strategy.places.iter().enumerate();
        let mut places = vec![strong("Where"), text(": ")];
        places.extend(codes.flat_map(|(at, p)| (at > 0).then(|| text(", ")).into_iter().chain([code(p)])));
        items.push(point(places));
    }
    Item {
        ticked: None,
        text: words,
        items,
    }
}

fn fact_item(fact: &StrategyFact) -> Item {
    point(vec![strong(&fact.name), text(&format!(": {}", fact.value))])
}

/// Advice that compiler notes may refute.
const ON_STACK: &str = "Keeping them on the stack, ";

/// Name of the group, what it means, and what may fit it.
fn words(lifetime: Lifetime) -> (&'static str, &'static str, &'static str) {
    match lifetime {
        Lifetime::RequestScoped => (
            "request-scoped",
            "Under 1 % of the bytes were live when the profile was taken: the objects become garbage soon.",
            "Keeping them on the stack, giving slices and maps their size at once, or reusing buffers may avoid \
             them; a pool is worth a try only where the benchmark shows a gain.",
        ),
        Lifetime::Mixed => (
            "mixed",
            "Some of the bytes were live when the profile was taken: the objects outlast a request, but not all.",
            "Allocating once with the final size may help; a pool can hold on to memory here, so look first at \
             what keeps the objects alive.",
        ),
        Lifetime::LongLived => (
            "long-lived",
            "Over half of the bytes were live when the profile was taken: the objects are kept.",
            "Smaller or fewer objects and shared values may lower the footprint; a pool would probably not help.",
        ),
    }
}

fn sites_table(sites: &[&MemorySite], lifetime: Lifetime) -> Block {
    let reusable = lifetime == Lifetime::RequestScoped;
    let mut columns = vec![
        ("Share of bytes", Align::Right),
        ("Bytes", Align::Right),
        ("Objects", Align::Right),
        ("Mean size", Align::Right),
        ("Size class", Align::Right),
        ("Live", Align::Right),
    ];
    if reusable {
        columns.push(("Expected reuse rate", Align::Right));
    }
    columns.extend([
        ("Place", Align::Left),
        ("Through", Align::Left),
        ("Source", Align::Left),
    ]);
    table(&columns, sites.iter().map(|site| row(site, reusable)).collect())
}

fn row(site: &MemorySite, reusable: bool) -> Vec<Text> {
    let mut cells = numbers(site);
    if reusable {
        let rate = (1.0 - site.live_ratio).clamp(0.0, 1.0);
        cells.push(line(&share(rate)));
    }
    cells.extend([
        short_place(&site.file, site.line),
        code_or(&site.through, "the line itself"),
        source(&site.source),
    ]);
    cells
}

fn numbers(site: &MemorySite) -> Vec<Text> {
    let class = site.size_class.map(|size| human(size as f64, "B"));
    let live = bytes_text(site.live_bytes);
    vec![
        line(&share_text(&site.share)),
        line(&bytes_text(site.bytes)),
        line(&human_count(site.objects as f64)),
        line(&human(site.mean_size, "B")),
        line(class.as_deref().unwrap_or("large object")),
        line(&format!("{live} ({})", share(site.live_ratio))),
    ]
}
