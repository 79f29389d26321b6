//! Threads of the operating system: of a threadcreate profile only the total says something.

use serde::{Deserialize, Serialize};

use super::processors::processors;
use super::{Confidence, Context, Interval, Issue, Issues, Resource, Share};
use crate::profile::Kind;

/// Threads for each processor above which something blocks them.
const MANY: u64 = 10;
const RULE: &str = "thread-growth";

/// The threads of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreadFacts {
    /// The input.
    pub file: String,
    /// Threads that were started since the start of the process; those that ended are in it.
    pub threads: u64,
    /// GOMAXPROCS; none where no input tells it.
    pub processors: Option<u64>,
    /// Which input tells it; empty where none does.
    pub processors_from: String,
    /// Threads from which they are many; none where GOMAXPROCS is not known.
    pub limit: Option<u64>,
    /// Whether there are more than that.
    pub many: bool,
}

/// The facts of the threadcreate profile, if there is one.
pub(super) fn facts(context: &Context<'_>) -> Option<ThreadFacts> {
    let is_meant = |p: &&super::ProfileInput| p.profile.kind() == Kind::Threadcreate;
    let input = context.evidence.profiles.iter().find(is_meant)?;
    let index = input.profile.type_named("threadcreate")?;
    let threads = input.profile.total(index).unsigned_abs();
    let known = processors(context);
    let limit = known.as_ref().map(|p| p.count.saturating_mul(MANY));
    Some(ThreadFacts {
        file: input.name.clone(),
        threads,
        processors: known.as_ref().map(|p| p.count),
        processors_from: known.map_or_else(String::new, |p| p.from),
        limit,
        many: limit.is_some_and(|limit| threads > limit),
    })
}

/// Adds a finding where there are many.
pub(super) fn issues(facts: Option<&ThreadFacts>, issues: &mut Issues) {
    let Some(facts) = facts.filter(|f| f.many) else {
        return;
    };
    let processors = facts.processors.unwrap_or_default();
    issues.medium.push(Issue {
        issue: format!("{} threads were started for {processors} processors", facts.threads),
        file: String::new(),
        line: 0,
        impact: "each keeps a stack of the system and is scheduled by it; the runtime starts one more whenever all \
                 others are blocked in system calls or C"
            .to_string(),
        current_code: String::new(),
        optimized_code: String::new(),
        rule: RULE.to_string(),
        function: String::new(),
        confidence: Confidence::Medium,
        heat: Share { resource: Resource::Other, share: 0.0, low: None, high: None },
        evidence: format!(
            "{}: the total of threadcreate, more than {MANY} for each processor ({}); its stacks say nothing",
            facts.file, facts.processors_from
        ),
        expected_gain: Interval { low: 0.0, high: 0.0 },
        refuted_by: "a goroutine dump under load shows few goroutines in syscall, and none locked to a thread".to_string(),
        advice: None,
    });
}

/// What to do about it.
pub(super) fn recommendation(issue: &Issue) -> Option<String> {
    (issue.rule == RULE).then(|| {
        format!(
            "Bound what blocks threads: file access, C calls and runtime.LockOSThread by a semaphore or a few workers \
             ({}); a goroutine dump tells which they are, in state syscall or locked to thread.",
            issue.issue
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};
    use crate::review::{Evidence, Policy, ProfileInput, Review, RuntimeInput, review};
    use crate::runtime_trace::parse;

    fn reviewed(threads: i64, runtime: &str) -> Review {
        let mut b = ProfileBuilder::new(Format::Proto, &[("threadcreate", "count")]);
        b.sample([], &[threads], []);
        let profiles = [ProfileInput {
            name: "t.pb.gz".into(),
            profile: b.finish(),
        }];
        let runtime = [RuntimeInput {
            name: "sched.txt".into(),
            trace: parse(runtime.as_bytes()),
        }];
        let evidence = Evidence {
            profiles: &profiles,
            runtime: &runtime,
            ..Evidence::default()
        };
        review(&evidence, Policy::default())
    }

    const SCHED: &str = "SCHED 58ms: gomaxprocs=4 idleprocs=0 threads=9 spinningthreads=0 needspinning=1 idlethreads=0 \
                         runqueue=2 [ 0 0 0 0 ]\n";

    #[test]
    fn threads_are_many_only_beside_the_number_of_processors() {
        let told = |threads, runtime: &str| {
            let review = reviewed(threads, runtime);
            let is_told = review.issues.medium.iter().any(|i| i.rule == RULE);
            let advised = review
                .optimization_recommendations
                .iter()
                .any(|r| r.contains("semaphore"));
            assert_eq!(is_told, advised);
            let facts = review.threads.unwrap();
            assert_eq!(facts.many, is_told);
            (facts.threads, facts.limit, is_told)
        };
        assert_eq!(told(40, SCHED), (40, Some(40), false));
        assert_eq!(told(41, SCHED), (41, Some(40), true));
        assert_eq!(told(4100, ""), (4100, None, false));
    }
}
