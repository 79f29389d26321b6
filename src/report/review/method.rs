//! Method and caveats: what the words mean, which thresholds were in force, and how to do it again.

use super::words::{
    code, code_or, fact, gain_text, heading, line, paragraph, point, prose, shell, strong, text,
};
use crate::report::document::{Block, Item, Text};
use crate::review::plan::quoted;
use crate::review::policy::Changed;
use crate::review::{Method, Review, SymptomLimits};
use crate::unit::{human, share};

/// The words of this review.
const DEFINITIONS: [(&str, &str); 5] = [
    (
        "charged",
        "cost counted for a line of own code: what it runs itself, and what code that is not own runs on its behalf",
    ),
    ("flat", "cost while the line or function itself was running"),
    ("cum", "cost while it was anywhere on the stack"),
    ("share", "part of the total that was measured of the resource"),
    (
        "interval",
        "where the true value is expected at the level given below; written after the value, lower end first",
    ),
];

/// Definitions, thresholds, caveats, and the command.
pub fn blocks(review: &Review) -> Vec<Block> {
    let method = &review.method;
    let mut blocks = vec![
        heading(3, line("Definitions")),
        Block::List(definitions()),
        heading(3, line("Thresholds and score")),
        Block::Facts(
            [
                facts(method),
                goroutines(review),
                collector(review),
                compiled(review),
                changed(method),
            ]
            .concat(),
        ),
        heading(3, line("Caveats")),
    ];
    blocks.push(caveats(review));
    blocks.extend(reproduction(review));
    blocks
}

fn definitions() -> Vec<Item> {
    let definition = |(name, meaning): &(&str, &str)| {
        let words = vec![strong(name), text(&format!(": {meaning}"))];
        point(words)
    };
    DEFINITIONS.iter().map(definition).collect()
}

fn facts(method: &Method) -> Vec<(String, Text)> {
    let mut own = code_or(&method.my_code, "not known");
    if !method.my_code_from.is_empty() {
        own.push(text(&format!(" ({})", method.my_code_from)));
    }
    let gate = "; the verdict asks for no critical or high finding, the score for this minimum";
    let score = format!("{} of 100{gate}", human(method.min_score, ""));
    vec![
        fact("Own code", own),
        fact("Entry points from", line(&share(method.hot_path_share))),
        fact("Lines and sites from", line(&share(method.line_share))),
        fact("Level of intervals", line(&share(method.confidence))),
        fact(
            "Saved of an allocation site",
            line(&format!(
                "{} of its bytes: the lower end is a rule of thumb, the upper end is held to what does not live on",
                gain_text(&method.allocation_saving)
            )),
        ),
        fact(
            "More than medium",
            line(&format!(
                "allocation sites only where memory costs {} of the CPU time or more",
                share(method.memory_cpu_share)
            )),
        ),
        fact("Symptoms", line(&symptoms(&method.symptoms))),
        fact("Score to pass", line(&score)),
        fact("Score", prose(or_not_given(&method.score_arithmetic))),
        fact("Version", line(&format!("perfplan {}", method.perfplan))),
    ]
}

/// From where on findings of the catalogue are made.
fn symptoms(limits: &SymptomLimits) -> String {
    let [medium, high, critical] = limits.delay_levels.map(|delay| human(delay, "sec"));
    format!(
        "at most {} lines each, {} CPU samples or more; under {} samples at the line or {} in all medium at most; each \
         sample counts for one finding; locks from {} of delay in each second of wall time, up to medium from \
         {medium}, up to high from {high}, up to critical from {critical}; what is held from {} in use",
        limits.lines,
        human(limits.least_samples, ""),
        human(limits.sure_samples, ""),
        human(limits.sure_profile, ""),
        human(limits.least_delay, "sec"),
        human(limits.least_live_bytes as f64, "B"),
    )
}

