//! `sort-in-loop`: sorting inside a loop.

use crate::audit::rules::value::{MAX_USES, Trust, is_changed_at, is_unchanged, root, runs_once, short};
use crate::audit::{Call, Check, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sort-in-loop",
    title: "sorting inside a loop",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&["sort", "sort.reflect"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.95)],
    what: "A slice is sorted on every turn of a loop that does not change it, or that only appends single elements to it.",
    why: "n sorts of n elements instead of one.",
    limits: "Silent for another slice on each turn, and where the loop sets elements of it.",
    instead: "Sort once after the loop, insert in order, or keep a heap where the loop needs the order.",
    before: r#"
func top(in []int) (best []int) {
	for _, e := range in {
		best = append(best, e)
		slices.Sort(best) // want
	}
	return best
}"#,
    after: r#"
func top(in []int) (best []int) {
	best = append(best, in...)
	slices.Sort(best)
	return best
}"#,
    check: Check::Calls(
        &[
            "sort.Slice|SliceStable|Sort|Stable|Strings|Ints|Float64s",
            "slices.Sort|SortFunc|SortStableFunc",
        ],
        check,
    ),
    ..Rule::BASE
};

/// Loops of so few turns are not worth it.
const FEW_TURNS: u64 = 4;

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = call.node.enclosing_loop() else {
        return;
    };
    let Some(sorted) = call.argument(0).map(unwrapped) else {
        return;
    };
    let is_few = around.constant_turns().is_some_and(|n| n <= FEW_TURNS);
    let Some(local) = root(sorted).and_then(Node::local) else {
        return;
    };
    if is_few || around.contains(local.declaration()) || runs_once(call.node, around) {
        return;
    }
    if is_unchanged(sorted, around, Trust::Fields) && !is_touched(local, around, call.node) {
        hits.report(
            call.node,
            format!(
                "{} is sorted on every turn and does not change between them",
                short(sorted)
            ),
        )
        .fix("sort once, before the loop");
    } else if sorted.is(Kind::Identifier) && only_grows(local, around) {
        hits.report(
            call.node,
            format!(
                "{} is sorted again on every turn, for one more element",
                short(sorted)
            ),
        )
        .fix(
            "sort once after the loop; insert in order or keep a heap where the order is needed on each turn",
        );
    }
}

/// `x` of `sort.Reverse(byAge(x))`.
fn unwrapped(node: Node<'_>) -> Node<'_> {
    let mut node = node.unparen();
    while node.is(Kind::CallExpression) {
        let Some(inner) = node.call().and_then(|c| c.argument(0)) else {
            break;
        };
        node = inner.unparen();
    }
    node
}

/// Whether a function other than the sort gets it in the loop, which may change it.
fn is_touched<'a>(local: Local<'a>, around: Node<'a>, sort: Node<'a>) -> bool {
    local.uses().any(|u| {
        let list = u.parent().filter(|p| p.is(Kind::ArgumentList));
        let call = list.and_then(Node::parent).and_then(Node::call);
        around.contains(u) && !sort.contains(u) && call.is_some_and(|c| !c.is_to("len|cap"))
    })
}

/// Whether every change of it in the loop is `x = append(x, e)`, at least one.
fn only_grows<'a>(local: Local<'a>, around: Node<'a>) -> bool {
    if local.uses().nth(MAX_USES).is_some() {
        return false;
    }
    let mut appends = 0;
    for use_ in local.uses().filter(|u| around.contains(*u)) {
        if !is_changed_at(use_) {
            continue;
        }
        let value = use_.assigned_value().and_then(Node::call);
        let is_append = value.is_some_and(|c| {
            let is_single = c.arguments().len() == 2 && !c.is_spread();
            c.is_to("append") && is_single && c.argument(0).and_then(Node::local) == Some(local)
        });
        // The append must turn as often as the sort.
        if !use_.is_assigned() || !is_append || use_.enclosing_loop() != Some(around) {
            return false;
        }
        appends += 1;
    }
    appends > 0
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn sorts() {
        let with = |text: &str| {
            format!("func f(in []int, gs [][]int, xs []int) {{ for i, e := range in {{ {text}\n}} }}")
        };
        fires(&RULE, &with("sort.Ints(xs); use(xs[0], e) // want"));
        fires(
            &RULE,
            &with("xs = append(xs, e); sort.Sort(sort.Reverse(sort.IntSlice(xs))) // want"),
        );
        silent(&RULE, &with("sort.Ints(gs[i])"));
        silent(&RULE, &with("ys := load(e); sort.Ints(ys)"));
        silent(&RULE, &with("xs[i] = e; sort.Ints(xs)"));
        silent(&RULE, &with("xs = xs[:0]; xs = append(xs, e); sort.Ints(xs)"));
        silent(&RULE, &with("fill(xs); sort.Ints(xs)"));
        silent(&RULE, &with("xs = append(xs, gs[i]...); sort.Ints(xs)"));
        silent(&RULE, &with("if e > 3 { sort.Ints(xs); return }"));
    }
}
