//! The audit for machines: JSON, SARIF 2.1.0, annotations of GitHub, rdjson.

use serde_json::{Value, json};

use crate::audit::{Rule, Severity};
use crate::error::printable;
use crate::review::Review;
use crate::review::audit::{JoinedAudit, JoinedHit, impact};

use super::audit::severity_name;

/// Most results of a SARIF log; services refuse more.
pub const MOST_RESULTS: usize = 5000;

/// One object with everything; `root` is the folder as given, the score is that of the review of these hits.
pub fn audit_json(audit: &JoinedAudit, root: &str, review: Option<&Review>) -> Value {
    let score = review.and_then(|r| r.performance_score.split('/').next()?.parse::<u64>().ok());
    let count = |s| audit.count(s);
    let warning = |w: &crate::error::Warning| json!({"code": w.code, "message": w.message, "place": w.place});
    json!({
        "schema_version": 1,
        "tool": tool(),
        "root": root,
        "module": audit.module,
        "go": audit.go.to_string(),
        "profiles": audit.profiles,
        "files": {"audited": audit.audited, "skipped": audit.skipped},
        "counts": {
            "critical": count(Severity::Critical),
            "high": count(Severity::High),
            "medium": count(Severity::Medium),
            "low": count(Severity::Low),
            "suppressed": audit.suppressed(),
        },
        "baseline": {"known": audit.known, "gone": audit.gone},
        "score": score,
        "hits": audit.hits.iter().map(hit_json).collect::<Vec<_>>(),
        "warnings": audit.warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

fn tool() -> Value {
    json!({"name": "perfplan", "version": env!("CARGO_PKG_VERSION")})
}

fn hit_json(joined: &JoinedHit) -> Value {
    let hit = &joined.hit;
    json!({
        "rule": hit.rule,
        "severity": joined.severity,
        "file": hit.file,
        "line": hit.line,
        "column": hit.column,
        "end_line": hit.end_line,
        "end_column": hit.end_column,
        "function": hit.function,
        "message": message(joined),
        "class": joined.rule.class,
        "items": joined.rule.items,
        "heat": joined.heat,
        "confidence": hit.confidence,
        "tags": joined.tags,
        "fingerprint": hit.fingerprint,
        "suppressed": hit.suppression.is_some(),
        "suppression": hit.suppression,
        "fix": hit.fix,
        "snippet": hit.snippet,
    })
}

/// What is wrong, with what was measured there.
pub fn message(joined: &JoinedHit) -> String {
    let is_measured = joined.heat.as_ref().is_some_and(|h| {
        [h.cpu, h.alloc, h.inuse, h.mutex, h.block, h.goroutines, h.leaked]
            .iter()
            .flatten()
            .any(|m| m.value > 0)
    });
    match is_measured {
        true => format!("{}: {}", joined.hit.message, impact(joined)),
        false => joined.hit.message.clone(),
    }
}

/// A SARIF 2.1.0 log of at most 5000 results, the most severe first.
pub fn audit_sarif(audit: &JoinedAudit) -> Value {
    let mut rules: Vec<&Rule> = audit.hits.iter().map(|h| h.rule).collect();
    rules.sort_by_key(|r| r.id);
    rules.dedup_by_key(|r| r.id);
    let result = |joined: &JoinedHit| {
        let index = rules.iter().position(|r| r.id == joined.rule.id);
        sarif_result(joined, index)
    };
    let results: Vec<Value> = audit.hits.iter().take(MOST_RESULTS).map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "perfplan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|r| sarif_rule(r)).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "results": results,
            "properties": {"leftOut": audit.hits.len().saturating_sub(MOST_RESULTS)},
        }],
    })
}

fn sarif_rule(rule: &Rule) -> Value {
    let help = format!(
        "Before:\n{}\n\nAfter:\n{}",
        rule.before_text().trim(),
        rule.after.trim()
    );
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": help},
        "properties": {"items": rule.items, "tier": rule.tier, "class": rule.class},
    })
}

