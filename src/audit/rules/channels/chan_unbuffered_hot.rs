//! `chan-unbuffered-hot`: an unbuffered channel carries every item.

use crate::audit::rules::goroutines::common::{ChannelUse, channel_use, is_unbuffered_make};
use crate::audit::{
    Call, Check, Group, Hits, Kind, Listens, Local, Measure, Node, Rule, Scope, assumed, cpu, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "chan-unbuffered-hot",
    title: "an unbuffered channel carries every item",
    group: Group::Channels,
    items: &["GO2", "CC4"],
    scope: Scope::Func,
    listens: &[
        cpu(&["chan.send", "chan.recv", "chan.select", "sched"]),
        Listens {
            measure: Measure::Block,
            families: &["chan.send", "chan.recv", "chan.select"],
        },
    ],
    saves: &[
        measured(Measure::Cpu, 0.40, 0.67),
        assumed(Measure::Block, 0.50, 0.80),
    ],
    what: "A channel made without room to which the function, or a goroutine that it starts, sends in a loop, and from \
           which they receive in a loop.",
    why: "A hand-off between two goroutines takes 224 ns an item without room, 74 ns with room for 128.",
    limits: "Never above low without evidence: where a hand-off is wanted, no room is right. Silent for chan struct{} \
             and names such as done or ready.",
    target: "block delay at the site −80 %; batches of at least 32 when an item takes under 1 µs",
    before: r#"
func total(lines []string) (sum int) {
	sizes := make(chan int) // want
	go func() {
		defer close(sizes)
		for _, l := range lines {
			sizes <- len(l)
		}
	}()
	for n := range sizes {
		sum += n
	}
	return sum
}"#,
    after: r#"
func total(lines []string) (sum int) {
	sizes := make(chan int, 128)
	go func() {
		defer close(sizes)
		for _, l := range lines {
			sizes <- len(l)
		}
	}()
	for n := range sizes {
		sum += n
	}
	return sum
}"#,
    check: Check::Calls(&["make"], check),
    ..Rule::BASE
};

/// Names that say that an item is a signal.
const SIGNALS: [&str; 7] = ["done", "quit", "stop", "ready", "sem", "sync", "ack"];

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if !is_unbuffered_make(call.node) {
        return;
    }
    let element = call.argument(0).and_then(Node::as_type).and_then(|t| t.element());
    let is_empty = call.argument(0).is_some_and(|t| t.text().ends_with("struct{}"))
        || element.is_some_and(|e| e.is_struct() && e.size() == Some(0));
    let Some(local) = call.node.targets().first().and_then(|t| t.local()) else {
        return;
    };
    let name = local.name().to_ascii_lowercase();
    if is_empty || SIGNALS.iter().any(|w| name.contains(w)) {
        return;
    }
    if is_used_in_loop(local, &[ChannelUse::Sends])
        && is_used_in_loop(local, &[ChannelUse::Receives, ChannelUse::Ranges])
    {
        hits.report(
            call.node,
            format!("{} hands over one item at a time", local.name()),
        )
        .fix(format!(
            "give {} room, as in make(chan T, 128), or send batches",
            local.name()
        ));
    }
}

/// In a loop that does not make the channel anew.
fn is_used_in_loop(channel: Local<'_>, what: &[ChannelUse]) -> bool {
    let home = channel.declaration();
    let repeats = |use_: Node<'_>| {
        let is_ranged = use_.parent().is_some_and(|p| p.is(Kind::RangeClause));
        is_ranged || use_.enclosing_loops().any(|l| !l.contains(home))
    };
    channel
        .uses()
        .any(|u| what.contains(&channel_use(u)) && repeats(u))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(make: &str, body: &str) -> String {
        format!("func f(xs []int, n int) {{\n{make} // want\n{body}\n}}")
    }

    const LOOPS: &str = "go func() { for _, x := range xs { ch <- x } }(); for range xs { use(<-ch) }";

    #[test]
    fn loops_on_both_sides() {
        fires(&RULE, &with("ch := make(chan int)", LOOPS));
        fires(&RULE, &with("var ch = make(chan int, 0)", LOOPS));
        silent(&RULE, &with("ch := make(chan int, 16)", LOOPS));
        silent(&RULE, &with("ch := make(chan int, n)", LOOPS));
        silent(
            &RULE,
            &with(
                "ch := make(chan struct{})",
                &LOOPS.replace("<- x", "<- struct{}{}"),
            ),
        );
        silent(
            &RULE,
            &with("done := make(chan int)", &LOOPS.replace("ch", "done")),
        );
        silent(
            &RULE,
            &with(
                "ch := make(chan int)",
                "go func() { ch <- 1 }(); for range xs { use(<-ch) }",
            ),
        );
        silent(
            &RULE,
            &with(
                "ch := make(chan int)",
                "go func() { for _, x := range xs { ch <- x } }(); <-ch",
            ),
        );
        silent(
            &RULE,
            "func f(xs []int) { for range xs { ch := make(chan int); go func() { ch <- 1 }(); <-ch } }",
        );
    }
}
