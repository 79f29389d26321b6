//! Why the memory of an allocation site is on the heap, and which advice that leaves.

use super::words::{only_panics, why_on_heap};
use super::{SiteNotes, SiteVerdict};
use crate::compiler::NotesIndex;
use crate::profile::package_of;
use crate::review::{Issues, MemorySite};

/// Reasons that are given of a line.
const MOST_REASONS: usize = 3;

/// Gives each site what the notes say of its line; nothing where they do not cover its file.
pub(in crate::review) fn explain(index: &NotesIndex<'_>, memory: &mut [MemorySite]) {
    for site in memory {
        site.compiler = notes_of(index, site);
    }
}

fn notes_of(index: &NotesIndex<'_>, site: &MemorySite) -> Option<SiteNotes> {
    let package = package_of(&site.function).unwrap_or_default();
    let notes = index.file(&package, &site.file)?.line(site.line);
    let on_heap = notes.iter().filter(|n| n.kind.allocates() && !only_panics(n));
    let mut reasons: Vec<String> = on_heap.filter_map(|n| why_on_heap(n)).collect();
    let more = reasons.len().saturating_sub(MOST_REASONS) as u64;
    reasons.truncate(MOST_REASONS);
    // Where the allocation is in code that the line calls, that line's own notes do not explain it.
    let verdict = match (site.through == site.function, reasons.is_empty()) {
        (false, _) => SiteVerdict::Callee,
        (true, false) => SiteVerdict::Heap,
        (true, true) => SiteVerdict::Grows,
    };
    Some(SiteNotes {
        verdict,
        reasons,
        more,
    })
}

/// What the notes say of a site, as a sentence without a full stop.
pub(crate) fn sentence(notes: &SiteNotes, through: &str) -> String {
    let mut reasons = notes.reasons.join("; ");
    if notes.more > 0 {
        reasons.push_str(&format!("; and {} more on this line", notes.more));
    }
    match notes.verdict {
        SiteVerdict::Heap => reasons,
        SiteVerdict::Grows => "nothing on this line is noted to escape, so the stack is no way out: what is allocated here \
                               is made at run time, as by joining strings, append, or a map that grows; a size given at \
                               the start (`make` with its capacity, `strings.Builder.Grow`) avoids most of that"
            .to_string(),
        SiteVerdict::Callee if reasons.is_empty() => format!(
            "nothing on this line is noted to escape: the objects are made in what it calls, most bytes in `{through}`; \
             call it less often, or keep what it returns"
        ),
        SiteVerdict::Callee => format!("most bytes are made in `{through}`, which this line calls; on the line itself {reasons}"),
    }
}

/// Says in the evidence of each finding on an allocation site why the compiler puts it there.
pub(in crate::review) fn annotate(issues: &mut Issues, memory: &[MemorySite]) {
    let Issues {
        critical,
        high,
        medium,
        low,
    } = issues;
    let lists = [critical, high, medium, low].into_iter().flatten();
    for issue in lists.filter(|issue| issue.rule == "alloc-churn") {
        let is_site =
            |s: &&MemorySite| s.function == issue.function && s.file == issue.file && s.line == issue.line;
        let site = memory.iter().find(is_site);
        if let Some((notes, through)) = site.and_then(|s| Some((s.compiler.as_ref()?, &s.through))) {
            issue
                .evidence
                .push_str(&format!("; compiler notes: {}", sentence(notes, through)));
        }
    }
}
