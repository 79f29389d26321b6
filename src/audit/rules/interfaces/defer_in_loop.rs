//! `defer-in-loop`: defer inside a loop.

use crate::audit::{Check, Group, Hits, Kind, Measure, Node, Rule, Severity, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "defer-in-loop",
    title: "defer inside a loop",
    group: Group::Interfaces,
    items: &["GO7"],
    listens: &[cpu(&["defer"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.80, 0.95),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    what: "A defer in a loop's body of the same function: medium when it closes or releases, high in a loop without end, \
           one level more over a channel; low, and marked once, where the turn ends in a return or break.",
    why: "61 ns and 16 B each on the heap against 3 ns for a single one; handles stay open until the function ends.",
    target: "at most one open handle per turn",
    instead: "A function per turn that opens, defers and works.",
    peers: &["deferInLoop", "SA9001", "SA5003"],
    before: r#"
func scanAll(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want
		scan(f)
	}
	return nil
}"#,
    after: r#"
func scanAll(names []string) error {
	for _, name := range names {
		if err := scanFile(name); err != nil {
			return err
		}
	}
	return nil
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..Rule::BASE
};

const RELEASES: [&str; 7] = ["Close", "Unlock", "RUnlock", "Rollback", "cancel", "Stop", "Done"];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(outer) = node.enclosing_loop() else {
        return;
    };
    let releases = node.call().is_some_and(|c| RELEASES.contains(&c.callee.name));
    let is_channel = outer.ranged().and_then(Node::ty).is_some_and(|t| t.is_channel());
    let severity = match (outer.is_endless(), releases, is_channel) {
        (true, ..) | (_, true, true) => Severity::High,
        (_, true, _) | (_, _, true) => Severity::Medium,
        _ => Severity::Low,
    };
    let what = node
        .child(0)
        .and_then(|c| c.text().lines().next())
        .unwrap_or_default();
    if runs_once(node, outer) {
        hits.report(
            node,
            format!("{what} is deferred in a loop, in a turn that ends it"),
        )
        .severity(Severity::Low)
        .tag("once");
        return;
    }
    hits.report(
        node,
        format!("{what} is deferred on every turn and runs when the function ends"),
    )
    .severity(severity)
    .fix("put the turn into a function of its own");
}

/// A statement list from the defer outwards, up to the loop's body, ends in a way out.
fn runs_once(node: Node<'_>, outer: Node<'_>) -> bool {
    let lists = node.ancestors().take_while(|n| *n != outer);
    let mut lists = lists.filter(|n| n.is(Kind::Block) || n.kind().is_case());
    lists.any(|list| {
        let Some(last) = list.statements().last() else {
            return false;
        };
        match last.kind() {
            Kind::ReturnStatement | Kind::GotoStatement => true,
            // A break at the end of a case ends that case.
            Kind::BreakStatement => last.jump_target().is_some_and(|t| t.contains(outer)),
            Kind::ExpressionStatement => last.never_returns(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{hits, silent};

    #[test]
    fn severities() {
        let check = |text: &str, expect: Severity, tags: &[&str]| {
            let found = hits(&RULE, &format!("func f(xs []int, ch chan int) {{ {text} }}"));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(
                (found[0].severity, found[0].tags.as_slice()),
                (expect, tags),
                "{text}"
            );
        };
        check("for range xs { defer use() }", Severity::Low, &[]);
        check("for range xs { defer mu.Unlock() }", Severity::Medium, &[]);
        check("for range ch { defer mu.Unlock() }", Severity::High, &[]);
        check("for { defer use() }", Severity::High, &[]);
        check(
            "for range xs { defer mu.Unlock(); break }",
            Severity::Low,
            &["once"],
        );
        check(
            "for range xs { if x() { defer mu.Unlock(); panic(1) } }",
            Severity::Low,
            &["once"],
        );
        check(
            "for range xs { switch { case x(): defer mu.Unlock(); break } }",
            Severity::Medium,
            &[],
        );
    }

    #[test]
    fn a_function_per_turn_is_fine() {
        silent(
            &RULE,
            "func f(xs []int) { for range xs { func() { defer mu.Unlock() }() } }",
        );
    }
}
