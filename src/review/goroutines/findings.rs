//! Findings of leaking goroutines, in words that the stored review holds.

use super::Goroutines;
use super::leaks::{Basis, Leak, Leaks};
use crate::analyze::{CodePlace, Node};
use crate::error::counted;
use crate::review::lines::SourceLines;
use crate::review::{Advice, Confidence, Effort, Interval, Issue, Issues, Resource, Share};

/// From so many goroutines on that wait on nothing the finding is critical.
const CRITICAL_NEVER: u64 = 2;

/// Adds a finding for each leak. A measured leak is critical, and growth over three moments or more; growth
/// between two may be the load's, so it is high.
pub(in crate::review) fn issues(leaks: &Leaks, source: &SourceLines<'_>, issues: &mut Issues) {
    for leak in &leaks.named {
        let list = match leak.basis {
            Basis::Measured => &mut issues.critical,
            Basis::Never if leak.group.count >= CRITICAL_NEVER => &mut issues.critical,
            Basis::Never => &mut issues.medium,
            Basis::Grows { moments } if moments > 2 => &mut issues.critical,
            Basis::Grows { .. } | Basis::Stuck => &mut issues.high,
        };
        list.push(issue(leak, source));
    }
}

fn issue(leak: &Leak, source: &SourceLines<'_>) -> Issue {
    let place = &leak.group.place;
    let text = source.text(&node(place));
    Issue {
        issue: title(leak),
        file: place.file.clone(),
        line: place.line,
        impact: impact(leak),
        current_code: if text.is_empty() {
            text
        } else {
            format!("{text}\n")
        },
        optimized_code: String::new(),
        rule: rule(leak.basis).to_string(),
        function: place.function.clone(),
        confidence: confidence(leak.basis),
        heat: heat(leak),
        evidence: evidence(leak),
        expected_gain: gain(leak),
        refuted_by: refuted_by(leak.basis).to_string(),
        advice: Some(to_do(leak)),
    }
}

/// What to do about them, how much work that is, and how to see that it helped.
fn to_do(leak: &Leak) -> Advice {
    let remedy = advice(&leak.group.state).map(|(_, remedy)| remedy);
    let what = remedy.unwrap_or(
        "give the goroutine a way to end: a context that its owner cancels, or a channel that is closed",
    );
    let mut letters = what.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let what = first + letters.as_str();
    Advice {
        what,
        effort: Effort::S,
        target: "none of them left a minute after the load ends".to_string(),
        unless: "they are a fixed set of workers that wait by design".to_string(),
        trade_off: crate::review::risks::trade_off("goroutine-"),
        verify: "curl -o leaks.pb.gz http://HOST/debug/pprof/goroutineleak && perfplan analyze leaks.pb.gz"
            .to_string(),
        calls: Vec::new(),
        saving: Interval { low: 0.0, high: 0.0 },
        source: "Go's documentation of the goroutineleak profile, and of package context".to_string(),
        choice: None,
    }
}

fn node(place: &CodePlace) -> Node {
    Node {
        function: place.function.clone().into_bytes(),
        file: place.file.clone().into_bytes(),
        line: place.line,
        ..Node::default()
    }
}

fn rule(basis: Basis) -> &'static str {
    match basis {
        Basis::Measured => "goroutine-leak",
        Basis::Grows { .. } => "goroutine-growth",
        Basis::Never | Basis::Stuck => "goroutine-stuck",
    }
}

fn confidence(basis: Basis) -> Confidence {
    match basis {
        Basis::Measured | Basis::Never => Confidence::High,
        Basis::Grows { moments } if moments > 2 => Confidence::Medium,
        Basis::Grows { .. } | Basis::Stuck => Confidence::Low,
    }
}

/// How many, in which state, started where.
fn title(leak: &Leak) -> String {
    let group = &leak.group;
    let (what, how) = match leak.basis {
        Basis::Measured if group.leaked < group.count => (
            counted(group.count, "goroutine"),
            format!(", {} of them leaked", group.leaked),
        ),
        Basis::Measured => (counted(group.leaked, "leaked goroutine"), String::new()),
        Basis::Never => (
            counted(group.count, "goroutine"),
            ", which can never go on".to_string(),
        ),
        Basis::Grows { .. } => (
            counted(group.count, "goroutine"),
            format!(", growing {}", steps(&leak.counts)),
        ),
        Basis::Stuck => (counted(group.count, "goroutine"), ", maybe stuck".to_string()),
    };
    let state = match group.state.as_str() {
        "" => String::new(),
        state => format!(" in {state}"),
    };
    format!("{what}{state}{how}, {}", started(leak))
}

/// `0→8→16`.
fn steps(counts: &[u64]) -> String {
    let steps: Vec<_> = counts.iter().map(u64::to_string).collect();
    steps.join("→")
}

/// The `go` statement, or what is known instead of it.
fn started(leak: &Leak) -> String {
    let group = &leak.group;
    match &group.creator {
        Some(creator) => format!("started by {}", place_text(creator)),
        None if group.entry.function.is_empty() => "of an unknown first function".to_string(),
        None => format!("first function {}", group.entry.function),
    }
}

fn place_text(place: &CodePlace) -> String {
    match (place.file.as_str(), place.line) {
        ("", _) => place.function.clone(),
        (file, line) => format!("{} at {file}:{line}", place.function),
    }
}

