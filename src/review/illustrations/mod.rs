//! What better code may look like: illustrations, never patches.
//!
//! Where the line that was measured has a form whose better twin is known, that is written with the names of the line
//! ([`lines`]); else the example of the symptom stands ([`examples`]). A finding for which neither says anything honest,
//! such as a goroutine that hangs, has none.

mod examples;
mod lines;

use super::{Context, Issue, Issues};

/// Gives each finding without one its illustration.
pub(super) fn fill(context: &Context<'_>, issues: &mut Issues) {
    let lists = [
        &mut issues.critical,
        &mut issues.high,
        &mut issues.medium,
        &mut issues.low,
    ];
    for issue in lists.into_iter().flatten() {
        if issue.optimized_code.is_empty()
            && let Some(code) = illustration(context, issue)
        {
            issue.optimized_code = code;
        }
    }
}

fn illustration(context: &Context<'_>, issue: &Issue) -> Option<String> {
    // What hangs or grows is not mended by the line at which it does.
    if issue.rule.starts_with("goroutine-") || issue.rule == "heap-growth" {
        return None;
    }
    let before = || before(context, issue);
    let of_line = lines::rewritten(issue.current_code.trim(), &issue.rule, before);
    let example = || examples::of(&issue.rule).map(|code| format!("// an example with other names:\n{code}"));
    of_line
        .or_else(example)
        .map(|code| format!("{}\n", code.trim_end()))
}

/// The lines above that of a finding up to the function's head, nearest first; none without source.
fn before(context: &Context<'_>, issue: &Issue) -> Vec<String> {
    const MOST: usize = 60;
    let text = context.evidence.sources.text(&issue.file).unwrap_or_default();
    let Some(above) = usize::try_from(issue.line).ok().and_then(|n| n.checked_sub(1)) else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().take(above).collect();
    let nearest = lines.iter().rev().take(MOST);
    let inside = nearest.take_while(|l| !l.starts_with("func ") && !l.starts_with('}'));
    inside.map(|l| (*l).to_string()).collect()
}
