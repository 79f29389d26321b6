//! `linked-list`: container/list or ring in a hot path.

use crate::audit::{Check, Confidence, File, Function, Group, Hits, Measure, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "linked-list",
    title: "container/list or ring in a hot path",
    group: Group::Memory,
    items: &["AR-dod"],
    tier: 3,
    listens: &[heat(Measure::Alloc), cpu(&["iface.box", "gc.mark"])],
    saves: &[assumed(Measure::Alloc, 0.50, 0.95)],
    what: "list.New, PushBack, PushFront and ring.New, in packages that move or insert nothing in the middle.",
    why: "Every value costs an element and a box.",
    limits: "Silent where the package needs a list for its order, as an LRU does.",
    instead: "A slice, or a ring buffer for a queue.",
    before: r#"
func collect(jobs chan Job) {
	q := list.New() // want
	for j := range jobs {
		q.PushBack(j) // want
	}
}"#,
    after: r#"
func collect(jobs chan Job) {
	var q []Job
	for j := range jobs {
		q = append(q, j)
	}
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

/// Methods that only a list does well.
const MIDDLE: [&str; 6] = [
    ".MoveToFront(",
    ".MoveToBack(",
    ".MoveBefore(",
    ".MoveAfter(",
    ".InsertBefore(",
    ".InsertAfter(",
];

const MAKING: [&str; 3] = [
    "container/list.New",
    "(*container/list.List).PushBack|PushFront",
    "container/ring.New",
];

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if !file.imports("container/list") && !file.imports("container/ring") {
        return;
    }
    let needs_list = file.package().files().any(|f| {
        let text = f.root().text();
        MIDDLE.iter().any(|m| text.contains(m))
    });
    let calls = file
        .root()
        .calls()
        .filter(|c| !c.node.is_broken() && c.is_to_any(&MAKING));
    for call in calls.filter(|_| !needs_list) {
        if call.node.function().is_none_or(Function::is_startup) {
            continue;
        }
        hits.report(
            call.node,
            format!(
                "{} keeps each value in an element and a box of its own",
                call.callee.name
            ),
        )
        .confidence(Confidence::Medium)
        .fix("a slice, or a ring buffer for a queue");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn lists_for_their_order() {
        silent(
            &RULE,
            "func f(l *list.List, e *list.Element) { l.PushBack(1); l.MoveToFront(e) }",
        );
        silent(&RULE, "func f(l *stack) { l.PushBack(1) }");
    }
}