fn impact(leak: &Leak) -> String {
    let kept = match leak.basis {
        Basis::Measured | Basis::Never => {
            "each keeps its stack and all that it refers to until the process ends"
        }
        Basis::Grows { .. } | Basis::Stuck => "each keeps its stack and all that it refers to while it waits",
    };
    let grown = match leak.basis {
        Basis::Measured if leak.counts.len() > 1 => format!("; at the moments given {}", steps(&leak.counts)),
        _ => String::new(),
    };
    let labels: Vec<_> = leak
        .group
        .labels
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    let carry = if labels.is_empty() {
        String::new()
    } else {
        format!("; labels of all of them: {}", labels.join(", "))
    };
    format!("{kept}{grown}{carry}")
}

fn heat(leak: &Leak) -> Share {
    let resource = if leak.of_leaked {
        Resource::LeakedGoroutines
    } else {
        Resource::Goroutines
    };
    Share {
        resource,
        share: part(count(leak), leak.of),
        low: None,
        high: None,
    }
}

fn count(leak: &Leak) -> u64 {
    match leak.basis {
        Basis::Measured => leak.group.leaked,
        _ => leak.group.count,
    }
}

fn part(count: u64, of: u64) -> f64 {
    (count as f64 / of.max(1) as f64).min(1.0)
}

/// At least those that never go on, or what was added over three moments or more; at most the whole group. What two
/// moments or a long wait show may be nothing.
fn gain(leak: &Leak) -> Interval {
    let all = part(leak.group.count.max(count(leak)), leak.of);
    let low = match leak.basis {
        Basis::Measured | Basis::Never => part(count(leak), leak.of),
        Basis::Grows { moments } if moments > 2 => {
            let first = leak.counts.first().copied().unwrap_or_default();
            part(count(leak).saturating_sub(first), leak.of)
        }
        Basis::Grows { .. } | Basis::Stuck => 0.0,
    };
    Interval { low, high: all }
}

fn evidence(leak: &Leak) -> String {
    let inputs = leak.inputs.join(", ");
    match leak.basis {
        Basis::Measured => format!("{inputs}: the collector found nothing that could wake them"),
        Basis::Never => format!("{inputs}: they wait for a channel that does not exist"),
        Basis::Grows { .. } => format!("{inputs}: more at each moment, by more than chance explains"),
        Basis::Stuck => format!("{inputs}: so many wait there, or for so long"),
    }
}

fn refuted_by(basis: Basis) -> &'static str {
    match basis {
        Basis::Measured => "a goroutineleak profile after the same load has none at this line",
        Basis::Never => "the line never runs in the program as it is deployed",
        Basis::Grows { .. } => "their number falls to that of the first moment once the load has gone",
        Basis::Stuck => "a second dump does not show the same goroutines there",
    }
}

/// Why the verdict of a group says so, and what may end its goroutines.
pub(super) fn because(leak: &Leak) -> String {
    let why = match leak.basis {
        Basis::Measured => "The collector found nothing that could wake them.",
        Basis::Never => "They wait for a channel that does not exist, so they can never go on.",
        Basis::Grows { moments } if moments > 2 => "There are more of them at each moment.",
        Basis::Grows { .. } => "There are more of them at the second moment; load alone may do that.",
        Basis::Stuck => "Such a wait should be short.",
    };
    match advice(&leak.group.state) {
        Some((cause, remedy)) => format!("{why} To look for: {cause}. Remedy: {remedy}."),
        None => why.to_string(),
    }
}

/// The usual cause of a wait of this kind that does not end, and what ends it.
fn advice(state: &str) -> Option<(&'static str, &'static str)> {
    Some(match state {
        "chan send" => (
            "a receiver that has left",
            "give the channel room for what is sent after that, or select on the caller's Done beside the send",
        ),
        "chan receive" => (
            "a sender that has ended without closing the channel, or a ticker that nobody stops",
            "close the channel when its sender ends, or select on a Done beside the receive",
        ),
        "select" => (
            "a context that nobody cancels, or a channel that nobody closes",
            "cancel the context on every path (defer its cancel), or close the channel",
        ),
        "IO wait" => (
            "a connection or a body that is not closed, or a silent other side",
            "set a deadline, and close both when done",
        ),
        "sleep" => (
            "a loop that polls and that nothing ends",
            "wait for a timer and for the Done that ends the loop in one select",
        ),
        "sync.WaitGroup.Wait" => (
            "a Done that is missing on some path",
            "defer it as the first statement of the goroutine",
        ),
        "sync.Cond.Wait" => (
            "a Signal or Broadcast that is missing on some path",
            "signal wherever the condition changes",
        ),
        s if s.starts_with("sync.Mutex.") || s.starts_with("sync.RWMutex.") || s == "semacquire" => (
            "who holds the lock and does not release it",
            "defer the Unlock beside the Lock, and do not block while it is held",
        ),
        _ => return None,
    })
}

impl Goroutines {
    /// The command for the first thing that is missing, empty where nothing is.
    pub(in crate::review) fn command(&self) -> String {
        let mut commands = self.missing.iter().map(|m| &m.command);
        commands.find(|c| !c.is_empty()).cloned().unwrap_or_default()
    }
}