/// From where on groups of goroutines are named.
fn goroutines(review: &Review) -> Vec<(String, Text)> {
    let Some(limits) = review.goroutines.as_ref().map(|g| g.limits) else {
        return Vec::new();
    };
    let grown = format!(
        "more at each moment, and by {} standard deviations or more of counts that are Poisson's",
        human(limits.growth_deviations, "")
    );
    let stuck = format!(
        "2 or more that wait {} min or longer to send or for a lock; {} or more that wait a minute for one lock; {} or \
         more that send at one line where only one moment is given",
        limits.stuck_minutes, limits.blocked_lockers, limits.blocked_senders
    );
    vec![
        fact("Goroutines that grow", line(&grown)),
        fact("Goroutines that may be stuck", line(&stuck)),
    ]
}

/// From where on numbers of the collector are named.
fn collector(review: &Review) -> Vec<(String, Text)> {
    let Some(limits) = review.runtime.as_ref().map(|r| r.limits) else {
        return Vec::new();
    };
    let list = |parts: &[f64]| parts.iter().map(|p| share(*p)).collect::<Vec<_>>().join(", ");
    let levels = format!(
        "warn, high, critical from {} of the samples of a CPU profile; high, critical from {} as the runtime tells it; assists warn, high, critical from {} of all CPU time",
        list(&limits.sampled_share),
        list(&limits.share),
        list(&limits.assist)
    );
    let others = format!(
        "{} collections per second are high with less than {} alive; allocating is high, critical from {}, {} per second; pauses over {} warn, over {} are high; the live heap is suspected to leak from {} standard errors of its slope on and {} added",
        human(limits.per_second, ""),
        human(limits.small_heap, "B"),
        human(limits.allocation_rate[0], "B"),
        human(limits.allocation_rate[1], "B"),
        human(limits.pause[0], "sec"),
        human(limits.pause[1], "sec"),
        human(limits.growth_errors, ""),
        share(limits.growth_share)
    );
    vec![
        fact("Collecting", line(&levels)),
        fact("Collections, pauses, growth", line(&others)),
    ]
}

/// From where on the compiler's notes on hot code are told.
fn compiled(review: &Review) -> Vec<(String, Text)> {
    let least = review.compiler.as_ref().map(|c| c.least_share);
    let words = |least| {
        format!(
            "functions and lines with {} of the CPU time in themselves",
            share(least)
        )
    };
    least
        .map(|l| fact("Compiler notes from", line(&words(l))))
        .into_iter()
        .collect()
}

/// What the policy says otherwise than the defaults.
fn changed(method: &Method) -> Vec<(String, Text)> {
    let told = |c: &Changed| format!("`{}` {} instead of {} ({})", c.key, c.value, c.default, c.from);
    let told: Vec<String> = method.changed.iter().map(told).collect();
    let fact = |words: &String| fact("Changed by policy", prose(words));
    Some(told.join("; "))
        .filter(|words| !words.is_empty())
        .iter()
        .map(fact)
        .collect()
}

fn or_not_given(words: &str) -> &str {
    if words.is_empty() { "not given" } else { words }
}

fn caveats(review: &Review) -> Block {
    let items: Vec<Item> = review.caveats.iter().map(|words| point(prose(words))).collect();
    if items.is_empty() {
        return paragraph("None noted.");
    }
    Block::List(items)
}

fn reproduction(review: &Review) -> Vec<Block> {
    let mut blocks = vec![heading(3, line("How to reproduce"))];
    if review.inputs.is_empty() {
        let words = vec![text("Without inputs: "), code("perfplan analyze")];
        blocks.push(Block::Paragraph(words));
        return blocks;
    }
    let files: Vec<String> = review.inputs.iter().map(|input| quoted(&input.file)).collect();
    // The source changes no number, but shows the lines and names the module.
    let source = if review.method.my_code_from == "go.mod" {
        " --source DIR"
    } else {
        ""
    };
    blocks.push(shell(&format!("perfplan analyze {}{source}", files.join(" "))));
    blocks
}
