//! The plain listing of an audit: each hit with its place, its message, and the line with a mark below.

use std::fmt::Write as _;

use crate::audit::{Hit, Severity};
use crate::error::printable;
use crate::review::audit::{JoinedAudit, JoinedHit};

use super::audit_forms::message;

/// A tab in the excerpt, so that the mark stands below its place.
const TAB: &str = "    ";

/// The open hits of an audit as text; with `all` the suppressed ones and the skipped files too.
pub fn audit_text(audit: &JoinedAudit, all: bool) -> String {
    let shown = audit.hits.iter().filter(|h| all || h.hit.suppression.is_none());
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

fn hit_text(joined: &JoinedHit) -> String {
    let hit = &joined.hit;
    let mut text = format!(
        "{}:{}:{}: {}: {}: {}",
        shown_name(&hit.file),
        hit.line,
        hit.column,
        severity_name(joined.severity),
        hit.rule,
        shown_name(&message(joined))
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

fn summary(audit: &JoinedAudit) -> String {
    let severities = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let counts = severities.map(|s| format!("{} {}", audit.count(s), severity_name(s)));
    let suppressed = audit.suppressed();
    let heat = match (audit.profiles.is_empty(), audit.hits.is_empty()) {
        (true, false) => {
            "nothing was measured: `--profile` joins the hits with profiles and ranks them by heat\n"
        }
        _ => "",
    };
    let known = match (audit.known, audit.gone) {
        (0, 0) => String::new(),
        (known, gone) => format!("; {known} known, {gone} of the known are gone"),
    };
    format!(
        "{heat}{} in {} files, {} skipped; {suppressed} suppressed{known}\n",
        counts.join(", "),
        audit.audited,
        audit.skipped.len()
    )
}

pub(super) fn severity_name(severity: Severity) -> &'static str {
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
    use crate::review::audit::{AuditLimits, join};

    #[test]
    fn a_hit_is_shown_with_its_line() {
        let text = "package p\n\nfunc f(xs []string) (s string) {\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn\n}\n";
        let file = SourceText {
            path: "a.go".into(),
            text: text.into(),
        };
        let shown = audit_text(
            &join(
                &audit(vec![file], &Options::default()),
                &[],
                &AuditLimits::DEFAULT,
            ),
            false,
        );
        let expect = "a.go:5:3: medium: concat-loop: s is copied and grows by concatenation on every turn of this loop\n    \
                      5 |         s += x\n      |         ^^^^^^\n      \
                      = instead: write to a strings.Builder, grown first where the length can be told\n\n\
                      nothing was measured: `--profile` joins the hits with profiles and ranks them by heat\n\
                      0 critical, 0 high, 1 medium, 0 low in 1 files, 0 skipped; 0 suppressed\n";
        assert_eq!(shown, expect);
    }
}
