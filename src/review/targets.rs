//! Targets: numbers to be reached, with the arithmetic that leads to them.

use super::budgets::wall_seconds;
use super::estimates::{Estimates, Gain};
use super::resource::columns;
use super::{BenchmarkFacts, Context, Interval, Issues, LineFacts, Resource, Scaling, Target};
use crate::profile::Profile;
use crate::unit::{human, share};

/// For each benchmark below which findings stand: the allocations, bytes and time that are left when the findings save
/// what they save at least; then what no benchmark tells.
pub(super) fn targets(
    context: &Context<'_>,
    estimates: &Estimates<'_>,
    benchmarks: &[BenchmarkFacts],
    issues: &Issues,
) -> Vec<Target> {
    let mut targets = Vec::new();
    for benchmark in benchmarks {
        let objects = estimates.allocations(benchmark, |l: &LineFacts| l.objects);
        let bytes = estimates.allocations(benchmark, |l: &LineFacts| l.bytes);
        targets.extend(objects.and_then(|gain| less(benchmark, "allocs/op", &gain)));
        targets.extend(bytes.and_then(|gain| less(benchmark, "B/op", &gain)));
        let time = estimates.time(benchmark);
        if time.is_none() {
            targets.extend(benchmark.scaling.iter().map(|s| in_proportion(benchmark, s)));
        }
        targets.extend(time.iter().filter_map(|gain| throughput(benchmark, gain)));
        targets.extend(time.and_then(|gain| less(benchmark, "sec/op", &gain)));
    }
    targets.extend(leaks(context, issues));
    targets.extend(delay(context, issues));
    targets.extend(in_use(context, issues));
    targets
}

/// A number that falls.
fn less(benchmark: &BenchmarkFacts, unit: &str, gain: &Gain) -> Option<Target> {
    let now = median(benchmark, unit).filter(|now| *now > 0.0)?;
    let left = |saved: f64| now * (1.0 - saved);
    // Objects and bytes per operation are whole numbers.
    let whole = |value: f64| if unit == "sec/op" { value } else { value.ceil() };
    let goal = whole(left(gain.least));
    let most = left(gain.most);
    let expected = Interval {
        low: if unit == "sec/op" { most } else { most.floor() },
        high: goal,
    };
    let arithmetic = format!(
        "{}; {} × (1 − {:.3})",
        gain.arithmetic,
        amount(now, unit),
        gain.least
    );
    Some(Target {
        likely: Some(whole(left(gain.likely))),
        ..target(benchmark, unit, now, goal, expected, arithmetic)
    })
}

/// What is done in each second rises as the time falls.
fn throughput(benchmark: &BenchmarkFacts, gain: &Gain) -> Option<Target> {
    let is_rate = |unit: &str| unit.ends_with("/s") && unit != "B/s";
    let metric = benchmark
        .metrics
        .iter()
        .find(|m| is_rate(&m.unit) && m.median > 0.0)?;
    let then = |saved: f64| metric.median / (1.0 - saved).max(f64::EPSILON);
    let expected = Interval {
        low: then(gain.least),
        high: then(gain.most),
    };
    let arithmetic = format!(
        "as the time falls by {} at least, see below: {} ÷ (1 − {:.3})",
        share(gain.least),
        amount(metric.median, &metric.unit),
        gain.least
    );
    Some(Target {
        likely: Some(then(gain.likely)),
        check: "old and new code measured in turn on one machine: the new median is at or above the goal"
            .to_string(),
        ..target(
            benchmark,
            &metric.unit,
            metric.median,
            then(gain.least),
            expected,
            arithmetic,
        )
    })
}

/// A cost that grows like the size, where nothing else gives a goal.
fn in_proportion(benchmark: &BenchmarkFacts, scaling: &Scaling) -> Target {
    let goal = scaling.cost_to * scaling.linear();
    let arithmetic = format!(
        "{}={} costs {}; in proportion, {} times that: {}",
        scaling.parameter,
        scaling.from,
        amount(scaling.cost_from, &scaling.unit),
        scaling.to / scaling.from,
        amount(goal, &scaling.unit)
    );
    let expected = Interval {
        low: goal,
        high: scaling.cost_to,
    };
    target(
        benchmark,
        &scaling.unit,
        scaling.cost_to,
        goal,
        expected,
        arithmetic,
    )
}

