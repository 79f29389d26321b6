//! The plain listing of an audit: each hit with its place, its message, and the line with a mark below.

use std::fmt::Write as _;

use crate::audit::{Audit, Hit, Severity};
use crate::error::printable;

/// A tab in the excerpt, so that the mark stands below its place.
const TAB: &str = "    ";

/// The open hits of an audit as text; with `all` the suppressed ones and the skipped files too.
pub fn audit_text(audit: &Audit, all: bool) -> String {
    let shown = audit.hits.iter().filter(|h| all || h.suppression.is_none());
    let mut text: String = shown.map(hit_text).collect();
    if all {
        for skipped in &audit.skipped {
            let _ = writeln!(text, "{}: skipped: {}", shown_name(&skipped.file), skipped.reason);
        }
    }
    text + &summary(audit)
}

fn shown_name(name: &str) -> String {
    printable(name.as_bytes())
}

fn hit_text(hit: &Hit) -> String {
    let mut text = format!(
        "{}:{}:{}: {}: {}: {}",
        shown_name(&hit.file),
        hit.line,
        hit.column,
        severity_name(hit.severity),
        hit.rule,
        shown_name(&hit.message)
    );
    if hit.suppression.is_some() {
        text.push_str(" (suppressed)");
    }
    text.push('\n');
    text.push_str(&excerpt(hit));
    if let Some(fix) = &hit.fix {
        let _ = writeln!(text, "      = instead: {}", shown_name(fix));
    }
    text.push('\n');
    text
}

/// The line, and carets below what is meant.
fn excerpt(hit: &Hit) -> String {
    let column = hit.column.saturating_sub(1) as usize;
    let before = hit.snippet.get(..column).unwrap_or_default();
    let end = if hit.end_line == hit.line {
        hit.end_column as usize
    } else {
        hit.snippet.len()
    };
    let meant = hit.snippet.get(column..end).unwrap_or_default();
    let width = |text: &str| shown_name(&text.replace('\t', TAB)).chars().count();
    let line = shown_name(&hit.snippet.replace('\t', TAB));
    let number = hit.line;
    let mark = "^".repeat(width(meant).max(1));
    format!(
        "{number:>5} | {line}\n      | {}{mark}\n",
        " ".repeat(width(before))
    )
}

fn summary(audit: &Audit) -> String {
    let severities = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let counts = severities.map(|s| format!("{} {}", audit.count(s), severity_name(s)));
    let suppressed = audit.hits.len() - audit.open_hits().count();
    format!(
        "{} in {} files, {} skipped; {suppressed} suppressed\n",
        counts.join(", "),
        audit.audited,
        audit.skipped.len()
    )
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Options, SourceText, audit};

    #[test]
    fn a_hit_is_shown_with_its_line() {
        let text = "package p\n\nfunc f(xs []string) (s string) {\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn\n}\n";
        let file = SourceText {
            path: "a.go".into(),
            text: text.into(),
        };
        let shown = audit_text(&audit(vec![file], &Options::default()), false);
        let expect = "a.go:5:3: medium: concat-loop: s is copied and grows by concatenation on every turn of this loop\n    \
                      5 |         s += x\n      |         ^^^^^^\n      \
                      = instead: write to a strings.Builder, grown first where the length can be told\n\n\
                      0 critical, 0 high, 1 medium, 0 low in 1 files, 0 skipped; 0 suppressed\n";
        assert_eq!(shown, expect);
    }
}
