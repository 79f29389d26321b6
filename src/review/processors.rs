//! GOMAXPROCS, which no profile tells: from the runtime's own lines, else from the names of benchmarks.

use super::Context;

/// How many goroutines can run at once, and which input tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Processors {
    pub count: u64,
    pub from: String,
}

/// The number, where the inputs tell one and do not contradict each other; gctrace and schedtrace come first.
pub(super) fn processors(context: &Context<'_>) -> Option<Processors> {
    let of_runtime = context.evidence.runtime.iter().find_map(|input| {
        let collecting = input.trace.collections.last().map(|c| (c.processors, "gctrace"));
        let scheduling = || input.trace.scheduler.last().map(|s| (s.processors, "schedtrace"));
        let (count, what) = collecting.or_else(scheduling)?;
        Some(Processors {
            count,
            from: format!("{what} in {}", input.name),
        })
    });
    of_runtime
        .or_else(|| of_benchmarks(context))
        .filter(|p| p.count > 0)
}

/// The `-N` of all benchmarks. The testing package leaves it out for 1, and others may have cut it, so names without
/// one tell nothing.
fn of_benchmarks(context: &Context<'_>) -> Option<Processors> {
    let results = context.evidence.benchmarks.iter().flat_map(|log| &log.results);
    let mut counts = results.map(|r| suffix(&r.name));
    let first = counts.next()??;
    counts.all(|c| c == Some(first)).then(|| Processors {
        count: first,
        from: format!("the names of the benchmarks, which end in -{first}"),
    })
}

fn suffix(name: &str) -> Option<u64> {
    let (_, digits) = name.rsplit_once('-')?;
    digits.parse().ok()
}
