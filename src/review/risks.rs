//! What can go wrong: with each piece of advice, and with the data.

use serde::{Deserialize, Serialize};

use super::{BenchmarkFacts, Context, Issue, Issues, Priority};
use crate::error::counted;

/// Spread between runs from which benchmarks are called noisy here.
const NOISY: f64 = 0.05;
/// Samples of a CPU profile below which small shares are a matter of luck.
const FEW: f64 = 500.0;

/// What can go wrong, how to keep it from happening, how likely and how bad it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// What it is a risk of: `json.any at feed.go:154 and 2 more places`, `the data`.
    pub of: String,
    /// What can go wrong.
    pub what: String,
    /// What keeps it from happening, or shows it.
    pub mitigation: String,
    /// How likely it is.
    pub probability: Priority,
    /// How bad it would be.
    pub impact: Priority,
}

/// A kind of advice by the beginnings of its rules, and its risk.
struct Known {
    rules: &'static [&'static str],
    what: &'static str,
    mitigation: &'static str,
    probability: Priority,
    impact: Priority,
}

use Priority::{High, Low, Medium};

const KNOWN: [Known; 20] = [
    known(
        &["alloc", "pool", "compress", "mem.clear", "readall"],
        "a buffer that is pooled or kept is still read after it was handed back: data of one caller appear at another",
        "go test -race, and pool only what does not leave the function",
        Medium,
        High,
    ),
    known(
        &["json", "xml", "gob", "binary.reflect", "reflect", "sort.reflect"],
        "typed code drops fields that the untyped one passed on, or writes numbers and order of fields in another way",
        "a test that compares the bytes of recorded messages before and after",
        Medium,
        Medium,
    ),
    known(
        &["regexp.compile"],
        "a pattern that is compiled at the start of the process stops it there when it is wrong",
        "go test of the package, which compiles it",
        Low,
        Low,
    ),
    known(
        &["regexp.match", "strings", "strconv"],
        "string functions accept other inputs than the code before: empty ones, Unicode, repeated separators",
        "a table of matching and not matching inputs, and a fuzz test against the old code",
        Medium,
        Medium,
    ),
    known(
        &["slice.grow", "map.grow", "string.concat"],
        "a capacity from a number that a client sends lets him ask for any amount of memory",
        "take it from len() of what is at hand, and bound it",
        Low,
        Medium,
    ),
    known(
        &["string.from_bytes", "bytes.from_string", "runes.conv"],
        "bytes that are shared as a string are written to later, and the string changes",
        "the twin functions of strings and bytes instead of unsafe; go test -race",
        Low,
        High,
    ),
    known(
        &["map."],
        "another structure iterates in another order, or keeps entries that the map forgot",
        "a property test of both structures side by side",
        Low,
        Medium,
    ),
    known(
        &["iface."],
        "concrete types spread through signatures, and callers outside of the module break",
        "go vet ./... and the module's API check; keep the old function as a wrapper",
        Low,
        Low,
    ),
    known(
        &["fmt", "time.format"],
        "the text differs in padding, rounding or sign",
        "a test of exact texts with zero, negative and large values",
        Medium,
        Low,
    ),
    known(
        &["lock.", "sema", "syncmap", "cond", "waitgroup"],
        "a shorter section reads what another goroutine changes before it is used, and two shards are locked in two orders",
        "go test -race with a stress test; write down the order of locks",
        Medium,
        High,
    ),
    known(
        &["chan.", "goroutine.spawn", "sched"],
        "fewer goroutines or larger buffers hide that a consumer is too slow, or wait for each other",
        "bound the queue and count what is dropped; run with -race and a slow consumer",
        Medium,
        Medium,
    ),
    known(
        &["gc"],
        "a higher GOGC needs more memory, and the process is killed at its limit",
        "GOMEMLIMIT at 90 to 95 % of the limit, and a look at the peak of RSS under full load",
        Medium,
        High,
    ),
    known(
        &["goroutine-"],
        "a goroutine that is made to end drops the work it held",
        "a test that says what happens to it: finished, returned, or counted as lost",
        Medium,
        Medium,
    ),
    known(
        &["defer", "panic"],
        "an early return or a panic leaves a lock held or a file open",
        "one exit for each function, and a test of the failing path",
        Low,
        High,
    ),
    known(
        &["time.now", "timer", "context"],
        "a coarse or kept clock orders two events wrongly, a kept timer fires late",
        "use it for statistics and timeouts only, not for order",
        Low,
        Medium,
    ),
    known(
        &["log", "caller"],
        "the line that explains the next incident is not logged",
        "sample by key, keep errors, and test that an error is logged",
        Medium,
        Medium,
    ),
    known(
        &["syscall", "cgo", "finalizer", "threads"],
        "what is buffered is lost when the process ends without a flush",
        "check the error of Flush and Close, also on shutdown",
        Medium,
        Medium,
    ),
    known(
        &["db", "net.", "tls", "crypto", "rand.seed"],
        "connections that are kept longer meet limits of the other side, or outlive a rotated certificate",
        "MaxIdle and lifetime from the limits of the server; watch its count of connections",
        Low,
        Medium,
    ),
    known(
        &["held.", "heap-", "live-heap-growth"],
        "an entry that is let go was still needed, and is fetched or computed again",
        "count hits and misses before and after",
        Medium,
        Medium,
    ),
    known(
        &["user", "sort", "mem.", "superlinear", "stack.grow"],
        "a new algorithm differs from the old one at the edges",
        "keep the old one in a test, and fuzz both against each other",
        Medium,
        Medium,
    ),
];