/// Leaked goroutines: none is the goal.
fn leaks(context: &Context<'_>, issues: &Issues) -> Option<Target> {
    let profiles = context.evidence.profiles.iter();
    let mut of_leaks = profiles.filter(|p| p.profile.kind() == crate::profile::Kind::Goroutineleak);
    let input = of_leaks.find(|p| p.profile.total(p.profile.default_type()) > 0)?;
    let now = input.profile.total(input.profile.default_type()) as f64;
    let is_leak = |r: Resource| matches!(r, Resource::LeakedGoroutines | Resource::Goroutines);
    let places = issues
        .all()
        .filter(|i| i.rule == "goroutine-leak" && is_leak(i.heat.resource))
        .map(|i| format!("{}:{}", i.file, i.line));
    let places: Vec<String> = places.collect();
    Some(Target {
        subject: "goroutineleak".to_string(),
        package: String::new(),
        unit: String::new(),
        now,
        goal: 0.0,
        expected: Some(Interval { low: 0.0, high: 0.0 }),
        likely: None,
        arithmetic: format!(
            "each of them hangs for ever; all end when {} is mended",
            places.join(", ")
        ),
        check: "a goroutineleak profile under the same load has no samples".to_string(),
        met: false,
    })
}

/// Delay by mutexes for each second, where the first finding of a lock is worth one.
fn delay(context: &Context<'_>, issues: &Issues) -> Option<Target> {
    let (profile, total) = total_of(context, Resource::MutexDelay)?;
    let seconds = wall_seconds(context, profile).filter(|s| *s > 0.0)?;
    let severe = issues.critical.iter().chain(&issues.high);
    let lock = severe
        .into_iter()
        .find(|i| i.heat.resource == Resource::MutexDelay)?;
    let now = total as f64 / 1e9 / seconds;
    let arithmetic = format!(
        "{} of it is at {}:{}, of which {} is saved at least: {} × (1 − {:.3})",
        share(lock.heat.share),
        lock.file,
        lock.line,
        share(lock.expected_gain.low / lock.heat.share.max(f64::EPSILON)),
        amount(now, "sec/s"),
        lock.expected_gain.low
    );
    Some(of_total(
        "mutex.delay",
        "sec/s",
        now,
        lock.expected_gain,
        arithmetic,
    ))
}

/// Bytes in use, where the first finding of what is held is worth one.
fn in_use(context: &Context<'_>, issues: &Issues) -> Option<Target> {
    let (_, total) = total_of(context, Resource::LiveBytes)?;
    let severe = issues.critical.iter().chain(&issues.high);
    let held = severe
        .into_iter()
        .find(|i| i.heat.resource == Resource::LiveBytes && i.expected_gain.low > 0.0)?;
    let now = total as f64;
    let arithmetic = format!(
        "{} of it is told by `{}`: {} × (1 − {:.3})",
        share(held.heat.share),
        held.rule,
        amount(now, "B"),
        held.expected_gain.low
    );
    Some(of_total("heap.inuse", "B", now, held.expected_gain, arithmetic))
}

fn total_of<'a>(context: &'a Context<'_>, resource: Resource) -> Option<(&'a Profile, i64)> {
    let profiles = context.evidence.profiles.iter().map(|p| &p.profile);
    let with_total = profiles.filter_map(|profile| {
        let column = columns(profile).into_iter().find(|c| c.resource == resource)?;
        Some((profile, column.total))
    });
    with_total.max_by_key(|(_, total)| *total)
}

/// A target of the whole program; its subject is the name by which budgets know it.
fn of_total(metric: &str, unit: &str, now: f64, gain: Interval, arithmetic: String) -> Target {
    let goal = now * (1.0 - gain.low);
    Target {
        subject: metric.to_string(),
        package: String::new(),
        unit: unit.to_string(),
        now,
        goal,
        expected: Some(Interval {
            low: now * (1.0 - gain.high),
            high: goal,
        }),
        likely: None,
        arithmetic,
        check: "a profile of the same kind under the same load".to_string(),
        met: false,
    }
}

fn target(
    benchmark: &BenchmarkFacts,
    unit: &str,
    now: f64,
    goal: f64,
    expected: Interval,
    mut arithmetic: String,
) -> Target {
    if benchmark.shared_by > 1 {
        arithmetic.push_str(&format!(
            "; the lines' parts are those of all {} benchmarks that run this function",
            benchmark.shared_by
        ));
    }
    Target {
        subject: format!("Benchmark{}", benchmark.name),
        package: benchmark.package.clone(),
        unit: unit.to_string(),
        now,
        goal,
        expected: Some(expected),
        likely: None,
        arithmetic,
        check: if unit == "sec/op" {
            "old and new code measured in turn on one machine, without profiles: the new median is at or below the goal, \
             and the difference to the old one is significant"
                .to_string()
        } else {
            "the new median is at or below the goal".to_string()
        },
        met: false,
    }
}

fn amount(value: f64, unit: &str) -> String {
    format!(
        "{}{}",
        human(value, unit),
        if unit == "allocs/op" { " objects" } else { "" }
    )
}

fn median(benchmark: &BenchmarkFacts, unit: &str) -> Option<f64> {
    benchmark
        .metrics
        .iter()
        .find(|m| m.unit == unit)
        .map(|m| m.median)
}
