//! What the compiler's notes say: of allocation sites, of hot functions and lines, and on their own.

use super::words::{
    counted, heading, line, paragraph, place, point, prose, share_text, short_function, short_place, source,
    table, text,
};
use crate::report::document::{Align, Block, Text};
use crate::review::{
    BoundsCheckLine, CompilerFacts, MemorySite, NotInlined, NotedFile, NotedReason, Review, SiteVerdict,
    site_sentence,
};
use crate::unit::share;

/// Why the sites of a group are on the heap.
pub fn sites(sites: &[&MemorySite]) -> Vec<Block> {
    let item = |site: &&MemorySite| {
        let notes = site.compiler.as_ref()?;
        let mut words = short_place(&site.file, site.line);
        words.push(text(": "));
        words.extend(prose(&site_sentence(notes, &site.through)));
        Some(point(words))
    };
    let items: Vec<_> = sites.iter().filter_map(item).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![
        paragraph("Why they are on the heap, by the compiler's notes:"),
        Block::List(items),
    ]
}

/// Whether the notes leave a chance to keep any of the sites on the stack; true where they say nothing.
pub fn may_stay_on_stack(sites: &[&MemorySite]) -> bool {
    let refuted = |s: &MemorySite| {
        let notes = s.compiler.as_ref();
        notes.is_some_and(|n| n.verdict == SiteVerdict::Grows || n.reasons.is_empty())
    };
    !sites.iter().copied().all(refuted)
}

/// The section below the hot paths; nothing without notes.
pub fn blocks(review: &Review) -> Vec<Block> {
    let Some(facts) = &review.compiler else {
        return Vec::new();
    };
    let title = match facts.cpu_measured {
        true => "What the compiler says of hot code",
        false => "What the compiler says",
    };
    let mut blocks = vec![heading(3, line(title)), paragraph(&counts(facts))];
    if facts.cpu_measured {
        blocks.extend(not_inlined(facts));
        blocks.extend(bounds_checks(facts));
    } else {
        blocks.push(paragraph("Which of it runs hot is not measured."));
    }
    blocks.extend(files(facts));
    blocks.extend(reasons(facts));
    blocks
}

fn counts(facts: &CompilerFacts) -> String {
    let version = match facts.go_version.as_str() {
        "" => String::new(),
        version => format!(" of {version}"),
    };
    let stay = match facts.on_stack {
        0 => "what stays on the stack is not told".to_string(),
        count => format!("{count} stay on the stack"),
    };
    let checks = match facts.bounds_checks {
        0 => "bounds checks are not told".to_string(),
        1 => "1 bounds check remains".to_string(),
        count => format!("{} remain", counted(count, "bounds check")),
    };
    format!(
        "The notes{version} in all: {} go to the heap, {stay}; {} are never inlined; {checks}.",
        counted(facts.on_heap, "value"),
        counted(facts.not_inlined, "function"),
    )
}

fn not_inlined(facts: &CompilerFacts) -> Vec<Block> {
    let least = share(facts.least_share);
    if facts.hot_not_inlined.is_empty() {
        let words = format!(
            "No function of own code in which {least} of the CPU time or more is spent is kept from being inlined."
        );
        return vec![paragraph(&words)];
    }
    let columns = [
        ("Flat", Align::Right),
        ("Function", Align::Left),
        ("Place", Align::Left),
        ("Never inlined because", Align::Left),
        ("Way out", Align::Left),
    ];
    let row = |f: &NotInlined| {
        vec![
            line(&share_text(&f.flat)),
            vec![short_function(&f.function)],
            short_place(&f.file, f.line),
            line(&f.reason),
            line(&f.advice),
        ]
    };
    vec![
        paragraph(&format!(
            "Functions of own code with {least} of the CPU time or more in themselves that are never inlined; a call costs \
             1 to 5 ns (assumed), so it matters for those that are called millions of times per second:"
        )),
        table(&columns, facts.hot_not_inlined.iter().map(row).collect()),
    ]
}