const fn known(
    rules: &'static [&'static str],
    what: &'static str,
    mitigation: &'static str,
    probability: Priority,
    impact: Priority,
) -> Known {
    Known {
        rules,
        what,
        mitigation,
        probability,
        impact,
    }
}

/// The risks of the advice in the order of the findings, each told once, then those of the data.
pub(super) fn risks(context: &Context<'_>, issues: &Issues, benchmarks: &[BenchmarkFacts]) -> Vec<Risk> {
    let mut of_kind: Vec<(usize, Vec<&Issue>)> = Vec::new();
    for issue in issues.all() {
        let Some(kind) = kind(&issue.rule) else { continue };
        match of_kind.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, found)) => found.push(issue),
            None => of_kind.push((kind, vec![issue])),
        }
    }
    let advice = of_kind.iter().map(|(kind, found)| risk(&KNOWN[*kind], found));
    advice.chain(of_data(context, benchmarks)).collect()
}

/// What can go wrong with the advice of a rule; empty where nothing is known.
pub(super) fn trade_off(rule: &str) -> String {
    kind(rule).map_or_else(String::new, |at| KNOWN[at].what.to_string())
}

/// The most exact beginning of the rule wins: `mem.clear` before `mem.`.
fn kind(rule: &str) -> Option<usize> {
    let fits = |known: &Known| {
        let beginnings = known.rules.iter().filter(|r| rule.starts_with(**r));
        beginnings.map(|r| r.len()).max().unwrap_or(0)
    };
    let best = (0..KNOWN.len()).max_by_key(|at| (fits(&KNOWN[*at]), std::cmp::Reverse(*at)))?;
    (fits(&KNOWN[best]) > 0).then_some(best)
}

fn risk(known: &Known, found: &[&Issue]) -> Risk {
    let first = found[0];
    let place = match first.file.rsplit('/').next() {
        Some(file) if !file.is_empty() => format!(" at {file}:{}", first.line),
        _ => String::new(),
    };
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" and {}", counted(more as u64, "other finding")),
    };
    Risk {
        of: format!("{}{place}{more}", first.rule),
        what: known.what.to_string(),
        mitigation: known.mitigation.to_string(),
        probability: known.probability,
        impact: known.impact,
    }
}

/// What may be wrong with the numbers themselves.
fn of_data(context: &Context<'_>, benchmarks: &[BenchmarkFacts]) -> Vec<Risk> {
    let mut risks = Vec::new();
    let data = |what: String, mitigation: &str, probability, impact| Risk {
        of: "the data".to_string(),
        what,
        mitigation: mitigation.to_string(),
        probability,
        impact,
    };
    let noisy = benchmarks
        .iter()
        .filter(|b| b.log_sd.is_some_and(|sd| sd > NOISY))
        .count();
    if noisy > 0 {
        risks.push(data(
            format!(
                "the times of {} of {} spread by more than 5 % between runs, so a small gain or loss goes unseen",
                noisy,
                counted(benchmarks.len() as u64, "benchmark")
            ),
            "a quiet machine, old and new measured in turn, and the -count of the benchmark plan",
            High,
            Medium,
        ));
    }
    let with_profiles = !context.evidence.profiles.is_empty();
    if with_profiles && !benchmarks.is_empty() {
        risks.push(data(
            "shares of benchmarks are those of their inputs, production has others".to_string(),
            "curl -o prod.pb.gz 'http://HOST/debug/pprof/profile?seconds=30' and perfplan analyze prod.pb.gz",
            Medium,
            Medium,
        ));
    }
    for input in context.evidence.profiles {
        let few = super::resource::columns(&input.profile)
            .first()
            .and_then(super::resource::Column::count);
        if let (crate::profile::Kind::Cpu, Some(count)) = (input.profile.kind(), few.filter(|c| *c < FEW)) {
            risks.push(data(
                format!(
                    "{}: {count:.0} samples: a share of 2 % may as well be 1 % or 4 %",
                    input.name
                ),
                "a longer profile: -benchtime=5s, or seconds=60",
                Medium,
                Medium,
            ));
        }
    }
    risks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{catalogue, held};

    #[test]
    fn every_rule_has_a_risk_of_its_own_kind() {
        for symptom in catalogue().chain(held()) {
            assert!(kind(symptom.id).is_some(), "{}", symptom.id);
        }
        let what = |rule: &str| kind(rule).map(|at| KNOWN[at].rules[0]);
        assert_eq!(what("mem.clear"), Some("alloc"));
        assert_eq!(what("mem.copy"), Some("user"));
        assert_eq!(what("gc.forced"), Some("gc"));
        assert_eq!(what("goroutine.spawn"), Some("chan."));
        assert_eq!(what("goroutine-leak"), Some("goroutine-"));
        assert_eq!(what("nothing"), None);
    }
}
