//! `time-after-in-loop`: a fresh timer on every turn of a select loop.

use crate::audit::{
    Call, Check, Field, GoVersion, Group, Hits, Kind, Measure, Node, Rule, Severity, cpu, heat, measured,
};

/// From here on a timer that nobody waits for is collected.
const COLLECTED: GoVersion = GoVersion(23);

/// The rule. Before Go 1.23 it is a leak, which its tag says.
pub const RULE: Rule = Rule {
    id: "time-after-in-loop",
    title: "a fresh timer on every turn of a select loop",
    group: Group::Goroutines,
    items: &["GO1", "ME1", "ME3"],
    listens: &[cpu(&["timer"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.40, 0.55),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    what: "time.After in a select's case with a loop around it in the same function.",
    why: "319 ns and 248 B a turn against 144 ns and nothing with one timer that is reset; before Go 1.23 each timer \
          also stayed in memory until it fired.",
    limits: "Silent where every case ends the loop. A select outside a loop is fine.",
    target: "0 allocations per turn",
    peers: &["timeafter"],
    before: r#"
func run(inbox chan int, idle time.Duration) {
	for {
		select {
		case m := <-inbox:
			apply(m)
		case <-time.After(idle): // want
			flush()
		}
	}
}"#,
    after: r#"
func run(inbox chan int, idle time.Duration) {
	idleTimer := time.NewTimer(idle)
	defer idleTimer.Stop()
	for {
		idleTimer.Reset(idle)
		select {
		case m := <-inbox:
			apply(m)
		case <-idleTimer.C:
			flush()
		}
	}
}"#,
    check: Check::Calls(&["time.After"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(communication) = call
        .node
        .ancestors()
        .find(|n| n.field_name() == Field::Communication)
    else {
        return;
    };
    let Some(outer) = communication.enclosing_loop() else {
        return;
    };
    let cases = communication.enclosing(Kind::SelectStatement);
    let cases: Vec<Node<'_>> = cases.map_or(Vec::new(), |s| {
        s.children().filter(|c| c.kind().is_case()).collect()
    });
    let leaves = outer.leaves();
    let is_last = |case: &Node<'_>| case.statements().last().is_some_and(|s| leaves.contains(&s));
    if cases.iter().all(is_last) {
        return;
    }
    let go = hits.go();
    let hit = hits.report(
        call.node,
        "time.After makes a new timer on every turn of this loop",
    );
    hit.fix("make one timer before the loop and Reset it on each turn");
    if go < COLLECTED {
        hit.severity(Severity::High).tag("leak");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn outside_loops_and_when_every_case_ends_it_is_fine() {
        silent(
            &RULE,
            "func f(c chan int) { select { case <-c: case <-time.After(1): } }",
        );
        silent(
            &RULE,
            "func f(c chan int) { for { select { case <-c: return; case <-time.After(1): return } } }",
        );
        silent(
            &RULE,
            "func f(c chan int) { for { go func() { select { case <-c: case <-time.After(1): } }() } }",
        );
        fires(
            &RULE,
            "func f(c chan int) { for { select { case <-c: \n case <-time.After(1): // want\n return } } }",
        );
    }

    #[test]
    fn before_1_23_it_leaks() {
        let found = hits(
            &RULE,
            "// go 1.22\npackage p\nimport \"time\"\nfunc f(c chan int) { for { select { case <-c: case <-time.After(1): } } }",
        );
        assert_eq!(found[0].severity, Severity::High);
    }
}