fn bounds_checks(facts: &CompilerFacts) -> Vec<Block> {
    let least = share(facts.least_share);
    if facts.hot_bounds_checks.is_empty() {
        // Without a note of any kind of check they were not asked for; a caveat says so.
        let words = format!("No line of own code with {least} of the CPU time or more keeps a bounds check.");
        return if facts.bounds_checks > 0 {
            vec![paragraph(&words)]
        } else {
            Vec::new()
        };
    }
    let columns = [
        ("Flat", Align::Right),
        ("Place", Align::Left),
        ("Function", Align::Left),
        ("Checks", Align::Left),
        ("Source", Align::Left),
    ];
    let row = |l: &BoundsCheckLine| {
        vec![
            line(&share_text(&l.flat)),
            short_place(&l.file, l.line),
            vec![short_function(&l.function)],
            line(&checks(l)),
            source(&l.source),
        ]
    };
    vec![
        paragraph(&format!(
            "Lines of own code with {least} of the CPU time or more that check bounds at each turn. A loop over `range`, or an access \
             to the largest index before the loop (`_ = s[n-1]`), lets the compiler drop checks; the line's share is all that can be won:"
        )),
        table(&columns, facts.hot_bounds_checks.iter().map(row).collect()),
    ]
}

fn checks(line: &BoundsCheckLine) -> String {
    let parts = [(line.of_index, "index"), (line.of_slice, "slice")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} of {what}")).collect();
    parts.join(", ")
}

/// Where most goes to the heap, without measurements.
fn files(facts: &CompilerFacts) -> Vec<Block> {
    if facts.files.is_empty() {
        return Vec::new();
    }
    let columns = [
        ("File", Align::Left),
        ("To the heap", Align::Right),
        ("Never inlined", Align::Right),
        ("Bounds checks", Align::Right),
    ];
    let row = |f: &NotedFile| -> Vec<Text> {
        let counts = [f.on_heap, f.not_inlined, f.bounds_checks].map(|n| line(&n.to_string()));
        std::iter::once(place(&f.file, 0)).chain(counts).collect()
    };
    vec![
        paragraph(
            "By file, those with most values that go to the heap first; how often each happens is not measured:",
        ),
        table(&columns, facts.files.iter().map(row).collect()),
    ]
}

/// Why most goes there.
fn reasons(facts: &CompilerFacts) -> Vec<Block> {
    if facts.reasons.is_empty() {
        return Vec::new();
    }
    let columns = [("To the heap", Align::Right), ("Because", Align::Left)];
    let row = |r: &NotedReason| vec![line(&r.values.to_string()), prose(&r.why)];
    vec![
        paragraph("The most frequent reasons:"),
        table(&columns, facts.reasons.iter().map(row).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{Lifetime, Resource, Share, SiteNotes};

    fn site(compiler: Option<SiteNotes>) -> MemorySite {
        let share = Share {
            resource: Resource::AllocatedBytes,
            share: 1.0,
            low: None,
            high: None,
        };
        MemorySite {
            function: "main.f".into(),
            file: "a.go".into(),
            line: 1,
            source: String::new(),
            through: "main.f".into(),
            objects: 1,
            bytes: 1,
            share,
            objects_share: 1.0,
            mean_size: 1.0,
            size_class: None,
            live_objects: 0,
            live_bytes: 0,
            live_ratio: 0.0,
            lifetime: Lifetime::RequestScoped,
            compiler,
        }
    }

    #[test]
    fn the_stack_is_advised_unless_the_notes_refute_it_everywhere() {
        let noted = |verdict, reasons: &[&str]| {
            site(Some(SiteNotes {
                verdict,
                reasons: reasons.iter().map(ToString::to_string).collect(),
                more: 0,
            }))
        };
        let grows = noted(SiteVerdict::Grows, &[]);
        let called = noted(SiteVerdict::Callee, &[]);
        let heap = noted(SiteVerdict::Heap, &["`x` escapes"]);
        let unknown = site(None);
        assert!(!may_stay_on_stack(&[&grows, &called]));
        assert!(may_stay_on_stack(&[&grows, &heap]));
        assert!(may_stay_on_stack(&[&grows, &unknown]));
        assert_eq!(sites(&[&unknown]), []);
        assert_eq!(sites(&[&grows, &unknown]).len(), 2);
    }
}