fn sarif_result(joined: &JoinedHit, index: Option<usize>) -> Value {
    let hit = &joined.hit;
    let fix = hit
        .fix
        .as_ref()
        .map_or_else(String::new, |f| format!("; instead: {f}"));
    // Columns of SARIF count UTF-16 units, and the end is the one after the last.
    let start = utf16_column(&hit.snippet, hit.column.saturating_sub(1) as usize);
    let end = match hit.end_line == hit.line {
        true => utf16_column(&hit.snippet, hit.end_column as usize),
        false => u64::from(hit.end_column) + 1,
    };
    let mut result = json!({
        "ruleId": hit.rule,
        "ruleIndex": index,
        "level": level(joined.severity),
        "message": {"text": format!("{}{fix}", message(joined))},
        "rank": 100.0 * joined.weight.clamp(0.0, 1.0),
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&hit.file), "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": hit.line, "startColumn": start, "endLine": hit.end_line, "endColumn": end},
            },
        }],
        "partialFingerprints": {"perfplanHit/v1": hit.fingerprint},
        "properties": {"severity": joined.severity, "confidence": hit.confidence, "heat": joined.heat},
    });
    if let Some(function) = &hit.function {
        result["locations"][0]["logicalLocations"] = json!([{"fullyQualifiedName": function}]);
    }
    if let Some(directive) = &hit.suppression {
        result["suppressions"] = json!([{"kind": "inSource", "justification": directive}]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The column, from 1, of a byte of a line in UTF-16 units.
fn utf16_column(line: &str, byte: usize) -> u64 {
    let before = line.get(..byte).unwrap_or(line);
    before.encode_utf16().count() as u64 + 1
}

/// A relative path as a URI: what is no plain character is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// One workflow command for each open hit: `::error file=…,line=…::`.
pub fn audit_github(audit: &JoinedAudit) -> String {
    let escape = |text: &str| printable(text.as_bytes()).replace('%', "%25");
    let line = |joined: &JoinedHit| {
        let hit = &joined.hit;
        let command = match joined.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low => "notice",
        };
        let file = escape(&hit.file).replace(',', "%2C").replace(':', "%3A");
        format!(
            "::{command} file={file},line={},endLine={},title={} ({})::{}\n",
            hit.line,
            hit.end_line,
            hit.rule,
            severity_name(joined.severity),
            escape(&message(joined))
        )
    };
    audit.open().map(line).collect()
}

/// The form that reviewdog reads.
pub fn audit_rdjson(audit: &JoinedAudit) -> Value {
    let diagnostic = |joined: &JoinedHit| {
        let hit = &joined.hit;
        let severity = match joined.severity {
            Severity::Critical | Severity::High => "ERROR",
            Severity::Medium => "WARNING",
            Severity::Low => "INFO",
        };
        json!({
            "message": message(joined),
            "location": {"path": hit.file, "range": {
                "start": {"line": hit.line, "column": hit.column},
                "end": {"line": hit.end_line, "column": hit.end_column + 1},
            }},
            "severity": severity,
            "code": {"value": hit.rule},
        })
    };
    json!({
        "source": {"name": "perfplan"},
        "diagnostics": audit.open().map(diagnostic).collect::<Vec<_>>(),
    })
}

/// The fingerprints of an audit as a baseline file.
pub fn baseline_json(audit: &JoinedAudit) -> Value {
    let mut known: Vec<&str> = audit.open().map(|h| h.hit.fingerprint.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    json!({"schema_version": 1, "tool": tool(), "known": known})
}

/// The fingerprints that a baseline file holds: one of [`baseline_json`], or the JSON of an audit. None for other texts.
pub fn read_baseline(text: &str) -> Option<Vec<String>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let known = value.get("known").or_else(|| value.get("hits"))?.as_array()?;
    let print = |v: &Value| {
        let text = v.as_str().or_else(|| v.get("fingerprint")?.as_str());
        text.map(str::to_string)
    };
    known.iter().map(print).collect()
}
